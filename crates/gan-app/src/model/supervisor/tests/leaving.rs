//! Runs that others replace are handed over first.

use super::*;

#[test]
fn a_run_is_handed_over_before_another_takes_its_place() {
    for another in [load(32, false), Ask::Reset] {
        let mut bench = Bench::on_cpu(Preference::Cpu);
        bench.supervisor.keep(true);
        bench.event(1, Event::State { phase: Phase::Running, step: 7 }, &[]);
        bench.ask(Some(3), another);
        let sent: Vec<_> = bench.sent(1).into_iter().map(|(command, _)| command.clone()).collect();
        assert!(
            matches!(sent[..], [Command::Sample { .. }, Command::Checkpoint, Command::Load { .. }]),
            "{sent:?}"
        );
        let set = SampleSet { count: 16, width: 28, height: 28, channels: 1, parts: 1 };
        bench.answer(1, Reply::Samples { set }, &["pixels"]);
        bench.answer(1, Reply::Checkpoint { step: 8 }, &["last"]);
        let run = Box::new(Run { checkpoint: Some((8, "last")), ..default_run() });
        assert!(bench.has(&Effect::Leave { number: 0, run, samples: Some((set, "pixels")) }));
        bench.answer(1, Reply::Done, &[]);
        assert!(bench.result_of(3).expect("settled").is_ok());
    }
}

#[test]
fn a_run_is_handed_over_without_samples_where_none_can_be_had() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.supervisor.keep(true);
    bench.event(1, Event::State { phase: Phase::Running, step: 7 }, &[]);
    bench.ask(None, Ask::Reset);
    bench.settle(1, Err(Fault::State { message: "no".to_string() }), &[]);
    bench.answer(1, Reply::Checkpoint { step: 8 }, &["last"]);
    let run = Box::new(Run { checkpoint: Some((8, "last")), ..default_run() });
    assert!(bench.has(&Effect::Leave { number: 0, run, samples: None }));
    assert!(bench.notices().is_empty());
}

#[test]
fn a_run_that_has_failed_is_handed_over_as_it_was_last_saved() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.supervisor.keep(true);
    bench.event(1, Event::Autosave { step: 20 }, &["saved"]);
    for worker in 1..=4 {
        bench.die(worker);
    }
    bench.ask(None, load(32, false));
    let run = Box::new(Run { checkpoint: Some((20, "saved")), ..default_run() });
    assert!(bench.has(&Effect::Leave { number: 0, run, samples: None }));
}

#[test]
fn an_untrained_run_and_one_that_nobody_keeps_are_not_handed_over() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.supervisor.keep(true);
    bench.ask(None, Ask::Reset);
    assert!(matches!(bench.sent(1)[..], [(Command::Load { .. }, _)]));
    bench.answer(1, Reply::Done, &[]);
    bench.supervisor.keep(false);
    bench.event(1, Event::State { phase: Phase::Running, step: 7 }, &[]);
    bench.ask(None, Ask::Reset);
    assert!(matches!(bench.sent(1)[..], [(Command::Load { .. }, _)]));
}
