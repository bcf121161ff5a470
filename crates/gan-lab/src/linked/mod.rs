//! Opens what the page's address links to: a checkpoint, or a generator, at any address that lets other
//! sites have its files. And says what the run of a shared link differs in from its preset.

mod shared;
mod view;

pub(crate) use shared::SharedRun;
pub(crate) use view::Linked;

use crate::address;

/// The keys in the address.
const CHECKPOINT: &str = "checkpoint";
pub(crate) const GENERATOR: &str = "generator";

/// The address of the linked generator, if there is one.
pub(crate) fn generator() -> Option<String> {
    written(GENERATOR).and_then(|written| resolved(&written, &base()).ok())
}

/// The address of this page.
fn base() -> String {
    let location = web_sys::window().map(|window| window.location());
    let address = location.and_then(|location| location.href().ok()).unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_string()
}

/// What the page's hash says of `key`.
fn written(key: &str) -> Option<String> {
    let hash = address::hash();
    address::value(&hash, key).map(address::decoded)
}

/// The whole address of what is written in a link on the page at `base`. `Err` for an address that is not
/// of the web: a page must not be led to files of the reader's own.
fn resolved(written: &str, base: &str) -> Result<String, String> {
    let url = web_sys::Url::new_with_base(written, base).ok().filter(|_| !written.is_empty());
    let url = url.filter(|url| ["http:", "https:"].contains(&&*url.protocol()));
    url.map(|url| url.href()).ok_or_else(|| written.to_string())
}

/// The host of an address, for people.
fn host(address: &str) -> &str {
    let rest = address.split("://").nth(1).unwrap_or(address);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_what_people_know_of_an_address() {
        assert_eq!(host("https://files.example.org:8080/a/b?c"), "files.example.org:8080");
    }
}
