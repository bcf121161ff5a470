//! Shows the discriminator's verdicts on fresh samples, and on the user's drawing.

use js_sys::{Float32Array, Uint8Array};
use leptos::html;
use leptos::prelude::*;

use super::digits::readings;
use super::drawing::DrawingBoard;
use super::verdict_text;
use crate::inspector::{Question, ask};
use crate::observation::{self, Run};
use crate::picture::Picture;
use crate::playground;
use crate::refusals::failure;
use crate::words::{key, say_with, t};

/// Samples on the sheet.
const SAMPLES: u32 = 16;
/// First seed of the sheets: not one of the readings'.
const FIRST_SEED: u32 = 1 << 20;

/// A sample with its verdict and the digit that is read.
#[derive(Clone, Debug, PartialEq)]
struct Judged {
    pixels: Vec<u8>,
    verdict: f32,
    digit: Option<usize>,
}

#[component]
pub(super) fn Verdicts(run: RwSignal<Run>, hidden: Signal<bool>) -> impl IntoView {
    let judged = RwSignal::new(Vec::<Judged>::new());
    let at_step = RwSignal::new(0_u64);
    let failed = RwSignal::new(None::<String>);
    let seed = StoredValue::new(FIRST_SEED);
    let draws = RwSignal::new(false);
    let judge = move || {
        seed.update_value(|seed| *seed += 1);
        at_step.set(observation::observed().step);
        let run = run.get_untracked();
        playground::checkpoint(move |checkpoint| {
            let checkpoint = match checkpoint {
                Ok(checkpoint) => checkpoint,
                Err(message) => return failed.set(Some(message)),
            };
            ask(Question::Inspect(checkpoint), move |answer| {
                failed.set(answer.as_ref().err().cloned());
                if answer.is_err() {
                    return;
                }
                playground::sample(SAMPLES, seed.get_value(), move |pixels| {
                    let Some(pixels) = pixels else { return };
                    judge_samples(run, pixels, move |answer| match answer {
                        // Verdicts about another run would be mistaken for this one's.
                        Ok(samples) if observation::run() == run => judged.set(samples),
                        Ok(_) => {}
                        Err(message) => failed.set(Some(message)),
                    });
                });
            });
        });
    };
    // The verdicts shown are another run's.
    Effect::new(move |_| {
        run.track();
        judged.set(Vec::new());
        draws.set(false);
    });
    let none = Signal::derive(move || judged.with(Vec::is_empty));
    let told = move || say_with(key("verdicts-step"), &[("step", at_step.get().to_string())]);
    view! {
        <div class="lab-verdicts" hidden=hidden>
            <h2>{t("verdicts-title")}</h2>
            <p class="hint">{t("verdicts-hint")}</p>
            <div class="lab-remedies">
                <button on:click=move |_| judge()>{t("verdicts-ask")}</button>
                <button
                    hidden=Signal::derive(move || run.get().image[2] != 1)
                    aria-pressed=move || draws.get().to_string()
                    on:click=move |_| {
                        draws.update(|draws| *draws = !*draws);
                        if draws.get_untracked() {
                            judge();
                        }
                    }
                >
                    {t("verdicts-draw")}
                </button>
            </div>
            {failure(move || failed.get())}
            <ul class="lab-sheet" hidden=none>
                {move || {
                    judged.get().into_iter().enumerate().map(|(number, one)| {
                        view! { <Sample run=run.get_untracked() number=number one=one/> }
                    }).collect_view()
                }}
            </ul>
            <p class="hint number" hidden=none>{told}</p>
            {move || draws.get().then(|| view! { <DrawingBoard run=run.get_untracked()/> })}
        </div>
    }
}

/// Requests verdicts on samples, and the digits as which they are read if the data are digits.
fn judge_samples(
    run: Run,
    pixels: Uint8Array,
    done: impl FnOnce(Result<Vec<Judged>, String>) + 'static,
) {
    let labels = match run.classes {
        0 => Vec::new(),
        classes => (0..SAMPLES as usize).map(|i| (i % classes) as u16).collect(),
    };
    let copy = pixels.clone();
    ask(Question::Verdicts(pixels, labels), move |answer| {
        let verdicts = match answer {
            Ok(answer) => Float32Array::new(&answer).to_vec(),
            Err(message) => return done(Err(message)),
        };
        let [width, height, channels] = run.image;
        let bytes = copy.to_vec();
        let images = bytes.chunks_exact((width * height * channels).max(1));
        let mut judged: Vec<Judged> = images
            .zip(verdicts)
            .map(|(image, verdict)| Judged { pixels: image.to_vec(), verdict, digit: None })
            .collect();
        if !run.on_digits {
            return done(Ok(judged));
        }
        ask(Question::Read(copy), move |answer| {
            if let Ok(answer) = answer {
                let found = readings(&Float32Array::new(&answer).to_vec());
                for (one, (digit, _)) in judged.iter_mut().zip(found) {
                    one.digit = Some(digit);
                }
            }
            done(Ok(judged));
        });
    });
}

#[component]
fn Sample(run: Run, number: usize, one: Judged) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let pixels = one.pixels.clone();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            Picture::of_images(&pixels, run.image, 1).show(&canvas);
        }
    });
    let verdict = verdict_text(&run, one.verdict);
    let told = {
        let verdict = verdict.clone();
        move || {
            let mut facts =
                vec![("number", (number + 1).to_string()), ("verdict", verdict.clone())];
            match one.digit {
                Some(digit) => {
                    facts.push(("digit", digit.to_string()));
                    say_with(key("verdict-of-digit"), &facts)
                }
                None => say_with(key("verdict-of-sample"), &facts),
            }
        }
    };
    view! {
        <li>
            <canvas node_ref=canvas role="img" aria-label=told></canvas>
            <span class="number" aria-hidden="true">{verdict}</span>
        </li>
    }
}
