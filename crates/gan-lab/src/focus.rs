//! Moves the focus when an action leads elsewhere. `web/lab/focus.js` handles the case that the
//! focused element has disappeared.

use leptos::prelude::request_animation_frame;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// Gives the focus to the element that `find` returns, after the document has been updated.
pub(crate) fn soon(find: impl FnOnce() -> Option<HtmlElement> + 'static) {
    request_animation_frame(move || {
        if let Some(element) = find() {
            // Only an element without a place on the screen refuses the focus.
            let _ = element.focus();
        }
    });
}

/// As [`soon`], for an element that stays in sight by itself: the page is not scrolled to it.
pub(crate) fn soon_in_place(find: impl FnOnce() -> Option<HtmlElement> + 'static) {
    request_animation_frame(move || {
        let Some(element) = find() else { return };
        let options = js_sys::Object::new();
        // Setting a member of a new object does not fail.
        let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &JsValue::TRUE);
        let focus = js_sys::Reflect::get(&element, &"focus".into());
        if let Ok(focus) = focus.and_then(JsCast::dyn_into::<js_sys::Function>) {
            let _ = focus.call1(&element, &options);
        }
    });
}

/// The first element for a CSS selector.
pub(crate) fn found(selector: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.query_selector(selector).ok()??.dyn_into().ok()
}

/// Whether nothing has the focus, or an element within `place` has it: the focus may then be moved.
pub(crate) fn is_free_or_within(place: &web_sys::Element) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let focused = document.and_then(|document| document.active_element());
    focused.is_none_or(|focused| focused.tag_name() == "BODY" || place.contains(Some(&focused)))
}
