//! Opens dialogs.

use wasm_bindgen::prelude::*;

use crate::playground::member;

/// Shows `dialog` above the page, which cannot be used meanwhile. Nothing happens in a browser without
/// dialogs (before 2022), or if it is open already.
pub(crate) fn open(dialog: &JsValue) {
    if let Ok(show) = member(dialog, "showModal").dyn_into::<js_sys::Function>() {
        // It is refused only to a dialog that is open already.
        let _ = show.call0(dialog);
    }
}
