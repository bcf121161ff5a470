//! The program's classifier on MNIST's test images, if `GAN_DATA_DIR` (absolute, or relative to the
//! workspace) names a folder with `mnist/`.

use std::io::Write as _;
use std::path::Path;

use gan_core::{Classifier, cpu};
use gan_data::ImageSet;
use gan_protocol::Shape;
use pollster::block_on;

const CLASSIFIER: &[u8] = include_bytes!("../../../web/pretrained/digit-classifier.safetensors");

/// MNIST's test images; `None`, with a printed line, without a folder.
fn mnist(test: &str) -> Option<ImageSet> {
    let Some(folder) = std::env::var_os("GAN_DATA_DIR") else {
        // Past the test harness, which captures the output of passing tests.
        let mut terminal = std::io::stderr();
        writeln!(terminal, "NOT RUN: {test} needs GAN_DATA_DIR with mnist/ in it").unwrap();
        return None;
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = ["labels-idx1", "images-idx3"].map(|kind| {
        let name = format!("t10k-{kind}-ubyte.gz");
        let path = workspace.join(&folder).join("mnist").join(&name);
        (name, std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    });
    Some(ImageSet::from_idx_files(&files).unwrap())
}

#[test]
fn it_is_small_and_of_the_expected_shape() {
    assert!(CLASSIFIER.len() <= 400_000, "{} bytes", CLASSIFIER.len());
    let mut classifier = Classifier::from_safetensors(CLASSIFIER, &cpu()).unwrap();
    assert_eq!((classifier.input(), classifier.classes()), (Shape::image(1, 28, 28), 10));
    let found = block_on(classifier.judge(&[-1.0; 784])).unwrap();
    assert_eq!((found.features.len(), found.logits.len()), (64, 10));
}

#[test]
fn it_knows_mnists_test_images() {
    let Some(set) = mnist("it_knows_mnists_test_images") else { return };
    let mut classifier = Classifier::from_safetensors(CLASSIFIER, &cpu()).unwrap();
    let images: Vec<f32> = set.pixels().iter().map(|byte| f32::from(*byte) / 127.5 - 1.0).collect();
    let found = block_on(classifier.judge(&images)).unwrap();
    let rows = found.logits.chunks_exact(10).zip(set.labels().unwrap());
    let right =
        rows.filter(|(row, label)| row.iter().all(|logit| *logit <= row[usize::from(**label)]));
    let accuracy = right.count() as f64 / set.image_count() as f64;
    assert!(accuracy >= 0.992, "{accuracy}");
}
