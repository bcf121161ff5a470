//! The widget `<gan-sampler>` within the page: its script, and where it is seen.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// Whether part of `place` is in the window, and the page is visible.
pub(crate) fn is_seen(place: &web_sys::HtmlElement) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let area = place.get_bounding_client_rect();
    let hidden = window.document().is_none_or(|document| document.hidden());
    !hidden && area.height() > 0.0 && area.top() < height && area.bottom() > 0.0
}

/// The address of the site.
pub(crate) fn site() -> String {
    let location = web_sys::window().map(|window| window.location());
    let address = location.and_then(|location| location.href().ok()).unwrap_or_default();
    let address = address.split(['#', '?']).next().unwrap_or_default();
    address[..address.rfind('/').map_or(0, |end| end + 1)].to_string()
}

/// Loads the element's script, once.
pub(crate) fn load_element() {
    let window = web_sys::window().expect("the lab runs in a page");
    let asked = JsValue::from("ganSamplerAsked");
    if Reflect::has(&window, &asked).unwrap_or(true) {
        return;
    }
    let _ = Reflect::set(&window, &asked, &JsValue::TRUE);
    let document = window.document().expect("the lab runs in a page");
    let script = document.create_element("script").ok();
    if let (Some(script), Some(head)) = (script, document.head()) {
        for (name, value) in
            [("type", "module"), ("src", &format!("{}widget/gan-sampler.js", site()))]
        {
            let _ = script.set_attribute(name, value);
        }
        let _ = head.append_child(&script);
    }
}
