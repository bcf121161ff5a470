//! Keeps the changes of a run's settings, as the lab observes them.

use gan_protocol::RunSpec;

use crate::settings::changed;

/// Changes kept at most.
const KEPT: usize = 50;
/// Looks within which changes of the same settings are one change: a slider passes through many
/// values on its way.
const ONE_MOVE: u64 = 4;

/// The run at one look.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    /// The run's number: another number is another run.
    pub(super) run: u32,
    /// The name of its preset.
    pub(super) preset: String,
    /// Generator steps done.
    pub(super) step: u64,
    /// Whether it trains.
    pub(super) is_running: bool,
    /// Its settings.
    pub(super) spec: RunSpec,
}

/// A change of settings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// The step from which it is in force; while a run trains, the step of the look that found it.
    pub(super) step: u64,
    /// The settings before.
    pub(super) before: RunSpec,
    /// The settings after.
    pub(super) after: RunSpec,
    /// The look that found it.
    look: u64,
}

/// The changes of the run on the page, the last one at the end. A change that is taken back is
/// forgotten.
#[derive(Debug, Default)]
pub(super) struct Changes {
    seen: Option<Look>,
    made: Vec<Change>,
    unchanged_since: u64,
    looks: u64,
}

impl Changes {
    /// Adds a look. Returns whether it shows other settings, or another run, than the one before.
    pub(super) fn note(&mut self, now: Look) -> bool {
        self.looks += 1;
        let before = match self.seen.replace(now.clone()) {
            // A run that the lab has not seen begin began with the page.
            None => return true,
            Some(before) => before,
        };
        let is_other_run = before.run != now.run;
        if is_other_run && !self.follow(&before, &now) {
            return true;
        }
        if before.spec == now.spec {
            return is_other_run;
        }
        let step = if is_other_run { 0 } else { now.step };
        self.unchanged_since = step;
        self.add(before.spec, now.spec, step);
        true
    }

    /// Another run has taken the place of the one before. Returns whether it is the same with other
    /// settings.
    fn follow(&mut self, before: &Look, now: &Look) -> bool {
        // A kept run is brought back at rest, at the step at which it stood. Any other run begins.
        let is_brought_back = !now.is_running && now.step > 0;
        self.unchanged_since = if is_brought_back { now.step } else { 0 };
        let goes_on = !is_brought_back && before.preset == now.preset;
        if !goes_on {
            self.made.clear();
        }
        // Changes of the run before are in force from this one's beginning.
        for change in &mut self.made {
            change.step = 0;
        }
        goes_on
    }

    fn add(&mut self, before: RunSpec, after: RunSpec, step: u64) {
        let look = self.looks;
        if let Some(last) = self.made.last_mut() {
            if last.before == after {
                self.made.pop();
                return;
            }
            let is_near = last.step == step || look - last.look <= ONE_MOVE;
            if is_near && paths(&last.before, &last.after) == paths(&before, &after) {
                *last = Change { step, before: last.before.clone(), after, look };
                return;
            }
        }
        if self.made.len() == KEPT {
            self.made.remove(0);
        }
        self.made.push(Change { step, before, after, look });
    }

    /// The last change that has not been taken back.
    pub(super) fn last(&self) -> Option<&Change> {
        self.made.last()
    }

    /// The step since which the run goes on with its settings.
    pub(super) fn unchanged_since(&self) -> u64 {
        self.unchanged_since
    }
}

fn paths(before: &RunSpec, after: &RunSpec) -> Vec<String> {
    changed(before, after).into_iter().map(|one| one.path).collect()
}

#[cfg(test)]
mod tests {
    use gan_protocol::preset;

    use super::*;

    fn ring() -> RunSpec {
        preset("ring").expect("a preset").spec
    }

    fn with_rate(rate: f64) -> RunSpec {
        let mut spec = ring();
        spec.discriminator_optimizer.learning_rate = rate;
        spec
    }

    fn look(run: u32, step: u64, spec: RunSpec) -> Look {
        Look { run, preset: "ring".to_owned(), step, is_running: true, spec }
    }

    /// Looks until changes of the same setting are two changes.
    fn wait(changes: &mut Changes, last: &Look) {
        for _ in 0..=ONE_MOVE {
            changes.note(last.clone());
        }
    }

    /// The last change of the discriminator's rate: its step, the rate before and after.
    fn last(changes: &Changes) -> Option<(u64, f64, f64)> {
        let rate = |spec: &RunSpec| spec.discriminator_optimizer.learning_rate;
        changes.last().map(|one| (one.step, rate(&one.before), rate(&one.after)))
    }

