//! Begins the run on the page anew, with nets of another run (pre-training).

use gan_protocol::{InitialNets, InitialSpec, Named as _};
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::playground::{self, call, extend, member, settle};

/// The request: the settings of the run on the page, with `nets` of the checkpoint.
fn request(checkpoint: &Uint8Array, nets: InitialNets) -> Result<JsValue, JsValue> {
    let initial = InitialSpec::of(&checkpoint.to_vec(), nets);
    let said = Object::new();
    Reflect::set(&said, &"checkpoint".into(), &initial.checkpoint.into())?;
    Reflect::set(&said, &"nets".into(), &nets.name().into())?;
    let spec = playground::spec_value();
    Reflect::set(&spec, &"initial".into(), &said)?;
    let request = Object::new();
    Reflect::set(&request, &"spec".into(), &spec)?;
    Reflect::set(&request, &"checkpoint".into(), checkpoint)?;
    Ok(request.into())
}

/// Begins with `nets` of `checkpoint`, and calls `done` once the run is there, or with the reason why
/// the run before it stays.
pub(crate) fn begin(
    checkpoint: &Uint8Array,
    nets: InitialNets,
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    match request(checkpoint, nets) {
        Ok(request) => settle(&call("begin", &request), done),
        Err(error) => done(Err(format!("{error:?}"))),
    }
}

/// Adds `beginWith` to the page's interface for scripts.
pub(crate) fn put_up() {
    let begin = Closure::<dyn FnMut(JsValue) -> JsValue>::new(|wanted: JsValue| {
        let checkpoint = Uint8Array::new(&member(&wanted, "checkpoint"));
        let nets = member(&wanted, "nets").as_string().unwrap_or_default();
        let nets = InitialNets::named(&nets).unwrap_or(InitialNets::Both);
        match request(&checkpoint, nets) {
            Ok(request) => call("begin", &request),
            Err(error) => js_sys::Promise::reject(&error).into(),
        }
    });
    extend("beginWith", &begin.into_js_value());
}
