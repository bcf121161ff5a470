//! Queries the browser for a WebGPU adapter, and judges whether it is worth trying.

use gan_browser::{called, offered, offered_by_navigator};
use wasm_bindgen::prelude::*;

use crate::effects::browser::{call, member, said};
use crate::model::backends::AdapterAnswer;

/// The feature that Burn's runtime needs.
const NEEDED_FEATURE: &str = "timestamp-query";

/// Names of adapters that compute on the processor.
const SOFTWARE: [&str; 3] = ["swiftshader", "llvmpipe", "basic render"];

/// Requests the adapter that a worker would get.
pub async fn find() -> AdapterAnswer {
    let absent = |message: String| AdapterAnswer::Absent { message };
    let gpu = offered_by_navigator("gpu");
    if gpu.is_undefined() {
        let is_secure = offered("isSecureContext").is_truthy();
        let reason = if is_secure { "this browser has no WebGPU" } else { "it needs https" };
        return absent(reason.to_string());
    }
    let options = js_sys::Object::new();
    // Setting a member of a new object does not fail.
    let _ = js_sys::Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let asked = match called(&gpu, "requestAdapter", &[options.into()]) {
        Ok(asked) => asked,
        Err(error) => return absent(said(&error)),
    };
    let adapter = match asked.await {
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
