//! Batches: their samples and order, and that these depend on seed and step only.

use gan_data::{DrawnDigits, EndlessDigits, ImageSet, RealSamples, ShuffledImages};
use gan_protocol::{RealBatch, Shape};

/// Images of one pixel; image `i` has value and label `i`.
fn counted(count: u8) -> ShuffledImages {
    let values: Vec<u8> = (0..count).collect();
    ShuffledImages::new(ImageSet::new("set", [1, 1, 1], values.clone(), Some(values)).unwrap())
}

/// The labels of the batches of `steps`, after a check that values belong to them.
fn drawn(
    source: &mut ShuffledImages,
    seed: u64,
    steps: std::ops::Range<u64>,
    size: usize,
) -> Vec<u16> {
    let mut all = Vec::new();
    for step in steps {
        let RealBatch { values, labels, .. } = source.batch(seed, step, size);
        assert_eq!((values.len(), labels.len()), (size, size));
        let of_labels: Vec<f32> = labels.iter().map(|&l| f32::from(l) / 127.5 - 1.0).collect();
        assert_eq!(values, of_labels);
        all.extend_from_slice(&labels);
    }
    all
}

#[test]
fn an_epoch_holds_every_sample_exactly_once_across_batches() {
    // 10 samples in batches of 4: every second epoch ends within a batch.
    let order = drawn(&mut counted(10), 1, 0..25, 4);
    for epoch in order.chunks(10) {
        let mut sorted = epoch.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..10).collect::<Vec<u16>>());
    }
    assert_ne!(order[..10], order[10..20]);
}

#[test]
fn batches_depend_on_seed_and_step_only() {
    let straight = drawn(&mut counted(50), 3, 0..40, 8);
    let mut other = counted(50);
    // Batches in any order, with other seeds in between.
    for step in (0..40).rev() {
        drawn(&mut other, 99, step..step + 1, 5);
        let batch = drawn(&mut other, 3, step..step + 1, 8);
        assert_eq!(batch, straight[step as usize * 8..][..8]);
    }
    assert_ne!(drawn(&mut counted(50), 4, 0..40, 8), straight);
}

#[test]
fn batches_larger_than_the_set_run_over_several_epochs() {
    let order = drawn(&mut counted(3), 5, 0..2, 10);
    for epoch in order.chunks_exact(3) {
        let mut sorted = epoch.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2]);
    }
    assert_eq!(drawn(&mut counted(1), 5, 0..3, 4), [0; 12]);
}

#[test]
fn every_order_is_about_equally_likely() {
    let mut counts = std::collections::BTreeMap::new();
    for order in drawn(&mut counted(3), 7, 0..6000, 3).chunks(3) {
        *counts.entry(order.to_vec()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 6);
    // 1,000 each; the standard deviation is 29.
    assert!(counts.values().all(|count| (870..1130).contains(count)), "{counts:?}");
}

#[test]
fn the_order_behind_a_seed_never_changes() {
    assert_eq!(drawn(&mut counted(8), 1, 0..1, 16), ORDER_OF_SEED_ONE);
}

const ORDER_OF_SEED_ONE: [u16; 16] = [7, 1, 2, 4, 3, 6, 5, 0, 3, 0, 1, 6, 5, 7, 4, 2];

#[test]
fn sets_without_labels_give_none() {
    let pixels = vec![0, 255, 51, 204];
    let mut source = ShuffledImages::new(ImageSet::new("set", [1, 2, 2], pixels, None).unwrap());
    assert_eq!(source.shape(), Shape::Image { channels: 1, height: 2, width: 2 });
    assert_eq!(source.shape().size().unwrap(), 4);
    assert_eq!((source.len(), source.is_empty(), source.classes()), (Some(1), false, None));
    let RealBatch { values, labels, .. } = source.batch(1, 0, 2);
    assert!(labels.is_empty());
    let expected = [-1.0, 1.0, -0.6, 0.6];
    for image in values.chunks(4) {
        assert!(image.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-6));
    }
}

#[test]
fn drawn_digits_run_on_from_step_to_step() {
    let mut source = EndlessDigits::default();
    assert_eq!(source.shape(), Shape::Image { channels: 1, height: 28, width: 28 });
    assert_eq!((source.len(), source.is_empty(), source.classes()), (None, false, Some(10)));
    let RealBatch { values, labels, .. } = source.batch(6, 3, 5);
    assert_eq!((values.len(), labels.len()), (5 * 784, 5));
    for (j, (image, &label)) in values.chunks(784).zip(&labels).enumerate() {
        let (expected_label, pixels) = DrawnDigits { seed: 6 }.sample(15 + j as u64);
        assert_eq!(label, u16::from(expected_label));
        assert!(image.iter().zip(pixels).all(|(&v, p)| v == f32::from(p) / 127.5 - 1.0));
    }
}

#[test]
fn no_step_is_too_far() {
    assert_eq!(EndlessDigits::default().batch(1, u64::MAX, 3).labels.len(), 3);
    assert_eq!(counted(3).batch(1, u64::MAX, 3).values.len(), 3);
    assert_eq!(counted(3).batch(1, 0, 0), RealBatch::default());
}
