//! `window.ganPlayground`: the page's interface for scripts.
//!
//! `docs/page-api.md` documents the arguments and the result of each call; `tests/page_api.rs`
//! compares that page with this code.

use gan_protocol::Tuning;
use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::effects::browser::{document, js_value, member, plain_value, window};
use crate::effects::page::{Callback, with};
use crate::effects::requests;
use crate::effects::scripts::{error_of, file_list, outcome_of};
use crate::model::notice::AT_RUN;
use crate::model::refusal::Refusal;
use crate::model::snapshot::Snapshot;
use crate::model::supervisor::{Ask, NamedFile, Run};

/// Adds the interface to the window.
///
/// # Errors
/// The browser's exception.
pub fn put_up() -> Result<(), JsValue> {
    let api = Object::new();
    let add = |name: &str, function: JsValue| Reflect::set(&api, &name.into(), &function);
    let asking = |make: fn(JsValue) -> Result<Ask<Uint8Array>, Refusal>| {
        function(move |argument| match make(argument) {
            Ok(ask) => promised(|callback| with(|page| page.ask(ask, Some(callback)))),
            Err(refusal) => Promise::reject(&error_of(&refusal)).into(),
        })
    };
    add("snapshot", function(|_| snapshot()))?;
    add("spec", function(|_| spec()))?;
    add("load", function(|argument| load(&argument, None)))?;
    add("begin", function(begin))?;
    add("start", asking(|_| Ok(Ask::Start)))?;
    add("pause", asking(|_| Ok(Ask::Pause)))?;
    add("step", asking(|count| Ok(Ask::Step(whole(&count, "step", 1.0)? as u32))))?;
    add("reset", asking(|_| Ok(Ask::Reset)))?;
    add("tune", asking(tuning))?;
    add("sample", asking(sample))?;
    add("reals", asking(reals))?;
    add("probe", asking(|_| Ok(Ask::Probe)))?;
    add("checkpoint", asking(|_| Ok(Ask::Checkpoint)))?;
    add("restore", function(restore))?;
    add("watch", function(watch))?;
    add("leaving", function(leaving))?;
    add("files", function(files))?;
    add("runFiles", function(|_| with(|page| file_list(&page.supervisor.run().files))))?;
    add("waiting", function(|_| with(|page| page.waiting().map_or(JsValue::NULL, waiting))))?;
    Reflect::set(&window(), &"ganPlayground".into(), &api)?;
    document().dispatch_event(&web_sys::Event::new("gan-playground-ready")?)?;
    Ok(())
}

fn function(call: impl FnMut(JsValue) -> JsValue + 'static) -> JsValue {
    Closure::<dyn FnMut(JsValue) -> JsValue>::new(call).into_js_value()
}

/// A checkpoint that waits for its files, as a list of one file; null for a run without one.
fn waiting((run, name): (Run<Uint8Array>, String)) -> JsValue {
    run.checkpoint.map_or(JsValue::NULL, |(_, bytes)| {
        Array::from(&file_list(&[NamedFile { name, bytes }])).get(0)
    })
}

fn snapshot() -> JsValue {
    let snapshot = with(|page| {
        let supervisor = &page.supervisor;
        Snapshot::of(&supervisor.state, &supervisor.run().preset, page.averages())
    });
    js_value(&snapshot).unwrap_or(JsValue::NULL)
}

fn spec() -> JsValue {
    let spec = with(|page| page.supervisor.run().spec.to_value());
    js_value(&spec).unwrap_or(JsValue::NULL)
}

fn load(argument: &JsValue, initial: Option<Uint8Array>) -> JsValue {
    match value_of(argument) {
        Ok(value) => promised(|callback| {
            with(|page| requests::load_value(page, &value, initial, callback));
        }),
        Err(refusal) => Promise::reject(&error_of(&refusal)).into(),
    }
}

fn begin(argument: JsValue) -> JsValue {
    match bytes_of(member(&argument, "checkpoint")) {
        Some(bytes) => load(&member(&argument, "spec"), Some(bytes)),
        None => refused("begin takes {spec, checkpoint: Uint8Array}"),
    }
}

/// The bytes of a file.
fn bytes_of(file: JsValue) -> Option<Uint8Array> {
    if file.is_instance_of::<ArrayBuffer>() {
        return Some(Uint8Array::new(&file));
    }
    // A copy, so that the caller may continue to use its own bytes.
    file.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.slice(0, bytes.length()))
}

