//! The classifier: training, its file, and the refusal of bad files.

use std::collections::HashMap;

use gan_core::{Classifier, ClassifierTrainer, CoreError, Judgement, cpu};
use gan_protocol::{NetSpec, OptimizerSpec, RealBatch, Shape};
use gan_random::{Purpose, RngExt, standard_normal, stream};
use half::f16;
use pollster::block_on;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde_json::{Value, json};

const SIDE: usize = 6;
const CLASSES: usize = 3;
const FEATURES: usize = 5;

fn net() -> Value {
    json!({"initial_weights": {"kind": "he_normal"}, "layers": [
        {"kind": "conv", "channels": 4, "kernel": 3, "stride": 2, "padding": 1},
        {"kind": "batch_norm"},
        {"kind": "activation", "function": {"name": "leaky_relu"}},
        {"kind": "flatten"},
        {"kind": "dropout", "rate": 0.1},
        {"kind": "linear", "units": FEATURES},
        {"kind": "activation", "function": {"name": "leaky_relu"}},
        {"kind": "linear", "units": CLASSES}
    ]})
}

fn shape() -> Shape {
    Shape::image(1, SIDE, SIDE)
}

fn classifier() -> Classifier {
    let net: NetSpec = serde_json::from_value(net()).expect("a net");
    Classifier::new(&net, shape(), 1, &cpu()).expect("a classifier's net")
}

/// Noise in which one of three rows is bright: the row of the class.
fn batch(step: u64, count: usize) -> RealBatch {
    let noise = standard_normal(&mut stream(1, Purpose::DataSample, step), count * SIDE * SIDE);
    let labels: Vec<u16> =
        (0..count).map(|i| ((i as u64 + step) % CLASSES as u64) as u16).collect();
    let mut values: Vec<f32> = noise.into_iter().map(|x| 0.3 * x - 0.5).collect();
    for (image, label) in values.chunks_exact_mut(SIDE * SIDE).zip(&labels) {
        image[usize::from(*label) * SIDE..][..SIDE].iter_mut().for_each(|pixel| *pixel += 1.0);
    }
    RealBatch { values, labels, ..RealBatch::default() }
}

/// A classifier after `steps` steps, and the loss at each.
fn trained(steps: u64) -> (Classifier, Vec<f32>) {
    let spec = json!({"learning_rate": 0.01, "method": {"kind": "adam_w", "beta_1": 0.9}});
    let spec: OptimizerSpec = serde_json::from_value(spec).expect("an optimiser");
    let mut trainer = ClassifierTrainer::new(classifier(), &spec, 1);
    let losses = (0..steps)
        .map(|step| block_on(trainer.step(&batch(step, 30))).expect("the processor works"))
        .collect();
    assert_eq!(trainer.steps(), steps);
    (trainer.classifier().clone(), losses)
}

fn judged(classifier: &mut Classifier, images: &[f32]) -> Judgement {
    block_on(classifier.judge(images)).expect("whole images")
}

fn bytes_of(classifier: &Classifier) -> Vec<u8> {
    block_on(classifier.to_safetensors_f16()).expect("finite numbers")
}

/// The parts of a file, for changes to them.
struct File {
    header: Value,
    tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
}

impl File {
    fn of(bytes: &[u8]) -> Self {
        let (_, metadata) = SafeTensors::read_metadata(bytes).expect("a file");
        let header = &metadata.metadata().as_ref().expect("metadata")["gan_playground"];
        let header = serde_json::from_str(header).expect("JSON");
        let tensors = SafeTensors::deserialize(bytes).expect("a file");
        let tensors = tensors.iter().map(|(name, view)| {
            let pairs = view.data().chunks_exact(2);
            let values = pairs.map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32());
            (name.to_owned(), view.shape().to_vec(), values.collect())
        });
        Self { header, tensors: tensors.collect() }
    }

    fn tensor(&mut self, name: &str) -> &mut (String, Vec<usize>, Vec<f32>) {
        self.tensors.iter_mut().find(|(one, ..)| one == name).expect("a tensor of that name")
    }

    fn bytes(&self, dtype: Dtype) -> Vec<u8> {
        let encode = |value: &f32| match dtype {
            Dtype::F16 => f16::from_f32(*value).to_le_bytes().to_vec(),
            _ => value.to_le_bytes().to_vec(),
        };
        let bytes: Vec<Vec<u8>> =
            self.tensors.iter().map(|(.., v)| v.iter().flat_map(encode).collect()).collect();
        let views = self.tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
            (name.as_str(), TensorView::new(dtype, shape.clone(), bytes).expect("it fits"))
        });
        let metadata = HashMap::from([("gan_playground".to_owned(), self.header.to_string())]);
        serialize(views, Some(metadata)).expect("small")
    }
}

