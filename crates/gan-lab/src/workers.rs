//! Calls the functions that send requests to the lab's own workers.

use std::cell::RefCell;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

thread_local! {
    static WORKERS: RefCell<Option<Object>> = const { RefCell::new(None) };
}

/// Stores the functions.
pub(crate) fn set_up(workers: Object) {
    WORKERS.set(Some(workers));
}

/// The reply of the worker named `name`; `undefined` if there is no such worker.
pub(crate) fn ask(name: &str, kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    let question = Object::new();
    for (field, value) in fields {
        // Setting a member of a new object does not fail.
        let _ = Reflect::set(&question, &(*field).into(), value);
    }
    let workers = WORKERS.with_borrow(Clone::clone);
    let asked = workers.and_then(|workers| {
        let function: Function = Reflect::get(&workers, &name.into()).ok()?.dyn_into().ok()?;
        function.call2(&JsValue::UNDEFINED, &kind.into(), &question).ok()
    });
    asked.unwrap_or(JsValue::UNDEFINED)
}
