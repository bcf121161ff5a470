//! Shows the kept runs.

use gan_protocol::InitialNets;
use js_sys::Date;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::keeper::Kept;
use super::keeping::Shelf;
use crate::refusals::refusal;
use crate::words::{key, language, say_with, t};

/// Nets that another run can begin with, and the keys of their words.
const BEGINNINGS: [(InitialNets, &str); 3] = [
    (InitialNets::Both, key("shelf-begin-both")),
    (InitialNets::Generator, key("shelf-begin-generator")),
    (InitialNets::Discriminator, key("shelf-begin-discriminator")),
];

#[component]
pub(crate) fn ShelfView(shelf: Shelf) -> impl IntoView {
    let none = Signal::derive(move || shelf.runs.with(Vec::is_empty));
    let told = move || {
        shelf.told.get().map(|(words, message)| say_with(words, &[("message", refusal(&message))]))
    };
    view! {
        <section class="lab-shelf" aria-label=t("shelf-title")>
            <h2>{t("shelf-title")}</h2>
            <p class="hint">{t("shelf-hint")}</p>
            <p role="alert" hidden=move || shelf.told.with(Option::is_none)>{told}</p>
            <Dropped shelf=shelf/>
            <p class="hint" hidden=move || !none.get()>{t("shelf-none")}</p>
            <ul class="lab-kept">
                <For
                    each=move || shelf.runs.get()
                    key=|kept| kept.id.clone()
                    children=move |kept| view! { <KeptRun shelf=shelf first=kept/> }
                />
            </ul>
        </section>
    }
}

/// The run that was deleted last, with a button to undo the deletion.
#[component]
fn Dropped(shelf: Shelf) -> impl IntoView {
    let undo = NodeRef::<html::Button>::new();
    let dropped = shelf.dropped;
    // The pressed button is gone: the focus goes to the button that undoes the deletion.
    Effect::new(move |_| {
        if dropped.with(Option::is_some)
            && let Some(undo) = undo.get()
        {
            // An element that cannot take the focus is not shown.
            let _ = undo.focus();
        }
    });
    let told = move || {
        let name = dropped.get().unwrap_or_default();
        say_with(key("shelf-dropped"), &[("name", name)])
    };
    view! {
        <div class="lab-remedies" role="status" hidden=move || dropped.with(Option::is_none)>
            <span>{told}</span>
            <button node_ref=undo on:click=move |_| shelf.undrop()>{t("undo")}</button>
        </div>
    }
}

#[component]
fn KeptRun(shelf: Shelf, first: Kept) -> impl IntoView {
    let id = first.id.clone();
    let kept = Memo::new(move |_| {
        let now = shelf.runs.with(|runs| runs.iter().find(|one| one.id == id).cloned());
        now.unwrap_or_else(|| first.clone())
    });
    let facts = move || {
        let kept = kept.get();
        let date = Date::new(&kept.saved_ms.into());
        let date = String::from(date.to_locale_string(language().code(), &JsValue::UNDEFINED));
        let size = format!("{:.1}", (kept.bytes + kept.file_bytes) as f64 / 1e6);
        let facts = [("step", kept.step.to_string()), ("date", date), ("size", size)];
        say_with(key("shelf-facts"), &facts)
    };
    let usual = move || kept.with(Kept::usual_name);
    // A run that gets a name is also pinned.
    let rename = move |event| {
        let name = event_target_value(&event).trim().to_string();
        let pinned = kept.with_untracked(|kept| kept.pinned) || !name.is_empty();
        shelf.mark(Kept { name, pinned, ..kept.get_untracked() });
    };
    let pin = move |_| {
        let now = kept.get_untracked();
        shelf.mark(Kept { pinned: !now.pinned, ..now });
    };
    view! {
        <li>
            <img src=move || kept.with(|kept| kept.picture.clone()) alt=""/>
            <div>
                <input
                    type="text"
                    class="lab-name"
                    maxlength="60"
                    aria-label=t("shelf-name")
                    placeholder=usual
                    prop:value=move || kept.with(|kept| kept.name.clone())
                    on:change=rename
                />
                <span class="hint number">{facts}</span>
            </div>
            <div class="lab-remedies">
                <button on:click=move |_| shelf.open(kept.get_untracked())>{t("shelf-open")}</button>
                <button on:click=move |_| shelf.save_file(&kept.get_untracked())>
                    {t("shelf-file")}
                </button>
                <button
                    aria-pressed=move || kept.with(|kept| kept.pinned).to_string()
                    title=t("shelf-pin-hint")
                    on:click=pin
                >
                    {t("shelf-pin")}
                </button>
                <button on:click=move |_| shelf.drop_run(kept.get_untracked())>{t("shelf-drop")}</button>
            </div>
            <details class="lab-kept-nets">
                <summary>{t("shelf-begin")}</summary>
                <p class="hint">{t("shelf-begin-hint")}</p>
                <div class="lab-remedies">
                    {BEGINNINGS.map(|(nets, words)| view! {
                        <button on:click=move |_| {
                            kept.with_untracked(|kept| shelf.begin_with(kept, nets));
                        }>{t(words)}</button>
                    }).collect_view()}
                </div>
            </details>
        </li>
    }
}
