//! The page's texts, in English and Chinese, from Fluent files; the language can change at any
//! time.

use std::cell::RefCell;

pub use gan_words::Language;
use gan_words::Texts;
use leptos::prelude::*;

use crate::effects::browser::{call, document, member, on_window, window};

const ENGLISH: &str = include_str!("../../../../web/locales/en.ftl");
const CHINESE: &str = include_str!("../../../../web/locales/zh.ftl");

thread_local! {
    static TEXTS: [Texts; 2] = [Texts::read(ENGLISH), Texts::read(CHINESE)];
    static LANGUAGE: RefCell<Option<RwSignal<Language>>> = const { RefCell::new(None) };
}

/// The text of `key` in `language`; the key itself if there is no such text.
pub fn text(language: Language, key: &str, arguments: &[(&str, String)]) -> String {
    TEXTS.with(|texts| texts[language as usize].text(key, arguments))
}

/// Sets the language with which the page opens.
pub(crate) fn provide(asked: Option<&str>) {
    let of_browser = || {
        let languages = window().navigator().languages();
        languages.iter().filter_map(|code| code.as_string()).find_map(|c| Language::of_code(&c))
    };
    let language = asked.and_then(Language::of_code).or_else(of_browser);
    let signal = RwSignal::new(language.unwrap_or(Language::English));
    LANGUAGE.set(Some(signal));
    // Texts that were there before the lab are told anew.
    on_window("gan-playground-words", move |_| signal.notify());
    Effect::new(move |_| {
        let language = signal.get();
        if let Some(root) = document().document_element() {
            // The attribute's name is a constant, which is never refused.
            let _ = root.set_attribute("lang", language.html_code());
        }
        document().set_title(&text(language, key("page-title"), &[]));
    });
}

/// The current language; tracked if it is read by something reactive.
pub fn language() -> Language {
    let signal = LANGUAGE.with_borrow(|signal| *signal);
    signal.map_or(Language::English, |signal| signal.get())
}

/// Changes the language, if `code` is one.
pub fn choose_language(code: &str) {
    let signal = LANGUAGE.with_borrow(|signal| *signal);
    if let (Some(signal), Some(language)) = (signal, Language::of_code(code)) {
        signal.set(language);
    }
}

/// The text of `key` in the current language.
pub fn say(key: &str) -> String {
    text(language(), key, &[])
}

/// As [`say`], with arguments.
pub fn say_with(key: &str, arguments: &[(&str, String)]) -> String {
    text(language(), key, arguments)
}

/// A refusal in the current language, once the lab is there, which has the list of them.
pub fn refusal(message: &str) -> String {
    let told = match language() {
        Language::English => None,
        Language::Chinese => {
            let api = member(&window(), "ganPlayground");
            call(&api, "refusal", &[message.into()]).ok().and_then(|told| told.as_string())
        }
    };
    told.unwrap_or_else(|| message.to_string())
}

/// The text of `key` for a place in the view, which follows the language.
pub fn t(key: &'static str) -> Signal<String> {
    derived(move || say(key))
}

/// A text that follows the signals it reads. All such texts have one type, so that the code that
/// updates the document exists once.
pub fn derived(make: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(make)
}

/// Marks the key of a text that is displayed elsewhere, so that tests find it.
pub const fn key(key: &'static str) -> &'static str {
    key
}
