//! The cursor over a plot: moved by mouse, finger and keys, it reads the values of a step. Both charts share it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::axes::Axes;
use super::{Line, texts};
use crate::effects::browser::{member, on_element};
use crate::effects::display::Display;
use crate::effects::page::with;
use crate::view::words::{derived, key, say, t};

/// The place over the plot that takes pointers and keys: a slider along the steps. It lies beside the picture, as
/// assistive technology leaves out what is inside a slider. Where no step is read, its text is a hint that stays the
/// same, so that a screen reader is not kept talking while a run goes on.
#[component]
pub(super) fn Cursor(
    title: &'static str,
    lines: [Line; 2],
    axes: Memo<Axes>,
    has_points: Signal<bool>,
) -> impl IntoView {
    let display = expect_context::<Display>();
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            let events = ["pointerdown", "pointermove", "pointerleave", "blur", "keydown"];
            on_element(&place, &events, move |event| follow(&event, display, axes));
        }
    });
    let end = move |pick: fn(&(f64, f64)) -> f64| {
        derived(move || (axes.with(|axes| pick(&axes.across.domain)) as u64).to_string())
    };
    let last = end(|domain| domain.1);
    let now = derived(move || {
        display.reading.get().map_or_else(|| last.get(), |(step, _)| step.to_string())
    });
    let told = derived(move || match display.reading.get() {
        Some(reading) => {
            let series = lines.map(|line| (line.name, reading.1[line.column as usize]));
            texts::reading(reading, series, &texts::note(display, axes, reading.0))
        }
        None => say(key("chart-keys")),
    });
    view! {
        <div
            node_ref=place
            class="cursor"
            role="slider"
            tabindex="0"
            aria-label=t(title)
            aria-valuemin=end(|domain| domain.0)
            aria-valuemax=last
            aria-valuenow=now
            aria-valuetext=told
            hidden=Signal::derive(move || !has_points.get())
        ></div>
    }
}

fn follow(event: &web_sys::Event, display: Display, axes: Memo<Axes>) {
    match event.type_().as_str() {
        "keydown" => {
            let press: &web_sys::KeyboardEvent = event.unchecked_ref();
            // With these the browser itself does something, such as going back.
            let is_plain = !(press.ctrl_key() || press.alt_key() || press.meta_key());
            if is_plain && with(|page| page.read_by_key(&press.key())) {
                event.prevent_default();
            }
        }
        "pointerdown" | "pointermove" => {
            if let Some(px) = member(event, "offsetX").as_f64() {
                let step = axes.with_untracked(|axes| axes.step_at(px));
                with(|page| page.read_at(step));
            }
        }
        _ => display.reading.set(None),
    }
}
