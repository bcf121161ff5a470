//! Light or dark: as the system has it, or as the user chose.

use crate::effects::browser::{document, matches_media, store, stored};

const STORED: &str = "gan-playground-theme";

/// Whether the page is dark.
pub(crate) fn chosen() -> bool {
    match stored(STORED).as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => matches_media("(prefers-color-scheme: dark)"),
    }
}

/// Shows the page dark or light.
pub(crate) fn apply(dark: bool) {
    if let Some(root) = document().document_element() {
        // The attribute's name is a constant: it is never refused.
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
    }
}

/// Remembers what the user chose.
pub(crate) fn choose(dark: bool) {
    apply(dark);
    store(STORED, if dark { "dark" } else { "light" });
}
