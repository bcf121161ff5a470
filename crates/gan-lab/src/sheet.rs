//! The page's sheets of samples, as canvases in the document: where each sample lies.

use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::focus::found;

/// The id of the sheet of fixed noise.
pub(crate) const FIXED: &str = "fixed-sheet";
/// The id of the sheet of new noise.
pub(crate) const FRESH: &str = "fresh-sheet";

/// Between two samples, in the sheet's own pixels.
const GAP_PX: f64 = 2.0;

/// A sheet's canvas.
pub(crate) fn canvas(sheet: &str) -> Option<HtmlCanvasElement> {
    found(&format!("#{sheet}"))?.dyn_into().ok()
}

/// Columns and rows of a sheet of samples of `[width, height]` pixels; at least one of each.
pub(crate) fn grid(sheet: &HtmlCanvasElement, side: [usize; 2]) -> [usize; 2] {
    grid_of([sheet.width(), sheet.height()], side)
}

fn grid_of(sheet_px: [u32; 2], side: [usize; 2]) -> [usize; 2] {
    [0, 1].map(|axis| {
        let length = f64::from(sheet_px[axis]) + GAP_PX;
        ((length / (side[axis] as f64 + GAP_PX)) as usize).max(1)
    })
}

/// The place of the sample at a share of the sheet's width and height.
pub(crate) fn place_at([across, down]: [f64; 2], [columns, rows]: [usize; 2]) -> usize {
    let at = |share: f64, count: usize| ((share * count as f64) as usize).min(count - 1);
    at(down, rows) * columns + at(across, columns)
}

/// Copies the sample in a row and a column of `sheet` to `context`, its corner at `to`, `factor` times as
/// large. A place outside of the sheet stays empty.
pub(crate) fn copy(
    sheet: &HtmlCanvasElement,
    [row, column]: [usize; 2],
    side: [usize; 2],
    context: &CanvasRenderingContext2d,
    to: [f64; 2],
    factor: f64,
) {
    let [width, height] = side.map(|side| side as f64);
    let (left, top) = (column as f64 * (width + GAP_PX), row as f64 * (height + GAP_PX));
    // A canvas without pixels is refused.
    let _ = context.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        sheet,
        left,
        top,
        width,
        height,
        to[0],
        to[1],
        width * factor,
        height * factor,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_finds_its_sample() {
        // Eight by eight samples of 28 pixels, with gaps of 2.
        let grid = grid_of([238, 238], [28, 28]);
        assert_eq!(grid, [8, 8]);
        assert_eq!(place_at([0.0, 0.0], grid), 0);
        assert_eq!(place_at([0.99, 0.0], grid), 7);
        assert_eq!(place_at([0.3, 0.6], grid), 4 * 8 + 2);
        assert_eq!(place_at([1.0, 1.0], grid), 63);
    }
}
