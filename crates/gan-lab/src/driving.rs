//! Loads, starts and changes runs of the page on behalf of the lab. The page's refusals are shown
//! in the bar at the top.

use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::before::refused;
use crate::leaving::{Reason, because};
use crate::playground::{call, drive, load, settle, spec, spec_value};

/// Calls `done` when one more step has been made or was refused; a refusal is shown beside the
/// toolbar.
pub(crate) fn step(done: impl FnOnce() + 'static) {
    settle(&call("step", &1.into()), |answer| {
        tell_refusal(answer.map(drop));
        done();
    });
}

/// Trains the page's run; a refusal is shown beside the toolbar.
pub(crate) fn start() {
    drive(None, true, tell_refusal);
}

/// Restarts the current run from its start; `done` is called when it trains, or with the error.
pub(crate) fn train_anew(done: impl FnOnce(Result<(), String>) + 'static) {
    drive(Some(spec_value()), true, done);
}

/// Trains on the user's files, each with its name. `run` is the run to load. A refusal is shown
/// beside the toolbar.
pub(crate) fn train_on_files(files: &[(&str, Vec<u8>)], run: &serde_json::Value) {
    let list = Array::new();
    for (name, bytes) in files {
        let file = Object::new();
        // Setting a member of a new object does not fail.
        let _ = Reflect::set(&file, &"name".into(), &(*name).into());
        let _ = Reflect::set(&file, &"bytes".into(), &Uint8Array::from(&bytes[..]));
        list.push(&file);
    }
    load_with_files(&list, run, true);
}

/// Loads `run`, which learns from `files`, a list of `{name, bytes}`, and starts it if `start`. If
/// a run on the page waits for files, it gets these and continues instead. A refusal is shown
/// beside the toolbar.
pub(crate) fn load_with_files(files: &JsValue, run: &serde_json::Value, start: bool) {
    let run = JSON::parse(&run.to_string()).ok();
    settle(&call("files", files), move |answer| {
        let goes_on = answer.is_ok_and(|answer| answer.is_truthy());
        if !goes_on {
            drive(run, start, tell_refusal);
        }
    });
}

/// Trains the run on other data from its start. `fields` holds `data` as a whole, because another
/// distribution has other members. `done` gets whether the run trains; a refusal is shown beside
/// the toolbar.
pub(crate) fn train_anew_on(fields: &str, done: impl FnOnce(bool) + 'static) {
    let spec = spec_value().dyn_into::<Object>();
    let fields = JSON::parse(fields).ok().and_then(|fields| fields.dyn_into::<Object>().ok());
    let (Ok(spec), Some(fields)) = (spec, fields) else { return done(false) };
    drive(Some(Object::assign(&spec, &fields).into()), true, |result| {
        let trains = result.is_ok();
        tell_refusal(result);
        done(trains);
    });
}

/// Loads `run`, and starts it if `start`; a refusal is shown beside the toolbar.
pub(crate) fn load_run(run: &serde_json::Value, start: bool) {
    drive(JSON::parse(&run.to_string()).ok(), start, tell_refusal);
}

/// Restarts the run with other `fields`, a JSON merge patch, and starts it if it was running. A
/// refusal is shown beside the toolbar.
pub(crate) fn begin_anew(fields: &str) {
    let Ok(fields) = serde_json::from_str(fields) else { return };
    load(&gan_protocol::merged(&spec(), &fields), tell_refusal);
}

/// Carries out a lesson's step: `load` is a preset's name and the differences from it, as JSON.
pub(crate) fn follow(load: Option<&str>, start: bool, done: impl FnOnce() + 'static) {
    let load = load.map(|json| JSON::parse(json).unwrap_or(JsValue::UNDEFINED));
    if load.is_none() {
        return drive(None, start, |result| {
            tell_refusal(result);
            done();
        });
    }
    because(Reason::Lesson);
    drive(load, start, |result| {
        because(Reason::User);
        tell_refusal(result);
        done();
    });
}

fn tell_refusal(result: Result<(), String>) {
    if let Err(message) = result {
        refused(message);
    }
}
