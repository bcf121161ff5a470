//! Pure drawing: the geometry of charts and the pixels of sample sheets.
//!
//! Nothing here knows a page, a language or a colour: a chart comes out as numbers and SVG path
//! data, a sheet as RGBA bytes, a summary as numbers for which the caller has the words. So all of
//! it is tested natively and may be used by the page, a widget and the command line alike.

mod axis;
mod decimate;
mod grid;
mod heat;
mod history;
mod path;
mod scale;
mod scatter;
mod sheet;
mod smooth;
mod summary;

pub use axis::{Axis, Tick, compact_number, exponential, fixed};
pub use decimate::decimated;
pub use grid::{RIGHT_PX, grid_svg, left_px};
pub use heat::{Heat, Verdicts, quadrilateral_area};
pub use history::History;
pub use path::line_path;
pub use scale::Scale;
pub use scatter::{Ink, SCATTER_SIDE_PX, Square, scatter_rgba};
pub use sheet::{Samples, SheetError, SheetLayout};
pub use smooth::smoothed;
pub use summary::{Summary, Trend};

/// One point of a series: where it stands and what was measured; the value may be NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Position along the horizontal axis, for example a training step.
    pub x: f64,
    /// What was measured there; NaN and infinities are gaps.
    pub y: f64,
}

impl Point {
    /// A point at `x` of value `y`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}
