//! Runs that begin with nets of another run.

use gan_core::{Snapshot, Trainer, cpu, largest_deviation};
use gan_protocol::{Command, Fault, InitialNets, InitialSpec, RunSpec, digest};
use pollster::block_on;
use serde_json::json;

use harness::{Harness, resume};

mod harness;

fn small(seed: u64) -> RunSpec {
    harness::spec(json!({"seed": seed, "ema": {"decay": 0.5}}))
}

/// A run with another seed than the checkpoint's, and the checkpoint.
fn begun(nets: InitialNets) -> (RunSpec, Vec<u8>) {
    let mut harness = Harness::loaded(small(1));
    harness.steps(3);
    let checkpoint = harness.checkpoint();
    let initial = Some(InitialSpec { checkpoint: digest(&checkpoint), nets });
    (RunSpec { initial, ..small(2) }, checkpoint)
}

#[test]
fn a_run_begins_with_the_checkpoint_and_goes_on_from_its_own_without_it() {
    let (spec, checkpoint) = begun(InitialNets::Generator);
    let mut harness = Harness::new();
    let id = harness.send(resume(spec.clone()), vec![checkpoint.clone()]);
    assert!(harness.outcome(id).expect("settled").0.is_ok());
    let first = Snapshot::from_bytes(&checkpoint).expect("a checkpoint");
    let by_hand = Trainer::begun_from(&first, &spec, &cpu()).expect("the same nets");
    let by_hand = block_on(by_hand.snapshot()).expect("the processor works");
    let start = Snapshot::from_bytes(&harness.checkpoint()).expect("a checkpoint");
    assert_eq!(start.header.step, 0);
    assert_eq!(largest_deviation(&by_hand, &start).expect("the same tensors").relative, 0.0);
    harness.steps(2);
    let own = harness.checkpoint();
    harness.steps(2);
    let expected = harness.checkpoint();
    let mut other = Harness::new();
    let id = other.send(resume(spec), vec![own]);
    assert!(other.outcome(id).expect("settled").0.is_ok());
    other.steps(2);
    assert!(other.checkpoint() == expected, "the run went on otherwise");
}

#[test]
fn other_checkpoints_and_none_are_refused_and_the_run_goes_on() {
    let (spec, checkpoint) = begun(InitialNets::Both);
    let mut harness = Harness::loaded(small(3));
    harness.steps(1);
    let other = harness.checkpoint();
    let mut refused = |command: Command, attachments: Vec<Vec<u8>>| {
        let id = harness.send(command, attachments);
        harness.outcome(id).expect("settled").0.expect_err("refused")
    };
    for (command, attachments) in
        [(harness::load(spec.clone()), vec![]), (resume(spec.clone()), vec![other])]
    {
        let fault = refused(command, attachments);
        let Fault::Spec { path, message } = fault else { panic!("{fault:?}") };
        assert_eq!(path, "initial.checkpoint");
        assert!(message.contains(&digest(&checkpoint)), "{message}");
    }
    let mut wider = spec.to_value();
    wider["generator"]["layers"][0]["units"] = json!(9);
    let wider = RunSpec::from_value(wider).expect("another net");
    let fault = refused(resume(wider), vec![checkpoint]);
    assert!(fault.to_string().contains("tensor generator.0.weight"), "{fault}");
    harness.steps(1);
    assert_eq!(harness.metrics().last().map(|point| point.step), Some(2));
}
