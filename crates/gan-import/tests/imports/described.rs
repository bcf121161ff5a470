//! Imports of files that describe their nets, held against their frameworks' own samples.
//! `tests/reference/described_imports.py` makes them.

use std::path::{Path, PathBuf};

use gan_core::{Inputs, Sampler, cpu};
use gan_import::{Assumed, Choices, Described, Opened, read};
use gan_protocol::LayerSpec;
use pollster::block_on;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import").join(name)
}

/// The files `names`, by blanks; a name that ends with `/` is all files of a folder.
fn files(names: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for name in names.split(' ') {
        let mut paths = vec![path(name)];
        if name.ends_with('/') {
            let entries = std::fs::read_dir(path(name)).expect("a folder");
            paths = entries.map(|entry| entry.expect("an entry").path()).collect();
        }
        for path in paths {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.push((name, std::fs::read(path).expect("the fixture is there")));
        }
    }
    files
}

/// The numbers of a `.npy` file of single precision: what stands behind its header.
fn numbers(name: &str) -> Option<Vec<f32>> {
    let bytes = std::fs::read(path(name)).ok()?;
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let numbers = bytes[10 + header..].as_chunks::<4>().0.iter();
    Some(numbers.map(|number| f32::from_le_bytes(*number)).collect())
}

fn described(names: &str, choices: &Choices) -> Described {
    match read(&files(names), choices) {
        Ok(Opened::Described(described)) => *described,
        Ok(Opened::StateDict(_)) => panic!("{names} describes its net"),
        Err(error) => panic!("{names}: {error}"),
    }
}

