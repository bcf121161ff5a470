//! Choices of the reader that outlive the page.

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Whether the reader has turned off what is stored under `name`.
pub(crate) fn is_off(name: &str) -> bool {
    let stored = storage().and_then(|storage| storage.get_item(name).ok()?);
    stored.as_deref() == Some("off")
}

/// Stores whether something is on. Where nothing can be stored, the choice ends with the page.
pub(crate) fn turn(name: &str, is_on: bool) {
    if let Some(storage) = storage() {
        // A full store forgets the choice.
        let _ = storage.set_item(name, if is_on { "on" } else { "off" });
    }
}
