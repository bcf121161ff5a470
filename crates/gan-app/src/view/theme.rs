//! Light or dark colours: by the system's setting, or by the user's choice.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::effects::browser::{call, document, matches_media, store, stored, window};

const STORED: &str = "gan-playground-theme";
const SYSTEM_IS_DARK: &str = "(prefers-color-scheme: dark)";

thread_local! {
    /// Whether the user has chosen since the page was opened, in case storage is forbidden.
    static CHOSEN: Cell<bool> = const { Cell::new(false) };
}

/// Whether the page is dark.
pub(crate) fn chosen() -> bool {
    match stored(STORED).as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => matches_media(SYSTEM_IS_DARK),
    }
}

/// Follows changes of the system's setting, unless the user has chosen; `changed` gets whether the
/// page is dark.
pub(crate) fn follow_system(changed: impl Fn(bool) + 'static) {
    let Ok(Some(system)) = window().match_media(SYSTEM_IS_DARK) else { return };
    let follow = Closure::<dyn Fn()>::new(move || {
        if !CHOSEN.get() {
            let dark = chosen();
            apply(dark);
            changed(dark);
        }
    });
    // Every browser that runs the page has this method.
    let _ = call(&system, "addEventListener", &["change".into(), follow.into_js_value()]);
}

/// Shows the page dark or light.
pub(crate) fn apply(dark: bool) {
    if let Some(root) = document().document_element() {
        // The attribute's name is a constant, which is never refused.
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
    }
}

/// Stores the user's choice.
pub(crate) fn choose(dark: bool) {
    CHOSEN.set(true);
    apply(dark);
    store(STORED, if dark { "dark" } else { "light" });
}
