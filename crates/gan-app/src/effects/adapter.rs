//! Asks the browser whether WebGPU is worth trying.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::effects::browser::{call, member, said, window};
use crate::model::supervisor::AdapterAnswer;

/// What Burn needs of a device.
const NEEDED_FEATURE: &str = "timestamp-query";

/// Names of adapters that compute on the processor.
const SOFTWARE: [&str; 3] = ["swiftshader", "llvmpipe", "basic render"];

/// Asks for the adapter that a worker would get.
pub async fn find() -> AdapterAnswer {
    let absent = |message: String| AdapterAnswer::Absent { message };
    let gpu = member(&window().navigator(), "gpu");
    if gpu.is_undefined() {
        return absent(String::from("this browser has no WebGPU"));
    }
    let options = js_sys::Object::new();
    // Setting a member of a fresh object does not fail.
    let _ = js_sys::Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let promise = match call(&gpu, "requestAdapter", &[options.into()]) {
        Ok(promise) => promise.unchecked_into::<js_sys::Promise>(),
        Err(error) => return absent(said(&error)),
    };
    let adapter = match JsFuture::from(promise).await {
        Ok(adapter) if adapter.is_object() => adapter,
        Ok(_) => return absent(String::from("the browser offers no adapter")),
        Err(error) => return absent(said(&error)),
    };
    judged(&adapter)
}

fn judged(adapter: &JsValue) -> AdapterAnswer {
    let info = member(adapter, "info");
    let texts = ["vendor", "architecture", "device", "description"];
    let name = texts
        .iter()
        .filter_map(|text| member(&info, text).as_string())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let lower = name.to_lowercase();
    let fallback = member(&info, "isFallbackAdapter").is_truthy()
        || member(adapter, "isFallbackAdapter").is_truthy();
    if fallback || SOFTWARE.iter().any(|software| lower.contains(software)) {
        return AdapterAnswer::Unfit { message: format!("{name}: computes on the processor") };
    }
    let features = member(adapter, "features");
    let has = call(&features, "has", &[NEEDED_FEATURE.into()]);
    if has.is_ok_and(|has| has.is_truthy()) {
        AdapterAnswer::Fit
    } else {
        AdapterAnswer::Unfit { message: format!("{name}: lacks {NEEDED_FEATURE}") }
    }
}
