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

/// Calls a method of a JavaScript object, and gives what its promise comes to.
///
/// # Errors
/// What the method throws, or that there is no such method.
pub fn called(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsFuture, JsValue> {
    Ok(JsFuture::from(Promise::resolve(&call(object, method, arguments)?)))
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

#[wasm_bindgen]
extern "C" {
    /// Loads a module of JavaScript by its address.
    #[wasm_bindgen(js_name = import)]
    fn import_module(address: JsValue) -> Promise;
}

/// Puts `text` on the clipboard; says whether the browser let it. To be called when the user presses a button.
/// The work is JavaScript's, loaded at the first time: few visitors copy.
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

/// Where a worker is started from whose module lies at `path`, relative to the document.
///
/// Browsers start workers from addresses of the page's own origin. A sandboxed frame has none that any
/// address could be of; there a `data:` address imports the module, as the server allows to other origins.
/// (A `blob:` will not do: Chromium refuses it in such frames, and WebKit where they are isolated.)
///
/// # Errors
/// If `path` makes no address.
pub fn worker_address(path: &str) -> Result<String, JsValue> {
    if has_origin() {
        return Ok(path.to_string());
    }
    // No address holds a quotation mark.
    let href = member(&site_address(path)?, "href").as_string().unwrap_or_default();
    let script = String::from(js_sys::encode_uri_component(&format!("import \"{href}\";")));
    Ok(format!("data:text/javascript,{script}"))
}
