//! The user's own hand: what a generator that is given pictures makes of a drawing, of a real sample, or
//! of a picture of the user's, while it is being drawn.

use gan_data::luma;
use gan_protocol::{ConditionSpec, Degradation, Mask, RunSpec};
use js_sys::{Float32Array, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use serde_json::json;

use super::Pictured;
use super::board::{Board, BoardCanvas, Brush, Tool};
use super::digits::readings;
use crate::inspector::{Question, Restored, ask};
use crate::observation::{self, Run};
use crate::playground;
use crate::refusals::failure;
use crate::sampler::is_seen;
use crate::sheet;
use crate::ticks::every_ms;
use crate::timeline::record::Samples;
use crate::words::{key, say, say_with, t};
use crate::workers;

/// Time between two generators taken from a run that goes on.
const FOLLOW_EVERY_MS: i32 = 1_500;
/// First seed of real samples: not one of the page's own.
const FIRST_SEED: u32 = 1 << 21;
/// Radius of the brushes, in pixels: a soft dot, a thin line for outlines, and a hole.
const SOFT: f32 = 1.6;
const THIN: f32 = 1.3;
const WIDE: f32 = 2.5;

/// What the generator made.
#[derive(Clone, Debug, Default, PartialEq)]
struct Answer {
    given: Vec<u8>,
    made: Vec<u8>,
    /// The digit that the classifier reads, and its probability.
    digit: Option<(usize, f32)>,
    ms: f64,
}

/// How the run makes pictures.
fn condition() -> Option<ConditionSpec> {
    RunSpec::from_value(playground::spec()).ok()?.condition
}

/// The key of the sentence that says what can be done with a picture of this kind.
fn hint(picture: Option<Degradation>) -> &'static str {
    match picture {
        Some(Degradation::Downscaled { .. }) => key("hand-hint-downscaled"),
        Some(Degradation::Noised { .. }) => key("hand-hint-noised"),
        Some(Degradation::Masked { .. }) => key("hand-hint-masked"),
        Some(Degradation::Edges {}) => key("hand-hint-edges"),
        Some(Degradation::Grey {}) => key("hand-hint-grey"),
        Some(Degradation::Paired { .. }) => key("hand-hint-paired"),
        None => key("hand-hint-translated"),
    }
}

#[component]
pub(super) fn Restoring(run: RwSignal<Run>) -> impl IntoView {
    let hidden = Signal::derive(move || !run.get().is_given);
    view! {
        <div class="lab-hand" hidden=hidden>
            <h2>{t("hand-title")}</h2>
            // Another run has another size of pictures.
            {move || (!hidden.get()).then(|| view! { <Hand run=run.get()/> })}
        </div>
    }
}

