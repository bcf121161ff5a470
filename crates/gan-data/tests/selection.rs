//! Selection of images: some classes, the first few, classes by weight, stacked digits.

use std::collections::BTreeSet;

use gan_data::{DataError, ImageSet, RealSamples, ShuffledImages, StackedDigits, WeightedClasses};
use gan_protocol::{RealBatch, Shape};

/// Images of one pixel; image `i` has the value `i`.
fn set(labels: &[u8]) -> ImageSet {
    let pixels = (0..labels.len() as u8).collect();
    ImageSet::new("set", [1, 1, 1], pixels, Some(labels.to_vec())).unwrap()
}

fn unlabelled() -> ImageSet {
    ImageSet::new("set", [1, 1, 2], vec![1, 2, 3, 4], None).unwrap()
}

fn file() -> String {
    "set".into()
}

/// Index and label of each image drawn by the steps.
fn drawn(
    source: &mut impl RealSamples,
    seed: u64,
    steps: std::ops::Range<u64>,
    size: usize,
) -> Vec<(u8, u16)> {
    let mut all = Vec::new();
    for step in steps {
        let RealBatch { values, labels, .. } = source.batch(seed, step, size);
        assert_eq!((values.len(), labels.len()), (size, size));
        let indices = values.iter().map(|value| ((value + 1.0) * 127.5).round() as u8);
        all.extend(indices.zip(labels.iter().copied()));
    }
    all
}

#[test]
fn a_subset_keeps_the_images_of_its_classes_in_order() {
    let subset = set(&[2, 0, 1, 2, 4, 0]).subset(&[2, 0, 2]).unwrap();
    assert_eq!(subset.labels(), Some(&[2, 0, 2, 0][..]));
    assert_eq!(subset.pixels(), [0, 1, 3, 5]);
    assert_eq!((subset.image_count(), subset.classes()), (4, Some(3)));
    let wide = ImageSet::new("set", [3, 1, 2], (0..18).collect(), Some(vec![0, 1, 1])).unwrap();
    assert_eq!(wide.subset(&[1]).unwrap().pixels(), (6..18).collect::<Vec<u8>>());
}

#[test]
fn a_subset_needs_labels_and_classes_that_there_are() {
    assert_eq!(unlabelled().subset(&[0]).unwrap_err(), DataError::NoLabels { file: file() });
    assert_eq!(set(&[0, 1]).subset(&[]).unwrap_err(), DataError::NoClasses { file: file() });
    // Class 1 is below the number of classes, but has no images.
    for class in [1, 3, 255] {
        let missing = DataError::NoSuchClass { file: file(), class: class.into() };
        assert_eq!(set(&[0, 2]).subset(&[0, class]).unwrap_err(), missing);
    }
}

#[test]
fn a_limited_set_keeps_the_first_images() {
    let limited = set(&[5, 6, 7]).limited(2).unwrap();
    assert_eq!((limited.pixels(), limited.labels()), (&[0, 1][..], Some(&[5, 6][..])));
    assert_eq!(set(&[5, 6, 7]).limited(usize::MAX).unwrap(), set(&[5, 6, 7]));
    assert_eq!(unlabelled().limited(1).unwrap().pixels(), [1, 2]);
    assert_eq!(set(&[5]).limited(0).unwrap_err(), DataError::NoImages { file: file() });
    let mut source = ShuffledImages::new(limited);
    assert!(drawn(&mut source, 1, 0..10, 4).iter().all(|&(index, _)| index < 2));
}

#[test]
fn a_few_of_each_class_are_chosen_by_the_seed() {
    let labels = [0, 1, 1, 0, 2, 1, 1, 0, 1, 0];
    let chosen = |seed| set(&labels).few_of_each_class(2, seed).unwrap();
    let mut all = BTreeSet::new();
    for seed in 0..50 {
        let few = chosen(seed);
        let mut counts = [0; 3];
        few.labels().unwrap().iter().for_each(|label| counts[usize::from(*label)] += 1);
        assert_eq!(counts, [2, 2, 1], "the last class has one image");
        for (pixel, label) in few.pixels().iter().zip(few.labels().unwrap()) {
            assert_eq!(labels[usize::from(*pixel)], *label, "an image keeps its label");
        }
        assert!(few.pixels().is_sorted());
        all.extend(few.pixels().to_vec());
    }
    assert_eq!(all.len(), 10, "every image is chosen by some seed");
    assert_eq!(chosen(1), chosen(1));
    assert_eq!(set(&labels).few_of_each_class(100, 1).unwrap(), set(&labels));
    for seed in 0..10 {
        let [few, others] = set(&labels).parted(2, 4, seed).unwrap();
        assert_eq!(few, chosen(seed));
        assert_eq!(others.image_count(), 4);
        assert!(others.pixels().iter().all(|pixel| !few.pixels().contains(pixel)));
    }
    let none_left = set(&labels).parted(100, 1, 1).unwrap_err();
    assert_eq!(none_left, DataError::NoImages { file: file() });
    let refused = |set: ImageSet, most| set.few_of_each_class(most, 1).unwrap_err();
    assert_eq!(refused(unlabelled(), 1), DataError::NoLabels { file: file() });
    assert_eq!(refused(set(&labels), 0), DataError::NoImages { file: file() });
}

