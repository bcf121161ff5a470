//! Keys that act from anywhere on the page, and the list of them.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Element;

use super::place::Place;
use super::tabs::Places;
use crate::choices;
use crate::dialog;
use crate::driving;
use crate::words::{key, t};

/// Where the choice to do without is stored.
const STORED: &str = "gan-playground-shortcuts";

/// The keys of places: 1 to 9, then 0.
fn digit_of(number: usize) -> String {
    ((number + 1) % 10).to_string()
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Show(Place),
    Step,
    List,
}

fn act_of(key: &str) -> Option<Act> {
    match key {
        "?" => Some(Act::List),
        "s" => Some(Act::Step),
        _ => {
            let place =
                Place::ALL.into_iter().enumerate().find(|(number, _)| digit_of(*number) == key);
            place.map(|(_, place)| Act::Show(place))
        }
    }
}

/// Whether someone types where the event comes from.
fn is_typed(event: &ev::KeyboardEvent) -> bool {
    // Within an element that has a document of its own, the event's target is that element.
    let target = event.composed_path().get(0).dyn_into::<Element>().ok();
    let typed = target.and_then(|element| {
        element
            .closest("input:not([type=checkbox]):not([type=range]), textarea, select, dialog")
            .ok()
    });
    typed.is_some_and(|found| found.is_some())
}

/// The button that opens the list, and the list. Whoever speaks to the computer, or types by accident,
/// can do without the keys (WCAG 2.1, 2.1.4).
#[component]
pub(crate) fn Shortcuts(places: Places) -> impl IntoView {
    let list = NodeRef::<html::Dialog>::new();
    let active = RwSignal::new(!choices::is_off(STORED));
    let open = move || {
        if let Some(list) = list.get_untracked() {
            dialog::open(&list);
        }
    };
    let pressed = window_event_listener(ev::keydown, move |event| {
        let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key());
        if !is_plain || event.repeat() || !active.get_untracked() || is_typed(&event) {
            return;
        }
        let Some(act) = act_of(&event.key()) else { return };
        event.prevent_default();
        match act {
            Act::Show(place) => places.lead_to(place),
            Act::Step => driving::step(|| {}),
            Act::List => open(),
        }
    });
    on_cleanup(move || pressed.remove());
    let choose = move |event| {
        let is_active = event_target_checked(&event);
        active.set(is_active);
        choices::turn(STORED, is_active);
    };
    let offered =
        Place::ALL.into_iter().enumerate().filter(move |(_, place)| places.is_offered(*place));
    let rows = offered.map(|(number, place)| {
        view! { <dt><kbd>{digit_of(number)}</kbd></dt><dd>{t(place.title())}</dd> }
    });
    view! {
        <button class="quiet icon lab-keys" aria-label=t("shortcuts") title=t("shortcuts") on:click=move |_| open()>
            "?"
        </button>
        <dialog node_ref=list class="lab-shortcuts" aria-label=t("shortcuts")>
            <h2>{t("shortcuts")}</h2>
            <dl>
                <dt><kbd>{t("key-space")}</kbd></dt><dd>{t("shortcut-space")}</dd>
                <dt><kbd>"s"</kbd></dt><dd>{t("shortcut-step")}</dd>
                {rows.collect_view()}
                <dt><kbd>"?"</kbd></dt><dd>{t("shortcuts")}</dd>
            </dl>
            <label class="lab-chip">
                <input type="checkbox" prop:checked=active on:change=choose/>
                {t("shortcuts-active")}
            </label>
            <form method="dialog"><button autofocus>{t(key("close"))}</button></form>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_a_digit() {
        assert_eq!(act_of("1"), Some(Act::Show(Place::Run)));
        assert_eq!(act_of("0"), Some(Act::Show(Place::Teach)));
        assert_eq!(act_of("?"), Some(Act::List));
        assert_eq!(act_of("x"), None);
    }
}
