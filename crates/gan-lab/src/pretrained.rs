//! Begins the run on the page anew, with nets of another run (pre-training).

use gan_protocol::{InitialNets, InitialSpec, Named as _};
use js_sys::{Error, Object, Promise, Reflect, Uint8Array};
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

/// The rejected promise of an invalid call.
fn refused() -> JsValue {
    let names = InitialNets::NAMES.join(", ");
    let error = Error::new(&format!(
        "beginWith takes {{checkpoint: Uint8Array, nets}}; nets is one of {names}"
    ));
    // An error's own members can be set.
    let _ = Reflect::set(&error, &"code".into(), &"usage".into());
    Promise::reject(&error).into()
}

/// Adds `beginWith` to the page's interface for scripts.
pub(crate) fn put_up() {
    let begin = Closure::<dyn FnMut(JsValue) -> JsValue>::new(|wanted: JsValue| {
        let nets = match member(&wanted, "nets") {
            nets if nets.is_undefined() => Some(InitialNets::Both),
            nets => nets.as_string().and_then(|name| InitialNets::named(&name)),
        };
        let checkpoint = member(&wanted, "checkpoint").dyn_into::<Uint8Array>().ok();
        let Some((checkpoint, nets)) = checkpoint.zip(nets) else {
            return refused();
        };
        match request(&checkpoint, nets) {
            Ok(request) => call("begin", &request),
            Err(error) => Promise::reject(&error).into(),
        }
    });
    extend("beginWith", &begin.into_js_value());
}