#[test]
fn classes_are_drawn_by_weight_and_images_evenly_within() {
    // 4 images of class 0, none of class 1, 2 of class 2, 4 of class 3.
    let labels = [0, 0, 0, 0, 2, 2, 3, 3, 3, 3];
    let mut source = WeightedClasses::new(set(&labels), &[6.0, 0.0, 3.0, 1.0]).unwrap();
    assert_eq!(source.shape(), Shape::Image { channels: 1, height: 1, width: 1 });
    assert_eq!((source.len(), source.classes()), (Some(10), Some(4)));
    let all = drawn(&mut source, 1, 0..1000, 100);
    assert!(all.iter().all(|&(index, label)| u16::from(labels[usize::from(index)]) == label));
    for (label, weight) in [(0, 0.6), (2, 0.3), (3, 0.1)] {
        let count = all.iter().filter(|sample| sample.1 == label).count() as f64;
        // Of 100,000 samples; four standard deviations.
        let most = 4.0 * f64::sqrt(1e5 * weight * (1.0 - weight));
        assert!((count - 1e5 * weight).abs() < most, "class {label}: {count}");
        let indices = (0..10).filter(|&index| u16::from(labels[index]) == label);
        let of_class = indices.clone().count() as f64;
        for index in indices {
            let times = all.iter().filter(|sample| usize::from(sample.0) == index).count() as f64;
            // Images are drawn in orders, so their counts vary less than independent draws' would.
            let most = 4.0 * (count / of_class).sqrt();
            assert!((times - count / of_class).abs() < most, "image {index}: {times}");
        }
    }
}

#[test]
fn no_image_comes_twice_before_all_of_its_class_came_within_an_epoch() {
    let mut source = WeightedClasses::new(set(&[0, 0, 0, 1, 1, 1]), &[5.0, 1.0]).unwrap();
    for epoch in drawn(&mut source, 2, 0..200, 6).chunks_exact(6) {
        for class in 0..2 {
            let of_class: Vec<u8> =
                epoch.iter().filter(|sample| sample.1 == class).map(|sample| sample.0).collect();
            for round in of_class.chunks(3) {
                let mut sorted = round.to_vec();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), round.len(), "{epoch:?}");
            }
        }
    }
}

#[test]
fn weighted_classes_depend_on_seed_and_position_only() {
    let source = || WeightedClasses::new(set(&[0, 1, 2, 0, 1, 2, 2]), &[1.0, 2.0, 0.5]).unwrap();
    let straight = drawn(&mut source(), 3, 0..20, 8);
    let mut other = source();
    for step in (0..20).rev() {
        drawn(&mut other, 4, step..step + 1, 3);
        assert_eq!(drawn(&mut other, 3, step..step + 1, 8), straight[step as usize * 8..][..8]);
    }
    assert_eq!(drawn(&mut source(), 3, 0..32, 5), straight);
    assert_ne!(drawn(&mut source(), 4, 0..20, 8), straight);
    assert_eq!(drawn(&mut source(), 1, u64::MAX..u64::MAX, 0), []);
    assert_eq!(source().batch(1, u64::MAX, 3).values.len(), 3);
}

#[test]
fn weights_must_fit_the_classes() {
    let fault = |weights: &[f32]| WeightedClasses::new(set(&[0, 2]), weights).unwrap_err();
    let count = |found| DataError::ClassWeightCount { file: file(), found, expected: 3 };
    assert_eq!(fault(&[1.0, 1.0]), count(2));
    assert_eq!(fault(&[1.0; 4]), count(4));
    for weight in [-1.0, f32::NAN, f32::INFINITY, 1e7] {
        assert_eq!(fault(&[1.0, 0.0, weight]), DataError::ClassWeight { file: file(), class: 2 });
    }
    assert_eq!(fault(&[0.0; 3]), DataError::NoClasses { file: file() });
    assert_eq!(fault(&[1.0; 3]), DataError::NoSuchClass { file: file(), class: 1 });
    let error = WeightedClasses::new(unlabelled(), &[1.0]).unwrap_err();
    assert_eq!(error, DataError::NoLabels { file: file() });
}

