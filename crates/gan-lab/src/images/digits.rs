//! Counts the digits that the generator draws, as the project's classifier reads them.

use gan_lessons::{LEAST_SHARE, digits_drawn};
use js_sys::Float32Array;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use gan_protocol::{Score, Share};

use crate::figures::{percent, points_of_error};
use crate::inspector::{Question, ask};
use crate::observation::{self, Run};
use crate::places::{Place, Places};
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, say, say_with};

/// Samples that are read at a time.
const SAMPLES: u32 = 100;
/// The newest readings, which are counted together: of a hundred samples alone, none at all may be of
/// a digit that has more than [`LEAST_SHARE`] of them.
const READINGS: usize = 3;
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

/// Samples of each digit.
type Counts = [u64; DIGITS];

fn counts(readings: &[(usize, f32)]) -> Counts {
    let mut counts = [0; DIGITS];
    for (digit, _) in readings {
        counts[*digit] += 1;
    }
    counts
}

/// The share of each digit in all readings.
fn shares(readings: &[Counts]) -> [Share; DIGITS] {
    let of = |digit: usize| readings.iter().map(|counts| counts[digit]).sum::<u64>();
    let all = (0..DIGITS).map(of).sum();
    std::array::from_fn(|digit| Share::of(of(digit), all))
}

/// The share of each digit in one reading: `probabilities` of ten digits for each image.
pub(crate) fn digit_shares(probabilities: &[f32]) -> [f64; DIGITS] {
    shares(&[counts(&readings(probabilities))]).map(|share| share.value)
}

/// The digits that are certainly hardly drawn: the whole interval of 95 % lies below [`LEAST_SHARE`].
/// Then those that are seldom seen, maybe by chance.
fn missing(shares: &[Share; DIGITS]) -> [Vec<usize>; 2] {
    let seldom = (0..DIGITS).filter(|digit| shares[*digit].value < LEAST_SHARE);
    let (certain, doubtful) =
        seldom.partition(|digit| shares[*digit].interval_95()[1] < LEAST_SHARE);
    [certain, doubtful]
}

/// The digits among the newest samples.
#[derive(Clone, Copy)]
pub(crate) struct DigitCounts {
    /// The newest readings, the last one at the end.
    seen: RwSignal<Vec<Counts>>,
}

impl DigitCounts {
    /// Reads digits about once a second while they are seen, or wanted, for the lifetime of the page.
    pub(crate) fn follow(places: Places) -> Self {
        let seen = RwSignal::new(Vec::<Counts>::new());
        let asked = StoredValue::new(false);
        let seed = StoredValue::new(0_u32);
        // The step that was read last, and how many times.
        let step = StoredValue::new(u64::MAX);
        let times = StoredValue::new(0_usize);
        every_ms(READ_EVERY_MS, move || {
            let now = observation::observed().step;
            let on_digits = observation::run().on_digits;
            let is_other = now < step.get_value() && step.get_value() != u64::MAX;
            if is_other || (!on_digits && seen.with_untracked(|seen| !seen.is_empty())) {
                // Another run: the readings of the last one no longer apply.
                step.set_value(u64::MAX);
                seen.set(Vec::new());
                observation::note_score(Score::Digits, None);
            }
            // A hundred samples a second cost the run some time.
            let is_wanted = places.is_shown(Place::Look) || observation::digits_are_wanted();
            if !on_digits || !is_wanted {
                return;
            }
            // New steps are read after the reading under way; a step at which the run rests is read until
            // all readings are of that step.
            let times_read = if step.get_value() == now { times.get_value() } else { 0 };
            if asked.get_value() || now == 0 || times_read == READINGS {
                return;
            }
            step.set_value(now);
            times.set_value(times_read + 1);
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
                    let numbers = numbers.to_vec();
                    let counts = counts(&readings(&numbers));
                    let drawn = digits_drawn(&digit_shares(&numbers));
                    observation::note_score(Score::Digits, Some(drawn as f64));
                    seen.update(|seen| {
                        seen.push(counts);
                        let old = seen.len().saturating_sub(READINGS);
                        seen.drain(..old);
                    });
                });
            });
        });
        Self { seen }
    }
}

/// The shares of the ten digits as bars.
#[component]
pub(super) fn Digits(counts: DigitCounts, run: RwSignal<Run>) -> impl IntoView {
    let seen = counts.seen;
    let hidden = Signal::derive(move || seen.with(Vec::is_empty) || !run.get().on_digits);
    let all_shares = Memo::new(move |_| seen.with(|seen| shares(seen)));
    let told = move || {
        let list = |digits: &[usize]| {
            digits.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        match &all_shares.with(missing) {
            [certain, _] if !certain.is_empty() => {
                say_with(key("digits-missing"), &[("digits", list(certain))])
            }
            [_, doubtful] if !doubtful.is_empty() => {
                say_with(key("digits-doubtful"), &[("digits", list(doubtful))])
            }
            _ => say(key("digits-all")),
        }
    };
    let bars = (0..DIGITS).map(|digit| {
        let share = move || all_shares.with(|shares| shares[digit]);
        // A bar of full height is twice the fair share.
        let height = move || format!("{:.0}%", (share().value * 500.0).min(100.0));
        view! {
            <li>
                <span class="lab-bar-space" aria-hidden="true">
                    <span class="lab-digit-bar" style:height=height></span>
                </span>
                <span class="number">{digit}</span>
                <span class="hint number">{move || percent(share().value)}</span>
                <span class="lab-error number">{move || points_of_error(share())}</span>
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

    /// Readings of a hundred samples each, with so many of the digit 8 and of each other digit.
    fn read(of_eight: [u64; READINGS]) -> [Share; DIGITS] {
        let reading = |of_eight| {
            std::array::from_fn(|digit| match digit {
                8 => of_eight,
                9 => 20 - of_eight,
                _ => 10,
            })
        };
        shares(&of_eight.map(reading))
    }

    #[test]
    fn shares_are_those_of_all_readings_together() {
        let shares = read([1, 2, 3]);
        assert_eq!(shares[8], Share::of(6, 300));
        assert!((shares.iter().map(|share| share.value).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_digit_is_missing_only_where_chance_is_no_explanation() {
        // 2 of 300: at most 2.4 % with 95 % certainty; 3 of 300: up to 2.9 %.
        assert_eq!(missing(&read([2, 0, 0])), [vec![8], vec![]]);
        assert_eq!(missing(&read([1, 1, 1])), [vec![], vec![8]]);
        assert!(missing(&read([7, 1, 0])).iter().all(Vec::is_empty));
        // A hundred samples are too few: none of them may be of a digit that has 3.7 %.
        let [certain, doubtful] = missing(&shares(&[counts(&[(0, 1.0); 100])]));
        assert_eq!((certain.len(), doubtful.len()), (0, 9));
    }

    #[test]
    fn the_score_counts_the_digits_of_one_reading() {
        let mut readings: Vec<(usize, f32)> = (0..98).map(|i| (i % 7, 1.0)).collect();
        readings.extend([(8, 1.0), (8, 1.0)]);
        let shares = shares(&[counts(&readings)]);
        assert_eq!(digits_drawn(&shares.map(|share| share.value)), 7);
    }
}
