//! The lab's parts of the page's address, behind `#`: the lesson and its step, and the panel.
//!
//! The page writes its run into the address and leaves these parts as they are.

use wasm_bindgen::prelude::*;
use web_sys::{History, Location};

/// A part with its value; `None` leaves the part out.
pub(crate) type Part<'a> = (&'a str, Option<String>);

fn parts(hash: &str) -> impl DoubleEndedIterator<Item = &str> {
    hash.trim_start_matches('#').split('&').filter(|part| !part.is_empty())
}

fn split(part: &str) -> (&str, &str) {
    part.split_once('=').unwrap_or((part, ""))
}

/// The value of `key` as it is written in a hash. The last one counts, as on the page.
pub(crate) fn value<'a>(hash: &'a str, key: &str) -> Option<&'a str> {
    parts(hash).rev().map(split).find(|(known, _)| *known == key).map(|(_, value)| value)
}

/// The hash with `changes`, and its other parts as they are.
pub(crate) fn with_parts(hash: &str, changes: &[Part]) -> String {
    let is_other = |part: &&str| changes.iter().all(|(key, _)| *key != split(part).0);
    let mut all: Vec<_> = parts(hash).filter(is_other).map(str::to_string).collect();
    for (key, value) in changes {
        if let Some(value) = value {
            all.push(format!("{key}={value}"));
        }
    }
    if all.is_empty() { String::new() } else { format!("#{}", all.join("&")) }
}

/// A part of an address for people: without percent signs where they stand for letters.
pub(crate) fn decoded(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_string(), String::from)
}

fn location() -> Option<Location> {
    web_sys::window().map(|window| window.location())
}

fn history() -> Option<History> {
    web_sys::window()?.history().ok()
}

/// The page's hash, with its `#`.
pub(crate) fn hash() -> String {
    location().and_then(|location| location.hash().ok()).unwrap_or_default()
}

/// The mark that the page gives the browser's entry: entries with one mark belong to one run.
pub(crate) fn mark() -> JsValue {
    history().and_then(|history| history.state().ok()).unwrap_or(JsValue::NULL)
}

/// Changes parts of the page's address; with a new entry in the browser's history if it `adds` one.
pub(crate) fn write(changes: &[Part], adds: bool) {
    let before = hash();
    let after = with_parts(&before, changes);
    let Some((location, history)) = location().zip(history()).filter(|_| before != after) else {
        return;
    };
    let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let address = path + &after;
    // A refusal (too many changes in a short time) leaves the address as it was.
    let _ = if adds {
        history.push_state_with_url(&mark(), "", Some(&address))
    } else {
        history.replace_state_with_url(&mark(), "", Some(&address))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_part_counts() {
        assert_eq!(value("#lesson=repairs&panel=look", "panel"), Some("look"));
        assert_eq!(value("panel=a&panel=b", "panel"), Some("b"));
        assert_eq!(value("#autostart", "autostart"), Some(""));
        assert_eq!(value("", "panel"), None);
    }

    #[test]
    fn parts_are_changed_beside_the_run() {
        let run = "#preset=ring&spec=%7B%22seed%22:2%7D&lang=zh";
        let with = with_parts(run, &[("panel", Some("past".into()))]);
        assert_eq!(with, format!("{run}&panel=past"));
        assert_eq!(with_parts(&with, &[("panel", None)]), run);
        assert_eq!(with_parts("#panel=past", &[("panel", None)]), "");
        assert_eq!(with_parts("#autostart&panel=past", &[("panel", None)]), "#autostart");
    }
}
