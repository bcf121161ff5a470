//! Tells what a run on digits comes to, in the caption of the page's first sheet.

use gan_protocol::{DataSource, Named as _, Score};
use leptos::prelude::*;

use super::milestones::{Milestone, Sight, edge_and_middle};
use crate::choices;
use crate::observation;
use crate::playground::{self, member};
use crate::ticks::every_ms;
use crate::timeline::record::Samples;
use crate::words::t;

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 2_000;
/// Samples that are looked at.
const SAMPLES: u32 = 8;
/// Seed of their latents.
const SEED: u32 = 1 << 20;
/// Where it is stored that a reader wants no narration any more.
const STORED: &str = "gan-playground-narration";

/// Passes through the data: steps times the batch over the number of real images.
fn epochs(step: u64) -> f64 {
    let samples = member(&playground::snapshot(), "samples").as_f64();
    let batch = playground::count(&playground::spec_value(), "batch_size") as f64;
    samples.map_or(0.0, |samples| step as f64 * batch / samples)
}

fn is_mnist() -> bool {
    playground::names().1 == DataSource::Mnist.name()
}

/// Whether a milestone that was reached at a step is no news at a later one: the run has made half as many
/// steps again, and at least 200.
fn is_past(reached_at: u64, step: u64) -> bool {
    step > reached_at + (reached_at / 2).max(200)
}

/// The newest milestone, with a button that ends the narration for good.
#[component]
pub(crate) fn Narration() -> impl IntoView {
    let ended = RwSignal::new(choices::is_off(STORED));
    // The milestone, the run's number, and the kinds of digits when it was reached.
    let reached = RwSignal::new(None::<(Milestone, u32, Option<f64>)>);
    // Whether it is news no longer: under later samples its sentence would be untrue.
    let is_old = RwSignal::new(false);
    let reached_at = StoredValue::new(0_u64);
    let asked = StoredValue::new(false);
    every_ms(LOOK_EVERY_MS, move || {
        let run = observation::run();
        // A generator that is given pictures draws digits almost from its start.
        let draws = run.on_digits && !run.is_given;
        let runs = playground::is_running() && is_mnist() && draws;
        let is_told = !ended.get_untracked() && runs;
        let last = reached.with_untracked(|reached| reached.map(|(milestone, ..)| milestone));
        observation::want_digits("narration", is_told && last < Some(Milestone::AllDigits));
        let is_other = reached
            .with_untracked(|reached| reached.is_some_and(|(_, number, _)| number != run.number));
        if is_other || ended.get_untracked() {
            reached.set(None);
        }
        if !is_told || asked.get_value() {
            return;
        }
        asked.set_value(true);
        playground::sample_any(SAMPLES, SEED, move |samples| {
            asked.set_value(false);
            let Some(Samples::Images(pixels)) = samples else { return };
            if observation::run() != run || ended.get_untracked() {
                return;
            }
            let observed = observation::observed();
            if is_past(reached_at.get_value(), observed.step) {
                is_old.set(true);
            }
            let [edge, middle] = edge_and_middle(&pixels, [run.image[0], run.image[1]]);
            let digits = observed.scores.get(&Score::Digits).copied();
            let (step, epochs) = (observed.step, epochs(observed.step));
            let now = Milestone::reached(&Sight { step, edge, middle, digits, epochs });
            // What was reached is not taken back.
            let is_further =
                reached.with_untracked(|reached| reached.is_none_or(|(before, ..)| now > before));
            if is_further {
                reached_at.set_value(step);
                is_old.set(false);
                reached.set(Some((now, run.number, digits)));
            }
        });
    });
    let end = move |_| {
        ended.set(true);
        reached.set(None);
        observation::want_digits("narration", false);
        choices::turn(STORED, false);
    };
    let told = move || reached.get().map(|(milestone, _, digits)| milestone.told(digits));
    view! {
        <span class="lab-narration hint" hidden=move || is_old.get() || reached.get().is_none()>
            <span role="status">{told}</span>
            <button class="quiet icon" aria-label=t("narration-end") title=t("narration-end") on:click=end>
                "×"
            </button>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_milestone_is_news_for_a_while() {
        assert!(!is_past(40, 240) && is_past(40, 241));
        assert!(!is_past(2_000, 3_000) && is_past(2_000, 3_001));
    }
}
