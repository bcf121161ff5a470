//! Small things that the browser gives: time, frames, storage, the clipboard.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The window. The page runs nowhere else.
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

/// Waits.
pub async fn sleep_ms(duration_ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let timer =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, duration_ms);
        timer.expect("a window has timers");
    });
    // A timer's promise is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// Calls `tick` about every `interval_ms` for as long as the page lives.
pub fn every_ms(interval_ms: i32, tick: impl FnMut() + 'static) {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    window()
        .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), interval_ms)
        .expect("a window has timers");
}

/// Calls `listener` whenever `event` reaches the window, for as long as the page lives.
pub fn on_window(event: &str, listener: impl FnMut(web_sys::Event) + 'static) {
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(listener).into_js_value();
    window()
        .add_event_listener_with_callback(event, listener.unchecked_ref())
        .expect("a window takes listeners");
}

/// Calls `listener` whenever `element` has another size, and once at first: a window's size is no
/// measure of what is hidden, or stands beside what comes and goes.
pub fn on_resize(element: &web_sys::Element, listener: impl FnMut() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(listener).into_js_value();
    // A browser without observers (before 2020) runs nothing else of this page either.
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

/// Stores a setting, where storage is allowed; it is a convenience that may be lost.
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

/// Writes the hash without a new entry in the browser's history.
pub fn replace_hash(hash: &str) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        // A refusal (too many changes in a short time) leaves an older address; nothing is lost.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&(path + hash)));
    }
}

/// The page's whole address.
pub fn href() -> String {
    window().location().href().unwrap_or_default()
}

/// Writes to the clipboard; says whether that was allowed.
pub async fn copied(text: &str) -> bool {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    if clipboard.map_or(true, |clipboard| clipboard.is_undefined()) {
        return false;
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// A member of a JavaScript object, `undefined` if there is none.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method of a JavaScript object.
///
/// # Errors
/// What the method throws, or that there is no such method.
pub fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: js_sys::Function = member(object, method).dyn_into()?;
    function.apply(object, &arguments.iter().collect())
}

/// What a thrown value says.
pub fn said(error: &JsValue) -> String {
    let message = member(error, "message").as_string().filter(|message| !message.is_empty());
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}

/// Plain data as a JavaScript value, by way of JSON: the page's code has the writer already.
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

/// JSON for people to read, by the browser's own printer.
pub fn indented(value: &serde_json::Value) -> String {
    let parsed = js_sys::JSON::parse(&value.to_string());
    let spaces = JsValue::from_f64(1.0);
    let text = parsed.and_then(|value| {
        js_sys::JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &spaces)
    });
    text.map(String::from).unwrap_or_default()
}
