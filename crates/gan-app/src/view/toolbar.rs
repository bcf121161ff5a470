//! Start, pause, step, reset.

use gan_protocol::Phase;
use leptos::prelude::*;

use crate::effects::display::Display;
use crate::effects::page::with;
use crate::effects::requests;
use crate::model::supervisor::Ask;
use crate::view::words::{key, say, t};

/// Starts training, or pauses it.
pub(crate) fn toggle_training() {
    with(|page| {
        let ask = if page.supervisor.wants_running() { Ask::Pause } else { Ask::Start };
        page.ask(ask, None);
    });
}

/// The buttons that drive the run.
#[component]
pub(crate) fn Toolbar() -> impl IntoView {
    let status = expect_context::<Display>().status;
    let running = Memo::new(move |_| status.with(|status| status.wants_running));
    let failed = Memo::new(move |_| status.with(|status| status.phase == Phase::Failed));
    let main_key = move || {
        if running.get() {
            key("pause")
        } else if status.with(|status| status.step > 0) {
            key("go-on")
        } else {
            key("start")
        }
    };
    view! {
        <div class="toolbar" role="toolbar" aria-label=t("toolbar")>
            <Show
                when=move || !failed.get()
                fallback=|| view! {
                    <button class="primary" on:click=|_| with(|page| page.retry())>{t("retry")}</button>
                }
            >
                <button
                    class="primary"
                    on:click=|_| toggle_training()
                    aria-keyshortcuts="Space"
                    title=t("space-hint")
                >
                    <svg viewBox="0 0 16 16" aria-hidden="true">
                        <path
                            fill="currentColor"
                            d=move || if running.get() {
                                "M4 3h3v10H4zM9 3h3v10H9z"
                            } else {
                                "M4.5 2.5v11l9-5.5z"
                            }
                        />
                    </svg>
                    <span>{move || say(main_key())}</span>
                </button>
            </Show>
            <button
                on:click=|_| requests::ask(Ask::Step(1))
                disabled=move || running.get() || failed.get()
                title=t("step-hint")
            >
                {t("step")}
            </button>
            <button
                on:click=|_| requests::ask(Ask::Reset)
                disabled=move || failed.get()
                title=t("reset-hint")
            >
                {t("reset")}
            </button>
        </div>
    }
}
