//! Inversion: gradients against differences, samples that lead back to themselves, refusals.

use gan_protocol::{RealBatch, RunSpec, merged, preset};
use gan_random::{standard_normal, stream};
use pollster::block_on;
use serde_json::{Value, json};

use super::*;
use crate::device::cpu;
use crate::trainer::Trainer;

/// The generator of a run like `mnist-mlp` after three steps, which move running statistics.
fn sampler(patch: &Value) -> Sampler {
    let spec = merged(&preset("mnist-mlp").expect("a preset").spec.to_value(), patch);
    let spec = RunSpec::from_value(spec).expect("a valid spec");
    let mut trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
    let count = spec.batch_size;
    for _ in 0..3 {
        trainer.step(|step| RealBatch {
            values: standard_normal(&mut stream(9, Purpose::DataSample, step), count * 784),
            labels: (0..count).map(|at| (at % 10) as u16).collect(),
            ..RealBatch::default()
        });
    }
    let snapshot = block_on(trainer.snapshot()).expect("the processor works");
    Sampler::of_snapshot(&snapshot, &cpu()).expect("its own snapshot")
}

fn tanh() -> Value {
    json!({"kind": "activation", "function": {"name": "tanh"}})
}

fn kinds() -> Vec<(&'static str, Value)> {
    let weights = json!({"kind": "normal", "sd": 0.3});
    let small = json!({"batch_size": 8, "latent": {"size": 6}, "ema": null});
    let with = |patch: Value| merged(&small, &patch);
    let normalised = json!([
        {"kind": "linear", "units": 12}, {"kind": "batch_norm"}, tanh(),
        {"kind": "linear", "units": 784}, tanh()
    ]);
    let chosen = json!([
        {"kind": "mixture_linear", "units": 12, "generators": 3}, tanh(),
        {"kind": "linear", "units": 784}, tanh()
    ]);
    let judge = json!([
        {"kind": "flatten"}, {"kind": "linear", "units": 12}, tanh(),
        {"kind": "linear", "units": 4}
    ]);
    vec![
        (
            "batch normalisation",
            with(json!({"generator": {"layers": normalised, "initial_weights": weights}})),
        ),
        (
            "several generators",
            with(json!({
                "generator": {"layers": chosen, "initial_weights": weights},
                "discriminator": {"layers": judge},
                "mixture": {"generators": 3}
            })),
        ),
    ]
}

fn picture() -> Vec<f32> {
    let noise = standard_normal(&mut stream(3, Purpose::DataSample, 0), 784);
    noise.into_iter().map(f32::tanh).collect()
}

fn drawn(sampler: &Sampler, count: usize) -> Inputs {
    Inputs::drawn(sampler.header(), Purpose::FreshLatents, 7, count)
}

#[test]
fn losses_change_as_their_gradients_say() {
    const STEP: f32 = 0.02;
    let picture = picture();
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained/digit-classifier.safetensors");
    let file = std::fs::read(file).expect("the project's own file");
    let mut reader = Classifier::from_safetensors(&file, &cpu()).expect("its own file");
    for (name, patch) in kinds() {
        for features in [0.0, 5.0] {
            let sampler = sampler(&patch);
            let search = Search { features, prior: 0.3, ..Search::default() };
            let target = Target::new(&sampler, &picture, Some(&mut reader), &search);
            let mut target = block_on(target).expect("a target");
            let inputs = drawn(&sampler, 3);
            let told = block_on(target.tell(&inputs, true)).expect("computed");
            let largest = told.gradient.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            assert!(largest > 1e-4, "{name}: {largest}");
            for at in 0..inputs.values.len() {
                let mut shifted = |by: f32| {
                    let mut inputs = inputs.clone();
                    inputs.values[at] += by;
                    let told = block_on(target.tell(&inputs, false)).expect("computed");
                    told.losses.iter().map(|x| f64::from(*x)).sum::<f64>()
                };
                let difference = (shifted(STEP) - shifted(-STEP)) / (2.0 * f64::from(STEP));
                let exact = f64::from(told.gradient[at]);
                assert!(
                    (difference - exact).abs() < 0.03 * f64::from(largest),
                    "{name}, {features}: number {at}: {exact} by the gradient, {difference}"
                );
            }
        }
    }
}

#[test]
fn a_sample_leads_back_to_itself() {
    for (name, patch) in kinds() {
        let sampler = sampler(&patch);
        let own = drawn(&sampler, 5).part(sampler.header(), 4, 1);
        let sample = block_on(sampler.samples(&own, 0)).expect("computed");
        let search = Search { prior: 0.0, seed: 1, ..Search::default() };
        let found = block_on(sampler.inverted(&sample, None, &search)).expect("found");
        assert!(found.mean_square < 1e-3, "{name}: {}", found.mean_square);
        let again = block_on(sampler.samples(&found.inputs, 0)).expect("computed");
        let apart = again.iter().zip(&found.sample).map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) < 1e-6, "{name}");
        // The same search finds the same.
        assert_eq!(block_on(sampler.inverted(&sample, None, &search)).expect("found"), found);
    }
}

#[test]
fn bounded_numbers_stay_in_bounds_and_categories_as_they_are() {
    let patch = json!({
        "batch_size": 8,
        "latent": {"size": 5, "distribution": "uniform"},
        "codes": {"categorical": [4], "continuous": 2},
        "discriminator": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 7}]}
    });
    let sampler = sampler(&patch);
    let search = Search { learning_rate: 2.0, ..Search::default() };
    let found = block_on(sampler.inverted(&picture(), None, &search)).expect("found");
    let values = &found.inputs.values;
    assert!(values.iter().all(|x| (-1.0..=1.0).contains(x)), "{values:?}");
    let mut code = values[5..9].to_vec();
    code.sort_by(f32::total_cmp);
    assert_eq!(code, [0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn what_cannot_be_inverted_is_refused() {
    let (_, patch) = kinds().swap_remove(0);
    let sampler = sampler(&patch);
    let search = Search::default();
    let error = block_on(sampler.inverted(&[0.0; 783], None, &search)).expect_err("too few");
    assert!(error.to_string().contains("783 numbers"), "{error}");
    let spec = preset("mnist-super-resolution").expect("a preset").spec;
    let trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
    let snapshot = block_on(trainer.snapshot()).expect("the processor works");
    let given = Sampler::of_snapshot(&snapshot, &cpu()).expect("its own snapshot");
    let error = block_on(given.inverted(&picture(), None, &search)).expect_err("pictures");
    assert!(error.to_string().contains("latents alone"), "{error}");
}
