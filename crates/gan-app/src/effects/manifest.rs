//! Reads from `worker/manifest.json` which builds of the worker exist.

use gan_browser::called;
use wasm_bindgen::prelude::*;

use crate::effects::browser::{member, sleep_ms, window};

const POLL_MS: i32 = 10_000;

/// Waits until the WebGPU build can be loaded. It is large and may be deployed after the rest:
/// `missing` is called once if it does not exist at first.
pub async fn gpu_build_is_there(missing: impl FnOnce()) {
    let mut missing = Some(missing);
    while !gpu_is_ready().await.unwrap_or(false) {
        if let Some(missing) = missing.take() {
            missing();
        }
        sleep_ms(POLL_MS).await;
    }
}

async fn gpu_is_ready() -> Result<bool, JsValue> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"cache".into(), &"no-cache".into())?;
    let address = JsValue::from_str("worker/manifest.json");
    let response = called(&window(), "fetch", &[address, options.into()])?.await?;
    let manifest = called(&response, "json", &[])?.await?;
    Ok(member(&member(&manifest, "gpu"), "ready").is_truthy())
}
