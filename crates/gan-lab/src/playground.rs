//! The page's interface for scripts, `window.ganPlayground`: the lab's only connection to the page.

use std::cell::RefCell;

use gan_protocol::{PlaneSet, Tuning};
use js_sys::{Array, Float32Array, Function, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::timeline::record::Samples;

fn playground() -> JsValue {
    let window = web_sys::window().expect("the lab runs in a page");
    member(&window, "ganPlayground")
}

pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Adds a function to the interface.
pub(crate) fn extend(name: &str, function: &JsValue) {
    // The page's object accepts new members.
    let _ = Reflect::set(&playground(), &name.into(), function);
}

pub(crate) fn call(name: &str, argument: &JsValue) -> JsValue {
    method(&playground(), name, argument)
}

/// The user's files that the run learns from, each `{name, bytes}`: the page's own buffers.
pub(crate) fn run_files() -> Array {
    call("runFiles", &JsValue::UNDEFINED).dyn_into().unwrap_or_default()
}

/// The size of files, in bytes.
pub(crate) fn size_of(files: &Array) -> u64 {
    files.iter().map(|file| count(&member(&file, "bytes"), "length") as u64).sum()
}

pub(crate) fn count(object: &JsValue, name: &str) -> usize {
    member(object, name).as_f64().unwrap_or(0.0) as usize
}

/// Columns, rows and channels of the images of a spec's `data`.
pub(crate) fn image_in(data: &JsValue) -> [usize; 3] {
    ["width", "height", "channels"].map(|name| count(data, name))
}

/// Calls `done` with `count` images drawn by `seed`, in the page's layout of pixels; classes take
/// turns. `None` if the page refuses.
pub(crate) fn sample(count: u32, seed: u32, done: impl FnOnce(Option<Uint8Array>) + 'static) {
    settle(&call("sample", &wanted(count, seed)), move |found| {
        done(found.ok().and_then(|found| member(&found, "pixels").dyn_into().ok()));
    });
}

/// As [`sample`], for images or points; `None` if the page refuses.
pub(crate) fn sample_any(count: u32, seed: u32, done: impl FnOnce(Option<Samples>) + 'static) {
    settle(&call("sample", &wanted(count, seed)), move |found| {
        done(found.ok().and_then(|found| samples_in(&found)));
    });
}

/// Calls `done` with `count` real samples chosen by `seed`; `None` if the page refuses, which it does
/// until the data are there.
pub(crate) fn reals(count: u32, seed: u32, done: impl FnOnce(Option<Samples>) + 'static) {
    settle(&call("reals", &wanted(count, seed)), move |found| {
        done(found.ok().and_then(|found| samples_in(&found)));
    });
}

/// Calls `done` with the time of a training step on this device, in milliseconds; `None` if the page
/// refuses. The first steps of a run also set up the device: the second answer counts.
pub(crate) fn step_time(done: impl FnOnce(Option<f64>) + 'static) {
    settle(&call("probe", &JsValue::UNDEFINED), move |_| {
        settle(&call("probe", &JsValue::UNDEFINED), move |answer| {
            done(answer.ok().and_then(|ms| ms.as_f64()).filter(|ms| ms.is_finite()));
        });
    });
}

/// The samples in a reply of the page's `sample`.
pub(crate) fn samples_in(found: &JsValue) -> Option<Samples> {
    if let Ok(pixels) = member(found, "pixels").dyn_into::<Uint8Array>() {
        return Some(Samples::Images(pixels.to_vec()));
    }
    let points: Float32Array = member(found, "points").dyn_into().ok()?;
    Some(Samples::Points(points.to_vec()))
}

fn wanted(count: u32, seed: u32) -> Object {
    let wanted = Object::new();
    // Setting a member of a new object does not fail.
    let _ = Reflect::set(&wanted, &"count".into(), &count.into());
    let _ = Reflect::set(&wanted, &"seed".into(), &seed.into());
    wanted
}

/// Calls `done` with the run's checkpoint, or with the error.
pub(crate) fn checkpoint(done: impl FnOnce(Result<Uint8Array, String>) + 'static) {
    settle(&call("checkpoint", &JsValue::UNDEFINED), move |found| {
        done(found.map(|bytes| bytes.unchecked_into()));
    });
}

/// The run's preset, and the name of its data in a spec.
pub(crate) fn names() -> (String, String) {
    let snapshot = snapshot();
    let text = |name: &str| member(&snapshot, name).as_string().unwrap_or_default();
    (text("preset"), text("dataset"))
}

/// Calls `done` with the value of `promise`, or with the message of its rejection.
pub(crate) fn settle(promise: &JsValue, done: impl FnOnce(Result<JsValue, String>) + 'static) {
    let done = std::rc::Rc::new(RefCell::new(Some(done)));
    let refused = done.clone();
    let given = Closure::once_into_js(move |value: JsValue| {
        if let Some(done) = done.take() {
            done(Ok(value));
        }
    });
    let refused = Closure::once_into_js(move |error: JsValue| {
        if let Some(done) = refused.take() {
            done(Err(member(&error, "message").as_string().unwrap_or_default()));
        }
    });
    if let Ok(then) = member(promise, "then").dyn_into::<Function>() {
        // A promise's own function does not throw.
        let _ = then.call2(promise, &given, &refused);
    }
}

/// Calls `watcher` with the step, the layout and the numbers of every plane, for the lifetime of
/// the page.
pub fn watch(watcher: impl Fn(u64, PlaneSet, Vec<f32>) + 'static) {
    let called = Closure::<dyn Fn(JsValue)>::new(move |plane: JsValue| {
        let count = |name: &str| member(&plane, name).as_f64().unwrap_or(0.0) as usize;
        let set = PlaneSet {
            reals: count("reals"),
            fakes: count("fakes"),
            pulls: count("pulls"),
            lattice: count("lattice"),
            lattice_rows: count("latticeRows"),
            surface: count("surface"),
        };
        let numbers = Float32Array::new(&member(&plane, "numbers")).to_vec();
        watcher(count("step") as u64, set, numbers);
    });
    call("watch", &called.into_js_value());
}

/// The current run's spec as JSON.
pub(crate) fn spec() -> serde_json::Value {
    let spec = JSON::stringify(&spec_value());
    let spec = spec.ok().and_then(|text| text.as_string()).unwrap_or_default();
    serde_json::from_str(&spec).unwrap_or_default()
}

/// The same as a JavaScript object.
pub(crate) fn spec_value() -> JsValue {
    call("spec", &JsValue::UNDEFINED)
}

/// Calls `done` when the run is paused.
pub(crate) fn pause(done: impl FnOnce() + 'static) {
    settle(&call("pause", &JsValue::UNDEFINED), |_| done());
}

/// Continues from a checkpoint, at rest; with `files`, if it learns from the user's.
pub(crate) fn restore(
    checkpoint: &JsValue,
    files: &Array,
    done: impl FnOnce(Result<(), String>) + 'static,
) {
    let stored = Object::new();
    // Setting a member of a new object does not fail.
    let _ = Reflect::set(&stored, &"checkpoint".into(), checkpoint);
    let _ = Reflect::set(&stored, &"files".into(), files);
    restore_stored(&stored, done);
}

/// As [`restore`], with both in one object.
pub(crate) fn restore_stored(bytes: &JsValue, done: impl FnOnce(Result<(), String>) + 'static) {
    settle(&call("restore", bytes), |answer| done(answer.map(drop)));
}

/// The page's own snapshot.
pub(crate) fn snapshot() -> JsValue {
    call("snapshot", &JsValue::UNDEFINED)
}

/// Whether the run is training.
pub(crate) fn is_running() -> bool {
    member(&snapshot(), "phase").as_string().as_deref() == Some("running")
}

/// Whether there is a run that nothing trains.
pub(crate) fn stands_still() -> bool {
    let phase = member(&snapshot(), "phase").as_string();
    matches!(phase.as_deref(), Some("ready" | "paused"))
}

/// Changes settings during the run; `done` is called when they are in force, or with the error.
pub(crate) fn tune(tuning: &Tuning, done: impl FnOnce(Result<(), String>) + 'static) {
    let tuning = serde_json::to_string(tuning).unwrap_or_default();
    let tuning = JSON::parse(&tuning).unwrap_or(JsValue::UNDEFINED);
    settle(&call("tune", &tuning), |answer| done(answer.map(drop)));
}

/// Loads another run, and starts it if this one was running; `done` is called when it is loaded, or
/// with the error.
pub(crate) fn load(run: &serde_json::Value, done: impl FnOnce(Result<(), String>) + 'static) {
    let was_running = is_running();
    drive(JSON::parse(&run.to_string()).ok(), was_running, done);
}

/// Loads a run, starts it, or both; `done` is called when that is done, or with the error.
pub(crate) fn drive(
    load: Option<JsValue>,
    start: bool,
    done: impl FnOnce(Result<(), String>) + 'static,
) {
    let begin = move |_: JsValue| {
        if start { call("start", &JsValue::UNDEFINED) } else { JsValue::UNDEFINED }
    };
    let begun = match load {
        Some(load) => method(&call("load", &load), "then", &Closure::once_into_js(begin)),
        None if start => begin(JsValue::UNDEFINED),
        None => return done(Ok(())),
    };
    settle(&begun, |answer| done(answer.map(drop)));
}

fn method(object: &JsValue, name: &str, argument: &JsValue) -> JsValue {
    let function: Result<Function, _> = member(object, name).dyn_into();
    let called = function.and_then(|function| function.call1(object, argument));
    called.unwrap_or(JsValue::UNDEFINED)
}
