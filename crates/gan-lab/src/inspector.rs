//! Requests to the worker that examines nets while the run goes on.

use js_sys::{Uint8Array, Uint16Array};
use wasm_bindgen::prelude::*;

use crate::playground::settle;
use crate::workers;

/// A request.
pub(crate) enum Question {
    /// Loads the nets of this checkpoint. Reply: nothing.
    Inspect(Uint8Array),
    /// The discriminator's outputs for images of these classes. Reply: a `Float32Array`.
    Verdicts(Uint8Array, Vec<u16>),
    /// The file of this checkpoint's generator; the loaded nets stay. Reply: a `Uint8Array`.
    Generator(Uint8Array),
    /// The probability of each digit, image after image. Reply: a `Float32Array`.
    Read(Uint8Array),
}

/// Sends a request; `done` is called with the reply or the error.
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
