//! Reads the real MNIST and compares the drawn digits with it, where `GAN_DATA_DIR` (absolute, or
//! relative to the workspace) names a folder with `mnist/`.

mod nearest_mean;

use std::path::Path;

use gan_data::{DrawnDigits, ImageSet, RealSamples, ShuffledImages};
use nearest_mean::{NearestMean, report};

/// The set `part` ("train" or "t10k"); `None`, with a line that says so, without a folder.
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
    set.labels().unwrap().iter().copied().zip(set.pixels().chunks_exact(784))
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
        // An epoch holds every label as often as the set.
        let mut expected: Vec<u16> = set.labels().unwrap().iter().map(|&l| l.into()).collect();
        let (mut values, mut labels, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        let mut source = ShuffledImages::new(set);
        for step in 0..count as u64 / 100 {
            source.fill_batch(1, step, 100, &mut values, &mut labels);
            seen.extend_from_slice(&labels);
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

    let classifier = NearestMean::new(labelled(&train));
    let (own, crossed) =
        (classifier.accuracy(labelled(&held_out)), classifier.accuracy(of_drawn()));
    let back = NearestMean::new(of_drawn()).accuracy(labelled(&held_out));
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
