//! A button that copies a text.

use leptos::{html, prelude::*};

use crate::words::{key, say};

/// A button that copies `text` to the clipboard; `label` is the key of the button's text. If the
/// browser refuses, the text in the element `shown` is selected instead, to be copied by hand.
#[component]
pub(crate) fn CopyButton(
    label: &'static str,
    text: Signal<String>,
    shown: NodeRef<html::Code>,
) -> impl IntoView {
    // The outcome, until the text changes.
    let outcome = RwSignal::new(None::<bool>);
    Effect::new(move |_| {
        text.track();
        outcome.set(None);
    });
    let copy = move |_| {
        let text = text.get_untracked();
        leptos::task::spawn_local(async move {
            let is_copied = gan_browser::copied(&text).await;
            let selection = web_sys::window().and_then(|window| window.get_selection().ok()?);
            if let (false, Some(selection), Some(shown)) =
                (is_copied, selection, shown.get_untracked())
            {
                // Selecting fails only if the element is not in the document.
                let _ = selection.select_all_children(&shown);
            }
            outcome.set(Some(is_copied));
        });
    };
    let called = move || match outcome.get() {
        None => say(label),
        Some(true) => say(key("copied")),
        Some(false) => say(key("not-copied")),
    };
    view! { <button on:click=copy>{called}</button> }
}
