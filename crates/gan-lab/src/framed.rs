//! What the page lacks in a sandboxed frame.

use leptos::prelude::*;

use crate::words::t;

/// Says so, in such a frame. Whether it allows downloads no script can ask.
#[component]
pub(crate) fn Framed() -> impl IntoView {
    let is_framed = !gan_browser::has_origin();
    is_framed.then(|| view! { <p class="hint" role="note">{t("framed")}</p> })
}
