//! Wrappers of browser functions: time, frames, storage, address, JSON.

pub use gan_browser::{call, member};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The window. The page runs only in a window.
pub fn window() -> web_sys::Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub fn document() -> web_sys::Document {
    window().document().expect("a window has a document")
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Waits for `duration_ms`.
pub async fn sleep_ms(duration_ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let timer =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, duration_ms);
        timer.expect("a window has timers");
    });
    // A timer's promise is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// Calls `tick` about every `interval_ms`, for the lifetime of the page.
pub fn every_ms(interval_ms: i32, tick: impl FnMut() + 'static) {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    window()
        .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), interval_ms)
        .expect("a window has timers");
}

/// Calls `listener` whenever `event` reaches the window, for the lifetime of the page.
pub fn on_window(event: &str, listener: impl FnMut(web_sys::Event) + 'static) {
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(listener).into_js_value();
    window()
        .add_event_listener_with_callback(event, listener.unchecked_ref())
        .expect("a window takes listeners");
}

/// Calls `listener` whenever one of `events` reaches `element`, for the lifetime of the page.
pub fn on_element(
    element: &web_sys::Element,
    events: &[&str],
    listener: impl FnMut(web_sys::Event) + 'static,
) {
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(listener).into_js_value();
    for event in events {
        element
            .add_event_listener_with_callback(event, listener.unchecked_ref())
            .expect("an element takes listeners");
    }
}

/// Calls `listener` whenever `element` changes its size, and once at first. The window's size would
/// not do: elements may be hidden, or lie beside others that come and go.
pub fn on_resize(element: &web_sys::Element, listener: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(listener).into_js_value();
    // A browser without observers (before 2020) cannot run this page anyway.
    if let Ok(kind) = member(&window(), "ResizeObserver").dyn_into::<js_sys::Function>()
        && let Ok(observer) = js_sys::Reflect::construct(&kind, &js_sys::Array::of1(&listener))
    {
        let _ = call(&observer, "observe", &[element.clone().into()]);
    }
}

/// A stored setting; `None` if there is none or storage is forbidden.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Stores a setting, if storage is allowed; settings are a convenience and may be lost.
pub fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Whether the browser fits a media query.
pub fn matches_media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// The page's hash, with its `#`.
pub fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// The mark of the entry that the browser's history is at; `None` for an entry without one.
pub fn entry_mark() -> Option<f64> {
    window().history().ok()?.state().ok()?.as_f64()
}

/// Marks the entry that the browser's history is at.
pub fn mark_entry(mark: f64) {
    if let Ok(history) = window().history() {
        // A refusal (too many changes in a short time) leaves the entry without a mark.
        let _ = history.replace_state_with_url(&mark.into(), "", None);
    }
}

/// Writes the hash without a new entry in the browser's history.
pub fn replace_hash(hash: &str) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        // A refusal (too many changes in a short time) leaves an older address; nothing is lost.
        let mark = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&mark, "", Some(&(path + hash)));
    }
}

/// The page's whole address.
pub fn href() -> String {
    window().location().href().unwrap_or_default()
}

/// The message of a thrown value.
pub fn said(error: &JsValue) -> String {
    let message = member(error, "message").as_string().filter(|message| !message.is_empty());
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}

/// Plain data as a JavaScript value, by way of JSON, whose writer the page contains already.
///
/// # Errors
/// If the data have no JSON form.
pub fn js_value(data: &impl serde::Serialize) -> Result<JsValue, String> {
    let json = serde_json::to_value(data).map_err(|error| error.to_string())?.to_string();
    js_sys::JSON::parse(&json).map_err(|error| said(&error))
}

/// A JavaScript value as plain data, by way of JSON.
///
/// # Errors
/// If it is not plain data.
pub fn plain_value(value: &JsValue) -> Result<serde_json::Value, String> {
    let json = js_sys::JSON::stringify(value).map_err(|error| said(&error))?;
    let json = json.as_string().ok_or_else(|| String::from("is not plain data"))?;
    serde_json::from_str(&json).map_err(|error| error.to_string())
}
