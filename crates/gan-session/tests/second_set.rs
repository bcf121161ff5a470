//! Runs whose generator is given images of another set: other classes of the same files, MNIST, or the
//! other halves of pairs.

use gan_data::idx;
use gan_protocol::{Command, DataSource, Event, Fault, RealBatch, RunSpec};
use gan_session::LoadedData;
use pollster::block_on;
use serde_json::{Value, json};

use harness::{Harness, digits};

mod harness;

const SIDE: usize = 4;
const AREA: usize = SIDE * SIDE;

/// IDX files of images of one class after another: `counts[c]` of class `c`. An image's left half is the
/// class, its right half 100 and the image's place in the class.
fn files(counts: &[u8]) -> Vec<(String, Vec<u8>)> {
    let classes = (0..).zip(counts);
    let places = classes.flat_map(|(class, count)| (0..*count).map(move |place| (class, place)));
    let places: Vec<(u8, u8)> = places.collect();
    let row = |class: u8, place: u8| [class, class, 100 + place, 100 + place];
    let pixels: Vec<u8> =
        places.iter().flat_map(|(class, place)| row(*class, *place).repeat(SIDE)).collect();
    let labels: Vec<u8> = places.iter().map(|(class, _)| *class).collect();
    vec![
        ("images".to_owned(), idx::written(&[labels.len(), SIDE, SIDE], &pixels)),
        ("labels".to_owned(), idx::written(&[labels.len()], &labels)),
    ]
}

/// A run on such files, or on others.
fn small(patch: Value) -> RunSpec {
    let net =
        |channels: usize| json!({"kind": "conv", "channels": channels, "kernel": 3, "padding": 1});
    let base = json!({
        "data": {"source": "idx_files", "channels": 1, "height": SIDE, "width": SIDE},
        "latent": {"size": 0},
        "generator": {"layers": [net(1), {"kind": "activation", "function": {"name": "tanh"}}]},
        "discriminator": {"layers": [net(1)]},
        "batch_size": 6,
    });
    harness::spec(gan_protocol::merged(&base, &patch))
}

/// From class 1 of the files to class 0.
fn between_classes() -> RunSpec {
    let set = |class: u8| json!({"source": "idx_files", "channels": 1, "height": SIDE, "width": SIDE, "classes": [class]});
    small(json!({"data": set(0), "translation": {"from": set(1)}}))
}

/// Class 2 is given, and class 0 is wanted.
fn paired(patch: Value) -> RunSpec {
    let condition = json!({"picture": {"kind": "paired", "class": 2}});
    let base = json!({"data": {"classes": [0]}, "condition": condition});
    small(gan_protocol::merged(&base, &patch))
}

fn loaded(spec: &RunSpec, files: &[(String, Vec<u8>)]) -> Result<LoadedData, Fault> {
    let loader = Harness::with_mnist(Ok(digits(40))).loader();
    block_on(LoadedData::load(spec, files, &loader, &|_, _| ())).map(|(data, _)| data)
}

fn batches(spec: &RunSpec, data: &mut LoadedData, count: u64) -> Vec<RealBatch> {
    (0..count).map(|step| data.batch(spec.condition, [spec.seed, step], spec.batch_size)).collect()
}

/// The halves of each image: its smallest and its largest byte, and whether the smallest is at the left.
fn read(values: &[f32]) -> Vec<(u8, u8, bool)> {
    let images = values.chunks_exact(AREA);
    images
        .map(|image| {
            let byte = |at: usize| ((image[at] + 1.0) * 127.5).round() as u8;
            let (left, right) = (byte(0), byte(SIDE - 1));
            (left.min(right), left.max(right), left < right)
        })
        .collect()
}

#[test]
fn a_second_set_is_another_class_of_the_same_files() {
    let spec = between_classes();
    let mut data = loaded(&spec, &files(&[5, 7])).expect("files");
    assert_eq!(data.origin.samples, Some(5));
    let mut places = Vec::new();
    for batch in batches(&spec, &mut data, 4) {
        assert!(read(&batch.values).iter().all(|(class, ..)| *class == 0));
        let given = read(&batch.pictures);
        assert!(given.len() == 6 && given.iter().all(|(class, ..)| *class == 1));
        places.extend(given.iter().map(|(_, place, _)| *place));
    }
    let first_epoch: std::collections::BTreeSet<u8> = places[..7].iter().copied().collect();
    assert_eq!(first_epoch, (100..107).collect(), "{places:?}");
}

#[test]
fn other_files_of_the_second_set_are_other_data() {
    let digest = |counts: &[u8]| {
        let data = loaded(&between_classes(), &files(counts)).expect("files");
        data.origin.digest.expect("images have one")
    };
    assert_eq!(digest(&[5, 7]), digest(&[5, 7]));
    assert_ne!(digest(&[5, 7]), digest(&[5, 8]));
}

