//! Sessions with generators that are given pictures.

use gan_core::{Classifier, Inputs, Trainer, cpu};
use gan_data::visible;
use gan_protocol::{
    Command, Event, Fault, FrameKind, Named as _, RunSpec, SampleSet, Score, preset,
};
use gan_session::LoadedData;
use pollster::block_on;
use serde_json::{Value, json};

use harness::{Harness, digits, load, resume};

mod harness;

/// A small run on drawn digits whose generator is given them at a quarter of their size.
fn restoring(patch: Value) -> RunSpec {
    let base = json!({
        "latent": {"size": 0},
        "condition": {"picture": {"kind": "downscaled", "factor": 4}, "shown": false},
        "terms": [{"kind": "l1", "weight": 10}],
        "generator": {"layers": [
            {"kind": "conv", "channels": 4, "kernel": 3, "padding": 1},
            {"kind": "activation", "function": {"name": "relu"}},
            {"kind": "upsample", "scale": 4},
            {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}
        ]}
    });
    harness::spec(gan_protocol::merged(&base, &patch))
}

fn frames(harness: &Harness) -> Vec<(FrameKind, SampleSet, Vec<u8>)> {
    let events = harness.events.borrow();
    let frames = events.iter().filter_map(|outgoing| match &outgoing.event {
        Event::Frame { sheet, set, .. } => Some((*sheet, *set, outgoing.attachments[0].clone())),
        _ => None,
    });
    frames.collect()
}

#[test]
fn a_sheet_holds_the_picture_the_sample_and_the_truth() {
    let mut harness = Harness::loaded(restoring(json!({})));
    harness.steps(3);
    let frames = frames(&harness);
    let (_, set, pixels) =
        frames.iter().rev().find(|(kind, ..)| *kind == FrameKind::Fixed).expect("a sheet");
    assert_eq!((set.parts, set.count, set.width), (3, 36, 28));
    assert_eq!(pixels.len(), 36 * 784);
    for triple in pixels.chunks_exact(3 * 784) {
        let (given, truth) = (&triple[..784], &triple[2 * 784..]);
        for block in 0..49 {
            let at =
                |row: usize, column: usize| (block / 7 * 4 + row) * 28 + block % 7 * 4 + column;
            let mean: f32 = (0..16).map(|i| f32::from(truth[at(i / 4, i % 4)])).sum::<f32>() / 16.0;
            assert!((f32::from(given[at(0, 0)]) - mean).abs() <= 1.0);
            assert!((0..16).all(|i| given[at(i / 4, i % 4)] == given[at(0, 0)]));
        }
    }
    // The fixed sheet shows the same pictures each time, the fresh one others.
    let given_of = |wanted: FrameKind| -> Vec<Vec<u8>> {
        let of_kind = frames.iter().filter(|(kind, ..)| *kind == wanted);
        of_kind.map(|(_, _, pixels)| pixels[..784].to_vec()).collect()
    };
    let fixed = given_of(FrameKind::Fixed);
    assert!(fixed.len() > 1 && fixed.iter().all(|given| *given == fixed[0]));
    assert_ne!(given_of(FrameKind::Fresh)[0], fixed[0]);
}

#[test]
fn without_data_a_sheet_is_empty_until_they_come() {
    // MNIST is fetched while the first sheet would be shown.
    let spec = RunSpec { batch_size: 4, ..preset("mnist-super-resolution").expect("one").spec };
    let mut harness = Harness::with_mnist(Ok(digits(40)));
    harness.ask_done(load(spec));
    let frames = frames(&harness);
    let sheets: Vec<_> = frames.iter().map(|(kind, set, _)| (*kind, set.count)).collect();
    assert_eq!(
        sheets,
        [(FrameKind::Fixed, 0), (FrameKind::Fixed, 36), (FrameKind::Fresh, 36)],
        "both sheets are there as soon as the data are"
    );
}

#[test]
fn samples_are_made_of_other_pictures_for_each_seed() {
    let mut harness = Harness::loaded(restoring(json!({"latent": {"size": 2},
    "generator": {"layers": [
        {"kind": "conv", "channels": 4, "kernel": 3, "padding": 1},
        {"kind": "upsample", "scale": 4},
        {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}
    ]}})));
    let mut drawn = |seed| {
        let (outcome, attachments) = harness.ask(Command::Sample { count: 4, seed, label: None });
        assert!(outcome.is_ok(), "{outcome:?}");
        attachments[0].clone()
    };
    let (one, again, other) = (drawn(5), drawn(5), drawn(6));
    assert_eq!(one.len(), 4 * 784);
    assert!(one == again && one != other);
}

