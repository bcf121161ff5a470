//! Reads the real MNIST and compares the drawn digits with it, if `GAN_DATA_DIR` (absolute, or
//! relative to the workspace) names a folder with `mnist/`.

mod nearest_mean;

use std::path::Path;

use gan_data::{DrawnDigits, ImageSet, RealSamples, ShuffledImages, StackedDigits};
use gan_protocol::RealBatch;
use nearest_mean::{NearestMean, report};

/// The set `part` ("train" or "t10k"); `None`, with a printed line, without a folder.
fn mnist(test: &str, part: &str) -> Option<ImageSet> {
    let Some(folder) = std::env::var_os("GAN_DATA_DIR") else {
        report(&format!("NOT RUN: {test} needs GAN_DATA_DIR with mnist/ in it"));
        return None;
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = ["labels-idx1", "images-idx3"].map(|kind| {
        let name = format!("{part}-{kind}-ubyte.gz");
        let path = workspace.join(&folder).join("mnist").join(&name);
        (name, std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    });
    Some(ImageSet::from_idx_files(&files).unwrap())
}

fn labelled(set: &ImageSet) -> impl Iterator<Item = (u8, &[u8])> {
    let image_bytes = set.pixels().len() / set.image_count();
    set.labels().unwrap().iter().copied().zip(set.pixels().chunks_exact(image_bytes))
}

#[test]
fn reads_mnist() {
    for (part, count) in [("train", 60_000), ("t10k", 10_000)] {
        let Some(set) = mnist("reads_mnist", part) else { return };
        assert_eq!([set.channels(), set.height(), set.width()], [1, 28, 28]);
        assert_eq!((set.image_count(), set.classes()), (count, Some(10)));
        if part == "train" {
            assert_eq!(set.labels().unwrap()[..8], [5, 0, 4, 1, 9, 2, 1, 3]);
        }
        // An epoch has every label as often as the set.
        let mut expected: Vec<u16> = set.labels().unwrap().iter().map(|&l| l.into()).collect();
        let mut seen = Vec::new();
        let mut source = ShuffledImages::new(set);
        for step in 0..count as u64 / 100 {
            seen.extend(source.batch(1, step, 100).labels);
        }
        assert_ne!(seen, expected);
        seen.sort_unstable();
        expected.sort_unstable();
        assert_eq!(seen, expected);
    }
}

#[test]
fn drawn_digits_are_like_mnist() {
    let test = "drawn_digits_are_like_mnist";
    let Some(train) = mnist(test, "train") else { return };
    let Some(held_out) = mnist(test, "t10k") else { return };
    let drawn: Vec<_> = (0..5000).map(|index| DrawnDigits { seed: 8 }.sample(index)).collect();
    let of_drawn = || drawn.iter().map(|(label, pixels)| (*label, &pixels[..]));

    let classifier = NearestMean::new(784, labelled(&train));
    let (own, crossed) =
        (classifier.accuracy(labelled(&held_out)), classifier.accuracy(of_drawn()));
    let back = NearestMean::new(784, of_drawn()).accuracy(labelled(&held_out));
    let mean = |pixels: &mut dyn Iterator<Item = u8>| {
        let (sum, count) = pixels.fold((0.0, 0.0), |(s, n), p| (s + f64::from(p), n + 1.0));
        sum / count
    };
    let mnist_grey = mean(&mut train.pixels().iter().copied());
    let drawn_grey = mean(&mut drawn.iter().flat_map(|(_, pixels)| pixels.iter().copied()));
    report(&format!(
        "class means of MNIST on MNIST: {own:.3}; of MNIST on drawn digits: {crossed:.3}; \
         of drawn digits on MNIST: {back:.3}; mean grey: MNIST {mnist_grey:.1}, drawn {drawn_grey:.1}"
    ));
    // This classifier's known accuracy on MNIST is 0.82.
    assert!((0.81..0.83).contains(&own), "{own}");
    assert!(crossed > 0.75, "{crossed}");
    assert!((mnist_grey - drawn_grey).abs() < 8.0, "{mnist_grey} {drawn_grey}");
}

#[test]
fn mnist_is_still_legible_at_8_px_a_side() {
    let test = "mnist_is_still_legible_at_8_px_a_side";
    let Some(train) = mnist(test, "train") else { return };
    let Some(held_out) = mnist(test, "t10k") else { return };
    let grey = |set: &ImageSet| {
        set.pixels().iter().map(|&p| f64::from(p)).sum::<f64>() / set.pixels().len() as f64
    };
    let before = grey(&train);
    let accuracy = |[train, held_out]: [&ImageSet; 2]| {
        NearestMean::new(64, labelled(train)).accuracy(labelled(held_out))
    };
    // For comparison, the pixel in the middle of the area that each new pixel covers.
    let picked = [&train, &held_out].map(|set| {
        let pick = |image: &[u8]| {
            let old = |new: usize| (7 * new + 3) / 2;
            (0..64).map(|at| image[28 * old(at / 8) + old(at % 8)]).collect::<Vec<u8>>()
        };
        let pixels = set.pixels().chunks_exact(784).flat_map(pick).collect();
        ImageSet::new("picked", [1, 8, 8], pixels, set.labels().map(<[u8]>::to_vec)).unwrap()
    });
    let fitted = [train, held_out].map(|set| set.fitted(1, 8, 8).unwrap());
    let after = grey(&fitted[0]);
    let [picked, fitted] = [picked, fitted].map(|[train, test]| accuracy([&train, &test]));
    report(&format!(
        "class means of MNIST at 8 x 8 px: {fitted:.3}, of picked pixels {picked:.3}; \
         mean grey {before:.2}, {after:.2}"
    ));
    // The whole image is kept, and so is its mean; rounding errors cancel on average.
    assert!((before - after).abs() < 0.3, "{before} {after}");
    // 0.820 at 28 x 28 px; 10,000 images, so that a standard error is 0.004.
    assert!(fitted > 0.78 && fitted > picked + 0.02, "{fitted} {picked}");
}

#[test]
fn stacked_mnist_has_a_thousand_classes() {
    let Some(set) = mnist("stacked_mnist_has_a_thousand_classes", "t10k") else { return };
    let classifier = NearestMean::new(784, labelled(&set));
    let mut source = StackedDigits::new(set.clone()).unwrap();
    let (mut seen, mut right) = (vec![false; 1000], 0);
    for step in 0..100 {
        let RealBatch { values, labels, .. } = source.batch(1, step, 200);
        labels.iter().for_each(|&label| seen[usize::from(label)] = true);
        if step > 0 {
            continue;
        }
        for (sample, &label) in values.chunks_exact(3 * 784).zip(&labels) {
            for (image, divisor) in sample.chunks_exact(784).zip([100, 10, 1]) {
                let bytes: Vec<u8> =
                    image.iter().map(|v| ((v + 1.0) * 127.5).round() as u8).collect();
                right += u32::from(u16::from(classifier.classify(&bytes)) == label / divisor % 10);
            }
        }
    }
    // None of the thousand classes should be missing among 20,000 samples: the rarest triple, three
    // fives, has a probability of 0.07 %.
    assert!(seen.iter().all(|&seen| seen));
    // 600 digits at an accuracy of 0.82; the standard deviation is 9.
    assert!((456..530).contains(&right), "{right}");
}