#[component]
fn Hand(run: Run) -> impl IntoView {
    let picture = condition().map(|condition| condition.picture);
    let cuts = matches!(picture, Some(Degradation::Masked { .. }));
    let outlines = matches!(picture, Some(Degradation::Edges {}));
    let place = NodeRef::<html::Div>::new();
    let board = RwSignal::new(Board::new(run.image));
    // Whether the board holds a whole image, whose outlines are taken.
    let is_sample = RwSignal::new(false);
    let tool = RwSignal::new(if cuts { Tool::Cut } else { Tool::Draw });
    let brush = Signal::derive(move || match tool.get() {
        Tool::Cut => Brush { tool: Tool::Cut, radius: WIDE },
        Tool::Draw if outlines => Brush { tool: Tool::Draw, radius: THIN },
        other => Brush { tool: other, radius: SOFT },
    });
    let noise = RwSignal::new(1_u32);
    let answer = RwSignal::new(Answer::default());
    let failed = RwSignal::new(None::<String>);
    let seed = StoredValue::new(FIRST_SEED);
    // The step of the generator at hand, and what it was asked last.
    let at_step = StoredValue::new(None::<u64>);
    let asked = StoredValue::new(None::<(Restored, Option<u64>)>);
    let busy = StoredValue::new(false);
    let takes = StoredValue::new(false);
    let question = move || Restored {
        pixels: board.with_untracked(|board| board.pixels.clone()),
        missing: if cuts {
            board.with_untracked(|board| board.missing.clone())
        } else {
            Vec::new()
        },
        seed: noise.get_untracked(),
        is_sample: is_sample.get_untracked(),
        label: 0,
    };
    // Strokes come faster than answers: the newest drawing is asked about after the last answer.
    let look = move || {
        if busy.try_get_value().unwrap_or(true) || at_step.get_value().is_none() {
            return;
        }
        let now = (question(), at_step.get_value());
        if asked.with_value(|asked| asked.as_ref() == Some(&now)) {
            return;
        }
        let of_outlines = outlines && now.0.is_sample;
        let begin = web_sys::js_sys::Date::now();
        let label =
            answer.with_untracked(|answer| answer.digit).map_or(0, |(digit, _)| digit as u16);
        let of = Restored { label, ..now.0.clone() };
        asked.set_value(Some(now));
        busy.set_value(true);
        ask(Question::Restored(of), move |reply| {
            let _ = busy.try_update_value(|busy| *busy = false);
            let found = match reply {
                Ok(bytes) => Uint8Array::new(&bytes).to_vec(),
                Err(message) => {
                    let _ = failed.try_set(Some(message));
                    return;
                }
            };
            let (given, made) = found.split_at(found.len() / 2);
            let ms = web_sys::js_sys::Date::now() - begin;
            let (given, made) = (given.to_vec(), made.to_vec());
            if of_outlines {
                // From here on the outlines are the drawing.
                let _ = is_sample.try_set(false);
                let pixels = given.clone();
                let _ = board.try_update(|board| board.pixels = pixels);
            }
            let _ = failed.try_set(None);
            let _ = answer.try_set(Answer { given, made: made.clone(), digit: None, ms });
            if run.on_digits {
                read(made, move |digit| {
                    let _ = answer.try_update(|answer| answer.digit = digit);
                });
            }
        });
    };
    let take = move || {
        if takes.get_value() {
            return;
        }
        takes.set_value(true);
        let step = observation::observed().step;
        playground::checkpoint(move |checkpoint| match checkpoint {
            Err(message) => {
                let _ = takes.try_update_value(|takes| *takes = false);
                let _ = failed.try_set(Some(message));
            }
            Ok(checkpoint) => ask(Question::Inspect(checkpoint), move |reply| {
                let _ = takes.try_update_value(|takes| *takes = false);
                if observation::run() != run {
                    return;
                }
                match reply {
                    Ok(_) => {
                        let _ = at_step.try_update_value(|at| *at = Some(step));
                    }
                    Err(message) => drop(failed.try_set(Some(message))),
                }
            }),
        });
    };
    // The pictures of these runs are not made of the data.
    let is_of_second_set = matches!(picture, None | Some(Degradation::Paired { .. }));
    let show_real = move || {
        seed.update_value(|seed| *seed += 1);
        if is_of_second_set {
            let place = (seed.get_value() - FIRST_SEED - 1) as usize;
            if let Some(pixels) = sheet::given(sheet::FIXED, place, run.image) {
                let _ =
                    board.try_update(|board| *board = Board { pixels, ..Board::new(run.image) });
                let _ = is_sample.try_set(true);
            }
            return;
        }
        playground::reals(1, seed.get_value(), move |samples| {
            let Some(Samples::Images(pixels)) = samples else { return };
            let _ = board.try_update(|board| *board = Board { pixels, ..Board::new(run.image) });
            let _ = is_sample.try_set(true);
        });
    };
    // Begins with a real sample as soon as there is one.
    let begun = StoredValue::new(false);
    // A checkpoint costs the run some time, so none is taken while the panel is out of sight.
    let seen = move || place.try_get_untracked().flatten().is_some_and(|place| is_seen(&place));
    every_ms(FOLLOW_EVERY_MS, move || {
        let is_behind = at_step.try_get_value().flatten() != Some(observation::observed().step);
        if is_behind && observation::run() == run && seen() {
            take();
        }
        if seen() && !begun.get_value() {
            begun.set_value(true);
            if board.with_untracked(Board::is_empty) {
                show_real();
            }
        }
    });
    every_ms(30, look);
    let show_picture = move || {
        let side = run.image[0].max(run.image[1]);
        let chosen = workers::ask("pictures", "one", &[("side", (side as u32).into())]);
        playground::settle(&chosen, move |found| match found {
            Ok(pixels) if pixels.is_undefined() => {}
            Ok(pixels) => {
                let pixels = fitted(&Uint8Array::new(&pixels).to_vec(), side, run.image);
                let _ =
                    board.try_update(|board| *board = Board { pixels, ..Board::new(run.image) });
                let _ = is_sample.try_set(true);
            }
            Err(_) => drop(failed.try_set(Some(say(key("hand-unread"))))),
        });
    };
    // Every picture then has this hole: the run begins anew.
    let train_with_hole = move || {
        let missing = board
            .with_untracked(|board| board.missing.iter().map(|byte| *byte > 0).collect::<Vec<_>>());
        let [width, height, _] = run.image;
        let Some(rows) = Mask::of_pixels(&missing, [height, width]) else { return };
        let mut spec = playground::spec();
        spec["condition"]["picture"]["hole"] = json!({ "kind": "drawn", "rows": rows });
        playground::load(&spec, move |loaded| {
            if let Err(message) = loaded {
                let _ = failed.try_set(Some(message));
            }
        });
    };
    let given = Signal::derive(move || answer.with(|answer| answer.given.clone()));
    let made = Signal::derive(move || answer.with(|answer| answer.made.clone()));
    let choice = move |name: &'static str, value: Tool| {
        view! {
            <button
                aria-pressed=move || (tool.get() == value).to_string()
                on:click=move |_| tool.set(value)
            >
                {t(name)}
            </button>
        }
    };
    let words = move || {
        answer.with(|answer| match answer.digit {
            Some((digit, share)) => {
                let share = format!("{:.0}", 100.0 * share);
                say_with(key("hand-told"), &[("digit", digit.to_string()), ("share", share)])
            }
            None => String::new(),
        })
    };
    view! {
        <p class="hint">{t(hint(picture))}</p>
        <div node_ref=place class="lab-hand-boards">
            <figure>
                <BoardCanvas board=board brush=brush label=key("hand-board")/>
                <figcaption aria-hidden="true">{t("hand-drawn")}</figcaption>
            </figure>
            <Pictured name=key("hand-given") pixels=given image=run.image/>
            <Pictured name=key("hand-made") pixels=made image=run.image/>
        </div>
        <p role="status" class="number">{words}</p>
        {failure(move || failed.get())}
        <div class="lab-remedies">
            {cuts.then(|| choice(key("hand-cut"), Tool::Cut))}
            {choice(key("hand-draw"), Tool::Draw)}
            {choice(key("hand-erase"), Tool::Erase)}
            <button on:click=move |_| show_real()>{t("hand-real")}</button>
            <button on:click=move |_| show_picture()>{t("hand-picture")}</button>
            <button
                hidden=!matches!(picture, Some(Degradation::Noised { .. }))
                on:click=move |_| noise.update(|seed| *seed += 1)
            >
                {t("hand-noise")}
            </button>
            <button
                hidden=!cuts
                on:click=move |_| board.update(|board| board.missing.fill(0))
            >
                {t("hand-whole")}
            </button>
            <button
                hidden=!cuts
                disabled=move || board.with(|board| board.missing.iter().all(|byte| *byte == 0))
                on:click=move |_| train_with_hole()
            >
                {t("hand-train")}
            </button>
            <button on:click=move |_| {
                is_sample.set(false);
                board.set(Board::new(run.image));
            }>
                {t("hand-clear")}
            </button>
        </div>
        <p class="hint number" hidden=move || answer.with(|answer| answer.made.is_empty())>
            {move || {
                let ms = answer.with(|answer| format!("{:.0}", answer.ms.max(1.0)));
                say_with(key("hand-time"), &[("ms", ms)])
            }}
        </p>
    }
}

