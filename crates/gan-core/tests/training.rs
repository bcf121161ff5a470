//! Single steps and whole runs on the processor.

mod noise;

use std::collections::BTreeMap;

use burn::tensor::Device;
use gan_core::{
    Batch, Condition, CoreError, Inputs, Mode, Net, Pass, PendingMetrics, Smoothing, Snapshot,
    Tensor, Trainer, cpu, discriminator_loss, generator_loss, largest_deviation,
};
use gan_protocol::{Metrics, Named as _, Objective, RunSpec, Shape, merged, presets};
use gan_random::{Purpose, standard_normal, stream};
use pollster::block_on;
use safetensors::SafeTensors;
use serde_json::{Value, json};

use self::noise::{classifier, reals};

/// A run small enough for finite differences and for training in milliseconds, with many of the
/// layer kinds.
fn small_spec(patch: Value) -> RunSpec {
    let base = json!({
        "seed": 5,
        "data": {"source": "idx_files", "channels": 1, "height": 8, "width": 8},
        "latent": {"size": 4, "distribution": "normal"},
        "generator": {"initial_weights": {"kind": "he_normal"}, "layers": [
            {"kind": "linear", "units": 16, "bias": false},
            {"kind": "layer_norm"},
            {"kind": "activation", "function": {"name": "silu"}},
            {"kind": "reshape", "channels": 4, "height": 2, "width": 2},
            {"kind": "upsample", "scale": 2},
            {"kind": "conv", "channels": 3, "kernel": 3, "padding": 1},
            {"kind": "batch_norm"},
            {"kind": "activation", "function": {"name": "softplus"}},
            {"kind": "conv_transpose", "channels": 1, "kernel": 4, "stride": 2, "padding": 1},
            {"kind": "activation", "function": {"name": "tanh"}}
        ]},
        "discriminator": {"initial_weights": {"kind": "kaiming_uniform"}, "layers": [
            {"kind": "conv", "channels": 3, "kernel": 4, "stride": 2, "padding": 1},
            {"kind": "layer_norm"},
            {"kind": "activation", "function": {"name": "leaky_relu"}},
            {"kind": "dropout", "rate": 0.25},
            {"kind": "flatten"},
            {"kind": "linear", "units": 1}
        ]},
        "objective": "non_saturating",
        "generator_optimizer": {"learning_rate": 0.002},
        "discriminator_optimizer": {"learning_rate": 0.001},
        "batch_size": 6,
        "label_smoothing": 0.1,
        "ema": {"decay": 0.9}
    });
    RunSpec::from_value(merged(&base, &patch)).expect("a valid spec")
}

fn trainer(spec: &RunSpec) -> Trainer {
    let trainer = Trainer::new(spec, &cpu()).expect("a valid spec");
    trainer.with_classifier(classifier(spec, &cpu()))
}

fn train(trainer: &mut Trainer, steps: usize) -> Vec<Metrics> {
    let batch = reals(trainer.spec());
    let pending = (0..steps).map(|_| trainer.step(&batch)).collect();
    block_on(PendingMetrics::read(pending)).expect("the processor does not fail")
}

fn snapshot(trainer: &Trainer) -> Snapshot {
    block_on(trainer.snapshot()).expect("the processor does not fail")
}

#[test]
fn the_same_seed_gives_the_same_numbers() {
    let run = |seed| {
        let mut trainer = trainer(&small_spec(json!({"seed": seed})));
        let scores = train(&mut trainer, 5);
        (scores, snapshot(&trainer))
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5).0, run(6).0);
}

#[test]
fn training_continues_from_a_checkpoint_exactly_where_it_was() {
    for discriminator_steps in [1, 2] {
        let spec = small_spec(json!({"discriminator_steps": discriminator_steps}));
        let mut straight = trainer(&spec);
        train(&mut straight, 4);
        let bytes = snapshot(&straight).to_bytes();
        let expected = train(&mut straight, 4);

        let stored = Snapshot::from_bytes(&bytes).expect("just written");
        let mut resumed = Trainer::restore(&stored, &spec, &cpu()).expect("same spec");
        assert_eq!(resumed.generator_steps(), 4);
        assert_eq!(resumed.discriminator_steps(), 4 * discriminator_steps as u64);
        assert_eq!(train(&mut resumed, 4), expected);
        assert_eq!(snapshot(&resumed), snapshot(&straight));
    }
}

