//! The buttons that start, pause, step and reset the run.

use gan_protocol::Phase;
use leptos::prelude::*;

use crate::effects::display::Display;
use crate::effects::page::with;
use crate::effects::requests;
use crate::model::supervisor::Ask;
use crate::view::events::click;
use crate::view::words::{derived, key, say, t};

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
    let running = Signal::derive(move || status.with(|status| status.wants_running));
    let failed = Signal::derive(move || status.with(|status| status.phase == Phase::Failed));
    let cannot_step = Signal::derive(move || running.get() || failed.get());
    let can_go_on = Signal::derive(move || !failed.get());
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
            <button
                class="primary"
                on:click=click(|| with(|page| page.retry()))
                hidden=can_go_on
            >
                {t("retry")}
            </button>
            <button
                class="primary"
                on:click=click(toggle_training)
                hidden=failed
                aria-keyshortcuts="Space"
                title=t("space-hint")
            >
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path
                        fill="currentColor"
                        d=derived(move || String::from(if running.get() {
                            "M4 3h3v10H4zM9 3h3v10H9z"
                        } else {
                            "M4.5 2.5v11l9-5.5z"
                        }))
                    />
                </svg>
                <span>{derived(move || say(main_key()))}</span>
            </button>
            <button
                on:click=click(|| requests::ask(Ask::Step(1)))
                disabled=cannot_step
                title=t("step-hint")
            >
                {t("step")}
            </button>
            <button
                on:click=click(|| requests::ask(Ask::Reset))
                disabled=failed
                title=t("reset-hint")
            >
                {t("reset")}
            </button>
        </div>
    }
}
