//! One sample of the page's sheets, large: by a press on it, or by a button in the sheet's caption.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::focus::found;
use crate::observation;
use crate::playground::member;
use crate::words::{key, say_with, t};

/// Between two samples of a sheet, in its own pixels.
const GAP_PX: f64 = 2.0;
/// Approximate side of the enlarged sample, in pixels.
const SIDE_PX: f64 = 448.0;
/// The sheets' canvases.
const SHEETS: [&str; 2] = ["fixed-sheet", "fresh-sheet"];

/// A sample on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen {
    sheet: &'static str,
    place: usize,
}

fn canvas_of(sheet: &str) -> Option<HtmlCanvasElement> {
    found(&format!("#{sheet}"))?.dyn_into().ok()
}

/// Columns and rows of a sheet of samples of `image`; at least one of each.
fn grid([width, height]: [f64; 2], image: [usize; 3]) -> [usize; 2] {
    let count = |length: f64, side: usize| {
        (((length + GAP_PX) / (side as f64 + GAP_PX)).floor() as usize).max(1)
    };
    [count(width, image[0]), count(height, image[1])]
}

/// The place of the sample at a share of the sheet's width and height.
fn place_at([across, down]: [f64; 2], [columns, rows]: [usize; 2]) -> usize {
    let at = |share: f64, count: usize| ((share * count as f64) as usize).min(count - 1);
    at(down, rows) * columns + at(across, columns)
}

/// Draws the sample on `canvas`, its pixels as squares.
fn draw(canvas: &HtmlCanvasElement, chosen: Chosen) {
    let [width, height, _] = observation::run().image;
    let Some(sheet) = canvas_of(chosen.sheet) else { return };
    let factor = (SIDE_PX / (width.max(height).max(1)) as f64).floor().max(1.0);
    let (w, h) = (width as f64, height as f64);
    canvas.set_width((w * factor) as u32);
    canvas.set_height((h * factor) as u32);
    let context = canvas.get_context("2d").ok().flatten();
    let context = context.and_then(|it| it.dyn_into::<CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let size = [f64::from(sheet.width()), f64::from(sheet.height())];
    let [columns, _] = grid(size, observation::run().image);
    let (row, column) = (chosen.place / columns, chosen.place % columns);
    context.set_image_smoothing_enabled(false);
    let from = [column as f64 * (w + GAP_PX), row as f64 * (h + GAP_PX)];
    // A place outside of the sheet stays empty.
    let _ = context.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        &sheet,
        from[0],
        from[1],
        w,
        h,
        0.0,
        0.0,
        w * factor,
        h * factor,
    );
}

/// The button, and the sample in a dialog of its own.
#[component]
pub(crate) fn Enlarged() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let chosen = RwSignal::new(Chosen { sheet: SHEETS[0], place: 0 });
    let count = RwSignal::new(1_usize);
    let step = RwSignal::new(0_u64);
    let show = move |now: Chosen| {
        let Some(sheet) = canvas_of(now.sheet) else { return };
        let size = [f64::from(sheet.width()), f64::from(sheet.height())];
        let [columns, rows] = grid(size, observation::run().image);
        count.set(columns * rows);
        step.set(observation::observed().step);
        chosen.set(now);
        if let Some(canvas) = canvas.get_untracked() {
            draw(&canvas, now);
        }
    };
    let open = move |now: Chosen| {
        show(now);
        let Some(dialog) = dialog.get_untracked() else { return };
        if let Ok(open) = member(&dialog, "showModal").dyn_into::<js_sys::Function>() {
            // It is refused only to a dialog that is open already.
            let _ = open.call0(&dialog);
        }
    };
    let go = move |by: usize| {
        let (now, count) = (chosen.get_untracked(), count.get_untracked());
        show(Chosen { place: (now.place + by) % count, ..now });
    };
    for sheet in SHEETS {
        let pressed =
            Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
                let Some(canvas) = canvas_of(sheet) else { return };
                let area = canvas.get_bounding_client_rect();
                let shares = [
                    (f64::from(event.client_x()) - area.left()) / area.width().max(1.0),
                    (f64::from(event.client_y()) - area.top()) / area.height().max(1.0),
                ];
                let size = [f64::from(canvas.width()), f64::from(canvas.height())];
                let place = place_at(shares, grid(size, observation::run().image));
                open(Chosen { sheet, place });
            });
        if let Some(canvas) = canvas_of(sheet) {
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
            on:click=move |_| open(Chosen { sheet: SHEETS[0], place: 0 })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_finds_its_sample() {
        // Eight by eight samples of 28 pixels, with gaps of 2.
        let grid = grid([238.0, 238.0], [28, 28, 1]);
        assert_eq!(grid, [8, 8]);
        assert_eq!(place_at([0.0, 0.0], grid), 0);
        assert_eq!(place_at([0.99, 0.0], grid), 7);
        assert_eq!(place_at([0.3, 0.6], grid), 4 * 8 + 2);
        assert_eq!(place_at([1.0, 1.0], grid), 63);
    }
}
