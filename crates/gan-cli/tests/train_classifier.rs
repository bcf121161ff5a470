//! `gan train-classifier`, run as a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gan_core::{Classifier, cpu};
use gan_data::DrawnDigits;
use serde_json::Value;

/// IDX files of `count` drawn digits from number `first` on: images and labels.
fn digits(folder: &Path, name: &str, first: u64, count: u64) -> [PathBuf; 2] {
    let (mut images, mut labels) = (vec![0, 0, 8, 3], vec![0, 0, 8, 1]);
    [count as u32, 28, 28].iter().for_each(|side| images.extend(side.to_be_bytes()));
    labels.extend((count as u32).to_be_bytes());
    for index in first..first + count {
        let (label, pixels) = DrawnDigits { seed: 5 }.sample(index);
        images.extend(pixels);
        labels.push(label);
    }
    let paths = ["images", "labels"].map(|kind| folder.join(format!("{name}-{kind}-ubyte")));
    for (path, bytes) in paths.iter().zip([images, labels]) {
        std::fs::write(path, bytes).expect("written");
    }
    paths
}

fn train(train: &[PathBuf], test: &[PathBuf], out: &Path) -> Output {
    let mut gan = Command::new(env!("CARGO_BIN_EXE_gan"));
    gan.args(["train-classifier", "--epochs", "2", "--json", "--files"]).args(train);
    if !test.is_empty() {
        gan.arg("--test-files").args(test);
    }
    gan.arg("--out").arg(out).output().expect("the command runs")
}

#[test]
fn a_classifier_of_the_users_own_files_is_written_and_told_of() {
    let folder = std::env::temp_dir().join(format!("gan-classifier-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (shown, held_out) = (digits(&folder, "train", 0, 600), digits(&folder, "test", 5_000, 100));
    let out = folder.join("out.safetensors");
    let output = train(&shown, &held_out, &out);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let number = |line: usize, name: &str| lines[line][name].as_f64().expect("a number");
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!((number(0, "epoch"), number(1, "epoch")), (1.0, 2.0));
    assert!(number(1, "loss") < number(0, "loss"), "{text}");
    let bytes = std::fs::read(&out).expect("the file");
    assert_eq!(number(2, "bytes"), bytes.len() as f64);
    Classifier::from_safetensors(&bytes, &cpu()).expect("a classifier");

    let told = |output: Output| String::from_utf8(output.stderr).expect("text");
    assert!(told(train(&shown, &[], &out)).contains("--files needs --test-files"));
    assert!(told(train(&shown[..1], &held_out, &out)).contains("the labels are missing"));
    std::fs::remove_dir_all(&folder).expect("removed");
}
