//! Controls the second run, which `web/lab/second-run.js` holds.

use js_sys::{JSON, Reflect};
use wasm_bindgen::prelude::*;

use crate::observation::{Observed, numbers_of, observed_in};
use crate::playground::{run_files, samples_in, settle, snapshot};
use crate::timeline::record::Samples;
use crate::workers;

fn call(kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    workers::ask("second", kind, fields)
}

/// Trains `spec` in a new worker. `done` is called when it trains, or with the error.
pub(super) fn begin(spec: &serde_json::Value, done: impl FnOnce(Result<(), String>) + 'static) {
    let spec = JSON::parse(&spec.to_string()).unwrap_or(JsValue::UNDEFINED);
    settle(&call("begin", &[("spec", spec), ("files", run_files().into())]), move |answer| {
        done(answer.map(drop))
    });
}

/// Ends the second run.
pub(super) fn end() {
    call("end", &[]);
}

/// Starts or pauses the second run; does nothing after its end.
pub(super) fn let_run(runs: bool) {
    settle(&call(if runs { "start" } else { "pause" }, &[]), |_| ());
}

/// Samples of the second run; `None` if there are none.
pub(super) fn sample(count: u32, seed: u32, done: impl FnOnce(Option<Samples>) + 'static) {
    let asked = call("sample", &[("count", count.into()), ("seed", seed.into())]);
    settle(&asked, move |found| {
        done(found.ok().and_then(|found| samples_in(&found)));
    });
}

/// The state of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    pub(super) seen: Observed,
    pub(super) generator_loss: Option<f64>,
    pub(super) discriminator_loss: Option<f64>,
    pub(super) error: Option<String>,
}

/// The state of the second run.
pub(super) fn state() -> State {
    state_in(&call("snapshot", &[]))
}

/// The state of the page's own run.
pub(super) fn state_of_first() -> State {
    state_in(&snapshot())
}

fn state_in(snapshot: &JsValue) -> State {
    let member = |name: &str| Reflect::get(snapshot, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let losses = numbers_of(&member("losses"));
    State {
        seen: observed_in(snapshot),
        generator_loss: losses.get("generator").copied(),
        discriminator_loss: losses.get("discriminator").copied(),
        error: member("error").as_string(),
    }
}
