//! Texts for the reader to copy.

use leptos::{html, prelude::*};

use crate::words::{key, say};

/// A button that puts `text` on the clipboard, called by the text of the key `label`. Where the browser does
/// not let it, the text where it is `shown` is selected instead, to be copied by hand.
#[component]
pub(crate) fn CopyButton(
    label: &'static str,
    text: Signal<String>,
    shown: NodeRef<html::Code>,
) -> impl IntoView {
    // What came of it, until the text is another one.
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
                // It is refused for what is not in the document, which nobody sees.
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