fn refusal(bytes: &[u8]) -> String {
    match Classifier::from_safetensors(bytes, &cpu()) {
        Err(error @ (CoreError::Classifier(_) | CoreError::Spec(_))) => error.to_string(),
        Err(other) => panic!("refused with {other}"),
        Ok(_) => panic!("a broken file was taken"),
    }
}

#[test]
fn it_learns_what_it_is_shown() {
    let (mut classifier, losses) = trained(150);
    assert!((losses[0] - (CLASSES as f32).ln()).abs() < 0.7, "{}", losses[0]);
    let last = losses[140..].iter().sum::<f32>() / 10.0;
    assert!(last < 0.15, "{last}");
    // Batches outside of the training data, judged with running statistics.
    let held_out = batch(1_000, 90);
    let logits = judged(&mut classifier, &held_out.values).logits;
    let right = logits
        .chunks_exact(CLASSES)
        .zip(&held_out.labels)
        .filter(|(row, label)| row.iter().all(|logit| *logit <= row[usize::from(**label)]));
    assert!(right.count() > 85);
}

#[test]
fn the_same_seed_trains_the_same_classifier() {
    assert_eq!(bytes_of(&trained(5).0), bytes_of(&trained(5).0));
}

#[test]
fn a_file_gives_the_classifier_back() {
    let mut classifier = trained(20).0;
    let bytes = bytes_of(&classifier);
    let mut rounded = Classifier::from_safetensors(&bytes, &cpu()).expect("its own file");
    assert_eq!((rounded.input(), rounded.classes()), (shape(), CLASSES));
    assert_eq!(bytes_of(&rounded), bytes);
    let images = batch(7, 10).values;
    let (exact, found) = (judged(&mut classifier, &images), judged(&mut rounded, &images));
    assert_ne!(exact, found);
    for (a, b) in exact.logits.iter().zip(&found.logits) {
        assert!((a - b).abs() < 0.02, "{a} {b}");
    }
    let wide = File::of(&bytes).bytes(Dtype::F32);
    let mut wide = Classifier::from_safetensors(&wide, &cpu()).expect("32 bits a number");
    assert_eq!(judged(&mut wide, &images), found);
}

#[test]
fn features_are_what_the_last_layer_gets() {
    let bytes = bytes_of(&trained(5).0);
    let mut classifier = Classifier::from_safetensors(&bytes, &cpu()).expect("its own file");
    let found = judged(&mut classifier, &batch(7, 4).values);
    assert_eq!((found.count, found.features.len(), found.logits.len()), (4, 20, 12));
    let mut file = File::of(&bytes);
    let (weight, bias) =
        (file.tensor("head.0.weight").2.clone(), file.tensor("head.0.bias").2.clone());
    for (features, logits) in
        found.features.chunks_exact(FEATURES).zip(found.logits.chunks_exact(CLASSES))
    {
        for (class, logit) in logits.iter().enumerate() {
            let products =
                features.iter().enumerate().map(|(i, x)| x * weight[i * CLASSES + class]);
            let expected = products.sum::<f32>() + bias[class];
            assert!((logit - expected).abs() < 1e-4, "{logit} {expected}");
        }
    }
}

#[test]
fn an_image_is_judged_alone() {
    let mut classifier = trained(5).0;
    let images = batch(7, 70).values;
    let together = judged(&mut classifier, &images);
    let alone: Vec<f32> = images
        .chunks_exact(SIDE * SIDE)
        .flat_map(|image| judged(&mut classifier, image).logits)
        .collect();
    assert_eq!(together.count, 70);
    for (a, b) in together.logits.iter().zip(&alone) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
    assert_eq!(judged(&mut classifier, &[]).count, 0);
    let cut_off = block_on(classifier.judge(&images[1..]));
    assert!(matches!(cut_off, Err(CoreError::Classifier(_))), "{cut_off:?}");
}

#[test]
fn a_batch_that_does_not_fit_is_refused() {
    let spec: OptimizerSpec = serde_json::from_value(json!({"learning_rate": 0.01})).expect("ok");
    let mut trainer = ClassifierTrainer::new(classifier(), &spec, 1);
    let whole = batch(0, 4);
    let mut no_class = whole.clone();
    no_class.labels[3] = CLASSES as u16;
    let fewer = RealBatch { labels: whole.labels[1..].to_vec(), ..whole };
    for wrong in [no_class, fewer, RealBatch::default()] {
        assert!(matches!(block_on(trainer.step(&wrong)), Err(CoreError::Classifier(_))));
    }
    assert_eq!(trainer.steps(), 0);
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let bytes = bytes_of(&classifier());
    for end in 0..bytes.len() {
        refusal(&bytes[..end]);
    }
}

