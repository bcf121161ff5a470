//! Where the focus goes when an act leads elsewhere. `web/lab/focus.js` sees to it where what had the
//! focus is merely gone.

use leptos::prelude::request_animation_frame;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Gives the focus to what `find` finds once the document shows what has just been set.
pub(crate) fn soon(find: impl FnOnce() -> Option<HtmlElement> + 'static) {
    request_animation_frame(move || {
        if let Some(element) = find() {
            // An element without a place on the screen does not take it; nothing else is refused.
            let _ = element.focus();
        }
    });
}

/// The first element by a selector of the style sheets' kind.
pub(crate) fn found(selector: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.query_selector(selector).ok()??.dyn_into().ok()
}

/// Whether nothing has the focus, or something within `place`: it may then be taken along.
pub(crate) fn is_free_or_within(place: &web_sys::Element) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let focused = document.and_then(|document| document.active_element());
    focused.is_none_or(|focused| focused.tag_name() == "BODY" || place.contains(Some(&focused)))
}
