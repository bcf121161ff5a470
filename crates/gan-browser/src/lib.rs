//! Tests for capabilities of the browser before they are used, and starts workers where browsers
//! differ.
//!
//! Capabilities depend on the browser and on the page's place. Plain http from another machine has
//! no caches, locks, clipboard, service worker or WebGPU. A sandboxed frame has no storage and
//! cannot start a worker by its address; there, reading the names of some capabilities throws. No
//! capability can be inferred from another: WebKitGTK 2.50 isolates a page from other origins and
//! still has no `SharedArrayBuffer`. Each is therefore tested on its own, here and, for JavaScript,
//! in `web/worker/browser.js`. Callers do without a missing capability, or report its lack.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A member of a JavaScript object; `undefined` if there is none, or if reading it throws.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method of a JavaScript object.
///
/// # Errors
/// The exception of the method, or that there is no such method.
pub fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = member(object, method).dyn_into()?;
    function.apply(object, &arguments.iter().collect())
}

/// Calls a method of a JavaScript object, and returns the future of its promise.
///
/// # Errors
/// The exception of the method, or that there is no such method.
pub fn called(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsFuture, JsValue> {
    Ok(JsFuture::from(Promise::resolve(&call(object, method, arguments)?)))
}

/// The value of a name in the global scope, such as `caches`; `undefined` if the browser has none.
pub fn offered(name: &str) -> JsValue {
    member(&js_sys::global(), name)
}

/// A member of `navigator`, such as `locks`; `undefined` if the browser has none.
pub fn offered_by_navigator(name: &str) -> JsValue {
    member(&offered("navigator"), name)
}

/// Whether the page has an origin. A sandboxed frame has none, and therefore no storage.
pub fn has_origin() -> bool {
    offered("origin").as_string().is_some_and(|origin| origin != "null")
}

#[wasm_bindgen]
extern "C" {
    /// Loads a JavaScript module by its address.
    #[wasm_bindgen(js_name = import)]
    fn import_module(address: JsValue) -> Promise;
}

/// Copies `text` to the clipboard; returns whether the browser allowed it. To be called when the
/// user presses a button. The code is JavaScript, loaded on first use, because few visitors copy.
pub async fn copied(text: &str) -> bool {
    let Ok(address) = site_address("worker/browser.js") else { return false };
    let module = JsFuture::from(import_module(member(&address, "href"))).await;
    let copied = module.and_then(|module| called(&module, "copied", &[text.into()]));
    let Ok(copied) = copied else { return false };
    copied.await.is_ok_and(|copied| copied.is_truthy())
}

/// The address of a file of the site, as JavaScript's `URL`; `path` is relative to the page.
fn site_address(path: &str) -> Result<JsValue, JsValue> {
    let base = member(&offered("document"), "baseURI");
    let class: Function = offered("URL").dyn_into()?;
    Reflect::construct(&class, &[path.into(), base].iter().collect())
}

/// The address from which to start a worker whose module is at `path`, relative to the document.
///
/// Browsers start workers from addresses of the page's own origin. A sandboxed frame has no origin;
/// there, a `data:` address imports the module, which the server permits to other origins. (A
/// `blob:` does not work: Chromium refuses it in such frames, and WebKit where they are isolated.)
///
/// # Errors
/// If `path` makes no address.
pub fn worker_address(path: &str) -> Result<String, JsValue> {
    if has_origin() {
        return Ok(path.to_string());
    }
    // An address contains no quotation mark.
    let href = member(&site_address(path)?, "href").as_string().unwrap_or_default();
    let script = String::from(js_sys::encode_uri_component(&format!("import \"{href}\";")));
    Ok(format!("data:text/javascript,{script}"))
}
