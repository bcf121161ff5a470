//! Records the page's run at intervals.

use leptos::prelude::*;

use super::record::{Figures, Moment, Timeline};
use crate::observation::{self, Run};
use crate::playground;
use crate::ticks::every_ms;

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 500;
/// Samples of a moment.
const IMAGES: u32 = 16;
const POINTS: u32 = 500;
/// Seed of the latents of all moments.
const SEED: u32 = 1 << 21;

/// The past of the run on the page.
#[derive(Clone, Copy)]
pub(crate) struct Past {
    pub(super) kept: RwSignal<Timeline>,
    pub(super) run: RwSignal<Run>,
    /// The moment shown; `None` for the newest.
    pub(super) chosen: RwSignal<Option<usize>>,
}

impl Past {
    /// Records the run from now on, for the lifetime of the page.
    pub(crate) fn follow() -> Self {
        let (kept, chosen) = (RwSignal::new(Timeline::default()), RwSignal::new(None::<usize>));
        let run = RwSignal::new(observation::run());
        let asked = StoredValue::new(false);
        every_ms(LOOK_EVERY_MS, move || {
            let (now, run_now) = (observation::observed(), observation::run());
            if run_now != run.get_untracked()
                || kept.with_untracked(|kept| kept.is_outrun_by(now.step))
            {
                run.set(run_now);
                kept.set(Timeline::default());
                chosen.set(None);
            }
            if now.step > 0 {
                let (step, scores) = (now.step, now.scores.clone());
                let figures = Figures { step, losses: observation::losses(), scores };
                // Figures are not shown, so that no update is needed.
                kept.update_untracked(|kept| kept.note(figures));
            }
            let is_due = kept.with_untracked(|kept| kept.is_due(now.step));
            if asked.get_value() || !is_due || now.step == 0 {
                return;
            }
            asked.set_value(true);
            let count = if run_now.on_points { POINTS } else { IMAGES };
            playground::sample_any(count, SEED, move |samples| {
                asked.set_value(false);
                // The run may have been replaced by now.
                if let Some(samples) = samples
                    && observation::run() == run_now
                {
                    kept.update(|kept| {
                        kept.keep(Moment { step: now.step, samples, scores: now.scores });
                    });
                }
            });
        });
        Self { kept, run, chosen }
    }
}