/// The digit that the classifier reads in an image.
fn read(pixels: Vec<u8>, done: impl FnOnce(Option<(usize, f32)>) + 'static) {
    ask(Question::Read(Uint8Array::from(pixels.as_slice())), move |reply| {
        let probabilities = reply.ok().map(|reply| Float32Array::new(&reply).to_vec());
        done(readings(&probabilities.unwrap_or_default()).first().copied());
    });
}

/// The middle of RGB pixels of a square of `side`, as an image of `[width, height, channels]`.
fn fitted(rgb: &[u8], side: usize, [width, height, channels]: [usize; 3]) -> Vec<u8> {
    let (top, left) = ((side - height) / 2, (side - width) / 2);
    let mut pixels = Vec::with_capacity(width * height * channels);
    for row in top..top + height {
        for column in left..left + width {
            let Some(&[red, green, blue]) =
                rgb.get(3 * (row * side + column)..).and_then(<[u8]>::first_chunk)
            else {
                continue;
            };
            if channels == 3 {
                pixels.extend([red, green, blue]);
            } else {
                pixels.push(luma([red, green, blue]));
            }
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_cut_to_the_runs_size_and_channels() {
        // Four rows of four: the number of a pixel in each of its channels.
        let rgb: Vec<u8> = (0..16).flat_map(|pixel| [pixel; 3]).collect();
        assert_eq!(fitted(&rgb, 4, [4, 2, 1]), [4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(
            fitted(&rgb, 4, [1, 4, 3]).chunks(3).map(|p| p[0]).collect::<Vec<_>>(),
            [1, 5, 9, 13]
        );
        assert_eq!(fitted(&rgb[..3], 4, [4, 4, 1]), [0]);
    }
}
