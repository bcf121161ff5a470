//! The page's head: name, purpose, the lab's tabs, language and theme.

use std::time::Duration;

use leptos::prelude::*;

use crate::effects::page::with;
use crate::view::events::click;
use crate::view::theme;
use crate::view::words::{Language, choose_language, derived, language, t};

/// The page's head.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let dark = RwSignal::new(theme::chosen());
    theme::follow_system(move |is_dark| dark.set(is_dark));
    let toggle_theme = click(move || {
        dark.update(|dark| *dark = !*dark);
        theme::choose(dark.get_untracked());
    });
    let toggle_language = click(move || {
        let other = match language() {
            Language::English => Language::Chinese,
            Language::Chinese => Language::English,
        };
        choose_language(other.code());
        with(|page| {
            page.language = Some(other.code().to_string());
            page.write_address();
        });
    });
    let is_english = || language() == Language::English;
    // In a page without any other Chinese, two characters are a search for their font: after the first
    // frame.
    let is_named = RwSignal::new(false);
    set_timeout(move || is_named.set(true), Duration::ZERO);
    let other = move || match (is_english(), is_named.get()) {
        (false, _) => "English",
        (true, true) => "中文",
        (true, false) => "",
    };
    view! {
        <div class="head">
            <h1 title=t("tagline")>"GAN Playground"</h1>
            // The lab, once loaded, has its tabs in place of the sentence.
            <div id="places"><p>{t("tagline")}</p></div>
            <div class="header-controls">
                // The other language's name is written in that language.
                <button
                    class="quiet language"
                    on:click=toggle_language
                    lang=derived(move || String::from(if is_english() { "zh-Hans" } else { "en" }))
                >
                    {derived(move || String::from(other()))}
                </button>
                <button
                    class="quiet icon"
                    on:click=toggle_theme
                    aria-pressed=derived(move || dark.get().to_string())
                    aria-label=t("theme-dark")
                    title=t("theme-dark")
                >
                    <svg viewBox="0 0 20 20" aria-hidden="true">
                        <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/>
                        <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/>
                    </svg>
                </button>
            </div>
        </div>
    }
}
