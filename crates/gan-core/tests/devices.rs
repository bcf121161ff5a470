//! Compares the graphics processor with the processor: every preset trains on both for a few steps.
//!
//! The comparison runs only with `GAN_TEST_DEVICE=gpu`, which says that there is a graphics
//! processor.
#![cfg(all(feature = "cpu", feature = "gpu"))]

mod noise;

use gan_core::{Device, PendingMetrics, Snapshot, Trainer, cpu, gpu, largest_deviation};
use gan_protocol::{Metrics, presets};
use pollster::block_on;

use self::noise::{classifier, reals};

/// Tolerance of the numbers, the same as when the page lets a GPU worker take over.
const TOLERANCE: f64 = 1e-3;
/// Tolerance of the metrics, relative to their size where that is above one.
const SCORE_TOLERANCE: f64 = 1e-3;
const STEPS: usize = 3;
/// A small batch, since a software device takes seconds for a batch of images.
const IMAGES: usize = 8;
/// A relativistic objective starts with almost equal verdicts. Before this step the gradients of
/// their differences are hardly more than rounding errors, of which Adam makes whole steps.
const FIRST_PAIRED_STEP: usize = 5;

/// The run after `steps` more steps, and their metrics.
fn trained(start: &Snapshot, device: &Device, steps: usize) -> (Snapshot, Vec<Metrics>) {
    let spec = &start.header.spec;
    let trainer = Trainer::restore(start, spec, device).expect("its own spec");
    let mut trainer = trainer.with_classifier(classifier(spec, device));
    let batch = reals(trainer.spec());
    let pending = (0..steps).map(|_| trainer.step(&batch)).collect();
    let scores = block_on(PendingMetrics::read(pending)).expect("the device computes");
    (block_on(trainer.snapshot()).expect("the device computes"), scores)
}

fn largest_score_difference(a: &[Metrics], b: &[Metrics]) -> f64 {
    let numbers = |s: &Metrics| {
        let losses = [s.generator_loss, s.discriminator_loss, s.penalty, s.auxiliary, s.terms];
        losses.into_iter().chain([s.real_score, s.fake_score])
    };
    let pairs = a.iter().zip(b).flat_map(|(a, b)| numbers(a).zip(numbers(b)));
    // `max` would ignore NaN.
    pairs.map(|(a, b)| (a - b).abs() / a.abs().max(1.0)).fold(0.0, |largest, difference| {
        if difference > largest || difference.is_nan() { difference } else { largest }
    })
}

#[test]
fn every_preset_trains_alike_on_both_devices() {
    if std::env::var("GAN_TEST_DEVICE").as_deref() != Ok("gpu") {
        println!("not computed: GAN_TEST_DEVICE is not gpu");
        return;
    }
    let (graphics, name) = block_on(gpu()).expect("a graphics processor");
    println!("computing on {name}");
    let mut failures = Vec::new();
    for preset in presets() {
        let mut spec = preset.spec;
        if spec.data.shape().size().expect("small") > 2 {
            spec.batch_size = IMAGES;
        }
        let fresh = Trainer::new(&spec, &cpu()).expect("a preset is valid");
        let fresh = block_on(fresh.snapshot()).expect("the processor works");
        let before = if spec.objective.is_relativistic() { FIRST_PAIRED_STEP } else { 0 };
        let (start, _) = trained(&fresh, &cpu(), before);
        let (expected, expected_scores) = trained(&start, &cpu(), STEPS);
        let (found, found_scores) = trained(&start, &graphics, STEPS);
        let (earlier, _) = trained(&start, &cpu(), STEPS - 1);
        let step = largest_deviation(&expected, &earlier).expect("the same tensors").relative;
        let deviation = largest_deviation(&expected, &found).expect("the same tensors");
        let scores = largest_score_difference(&expected_scores, &found_scores);
        let line = format!(
            "{}, steps {} to {}: {:.1e} at {}, scores {scores:.1e}; the last step {step:.1e}",
            preset.name,
            before + 1,
            before + STEPS,
            deviation.relative,
            deviation.tensor
        );
        println!("{line}");
        let is_alike = deviation.relative < TOLERANCE && scores < SCORE_TOLERANCE;
        // A run that does not move agrees on any device, so each step must move it clearly.
        if !is_alike || step < 10.0 * TOLERANCE {
            failures.push(line);
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
