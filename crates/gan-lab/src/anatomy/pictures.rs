//! Draws the small pictures in their places.

use gan_plot::{Ink, SCATTER_SIDE_PX, Square, scatter_rgba};
use web_sys::HtmlCanvasElement;

use crate::observation::Run;
use crate::picture::{FAKE, Picture, context};
use crate::sheet::{self, Spot};

/// Images in a row, and rows.
pub(super) const COLUMNS: usize = 4;
pub(super) const ROWS: usize = 2;
/// Between two images.
const GAP_PX: usize = 1;

/// Which of the images on the page's sheet that belong together is shown.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The picture that the generator is given.
    Given = 0,
    /// The sample.
    Made = 1,
}

/// The first images of the page's sheet of fixed noise, copied from its canvas: the run is asked for
/// nothing.
pub(super) fn show_from_sheet(canvas: &HtmlCanvasElement, run: Run, part: Part) {
    let Some(sheet) = sheet::canvas(sheet::FIXED) else { return };
    let ([width, height, _], parts) = (run.image, run.parts(sheet::FIXED));
    let first = if parts > 1 { part as usize } else { 0 };
    let in_a_row = sheet::grid(&sheet, [width, height], parts)[0] / parts;
    canvas.set_width((COLUMNS * (width + GAP_PX) - GAP_PX) as u32);
    canvas.set_height((ROWS * (height + GAP_PX) - GAP_PX) as u32);
    let Some(context) = context(canvas) else { return };
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let to = [column * (width + GAP_PX), row * (height + GAP_PX)].map(|px| px as f64);
            // Groups stand in other rows on the sheet than here; single samples in the same.
            let number = row * COLUMNS + column;
            let (row, column) = if parts > 1 {
                (number / in_a_row, first + number % in_a_row * parts)
            } else {
                (row, column)
            };
            let spot = Spot { row, column, side: [width, height], parts };
            sheet::copy(&sheet, spot, 1.0, &context, to, 1.0);
        }
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

/// A latent as bars up and down from zero, in the colour of generated points, which both themes show.
pub(super) fn show_latent(canvas: &HtmlCanvasElement, latent: &[f32]) {
    let shown = &latent[..latent.len().min(MOST_BARS)];
    canvas.set_width(BAR_PX * shown.len().max(1) as u32);
    canvas.set_height(HEIGHT_PX);
    let Some(context) = context(canvas) else { return };
    let [red, green, blue] = FAKE.rgb;
    context.set_fill_style_str(&format!("rgb({red} {green} {blue})"));
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
