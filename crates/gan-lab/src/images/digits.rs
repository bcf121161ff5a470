//! Counts the digits that the generator draws, as the project's classifier reads them.

use gan_lessons::{LEAST_SHARE, digits_drawn};
use js_sys::Float32Array;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use gan_protocol::Score;

use crate::inspector::{Question, ask};
use crate::observation::{self, Run};
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, say, say_with};

/// Samples that are read at a time.
const SAMPLES: u32 = 100;
const DIGITS: usize = 10;
/// Time between two readings during the run.
const READ_EVERY_MS: i32 = 1_000;

/// The most probable digit of each image, with its probability.
pub(super) fn readings(probabilities: &[f32]) -> Vec<(usize, f32)> {
    let rows = probabilities.chunks_exact(DIGITS);
    let best = |row: &[f32]| {
        let places = row.iter().copied().enumerate();
        places.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    };
    rows.map(best).collect()
}

/// The share of each digit.
fn shares(readings: &[(usize, f32)]) -> [f64; DIGITS] {
    let mut shares = [0.0; DIGITS];
    for (digit, _) in readings {
        shares[*digit] += 1.0 / readings.len() as f64;
    }
    shares
}

/// The shares of the ten digits as bars, read about once a second.
#[component]
pub(super) fn Digits(run: RwSignal<Run>) -> impl IntoView {
    let seen = RwSignal::new(None::<[f64; DIGITS]>);
    let asked = StoredValue::new(false);
    let seed = StoredValue::new(0_u32);
    let step = StoredValue::new(u64::MAX);
    every_ms(READ_EVERY_MS, move || {
        let now = observation::observed().step;
        if now < step.get_value() && step.get_value() != u64::MAX {
            // Another run: the readings of the last one no longer apply.
            step.set_value(u64::MAX);
            seen.set(None);
            observation::note_score(Score::Digits, None);
        }
        if !run.get_untracked().on_digits {
            return;
        }
        // New steps are read after the reading under way.
        if asked.get_value() || now == 0 || step.get_value() == now {
            return;
        }
        step.set_value(now);
        asked.set_value(true);
        seed.update_value(|seed| *seed += 1);
        playground::sample(SAMPLES, seed.get_value(), move |pixels| {
            let Some(pixels) = pixels else { return asked.set_value(false) };
            ask(Question::Read(pixels), move |answer| {
                asked.set_value(false);
                // An answer about another run does not apply to this one.
                if observation::observed().step < now {
                    return;
                }
                let Some(numbers) = answer.ok().and_then(|a| a.dyn_into::<Float32Array>().ok())
                else {
                    return;
                };
                let shares = shares(&readings(&numbers.to_vec()));
                observation::note_score(Score::Digits, Some(digits_drawn(&shares) as f64));
                seen.set(Some(shares));
            });
        });
    });
    Effect::new(move |_| {
        if !run.get().on_digits {
            seen.set(None);
            observation::note_score(Score::Digits, None);
        }
    });
    let hidden = Signal::derive(move || seen.get().is_none() || !run.get().on_digits);
    let told = move || {
        let shares = seen.get().unwrap_or_default();
        let missing: Vec<String> = (0..DIGITS)
            .filter(|digit| shares[*digit] < LEAST_SHARE)
            .map(|digit| digit.to_string())
            .collect();
        if missing.is_empty() {
            return say(key("digits-all"));
        }
        say_with(key("digits-missing"), &[("digits", missing.join(", "))])
    };
    let bars = (0..DIGITS).map(|digit| {
        let share = move || seen.get().map_or(0.0, |shares| shares[digit]);
        // A bar of full height is twice the fair share.
        let height = move || format!("{:.0}%", (share() * 500.0).min(100.0));
        let told = move || format!("{:.0}", 100.0 * share());
        view! {
            <li>
                <span class="lab-bar-space" aria-hidden="true">
                    <span class="lab-digit-bar" style:height=height></span>
                </span>
                <span class="number">{digit}</span>
                <span class="hint number">{told}" %"</span>
            </li>
        }
    });
    view! {
        <div class="lab-digits" hidden=hidden>
            <h2>{move || say(key("digits-title"))}</h2>
            <p class="hint">{move || say(key("digits-hint"))}</p>
            <ul>{bars.collect_view()}</ul>
            <p role="status">{told}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_probable_digit_is_read() {
        let mut probabilities = vec![0.05; 20];
        (probabilities[3], probabilities[19]) = (0.55, 0.5);
        assert_eq!(readings(&probabilities), [(3, 0.55), (9, 0.5)]);
    }

    #[test]
    fn a_digit_that_is_hardly_drawn_is_missing() {
        let mut readings: Vec<(usize, f32)> = (0..98).map(|i| (i % 7, 1.0)).collect();
        readings.extend([(8, 1.0), (8, 1.0)]);
        let shares = shares(&readings);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(digits_drawn(&shares), 7);
    }
}
