//! Checkpoints record the data they learned from, and report when a run continues on other data.

mod harness;

use gan_core::Snapshot;
use gan_protocol::{Command, DataOrigin, DataSource, Reply, RunSpec};
use harness::{Harness, digits, resume, spec};
use serde_json::json;

fn on_files() -> RunSpec {
    spec(json!({"data": {"source": "idx_files"}}))
}

/// `count` images of 28 x 28 pixels as an IDX file.
fn images(count: u32, shade: u8) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 3];
    for size in [count, 28, 28] {
        file.extend(size.to_be_bytes());
    }
    file.extend((0..count * 784).map(|place| shade.wrapping_add((place % 251) as u8)));
    file
}

/// The reply to a load with these files.
fn on(harness: &mut Harness, checkpoint: Option<&[u8]>, files: &[(&str, Vec<u8>)]) -> Reply {
    let (names, bytes): (Vec<_>, Vec<_>) =
        files.iter().map(|(name, bytes)| (name.to_string(), bytes.clone())).unzip();
    let attachments = checkpoint.map(<[u8]>::to_vec).into_iter().chain(bytes).collect();
    let spec = Box::new(on_files());
    let command = Command::Load { spec, checkpoint: checkpoint.is_some(), files: names };
    let id = harness.send(command, attachments);
    harness.outcome(id).expect("settled").0.expect("loaded")
}

fn origin(checkpoint: &[u8]) -> Option<DataOrigin> {
    Snapshot::from_bytes(checkpoint).expect("a checkpoint").header.data
}

#[test]
fn a_checkpoint_names_the_files_that_it_learned_from() {
    let mut harness = Harness::new();
    assert_eq!(on(&mut harness, None, &[("own.idx", images(16, 0))]), Reply::Done);
    harness.steps(1);
    let found = origin(&harness.checkpoint()).expect("its data");
    assert_eq!((found.source, found.samples), (DataSource::IdxFiles, Some(16)));
    assert_eq!(found.files, ["own.idx"]);
    assert_eq!(found.digest.expect("a digest").len(), 16);
}

#[test]
fn the_same_samples_under_another_name_are_the_same() {
    let mut harness = Harness::new();
    on(&mut harness, None, &[("own.idx", images(16, 0))]);
    harness.steps(2);
    let checkpoint = harness.checkpoint();
    let mut other = Harness::new();
    let reply = on(&mut other, Some(&checkpoint), &[("renamed.idx", images(16, 0))]);
    assert_eq!(reply, Reply::Done);
}

#[test]
fn with_other_samples_the_run_goes_on_and_says_so() {
    let mut harness = Harness::new();
    on(&mut harness, None, &[("own.idx", images(16, 0))]);
    harness.steps(2);
    let checkpoint = harness.checkpoint();
    // One pixel differs.
    let mut changed = images(16, 0);
    *changed.last_mut().expect("pixels") ^= 1;
    let mut other = Harness::new();
    let reply = on(&mut other, Some(&checkpoint), &[("own.idx", changed)]);
    let Reply::OtherData { before, now } = reply else { panic!("{reply:?}") };
    assert_eq!(Some(&before), origin(&checkpoint).as_ref());
    assert_eq!(before.files, now.files);
    assert_ne!(before.digest, now.digest);
    other.steps(1);
    // A later checkpoint records the new data.
    let later = other.checkpoint();
    assert_eq!(origin(&later), Some(now));
}

#[test]
fn files_that_the_session_has_serve_again_without_being_sent() {
    let mut harness = Harness::new();
    on(&mut harness, None, &[("own.idx", images(16, 0))]);
    harness.steps(1);
    let checkpoint = harness.checkpoint();
    assert_eq!(on(&mut harness, Some(&checkpoint), &[]), Reply::Done);
    harness.steps(1);
    let again = harness.checkpoint();
    assert_eq!(origin(&again), origin(&checkpoint));
    // The next step equals that of a fresh session on the same files.
    let mut fresh = Harness::new();
    on(&mut fresh, Some(&checkpoint), &[("own.idx", images(16, 0))]);
    fresh.steps(1);
    assert!(again == fresh.checkpoint(), "the step differs");
    // New files are not mistaken for the old ones.
    let reply = on(&mut harness, Some(&checkpoint), &[("own.idx", images(8, 9))]);
    assert!(matches!(reply, Reply::OtherData { .. }), "{reply:?}");
}

#[test]
fn drawn_digits_that_stood_in_for_mnist_are_other_data() {
    let mnist = spec(json!({"data": {"source": "mnist"}}));
    let mut harness = Harness::loaded(mnist.clone());
    harness.steps(1);
    let checkpoint = harness.checkpoint();
    assert_eq!(origin(&checkpoint).map(|data| data.source), Some(DataSource::DrawnDigits));
    let mut other = Harness::with_mnist(Ok(digits(40)));
    let id = other.send(resume(mnist.clone()), vec![checkpoint.clone()]);
    let reply = other.outcome(id).expect("settled").0.expect("loaded");
    assert!(matches!(reply, Reply::OtherData { .. }), "{reply:?}");
    // Nothing is reported if drawn digits stand in again.
    let id = harness.send(resume(mnist), vec![checkpoint]);
    assert_eq!(harness.outcome(id).expect("settled").0, Ok(Reply::Done));
}

#[test]
fn a_checkpoint_that_does_not_know_its_data_goes_on_as_before() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.steps(1);
    let mut snapshot = Snapshot::from_bytes(&harness.checkpoint()).expect("a checkpoint");
    snapshot.header.data = None;
    let old = snapshot.to_bytes();
    assert!(!String::from_utf8_lossy(&old).contains("digest"));
    let id = harness.send(resume(spec(json!({}))), vec![old]);
    assert_eq!(harness.outcome(id).expect("settled").0, Ok(Reply::Done));
}