#[test]
fn stacked_digits_are_labelled_by_what_their_channels_show() {
    // Two pixels for each image: its digit, and the number of the image among the digit's two.
    let pixels: Vec<u8> = (0..20).flat_map(|i| [i % 10, i / 10]).collect();
    let labels = (0..20).map(|i| i % 10).collect();
    let digits = ImageSet::new("set", [1, 1, 2], pixels, Some(labels)).unwrap();
    let mut source = StackedDigits::new(digits.clone()).unwrap();
    assert_eq!(source.digits(), &digits);
    assert_eq!(source.shape(), Shape::Image { channels: 3, height: 1, width: 2 });
    assert_eq!((source.len(), source.classes()), (None, Some(1000)));
    let mut counts = vec![0_u32; 1000];
    let mut second = [0_u32; 3];
    for step in 0..200 {
        let RealBatch { values, labels, .. } = source.batch(5, step, 500);
        assert_eq!((values.len(), labels.len()), (500 * 6, 500));
        for (sample, &label) in values.chunks_exact(6).zip(&labels) {
            let byte = |at: usize| ((sample[at] + 1.0) * 127.5).round() as u16;
            assert_eq!(label, 100 * byte(0) + 10 * byte(2) + byte(4));
            counts[usize::from(label)] += 1;
            (0..3).for_each(|channel| second[channel] += u32::from(byte(2 * channel + 1)));
        }
    }
    // 100 each; chi-squared with 999 degrees of freedom has standard deviation 44.7.
    let chi_squared: f64 = counts.iter().map(|&n| (f64::from(n) - 100.0).powi(2) / 100.0).sum();
    assert!((chi_squared - 999.0).abs() < 4.0 * 44.7, "{chi_squared}");
    // Half of each channel's images; the standard deviation is 158.
    assert!(second.iter().all(|&n| n.abs_diff(50_000) < 640), "{second:?}");
}

#[test]
fn stacked_digits_depend_on_seed_and_position_only() {
    let source = || StackedDigits::new(set(&[3, 1, 4, 1, 5, 9])).unwrap();
    let labels_of = |seed, step, size| {
        let RealBatch { values, labels, .. } = source().batch(seed, step, size);
        assert_eq!(values.len(), 3 * size);
        labels
    };
    let whole = labels_of(1, 0, 60);
    for (step, size) in [(0, 7), (3, 9), (59, 1), (2, 20)] {
        assert_eq!(labels_of(1, step, size), whole[step as usize * size..][..size]);
    }
    assert_ne!(labels_of(2, 0, 60), whole);
    labels_of(1, u64::MAX, 3);
}

#[test]
fn only_grey_images_of_digits_can_be_stacked() {
    let colour = ImageSet::new("set", [3, 1, 1], vec![0; 3], Some(vec![0])).unwrap();
    let error = StackedDigits::new(colour).unwrap_err();
    assert_eq!(error, DataError::NotGrey { file: file(), found: 3 });
    let error = StackedDigits::new(unlabelled()).unwrap_err();
    assert_eq!(error, DataError::NoLabels { file: file() });
    let error = StackedDigits::new(set(&[0, 9, 10])).unwrap_err();
    let expected = DataError::LabelTooLarge { file: file(), index: 2, found: 10, largest: 9 };
    assert_eq!(error, expected);
}

/// Images of one pixel with the labels `values`, as IDX files.
fn files(values: &[u8]) -> [(String, Vec<u8>); 2] {
    let count = values.len();
    let pixels: Vec<u8> = (0..count as u8).collect();
    [
        ("images.idx".to_owned(), gan_data::idx::written(&[count, 1, 1], &pixels)),
        ("labels.idx".to_owned(), gan_data::idx::written(&[count], values)),
    ]
}

#[test]
fn classes_are_those_that_a_files_labels_name() {
    // EMNIST's letters count from 1.
    let letters: Vec<u8> = (1..=26).collect();
    let set = ImageSet::from_idx_files(&files(&letters)).unwrap();
    assert_eq!(set.classes(), Some(26));
    assert_eq!([0, 25].map(|class| set.class_value(class)), [Some(1), Some(26)]);
    assert_eq!(set.class_value(26), None);
    assert_eq!(set.labels().unwrap()[25], 25);
    // A class is requested by its value in the file.
    let last = set.clone().subset(&[26]).unwrap();
    assert_eq!((last.pixels(), last.labels()), (&[25][..], Some(&[25][..])));
    let error = set.subset(&[0]).unwrap_err();
    assert_eq!(error, DataError::NoSuchClass { file: "images.idx".into(), class: 0 });
    // Labels with gaps are numbered anew; labels without gaps stay as they are.
    let some = ImageSet::from_idx_files(&files(&[7, 3, 7])).unwrap();
    assert_eq!((some.classes(), some.labels()), (Some(2), Some(&[1, 0, 1][..])));
    let all = ImageSet::from_idx_files(&files(&[1, 0, 2])).unwrap();
    assert_eq!((all.classes(), all.labels()), (Some(3), Some(&[1, 0, 2][..])));
}
