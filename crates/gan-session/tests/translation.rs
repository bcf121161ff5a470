//! Sessions that translate between two sets of images.

use gan_core::{Inputs, Snapshot, Trainer, cpu};
use gan_protocol::{
    DataSource, DataSpec, Event, Fault, FrameKind, Named as _, RunSpec, SampleSet, Score, TermSpec,
};
use gan_session::LoadedData;
use pollster::block_on;
use serde_json::{Value, json};

use harness::{Harness, load, resume};

mod harness;

/// A small run from drawn digits to MNIST's stand-in, drawn digits as well.
fn translating(patch: Value) -> RunSpec {
    let set = json!({"source": "drawn_digits", "channels": 1, "height": 28, "width": 28});
    let base = json!({
        "data": set,
        "latent": {"size": 0},
        "translation": {"from": set, "cycle": 4, "identity": 1},
        "generator": {"layers": [
            {"kind": "conv", "channels": 4, "kernel": 3, "padding": 1},
            {"kind": "activation", "function": {"name": "relu"}},
            {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1},
            {"kind": "activation", "function": {"name": "tanh"}}
        ]}
    });
    harness::spec(gan_protocol::merged(&base, &patch))
}

fn sheets(harness: &Harness, wanted: FrameKind) -> Vec<(SampleSet, Vec<u8>)> {
    let events = harness.events.borrow();
    let frames = events.iter().filter_map(|outgoing| match &outgoing.event {
        Event::Frame { sheet, set, .. } if *sheet == wanted => {
            Some((*set, outgoing.attachments[0].clone()))
        }
        _ => None,
    });
    frames.collect()
}

/// Image number `part` of each triple of a sheet.
fn parts(pixels: &[u8], part: usize) -> Vec<&[u8]> {
    pixels.chunks_exact(3 * 784).map(|triple| &triple[part * 784..][..784]).collect()
}

#[test]
fn the_sheets_show_both_ways_there_and_back() {
    let mut harness = Harness::loaded(translating(json!({})));
    harness.steps(2);
    let there = sheets(&harness, FrameKind::Fixed);
    let (set, pixels) = there.last().expect("a sheet");
    assert_eq!((set.parts, set.count, pixels.len()), (3, 36, 36 * 784));
    // The same images of the second set each time, which are none of the data.
    let given = parts(pixels, 0);
    let (_, first) = there.first().expect("a sheet");
    assert_eq!(parts(first, 0), given);
    let (_, back) = sheets(&harness, FrameKind::Fresh).pop().expect("a sheet");
    let data = parts(&back, 0);
    assert!(given.iter().all(|image| !data.contains(image)), "both sets have the same images");
    // Nothing of a triple is what another part of it is.
    for pixels in [pixels, &back] {
        for (one, other) in [(0, 1), (1, 2), (0, 2)] {
            assert_ne!(parts(pixels, one), parts(pixels, other));
        }
    }
}

#[test]
fn a_translation_learns_from_its_checkpoint_as_if_it_had_gone_on() {
    let mut harness = Harness::loaded(translating(json!({"ema": {"decay": 0.5}})));
    harness.steps(3);
    let checkpoint = harness.checkpoint();
    harness.steps(3);
    let expected = harness.checkpoint();
    let mut other = Harness::new();
    let spec = translating(json!({"ema": {"decay": 0.5}}));
    let id = other.send(resume(spec), vec![checkpoint]);
    assert!(other.outcome(id).expect("settled").0.is_ok());
    other.steps(3);
    assert!(other.checkpoint() == expected, "the run went on otherwise");
}

#[test]
fn a_report_tells_what_comes_back_of_what_was_given() {
    let mut harness = Harness::loaded(translating(json!({})));
    harness.steps(120);
    let reports = harness.all(|event| match event {
        Event::Report { step, report } => Some((*step, report.clone())),
        _ => None,
    });
    let (step, last) = reports.last().expect("a report");
    assert_eq!(*step, 120, "of the weights that are at hand");
    let last: Value = serde_json::from_str(last).expect("scores");
    let told = last["scores"][Score::PsnrThereAndBack.name()].as_f64().expect("measured");
    assert!(last["scores"][Score::Psnr.name()].is_null(), "there is nothing true to be like");
    // The same by hand.
    let snapshot = Snapshot::from_bytes(&harness.checkpoint()).expect("a checkpoint");
    let spec = snapshot.header.spec.clone();
    let trainer = Trainer::restore(&snapshot, &spec, &cpu()).expect("the run");
    let loaded = block_on(LoadedData::load(&spec, &[], &harness.loader(), &|_, _| ()));
    let (mut data, _) = loaded.expect("drawn digits");
    let given = data.batch(spec.condition, [spec.seed, 0], 64).pictures;
    let made = block_on(trainer.samples(&Inputs::of_pictures(given.clone()), 0)).expect("made");
    let again = block_on(trainer.translated_back(made)).expect("computed").expect("a way back");
    let ratio = |(found, given): (&[f32], &[f32])| {
        let squares =
            found.iter().zip(given).map(|(a, b)| f64::from(a.clamp(-1.0, 1.0) - b).powi(2));
        10.0 * (4.0 * 784.0 / squares.sum::<f64>()).log10()
    };
    let ratios = again.chunks_exact(784).zip(given.chunks_exact(784)).map(ratio);
    let expected = ratios.sum::<f64>() / 64.0;
    assert!((told - expected).abs() < 1e-3, "{told} instead of {expected}");
}

#[test]
fn both_ways_learn_and_the_terms_are_told() {
    let mut harness =
        Harness::loaded(translating(json!({"generator_optimizer": {"learning_rate": 0.01}})));
    harness.steps(60);
    let terms: Vec<f64> = harness.metrics().iter().map(|point| point.terms).collect();
    // Cycle and identity fall where the verdict says little.
    assert!(terms[0] > 1.0 && terms[59] < 0.7 * terms[0], "{} to {}", terms[0], terms[59]);
}

#[test]
fn what_cannot_be_translated_is_refused_and_the_run_goes_on() {
    let mut harness = Harness::loaded(translating(json!({})));
    harness.steps(1);
    fn from(spec: &mut RunSpec) -> &mut DataSpec {
        &mut spec.translation.as_mut().expect("a translation").from
    }
    type Change = fn(&mut RunSpec);
    let changes: [(Change, &str); 5] = [
        (|spec| from(spec).source = DataSource::IdxFiles, "translation.from.source"),
        (
            |spec| {
                let from = from(spec);
                (from.source, from.height) = (DataSource::IdxFiles, 32);
            },
            "translation.from",
        ),
        (|spec| spec.translation.as_mut().expect("one").cycle = -1.0, "translation.cycle"),
        (|spec| spec.terms = vec![TermSpec::L1 { weight: 1.0 }], "terms"),
        (|spec| spec.pretraining_steps = 5, "pretraining_steps"),
    ];
    for (change, path) in changes {
        let mut spec = translating(json!({}));
        change(&mut spec);
        let (outcome, _) = harness.ask(load(spec));
        let Err(Fault::Spec { path: found, .. }) = outcome else { panic!("{path}: {outcome:?}") };
        assert_eq!(found, path);
    }
    harness.steps(1);
    assert_eq!(harness.metrics().last().map(|point| point.step), Some(2));
}
