//! The texts of the page and of the lab, by key, in two languages.
//!
//! All functions are pure: the caller chooses the language and updates the screen.

mod refusals;

pub use refusals::Refusals;

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

    /// Its code for the document.
    pub fn html_code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }
}

/// The texts of a language, each with its key.
///
/// The locales are Fluent files of which the page uses one message a line and plain arguments,
/// `key = text { $argument } text`. A test reads them with Fluent's own parser and refuses
/// anything more: this reader is twenty kilobytes smaller than a whole resolver.
pub struct Texts(Vec<(&'static str, &'static str)>);

impl Texts {
    /// The texts in a locale's file.
    pub fn read(locale: &'static str) -> Self {
        Self(locale.lines().filter_map(|line| line.split_once(" = ")).collect())
    }

    /// The text of `key`; the key itself if there is no such text.
    pub fn text(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let found = self.0.iter().find(|(known, _)| *known == key);
        let Some((_, mut rest)) = found.copied() else { return key.to_string() };
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
