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
    in_hash(&address::hash(), GENERATOR, &base()).and_then(Result::ok)
}

/// The address of this page.
fn base() -> String {
    let location = web_sys::window().map(|window| window.location());
    let address = location.and_then(|location| location.href().ok()).unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_string()
}

/// The address that a part of the hash names, as it is written there. `Err` for one that is not of the
/// web: a page must not be led to files of the reader's own.
fn in_hash(hash: &str, key: &str, base: &str) -> Option<Result<String, String>> {
    let written = address::decoded(address::value(hash, key)?);
    let is_whole = written.contains("://") || written.starts_with("data:");
    let address = if is_whole {
        written.clone()
    } else {
        // Beside the page.
        let folder = base.split('?').next().unwrap_or_default();
        let folder = &folder[..folder.rfind('/').map_or(0, |end| end + 1)];
        format!("{folder}{written}")
    };
    let is_of_web = ["https://", "http://"].iter().any(|start| address.starts_with(start));
    Some(if is_of_web { Ok(address) } else { Err(written) })
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
        let found = |hash: &str| in_hash(hash, CHECKPOINT, PAGE);
        assert_eq!(found("#preset=ring"), None);
        let whole = "https://files.example.org/run.safetensors";
        assert_eq!(found(&format!("#checkpoint={whole}")), Some(Ok(whole.to_string())));
        let beside = "https://example.org/gan/runs/a.safetensors".to_string();
        assert_eq!(found("#checkpoint=runs/a.safetensors"), Some(Ok(beside)));
        for wrong in ["file:///etc/hosts", "data:text/plain,x"] {
            assert_eq!(found(&format!("#checkpoint={wrong}")), Some(Err(wrong.to_string())));
        }
    }

    #[test]
    fn a_host_is_what_people_know_of_an_address() {
        assert_eq!(host("https://files.example.org:8080/a/b?c"), "files.example.org:8080");
    }
}
