//! A checkpoint that waits for the data it was trained on can be looked at without them: its generator
//! needs none.

use js_sys::Uint8Array;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::images::{give_back_later, object_url};
use crate::inspector::{Question, ask};
use crate::places::{Place, Places};
use crate::playground::{self, member};
use crate::refusals::refusal;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two looks.
const LOOK_EVERY_MS: i32 = 500;

/// The generator of a checkpoint: the file's name, and an address of the generator.
pub(crate) type Opened = RwSignal<Option<(String, String)>>;

/// The name of the checkpoint that waits, and its bytes.
fn waiting() -> Option<(String, Uint8Array)> {
    let waiting = playground::call("waiting", &JsValue::UNDEFINED);
    Some((member(&waiting, "name").as_string()?, member(&waiting, "bytes").dyn_into().ok()?))
}

/// The line, while a checkpoint waits; its button shows the generator where generators are shown.
#[component]
pub(crate) fn Unopened(opened: Opened, places: Places) -> impl IntoView {
    let name = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<String>);
    let was_waiting = StoredValue::new(false);
    every_ms(LOOK_EVERY_MS, move || {
        let now = waiting().map(|(name, _)| name);
        // Files that were dropped with it may be read this moment.
        let is_waiting = now.is_some();
        let shown = now.filter(|_| was_waiting.get_value());
        was_waiting.set_value(is_waiting);
        if name.with_untracked(|before| *before != shown) {
            name.set(shown);
            failed.set(None);
        }
    });
    let look = move |_| {
        let Some((name, bytes)) = waiting() else { return };
        ask(Question::Generator(bytes, false), move |answer| match answer {
            Ok(file) => {
                if let Some(address) = object_url(&file) {
                    let old = opened.get_untracked().map(|(_, old)| old);
                    opened.set(Some((name, address)));
                    give_back_later(old);
                    places.lead_to(Place::Take);
                }
            }
            Err(message) => failed.set(Some(message)),
        });
    };
    let told = move || {
        let name = name.get().unwrap_or_default();
        match failed.get() {
            None => say_with(key("unopened"), &[("name", name)]),
            Some(message) => say_with(key("refused"), &[("message", refusal(&message))]),
        }
    };
    let is_nothing = move || name.with(Option::is_none) || !places.is_offered(Place::Take);
    view! {
        <div class="notice info" role="status" hidden=is_nothing>
            <p>{told}</p>
            <button on:click=look>{t("unopened-look")}</button>
        </div>
    }
}
