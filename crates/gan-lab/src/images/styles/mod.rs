//! Mixes the styles of samples of a style-based generator, and truncates them.

mod curve;

use js_sys::Uint8Array;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::inspector::{Question, ask};
use crate::observation::Run;
use crate::picture::Picture;
use crate::playground;
use crate::refusals::failure;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Rows and columns of the table.
const SIDES: [u32; 2] = [4, 4];
/// Time between two looks whether there is something to ask.
const LOOK_EVERY_MS: i32 = 40;

#[component]
pub(super) fn Styles(run: RwSignal<Run>) -> impl IntoView {
    let hidden = move || run.get().styled_layers == 0;
    view! {
        <div class="lab-styles" hidden=hidden>
            <h2>{t("styles-title")}</h2>
            <p class="hint">{t("styles-hint")}</p>
            // Another run has another generator.
            {move || {
                let run = run.get();
                (run.styled_layers > 0).then(|| view! { <Mixing run=run/> })
            }}
        </div>
    }
}

#[component]
fn Mixing(run: Run) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let layers = run.styled_layers;
    let (seed, from) = (RwSignal::new(1_u32), RwSignal::new(layers / 2));
    let truncation = RwSignal::new(1.0_f64);
    let table = RwSignal::new(None::<Vec<u8>>);
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // Whether the worker has this run's generator, and how often it was to be taken anew.
    let is_taken = StoredValue::new(false);
    let version = RwSignal::new(0_u32);
    let is_due = StoredValue::new(false);
    let fail = move |message: String| {
        let _ = busy.try_set(false);
        let _ = failed.try_set(Some(message));
        // The worker may have been started anew.
        let _ = is_taken.try_update_value(|taken| *taken = false);
    };
    let lost = move || {
        let _ = is_taken.try_update_value(|taken| *taken = false);
    };
    let draw = move || {
        let wanted = (seed.get_untracked(), from.get_untracked(), truncation.get_untracked());
        ask(Question::MixStyles(SIDES, wanted), move |reply| match reply {
            Err(message) => fail(message),
            Ok(pixels) => {
                let _ = busy.try_set(false);
                let _ = failed.try_set(None);
                let pixels = pixels.dyn_into::<Uint8Array>().map(|it| it.to_vec());
                let _ = table.try_set(pixels.ok());
            }
        });
    };
    // Calls what it is given once the worker has the run's generator.
    let ready = move |done: Box<dyn FnOnce(Result<(), String>)>| {
        if is_taken.get_value() {
            return done(Ok(()));
        }
        let of = version.get_untracked();
        playground::checkpoint(move |checkpoint| match checkpoint {
            Err(message) => done(Err(message)),
            Ok(checkpoint) => ask(Question::TakeStyles(checkpoint), move |reply| {
                if reply.is_ok() {
                    let is_newest = version.try_get_untracked() == Some(of);
                    let _ = is_taken.try_update_value(|taken| *taken = is_newest);
                }
                done(reply.map(drop));
            }),
        });
    };
    // Sliders move faster than tables are made: the newest state is asked for after the last answer.
    let look = move || {
        if busy.get_untracked() || !is_due.get_value() {
            return;
        }
        is_due.set_value(false);
        busy.set(true);
        ready(Box::new(move |taken| match taken {
            Ok(()) => draw(),
            Err(message) => fail(message),
        }));
    };
    every_ms(LOOK_EVERY_MS, look);
    Effect::new(move |_| {
        if let (Some(canvas), Some(pixels)) = (canvas.get(), table.get()) {
            Picture::of_images(&pixels, run.image, SIDES[1] as usize + 1).show(&canvas);
        }
    });
    let due = move || is_due.set_value(true);
    let anew = move |_| {
        // The run may have gone on since.
        is_taken.set_value(false);
        version.update(|version| *version += 1);
        due();
    };
    let others = move |_| {
        seed.update(|seed| *seed = seed.wrapping_add(1));
        due();
    };
    let from_told = Signal::derive(move || {
        let facts = [("layer", from.get().to_string()), ("count", layers.to_string())];
        let told = match from.get() {
            0 => key("styles-all-columns"),
            from if from == layers => key("styles-all-rows"),
            _ => key("styles-from"),
        };
        say_with(told, &facts)
    });
    let psi = Signal::derive(move || format!("{:.2}", truncation.get()));
    let none = Signal::derive(move || table.with(Option::is_none));
    view! {
        <div class="lab-remedies">
            <button class="primary" on:click=anew>{t("styles-draw")}</button>
            <button hidden=none on:click=others>{t("styles-others")}</button>
        </div>
        {failure(move || failed.get())}
        <div class="lab-styles-table" hidden=none aria-busy=move || busy.get().to_string()>
            <canvas node_ref=canvas role="img" aria-label=t("styles-described")></canvas>
            <div class="lab-map-sliders">
                <label for="lab-styles-from">{t("styles-layer")}</label>
                <input
                    id="lab-styles-from"
                    type="range"
                    min="0"
                    max=layers.to_string()
                    step="1"
                    prop:value=move || from.get().to_string()
                    aria-valuetext=from_told
                    on:input=move |event| {
                        if let Ok(layer) = event_target_value(&event).parse() {
                            from.set(layer);
                            due();
                        }
                    }
                />
                <label for="lab-styles-truncation">{t("styles-truncation")}</label>
                <input
                    id="lab-styles-truncation"
                    type="range"
                    min="-1"
                    max="1.5"
                    step="0.05"
                    prop:value=psi
                    aria-valuetext=psi
                    on:input=move |event| {
                        if let Ok(share) = event_target_value(&event).parse() {
                            truncation.set(share);
                            due();
                        }
                    }
                />
            </div>
            <p class="hint number" role="status">
                {from_told} " " {move || say_with(key("styles-psi"), &[("psi", psi.get())])}
            </p>
            {run.on_digits.then(|| view! { <curve::Curve truncation=truncation ready=ready lost=lost version=version/> })}
        </div>
    }
}
