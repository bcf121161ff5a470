//! The page's interface for scripts, `window.ganPlayground`: the lab's only connection to the page.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gan_protocol::{Ailment, Figure, Named, Objective, Score, StageSet, Tuning};
use js_sys::{Array, Float32Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::before;
use crate::leaving::{self, Reason};
use crate::timeline::record::Samples;

fn playground() -> JsValue {
    let window = web_sys::window().expect("the lab runs in a page");
    member(&window, "ganPlayground")
}

pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

pub(crate) fn call(name: &str, argument: &JsValue) -> JsValue {
    method(&playground(), name, argument)
}

/// The facts about the run that the lab needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Its number among the page's runs.
    pub number: u32,
    /// Whether its data are points in the plane.
    pub on_points: bool,
    /// Its objective.
    pub objective: Option<Objective>,
    /// Whether its data are digits that the classifier can read: 28 × 28 pixels of one channel.
    pub on_digits: bool,
    /// Columns, rows and channels of its images.
    pub image: [usize; 3],
    /// Number of classes of its generator; 0 if unconditional.
    pub classes: usize,
    /// Size of the user's files that it learns from; 0 if there are none.
    pub file_bytes: u64,
}

/// The current run.
pub fn run() -> Run {
    let spec = spec_value();
    let text = |object: &JsValue, name: &str| member(object, name).as_string();
    let objective = text(&spec, "objective").map(serde_json::Value::from);
    let data = member(&spec, "data");
    let source = text(&data, "source").unwrap_or_default();
    let image = image_in(&data);
    Run {
        number: leaving::run_number(),
        on_points: source == "points",
        objective: objective.and_then(|name| serde_json::from_value(name).ok()),
        on_digits: ["mnist", "drawn_digits"].contains(&source.as_str()) && image == [28, 28, 1],
        image,
        classes: count(&member(&spec, "labels"), "classes"),
        file_bytes: size_of(&run_files()),
    }
}

/// The user's files that the run learns from, each `{name, bytes}`: the page's own buffers.
pub(crate) fn run_files() -> Array {
    call("runFiles", &JsValue::UNDEFINED).dyn_into().unwrap_or_default()
}

/// The size of files, in bytes.
pub(crate) fn size_of(files: &Array) -> u64 {
    files.iter().map(|file| count(&member(&file, "bytes"), "length") as u64).sum()
}

fn count(object: &JsValue, name: &str) -> usize {
    member(object, name).as_f64().unwrap_or(0.0) as usize
}

/// Columns, rows and channels of the images of a spec's `data`.
pub(crate) fn image_in(data: &JsValue) -> [usize; 3] {
    ["width", "height", "channels"].map(|name| count(data, name))
}

thread_local! {
    /// Scores computed by the lab itself, for the step at which it computed them.
    static OWN_SCORES: RefCell<BTreeMap<Score, f64>> = const { RefCell::new(BTreeMap::new()) };
}

/// Adds a score of the lab's own to the [`observed`] ones; `None` removes it.
pub(crate) fn note_score(score: Score, value: Option<f64>) {
    OWN_SCORES.with_borrow_mut(|scores| match value {
        Some(value) => drop(scores.insert(score, value)),
        None => drop(scores.remove(&score)),
    });
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

/// Calls `watcher` with the step, the layout and the numbers of every stage, for the lifetime of
/// the page.
pub fn watch(watcher: impl Fn(u64, StageSet, Vec<f32>) + 'static) {
    let called = Closure::<dyn Fn(JsValue)>::new(move |stage: JsValue| {
        let count = |name: &str| member(&stage, name).as_f64().unwrap_or(0.0) as usize;
        let set = StageSet {
            reals: count("reals"),
            fakes: count("fakes"),
            pulls: count("pulls"),
            lattice: count("lattice"),
            lattice_rows: count("latticeRows"),
            surface: count("surface"),
        };
        let numbers = Float32Array::new(&member(&stage, "numbers")).to_vec();
        watcher(count("step") as u64, set, numbers);
    });
    call("watch", &called.into_js_value());
}

/// Calls `tick` about every `interval_ms`, for the lifetime of the current part of the view.
pub(crate) fn every_ms(interval_ms: i32, tick: impl FnMut() + 'static) {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    let window = web_sys::window().expect("the lab runs in a page");
    let timer = window
        .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), interval_ms)
        .expect("a window has timers");
    leptos::prelude::on_cleanup(move || {
        if let Some(window) = web_sys::window() {
            window.clear_interval_with_handle(timer);
        }
    });
}

/// The observed state of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// Generator steps done.
    pub step: u64,
    /// Scores, as in the page's snapshot.
    pub scores: BTreeMap<Score, f64>,
    /// Diagnoses, the worst first.
    pub findings: Vec<Finding>,
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The failure.
    pub kind: Ailment,
    /// The figures behind it.
    pub figures: BTreeMap<Figure, f64>,
}

