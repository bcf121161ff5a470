//! One sample of the page's sheets, large: by a press on it, or by a button in the sheet's caption.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use crate::dialog;
use crate::observation;
use crate::picture::context;
use crate::sheet;
use crate::words::{key, say_with, t};

/// Approximate side of the enlarged sample, in pixels.
const SIDE_PX: usize = 448;

/// A sample on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen {
    sheet: &'static str,
    place: usize,
}

/// The side of a sample of the run on the page, in pixels.
fn side() -> [usize; 2] {
    let [width, height, _] = observation::run().image;
    [width, height]
}

/// Draws the sample on `canvas`, its pixels as squares.
fn draw(canvas: &HtmlCanvasElement, chosen: Chosen) {
    let side = side();
    let Some(sheet) = sheet::canvas(chosen.sheet) else { return };
    let factor = (SIDE_PX / side[0].max(side[1]).max(1)).max(1);
    canvas.set_width((side[0] * factor) as u32);
    canvas.set_height((side[1] * factor) as u32);
    let Some(context) = context(canvas) else { return };
    let [columns, _] = sheet::grid(&sheet, side);
    let place = [chosen.place / columns, chosen.place % columns];
    context.set_image_smoothing_enabled(false);
    sheet::copy(&sheet, place, side, &context, [0.0; 2], factor as f64);
}

/// The button, and the sample in a dialog of its own.
#[component]
pub(crate) fn Enlarged() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let chosen = RwSignal::new(Chosen { sheet: sheet::FIXED, place: 0 });
    let count = RwSignal::new(1_usize);
    let step = RwSignal::new(0_u64);
    let show = move |now: Chosen| {
        let Some(sheet) = sheet::canvas(now.sheet) else { return };
        let [columns, rows] = sheet::grid(&sheet, side());
        count.set(columns * rows);
        step.set(observation::observed().step);
        chosen.set(now);
        if let Some(canvas) = canvas.get_untracked() {
            draw(&canvas, now);
        }
    };
    let open = move |now: Chosen| {
        show(now);
        if let Some(dialog) = dialog.get_untracked() {
            dialog::open(&dialog);
        }
    };
    let go = move |by: usize| {
        let (now, count) = (chosen.get_untracked(), count.get_untracked());
        show(Chosen { place: (now.place + by) % count, ..now });
    };
    for sheet in [sheet::FIXED, sheet::FRESH] {
        let pressed =
            Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
                let Some(canvas) = sheet::canvas(sheet) else { return };
                let area = canvas.get_bounding_client_rect();
                let shares = [
                    (f64::from(event.client_x()) - area.left()) / area.width().max(1.0),
                    (f64::from(event.client_y()) - area.top()) / area.height().max(1.0),
                ];
                let place = sheet::place_at(shares, sheet::grid(&canvas, side()));
                open(Chosen { sheet, place });
            });
        if let Some(canvas) = sheet::canvas(sheet) {
            // The sheets live as long as the page.
            let _ = canvas
                .add_event_listener_with_callback("click", pressed.into_js_value().unchecked_ref());
        }
    }
    let by_key = move |event: ev::KeyboardEvent| {
        let count = count.get_untracked();
        match event.key().as_str() {
            "ArrowRight" => go(1),
            "ArrowLeft" => go(count - 1),
            _ => return,
        }
        event.prevent_default();
    };
    let told = Signal::derive(move || {
        let facts = [
            ("number", (chosen.get().place + 1).to_string()),
            ("count", count.get().to_string()),
            ("step", step.get().to_string()),
        ];
        say_with(key("enlarged-told"), &facts)
    });
    view! {
        <button
            class="quiet icon lab-enlarge"
            aria-label=t("enlarge")
            title=t("enlarge")
            on:click=move |_| open(Chosen { sheet: sheet::FIXED, place: 0 })
        >
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M9 3h4v4M13 3L8.5 7.5M7 13H3V9M3 13l4.5-4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>
            </svg>
        </button>
        <dialog node_ref=dialog class="lab-shortcuts lab-enlarged" aria-label=t("enlarge") on:keydown=by_key>
            <canvas node_ref=canvas role="img" aria-label=told></canvas>
            <p class="hint number" role="status">{told}</p>
            <div class="lab-remedies">
                <button on:click=move |_| go(count.get_untracked() - 1)>{t("enlarged-before")}</button>
                <button on:click=move |_| go(1)>{t("enlarged-next")}</button>
                <form method="dialog"><button>{t("close")}</button></form>
            </div>
        </dialog>
    }
}
