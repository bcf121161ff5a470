//! The page's sheets of samples, as canvases in the document: where each sample lies.

use gan_plot::SheetLayout;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::focus::found;
use crate::picture::context;

/// The id of the sheet of fixed noise.
pub(crate) const FIXED: &str = "fixed-sheet";
/// The id of the sheet of new noise.
pub(crate) const FRESH: &str = "fresh-sheet";

/// Between two samples, in the sheet's own pixels.
const GAP_PX: usize = 2;

/// A sheet's canvas.
pub(crate) fn canvas(sheet: &str) -> Option<HtmlCanvasElement> {
    found(&format!("#{sheet}"))?.dyn_into().ok()
}

/// Columns and rows of a sheet of samples of `[width, height]` pixels, `parts` of which belong together;
/// at least one of each.
pub(crate) fn grid(sheet: &HtmlCanvasElement, side: [usize; 2], parts: usize) -> [usize; 2] {
    grid_of([sheet.width() as usize, sheet.height() as usize], side, parts)
}

/// The layout of a group of `parts` samples, which is the same on sheets of any size.
fn group(parts: usize) -> SheetLayout {
    SheetLayout::grouped(parts, parts, GAP_PX)
}

fn grid_of([across, down]: [usize; 2], [width, height]: [usize; 2], parts: usize) -> [usize; 2] {
    // From one group to the next.
    let stride = group(parts).left_px(parts, width).max(1);
    let columns = (across + stride - (parts * (width + GAP_PX) - GAP_PX)) / stride * parts;
    [columns.max(parts), ((down + GAP_PX) / (height + GAP_PX)).max(1)]
}

/// The place of the sample at a share of the sheet's width and height.
pub(crate) fn place_at([across, down]: [f64; 2], [columns, rows]: [usize; 2]) -> usize {
    let at = |share: f64, count: usize| ((share * count as f64) as usize).min(count - 1);
    at(down, rows) * columns + at(across, columns)
}

/// A sample on a sheet: its row and column, its size in pixels, and how many belong together.
#[derive(Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) side: [usize; 2],
    pub(crate) parts: usize,
}

/// Copies the left `share` of the sample at `spot` of `sheet` to `context`, its corner at `to`, `factor`
/// times as large. A place outside of the sheet stays empty.
pub(crate) fn copy(
    sheet: &HtmlCanvasElement,
    spot: Spot,
    share: f64,
    context: &CanvasRenderingContext2d,
    to: [f64; 2],
    factor: f64,
) {
    let Spot { row, column, side, parts } = spot;
    let left = group(parts).left_px(column, side[0]) as f64;
    let top = (row * (side[1] + GAP_PX)) as f64;
    let [width, height] = [share * side[0] as f64, side[1] as f64];
    if width <= 0.0 {
        return;
    }
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

/// The picture of number `place` that the generator was given on the sheet called `name`, of `[width, height,
/// channels]`; places begin again behind the last. `None` while there are none.
pub(crate) fn given(
    name: &str,
    place: usize,
    [width, height, channels]: [usize; 3],
) -> Option<Vec<u8>> {
    const PARTS: usize = 3;
    let sheet = canvas(name)?;
    let side = [width, height];
    let [columns, rows] = grid(&sheet, side, PARTS);
    let first = place % (columns / PARTS * rows) * PARTS;
    let left = group(PARTS).left_px(first % columns, width);
    let top = first / columns * (height + GAP_PX);
    let pixels = context(&sheet)?
        .get_image_data(left as f64, top as f64, width as f64, height as f64)
        .ok()?
        .data();
    Some(pixels.chunks_exact(4).flat_map(|pixel| &pixel[..channels.min(3)]).copied().collect())
}

#[cfg(test)]
mod tests {
    use gan_plot::Samples;

    use super::*;

    #[test]
    fn a_press_finds_its_sample() {
        // Eight by eight samples of 28 pixels, with gaps of 2.
        let grid = grid_of([238, 238], [28, 28], 1);
        assert_eq!(grid, [8, 8]);
        assert_eq!(place_at([0.0, 0.0], grid), 0);
        assert_eq!(place_at([0.99, 0.0], grid), 7);
        assert_eq!(place_at([0.3, 0.6], grid), 4 * 8 + 2);
        assert_eq!(place_at([1.0, 1.0], grid), 63);
    }

    #[test]
    fn groups_of_three_are_counted_as_they_are_laid_out() {
        let bytes = [0; 28 * 28];
        for (count, columns, rows) in [(3, 3, 1), (24, 6, 4), (72, 9, 8)] {
            let samples =
                Samples { pixels: &bytes, count, width_px: 28, height_px: 28, channels: 1 };
            let (width, height) = SheetLayout::grouped(count, 3, GAP_PX).size_px(&samples);
            assert_eq!(grid_of([width, height], [28, 28], 3), [columns, rows], "{count}");
        }
    }
}