impl Observed {
    /// The same in the form for lessons' conditions.
    pub fn seen(&self) -> gan_lessons::Seen {
        let diagnoses = self.findings.iter().map(|one| one.kind).collect();
        gan_lessons::Seen { step: self.step, scores: self.scores.clone(), diagnoses }
    }
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

/// Calls `done` when one more step has been made or was refused; a refusal is shown beside the
/// toolbar.
pub(crate) fn step(done: impl FnOnce() + 'static) {
    settle(&call("step", &1.into()), |answer| {
        tell_refusal(answer.map(drop));
        done();
    });
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

/// The page's own snapshot.
pub(crate) fn snapshot() -> JsValue {
    call("snapshot", &JsValue::UNDEFINED)
}

/// The observed state of the run, with the lab's own scores.
pub fn observed() -> Observed {
    let mut observed = observed_in(&snapshot());
    OWN_SCORES.with_borrow(|own| observed.scores.extend(own.clone()));
    observed
}

/// The newest losses of generator and discriminator.
pub(crate) fn losses() -> [Option<f64>; 2] {
    let losses = numbers_of(&member(&snapshot(), "losses"));
    ["generator", "discriminator"].map(|net| losses.get(net).copied())
}

/// The observed state in a snapshot.
pub(crate) fn observed_in(snapshot: &JsValue) -> Observed {
    let found = member(snapshot, "diagnoses");
    let found = if found.is_object() { Array::from(&found) } else { Array::new() };
    let finding = |one: JsValue| {
        Some(Finding {
            kind: Ailment::named(&member(&one, "kind").as_string()?)?,
            figures: named_numbers(&member(&one, "figures")),
        })
    };
    Observed {
        step: member(snapshot, "step").as_f64().unwrap_or(0.0) as u64,
        scores: named_numbers(&member(snapshot, "scores")),
        findings: found.iter().filter_map(finding).collect(),
    }
}

/// Whether the run is training.
pub(crate) fn is_running() -> bool {
    member(&snapshot(), "phase").as_string().as_deref() == Some("running")
}

/// The members of `object` that are numbers.
pub(crate) fn numbers_of(object: &JsValue) -> BTreeMap<String, f64> {
    let entries = object.dyn_ref::<Object>().map(Object::entries).unwrap_or_default();
    let entries = entries.into_iter().map(|entry| Array::from(&entry));
    entries.filter_map(|entry| Some((entry.get(0).as_string()?, entry.get(1).as_f64()?))).collect()
}

/// The members of `object` that are numbers, by the values of their names.
fn named_numbers<T: Named + Ord>(object: &JsValue) -> BTreeMap<T, f64> {
    numbers_of(object)
        .iter()
        .filter_map(|(name, number)| Some((T::named(name)?, *number)))
        .collect()
}

/// Changes settings during the run; `done` is called when they are in force, or with the error.
pub(crate) fn tune(tuning: &Tuning, done: impl FnOnce(Result<(), String>) + 'static) {
    let tuning = serde_json::to_string(tuning).unwrap_or_default();
    let tuning = JSON::parse(&tuning).unwrap_or(JsValue::UNDEFINED);
    settle(&call("tune", &tuning), |answer| done(answer.map(drop)));
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

/// Restarts the run with other `fields`, a JSON merge patch, and starts it if it was running. A
/// refusal is shown beside the toolbar.
pub(crate) fn begin_anew(fields: &str) {
    let Ok(fields) = serde_json::from_str(fields) else { return };
    load(&gan_protocol::merged(&spec(), &fields), tell_refusal);
}

/// Loads another run, and starts it if this one was running; `done` is called when it is loaded, or
/// with the error.
pub(crate) fn load(run: &serde_json::Value, done: impl FnOnce(Result<(), String>) + 'static) {
    let was_running = is_running();
    drive(JSON::parse(&run.to_string()).ok(), was_running, done);
}

/// Loads a run, starts it, or both; `done` is called when that is done, or with the error.
fn drive(load: Option<JsValue>, start: bool, done: impl FnOnce(Result<(), String>) + 'static) {
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

fn tell_refusal(result: Result<(), String>) {
    if let Err(message) = result {
        before::refused(message);
    }
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
    leaving::because(Reason::Lesson);
    drive(load, start, |result| {
        leaving::because(Reason::User);
        tell_refusal(result);
        done();
    });
}

/// The functions that settle a promise.
pub struct Settling {
    resolve: Function,
    reject: Function,
}

impl Settling {
    /// Resolves the promise.
    pub fn done(self) {
        // A promise's functions do not throw.
        let _ = self.resolve.call0(&JsValue::UNDEFINED);
    }

    /// Rejects the promise with `message`.
    pub fn refused(self, code: &str, message: &str) {
        let error = js_sys::Error::new(message);
        let _ = Reflect::set(&error, &"code".into(), &code.into());
        let _ = self.reject.call1(&JsValue::UNDEFINED, &error);
    }
}

/// Adds `lessons()` and `lesson(id)` to the page's interface for scripts. `list` returns names and
/// titles; `begin` starts a lesson and settles when the lesson has ended.
pub fn offer_lessons(
    list: impl Fn() -> Vec<(String, String)> + 'static,
    begin: impl Fn(&str, Settling) + 'static,
) {
    let list = Closure::<dyn Fn() -> Array>::new(move || {
        let entries = list().into_iter().map(|(id, title)| {
            let entry = Object::new();
            // Setting a member of a new object does not fail.
            let _ = Reflect::set(&entry, &"id".into(), &id.into());
            let _ = Reflect::set(&entry, &"title".into(), &title.into());
            entry
        });
        entries.collect()
    });
    let begin = Closure::<dyn Fn(JsValue) -> Promise>::new(move |id: JsValue| {
        let id = id.as_string().unwrap_or_default();
        Promise::new(&mut |resolve, reject| begin(&id, Settling { resolve, reject }))
    });
    let playground = playground();
    let _ = Reflect::set(&playground, &"lessons".into(), &list.into_js_value());
    let _ = Reflect::set(&playground, &"lesson".into(), &begin.into_js_value());
}

fn method(object: &JsValue, name: &str, argument: &JsValue) -> JsValue {
    let function: Result<Function, _> = member(object, name).dyn_into();
    let called = function.and_then(|function| function.call1(object, argument));
    called.unwrap_or(JsValue::UNDEFINED)
}
