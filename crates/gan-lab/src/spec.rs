//! Edits the whole run as JSON text, for settings without a control of their own.

use js_sys::JSON;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::leaving::run_number;
use crate::playground;
use crate::refusals::refusal;
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
    // Whether the text differs from the one put in: it is the reader's, and stays.
    let is_edited = RwSignal::new(false);
    let look = move |_| {
        let differs = |field: web_sys::HtmlTextAreaElement| {
            text.with_untracked(|put_in| field.value() != *put_in)
        };
        is_edited.set(place.get_untracked().is_some_and(differs));
    };
    let put_in = move || {
        let now = written();
        if let Some(field) = place.get_untracked() {
            field.set_value(&now);
        }
        text.set(now);
        is_edited.set(false);
    };
    every_ms(LOOK_EVERY_MS, move || {
        if !is_edited.get_untracked() && text.with_untracked(|before| *before != written()) {
            put_in();
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
            Ok(run) => playground::load(&run, move |answer| {
                if answer.is_ok() {
                    put_in();
                }
                told(answer.err());
            }),
            Err(error) => told(Some(format!("JSON: {error}"))),
        }
    };
    let discard = move |_| {
        put_in();
        refused.set(None);
    };
    let told = move || {
        let message = refused.get().map(|(_, message)| message).unwrap_or_default();
        say_with(key("refused"), &[("message", refusal(&message))])
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
                on:input=look
            ></textarea>
            <div class="lab-remedies">
                <button on:click=apply>{t("spec-apply")}</button>
                <button hidden=move || !is_edited.get() on:click=discard>
                    {t("spec-discard")}
                </button>
            </div>
            <p class="lab-refusal" role="alert" hidden=move || refused.with(Option::is_none)>{told}</p>
        </details>
    }
}
