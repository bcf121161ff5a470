//! The lab's texts, in the language of the page.

use std::cell::RefCell;

use gan_words::{Language, Texts};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

const ENGLISH: &str = include_str!("../../../web/locales/lab.en.ftl");
const CHINESE: &str = include_str!("../../../web/locales/lab.zh.ftl");
/// The page's own texts, for the labels of its settings.
const PAGE_ENGLISH: &str = include_str!("../../../web/locales/en.ftl");
const PAGE_CHINESE: &str = include_str!("../../../web/locales/zh.ftl");

thread_local! {
    static TEXTS: [Texts; 2] = [Texts::read(ENGLISH), Texts::read(CHINESE)];
    static PAGE_TEXTS: [Texts; 2] = [Texts::read(PAGE_ENGLISH), Texts::read(PAGE_CHINESE)];
    static LANGUAGE: RefCell<Option<RwSignal<Language>>> = const { RefCell::new(None) };
}

/// Takes the language from the document, now and whenever it changes.
pub(crate) fn follow_document() {
    let signal = RwSignal::new(of_document());
    LANGUAGE.set(Some(signal));
    let changed = Closure::<dyn FnMut()>::new(move || {
        if of_document() != signal.get_untracked() {
            signal.set(of_document());
        }
    });
    let options = web_sys::MutationObserverInit::new();
    options.set_attributes(true);
    let observer = web_sys::MutationObserver::new(changed.as_ref().unchecked_ref());
    if let (Ok(observer), Some(root)) = (observer, document().document_element()) {
        // Only invalid options are refused.
        let _ = observer.observe_with_options(&root, &options);
        std::mem::forget(observer);
    }
    changed.forget();
}

fn of_document() -> Language {
    let code = document().document_element().and_then(|root| root.get_attribute("lang"));
    code.and_then(|code| Language::of_code(&code)).unwrap_or(Language::English)
}

fn document() -> web_sys::Document {
    web_sys::window().and_then(|window| window.document()).expect("the lab runs in a page")
}

/// The text of `key` in the current language.
pub fn say(key: &str) -> String {
    say_with(key, &[])
}

/// As [`say`], with arguments.
pub fn say_with(key: &str, arguments: &[(&str, String)]) -> String {
    TEXTS.with(|texts| texts[language() as usize].text(key, arguments))
}

/// The text of a key of the page's own.
pub(crate) fn page_says(key: &str) -> String {
    PAGE_TEXTS.with(|texts| texts[language() as usize].text(key, &[]))
}

/// The current language; tracked if it is read by something reactive.
pub fn language() -> Language {
    let signal = LANGUAGE.with_borrow(|signal| *signal);
    signal.map_or(Language::English, |signal| signal.get())
}

/// The text of `key` for a place in the view, which follows the language.
pub fn t(key: &'static str) -> Signal<String> {
    Signal::derive(move || say(key))
}

/// Marks the key of a text that is displayed elsewhere, so that tests find it.
pub const fn key(key: &'static str) -> &'static str {
    key
}

/// Marks the key of a text of the page's own, so that tests find it.
pub(crate) const fn page_key(key: &'static str) -> &'static str {
    key
}

/// Marks what the page's keys of a kind of value begin with, so that tests find the kind.
pub(crate) const fn page_kind(kind: &'static str) -> &'static str {
    kind
}
