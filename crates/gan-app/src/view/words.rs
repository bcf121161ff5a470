//! The page's words: Fluent texts in English and Chinese, chosen live.

use std::cell::RefCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use leptos::prelude::*;
use unic_langid::LanguageIdentifier;

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

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    static BUNDLES: [Bundle; 2] = [bundle(Language::English), bundle(Language::Chinese)];
    static LANGUAGE: RefCell<Option<RwSignal<Language>>> = const { RefCell::new(None) };
}

fn bundle(language: Language) -> Bundle {
    let text = match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    };
    let id: LanguageIdentifier = language.html_code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![id]);
    // Marks around arguments are for mixed writing directions; these two languages share one.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_string());
    let resource = resource.unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The text of `key` in `language`; the key itself if there is no such text.
pub fn text(language: Language, key: &str, arguments: &[(&str, String)]) -> String {
    BUNDLES.with(|bundles| {
        let bundle = &bundles[language as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_string();
        };
        let mut values = FluentArgs::new();
        for (name, value) in arguments {
            values.set(*name, value.as_str());
        }
        bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    })
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
pub fn t(key: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || say(key)
}

/// Marks a text's key where it is not said at once, so that tests find it.
pub const fn key(key: &'static str) -> &'static str {
    key
}
