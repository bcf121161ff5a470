//! Sessions of runs whose nets grow.

use gan_core::Snapshot;
use gan_protocol::{Command, NetName, RunSpec, Tuning};
use serde_json::{Value, json};

use harness::{Harness, resume};

mod harness;

/// Two stages, from 7 to 14 to 28 pixels, that begin with generator steps 2 and 6.
fn growing() -> RunSpec {
    let conv = json!({"kind": "conv", "channels": 2, "kernel": 3, "padding": 1});
    let tanh = json!({"kind": "activation", "function": {"name": "tanh"}});
    let gray = json!({"kind": "conv", "channels": 1, "kernel": 1});
    let larger = json!({"kind": "upsample", "scale": 2});
    let smaller = json!({"kind": "average_pool", "size": 2});
    let stage = |kind: &str, scale: usize, layers: Value, early: Value| json!({"kind": kind, "scale": scale, "layers": layers, "early": early});
    let last = stage("grow", 2, json!([larger, conv, tanh, gray, tanh]), json!([gray, tanh]));
    let first = stage("grow", 4, json!([larger, conv, tanh, last]), json!([gray, tanh]));
    let fine = stage("shrink", 2, json!([conv, tanh, smaller]), json!([conv, tanh]));
    let judged = json!([fine, conv, tanh, smaller]);
    let judged = stage("shrink", 4, judged, json!([conv, tanh]));
    harness::spec(json!({
        "generator": {"layers": [
            {"kind": "linear", "units": 98},
            {"kind": "reshape", "channels": 2, "height": 7, "width": 7},
            first
        ]},
        "discriminator": {"layers": [judged, {"kind": "flatten"}, {"kind": "linear", "units": 1}]},
        "growth": {"hold": 2, "fade": 2},
        "ema": {"decay": 0.9}
    }))
}

/// A session that goes on from the checkpoint of another.
fn resumed(file: Vec<u8>) -> Harness {
    let spec = Snapshot::from_bytes(&file).expect("a checkpoint").header.spec;
    let mut harness = Harness::new();
    let id = harness.send(resume(spec), vec![file]);
    let outcome = harness.outcome(id).expect("settled").0;
    assert!(outcome.is_ok(), "{outcome:?}");
    harness
}

/// The updates of generator and discriminator before their moments began anew, of a checkpoint.
fn moments_since(file: &[u8]) -> Option<[u64; 2]> {
    Snapshot::from_bytes(file).expect("a checkpoint").header.moments_since
}

#[test]
fn a_run_goes_on_from_its_checkpoint_to_the_same_bytes_wherever_it_stands() {
    let mut whole = Harness::loaded(growing());
    whole.steps(10);
    let whole = whole.checkpoint();
    assert_eq!(moments_since(&whole), Some([6, 6]));
    // Before, at and after the beginning of a stage, while it is faded in, and when it is there.
    for done in 1..10 {
        let mut first = Harness::loaded(growing());
        first.steps(done);
        let mut second = resumed(first.checkpoint());
        second.steps(10 - done);
        assert!(second.checkpoint() == whole, "differs after {done} steps and 10");
    }
}

#[test]
fn moments_begin_anew_once_where_the_nets_take_half_steps() {
    let half = |harness: &mut Harness, net| harness.ask_done(Command::StepAlone { net });
    let mut whole = Harness::loaded(growing());
    whole.steps(2);
    half(&mut whole, NetName::Discriminator);
    let between = whole.checkpoint();
    assert_eq!(moments_since(&between), Some([2, 2]));
    let mut second = resumed(between);
    for harness in [&mut whole, &mut second] {
        half(harness, NetName::Discriminator);
        half(harness, NetName::Generator);
        harness.steps(2);
    }
    let end = whole.checkpoint();
    assert_eq!(moments_since(&end), Some([2, 2]), "a half step more does not count as a stage");
    assert!(second.checkpoint() == end, "differs when it goes on between two half steps");
}

#[test]
fn moments_are_counted_for_each_net_where_the_discriminator_makes_more_steps() {
    let mut whole = Harness::loaded(growing());
    whole.steps(1);
    let tuning = Tuning { discriminator_steps: Some(3), ..Tuning::default() };
    whole.ask_done(Command::Tune(tuning));
    whole.steps(2);
    let between = whole.checkpoint();
    assert_eq!(moments_since(&between), Some([2, 4]), "1 and 3 steps came before the first stage");
    let mut second = resumed(between);
    whole.steps(5);
    second.steps(5);
    let end = whole.checkpoint();
    assert_eq!(moments_since(&end), Some([6, 16]));
    assert!(second.checkpoint() == end, "differs after 3 steps and 8");
}
