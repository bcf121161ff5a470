//! Questions to the worker that looks into nets, beside the run.

use std::cell::RefCell;

use js_sys::{Function, Object, Reflect, Uint8Array, Uint16Array};
use wasm_bindgen::prelude::*;

use crate::playground::settle;

thread_local! {
    static ASK: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Takes the function that asks.
pub(crate) fn set_up(ask: Function) {
    ASK.set(Some(ask));
}

/// A question.
pub(crate) enum Question {
    /// Take the nets of this checkpoint. Answer: nothing.
    Inspect(Uint8Array),
    /// The discriminator's outputs for images of these classes. Answer: a `Float32Array`.
    Verdicts(Uint8Array, Vec<u16>),
    /// The generator's file. Answer: a `Uint8Array`.
    Generator,
    /// How probable each digit is, image after image. Answer: a `Float32Array`.
    Read(Uint8Array),
}

/// Asks; `done` is given the answer, or what is said against the question.
pub(crate) fn ask(question: Question, done: impl FnOnce(Result<JsValue, String>) + 'static) {
    let fields = Object::new();
    // Setting a member of a fresh object does not fail.
    let set = |name: &str, value: &JsValue| drop(Reflect::set(&fields, &name.into(), value));
    let kind = match question {
        Question::Inspect(checkpoint) => {
            set("checkpoint", &checkpoint);
            "inspect"
        }
        Question::Verdicts(pixels, labels) => {
            set("pixels", &pixels);
            set("labels", &Uint16Array::from(labels.as_slice()));
            "verdicts"
        }
        Question::Generator => "generator",
        Question::Read(pixels) => {
            set("pixels", &pixels);
            "read"
        }
    };
    let ask = ASK.with_borrow(Clone::clone);
    let asked = ask.and_then(|ask| ask.call2(&JsValue::UNDEFINED, &kind.into(), &fields).ok());
    settle(&asked.unwrap_or(JsValue::UNDEFINED), done);
}
