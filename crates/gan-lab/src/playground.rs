//! The page, as any script sees it: `window.ganPlayground`.

use js_sys::{Array, Float32Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::lessons::Observed;
use crate::remedies::Change;
use crate::stage::frame::Counts;

fn playground() -> JsValue {
    let window = web_sys::window().expect("the lab runs in a page");
    member(&window, "ganPlayground")
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn call(name: &str, argument: &JsValue) -> JsValue {
    method(&playground(), name, argument)
}

/// The run, as far as the lab looks at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Whether its data are points of the plane.
    pub on_points: bool,
    /// What its nets minimise, as in a spec.
    pub objective: String,
    /// Numbers in a latent.
    pub latent_size: u32,
}

/// The run in force.
pub fn run() -> Run {
    let spec = call("spec", &JsValue::UNDEFINED);
    let text = |object: &JsValue, name: &str| member(object, name).as_string().unwrap_or_default();
    Run {
        on_points: text(&member(&spec, "data"), "source") == "points",
        objective: text(&spec, "objective"),
        latent_size: member(&member(&spec, "latent"), "size").as_f64().unwrap_or(0.0) as u32,
    }
}

/// Calls `watcher` with step, counts and numbers of every stage, for as long as the page lives.
pub fn watch(watcher: impl Fn(u64, Counts, Vec<f32>) + 'static) {
    let called = Closure::<dyn Fn(JsValue)>::new(move |stage: JsValue| {
        let count = |name: &str| member(&stage, name).as_f64().unwrap_or(0.0) as usize;
        let counts = Counts {
            reals: count("reals"),
            fakes: count("fakes"),
            pulls: count("pulls"),
            lattice: count("lattice"),
            lattice_rows: count("latticeRows"),
            surface: count("surface"),
        };
        let numbers = Float32Array::new(&member(&stage, "numbers")).to_vec();
        watcher(count("step") as u64, counts, numbers);
    });
    call("watch", &called.into_js_value());
}

/// Calls `tick` about every `interval_ms` for as long as the page lives.
pub(crate) fn every_ms(interval_ms: i32, tick: impl FnMut() + 'static) {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    let window = web_sys::window().expect("the lab runs in a page");
    window
        .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), interval_ms)
        .expect("a window has timers");
}

/// Scores of the run's newest samples; `None` where there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Mean distance between two samples, relative to the reals'.
    pub diversity: Option<f64>,
    /// Modes of the data.
    pub modes: Option<f64>,
    /// Those that have a sample.
    pub covered: Option<f64>,
    /// Share of the samples that lie at a mode.
    pub high_quality: Option<f64>,
}

/// Something that the run seems to suffer from.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which illness.
    pub kind: String,
    /// The figures behind it.
    pub figures: Vec<(String, f64)>,
}

/// How the run does.
pub fn findings() -> (Scores, Vec<Finding>) {
    let snapshot = call("snapshot", &JsValue::UNDEFINED);
    let scores = member(&snapshot, "scores");
    let score = |name: &str| member(&scores, name).as_f64();
    let found = member(&snapshot, "diagnoses");
    let found = if found.is_object() { Array::from(&found) } else { Array::new() };
    let finding = |one: JsValue| {
        let figures = member(&one, "figures");
        let figures = figures.dyn_into::<Object>().map(|figures| Object::entries(&figures));
        let figures = figures.unwrap_or_default().into_iter().filter_map(|entry| {
            let entry = Array::from(&entry);
            Some((entry.get(0).as_string()?, entry.get(1).as_f64()?))
        });
        Finding {
            kind: member(&one, "kind").as_string().unwrap_or_default(),
            figures: figures.collect(),
        }
    };
    let scores = Scores {
        diversity: score("diversity"),
        modes: score("modes"),
        covered: score("modesCovered"),
        high_quality: score("highQuality"),
    };
    (scores, found.iter().map(finding).collect())
}

/// Changes the run. What is refused, the page itself tells.
pub fn apply(change: Change) {
    let spec = call("spec", &JsValue::UNDEFINED);
    let rate = |net: &str| member(&member(&spec, net), "learning_rate").as_f64().unwrap_or(0.0);
    let tuning = Object::new();
    // Setting a member of a fresh object does not fail.
    let set = |name: &str, value: JsValue| drop(Reflect::set(&tuning, &name.into(), &value));
    match change {
        Change::Rates(generator, discriminator) => {
            if generator != 1.0 {
                let rate = generator * rate("generator_optimizer");
                set("generator_learning_rate", rate.into());
            }
            if discriminator != 1.0 {
                let rate = discriminator * rate("discriminator_optimizer");
                set("discriminator_learning_rate", rate.into());
            }
        }
        Change::Objective(objective) => set("objective", objective.into()),
        Change::DiscriminatorSteps(steps) => set("discriminator_steps", steps.into()),
        Change::Anew(fields) => return begin_anew(spec, fields),
    }
    ignore_refusal(&call("tune", &tuning));
}