#[test]
fn pairs_stay_together_in_every_epoch_and_under_augmentation() {
    for augmentation in [Value::Null, json!({"flip": true})] {
        let spec = paired(json!({"data": {"augmentation": augmentation}}));
        let mut data = loaded(&spec, &files(&[7, 3, 7])).expect("files");
        let mut seen = Vec::new();
        for batch in batches(&spec, &mut data, 5) {
            for (sample, given) in read(&batch.values).into_iter().zip(read(&batch.pictures)) {
                assert_eq!((sample.0, given.0), (0, 2));
                assert_eq!((sample.1, sample.2), (given.1, given.2), "no pair");
                seen.push((sample.1, sample.2));
            }
        }
        let is_mirrored = |mirrored: bool| seen.iter().any(|(_, upright)| *upright != mirrored);
        assert!(is_mirrored(false));
        assert_eq!(is_mirrored(true), spec.data.augmentation.is_some());
        let epoch: std::collections::BTreeSet<u8> = seen[..7].iter().map(|one| one.0).collect();
        assert_eq!(epoch.len(), 7, "{seen:?}");
    }
}

#[test]
fn sets_that_do_not_fit_are_refused_by_their_setting() {
    let cases: [(RunSpec, &[u8], &str); 3] = [
        (paired(json!({})), &[7, 3, 6], "condition.picture.class"),
        (paired(json!({})), &[7, 3], "condition.picture.class"),
        (between_classes(), &[7], "translation.from.classes"),
    ];
    for (spec, counts, path) in cases {
        let fault = loaded(&spec, &files(counts)).err().expect(path);
        let Fault::Spec { path: found, .. } = &fault else { panic!("{fault:?}") };
        assert_eq!(found, path, "{fault:?}");
    }
    let refused = |patch: Value| {
        let base = paired(json!({})).to_value();
        RunSpec::from_value(gan_protocol::merged(&base, &patch)).expect_err("refused").path
    };
    assert_eq!(refused(json!({"data": {"classes": [0, 2]}})), "data.classes");
    assert_eq!(refused(json!({"data": {"classes": null}})), "data.classes");
    assert_eq!(refused(json!({"data": {"class_weights": [1, 0, 1]}})), "data.class_weights");
    assert_eq!(refused(json!({"data": {"source": "mnist"}})), "condition.picture.kind");
    let mut spec = between_classes();
    spec.data.source = DataSource::CifarFiles;
    assert_eq!(spec.validate().expect_err("other files").path, "translation.from.source");
}

/// Which classes the sheet of given images shows, by the sum of bytes of each first part.
fn learns(harness: &mut Harness, spec: RunSpec, files: Vec<(String, Vec<u8>)>) {
    let (names, bytes): (Vec<String>, Vec<Vec<u8>>) = files.into_iter().unzip();
    let id = harness
        .send(Command::Load { spec: Box::new(spec), checkpoint: false, files: names }, bytes);
    let (outcome, _) = harness.outcome(id).expect("settled");
    assert!(outcome.is_ok(), "{outcome:?}");
    harness.steps(1);
}

#[test]
fn the_same_files_serve_the_next_run_with_another_second_set() {
    let mut harness = Harness::new();
    learns(&mut harness, between_classes(), files(&[5, 6, 7]));
    let mut spec = between_classes();
    spec.translation.as_mut().expect("one").from.classes = vec![2];
    learns(&mut harness, spec, Vec::new());
    let pixels = harness.all(|event| match event {
        Event::Frame { set, .. } => Some(*set),
        _ => None,
    });
    assert!(pixels.iter().all(|set| set.parts == 3));
    let events = harness.events.borrow();
    let last = events.iter().rev().find(|outgoing| {
        matches!(outgoing.event, Event::Frame { sheet: gan_protocol::FrameKind::Fixed, .. })
    });
    let sheet = &last.expect("a sheet").attachments[0];
    assert!(sheet.chunks_exact(3 * AREA).all(|triple| triple[0] == 2), "{:?}", &sheet[..AREA]);
}

#[test]
fn mnist_may_be_the_second_set_and_drawn_digits_stand_in_for_it() {
    let set = |source: &str| json!({"source": source, "channels": 1, "height": 28, "width": 28});
    let spec = small(json!({
        "data": set("drawn_digits"), "translation": {"from": set("mnist")},
    }));
    let mut with = Harness::with_mnist(Ok(digits(40)));
    learns(&mut with, spec.clone(), Vec::new());
    assert!(with.faults().is_empty());
    let mut without = Harness::with_mnist(Err("no network".to_owned()));
    learns(&mut without, spec, Vec::new());
    assert!(matches!(&without.faults()[..], [Fault::DataMissing { .. }]));
}
