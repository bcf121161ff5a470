//! Trains the runs of a sweep, which `web/lab/sweep.js` holds.

use gan_protocol::Score;
use js_sys::{Float32Array, JSON};
use wasm_bindgen::prelude::*;

use gan_lessons::digits_drawn;

use crate::images::digit_shares;
use crate::inspector::{Question, ask};
use crate::observation::{Observed, Run, observed_in};
use crate::playground::{member, run_files, samples_in, settle};
use crate::timeline::record::Samples;
use crate::workers;

/// Samples of a run: images for the digits' shares, points for the picture.
const IMAGES: u32 = 100;
const POINTS: u32 = 500;
/// Seed of the latents of all runs.
const SEED: u32 = 5 << 20;

fn call(kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    workers::ask("sweep", kind, fields)
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) seen: Observed,
    pub(super) samples: Option<Samples>,
    /// Why the run broke down, if it did.
    pub(super) error: Option<String>,
}

/// Trains `spec` for `steps`; `done` gets what it came to, or nothing after [`end`]. `run` is the run
/// that is varied.
pub(super) fn train(
    id: u32,
    spec: &serde_json::Value,
    steps: u32,
    run: &Run,
    done: impl FnOnce(Option<Outcome>) + 'static,
) {
    let spec = JSON::parse(&spec.to_string()).unwrap_or(JsValue::UNDEFINED);
    let fields = [
        ("id", id.into()),
        ("spec", spec),
        ("files", run_files().into()),
        ("steps", steps.into()),
        ("count", (if run.on_points { POINTS } else { IMAGES }).into()),
        ("seed", SEED.into()),
    ];
    let on_digits = run.on_digits;
    settle(&call("train", &fields), move |answer| {
        let Ok(answer) = answer else { return done(None) };
        let mut outcome = Outcome {
            seen: observed_in(&answer),
            samples: samples_in(&answer),
            error: member(&answer, "error").as_string(),
        };
        let pixels = member(&answer, "pixels").dyn_into::<js_sys::Uint8Array>();
        match pixels {
            Ok(pixels) if on_digits => ask(Question::Read(pixels), move |answer| {
                if let Some(numbers) = answer.ok().and_then(|it| it.dyn_into::<Float32Array>().ok())
                {
                    let drawn = digits_drawn(&digit_shares(&numbers.to_vec()));
                    outcome.seen.scores.insert(Score::Digits, drawn as f64);
                }
                done(Some(outcome));
            }),
            _ => done(Some(outcome)),
        }
    });
}

/// The step at which a run stands.
pub(super) fn step(id: u32) -> u32 {
    call("step", &[("id", id.into())]).as_f64().unwrap_or(0.0) as u32
}

/// Ends all runs.
pub(super) fn end() {
    call("end", &[]);
}

/// Number of runs that train at the same time.
pub(super) fn at_once() -> usize {
    call("atOnce", &[]).as_f64().unwrap_or(1.0) as usize
}
