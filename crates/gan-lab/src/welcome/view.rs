//! Digits of a trained generator, moving, over the page's first sheet until its run is started.

use std::rc::Rc;
use std::time::Duration;

use gan_protocol::{GeneratorHeader, SampleShape};
use js_sys::Uint8Array;
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;
use web_sys::HtmlCanvasElement;

use super::walk::Walk;
use crate::address;
use crate::anatomy::view::prefers_stillness;
use crate::driving;
use crate::inspector::{Question, ask};
use crate::observation;
use crate::picture::Picture;
use crate::playground::{self, member};
use crate::sampler::is_seen;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 300;
/// The digits, as many as in the page's sheet.
const COUNT: usize = 64;
const COLUMNS: usize = 8;
const GENERATOR: &str = "mnist-dcgan";
/// Turn of the latents from one picture to the next, in radians.
const TURN: f32 = 0.06;
/// Least time between two pictures; a slow machine takes this many times as long as a picture takes it.
const LEAST_PAUSE_MS: f64 = 160.0;
const PAUSES: f64 = 4.0;
/// Time between two looks whether the digits are in sight again.
const OUT_OF_SIGHT: Duration = Duration::from_secs(1);
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
    let canvas = NodeRef::<html::Canvas>::new();
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
        if let (Some(canvas), true) = (canvas.get(), shown.get_untracked()) {
            begin(canvas, shown, are_there);
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
            <div class="lab-welcome-digits">
                <canvas node_ref=canvas aria-hidden="true"></canvas>
            </div>
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

/// Draws the digits on `canvas`, and moves their latents while `shown`; tells when the first are there.
fn begin(canvas: HtmlCanvasElement, shown: RwSignal<bool>, are_there: RwSignal<bool>) {
    ask(Question::Header(GENERATOR), move |header| {
        let header = header.ok().and_then(|header| header.as_string());
        let header = header.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let header = header.and_then(|value| GeneratorHeader::from_value(&value).ok());
        match header {
            Some(header) => {
                let walk = Walk::new(1, COUNT, header.latent.size);
                let SampleShape { width, height, channels } = header.data;
                let image = [width, height, channels];
                Rc::new(Moving { canvas, walk, image, shown, are_there }).draw(0.0);
            }
            // Without it the page's own sheet is seen.
            None => shown.set(false),
        }
    });
}

/// The digits on their way.
struct Moving {
    canvas: HtmlCanvasElement,
    walk: Walk,
    /// Width, height and channels of a digit.
    image: [usize; 3],
    shown: RwSignal<bool>,
    are_there: RwSignal<bool>,
}

impl Moving {
    /// Draws the digits at `angle`, and later the next ones.
    fn draw(self: Rc<Self>, angle: f32) {
        let asked = js_sys::Date::now();
        ask(Question::Make(GENERATOR, self.walk.at(angle), Vec::new()), move |pixels| {
            let Ok(pixels) = pixels else { return self.shown.set(false) };
            let pixels = Uint8Array::new(&pixels).to_vec();
            Picture::of_images(&pixels, self.image, COLUMNS).show(&self.canvas);
            if !self.are_there.get_untracked() {
                self.are_there.set(true);
            }
            if !prefers_stillness() {
                let pause = (PAUSES * (js_sys::Date::now() - asked)).max(LEAST_PAUSE_MS);
                self.go_on(angle + TURN, Duration::from_millis(pause as u64));
            }
        });
    }

    /// Draws the digits at `angle` after `pause`; still later, if they are out of sight then.
    fn go_on(self: Rc<Self>, angle: f32, pause: Duration) {
        let next = move || {
            if !self.shown.get_untracked() || !self.canvas.is_connected() {
                return;
            }
            if is_seen(&self.canvas) { self.draw(angle) } else { self.go_on(angle, OUT_OF_SIGHT) }
        };
        set_timeout(next, pause);
    }
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
