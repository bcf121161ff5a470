//! Edits the whole run as JSON text, for settings without a control of their own.

use js_sys::JSON;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::leaving::run_number;
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 500;

/// The current run as indented JSON, by the browser's own printer.
fn written() -> String {
    let spaces = JsValue::from_f64(1.0);
    let value = playground::spec_value();
    let text = JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &spaces);
    text.map(String::from).unwrap_or_default()
}

#[component]
pub(crate) fn SpecEditor() -> impl IntoView {
    let place = NodeRef::<html::Textarea>::new();
    let text = RwSignal::new(written());
    // The message of a refusal, with the number of its run.
    let refused = RwSignal::new(None::<(u32, String)>);
    every_ms(LOOK_EVERY_MS, move || {
        let now = written();
        // Only if the run has changed: an update would replace the text that is being typed.
        if text.with_untracked(|before| *before != now) {
            text.set(now);
        }
        let is_over = |(number, _): &(u32, String)| *number != run_number();
        if refused.with_untracked(|refused| refused.as_ref().is_some_and(is_over)) {
            refused.set(None);
        }
    });
    let apply = move |_| {
        let Some(field) = place.get_untracked() else { return };
        let told = move |message: Option<String>| {
            refused.set(message.map(|message| (run_number(), message)));
        };
        match serde_json::from_str(&field.value()) {
            Ok(run) => playground::load(&run, move |answer| told(answer.err())),
            Err(error) => told(Some(format!("JSON: {error}"))),
        }
    };
    let told = move || {
        let message = refused.get().map(|(_, message)| message).unwrap_or_default();
        say_with(key("refused"), &[("message", message)])
    };
    view! {
        <details class="spec">
            <summary>{t("spec")}</summary>
            <p class="hint">{t("spec-hint")}</p>
            <textarea
                node_ref=place
                aria-label=t("spec")
                rows="16"
                spellcheck="false"
                prop:value=text
            ></textarea>
            <button class="full" on:click=apply>{t("spec-apply")}</button>
            <p class="lab-refusal" role="alert" hidden=move || refused.with(Option::is_none)>{told}</p>
        </details>
    }
}
