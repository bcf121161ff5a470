//! The lab's own workers, by the functions that ask them.

use std::cell::RefCell;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

thread_local! {
    static WORKERS: RefCell<Option<Object>> = const { RefCell::new(None) };
}

/// Takes the functions.
pub(crate) fn set_up(workers: Object) {
    WORKERS.set(Some(workers));
}

/// What the worker called `name` makes of a question; `undefined` if there is none of that name.
pub(crate) fn ask(name: &str, kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    let question = Object::new();
    for (field, value) in fields {
        // Setting a member of a fresh object does not fail.
        let _ = Reflect::set(&question, &(*field).into(), value);
    }
    let workers = WORKERS.with_borrow(Clone::clone);
    let asked = workers.and_then(|workers| {
        let function: Function = Reflect::get(&workers, &name.into()).ok()?.dyn_into().ok()?;
        function.call2(&JsValue::UNDEFINED, &kind.into(), &question).ok()
    });
    asked.unwrap_or(JsValue::UNDEFINED)
}
