//! One sample of the page's sheets, large: by a press on it, or by a button in the sheet's caption. Of a
//! generator that is given pictures, the picture and the sample share a square, with a divider between
//! them to be moved, and the true image stands beside. A real image and what is made of its latent stand
//! side by side.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use crate::dialog;
use crate::observation;
use crate::picture::context;
use crate::sheet::{self, Spot};
use crate::words::{key, say_with, t};

/// Approximate side of the enlarged sample, in pixels.
const SIDE_PX: usize = 448;

/// Between a sample and the true image, in pixels.
const BETWEEN_PX: usize = 16;

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

/// Draws the sample on `canvas`, its pixels as squares; of pictures with their samples, the left
/// `divider` of the picture over the sample, and the true image to the right.
fn draw(canvas: &HtmlCanvasElement, chosen: Chosen, divider: f64) {
    let (side, parts) = (side(), observation::run().parts(chosen.sheet));
    let Some(sheet) = sheet::canvas(chosen.sheet) else { return };
    let room = if parts > 1 { SIDE_PX * 5 / 8 } else { SIDE_PX };
    let factor = (room / side[0].max(side[1]).max(1)).max(1);
    let [width, height] = side.map(|side| side * factor);
    let beside = if parts > 1 { width + BETWEEN_PX } else { 0 };
    canvas.set_width((width + beside) as u32);
    canvas.set_height(height as u32);
    let Some(context) = context(canvas) else { return };
    let [columns, _] = sheet::grid(&sheet, side, parts);
    let first = chosen.place * parts;
    let spot = |part| Spot { row: first / columns, column: first % columns + part, side, parts };
    context.set_image_smoothing_enabled(false);
    let copy = |part, share, left: usize| {
        sheet::copy(&sheet, spot(part), share, &context, [left as f64, 0.0], factor as f64);
    };
    if parts == 1 {
        return copy(0, 1.0, 0);
    }
    if parts == 2 {
        copy(0, 1.0, 0);
        return copy(1, 1.0, beside);
    }
    copy(1, 1.0, 0);
    copy(0, divider, 0);
    copy(2, 1.0, beside);
    let line = (divider * width as f64).clamp(1.0, width as f64 - 1.0);
    context.set_fill_style_str("rgb(255 140 40)");
    context.fill_rect(line - 1.0, 0.0, 2.0, height as f64);
}

/// The button, and the sample in a dialog of its own.
#[component]
pub(crate) fn Enlarged() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let chosen = RwSignal::new(Chosen { sheet: sheet::FIXED, place: 0 });
    let count = RwSignal::new(1_usize);
    let step = RwSignal::new(0_u64);
    let divider = RwSignal::new(0.5_f64);
    let is_given = RwSignal::new(false);
    let (translates, is_encoded) = (RwSignal::new(false), RwSignal::new(false));
    let show = move |now: Chosen| {
        let Some(sheet) = sheet::canvas(now.sheet) else { return };
        let run = observation::run();
        let parts = run.parts(now.sheet);
        let [columns, rows] = sheet::grid(&sheet, side(), parts);
        count.set(columns * rows / parts);
        is_encoded.set(parts == 2);
        is_given.set(run.is_given);
        translates.set(run.translates);
        step.set(observation::observed().step);
        chosen.set(now);
        if let Some(canvas) = canvas.get_untracked() {
            draw(&canvas, now, divider.get_untracked());
        }
    };
    let divide = move |share: f64| {
        divider.set(share.clamp(0.0, 1.0));
        if let Some(canvas) = canvas.get_untracked() {
            draw(&canvas, chosen.get_untracked(), divider.get_untracked());
        }
    };
    // The square with the divider is the left part of the canvas.
    let drag = move |event: ev::PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        if event.buttons() != 0 && is_given.get_untracked() {
            let square = (f64::from(canvas.width()) - BETWEEN_PX as f64) / 2.0;
            let scale = f64::from(canvas.width()) / f64::from(canvas.client_width().max(1));
            divide(f64::from(event.offset_x()) * scale / square);
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
                let parts = observation::run().parts(sheet);
                let place = sheet::place_at(shares, sheet::grid(&canvas, side(), parts)) / parts;
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
        let on_divider =
            event.target().is_some_and(|it| it.has_type::<web_sys::HtmlInputElement>());
        if on_divider {
            return;
        }
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
        let told = match (is_given.get(), translates.get()) {
            (_, true) => key("enlarged-translated"),
            (true, false) => key("enlarged-given"),
            (false, false) if is_encoded.get() => key("enlarged-encoded"),
            (false, false) => key("enlarged-told"),
        };
        say_with(told, &facts)
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
            <canvas
                node_ref=canvas
                role="img"
                aria-label=told
                class:lab-divided=is_given
                on:pointerdown=drag
                on:pointermove=drag
            ></canvas>
            <label class="lab-divider" hidden=move || !is_given.get()>
                {t("enlarged-divider")}
                <input
                    type="range"
                    min="0"
                    max="100"
                    prop:value=move || (100.0 * divider.get()).round().to_string()
                    on:input=move |event| {
                        divide(event_target_value(&event).parse().unwrap_or(50.0) / 100.0);
                    }
                />
            </label>
            <p class="hint number" role="status">{told}</p>
            <div class="lab-remedies">
                <button on:click=move |_| go(count.get_untracked() - 1)>{t("enlarged-before")}</button>
                <button on:click=move |_| go(1)>{t("enlarged-next")}</button>
                <form method="dialog"><button>{t("close")}</button></form>
            </div>
        </dialog>
    }
}
