//! A note on what the page lacks in a sandboxed frame.

use leptos::prelude::*;

use crate::words::t;

/// The note, in such a frame. A script cannot test whether downloads are allowed there.
#[component]
pub(crate) fn Framed() -> impl IntoView {
    let is_framed = !gan_browser::has_origin();
    is_framed.then(|| view! { <p class="hint" role="note">{t("framed")}</p> })
}
