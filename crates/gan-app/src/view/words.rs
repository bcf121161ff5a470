//! The page's words: texts in English and Chinese from Fluent files, chosen live.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;

use crate::effects::browser::{document, window};

const ENGLISH: &str = include_str!("../../../../web/locales/en.ftl");
const CHINESE: &str = include_str!("../../../../web/locales/zh.ftl");

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// The language with a code such as `en`, `zh` or `zh-TW`.
    pub fn of_code(code: &str) -> Option<Self> {
        match code.split('-').next() {
            Some("en") => Some(Self::English),
            Some("zh") => Some(Self::Chinese),
            _ => None,
        }
    }

    /// Its code in the page's address.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    fn html_code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }
}

thread_local! {
    static TEXTS: [Texts; 2] = [Texts::read(ENGLISH), Texts::read(CHINESE)];
    static LANGUAGE: RefCell<Option<RwSignal<Language>>> = const { RefCell::new(None) };
}

/// The texts of a language by key.
///
/// The locales are Fluent files of which the page uses one message a line and plain arguments,
/// `key = text { $argument } text`. A test reads them with Fluent's own parser and refuses
/// anything more: this reader is twenty kilobytes smaller than a whole resolver.
struct Texts(HashMap<&'static str, &'static str>);

impl Texts {
    fn read(locale: &'static str) -> Self {
        Self(locale.lines().filter_map(|line| line.split_once(" = ")).collect())
    }

    fn text(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let Some(mut rest) = self.0.get(key).copied() else { return key.to_string() };
        let mut text = String::with_capacity(rest.len());
        while let Some((before, from_name)) = rest.split_once("{ $") {
            let (name, after) = from_name.split_once(" }").unwrap_or((from_name, ""));
            text.push_str(before);
            let value = arguments.iter().find(|(known, _)| *known == name);
            text.push_str(value.map_or(name, |(_, value)| value));
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

/// The text of `key` in `language`; the key itself if there is no such text.
pub fn text(language: Language, key: &str, arguments: &[(&str, String)]) -> String {
    TEXTS.with(|texts| texts[language as usize].text(key, arguments))
}

/// Chooses the language that the page opens with.
pub(crate) fn provide(asked: Option<&str>) {
    let of_browser = || {
        let languages = window().navigator().languages();
        languages.iter().filter_map(|code| code.as_string()).find_map(|c| Language::of_code(&c))
    };
    let language = asked.and_then(Language::of_code).or_else(of_browser);
    let signal = RwSignal::new(language.unwrap_or(Language::English));
    LANGUAGE.set(Some(signal));
    Effect::new(move |_| {
        let language = signal.get();
        if let Some(root) = document().document_element() {
            // The attribute's name is a constant: it is never refused.
            let _ = root.set_attribute("lang", language.html_code());
        }
        document().set_title(&text(language, key("page-title"), &[]));
    });
}

/// The language in use; watched, where it is read by something reactive.
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

/// The text of `key` in the language in use.
pub fn say(key: &str) -> String {
    text(language(), key, &[])
}

/// As [`say`], with arguments.
pub fn say_with(key: &str, arguments: &[(&str, String)]) -> String {
    text(language(), key, arguments)
}

/// The text of `key` for a place in the view, which follows the language.
pub fn t(key: &'static str) -> Signal<String> {
    derived(move || say(key))
}

/// A text that follows what it is made of. All such texts are of one type, so that the code that
/// keeps the document up to date is there once.
pub fn derived(make: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(make)
}

/// Marks a text's key where it is not said at once, so that tests find it.
pub const fn key(key: &'static str) -> &'static str {
    key
}