#[test]
fn minimised_losses_are_as_their_papers_define_them() {
    let device = cpu();
    let real = [2.0_f32, -1.0, 0.5, 30.0];
    let fake = [-2.0_f32, 1.5, 0.0, -30.0];
    let column = |values: [f32; 4]| Tensor::from_values(values.to_vec(), [4, 1], &device);
    let scalar = |loss: Tensor<1>| f64::from(loss.burn().into_scalar::<f32>());
    // The definitions, in double precision.
    let log_sigmoid = |t: f64| -(1.0 + (-t).exp()).ln();
    let mean = |values: [f32; 4], f: &dyn Fn(f64) -> f64| {
        values.iter().map(|v| f(f64::from(*v))).sum::<f64>() / 4.0
    };
    for smoothing in [0.0_f32, 0.1] {
        let s = f64::from(smoothing);
        let cross_entropy = -mean(real, &|t| (1.0 - s) * log_sigmoid(t) + s * log_sigmoid(-t))
            - mean(fake, &|t| log_sigmoid(-t));
        let squares = 0.5 * mean(real, &|t| (t - 1.0 + s).powi(2)) + 0.5 * mean(fake, &|t| t * t);
        for (objective, expected_d, expected_g) in [
            (Objective::NonSaturating, cross_entropy, -mean(fake, &log_sigmoid)),
            (Objective::Minimax, cross_entropy, mean(fake, &|t| log_sigmoid(-t))),
            (Objective::LeastSquares, squares, 0.5 * mean(fake, &|t| (t - 1.0).powi(2))),
        ] {
            let smoothing = Smoothing { real: smoothing, fake: 0.0 };
            let d = scalar(discriminator_loss(objective, column(real), column(fake), smoothing));
            let g = scalar(generator_loss(objective, column(fake), None));
            assert!((d / expected_d - 1.0).abs() < 1e-5, "{objective:?}: {d} for {expected_d}");
            assert!((g / expected_g - 1.0).abs() < 1e-5, "{objective:?}: {g} for {expected_g}");
        }
    }
}

#[test]
fn gradients_agree_with_finite_differences_through_a_net_of_ten_layers() {
    // Each kind of layer is compared with PyTorch elsewhere (`reference_tests`); here they are together.
    let device = cpu();
    let spec = small_spec(json!({}));
    let mut seed = stream(3, Purpose::GeneratorWeights, 0);
    let mut net = Net::new(&spec.generator, Shape::flat(4), &mut seed, &device).expect("valid");
    let z = Inputs::drawn(&spec, Purpose::GeneratorLatents, 0, 6).values;
    let weights = standard_normal(&mut stream(1, Purpose::DataSample, 0), 6 * 64);
    let loss = |net: &mut Net, parameters: &[Tensor<1>]| {
        let mut randomness = stream(1, Purpose::GeneratorDropout, 0);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: false };
        let condition = Condition::default();
        let mut pass = Pass::new(mode, &condition);
        let input = Tensor::from_values(z.clone(), [6, 4], &device);
        let output = net.forward_with(parameters, Batch::Flat(input), &mut pass).flat();
        let weights = Tensor::from_values(weights.clone(), [6, 64], &device);
        (output * weights).sum()
    };
    let leaves = net.leaves();
    let gradients = loss(&mut net, &leaves).backward();
    let values: Vec<Vec<f32>> = leaves
        .iter()
        .map(|leaf| leaf.clone().inner().burn().into_data().try_to_vec().expect("f32"))
        .collect();
    let mut checked = 0;
    for (index, leaf) in leaves.iter().enumerate() {
        let gradient: Vec<f32> = leaf
            .grad(&gradients)
            .expect("a gradient")
            .burn()
            .into_data()
            .try_to_vec()
            .expect("f32");
        for element in (0..gradient.len()).step_by(gradient.len().div_ceil(4)) {
            let shifted = |net: &mut Net, by: f32| {
                let mut numbers = values.clone();
                numbers[index][element] += by;
                let parameters: Vec<Tensor<1>> = numbers
                    .into_iter()
                    .map(|v| Tensor::from_values(v.clone(), [v.len()], &device))
                    .collect();
                f64::from(loss(net, &parameters).burn().into_scalar::<f32>())
            };
            let h = 4e-3_f32;
            let numeric = (shifted(&mut net, h) - shifted(&mut net, -h)) / (2.0 * f64::from(h));
            let exact = f64::from(gradient[element]);
            let scale = exact.abs().max(numeric.abs()).max(1.0);
            assert!(
                (numeric - exact).abs() / scale < 0.02,
                "parameter {index}[{element}]: {exact} by autodiff, {numeric} by differences"
            );
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} numbers were checked");
}

