//! Imports of PyTorch's files, held against PyTorch's own samples. `tests/reference/imports.py` makes them.

use std::path::{Path, PathBuf};

use gan_core::{Inputs, Sampler, cpu};
use gan_import::{StateDict, Told, imported, proposed};
use gan_protocol::GeneratorHeader;
use pollster::block_on;
use serde_json::{Value, json};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("the fixture is there")
}

fn dict(name: &str) -> StateDict {
    StateDict::read(&bytes(name), None).expect("a state dict")
}

/// The numbers of a `.npy` file of single precision: what stands behind its header.
fn numbers(name: &str) -> Vec<f32> {
    let bytes = bytes(name);
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[10 + header..]
        .as_chunks::<4>()
        .0
        .iter()
        .map(|number| f32::from_le_bytes(*number))
        .collect()
}

fn names(order: &str) -> Vec<String> {
    order.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The largest difference of the samples of `file`, imported by `header`, from those that PyTorch made of `case`.
fn difference(file: &str, case: &str, header: &Value, order: &str) -> f32 {
    let header = GeneratorHeader::from_value(header).expect("a header");
    let file = imported(&dict(file), &header, &names(order), Told::default()).expect("it fits");
    let sampler = Sampler::from_safetensors(&file.file, &cpu()).expect("a generator's file");
    let inputs = Inputs::of_latents(numbers(&format!("{case}.latents.npy")));
    let made = block_on(sampler.samples(&inputs, 0)).expect("computed");
    let wanted = numbers(&format!("{case}.samples.npy"));
    assert_eq!(made.len(), wanted.len());
    // Samples that are all alike would fit anything.
    assert!(wanted.iter().any(|x| *x > 0.3) && wanted.iter().any(|x| *x < -0.3), "{case}");
    made.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn samples_are_pytorchs() {
    for (file, case, order) in [
        ("dcgan.pth", "dcgan", ""),
        ("dcgan-legacy.pth", "dcgan", ""),
        ("dcgan-whole.pth", "dcgan", ""),
        ("mlp-in-a-checkpoint.pth", "mlp", ""),
        ("mlp-nested.pth", "mlp", ""),
        ("spectral-old.pth", "spectral-old", "l1,up,out"),
        ("spectral-new.pth", "spectral-new", "l1,up,out"),
    ] {
        let header = proposed(&dict(file), &names(order)).expect("a proposal");
        let apart = difference(file, case, &header, order);
        assert!(apart < 1e-5, "{file}: {apart}");
    }
    // Numbers of 16 bits were rounded.
    let file = "dcgan-half.safetensors";
    let header = proposed(&dict(file), &[]).expect("a proposal");
    let apart = difference(file, "dcgan", &header, "");
    assert!((1e-6..0.02).contains(&apart), "{apart}");
}

#[test]
fn a_proposal_says_what_it_takes_and_is_corrected() {
    let mut header = proposed(&dict("dcgan.pth"), &[]).expect("a proposal");
    assert_eq!(header["latent"], json!({"size": 6, "distribution": "normal"}));
    assert_eq!(header["data"], json!({"channels": 1, "height": 16, "width": 16}));
    let kinds: Vec<&str> = header["generator"]["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .filter_map(|it| it["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "reshape",
            "conv_transpose",
            "batch_norm",
            "activation",
            "conv_transpose",
            "batch_norm",
            "activation",
            "conv_transpose",
            "activation"
        ]
    );
    // A wrong epsilon is a small error, which no eye sees and the comparison does.
    header["generator"]["layers"][2]["epsilon"] = json!(0.8);
    assert!(difference("dcgan.pth", "dcgan", &header, "") > 1e-3);
}

#[test]
fn a_net_with_a_part_of_a_usual_name_is_whole() {
    let dict = dict("split.pth");
    assert_eq!(dict.part(), None);
    let header = json!({
        "format": "gan-playground-generator-1", "step": 0, "seed": 0,
        "latent": {"size": 3, "distribution": "normal"}, "data": {"channels": 1, "height": 4, "width": 4},
        "generator": {"initial_weights": {"kind": "normal", "sd": 0.02}, "layers": [
            {"kind": "linear", "units": 32}, {"kind": "reshape", "channels": 8, "height": 2, "width": 2},
            {"kind": "batch_norm"}, {"kind": "activation", "function": {"name": "relu"}},
            {"kind": "conv_transpose", "channels": 1, "kernel": 4, "stride": 2, "padding": 1},
            {"kind": "activation", "function": {"name": "tanh"}}
        ]}
    });
    let apart = difference("split.pth", "split", &header, "");
    assert!(apart < 1e-5, "{apart}");
    let checkpoint = self::dict("mlp-in-a-checkpoint.pth");
    assert_eq!(checkpoint.part(), Some(("netG", ["netD".to_owned()].as_slice())));
}

#[test]
fn what_does_not_fit_is_named() {
    let refusal = |file: &str, header: &Value, order: &str| {
        let header = GeneratorHeader::from_value(header).expect("a header");
        imported(&dict(file), &header, &names(order), Told::default())
            .expect_err("it does not fit")
            .to_string()
    };
    let of = |file: &str| proposed(&dict(file), &[]).expect("a proposal");
    let (dcgan, mlp) = (of("dcgan.pth"), of("mlp-in-a-checkpoint.pth"));
    let told = refusal("dcgan.pth", &mlp, "");
    assert!(
        told.starts_with("main.0.weight has the shape [6, 8, 4, 4]; generator.0 takes [5, 12]"),
        "{told}"
    );
    assert!(
        told.contains("in the order main.0, main.1, main.3") && told.contains("--order"),
        "{told}"
    );
    assert!(
        refusal("mlp-in-a-checkpoint.pth", &mlp, "fc1,fc2")
            .starts_with("--order does not name the module fc10")
    );
    assert!(
        refusal("mlp-in-a-checkpoint.pth", &mlp, "fc1,fc2,fc10,fc3")
            .ends_with("there are fc1, fc2, fc10")
    );
    let mut short = dcgan;
    short["generator"]["layers"].as_array_mut().expect("layers").truncate(7);
    short["data"] = json!({"channels": 4, "height": 8, "width": 8});
    assert!(refusal("dcgan.pth", &short, "").starts_with("main.6 is left over"));
    let mut without = mlp;
    without["generator"]["layers"][0]["bias"] = json!(false);
    let told = refusal("mlp-in-a-checkpoint.pth", &without, "");
    assert!(
        told.contains("fc1 has a bias of 12 numbers") && told.contains("\"bias\": true"),
        "{told}"
    );
    // The modules of these nets follow each other otherwise than their names.
    let told = proposed(&dict("spectral-old.pth"), &[]).expect_err("out of order").to_string();
    assert!(
        told.starts_with("up with a weight of [8, 8, 4, 4]") && told.contains("--order"),
        "{told}"
    );
}

#[test]
fn files_of_other_things_are_refused_with_a_remedy() {
    let refusal = |bytes: &[u8], key| StateDict::read(bytes, key).expect_err("refused").to_string();
    assert!(refusal(&bytes("losses.pth"), None).contains("holds a list"));
    assert!(refusal(b"just some notes", None).contains("neither PyTorch's nor safetensors'"));
    assert!(refusal(&[], None).contains("neither"));
    let whole = bytes("dcgan.pth");
    for length in (0..whole.len()).step_by(97) {
        assert!(StateDict::read(&whole[..length], None).is_err(), "{length} bytes");
    }
    let parts = refusal(&bytes("mlp-in-a-checkpoint.pth"), Some("generator"));
    assert_eq!(parts, "the file has no part `generator`; its parts are netD, netG");
    let own = std::fs::read(path("../../../web/pretrained/mnist-dcgan.safetensors"))
        .expect("a generator");
    assert_eq!(refusal(&own, None), "the file is one of this program already");
    let discriminator = proposed(&dict("discriminator.pth"), &[]).expect_err("a discriminator");
    assert!(discriminator.to_string().contains("as a discriminator does"));
}

#[test]
fn a_class_that_stands_before_the_latent_is_put_behind_it() {
    // An embedding is told by its name alone.
    let header = proposed(&dict("told.pth"), &[]).expect("a proposal");
    assert_eq!(header["labels"], json!({"kind": "conditional", "classes": 10}));
    let kinds: Vec<&str> = header["generator"]["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .filter_map(|layer| layer["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["label", "linear", "activation", "linear", "activation"]);
    let header = GeneratorHeader::from_value(&header).expect("a header");
    let apart = |told: Told| {
        let found = imported(&dict("told.pth"), &header, &[], told).expect("it fits");
        let sampler = Sampler::from_safetensors(&found.file, &cpu()).expect("a generator's file");
        let labels = numbers("told.classes.npy").iter().map(|class| *class as u16).collect();
        let inputs = Inputs { values: numbers("told.latents.npy"), labels, ..Inputs::default() };
        let made = block_on(sampler.samples(&inputs, 0)).expect("computed");
        let pairs = made.iter().zip(numbers("told.samples.npy"));
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    assert!(apart(Told { label_first: true, ..Told::default() }) < 1e-6);
    assert!(apart(Told::default()) > 0.1);
}

#[test]
fn another_range_of_samples_becomes_that_of_this_program() {
    let header = proposed(&dict("mlp-nested.pth"), &[]).expect("a proposal");
    let header = GeneratorHeader::from_value(&header).expect("a header");
    let samples = |range: Option<[f32; 2]>| {
        let told = Told { range, ..Told::default() };
        let found = imported(&dict("mlp-nested.pth"), &header, &[], told).expect("it fits");
        let sampler = Sampler::from_safetensors(&found.file, &cpu()).expect("a generator's file");
        block_on(sampler.samples(&Inputs::of_latents(numbers("mlp.latents.npy")), 0))
            .expect("computed")
    };
    let (own, moved) = (samples(None), samples(Some([0.0, 0.5])));
    let apart = own.iter().zip(&moved).map(|(own, moved)| (4.0 * own - 1.0 - moved).abs());
    assert!(apart.fold(0.0, f32::max) < 1e-5);
    let told = Told { range: Some([0.5, 0.5]), ..Told::default() };
    let refusal = imported(&dict("mlp-nested.pth"), &header, &[], told).expect_err("no range");
    assert!(refusal.to_string().contains("are none"), "{refusal}");
}

#[test]
fn the_programs_own_file_is_known() {
    let own = std::fs::read(path("../../../web/pretrained/mnist-conditional.safetensors"))
        .expect("the generator");
    assert!(gan_import::is_own_file(&own));
    assert!(StateDict::read(&own, None).is_err());
    assert!(!gan_import::is_own_file(&bytes("dcgan-half.safetensors")));
    assert!(!gan_import::is_own_file(b"PK\x03\x04"));
}