fn restore(argument: JsValue) -> JsValue {
    let (checkpoint, files) = match member(&argument, "checkpoint") {
        checkpoint if checkpoint.is_undefined() => (argument, Some(Vec::new())),
        checkpoint => (checkpoint, files_in(member(&argument, "files"))),
    };
    match bytes_of(checkpoint).zip(files) {
        Some((bytes, files)) => promised(|callback| {
            with(|page| requests::restore(page, bytes, files, callback));
        }),
        None => refused("restore takes a Uint8Array, an ArrayBuffer, or {checkpoint, files}"),
    }
}

fn files(list: JsValue) -> JsValue {
    match files_in(list) {
        Some(files) => {
            let goes_on = with(|page| match page.go_on_with(AT_RUN, files) {
                Some(files) => {
                    (page.files, page.files_kind) = (files, None);
                    false
                }
                None => true,
            });
            Promise::resolve(&JsValue::from(goes_on)).into()
        }
        None => refused("files takes a list of {name, bytes: Uint8Array}"),
    }
}

/// The rejected promise of an invalid call.
fn refused(message: &str) -> JsValue {
    Promise::reject(&error_of(&Refusal::usage(message))).into()
}

fn files_in(list: JsValue) -> Option<Vec<NamedFile<Uint8Array>>> {
    let own = with(|page| page.supervisor.run().files.clone());
    let named = |file: JsValue| {
        let mut bytes: Uint8Array = member(&file, "bytes").dyn_into().ok()?;
        if !own.iter().any(|file| Object::is(&file.bytes, &bytes)) {
            // A copy, so that the caller may continue to use its own bytes.
            bytes = bytes.slice(0, bytes.length());
        }
        Some(NamedFile { name: member(&file, "name").as_string()?, bytes })
    };
    list.dyn_into::<Array>().ok()?.iter().map(named).collect()
}

fn watch(argument: JsValue) -> JsValue {
    with(|page| page.watch(argument.dyn_into().ok()));
    JsValue::UNDEFINED
}

fn leaving(argument: JsValue) -> JsValue {
    with(|page| page.keep(argument.dyn_into().ok()));
    JsValue::UNDEFINED
}

fn tuning(argument: JsValue) -> Result<Ask<Uint8Array>, Refusal> {
    Ok(Ask::Tune(Tuning::from_value(&value_of(&argument)?)?))
}

fn reals(argument: JsValue) -> Result<Ask<Uint8Array>, Refusal> {
    let (count, seed) = count_and_seed(&argument)?;
    Ok(Ask::Reals { count, seed })
}

fn count_and_seed(argument: &JsValue) -> Result<(u32, u64), Refusal> {
    let count = whole(&member(argument, "count"), "count", 1.0)? as u32;
    let seed = whole(&member(argument, "seed"), "seed", 0.0)? as u64;
    Ok((count, seed))
}

fn sample(argument: JsValue) -> Result<Ask<Uint8Array>, Refusal> {
    let (count, seed) = count_and_seed(&argument)?;
    let label = member(&argument, "label");
    let label = if label.is_undefined() {
        None
    } else {
        // A class that the run lacks is refused by the session, which knows the run.
        Some(whole(&label, "label", 0.0)?.min(f64::from(u16::MAX)) as u16)
    };
    Ok(Ask::Sample { count, seed, label })
}

fn whole(value: &JsValue, name: &str, otherwise: f64) -> Result<f64, Refusal> {
    if value.is_undefined() {
        return Ok(otherwise);
    }
    let number = value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0);
    let number = number.filter(|number| *number < 2f64.powi(53));
    number.ok_or_else(|| Refusal::usage(format!("{name}: must be a whole number, 0 or more")))
}

fn value_of(argument: &JsValue) -> Result<Value, Refusal> {
    plain_value(argument).map_err(|message| Refusal::usage(format!("the argument {message}")))
}

/// A promise that the callback passed to `begin` settles.
fn promised(begin: impl FnOnce(Callback)) -> JsValue {
    let mut begin = Some(begin);
    Promise::new(&mut |resolve: Function, reject: Function| {
        let Some(begin) = begin.take() else { return };
        begin(Box::new(move |result| {
            let told = match result {
                Ok(outcome) => resolve.call1(&JsValue::UNDEFINED, &outcome_of(outcome)),
                Err(refusal) => reject.call1(&JsValue::UNDEFINED, &error_of(&refusal)),
            };
            // The functions of a promise do not throw.
            let _ = told;
        }));
    })
    .into()
}
