//! The row of tabs, by the WAI-ARIA pattern with automatic activation, and the place that is shown.

use js_sys::Function;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::place::Place;
use super::shortcuts::Shortcuts;
use crate::address;
use crate::focus;
use crate::playground::extend;
use crate::words::t;

/// The key in the address.
pub(crate) const PANEL: &str = "panel";

/// The places, and which of them is shown.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    shown: RwSignal<Place>,
    /// Those that the page's address leaves.
    offered: StoredValue<Vec<Place>>,
    /// Work that waits for the first time that a place is shown.
    waiting: StoredValue<Vec<Waiting>, LocalStorage>,
}

type Waiting = (Place, Box<dyn FnOnce()>);

/// The values of `hide` in a query, one by one.
fn hidden_in(query: &str) -> Vec<&str> {
    let query = query.trim_start_matches('?').split('&');
    let hidden = query.filter_map(|part| part.strip_prefix("hide="));
    hidden.flat_map(|names| names.split(',')).collect()
}

impl Places {
    /// Shows the place that the page's address names, and follows the browser's history.
    pub(crate) fn follow_address() -> Self {
        let location = web_sys::window().map(|window| window.location());
        let query = location.and_then(|location| location.search().ok()).unwrap_or_default();
        // A comma may stand there as it is or as an escape.
        let query = address::decoded(&query);
        let hidden = hidden_in(&query);
        let offered = Place::ALL.into_iter().filter(|place| place.is_offered(&hidden));
        let places = Self {
            shown: RwSignal::new(Place::Run),
            offered: StoredValue::new(offered.collect()),
            waiting: StoredValue::new_local(Vec::new()),
        };
        // A link to a generator that names no panel leads to where generators are shown.
        let hash = address::hash();
        let is_of_generator = address::value(&hash, crate::linked::GENERATOR).is_some();
        let is_open = address::value(&hash, PANEL).is_none() && is_of_generator;
        let takes = is_open && places.is_offered(Place::Take);
        places.shown.set(if takes { Place::Take } else { places.in_address() });
        for event in ["hashchange", "popstate"] {
            let follow = move |_: web_sys::Event| {
                let place = places.in_address();
                if places.shown.get_untracked() != place {
                    places.change_to(place);
                }
            };
            // For the lifetime of the page.
            std::mem::forget(window_event_listener_untyped(event, follow));
        }
        places
    }

    fn in_address(self) -> Place {
        let hash = address::hash();
        let named = address::value(&hash, PANEL).and_then(Place::named);
        named.filter(|place| self.is_offered(*place)).unwrap_or(Place::Run)
    }

    pub(crate) fn is_offered(self, place: Place) -> bool {
        self.offered.with_value(|offered| offered.contains(&place))
    }

    /// The place that is shown; tracked.
    pub(crate) fn shown(self) -> Place {
        self.shown.get()
    }

    /// Whether a place is shown, at this moment.
    pub(crate) fn is_shown(self, place: Place) -> bool {
        self.shown.get_untracked() == place
    }

    fn change_to(self, place: Place) {
        self.shown.set(place);
        let mut due = Vec::new();
        self.waiting.update_value(|waiting| {
            let (now, later): (Vec<_>, Vec<_>) =
                std::mem::take(waiting).into_iter().partition(|(of, _)| *of == place);
            (due, *waiting) = (now, later);
        });
        for (_, work) in due {
            // An owner of its own: the signals of an effect that shows a place end at its next run.
            let owner = Owner::new_root(None);
            owner.with(|| untrack(work));
            // For the lifetime of the page.
            std::mem::forget(owner);
        }
    }

    /// Does `work` when `place` is shown for the first time; at once, if it is shown now.
    pub(crate) fn once_shown(self, place: Place, work: impl FnOnce() + 'static) {
        if self.is_shown(place) {
            work();
        } else {
            self.waiting.update_value(|waiting| waiting.push((place, Box::new(work))));
        }
    }

    /// Shows a place, with an entry in the browser's history.
    pub(crate) fn show(self, place: Place) {
        if !self.is_offered(place) || self.shown.get_untracked() == place {
            return;
        }
        self.change_to(place);
        let value = (place != Place::Run).then(|| place.id().to_string());
        address::write(&[(PANEL, value)], true);
        bring_into_sight();
    }

    /// Shows a place for a reader who is led there: the focus follows.
    pub(crate) fn lead_to(self, place: Place) {
        self.show(place);
        focus::soon(move || focus::found(&format!("#{}", place.id())));
    }

    /// Adds `panel(name)` to the page's interface for scripts.
    pub(crate) fn offer_to_scripts(self) {
        let panel = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |name: JsValue| {
            match name.as_string() {
                Some(name) => {
                    let place = Place::named(&name).filter(|place| self.is_offered(*place));
                    if let Some(place) = place {
                        self.show(place);
                    }
                    place.is_some().into()
                }
                None => self.shown.get_untracked().id().into(),
            }
        });
        extend("panel", panel.into_js_value().unchecked_ref::<Function>());
    }
}

/// Scrolls to the places' top, if it is out of sight: above the window, or in its lower half.
fn bring_into_sight() {
    let Some(work) = focus::found(".work") else { return };
    let height = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64());
    let top = work.get_bounding_client_rect().top();
    if top < 0.0 || top > 0.5 * height.unwrap_or(f64::INFINITY) {
        work.scroll_into_view();
    }
}