#[test]
fn a_generator_step_leaves_the_discriminator_alone() {
    // If the discriminator does not learn, only the generator's numbers may change.
    let spec = small_spec(json!({"discriminator_optimizer": {"learning_rate": 0.0}}));
    let mut run = trainer(&spec);
    let before = snapshot(&run);
    train(&mut run, 2);
    let after = snapshot(&run);
    let deviation = largest_deviation(&before, &after).expect("same tensors");
    assert!(deviation.relative > 0.0);
    assert!(!deviation.tensor.starts_with("discriminator."), "{deviation:?}");
}

#[test]
fn the_discriminator_learns_to_tell_noise_from_a_generator_that_stands_still() {
    let spec = small_spec(json!({
        "generator_optimizer": {"learning_rate": 0.0},
        "discriminator_optimizer": {"learning_rate": 0.01}
    }));
    let scores = train(&mut trainer(&spec), 150);
    let (first, last) = (scores[0], scores[149]);
    assert!(last.discriminator_loss < 0.6 * first.discriminator_loss, "{first:?} {last:?}");
    assert!(last.real_score > 0.75 && last.fake_score < 0.25, "{last:?}");
}

#[test]
fn the_average_follows_the_generator() {
    let spec = small_spec(json!({}));
    let mut with = trainer(&spec);
    let mut without = trainer(&small_spec(json!({"ema": null})));
    assert_eq!(train(&mut with, 3), train(&mut without, 3), "averaging does not touch training");
    let inputs = Inputs::drawn(&spec, Purpose::FixedLatents, 0, 3);
    let averaged = block_on(with.samples(&inputs, 0)).expect("samples");
    let newest = block_on(without.samples(&inputs, 0)).expect("samples");
    assert_eq!(averaged.len(), 3 * 64);
    assert_ne!(averaged, newest);
}

#[test]
fn samples_do_not_depend_on_their_company() {
    let mut run = trainer(&small_spec(json!({})));
    train(&mut run, 3);
    let inputs = Inputs::drawn(run.spec(), Purpose::FreshLatents, 0, 70);
    let last = Inputs { values: inputs.values[69 * 4..].to_vec(), ..inputs.clone() };
    let together = block_on(run.samples(&inputs, 0)).expect("samples");
    let alone = block_on(run.samples(&last, 0)).expect("samples");
    for (a, b) in together[69 * 64..].iter().zip(&alone) {
        assert!((a - b).abs() < 1e-5);
    }
}

#[test]
fn settings_can_change_while_a_run_goes_on() {
    let spec = small_spec(json!({}));
    let mut tuned = trainer(&spec);
    let mut plain = trainer(&spec);
    train(&mut tuned, 2);
    train(&mut plain, 2);
    let changed = small_spec(json!({
        "objective": "least_squares",
        "discriminator_steps": 3,
        "generator_optimizer": {"learning_rate": 0.02}
    }));
    tuned.tune(&changed);
    let scores = train(&mut tuned, 2);
    assert_ne!(scores, train(&mut plain, 2));
    assert_eq!(tuned.generator_steps(), 4);
    assert_eq!(tuned.discriminator_steps(), 2 + 2 * 3);
    assert!(scores.iter().all(Metrics::is_finite));
}

#[test]
fn every_preset_makes_a_step_with_every_objective() {
    for preset in presets() {
        // With an encoder each sample is judged by itself.
        let encodes = preset.spec.encoder.is_some();
        for &objective in Objective::ALL.iter().filter(|it| !(encodes && it.is_relativistic())) {
            let mut spec = preset.spec.clone();
            spec.objective = objective;
            spec.batch_size = 2;
            let scores = train(&mut trainer(&spec), 1);
            assert!(scores[0].is_finite(), "{} {objective:?}: {scores:?}", preset.name);
        }
    }
}

