//! Draws the small pictures in their places.

use gan_plot::{Ink, SCATTER_SIDE_PX, Square, scatter_rgba};
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::focus::found;
use crate::picture::Picture;

/// Images in a row, and rows.
pub(super) const COLUMNS: usize = 4;
pub(super) const ROWS: usize = 2;
/// Between two images of the page's sheet, and of these pictures.
const SHEET_GAP: f64 = 2.0;
const GAP: f64 = 1.0;

/// The page's colours of reals and fakes.
pub(super) const REAL: Ink = Ink { rgb: [86.0, 180.0, 233.0], opacity: 0.8 };
pub(super) const FAKE: Ink = Ink { rgb: [255.0, 140.0, 40.0], opacity: 0.9 };

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// The first images of the page's sheet of fixed noise, copied from its canvas: the run is asked for
/// nothing.
pub(super) fn show_fakes(canvas: &HtmlCanvasElement, [width, height, _]: [usize; 3]) {
    let sheet = found("#fixed-sheet").and_then(|sheet| sheet.dyn_into::<HtmlCanvasElement>().ok());
    let Some(sheet) = sheet else { return };
    let (width, height) = (width as f64, height as f64);
    canvas.set_width((COLUMNS as f64 * (width + GAP) - GAP) as u32);
    canvas.set_height((ROWS as f64 * (height + GAP) - GAP) as u32);
    let Some(context) = context(canvas) else { return };
    for place in 0..COLUMNS * ROWS {
        let (row, column) = ((place / COLUMNS) as f64, (place % COLUMNS) as f64);
        let from = [column * (width + SHEET_GAP), row * (height + SHEET_GAP)];
        let to = [column * (width + GAP), row * (height + GAP)];
        // A place outside of the sheet stays empty.
        let _ = context
            .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &sheet, from[0], from[1], width, height, to[0], to[1], width, height,
            );
    }
}

/// Real images.
pub(super) fn show_images(canvas: &HtmlCanvasElement, pixels: &[u8], image: [usize; 3]) {
    Picture::of_images(pixels, image, COLUMNS).show(canvas);
}

/// Points of one kind within the plane's square.
pub(crate) fn show_points(canvas: &HtmlCanvasElement, view: Square, points: &[f32], ink: Ink) {
    let pixels = scatter_rgba(view, &[(points, ink)]);
    Picture { width: SCATTER_SIDE_PX, height: SCATTER_SIDE_PX, pixels }.show(canvas);
}

/// Most numbers of a latent that are shown.
const MOST_BARS: usize = 24;
/// Canvas pixels of a bar and of the picture's height.
const BAR_PX: u32 = 4;
const HEIGHT_PX: u32 = 56;
/// The number at the picture's edge.
const EDGE: f32 = 3.0;

/// A latent as bars up and down from zero, in the generator's colour.
pub(super) fn show_latent(canvas: &HtmlCanvasElement, latent: &[f32], colour: &str) {
    let shown = &latent[..latent.len().min(MOST_BARS)];
    canvas.set_width(BAR_PX * shown.len().max(1) as u32);
    canvas.set_height(HEIGHT_PX);
    let Some(context) = context(canvas) else { return };
    context.set_fill_style_str(colour);
    let middle = f64::from(HEIGHT_PX) / 2.0;
    for (place, number) in shown.iter().enumerate() {
        let length = f64::from(number.clamp(-EDGE, EDGE) / EDGE) * middle;
        let left = f64::from(BAR_PX) * place as f64;
        context.fill_rect(
            left,
            middle - length.max(0.0),
            f64::from(BAR_PX) - 1.0,
            length.abs().max(1.0),
        );
    }
}
