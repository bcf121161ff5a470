//! Runs that continue with other data than their checkpoints' are reported.

use gan_protocol::{DataOrigin, DataSource};

use super::*;
use crate::model::notice::Standing;

fn data(file: &str) -> DataOrigin {
    let (source, digest) = (DataSource::IdxFiles, Some(file.to_string()));
    DataOrigin { source, samples: Some(64), digest, files: vec![file.to_string()] }
}

#[test]
fn a_run_that_goes_on_with_other_data_says_so_until_another_takes_its_place() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    let run = Run { checkpoint: Some((9, "old")), ..default_run() };
    bench.ask(Some(1), Ask::Load { run: Box::new(run), then_run: false });
    bench.answer(1, Reply::OtherData { before: data("a"), now: data("b") }, &[]);
    assert!(bench.result_of(1).expect("settled").is_ok(), "it is no refusal");
    let told = Notice::OtherData { before: data("a"), now: data("b") };
    assert_eq!(bench.notices(), [&told]);
    // The notice appears when the run has been replaced, so it belongs to the new one.
    let standing = |is_another_run| Standing {
        phase: Phase::Paused,
        is_another_run,
        has_other_data: false,
        gpu: Gpu::Unasked,
    };
    assert_eq!(bench.supervisor.state.replacements, 1);
    assert!(!told.is_over(&standing(false)) && told.is_over(&standing(true)));
}

#[test]
fn the_worker_that_starts_with_other_data_says_so_too() {
    let mut bench = Bench::new(Preference::Cpu);
    bench.boot(1);
    bench.answer(1, Reply::OtherData { before: data("a"), now: data("b") }, &[]);
    assert!(matches!(bench.notices()[..], [Notice::OtherData { .. }]));
}
