//! What the browser offers, asked before it is used.
//!
//! Browsers differ, and so do the places where a page stands. Plain http from another machine has no caches,
//! locks, clipboard, service worker or WebGPU. A sandboxed frame has no storage and starts no worker by its
//! address; there the mere mention of some of these throws. None follows from another: WebKitGTK 2.50 isolates
//! a page from other origins and has no `SharedArrayBuffer` all the same. So each is asked for itself, here
//! (`web/worker/browser.js` asks for JavaScript), and whoever gets nothing does without or says so.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A member of a JavaScript object; `undefined` if there is none, or the browser throws at its name.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method of a JavaScript object.
///
/// # Errors
/// What the method throws, or that there is no such method.
pub fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = member(object, method).dyn_into()?;
    function.apply(object, &arguments.iter().collect())
}

/// Calls a method of a JavaScript object and waits for its promise.
///
/// # Errors
/// What the method throws, what its promise is rejected with, or that there is no such method.
pub async fn called(
    object: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&call(object, method, arguments)?)).await
}

/// What the browser offers under a name of the global scope, such as `caches`; `undefined` if it does not.
pub fn offered(name: &str) -> JsValue {
    member(&js_sys::global(), name)
}

/// What the browser offers as a member of `navigator`, such as `locks`; `undefined` if it does not.
pub fn offered_by_navigator(name: &str) -> JsValue {
    member(&offered("navigator"), name)
}

/// Whether the page has an origin. In a sandboxed frame it has none, and with that no storage.
pub fn has_origin() -> bool {
    offered("origin").as_string().is_some_and(|origin| origin != "null")
}

/// Puts `text` on the clipboard; says whether the browser let it. To be called while a user's press of a
/// button is dealt with.
pub async fn copied(text: &str) -> bool {
    let clipboard = offered_by_navigator("clipboard");
    called(&clipboard, "writeText", &[text.into()]).await.is_ok() || copied_by_event(text)
}

/// The older way, which browsers leave to plain http and to frames: to answer the event of copying.
fn copied_by_event(text: &str) -> bool {
    let text = JsValue::from_str(text);
    let answer = Closure::once_into_js(move |event: JsValue| {
        let data = member(&event, "clipboardData");
        // If it cannot be set, the browser says below that nothing was copied.
        let _ = call(&data, "setData", &["text/plain".into(), text]);
        let _ = call(&event, "preventDefault", &[]);
    });
    let document = offered("document");
    // The handler goes with the event; where there is none it would answer a later one of the user's.
    let _ = call(&document, "addEventListener", &["copy".into(), answer.clone()]);
    let done = call(&document, "execCommand", &["copy".into()]);
    let _ = call(&document, "removeEventListener", &["copy".into(), answer]);
    done.is_ok_and(|done| done.is_truthy())
}

/// Where a worker is started from whose module lies at `path`, relative to the document.
///
/// Browsers start workers from addresses of the page's own origin. A sandboxed frame has none that any
/// address could be of; there a `data:` address imports the module, as the server allows to other origins.
/// (A `blob:` will not do: Chromium refuses it in such frames, and WebKit where they are isolated.)
///
/// # Errors
/// If `path` makes no address.
pub fn worker_address(path: &str) -> Result<String, JsValue> {
    let base = member(&offered("document"), "baseURI");
    let class: Function = offered("URL").dyn_into()?;
    let url = Reflect::construct(&class, &[path.into(), base].iter().collect())?;
    let text = |name| member(&url, name).as_string().unwrap_or_default();
    if offered("origin").as_string() == Some(text("origin")) {
        return Ok(text("href"));
    }
    // No address holds a quotation mark.
    let script = format!("import \"{}\";", text("href"));
    Ok(format!("data:text/javascript,{}", String::from(js_sys::encode_uri_component(&script))))
}
