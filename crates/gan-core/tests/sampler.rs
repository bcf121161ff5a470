//! Generators and discriminators without training: `Sampler` and `Critic`.

mod noise;

use gan_core::{Critic, Inputs, Precision, Sampler, Snapshot, Trainer, cpu, with_precision};
use gan_protocol::{RunSpec, merged, preset};
use gan_random::Purpose;
use pollster::block_on;
use serde_json::{Value, json};

use self::noise::reals;

/// A small run like preset `name` after two steps.
fn trained(name: &str, patch: &Value) -> Trainer {
    let spec = preset(name).expect("a preset").spec.to_value();
    let spec = RunSpec::from_value(merged(&spec, patch)).expect("a valid spec");
    let mut trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
    let reals = reals(&spec);
    for _ in 0..2 {
        trainer.step(&reals);
    }
    trainer
}

fn snapshot(trainer: &Trainer) -> Snapshot {
    block_on(trainer.snapshot()).expect("the processor works")
}

const KINDS: [(&str, &str); 4] = [
    ("ring", "{}"),
    ("mnist-dcgan-small", r#"{"batch_size": 4}"#),
    ("mnist-conditional", r#"{"batch_size": 4, "ema": null}"#),
    ("ring-collapse", r#"{"batch_size": 8, "generator": {"spectral_norm": true}}"#),
];

#[test]
fn a_generators_file_gives_the_samples_of_its_run() {
    for (name, patch) in KINDS {
        let trainer = trained(name, &serde_json::from_str(patch).expect("JSON"));
        let inputs = Inputs::drawn(trainer.spec(), Purpose::FreshLatents, 9, 5);
        let expected = block_on(trainer.samples(&inputs, 3)).expect("the processor works");
        let snapshot = snapshot(&trainer);
        let precisions =
            [(Precision::Bits32, 0.0), (Precision::Bits16, 2e-2), (Precision::Bits8, 0.1)];
        for (precision, allowed) in precisions {
            let file = snapshot.generator_file(precision).expect("finite");
            let sampler = Sampler::from_safetensors(&file, &cpu()).expect("its own file");
            assert_eq!((sampler.header().step, sampler.header().seed), (2, trainer.spec().seed));
            let drawn = Inputs::drawn(sampler.header(), Purpose::FreshLatents, 9, 5);
            assert_eq!(drawn, inputs, "{name}");
            let found = block_on(sampler.samples(&drawn, 3)).expect("the processor works");
            let far = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far <= allowed, "{name}: {far} apart");
        }
        let sampler = Sampler::of_snapshot(&snapshot, &cpu()).expect("its own snapshot");
        assert_eq!(block_on(sampler.samples(&inputs, 3)).expect("the processor works"), expected);
    }
}

#[test]
fn the_way_back_of_a_translation_has_a_file_of_its_own() {
    for ema in [json!(null), json!({"decay": 0.5})] {
        let spec = merged(
            &preset("digits-restyled").expect("a preset").spec.to_value(),
            &json!({"ema": ema}),
        );
        let spec = RunSpec::from_value(spec).expect("valid");
        let trainer = Trainer::new(&spec, &cpu()).expect("a valid run");
        let images: Vec<f32> = (0..2 * 784).map(|at| (at % 23) as f32 / 11.5 - 1.0).collect();
        let expected = block_on(trainer.translated_back(images.clone())).expect("computed");
        let file = snapshot(&trainer).way_back_file(Precision::Bits32).expect("finite");
        let sampler = Sampler::from_safetensors(&file, &cpu()).expect("its own file");
        let found = block_on(sampler.samples(&Inputs::of_pictures(images), 0)).expect("computed");
        assert_eq!(Some(found), expected);
    }
    let other = trained("ring", &json!({}));
    assert!(snapshot(&other).way_back_file(Precision::Bits32).is_err(), "it translates nothing");
}

#[test]
fn a_critic_judges_as_the_runs_discriminator_does() {
    for (name, patch) in KINDS {
        let trainer = trained(name, &serde_json::from_str(patch).expect("JSON"));
        let batch = reals(trainer.spec())(7);
        let expected = block_on(trainer.verdicts(&batch)).expect("the processor works");
        let critic = Critic::of_snapshot(&snapshot(&trainer), &cpu()).expect("its own snapshot");
        let found = block_on(critic.verdicts(&batch.values, &batch.labels, &batch.pictures));
        assert_eq!(found.expect("the processor works"), expected, "{name}");
    }
}

/// `file` with a changed header.
fn with_header(file: &[u8], change: impl Fn(&mut Value)) -> Vec<u8> {
    let length = u64::from_le_bytes(file[..8].try_into().expect("eight bytes")) as usize;
    let mut outer: Value = serde_json::from_slice(&file[8..8 + length]).expect("JSON");
    let header = outer["__metadata__"]["gan_playground"].as_str().expect("a header");
    let mut header: Value = serde_json::from_str(header).expect("JSON");
    change(&mut header);
    outer["__metadata__"]["gan_playground"] = header.to_string().into();
    let outer = outer.to_string().into_bytes();
    let mut changed = (outer.len() as u64).to_le_bytes().to_vec();
    changed.extend(outer);
    changed.extend(&file[8 + length..]);
    changed
}

#[test]
fn files_that_are_broken_or_hostile_are_refused_in_words() {
    let trainer = trained("mnist-dcgan-small", &json!({"batch_size": 4}));
    let good = snapshot(&trainer).generator_file(Precision::Bits16).expect("finite");
    let checkpoint = snapshot(&trainer).to_bytes();
    let mut not_finite = good.clone();
    let end = not_finite.len();
    not_finite[end - 2..].copy_from_slice(&[0xff, 0xff]);
    let huge = with_header(&good, |header| {
        header["generator"]["layers"][0]["units"] = json!(1_000_000);
    });
    let hidden = with_header(&good, |header| {
        let layers = header["generator"]["layers"].as_array_mut().expect("layers");
        layers.push(json!({"kind": "residual", "layers": [
            {"kind": "conv", "channels": 64, "kernel": 1, "bias": false},
            {"kind": "upsample", "scale": 8},
            {"kind": "average_pool", "size": 8},
            {"kind": "conv", "channels": 1, "kernel": 1, "bias": false}
        ]}));
    });
    let wide = with_header(&good, |header| header["data"]["width"] = json!(27));
    let other = with_header(&good, |header| header["format"] = json!("another-1"));
    for (bytes, said) in [
        (&good[..good.len() / 2], "the generator cannot be used"),
        (&good[..4], "the generator cannot be used"),
        (&[][..], "the generator cannot be used"),
        (&b"\xff\xff\xff\xff\xff\xff\xff\x7f{}"[..], "the generator cannot be used"),
        (&checkpoint, "its format is gan-playground-checkpoint-1"),
        (&other, "its format is another-1"),
        (&not_finite, "holds NaN or infinity"),
        (&huge, "the generator cannot be used"),
        (&hidden, "a sample of it costs too much"),
        (&wide, "generator.layers"),
    ] {
        let error = Sampler::from_safetensors(bytes, &cpu()).expect_err(said).to_string();
        assert!(error.contains(said), "{error}, not {said}");
    }
}

#[test]
fn integers_without_their_scales_are_refused() {
    let trainer = trained("mnist-dcgan-small", &json!({"batch_size": 4}));
    let half = snapshot(&trainer).generator_file(Precision::Bits16).expect("finite");
    let file = with_precision(&half, Precision::Bits8, &cpu()).expect("a generator's file");
    assert!(file.len() * 100 < half.len() * 62, "{} of {}", file.len(), half.len());
    // Fewer bits lose nothing more when they are written again.
    assert_eq!(with_precision(&file, Precision::Bits8, &cpu()).expect("its own file"), file);
    let text = String::from_utf8_lossy(&file).into_owned();
    assert!(text.contains("weight.scale"));
    let renamed = file.windows(12).position(|bytes| bytes == b"weight.scale").expect("a scale");
    let mut broken = file.clone();
    broken[renamed..renamed + 12].copy_from_slice(b"weight.scall");
    let error = Sampler::from_safetensors(&broken, &cpu()).expect_err("no scale").to_string();
    assert!(error.contains("holds integers, without a scale"), "{error}");
}
