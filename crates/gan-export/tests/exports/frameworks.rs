//! Exported generators in their own frameworks: `tests/reference/exports.py` and `exports.mjs` run them.
//!
//! `PYTHON` is a Python with `tests/reference/requirements-imports.txt`; TensorFlow.js is that of `tests/bench` after `npm ci`, or
//! of the `package.json` that `TFJS` names.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use gan_export::{ExportError, keras, onnx, pytorch, tfjs};
use gan_protocol::{Feed, Shape};
use serde_json::{Map, Value, json};

use crate::cases::{Case, cases};

const COUNT: usize = 5;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, bytes).expect("written");
}

fn dims(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Flat { size } => vec![COUNT, size],
        Shape::Image { channels, height, width } => vec![COUNT, channels, height, width],
    }
}

/// Writes inputs and samples of a case; returns their shapes.
fn given(folder: &Path, case: &Case) -> Value {
    let (inputs, samples) = case.samples(COUNT);
    let feed = Feed::from(&case.header);
    let real = |numbers: &[f32]| {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>()
    };
    let whole = |numbers: &[u16]| {
        numbers.iter().flat_map(|number| i64::from(*number).to_le_bytes()).collect::<Vec<u8>>()
    };
    let mut shapes = Map::new();
    let mut put = |name: &str, dims: Vec<usize>, bytes: Vec<u8>| {
        write(&folder.join(format!("{}.{name}", case.name)), bytes);
        shapes.insert(name.to_owned(), json!(dims));
    };
    put("samples", dims(case.header.data.shape()), real(&samples));
    if feed.numbers() > 0 {
        put("latent", vec![COUNT, feed.numbers()], real(&inputs.values));
    }
    if !inputs.labels.is_empty() {
        put("class", vec![COUNT], whole(&inputs.labels));
    }
    if !inputs.generators.is_empty() {
        put("generator", vec![COUNT], whole(&inputs.generators));
    }
    if let Some(picture) = feed.picture {
        put("picture", dims(picture), real(&inputs.pictures));
    }
    Value::Object(shapes)
}

/// The file, unless the framework lacks something.
fn there<T>(case: &Case, made: Result<T, ExportError>) -> Option<T> {
    match made {
        Ok(made) => Some(made),
        Err(ExportError::Lacks { .. }) => None,
        Err(error) => panic!("{}: {error}", case.name),
    }
}

/// Writes every case in every form that holds it.
fn written(folder: &Path) {
    let mut listed: [Map<String, Value>; 4] = Default::default();
    for case in cases() {
        let path = |ending: &str| folder.join(format!("{}.{ending}", case.name));
        let file = onnx(&case.generator()).expect("ONNX has all layers");
        write(&path("onnx"), file);
        let mut has = [true, false, false, false];
        if let Some((header, weights)) = there(&case, pytorch(&case.generator())) {
            let name = format!("{}.safetensors", case.name);
            write(&path("py"), gan_code::pytorch_sampler(&header, &name));
            write(&path("safetensors"), weights);
            has[1] = true;
        }
        if let Some(file) = there(&case, keras(&case.generator())) {
            write(&path("keras"), file);
            has[2] = true;
        }
        if let Some(files) = there(&case, tfjs(&case.generator())) {
            write(&folder.join(&case.name).join("model.json"), files.model);
            write(&folder.join(&case.name).join(files.shard), files.weights);
            has[3] = true;
        }
        // What adds noise has no samples that could be compared.
        if !case.has_noise() {
            let shapes = given(folder, &case);
            for (list, _) in listed.iter_mut().zip(has).filter(|(_, has)| *has) {
                list.insert(case.name.clone(), shapes.clone());
            }
        }
    }
    let [onnx, pytorch, keras, tfjs] = listed;
    assert!([&onnx, &pytorch, &keras, &tfjs].iter().all(|list| list.len() > 15));
    let listed = json!({"onnx": onnx, "pytorch": pytorch, "keras": keras, "tfjs": tfjs});
    write(&folder.join("cases.json"), listed.to_string());
}

fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("gan-export-{name}-{}", std::process::id()));
    written(&folder);
    folder
}

fn ran(command: &mut Command) {
    let status = command.status().expect("the program is there");
    assert!(status.success(), "{command:?}");
}

#[test]
#[ignore = "needs PyTorch, Keras and onnxruntime"]
fn onnx_pytorch_and_keras_make_the_same_samples() {
    let folder = folder("python");
    let python =
        env::var("PYTHON").expect("PYTHON names a Python with PyTorch, Keras and onnxruntime");
    for part in ["onnx", "pytorch", "keras"] {
        let script = tests().join("reference/exports.py");
        ran(Command::new(&python).arg(script).arg(part).arg(&folder));
    }
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
#[ignore = "needs TensorFlow.js"]
fn tensorflow_js_makes_the_same_samples() {
    let folder = folder("tfjs");
    let tfjs = env::var("TFJS").map_or_else(|_| tests().join("bench/package.json"), PathBuf::from);
    let script = tests().join("reference/exports.mjs");
    ran(Command::new("node").env("TFJS", tfjs).arg(script).arg(&folder));
    std::fs::remove_dir_all(folder).expect("removed");
}
