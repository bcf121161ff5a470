//! The page as a whole: its parts, dropped files and the keyboard.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;

use crate::effects::requests;
use crate::model::notice::AT_RUN;
use crate::view::header::Header;
use crate::view::notices::Notices;
use crate::view::settings::{Files, SettingsPanel};
use crate::view::sheets::{Charts, Explanation, Sheets};
use crate::view::status::StatusLine;
use crate::view::toolbar::{Toolbar, toggle_training};
use crate::view::words::t;

/// The page.
#[component]
pub(crate) fn App() -> impl IntoView {
    let dragged = RwSignal::new(false);
    follow_dropped_files(dragged);
    follow_keyboard();
    let hidden = Signal::derive(move || !dragged.get());
    view! {
        <a class="skip" href="#samples">{t("skip-to-samples")}</a>
        <header>
            <Header/>
            <div class="bar">
                <Toolbar/>
                <StatusLine/>
                <Notices place=AT_RUN/>
            </div>
        </header>
        <main>
            // The lab, once loaded, fills the empty elements; without it everything is in sight.
            <div class="columns">
                <div class="picture" id="samples" tabindex="-1">
                    <Sheets/>
                    <div id="plane"></div>
                    <div id="anatomy"></div>
                </div>
                <div class="work">
                    <div id="lessons"></div>
                    <div id="run">
                        <div class="side">
                            <Charts/>
                            <div id="diagnosis"></div>
                            <Explanation/>
                        </div>
                        <SettingsPanel/>
                    </div>
                    <div id="take"><Files/></div>
                </div>
            </div>
        </main>
        <footer>
            <p>{t("footer-local")}</p>
        </footer>
        <div class="drop" hidden=hidden aria-hidden="true">
            <p>{t("drop-here")}</p>
        </div>
    }
}

fn follow_dropped_files(dragged: RwSignal<bool>) {
    window_event_listener(ev::dragover, move |event| {
        event.prevent_default();
        dragged.set(true);
    });
    window_event_listener(ev::dragleave, move |event| {
        // Leaving an element for its child is not leaving the window.
        if event.related_target().is_none() {
            dragged.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        dragged.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            spawn_local(requests::open_files(AT_RUN, files));
        }
    });
}

/// Space starts and pauses, unless the focused element uses the key itself.
fn follow_keyboard() {
    window_event_listener(ev::keydown, |event| {
        let plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key());
        if event.key() != " " || !plain || event.repeat() {
            return;
        }
        // Within an element that has a document of its own, the event's target is that element.
        let target = event.composed_path().get(0).dyn_into::<web_sys::Element>().ok();
        let on_control = target
            .and_then(|element| {
                // A panel as a whole has no use for the key.
                let uses =
                    "button, input, select, textarea, summary, a, [role]:not([role=tabpanel])";
                element.closest(uses).ok()
            })
            .is_some_and(|found| found.is_some());
        if !on_control {
            event.prevent_default();
            toggle_training();
        }
    });
}