/// Tells the style sheet how high the bar at the top is: what stays in sight beside the panels lies beneath
/// it.
fn follow_bar() {
    let Some(bar) = focus::found("header") else { return };
    let observed = bar.clone();
    let resized = Closure::<dyn FnMut()>::new(move || {
        let root = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.document_element())
            .and_then(|root| root.dyn_into::<HtmlElement>().ok());
        if let Some(root) = root {
            // On a phone its first row scrolls away: it sticks above the window's edge.
            let style =
                web_sys::window().and_then(|window| window.get_computed_style(&bar).ok()?);
            let top = style.and_then(|style| style.get_property_value("top").ok());
            let top = top.and_then(|top| top.trim_end_matches("px").parse::<f64>().ok());
            let height = f64::from(bar.offset_height()) + top.unwrap_or(0.0);
            let height = format!("{height}px");
            // The property's name is valid.
            let _ = root.style().set_property("--bar-height", &height);
        }
    });
    let resized = resized.into_js_value();
    if let Ok(observer) = web_sys::ResizeObserver::new(resized.unchecked_ref()) {
        observer.observe(&observed);
        // For the lifetime of the page.
        std::mem::forget(observer);
    }
}

fn tab_id(place: Place) -> String {
    format!("tab-{}", place.id())
}

/// Makes `panel` the panel of a tab, in sight while its place is shown.
fn become_panel(places: Places, place: Place, panel: HtmlElement) {
    for (name, value) in [("role", "tabpanel"), ("tabindex", "0")] {
        // The names are valid.
        let _ = panel.set_attribute(name, value);
    }
    let _ = panel.set_attribute("aria-labelledby", &tab_id(place));
    Effect::new(move |_| panel.set_hidden(places.shown() != place));
}

/// The place to which a key leads among `offered`.
fn led(offered: &[Place], from: Place, key: &str) -> Option<Place> {
    let at = offered.iter().position(|place| *place == from)?;
    let count = offered.len();
    let to = match key {
        "ArrowRight" => (at + 1) % count,
        "ArrowLeft" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    Some(offered[to])
}

/// The tabs; the elements of the places become their panels.
#[component]
pub(crate) fn Tabs(places: Places) -> impl IntoView {
    for place in Place::ALL {
        if let Some(panel) = place.element() {
            become_panel(places, place, panel);
        }
    }
    follow_bar();
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    Effect::new(move |_| {
        let place = places.shown().id();
        if let Some(root) = &root {
            // The name is valid.
            let _ = root.set_attribute("data-place", place);
        }
    });
    let offered = places.offered.get_value();
    let tabs = offered.iter().map(|&place| {
        let tab = NodeRef::<html::Button>::new();
        let is_shown = move || places.shown() == place;
        // In a row that is wider than the window the tab of the place that is shown is in sight.
        Effect::new(move |_| {
            if let Some(tab) = tab.get()
                && is_shown()
            {
                keep_in_row(&tab);
            }
        });
        view! {
            <button
                node_ref=tab
                role="tab"
                id=tab_id(place)
                aria-controls=place.id()
                aria-selected=move || is_shown().to_string()
                tabindex=move || if is_shown() { "0" } else { "-1" }
                on:click=move |_| places.show(place)
            >
                {t(place.title())}
            </button>
        }
    });
    let tabs = tabs.collect_view();
    let by_key = move |event: ev::KeyboardEvent| {
        let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key());
        let to = led(&offered, places.shown.get_untracked(), &event.key());
        if let Some(to) = to.filter(|_| is_plain) {
            event.prevent_default();
            places.show(to);
            focus::soon(move || focus::found(&format!("#{}", tab_id(to))));
        }
    };
    view! {
        <div class="lab-places" role="tablist" aria-label=t("places") on:keydown=by_key>{tabs}</div>
        <Shortcuts places=places/>
    }
}

/// Scrolls the row of tabs, and nothing else, until `tab` is in sight.
fn keep_in_row(tab: &HtmlElement) {
    let Some(row) = tab.parent_element() else { return };
    let (row_box, own) = (row.get_bounding_client_rect(), tab.get_bounding_client_rect());
    let by = if own.left() < row_box.left() {
        own.left() - row_box.left()
    } else if own.right() > row_box.right() {
        own.right() - row_box.right()
    } else {
        return;
    };
    row.set_scroll_left(row.scroll_left() + by as i32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_what_is_hidden() {
        assert_eq!(hidden_in("?hide=settings,charts&lock=settings"), ["settings", "charts"]);
        assert_eq!(hidden_in("?lock=settings"), Vec::<&str>::new());
        assert_eq!(hidden_in(""), Vec::<&str>::new());
    }

    #[test]
    fn keys_lead_round_the_row() {
        let offered = [Place::Run, Place::Look, Place::Take];
        let leads = |from, key| led(&offered, from, key);
        assert_eq!(leads(Place::Run, "ArrowRight"), Some(Place::Look));
        assert_eq!(leads(Place::Take, "ArrowRight"), Some(Place::Run));
        assert_eq!(leads(Place::Run, "ArrowLeft"), Some(Place::Take));
        assert_eq!(leads(Place::Look, "Home"), Some(Place::Run));
        assert_eq!(leads(Place::Look, "End"), Some(Place::Take));
        assert_eq!(leads(Place::Look, "Enter"), None);
    }
}
