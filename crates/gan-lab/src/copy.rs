//! Requests to a copy of the page's run in the lab's own worker (`web/lab/microscope.js`), so that
//! the page's run need not stop for them.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::playground::{self, settle};
use crate::workers;

/// A reply with numbers as JSON, and samples in parts.
pub(crate) struct Shown {
    pub(crate) numbers: String,
    pub(crate) samples: Vec<Vec<u8>>,
}

/// Sends a request to a copy of the run in its current state.
pub(crate) fn ask_copy(
    kind: &'static str,
    more: Vec<(&'static str, JsValue)>,
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    let (spec, files) = (playground::spec_value(), playground::run_files());
    playground::checkpoint(move |checkpoint| match checkpoint {
        Ok(checkpoint) => {
            let mut fields =
                vec![("spec", spec), ("checkpoint", checkpoint.into()), ("files", files.into())];
            fields.extend(more);
            settle(&workers::ask("microscope", kind, &fields), done);
        }
        Err(message) => done(Err(message)),
    });
}

/// As [`ask_copy`], for requests whose reply has numbers and samples.
pub(crate) fn look_at_copy(
    kind: &'static str,
    more: Vec<(&'static str, JsValue)>,
    done: impl FnOnce(Result<Shown, String>) + 'static,
) {
    ask_copy(kind, more, move |answer| done(answer.map(|answer| shown(&answer))));
}

fn shown(answer: &JsValue) -> Shown {
    let member = |name: &str| Reflect::get(answer, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let samples = Array::from(&member("samples"));
    Shown {
        numbers: member("numbers").as_string().unwrap_or_default(),
        samples: samples.iter().map(|bytes| Uint8Array::new(&bytes).to_vec()).collect(),
    }
}
