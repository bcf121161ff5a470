//! The cursor over a plot: moved by mouse, finger and keys, it reads the values of a step. Both charts share it.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::Plot;
use crate::effects::browser::{member, on_element};
use crate::effects::page::with;
use crate::view::words::{key, say};

/// Lets pointers over `slider` and keys pressed on it move the cursor.
pub(super) fn follow(slider: &web_sys::Element, plot: Plot) {
    let events = ["pointerdown", "pointermove", "pointerleave", "blur", "keydown"];
    on_element(slider, &events, move |event| match event.type_().as_str() {
        "keydown" => {
            let press: &web_sys::KeyboardEvent = event.unchecked_ref();
            // With these the browser itself does something, such as going back.
            let is_plain = !(press.ctrl_key() || press.alt_key() || press.meta_key());
            if is_plain && with(|page| page.read_by_key(&press.key())) {
                event.prevent_default();
            }
        }
        "pointerdown" | "pointermove" => {
            let px = member(&event, "offsetX").as_f64().unwrap_or_default();
            let (axes, _) = untrack(|| plot.axes([&plot.series(0), &plot.series(1)]));
            with(|page| page.read_at(axes.step_at(px)));
        }
        _ => plot.display.reading.set(None),
    });
}

/// Tells assistive technology the step that is read and its values. Where none is read, the text is a hint that stays
/// the same, so that a screen reader is not kept talking while a run goes on.
pub(super) fn tell(slider: &web_sys::Element, plot: &Plot) {
    let series = plot.series(0);
    let [first, last] = [series.average.first(), series.average.last()]
        .map(|end| end.map_or(0, |point| point.x as u64));
    let reading = plot.display.reading.get();
    let told = match reading {
        Some(_) => plot.reading().1,
        None => say(key("chart-keys")),
    };
    for (name, value) in [
        ("aria-valuemin", first.to_string()),
        ("aria-valuemax", last.to_string()),
        ("aria-valuenow", reading.map_or(last, |(step, _)| step).to_string()),
        ("aria-valuetext", told),
    ] {
        // The attributes' names are constants, which are never refused.
        let _ = slider.set_attribute(name, &value);
    }
}