/// As [`Change::Anew`], with fields that are not known beforehand.
pub(crate) fn begin_anew_with(fields: &str) {
    begin_anew(call("spec", &JsValue::UNDEFINED), fields);
}

/// The run with other `fields` from its start, and on if it was going.
fn begin_anew(spec: JsValue, fields: &str) {
    let fields = JSON::parse(fields).unwrap_or(JsValue::UNDEFINED);
    let (Ok(spec), Ok(fields)) = (spec.dyn_into::<Object>(), fields.dyn_into::<Object>()) else {
        return;
    };
    let snapshot = call("snapshot", &JsValue::UNDEFINED);
    let was_running = member(&snapshot, "phase").as_string().as_deref() == Some("running");
    let loaded = call("load", &Object::assign(&spec, &fields));
    let Ok(loaded) = loaded.dyn_into::<Promise>() else { return };
    let then = Closure::once(move |_: JsValue| {
        if was_running {
            ignore_refusal(&call("start", &JsValue::UNDEFINED));
        }
    });
    ignore_refusal(&loaded.then(&then).into());
    then.forget();
}

/// What is known of the run, for a lesson's conditions.
pub fn observed() -> Observed {
    let snapshot = call("snapshot", &JsValue::UNDEFINED);
    let (_, found) = findings();
    let scores = member(&snapshot, "scores").dyn_into::<Object>();
    let scores = scores.map(|scores| Object::entries(&scores)).unwrap_or_default();
    let scores = scores.into_iter().filter_map(|entry| {
        let entry = Array::from(&entry);
        Some((entry.get(0).as_string()?, entry.get(1).as_f64()?))
    });
    Observed {
        step: member(&snapshot, "step").as_f64().unwrap_or(0.0) as u64,
        scores: scores.collect(),
        diagnoses: found.into_iter().map(|one| one.kind).collect(),
    }
}

/// Loads a run (a preset's name and what differs from it, as JSON) and starts it, or does one of the
/// two; `done` is called when it is as asked for, or was refused, which the page itself tells.
pub fn drive(load: Option<&str>, start: bool, done: impl FnOnce() + 'static) {
    let begin = move |_: JsValue| {
        if start { call("start", &JsValue::UNDEFINED) } else { JsValue::UNDEFINED }
    };
    let Some(load) = load else {
        ignore_refusal(&begin(JsValue::UNDEFINED));
        return done();
    };
    let load = JSON::parse(load).unwrap_or(JsValue::UNDEFINED);
    let loaded = call("load", &load);
    let begun = method(&loaded, "then", &Closure::once_into_js(begin));
    ignore_refusal(&begun);
    let finished = method(&begun, "finally", &Closure::once_into_js(done));
    ignore_refusal(&finished);
}

/// Adds `lessons()` and `lesson(id)` to the page's interface for scripts. `list` gives names and
/// titles; `begin` begins one, calls what it is given when that has reached its end, and says whether
/// there is such a lesson.
pub fn offer_lessons(
    list: impl Fn() -> Vec<(String, String)> + 'static,
    begin: impl Fn(&str, Function) -> bool + 'static,
) {
    let list = Closure::<dyn Fn() -> Array>::new(move || {
        let entries = list().into_iter().map(|(id, title)| {
            let entry = Object::new();
            // Setting a member of a fresh object does not fail.
            let _ = Reflect::set(&entry, &"id".into(), &id.into());
            let _ = Reflect::set(&entry, &"title".into(), &title.into());
            entry
        });
        entries.collect()
    });
    let begin = Closure::<dyn Fn(JsValue) -> Promise>::new(move |id: JsValue| {
        let id = id.as_string().unwrap_or_default();
        Promise::new(&mut |resolve: Function, reject: Function| {
            if !begin(&id, resolve) {
                let error = js_sys::Error::new(&format!("there is no lesson `{id}`"));
                let _ = Reflect::set(&error, &"code".into(), &"usage".into());
                // A promise's function does not throw.
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            }
        })
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

/// The page has told whoever reads it.
fn ignore_refusal(promise: &JsValue) {
    if let Some(promise) = promise.dyn_ref::<Promise>() {
        let nothing = Closure::once(|_: JsValue| ());
        drop(promise.catch(&nothing));
        nothing.forget();
    }
}
