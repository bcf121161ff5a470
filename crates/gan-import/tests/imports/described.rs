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

/// A model of TensorFlow.js with these layers, each `(class, config)` one after the other, and numbers for its weights.
fn chain(
    layers: &[(&str, serde_json::Value)],
    weights: &[(&str, &[f32])],
) -> Vec<(String, Vec<u8>)> {
    let layers: Vec<_> = layers
        .iter()
        .enumerate()
        .map(|(index, (class, config))| {
            let mut config = config.clone();
            config["name"] = serde_json::json!(format!("l{index}"));
            serde_json::json!({"class_name": class, "config": config})
        })
        .collect();
    model(
        &serde_json::json!({"class_name": "Sequential", "config": {"name": "g", "layers": layers}}),
        weights,
    )
}

fn model(topology: &serde_json::Value, weights: &[(&str, &[f32])]) -> Vec<(String, Vec<u8>)> {
    let specs: Vec<_> = weights
        .iter()
        .map(|(name, numbers)| serde_json::json!({"name": name, "shape": [numbers.len()], "dtype": "float32"}))
        .collect();
    let file = serde_json::json!({
        "format": "layers-model", "modelTopology": topology,
        "weightsManifest": [{"paths": ["w.bin"], "weights": specs}],
    });
    let bytes = weights
        .iter()
        .flat_map(|(_, numbers)| numbers.iter().flat_map(|number| number.to_le_bytes()));
    vec![
        ("model.json".to_owned(), file.to_string().into_bytes()),
        ("w.bin".to_owned(), bytes.collect()),
    ]
}

/// What the generator of `files` makes of one latent; the numbers are left as they are.
fn made_of(files: &[(String, Vec<u8>)], latent: &[f32]) -> Result<Vec<f32>, String> {
    let choices = Choices { range: Some([-1.0, 1.0]), ..Choices::default() };
    match read(files, &choices).map_err(|error| error.to_string())? {
        Opened::Described(found) => {
            let sampler =
                Sampler::from_safetensors(&found.file, &cpu()).expect("a generator's file");
            Ok(block_on(sampler.samples(&Inputs::of_latents(latent.to_vec()), 0))
                .expect("computed"))
        }
        Opened::StateDict(_) => panic!("the file describes its net"),
    }
}

#[test]
fn flatten_moves_the_channels_where_they_stand_first() {
    use serde_json::json;
    let files = |format: &str| {
        chain(
            &[
                ("Reshape", json!({"batch_input_shape": [null, 8], "target_shape": [2, 2, 2]})),
                ("Flatten", json!({"data_format": format})),
                ("Reshape", json!({"target_shape": [2, 4, 1]})),
            ],
            &[],
        )
    };
    let latent: Vec<f32> = (0..8).map(|index| index as f32 / 10.0).collect();
    assert_eq!(made_of(&files("channels_last"), &latent), Ok(latent.clone()));
    // Keras 3.15.1: the first axis behind the two others, then flat.
    let wanted = [0.0, 0.4, 0.1, 0.5, 0.2, 0.6, 0.3, 0.7];
    assert_eq!(made_of(&files("channels_first"), &latent), Ok(wanted.to_vec()));
}

#[test]
fn a_normalisation_along_another_axis_than_the_channels_is_refused() {
    use serde_json::json;
    let four = [0.5_f32, 1.0, 1.5, 2.0];
    let names =
        ["gamma", "beta", "moving_mean", "moving_variance"].map(|name| format!("l1/{name}"));
    let weights: Vec<(&str, &[f32])> =
        names.iter().map(|name| (name.as_str(), &four[..])).collect();
    let of = |axis: i64| {
        let layers = [
            ("Reshape", json!({"batch_input_shape": [null, 64], "target_shape": [4, 4, 4]})),
            ("BatchNormalization", json!({"axis": axis})),
        ];
        made_of(&chain(&layers, &weights), &[0.1; 64])
    };
    assert!(of(-1).is_ok() && of(3) == of(-1));
    for axis in [1, 2] {
        let told = of(axis).expect_err("another axis");
        assert!(told.contains(&format!("along axis {axis}")), "{told}");
    }
}

#[test]
fn a_layer_may_be_used_again_on_what_was_made_of_its_own_value() {
    use serde_json::json;
    let layer =
        |class: &str, name: &str, mut config: serde_json::Value, given: serde_json::Value| {
            config["name"] = json!(name);
            json!({"class_name": class, "name": name, "config": config, "inbound_nodes": given})
        };
    let topology = json!({"class_name": "Functional", "config": {
        "name": "g",
        "layers": [
            layer("InputLayer", "z", json!({"batch_input_shape": [null, 4]}), json!([])),
            layer("LeakyReLU", "act", json!({"alpha": 0.5}), json!([[["z", 0, 0, {}]], [["r", 0, 0, {}]]])),
            layer("Reshape", "r", json!({"target_shape": [2, 2, 1]}), json!([[["act", 0, 0, {}]]])),
        ],
        "input_layers": [["z", 0, 0]],
        "output_layers": [["act", 1, 0]],
    }});
    let made = made_of(&model(&topology, &[]), &[0.4, -0.4, 0.8, -0.8]);
    assert_eq!(made, Ok(vec![0.4, -0.1, 0.8, -0.2]));
}

#[test]
fn slopes_are_along_the_axes_that_they_have() {
    use onnx_rs::ast::{
        DataType, Dimension, Graph, Model, Node, OpType, TensorProto, TensorShape,
        TensorShapeDimension, TensorTypeProto, TypeProto, TypeValue, ValueInfo,
    };
    let info = |name: &'static str| {
        let dims = [Dimension::Param("n"), Dimension::Value(16)];
        let dim = dims.map(|value| TensorShapeDimension { value, ..Default::default() }).to_vec();
        let shape = Some(TensorShape { dim });
        let kind = TensorTypeProto { elem_type: DataType::Float, shape };
        let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(kind)), ..Default::default() });
        ValueInfo { name, r#type, ..Default::default() }
    };
    let file = |slopes: Vec<i64>| {
        let node = |kind, input: &[&'static str], output: &'static str| Node {
            op_type: OpType::from(kind),
            input: input.to_vec(),
            output: vec![output],
            ..Default::default()
        };
        let graph = Graph {
            node: vec![node("Reshape", &["z", "s"], "x"), node("PRelu", &["x", "p"], "y")],
            initializer: vec![
                TensorProto::from_i64("s", vec![4], vec![0, 4, 2, 2]),
                TensorProto::from_f32("p", slopes, vec![0.1, 0.2, 0.3, 0.4]),
            ],
            input: vec![info("z")],
            output: vec![info("y")],
            ..Default::default()
        };
        let model = Model { ir_version: 8, graph: Some(graph), ..Default::default() };
        vec![("g.onnx".to_owned(), onnx_rs::encode(&model))]
    };
    let made = made_of(&file(vec![4, 1, 1]), &[-1.0; 16]).expect("one for each channel");
    let wanted = [-0.1_f32, -0.2, -0.3, -0.4].map(|number| [number; 4]).concat();
    assert!(made.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{made:?}");
    // Along the width, of which there are two: they do not fit.
    assert!(made_of(&file(vec![4]), &[-1.0; 16]).is_err());
    // One for each pixel, as numbers of the vector that the image is read of.
    let made = made_of(&file(vec![2, 2]), &[-1.0; 16]).expect("one for each pixel");
    let wanted = [[-0.1_f32, -0.2, -0.3, -0.4]; 4].concat();
    assert!(made.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{made:?}");
}
