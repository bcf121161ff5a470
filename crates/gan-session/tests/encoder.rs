//! Sessions of runs with an encoder.

use gan_core::{Critic, Encoder, Snapshot, Trainer, cpu};
use gan_protocol::{Event, FrameKind, Named as _, RealBatch, RunSpec, Score, merged};
use pollster::block_on;
use serde_json::{Value, json};

use harness::{Harness, resume};

mod harness;

const PIXELS: usize = 784;

/// A small run on drawn digits with an encoder by `method`.
fn encoding(method: &str) -> RunSpec {
    let function = json!({"kind": "activation", "function": {"name": "tanh"}});
    let linear = |units: usize| json!({"kind": "linear", "units": units});
    let flatten = json!({"kind": "flatten"});
    let outputs = if method == "bigan" { 4 } else { 8 };
    let latent = json!({"kind": "latent", "size": 4});
    let judged: Vec<Value> = match method {
        "vae_gan" => vec![flatten.clone(), linear(12), function.clone(), linear(1)],
        _ => vec![flatten.clone(), linear(12), latent, function.clone(), linear(1)],
    };
    let method = match method {
        "vae_gan" => json!({"kind": method, "layer": 2}),
        _ => json!({"kind": method}),
    };
    let base = json!({
        "data": {"source": "drawn_digits", "channels": 1, "height": 28, "width": 28},
        "latent": {"size": 4, "distribution": "normal"},
        "objective": "non_saturating",
        "generator": {"layers": [linear(12), function, linear(PIXELS), function]},
        "discriminator": {"layers": judged},
        "encoder": {"method": method, "net": {"layers": [flatten, linear(outputs)]}},
        "ema": {"decay": 0.5}
    });
    harness::spec(base)
}

fn reports(harness: &Harness) -> Vec<Value> {
    let reports = harness.all(|event| match event {
        Event::Report { report, .. } => Some(report.clone()),
        _ => None,
    });
    reports.iter().map(|report| serde_json::from_str(report).expect("JSON")).collect()
}

#[test]
fn a_run_goes_on_from_its_checkpoint_to_the_same_numbers() {
    for method in ["bigan", "ali", "vae_gan"] {
        let spec = encoding(method);
        let mut whole = Harness::loaded(spec.clone());
        whole.steps(6);
        let mut first = Harness::loaded(spec.clone());
        first.steps(3);
        let file = first.checkpoint();
        let mut second = Harness::new();
        let resumed = second.send(resume(spec), vec![file]);
        assert!(second.outcome(resumed).expect("settled").0.is_ok(), "{method}");
        second.steps(3);
        assert_eq!(whole.checkpoint(), second.checkpoint(), "{method}");
        let told = whole.metrics();
        assert!(told.iter().all(|one| one.encoder_loss != 0.0), "{method}: {told:?}");
    }
}

#[test]
fn fresh_sheets_are_of_reals_and_what_is_made_of_their_latents() {
    let mut harness = Harness::loaded(encoding("vae_gan"));
    harness.steps(2);
    let frame = |kind: FrameKind| {
        let events = harness.events.borrow();
        let mut frames = events.iter().filter_map(|outgoing| match &outgoing.event {
            Event::Frame { sheet, set, .. } if *sheet == kind => {
                Some((*set, outgoing.attachments[0].clone()))
            }
            _ => None,
        });
        frames.next_back().expect("a sheet")
    };
    let (fixed, _) = frame(FrameKind::Fixed);
    assert_eq!((fixed.parts, fixed.count), (1, 64));
    let (fresh, pixels) = frame(FrameKind::Fresh);
    assert_eq!((fresh.parts, fresh.count, pixels.len()), (2, 64, 64 * PIXELS));
    // Drawn digits are white on black; what an untrained net makes of them is grey.
    let middle = |pixels: &[u8]| pixels.iter().filter(|pixel| (40..215).contains(*pixel)).count();
    for pair in pixels.chunks_exact(2 * PIXELS) {
        let (real, made) = pair.split_at(PIXELS);
        assert!(middle(real) < PIXELS / 4 && middle(made) > PIXELS / 2);
    }
    let report = reports(&harness).pop().expect("a report");
    let name = Score::PsnrOfReconstructions.name();
    assert!(report["scores"][name].as_f64().is_some_and(|ratio| ratio > 0.0), "{report}");
}

#[test]
fn the_encoder_of_a_checkpoint_is_the_runs_own() {
    for method in ["bigan", "vae_gan"] {
        let spec = encoding(method);
        let mut harness = Harness::loaded(spec.clone());
        harness.steps(2);
        let snapshot = Snapshot::from_bytes(&harness.checkpoint()).expect("a checkpoint");
        let trainer = Trainer::restore(&snapshot, &spec, &cpu()).expect("its own spec");
        let reals: Vec<f32> = (0..3 * PIXELS).map(|i| ((i * i) as f32).sin()).collect();
        let encoder = Encoder::of_snapshot(&snapshot, &cpu()).expect("it has one");
        let found = block_on(encoder.latents(&reals)).expect("the processor works");
        assert_eq!(found.len(), 3 * 4, "{method}");
        let expected = block_on(trainer.latents(&reals)).expect("the processor works");
        assert_eq!(Some(found), expected, "{method}");
        let critic = Critic::of_snapshot(&snapshot, &cpu()).expect("it has one");
        let verdicts = block_on(critic.verdicts(&reals, &[], &[])).expect("the processor works");
        let batch = RealBatch { values: reals, ..RealBatch::default() };
        let expected = block_on(trainer.verdicts(&batch)).expect("the processor works");
        assert_eq!((verdicts.len(), verdicts), (3, expected), "{method}");
    }
}

#[test]
fn a_checkpoint_without_an_encoder_has_none_and_another_ones_is_refused() {
    let spec = encoding("bigan");
    let mut harness = Harness::loaded(spec.clone());
    harness.steps(1);
    let snapshot = Snapshot::from_bytes(&harness.checkpoint()).expect("a checkpoint");
    let other = json!({"encoder": {"net": {"layers": [
        {"kind": "flatten"}, {"kind": "linear", "units": 5}, {"kind": "linear", "units": 4}
    ]}}});
    let other = RunSpec::from_value(merged(&spec.to_value(), &other)).expect("a valid run");
    let refused = Trainer::restore(&snapshot, &other, &cpu()).err().expect("another encoder");
    assert!(refused.to_string().contains("other nets"), "{refused}");
    let plain = harness::spec(json!({}));
    let mut harness = Harness::loaded(plain);
    harness.steps(1);
    let snapshot = Snapshot::from_bytes(&harness.checkpoint()).expect("a checkpoint");
    let refused = Encoder::of_snapshot(&snapshot, &cpu()).expect_err("no encoder");
    assert!(refused.to_string().contains("no encoder"), "{refused}");
}
