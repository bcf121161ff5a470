//! Questions to the worker that looks into nets, beside the run.

use js_sys::{Uint8Array, Uint16Array};
use wasm_bindgen::prelude::*;

use crate::playground::settle;
use crate::workers;

/// A question.
pub(crate) enum Question {
    /// Take the nets of this checkpoint. Answer: nothing.
    Inspect(Uint8Array),
    /// The discriminator's outputs for images of these classes. Answer: a `Float32Array`.
    Verdicts(Uint8Array, Vec<u16>),
    /// The file of this checkpoint's generator; what was inspected stays. Answer: a `Uint8Array`.
    Generator(Uint8Array),
    /// How probable each digit is, image after image. Answer: a `Float32Array`.
    Read(Uint8Array),
}

/// Asks; `done` is given the answer, or what is said against the question.
pub(crate) fn ask(question: Question, done: impl FnOnce(Result<JsValue, String>) + 'static) {
    let (kind, fields) = match question {
        Question::Inspect(checkpoint) => ("inspect", vec![("checkpoint", checkpoint.into())]),
        Question::Verdicts(pixels, labels) => {
            let labels = Uint16Array::from(labels.as_slice());
            ("verdicts", vec![("pixels", pixels.into()), ("labels", labels.into())])
        }
        Question::Generator(checkpoint) => ("generator", vec![("checkpoint", checkpoint.into())]),
        Question::Read(pixels) => ("read", vec![("pixels", pixels.into())]),
    };
    settle(&workers::ask("ask", kind, &fields), done);
}