#[test]
fn a_report_tells_how_near_the_restored_are() {
    let mut harness = Harness::loaded(restoring(json!({})));
    harness.steps(120);
    let reports = harness.all(|event| match event {
        Event::Report { report, .. } => Some(report.clone()),
        _ => None,
    });
    let last: Value = serde_json::from_str(reports.last().expect("a report")).expect("scores");
    let score = |score: Score| last["scores"][score.name()].as_f64().expect("measured");
    let (made, given) = (score(Score::Psnr), score(Score::PsnrOfPictures));
    assert!((5.0..40.0).contains(&given), "{given}");
    assert!(made > 5.0 && made.is_finite(), "{made}");
    assert!(harness.metrics().iter().all(|point| point.terms > 0.0));
}

#[test]
fn a_perceptual_term_compares_the_classifiers_features() {
    let spec = restoring(json!({"terms": [{"kind": "perceptual", "weight": 2, "layer": 12}]}));
    let mut harness = Harness::loaded(spec.clone());
    harness.steps(1);
    let told = harness.metrics()[0].terms;
    // The same by hand: what the last layer of the classifier gets of samples and truths.
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web");
    let file = std::fs::read(format!("{site}/pretrained/digit-classifier.safetensors"));
    let mut classifier =
        Classifier::from_safetensors(&file.expect("the file"), &cpu()).expect("a classifier");
    let loader = harness.loader();
    let loaded = block_on(LoadedData::load(&spec, &[], &loader, &|_, _| ()));
    let (mut data, _) = loaded.expect("drawn digits");
    let reals = data.batch(spec.condition, [spec.seed, 0], spec.batch_size);
    let trainer = Trainer::new(&spec, &cpu()).expect("a valid run");
    let drawn = Inputs::drawn(&spec, gan_random::Purpose::GeneratorLatents, 0, spec.batch_size);
    let made = block_on(trainer.samples(&drawn.given(&reals), 0)).expect("samples");
    let mut features =
        |values: &[f32]| block_on(classifier.judge(values)).expect("judged").features;
    let (made, truth) = (features(&made), features(&reals.values));
    let squares: f64 = made.iter().zip(&truth).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    let expected = 2.0 * squares / made.len() as f64;
    assert!((told - expected).abs() < 1e-4 * expected, "{told} instead of {expected}");
}

#[test]
fn a_perceptual_term_needs_digits_and_survives_a_resumption() {
    let spec = restoring(json!({"terms": [{"kind": "perceptual", "layer": 5}]}));
    let mut harness = Harness::loaded(spec.clone());
    harness.steps(2);
    let checkpoint = harness.checkpoint();
    let id = harness.send(resume(spec.clone()), vec![checkpoint]);
    assert!(harness.outcome(id).expect("settled").0.is_ok());
    harness.steps(1);
    let (outcome, attachments) = harness.ask(Command::Probe);
    assert!(outcome.is_ok(), "{outcome:?}");
    let id = harness.send(Command::Prove, attachments);
    let (outcome, _) = harness.outcome(id).expect("settled");
    assert!(outcome.is_ok(), "{outcome:?}");
    let other = gan_protocol::merged(
        &spec.to_value(),
        &json!({"data": {"source": "idx_files", "height": 32, "width": 32}}),
    );
    let error = RunSpec::from_value(other).expect_err("of another size");
    assert_eq!(error.path, "terms[0].kind", "{error}");
}

#[test]
fn a_picture_that_does_not_fit_leaves_the_run_alone() {
    let mut harness = Harness::loaded(restoring(json!({})));
    harness.steps(1);
    let mut other = restoring(json!({}));
    other.condition = Some(gan_protocol::ConditionSpec {
        picture: gan_protocol::Degradation::Grey {},
        shown: true,
    });
    let (outcome, _) = harness.ask(load(other));
    let Err(Fault::Spec { path, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(path, "condition.picture.kind");
    harness.steps(1);
    assert_eq!(harness.metrics().last().map(|point| point.step), Some(2));
}

#[test]
fn pictures_are_seen_as_large_as_samples() {
    let spec = restoring(json!({}));
    let picture = spec.picture().expect("a picture");
    assert_eq!(visible(&[0.5; 49], picture, spec.data.shape()), vec![0.5; 784]);
}
