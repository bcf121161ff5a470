//! Controls the runs beside the page's own, which `web/lab/other-runs.js` holds at the places 0 to 2.

use js_sys::{JSON, Reflect};
use wasm_bindgen::prelude::*;

use crate::observation::{Observed, numbers_of, observed_in};
use crate::playground::{run_files, samples_in, settle, snapshot};
use crate::timeline::record::Samples;
use crate::workers;

/// Most runs beside the page's own.
pub(super) const MOST_OTHERS: usize = 3;

fn call(kind: &str, at: usize, fields: &[(&str, JsValue)]) -> JsValue {
    let mut all = vec![("at", at.into())];
    all.extend(fields.iter().cloned());
    workers::ask("others", kind, &all)
}

/// Loads `spec` in a new worker. `done` is called when it is ready, or with the error.
pub(super) fn load(
    at: usize,
    spec: &serde_json::Value,
    done: impl FnOnce(Result<(), String>) + 'static,
) {
    let spec = JSON::parse(&spec.to_string()).unwrap_or(JsValue::UNDEFINED);
    settle(&call("load", at, &[("spec", spec), ("files", run_files().into())]), move |answer| {
        done(answer.map(drop))
    });
}

/// Ends the run.
pub(super) fn end(at: usize) {
    call("end", at, &[]);
}

/// Starts or pauses the run; does nothing after its end.
pub(super) fn let_run(at: usize, runs: bool) {
    settle(&call(if runs { "start" } else { "pause" }, at, &[]), |_| ());
}

/// Samples of the run; `None` if there are none.
pub(super) fn sample(
    at: usize,
    count: u32,
    seed: u32,
    done: impl FnOnce(Option<Samples>) + 'static,
) {
    let asked = call("sample", at, &[("count", count.into()), ("seed", seed.into())]);
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

/// The run's state.
pub(super) fn state(at: usize) -> State {
    state_in(&call("snapshot", at, &[]))
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