#[test]
fn a_file_with_wrong_bytes_never_panics() {
    let bytes = bytes_of(&classifier());
    let mut generator = stream(3, Purpose::DataSample, 0);
    for _ in 0..3_000 {
        let mut broken = bytes.clone();
        for _ in 0..3 {
            // Most checks concern the header, so most bytes are changed there.
            let place = generator.random_range(0..bytes.len().min(2_500) as u32) as usize;
            broken[place] = generator.random_range(0..256_u32) as u8;
        }
        // Any result will do, as long as there is no panic.
        let _ = Classifier::from_safetensors(&broken, &cpu());
    }
}

#[test]
fn a_file_of_another_net_is_refused() {
    let good = bytes_of(&classifier());
    let changed = |path: &str, value: Value| {
        let mut file = File::of(&good);
        *file.header.pointer_mut(path).expect("a place in the header") = value;
        refusal(&file.bytes(Dtype::F16))
    };
    let cases = [
        ("/format", json!("gan-playground-checkpoint-1"), "its format is"),
        ("/format", json!(3), "its format is none"),
        ("/input/width", json!(100_000), "images of 1x6x100000"),
        ("/input/height", json!(0), "images of 1x0x6"),
        ("/input/channels", json!(u64::MAX), "images of"),
        ("/input", json!({"kind": "flat", "size": 36}), "vectors"),
        ("/net/layers", json!([]), "layers"),
        ("/net/layers/7", json!({"kind": "flatten"}), "flatten"),
        (
            "/net/layers/7",
            json!({"kind": "activation", "function": {"name": "tanh"}}),
            "not linear",
        ),
        ("/net/layers/4", json!({"kind": "label", "classes": 3}), "layers[4] is of a kind"),
        ("/net/layers/4", json!({"kind": "minibatch_stddev"}), "layers[4] is of a kind"),
        ("/net/layers/5/units", json!(60_000), "more numbers than the file"),
        ("/net/layers/0/padding", json!("x"), "padding"),
        ("/net/layers/5/units", json!(4), "tensor trunk.5.weight has shape"),
    ];
    for (path, value, expected) in cases {
        let told = changed(path, value);
        assert!(told.contains(expected), "{path}: {told}");
    }
    // Few weights, but 2,048 channels of 256x256 pixels.
    let mut file = File::of(&good);
    file.header["input"] = json!({"kind": "image", "channels": 1, "height": 256, "width": 256});
    file.header["net"]["layers"] = json!([
        {"kind": "conv", "channels": 2048, "kernel": 1, "bias": false},
        {"kind": "average_pool", "size": 256},
        {"kind": "flatten"},
        {"kind": "linear", "units": 3}
    ]);
    let told = refusal(&file.bytes(Dtype::F16));
    assert!(told.contains("layers[0] gives 2048x256x256, which is too large"), "{told}");
    file.header["net"]["layers"] = json!([{"kind": "flatten"}]);
    assert!(refusal(&file.bytes(Dtype::F16)).contains("not linear"));
}

#[test]
fn tensors_that_do_not_fit_are_refused() {
    let good = bytes_of(&classifier());
    let changed = |change: fn(&mut File)| {
        let mut file = File::of(&good);
        change(&mut file);
        refusal(&file.bytes(Dtype::F32))
    };
    let told = changed(|file| file.tensors.retain(|(name, ..)| name != "head.0.bias"));
    assert!(told.contains("head.0.bias is missing"), "{told}");
    let told = changed(|file| file.tensor("trunk.1.running_mean").1 = vec![2, 2]);
    assert!(told.contains("trunk.1.running_mean has shape [2, 2], not [4]"), "{told}");
    let told = changed(|file| file.tensor("trunk.0.weight").2[1] = f32::NAN);
    assert!(told.contains("trunk.0.weight holds NaN"), "{told}");
    let told = refusal(&File::of(&good).bytes(Dtype::I32));
    assert!(told.contains("I32"), "{told}");
}

#[test]
fn numbers_that_16_bits_do_not_hold_are_not_written() {
    let mut file = File::of(&bytes_of(&classifier()));
    file.tensor("trunk.1.running_variance").2[0] = 1e6;
    let wide = Classifier::from_safetensors(&file.bytes(Dtype::F32), &cpu()).expect("finite");
    let told = block_on(wide.to_safetensors_f16()).expect_err("infinite in 16 bits").to_string();
    assert!(told.contains("trunk.1.running_variance"), "{told}");
}
