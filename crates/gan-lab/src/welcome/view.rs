//! Digits of a trained generator, moving, over the page's first sheet until its run is started.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Float32Array, Reflect};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Element;

use super::walk::Walk;
use crate::address;
use crate::driving;
use crate::observation;
use crate::playground::{self, member};
use crate::sampler::{is_seen, load_element, site};
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 300;
/// The digits, as many as in the page's sheet.
const COUNT: usize = 64;
const COLUMNS: &str = "8";
const GENERATOR: &str = "mnist-dcgan";
/// Turn of the latents from one picture to the next, in radians.
const TURN: f32 = 0.06;
/// Least time between two pictures; a slow machine takes this many times as long as a picture takes it.
const LEAST_PAUSE_MS: f64 = 160.0;
const PAUSES: f64 = 4.0;
/// Steps of the default run until its digits can be read.
const READABLE_STEPS: f64 = 400.0;

/// Of the text that keeps the room for the time.
const USUAL_STEP_MS: f64 = 25.0;

/// Whether the address asks for nothing but the page: no run, no lesson.
fn asks_for_nothing(hash: &str) -> bool {
    ["preset", "spec", "lesson", "autostart", "checkpoint"]
        .iter()
        .all(|key| address::value(hash, key).is_none())
}

/// Whether the run on the page is one on digits that nothing has trained yet.
fn is_fresh() -> bool {
    let snapshot = playground::snapshot();
    let phase = member(&snapshot, "phase").as_string();
    phase.as_deref() == Some("ready")
        && playground::count(&snapshot, "step") == 0
        && observation::run().on_digits
}

/// Time for the default run's first readable digits, in words: seconds, or minutes.
fn duration(seconds: f64) -> String {
    if seconds < 55.0 {
        let tens = (seconds / 10.0).ceil().max(1.0) * 10.0;
        say_with(key("welcome-seconds"), &[("count", format!("{tens:.0}"))])
    } else {
        let minutes = (seconds / 60.0).round().max(1.0);
        say_with(key("welcome-minutes"), &[("count", format!("{minutes:.0}"))])
    }
}

/// The digits, a sentence and a button; nothing, where the address asks for a run.
#[component]
pub(crate) fn Welcome() -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let shown = RwSignal::new(asks_for_nothing(&address::hash()) && is_fresh());
    let step_ms = RwSignal::new(None::<f64>);
    let number = observation::run().number;
    every_ms(LOOK_EVERY_MS, move || {
        if shown.get_untracked() && (!is_fresh() || observation::run().number != number) {
            shown.set(false);
        }
    });
    // A step is measured once the digits are there: a small machine has enough to do until then.
    let are_there = RwSignal::new(false);
    Effect::new(move |_| {
        if are_there.get() {
            playground::step_time(move |ms| step_ms.set(ms));
        }
    });
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            if shown.get() { begin(&place, shown, are_there) } else { place.set_inner_html("") }
        }
    });
    let start = move |_| driving::start();
    // Room is kept for it from the start.
    let cost = move || {
        let seconds = READABLE_STEPS * step_ms.get().unwrap_or(USUAL_STEP_MS) / 1e3;
        say_with(key("welcome-cost"), &[("time", duration(seconds))])
    };
    view! {
        <div class="lab-welcome" hidden=move || !shown.get()>
            <div node_ref=place class="lab-welcome-digits"></div>
            <div class="lab-welcome-words">
                <p>
                    {t("welcome")} " "
                    <span class="number" class:away=move || step_ms.get().is_none()>{cost}</span>
                </p>
                <button class="primary" on:click=start>{t("welcome-start")}</button>
            </div>
        </div>
    }
}

/// Puts the widget into `place`, and moves its latents while `shown`; tells when its first digits are
/// there.
fn begin(place: &web_sys::HtmlElement, shown: RwSignal<bool>, are_there: RwSignal<bool>) {
    let document = web_sys::window().and_then(|window| window.document());
    let sampler = document.and_then(|document| document.create_element("gan-sampler").ok());
    let Some(sampler) = sampler else { return };
    load_element();
    let source = format!("{}pretrained/{GENERATOR}.safetensors", site());
    let count = COUNT.to_string();
    for (name, value) in
        [("src", &*source), ("count", &*count), ("columns", COLUMNS), ("loading", "eager")]
    {
        // Names of attributes are never refused.
        let _ = sampler.set_attribute(name, value);
    }
    let still = crate::anatomy::view::prefers_stillness();
    let walk = Rc::new(Cell::new(Walk::default()));
    let angle = Rc::new(Cell::new(0.0_f32));
    let listen = |kind: &str, listener: Closure<dyn Fn(JsValue)>| {
        // The listener lives as long as the element, which is taken away when the run starts.
        let _ = sampler
            .add_event_listener_with_callback(kind, listener.into_js_value().unchecked_ref());
    };
    let loaded = {
        let walk = walk.clone();
        Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let size = playground::count(&member(&event, "detail"), "latentSize");
            walk.set(Walk::new(1, COUNT, size));
        })
    };
    let drawn = {
        let sampler = sampler.clone();
        Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            if !are_there.get_untracked() {
                are_there.set(true);
            }
            if still || !shown.get_untracked() {
                return;
            }
            let ms = member(&member(&event, "detail"), "ms").as_f64().unwrap_or(0.0);
            let pause = (PAUSES * ms).max(LEAST_PAUSE_MS);
            let (sampler, walk, angle) = (sampler.clone(), walk.clone(), angle.clone());
            set_timeout(
                move || go_on(&sampler, &walk, &angle, shown),
                Duration::from_millis(pause as u64),
            );
        })
    };
    // Without it the page's own sheet is seen.
    listen("error", Closure::<dyn Fn(JsValue)>::new(move |_| shown.set(false)));
    listen("load", loaded);
    listen("sample", drawn);
    // Only a place that is gone refuses it.
    let _ = place.append_child(&sampler);
}

/// Gives the widget the next latents; a later look, if it is out of sight.
fn go_on(sampler: &Element, walk: &Rc<Cell<Walk>>, angle: &Rc<Cell<f32>>, shown: RwSignal<bool>) {
    if !shown.get_untracked() || !sampler.is_connected() {
        return;
    }
    let is_out_of_sight = sampler.dyn_ref().is_none_or(|element| !is_seen(element));
    if is_out_of_sight {
        let (sampler, walk, angle) = (sampler.clone(), walk.clone(), angle.clone());
        let later = Duration::from_secs(1);
        return set_timeout(move || go_on(&sampler, &walk, &angle, shown), later);
    }
    angle.set(angle.get() + TURN);
    let way = walk.take();
    let latents = Float32Array::from(&way.at(angle.get())[..]);
    walk.set(way);
    // Setting never throws.
    let _ = Reflect::set(sampler, &"latent".into(), &latents);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_names_a_run_asks_for_it() {
        assert!(asks_for_nothing(""));
        assert!(asks_for_nothing("#backend=cpu&lang=en&panel=learn"));
        for hash in ["#preset=ring", "#lesson=repairs", "#autostart=1", "#spec=%7B%7D"] {
            assert!(!asks_for_nothing(hash), "{hash}");
        }
    }

    #[test]
    fn durations_are_round() {
        assert_eq!(duration(8.0), "10 seconds");
        assert_eq!(duration(31.0), "40 seconds");
        assert_eq!(duration(58.0), "1 min");
        assert_eq!(duration(200.0), "3 min");
    }
}
