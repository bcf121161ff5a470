//! Shows the current run as a PyTorch program.

use gan_protocol::RunSpec;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::copying::CopyButton;
use crate::playground;
use crate::saving::save;
use crate::words::{key, say, t};

/// The program of the current run, written when it is opened.
#[component]
pub(crate) fn Code() -> impl IntoView {
    let program = RwSignal::new(None::<gan_code::Program>);
    let shown = NodeRef::new();
    let write = move |event: leptos::ev::Event| {
        let is_open = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlDetailsElement>().ok())
            .is_some_and(|details| details.open());
        // The settings may have changed since it was opened last.
        let spec = is_open.then(|| RunSpec::from_value(playground::spec()).ok()).flatten();
        program.set(spec.as_ref().map(gan_code::pytorch));
    };
    let text = move || program.with(|program| program.as_ref().map(|program| program.text.clone()));
    let copyable = Signal::derive(move || text().unwrap_or_default());
    let keep = move |_| {
        if let Some(text) = text() {
            save(text.as_bytes(), "text/x-python", "gan.py");
        }
    };
    let left_out = move || {
        let left_out = program.with(|program| {
            program.as_ref().map(|program| program.left_out.join("; ")).unwrap_or_default()
        });
        (!left_out.is_empty()).then(|| format!("{} {left_out}", say(key("code-left-out"))))
    };
    view! {
        <section class="lab-code" aria-label=t("code-title")>
            <h2>{t("code-title")}</h2>
            <details on:toggle=write>
                <summary>{t("code-show")}</summary>
                <p class="hint">{t("code-hint")}</p>
                <p class="hint">{left_out}</p>
                <div class="lab-remedies">
                    <CopyButton label=key("code-copy") text=copyable shown=shown/>
                    <button on:click=keep>"gan.py"</button>
                </div>
                <pre tabindex="0"><code node_ref=shown>{text}</code></pre>
            </details>
        </section>
    }
}
