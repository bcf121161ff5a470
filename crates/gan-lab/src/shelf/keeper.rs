//! When a run is kept, and which run it is.

use serde::{Deserialize, Serialize};

/// Between two savings of a run that goes on.
const SAVE_EVERY_MS: f64 = 45_000.0;
/// A run that has hardly begun is not worth a place.
const FIRST_STEP: u64 = 20;

/// What is known of a run that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) id: String,
    /// The preset that it was made from.
    pub(super) preset: String,
    /// What it learned from, as a spec names it.
    pub(super) dataset: String,
    pub(super) step: u64,
    /// Milliseconds since 1970.
    pub(super) saved_ms: f64,
    /// Size of its checkpoint.
    pub(super) bytes: u64,
    /// Samples, as a `data:` address.
    pub(super) picture: String,
}

/// Decides when the run on the page is kept, and under which name.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeper {
    /// The name of the run on the page, once it has one.
    id: Option<String>,
    /// What the page calls it: preset and data.
    called: String,
    /// The last step that was seen of it.
    step: u64,
    /// The last step that was kept, or tried to be.
    saved_step: u64,
    saved_ms: f64,
}

impl Keeper {
    /// Looks at the run that is `called` so, at `step`; whether it is to be kept now.
    pub(super) fn is_due(&mut self, called: &str, step: u64, runs: bool, now_ms: f64) -> bool {
        let is_other = called != self.called && !self.called.is_empty();
        if step < self.step || is_other {
            // Another run, or this one anew: what was kept stays as it is.
            *self = Self { saved_ms: now_ms, ..Self::default() };
        }
        if self.step == 0 && step > 0 && self.saved_ms == 0.0 {
            self.saved_ms = now_ms;
        }
        self.step = step;
        called.clone_into(&mut self.called);
        let is_new = step >= FIRST_STEP && step > self.saved_step;
        is_new && (!runs || now_ms - self.saved_ms >= SAVE_EVERY_MS)
    }

    /// The run is being kept as it is at `step`; gives its name, `fresh` if it has none yet.
    pub(super) fn begin(&mut self, step: u64, now_ms: f64, fresh: String) -> String {
        self.saved_step = step;
        self.saved_ms = now_ms;
        self.id.get_or_insert(fresh).clone()
    }

    /// The run on the page is the kept one called `id`, as it was at `step`.
    pub(super) fn opened(&mut self, id: String, step: u64, now_ms: f64) {
        *self = Self { id: Some(id), step, saved_step: step, saved_ms: now_ms, ..Self::default() };
    }

    /// Whether the run on the page is kept under this name.
    pub(super) fn is_of(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id)
    }

    /// What was kept under this name is gone; the run gets a new one.
    pub(super) fn forget(&mut self, id: &str) {
        if self.is_of(id) {
            self.id = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(keeper: &mut Keeper, step: u64, now_ms: f64, fresh: &str) -> String {
        keeper.begin(step, now_ms, fresh.to_string())
    }

    #[test]
    fn a_run_is_kept_now_and_then_and_when_it_stops() {
        let mut keeper = Keeper::default();
        assert!(!keeper.is_due("ring", 5, true, 1_000.0));
        assert!(!keeper.is_due("ring", 500, true, 30_000.0));
        assert!(keeper.is_due("ring", 900, true, 47_000.0));
        assert_eq!(name(&mut keeper, 900, 47_000.0, "a"), "a");
        assert!(!keeper.is_due("ring", 1_000, true, 48_000.0));
        assert!(keeper.is_due("ring", 1_001, false, 49_000.0));
        assert_eq!(name(&mut keeper, 1_001, 49_000.0, "b"), "a");
        // It rests: nothing is new.
        assert!(!keeper.is_due("ring", 1_001, false, 200_000.0));
    }

    #[test]
    fn a_run_that_begins_anew_is_another() {
        let mut keeper = Keeper::default();
        assert!(keeper.is_due("ring", 100, false, 1_000.0));
        name(&mut keeper, 100, 1_000.0, "a");
        assert!(!keeper.is_due("ring", 0, false, 2_000.0));
        assert!(keeper.is_due("ring", 30, false, 3_000.0));
        assert_eq!(name(&mut keeper, 30, 3_000.0, "b"), "b");
    }

    #[test]
    fn a_run_of_another_preset_is_another_however_far_it_has_got() {
        let mut keeper = Keeper::default();
        assert!(keeper.is_due("ring", 100, false, 1_000.0));
        name(&mut keeper, 100, 1_000.0, "a");
        assert!(keeper.is_due("mnist-mlp", 150, false, 2_000.0));
        assert_eq!(name(&mut keeper, 150, 2_000.0, "b"), "b");
    }

    #[test]
    fn a_kept_run_that_goes_on_keeps_its_place() {
        let mut keeper = Keeper::default();
        keeper.opened("a".to_string(), 400, 1_000.0);
        assert!(keeper.is_of("a") && !keeper.is_due("ring", 400, false, 2_000.0));
        assert!(keeper.is_due("ring", 450, false, 3_000.0));
        assert_eq!(name(&mut keeper, 450, 3_000.0, "b"), "a");
        keeper.forget("a");
        assert_eq!(name(&mut keeper, 460, 3_000.0, "b"), "b");
    }
}
