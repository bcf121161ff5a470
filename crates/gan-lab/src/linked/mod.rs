//! Opens what the page's address links to: a checkpoint, or a generator, at any address that lets other
//! sites have its files.

mod view;

pub(crate) use view::Linked;

use crate::address;

/// The keys in the address.
const CHECKPOINT: &str = "checkpoint";
const GENERATOR: &str = "generator";

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
    let is_whole = written.contains("://") || written.starts_with("data:");
    let address = if is_whole {
        written.to_string()
    } else {
        // Beside the page.
        let folder = base.split('?').next().unwrap_or_default();
        let folder = &folder[..folder.rfind('/').map_or(0, |end| end + 1)];
        format!("{folder}{written}")
    };
    let is_of_web = ["https://", "http://"].iter().any(|start| address.starts_with(start));
    if is_of_web { Ok(address) } else { Err(written.to_string()) }
}

/// The host of an address, for people.
fn host(address: &str) -> &str {
    let rest = address.split("://").nth(1).unwrap_or(address);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://example.org/gan/?hide=charts";

    #[test]
    fn an_address_is_whole_or_beside_the_page() {
        let whole = "https://files.example.org/run.safetensors";
        assert_eq!(resolved(whole, PAGE), Ok(whole.to_string()));
        let beside = "https://example.org/gan/runs/a.safetensors".to_string();
        assert_eq!(resolved("runs/a.safetensors", PAGE), Ok(beside));
        for wrong in ["file:///etc/hosts", "data:text/plain,x"] {
            assert_eq!(resolved(wrong, PAGE), Err(wrong.to_string()));
        }
    }

    #[test]
    fn a_host_is_what_people_know_of_an_address() {
        assert_eq!(host("https://files.example.org:8080/a/b?c"), "files.example.org:8080");
    }
}
