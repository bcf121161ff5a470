//! Adds `lessons()` and `lesson(id)` to the page's interface for scripts.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::playground::extend;

/// The functions that settle a promise.
pub struct Settling {
    resolve: Function,
    reject: Function,
}

impl Settling {
    /// Resolves the promise.
    pub fn done(self) {
        // A promise's functions do not throw.
        let _ = self.resolve.call0(&JsValue::UNDEFINED);
    }

    /// Rejects the promise with `message`.
    pub fn refused(self, code: &str, message: &str) {
        let error = js_sys::Error::new(message);
        let _ = Reflect::set(&error, &"code".into(), &code.into());
        let _ = self.reject.call1(&JsValue::UNDEFINED, &error);
    }
}

/// Adds `lessons()` and `lesson(id)` to the page's interface for scripts. `list` returns names and
/// titles; `begin` starts a lesson and settles when the lesson has ended.
pub fn offer_lessons(
    list: impl Fn() -> Vec<(String, String)> + 'static,
    begin: impl Fn(&str, Settling) + 'static,
) {
    let list = Closure::<dyn Fn() -> Array>::new(move || {
        let entries = list().into_iter().map(|(id, title)| {
            let entry = Object::new();
            // Setting a member of a new object does not fail.
            let _ = Reflect::set(&entry, &"id".into(), &id.into());
            let _ = Reflect::set(&entry, &"title".into(), &title.into());
            entry
        });
        entries.collect()
    });
    let begin = Closure::<dyn Fn(JsValue) -> Promise>::new(move |id: JsValue| {
        let id = id.as_string().unwrap_or_default();
        Promise::new(&mut |resolve, reject| begin(&id, Settling { resolve, reject }))
    });
    extend("lessons", &list.into_js_value());
    extend("lesson", &begin.into_js_value());
}
