//! Changes of settings during a run, as the charts mark them.

use gan_protocol::Metrics;

use super::*;

fn measured(step: u64) -> Event {
    let point = Metrics::from_numbers(step, [0.5; Metrics::COUNT]);
    Event::Metrics { points: vec![point], steps_per_second: 1.0 }
}

/// The steps of the changes so far, with the objective's number before and after.
fn noted(bench: &Bench) -> Vec<(u64, f64, f64)> {
    let changes = bench.supervisor.state.changes.iter();
    changes.map(|change| (change.step, change.before[0], change.after[0])).collect()
}

fn choose(bench: &mut Bench, objective: Objective) {
    bench.now_ms += 10_000.0;
    bench.ask(None, Ask::Tune(Tuning { objective: Some(objective), ..Tuning::default() }));
}

#[test]
fn a_setting_counts_as_changed_once_the_worker_has_it_and_until_another_run() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    let first = bench.supervisor.run().spec.objective as usize as f64;
    bench.event(1, measured(7), &[]);
    choose(&mut bench, Objective::Hinge);
    assert!(noted(&bench).is_empty());
    bench.answer(1, Reply::Done, &[]);
    bench.event(1, measured(9), &[]);
    choose(&mut bench, Objective::Minimax);
    bench.settle(
        1,
        Err(Fault::Spec { path: "objective".to_string(), message: "no".to_string() }),
        &[],
    );
    assert_eq!(noted(&bench), [(7, first, Objective::Hinge as usize as f64)]);

    bench.ask(None, Ask::Reset);
    bench.answer(1, Reply::Done, &[]);
    assert!(noted(&bench).is_empty());
}

#[test]
fn after_a_return_to_an_earlier_step_the_settings_count_from_there() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    for (step, objective) in [(7, Objective::Hinge), (30, Objective::Minimax)] {
        bench.event(1, measured(step), &[]);
        choose(&mut bench, objective);
        bench.answer(1, Reply::Done, &[]);
    }
    bench.event(1, measured(21), &[]);
    assert_eq!(noted(&bench).iter().map(|change| change.0).collect::<Vec<_>>(), [7, 20]);
}