#[test]
fn broken_checkpoints_are_refused_in_words() {
    let spec = small_spec(json!({}));
    let good = snapshot(&trainer(&spec)).to_bytes();
    let message = |bytes: &[u8]| match Snapshot::from_bytes(bytes) {
        Err(CoreError::Checkpoint(message)) => message,
        other => panic!("{other:?}"),
    };
    for length in [0, 7, 8, 100, good.len() / 2, good.len() - 1] {
        message(&good[..length]);
    }
    message(b"PK\x03\x04 not a checkpoint at all");
    // A header length larger than the file.
    let mut hostile = good.clone();
    hostile[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    message(&hostile);
    // NaN among the weights.
    let mut poisoned = good.clone();
    let last = poisoned.len() - 4;
    poisoned[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(message(&poisoned).contains("NaN"));
    // A file of another program.
    let foreign = safetensors::serialize(
        [(
            "w",
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![1], &[0; 4])
                .expect("view"),
        )],
        None,
    )
    .expect("a file");
    assert!(message(&foreign).contains("no header"));
}

#[test]
fn a_checkpoint_of_other_nets_is_refused() {
    let stored = snapshot(&trainer(&small_spec(json!({}))));
    let other = small_spec(json!({"latent": {"size": 5}}));
    let refused = Trainer::restore(&stored, &other, &cpu());
    assert!(matches!(refused, Err(CoreError::Checkpoint(_))));
}

#[test]
fn a_wrong_spec_is_refused_before_anything_is_built() {
    let mut spec = small_spec(json!({}));
    spec.batch_size = 0;
    let device: Device = cpu();
    assert!(
        matches!(Trainer::new(&spec, &device), Err(CoreError::Spec(error)) if error.path == "batch_size")
    );
}

#[test]
fn a_step_taken_apart_is_the_step_that_follows() {
    for patch in [
        json!({}),
        json!({"discriminator_steps": 3, "objective": "relativistic_paired", "label_smoothing": 0}),
        json!({"packing": 2}),
    ] {
        let spec = small_spec(patch);
        let mut trainer = trainer(&spec);
        train(&mut trainer, 2);
        let before = block_on(trainer.snapshot()).expect("read");
        let apart = block_on(trainer.dissect(reals(&spec))).expect("read");
        let untouched = block_on(trainer.snapshot()).expect("read");
        assert_eq!(before.to_bytes(), untouched.to_bytes());
        let made = train(&mut trainer, 1);
        assert_eq!(made, [apart.metrics]);
        let samples = spec.batch_size * spec.packing;
        assert_eq!(apart.reals.len(), samples * 64);
        assert_eq!([apart.fakes.len(), apart.fakes_after.len()], [samples * 64; 2]);
        assert_ne!(apart.fakes, apart.fakes_after);
        for verdicts in [
            &apart.on_reals,
            &apart.on_fakes,
            &apart.on_reals_after,
            &apart.on_fakes_after,
            &apart.on_new_fakes,
        ] {
            assert_eq!(verdicts.len(), spec.batch_size);
        }
    }
}

#[test]
fn a_step_taken_apart_lowers_both_losses_where_steps_are_small() {
    let patch = json!({
        "generator_optimizer": {"learning_rate": 1e-4},
        "discriminator_optimizer": {"learning_rate": 1e-4},
        // No dropout, whose masks differ from pass to pass.
        "discriminator": {"layers": [
            {"kind": "conv", "channels": 3, "kernel": 4, "stride": 2, "padding": 1},
            {"kind": "activation", "function": {"name": "leaky_relu"}},
            {"kind": "flatten"},
            {"kind": "linear", "units": 1}
        ]}
    });
    let spec = small_spec(patch);
    let apart = block_on(trainer(&spec).dissect(reals(&spec))).expect("read");
    assert!(apart.discriminator_loss_after < apart.metrics.discriminator_loss, "{apart:?}");
    assert!(apart.generator_loss_after < apart.metrics.generator_loss, "{apart:?}");
}

#[test]
fn half_steps_leave_the_other_net_alone() {
    let spec = small_spec(json!({}));
    let tensors = |trainer: &Trainer, net: &str| -> BTreeMap<String, Vec<u8>> {
        let bytes = block_on(trainer.snapshot()).expect("read").to_bytes();
        let file = SafeTensors::deserialize(&bytes).expect("a checkpoint");
        // Running statistics change with every batch of the generator, so they are left out.
        let of_net = file.tensors().into_iter().filter(|(name, _)| {
            name.starts_with(net) && !name.contains("running") && !name.contains("optimizer")
        });
        let found: BTreeMap<_, _> =
            of_net.map(|(name, tensor)| (name, tensor.data().to_vec())).collect();
        assert!(!found.is_empty(), "tensors of the {net}");
        found
    };
    let mut trainer = trainer(&spec);
    let mut batch = reals(&spec);
    let (generator, discriminator) =
        (tensors(&trainer, "generator"), tensors(&trainer, "discriminator"));
    trainer.step_discriminator(&mut batch);
    assert_eq!((trainer.generator_steps(), trainer.discriminator_steps()), (0, 1));
    assert_eq!(tensors(&trainer, "generator"), generator);
    let learned = tensors(&trainer, "discriminator");
    assert_ne!(learned, discriminator);
    trainer.step_generator(&mut batch);
    assert_eq!((trainer.generator_steps(), trainer.discriminator_steps()), (1, 1));
    assert_eq!(tensors(&trainer, "discriminator"), learned);
    assert_ne!(tensors(&trainer, "generator"), generator);
}