    #[test]
    fn a_change_is_kept_with_its_step() {
        let mut changes = Changes::default();
        changes.note(look(0, 700, ring()));
        assert_eq!((last(&changes), changes.unchanged_since()), (None, 0));
        assert!(changes.note(look(0, 812, with_rate(0.02))));
        assert_eq!(last(&changes), Some((812, 0.001, 0.02)));
        assert!(!changes.note(look(0, 900, with_rate(0.02))), "nothing new");
        assert_eq!((last(&changes), changes.unchanged_since()), (Some((812, 0.001, 0.02)), 812));
    }

    #[test]
    fn a_change_that_is_taken_back_is_none_and_the_one_before_it_is_the_last() {
        let mut changes = Changes::default();
        changes.note(look(0, 0, ring()));
        changes.note(look(0, 100, with_rate(0.02)));
        let mut smoothed = with_rate(0.02);
        smoothed.label_smoothing = 0.1;
        changes.note(look(0, 300, smoothed));
        assert_eq!(changes.last().map(|one| one.step), Some(300));
        changes.note(look(0, 500, with_rate(0.02)));
        assert_eq!(last(&changes), Some((100, 0.001, 0.02)));
        // The settings are as they are only since then.
        assert_eq!(changes.unchanged_since(), 500);
        changes.note(look(0, 700, ring()));
        assert_eq!(last(&changes), None);
    }

    #[test]
    fn a_slider_s_way_is_one_change() {
        let mut changes = Changes::default();
        changes.note(look(0, 0, ring()));
        for (step, rate) in [(100, 0.002), (120, 0.008), (140, 0.02)] {
            changes.note(look(0, step, with_rate(rate)));
        }
        assert_eq!(last(&changes), Some((140, 0.001, 0.02)));
        // Later it is another change, but not while no step is made between.
        wait(&mut changes, &look(0, 400, with_rate(0.02)));
        changes.note(look(0, 400, with_rate(0.03)));
        wait(&mut changes, &look(0, 400, with_rate(0.03)));
        changes.note(look(0, 400, with_rate(0.04)));
        assert_eq!(last(&changes), Some((400, 0.02, 0.04)));
        // Another setting is another change.
        let mut smoothed = with_rate(0.04);
        smoothed.label_smoothing = 0.1;
        changes.note(look(0, 400, smoothed));
        assert_eq!(last(&changes), Some((400, 0.04, 0.04)));
    }

    #[test]
    fn settings_that_restart_the_run_are_changed_at_its_beginning() {
        let mut changes = Changes::default();
        changes.note(look(0, 0, ring()));
        changes.note(look(0, 812, with_rate(0.02)));
        let mut seeded = with_rate(0.02);
        seeded.seed = 7;
        changes.note(look(1, 30, seeded.clone()));
        let found = changes.last().expect("a change");
        assert_eq!((found.step, found.before.seed, found.after.seed), (0, 1, 7));
        assert_eq!(changes.unchanged_since(), 0);
        // The run before, from its start: the change before it is in force from there.
        changes.note(look(2, 10, with_rate(0.02)));
        assert_eq!(last(&changes), Some((0, 0.001, 0.02)));
    }

    #[test]
    fn another_preset_or_a_kept_run_begins_without_changes() {
        let mut changes = Changes::default();
        let changed = |changes: &mut Changes| {
            *changes = Changes::default();
            changes.note(look(0, 0, ring()));
            changes.note(look(0, 812, with_rate(0.02)));
        };
        changed(&mut changes);
        let collapse = preset("ring-collapse").expect("a preset").spec;
        let other = Look { preset: "ring-collapse".to_owned(), ..look(1, 5, collapse) };
        assert!(changes.note(other));
        assert_eq!((last(&changes), changes.unchanged_since()), (None, 0));
        changed(&mut changes);
        let kept = Look { is_running: false, ..look(1, 4_000, with_rate(0.3)) };
        assert!(changes.note(kept));
        assert_eq!((last(&changes), changes.unchanged_since()), (None, 4_000));
    }

    #[test]
    fn only_so_many_changes_are_kept() {
        let mut changes = Changes::default();
        changes.note(look(0, 0, ring()));
        for number in 1..=KEPT as u32 + 10 {
            let rate = 0.001 + f64::from(number);
            changes.note(look(0, u64::from(number), with_rate(rate)));
            wait(&mut changes, &look(0, u64::from(number), with_rate(rate)));
        }
        assert_eq!(changes.made.len(), KEPT);
    }
}
