//! Eight generators that people train by tutorials, trained in their own frameworks and imported.
//!
//! `PYTHON` is a Python with `tests/reference/requirements-imports.txt`; TensorFlow.js is that of `tests/bench` after `npm ci`, or
//! of the `package.json` that `TFJS` names.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Folder, done};

/// The largest difference of a number of the samples.
const EXACT: f64 = 2e-4;
/// Two neighbouring ones of 256 steps from -1 to 1 lie so far apart: numbers that differ by less are at most one step apart.
const STEP: f64 = 2.0 / 255.0;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn ran(command: &mut Command) {
    let status = command.status().expect("the program is there");
    assert!(status.success(), "{command:?}");
}

/// Imports `files` with `options`, and holds the generator against the arrays of `case`.
fn imported(folder: &Folder, case: &str, files: &[&str], options: &[&str]) {
    let path = |name: &str| folder.path(name);
    let mut asked: Vec<String> = vec!["import".to_owned()];
    asked.extend(files.iter().map(|name| path(name)));
    asked.extend(options.iter().map(|&option| option.to_owned()));
    asked.extend(["--out".to_owned(), path("generator.safetensors"), "--check".to_owned()]);
    for part in ["latents", "samples", "classes"] {
        let array = path(&format!("{case}.{part}.npy"));
        asked.extend(Path::new(&array).exists().then_some(array));
    }
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let told = String::from_utf8(done(&asked).stdout).expect("UTF-8");
    println!("{case} of {files:?}: {told}");
    let numbers: Vec<f64> = told
        .split([' ', ','])
        .filter(|word| word.contains('e'))
        .filter_map(|word| word.parse().ok())
        .collect();
    let [exact, written] = numbers[..] else { panic!("two differences: {told}") };
    assert!(exact <= EXACT && written < STEP, "{case} of {files:?}: {told}");
}

/// A net for a state dict: what is proposed, corrected.
fn corrected(
    folder: &Folder,
    file: &str,
    order: &str,
    correct: impl Fn(&mut Vec<Value>),
) -> String {
    let file = folder.path(file);
    let mut asked = vec!["import", &file];
    if !order.is_empty() {
        asked.extend(["--order", order]);
    }
    let mut net: Value = serde_json::from_slice(&done(&asked).stdout).expect("JSON");
    correct(net["generator"]["layers"].as_array_mut().expect("layers"));
    if file.contains("pytorch-gan-") {
        net["data"] = json!({"channels": 1, "height": 32, "width": 32});
    }
    let path = folder.path("net.json");
    std::fs::write(&path, net.to_string()).expect("written");
    path
}

/// The settings that PyTorch-GAN's nets have and no state dict tells; the first `usual` normalisations have the usual epsilon.
fn with_its_settings(layers: &mut [Value], usual: usize) {
    let is_norm = |layer: &&mut Value| layer["kind"] == "batch_norm";
    layers.iter_mut().filter(is_norm).skip(usual).for_each(|layer| layer["epsilon"] = json!(0.8));
    let is_relu = |layer: &&mut Value| layer["function"]["name"] == "relu";
    let leaky = json!({"name": "leaky_relu", "slope": 0.2});
    layers.iter_mut().filter(is_relu).for_each(|layer| layer["function"] = leaky.clone());
}

#[test]
#[ignore = "needs PyTorch and Keras"]
fn nets_of_pytorch_and_keras() {
    let folder = Folder::new("architectures");
    let python = env::var("PYTHON").expect("PYTHON names a Python with PyTorch and Keras");
    for part in ["pytorch", "keras"] {
        let script = tests().join("reference/architectures.py");
        ran(Command::new(&python).arg(script).args([part, &folder.path("")]));
    }
    for case in ["tensorflow-tutorial", "keras-dcgan", "keras-wgan-gp", "keras-cgan"] {
        let options: &[&str] = if case == "keras-cgan" { &["--one-hot", "10"] } else { &[] };
        for form in ["keras", "h5", "onnx"] {
            imported(&folder, case, &[&format!("{case}.{form}")], options);
        }
    }
    for case in ["pytorch-dcgan", "pytorch-gan-dcgan", "pytorch-gan-cgan"] {
        imported(&folder, case, &[&format!("{case}.onnx"), &format!("{case}.onnx.data")], &[]);
    }
    let net = corrected(&folder, "pytorch-dcgan.pth", "", |_| ());
    imported(&folder, "pytorch-dcgan", &["pytorch-dcgan.pth"], &["--net", &net]);

    let order =
        "l1.0,conv_blocks.0,conv_blocks.2,conv_blocks.3,conv_blocks.6,conv_blocks.7,conv_blocks.9";
    let net = corrected(&folder, "pytorch-gan-dcgan.pth", order, |layers| {
        with_its_settings(layers, 1);
        // No activation stands between the first normalisation and the first enlargement, and none of the two has weights.
        let upsample = json!({"kind": "upsample", "scale": 2});
        let first = layers.iter().position(|layer| layer["kind"] == "activation").expect("one");
        layers[first] = upsample.clone();
        let second = layers.iter().rposition(|layer| layer["kind"] == "batch_norm").expect("two");
        layers.insert(second - 1, upsample);
    });
    let options = ["--net", &net, "--order", order];
    imported(&folder, "pytorch-gan-dcgan", &["pytorch-gan-dcgan.pth"], &options);

    let net = corrected(&folder, "pytorch-gan-cgan.pth", "", |layers| with_its_settings(layers, 0));
    imported(
        &folder,
        "pytorch-gan-cgan",
        &["pytorch-gan-cgan.pth"],
        &["--net", &net, "--label-first"],
    );
}

#[test]
#[ignore = "needs TensorFlow.js"]
fn the_net_of_tensorflow_js() {
    let folder = Folder::new("architecture-of-tfjs");
    let tfjs = env::var("TFJS").map_or_else(|_| tests().join("bench/package.json"), PathBuf::from);
    let script = tests().join("reference/architectures.mjs");
    ran(Command::new("node").env("TFJS", tfjs).arg(script).arg(folder.path("")));
    let files = ["tfjs-acgan-2.bin", "tfjs-acgan.json", "tfjs-acgan-1.bin"];
    imported(&folder, "tfjs-acgan", &files, &[]);
}
