//! Refusals in the language of the page.

use gan_words::{Language, Refusals};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::playground::extend;
use crate::words::language;

const CHINESE: &str = include_str!("../../../web/locales/refusals.zh.txt");

thread_local! {
    static REFUSALS: Refusals = Refusals::read(CHINESE);
}

/// A refusal in the current language; tracked if it is read by something reactive.
pub(crate) fn refusal(message: &str) -> String {
    match language() {
        Language::English => message.to_string(),
        Language::Chinese => REFUSALS.with(|refusals| refusals.told(message)),
    }
}

/// Lends the list of refusals to the page, which tells anew what it has told already.
pub(crate) fn lend() {
    let in_chinese = |message: JsValue| match message.as_string() {
        Some(message) => REFUSALS.with(|refusals| refusals.told(&message)).into(),
        None => message,
    };
    let in_chinese = Closure::<dyn Fn(JsValue) -> JsValue>::new(in_chinese);
    extend("refusal", &in_chinese.into_js_value());
    if let (Some(window), Ok(event)) =
        (web_sys::window(), web_sys::Event::new("gan-playground-words"))
    {
        // An event without a listener is no error.
        let _ = window.dispatch_event(&event);
    }
}

/// Why something failed, where it did.
pub(crate) fn failure(
    failed: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let said = move || failed().map(|message| refusal(&message));
    view! {
        <p role="alert" hidden=move || failed().is_none()>{said}</p>
    }
}
