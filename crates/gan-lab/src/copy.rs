//! Requests to a copy of the page's run in the lab's own worker (`web/lab/microscope.js`), so that
//! the page's run need not stop for them.

use js_sys::{Array, JSON, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::playground::{self, settle};
use crate::workers;

/// The result of an examination of the run, and its samples, in parts.
pub(crate) struct Shown<T> {
    pub(crate) found: T,
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

/// As [`ask_copy`], for requests whose reply is a type of gan-protocol with samples.
pub(crate) fn look_at_copy<T: DeserializeOwned>(
    kind: &'static str,
    more: Vec<(&'static str, JsValue)>,
    done: impl FnOnce(Result<Shown<T>, String>) + 'static,
) {
    ask_copy(kind, more, move |answer| done(answer.and_then(|answer| shown(&answer))));
}

fn shown<T: DeserializeOwned>(answer: &JsValue) -> Result<Shown<T>, String> {
    let member = |name: &str| Reflect::get(answer, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let found = JSON::stringify(&member("found")).ok().and_then(|text| text.as_string());
    let found = serde_json::from_str(&found.unwrap_or_default());
    let samples = Array::from(&member("samples"));
    Ok(Shown {
        found: found.map_err(|error| error.to_string())?,
        samples: samples.iter().map(|bytes| Uint8Array::new(&bytes).to_vec()).collect(),
    })
}