/// The largest difference of the samples of `names` from those that the framework made of `case`, of black and white 2 apart.
fn difference(names: &str, case: &str, choices: &Choices) -> f32 {
    let found = described(names, choices);
    let sampler = Sampler::from_safetensors(&found.file, &cpu()).expect("a generator's file");
    let mut values = numbers(&format!("{case}.latents.npy")).expect("latents");
    let mut classes = numbers(&format!("{case}.classes.npy"));
    let size = found.header.latent.size;
    if choices.one_hot > 0 {
        let rows = values.chunks(size + choices.one_hot);
        let class =
            |row: &[f32]| row[size..].iter().position(|x| *x == 1.0).expect("one-hot") as f32;
        classes = Some(rows.clone().map(class).collect());
        values = rows.flat_map(|row| row[..size].to_vec()).collect();
    }
    let labels = classes.unwrap_or_default().iter().map(|class| *class as u16).collect();
    let inputs = Inputs { values, labels, ..Inputs::default() };
    let made = block_on(sampler.samples(&inputs, 0)).expect("computed");
    let [low, high] = found.range;
    let wanted: Vec<f32> =
        in_channels(&numbers(&format!("{case}.samples.npy")).expect("samples"), &found)
            .iter()
            .map(|x| 2.0 * (x - low) / (high - low) - 1.0)
            .collect();
    assert_eq!(made.len(), wanted.len());
    // Samples that are all alike would fit anything.
    let (least, most) =
        wanted.iter().fold((f32::MAX, f32::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
    assert!(most - least > 0.3, "{case}: {least} to {most}");
    made.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Samples with their channels first; those of several channels have them last here.
fn in_channels(samples: &[f32], found: &Described) -> Vec<f32> {
    let shape = found.header.data;
    let size = shape.channels * shape.height * shape.width;
    let turned = |sample: &[f32]| {
        (0..shape.channels)
            .flat_map(|channel| {
                sample.iter().skip(channel).step_by(shape.channels).copied().collect::<Vec<_>>()
            })
            .collect::<Vec<f32>>()
    };
    samples.chunks(size).flat_map(turned).collect()
}

#[test]
fn samples_are_those_of_the_framework() {
    for (names, case) in [
        ("tutorial.keras", "tutorial"),
        ("tutorial.h5", "tutorial"),
        ("tutorial.weights.h5 tutorial.json", "tutorial"),
        ("tutorial.json tutorial.weights.h5", "tutorial"),
        ("tutorial-2.h5", "tutorial-2"),
        ("auxiliary.keras", "auxiliary"),
        ("auxiliary.h5", "auxiliary"),
        ("auxiliary-2.h5", "auxiliary-2"),
        ("conditional.keras", "conditional"),
        ("conditional-2.h5", "conditional-2"),
        ("tfjs/", "tutorial-2"),
        ("tfjs-auxiliary/", "auxiliary-2"),
        ("tfjs-uint8/", "tfjs-uint8"),
        ("tfjs-uint16/", "tfjs-uint16"),
        ("tfjs-float16/", "tfjs-float16"),
        ("tutorial-torch.onnx", "tutorial"),
        ("tutorial-tensorflow.onnx", "tutorial"),
        ("auxiliary-torch.onnx", "auxiliary"),
        ("auxiliary-tensorflow.onnx", "auxiliary"),
        ("conditional-torch.onnx", "conditional"),
        ("conditional-tensorflow.onnx", "conditional"),
        ("many.onnx many.onnx.data", "many"),
        ("many-unfolded.onnx", "many"),
        ("many-older.onnx", "many"),
    ] {
        let apart = difference(names, case, &Choices::default());
        assert!(apart < 1e-5, "{names}: {apart}");
    }
    let choices = Choices { one_hot: 10, ..Choices::default() };
    let apart = difference("one-hot.keras", "one-hot", &choices);
    assert!(apart < 1e-5, "{apart}");
    // Weights of 8 bits are not those that they were made of.
    let apart = difference("tfjs-uint8/", "tutorial-2", &Choices::default());
    assert!((1e-4..0.05).contains(&apart), "{apart}");
}

#[test]
fn the_last_activation_tells_the_range() {
    for (names, range) in [
        ("tutorial.keras", [-1.0, 1.0]),
        ("auxiliary.keras", [0.0, 1.0]),
        ("many.onnx many.onnx.data", [-0.5, 1.5]),
        ("many-unfolded.onnx", [-0.5, 1.5]),
    ] {
        let found = described(names, &Choices::default());
        assert_eq!(found.range, range, "{names}");
        assert_eq!(found.assumed, [Assumed::Latent], "{names}");
    }
    let choices = Choices { one_hot: 10, ..Choices::default() };
    assert_eq!(described("one-hot.keras", &choices).range, [0.0, 255.0]);
}

#[test]
fn layers_are_no_more_than_the_net_has() {
    let kinds = |names: &str| {
        let layers = described(names, &Choices::default()).header.generator.layers;
        layers
            .iter()
            .map(|layer| gan_protocol::Tagged::kind(layer).to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    // What an exporter writes as Add behind a product is the product's bias; what it cuts is the padding's rest.
    let expected = "linear reshape activation conv_transpose activation conv_transpose pad activation conv_transpose pad \
                    activation";
    assert_eq!(kinds("tutorial-torch.onnx"), expected);
    assert_eq!(kinds("tutorial-tensorflow.onnx"), expected);
    let layers = described("tutorial.keras", &Choices::default()).header.generator.layers;
    let unsymmetrical = LayerSpec::Pad { top: 0, bottom: -1, left: 0, right: -1 };
    assert_eq!(layers.iter().filter(|layer| **layer == unsymmetrical).count(), 2);
}

#[test]
fn what_cannot_be_imported_is_named_with_a_remedy() {
    for (names, expected) in [
        ("subclassed.keras", "describes a Subclassed, and not its layers"),
        ("in-training.onnx", "export it after net.eval()"),
        ("many.onnx", "many.onnx.data, which belongs beside the file"),
        ("tfjs/model.json", "group1-shard1of1.bin, which belongs beside the model"),
        ("tutorial.weights.h5", "weights without their net"),
        ("tutorial.json", "without its weights"),
        ("one-hot.keras tutorial.keras", "do not belong together"),
    ] {
        let told = read(&files(names), &Choices::default()).expect_err(names).to_string();
        assert!(told.contains(expected), "{names}: {told}");
    }
    let choices = Choices { part: Some("critic".to_owned()), ..Choices::default() };
    let told = read(&files("auxiliary.keras"), &choices).expect_err("no such part").to_string();
    assert!(told.starts_with("the file has no part `critic`; it has sequential"), "{told}");
    let choices = Choices { labels: Some("latent".to_owned()), ..Choices::default() };
    assert!(read(&files("auxiliary.keras"), &choices).is_err());
}

#[test]
fn tensorflow_js_enlarges_otherwise_than_keras() {
    // The same description, read from either: TensorFlow.js 4.22.0 computes other pixels than Keras 3.15.1.
    let model = |interpolation: &str| {
        let layer = |class: &str, config: serde_json::Value| serde_json::json!({"class_name": class, "config": config});
        let model = serde_json::json!({
            "format": "layers-model",
            "modelTopology": {"class_name": "Sequential", "config": {"name": "g", "layers": [
                layer("Reshape", serde_json::json!({"name": "r", "batch_input_shape": [null, 9], "target_shape": [3, 3, 1]})),
                layer("UpSampling2D", serde_json::json!({"name": "u", "size": [2, 2], "interpolation": interpolation})),
            ]}},
            "weightsManifest": [],
        });
        read(&[("model.json".to_owned(), model.to_string().into_bytes())], &Choices::default())
    };
    assert!(matches!(model("nearest"), Ok(Opened::Described(_))));
    let told = model("bilinear").expect_err("another one").to_string();
    assert!(told.contains("points at the pixels' corners"), "{told}");
}

#[test]
fn files_that_are_cut_off_or_changed_are_refused_or_read_and_nothing_else() {
    for name in ["auxiliary.keras", "auxiliary.h5", "many-older.onnx", "tfjs-uint8/model.json"] {
        let [(own, bytes)] = &files(name)[..] else { panic!("one file") };
        for part in 1..40 {
            let at = bytes.len() * part / 40;
            let mut changed = bytes.clone();
            changed[at] ^= 0x5a;
            for broken in [bytes[..at].to_vec(), changed] {
                let is_half = broken.len() < bytes.len() / 2;
                match read(&[(own.clone(), broken)], &Choices::default()) {
                    Ok(Opened::Described(found)) => {
                        assert!(!is_half, "{name} at {at}");
                        Sampler::from_safetensors(&found.file, &cpu())
                            .expect("what is imported can be sampled");
                    }
                    Ok(Opened::StateDict(_)) => panic!("{name} at {at} is no state dict"),
                    Err(_) => {}
                }
            }
        }
    }
}

/// Numbers that look random, always the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        // Knuth's constants (MMIX).
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

#[test]
fn no_changed_file_ends_the_program() {
    let mut draw = Draw(1);
    for (name, beside) in [
        ("auxiliary.keras", ""),
        ("conditional-2.h5", ""),
        ("many-older.onnx", ""),
        ("auxiliary-tensorflow.onnx", ""),
        ("tfjs-uint8/model.json", "tfjs-uint8/group1-shard1of1.bin"),
        ("tutorial.json", "tutorial.weights.h5"),
        ("told.pth", ""),
    ] {
        let [(own, bytes)] = &files(name)[..] else { panic!("one file") };
        let others = if beside.is_empty() { Vec::new() } else { files(beside) };
        for _ in 0..ROUNDS {
            let mut changed = bytes.clone();
            for _ in 0..=draw.below(4) {
                let at = draw.below(changed.len());
                match draw.below(5) {
                    0 => changed[at] = draw.below(256) as u8,
                    1 => changed[at] ^= 1 << draw.below(8),
                    2 => changed.truncate(at),
                    3 => changed.insert(at, draw.below(256) as u8),
                    _ => {
                        let to = (at + draw.below(64)).min(changed.len());
                        changed.drain(at..to);
                    }
                }
                if changed.is_empty() {
                    break;
                }
            }
            let mut all = vec![(own.clone(), changed)];
            all.extend(others.iter().cloned());
            if let Ok(Opened::Described(found)) = read(&all, &Choices::default()) {
                // What is imported can be read, or costs too much: it is never broken.
                if let Err(error) = Sampler::from_safetensors(&found.file, &cpu()) {
                    assert!(error.to_string().contains("costs too much"), "{name}: {error}");
                }
            }
        }
    }
}

/// Changed files of each kind.
const ROUNDS: usize = 300;
