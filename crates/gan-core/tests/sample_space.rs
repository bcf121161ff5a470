//! The computations behind the pictures of a run, against finite differences.

use gan_core::{Inputs, Tensor, Trainer, cpu, generator_loss};
use gan_protocol::{Named as _, Objective, RealBatch, RunSpec, merged, preset};
use gan_random::Purpose;
use pollster::block_on;
use serde_json::{Value, json};

fn trainer(patch: &Value) -> Trainer {
    let base = preset("ring-collapse").expect("a preset").spec.to_value();
    // A smooth net, so that differences over a finite distance are close to the gradient.
    let small = json!({
        "latent": {"size": 3},
        "discriminator": {"layers": [
            {"kind": "linear", "units": 16},
            {"kind": "activation", "function": {"name": "tanh"}},
            {"kind": "linear", "units": 1}
        ]},
        "batch_size": 8
    });
    let spec = RunSpec::from_value(merged(&merged(&base, &small), patch)).expect("a valid spec");
    let mut trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
    for _ in 0..3 {
        trainer.step(|step| reals(&spec, step));
    }
    trainer
}

fn reals(spec: &RunSpec, step: u64) -> RealBatch {
    let count = spec.batch_size * spec.packing;
    let values = (0..2 * count as u64).map(|i| ((i * 13 + step * 7) % 31) as f32 / 10.0 - 1.5);
    RealBatch { values: values.collect(), labels: vec![0; count], ..RealBatch::default() }
}

/// The generator's loss on `samples`, times the count of packs.
fn loss(trainer: &Trainer, samples: &[f32], reals: &RealBatch) -> f64 {
    let judge = |values: &[f32]| {
        let labels = vec![0; values.len() / 2];
        let batch = RealBatch { values: values.to_vec(), labels, ..RealBatch::default() };
        let outputs = block_on(trainer.verdicts(&batch)).expect("the processor works");
        let packs = outputs.len();
        Tensor::from_values(outputs, [packs, 1], trainer.device())
    };
    let fakes = judge(samples);
    let packs = fakes.dims()[0];
    let reals = judge(&reals.values[..samples.len()]);
    let loss = generator_loss(trainer.spec().objective, fakes, Some(reals)).burn();
    packs as f64 * f64::from(loss.into_scalar::<f32>())
}

#[test]
fn pulls_are_the_losss_negative_gradient_for_every_objective_and_packed() {
    let objectives = Objective::ALL.iter().map(|objective| json!({"objective": objective}));
    for patch in objectives.into_iter().chain([json!({"packing": 2})]) {
        let trainer = trainer(&patch);
        let spec = trainer.spec();
        let count = 6;
        let inputs = Inputs::drawn(spec, Purpose::FixedLatents, 0, count);
        let samples = block_on(trainer.samples(&inputs, 0)).expect("the processor works");
        let reals = reals(spec, 9);
        let pulls = block_on(trainer.pulls(&samples, &inputs, &reals)).expect("likewise");
        assert_eq!(pulls.len(), samples.len());
        let largest = pulls.iter().fold(0.0_f64, |largest, p| largest.max(f64::from(p.abs())));
        assert!(largest > 1e-3, "{patch}: nothing pulls");
        for place in 0..samples.len() {
            let moved = |by: f32| {
                let mut samples = samples.clone();
                samples[place] += by;
                loss(&trainer, &samples, &reals)
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            let found = f64::from(pulls[place]);
            assert!((found + slope).abs() < 5e-3 * largest, "{patch}: {found}, not {}", -slope);
        }
    }
}

#[test]
fn samples_beyond_the_last_pack_are_left_out() {
    let trainer = trainer(&json!({"packing": 2}));
    let inputs = Inputs::drawn(trainer.spec(), Purpose::FixedLatents, 0, 5);
    let samples = block_on(trainer.samples(&inputs, 0)).expect("the processor works");
    let reals = reals(trainer.spec(), 0);
    let pulls = block_on(trainer.pulls(&samples, &inputs, &reals)).expect("likewise");
    assert_eq!(pulls.len(), 8);
}

#[test]
fn a_lattice_of_two_numbers_is_the_plane_itself() {
    let spec = trainer(&json!({"latent": {"size": 2, "distribution": "uniform"}})).spec().clone();
    let lattice = Inputs::lattice(&spec, 2);
    assert_eq!(lattice.values, [-0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 0.5, 0.5]);
    assert_eq!(lattice.count(&spec), 4);
}

#[test]
fn a_lattices_latents_are_as_long_as_drawn_ones() {
    let spec = trainer(&json!({"latent": {"size": 256}})).spec().clone();
    let mean_square = |inputs: &Inputs| {
        inputs.values.iter().map(|v| v * v).sum::<f32>() / inputs.values.len() as f32
    };
    let drawn = mean_square(&Inputs::drawn(&spec, Purpose::FixedLatents, 0, 400));
    let lattice = mean_square(&Inputs::lattice(&spec, 20));
    // The lattice's latents are a little shorter, since the tails beyond the outermost coordinates
    // are missing.
    assert!((0.9..1.0).contains(&(lattice / drawn)), "{lattice} against {drawn}");
}

#[test]
fn a_latent_of_one_number_has_one_row() {
    let spec = trainer(&json!({"latent": {"size": 1}})).spec().clone();
    assert_eq!(Inputs::lattice(&spec, 9).count(&spec), 9);
}
