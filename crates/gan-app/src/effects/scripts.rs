//! Converts files, samples, stages and refusals to the JavaScript values that scripts receive.

use gan_protocol::SampleSet;
use js_sys::{Array, Error, Float32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::effects::browser::js_value;
use crate::model::frames::PlaneFrame;
use crate::model::refusal::Refusal;
use crate::model::supervisor::{NamedFile, Outcome, Run};

/// Files in the form for scripts.
pub fn file_list(files: &[NamedFile<Uint8Array>]) -> JsValue {
    let list = Array::new();
    for file in files {
        let one = Object::new();
        // Setting a member of a new object does not fail.
        let _ = Reflect::set(&one, &"name".into(), &file.name.as_str().into());
        let _ = Reflect::set(&one, &"bytes".into(), &file.bytes);
        list.push(&one);
    }
    list.into()
}

/// A run that is about to be replaced, in the form for scripts.
pub fn left(
    number: u32,
    run: &Run<Uint8Array>,
    samples: Option<(SampleSet, Uint8Array)>,
) -> JsValue {
    let left = Object::new();
    // Setting a member of a new object does not fail.
    let set = |name: &str, value: JsValue| drop(Reflect::set(&left, &name.into(), &value));
    let samples = samples.map(|(set, pixels)| outcome_of(Outcome::Samples { set, pixels }));
    set("run", number.into());
    set("preset", run.preset.as_str().into());
    set("spec", js_value(&run.spec.to_value()).unwrap_or(JsValue::NULL));
    set("samples", samples.unwrap_or(JsValue::NULL));
    set("files", file_list(&run.files));
    if let Some((step, bytes)) = &run.checkpoint {
        set("step", (*step as f64).into());
        set("checkpoint", bytes.slice(0, bytes.length()).into());
    }
    left.into()
}

/// The outcome of a request in the form for scripts.
pub fn outcome_of(outcome: Outcome<Uint8Array>) -> JsValue {
    match outcome {
        Outcome::Done => JsValue::UNDEFINED,
        Outcome::Probed { step_ms } => step_ms.into(),
        Outcome::Checkpoint { bytes, .. } => bytes.slice(0, bytes.length()).into(),
        Outcome::Samples { set, pixels } => {
            let samples = Object::new();
            if set.width == 0 {
                // A copy starts at the beginning of its buffer, as an array of floats must.
                let points = Float32Array::new(&pixels.slice(0, pixels.length()).buffer());
                let _ = Reflect::set(&samples, &"points".into(), &points);
                return samples.into();
            }
            let numbers = [
                ("count", set.count),
                ("width", set.width),
                ("height", set.height),
                ("channels", set.channels),
            ];
            for (name, number) in numbers {
                // Setting a member of a new object does not fail.
                let _ = Reflect::set(&samples, &name.into(), &(number as f64).into());
            }
            let _ = Reflect::set(&samples, &"pixels".into(), &pixels);
            samples.into()
        }
    }
}

/// A plane, as a script gets it.
pub fn plane_value(frame: &PlaneFrame<Uint8Array>) -> JsValue {
    let object = Object::new();
    // Setting a member of a new object does not fail.
    let set = |name: &str, value: &JsValue| drop(Reflect::set(&object, &name.into(), value));
    let counts = [
        ("step", frame.step as usize),
        ("reals", frame.set.reals),
        ("fakes", frame.set.fakes),
        ("pulls", frame.set.pulls),
        ("lattice", frame.set.lattice),
        ("latticeRows", frame.set.lattice_rows),
        ("surface", frame.set.surface),
    ];
    for (name, count) in counts {
        set(name, &(count as f64).into());
    }
    set("numbers", &Float32Array::new(&frame.numbers.buffer()));
    object.into()
}

/// A refusal as a JavaScript `Error` with its `code`.
pub fn error_of(refusal: &Refusal) -> JsValue {
    let error = Error::new(&refusal.message);
    let _ = Reflect::set(&error, &"code".into(), &refusal.code.into());
    error.into()
}
