//! Draws charts, sample sheets and scatter plots, as pure functions.
//!
//! The crate knows no page and no language: a chart is returned as numbers and SVG path data, a
//! sheet as RGBA bytes, a summary as numbers for which the caller has the words. All of it is
//! tested natively, and the page, the workers and the command line use it.

mod axis;
mod decimate;
mod extent;
mod grid;
mod heat;
mod history;
mod notes;
mod path;
mod scale;
mod scatter;
mod sheet;
mod smooth;
mod summary;

pub use axis::{Axis, Tick, compact_number, exponential, fixed};
pub use decimate::decimated;
pub use extent::extent;
pub use grid::{RIGHT_PX, axis_names_svg, grid_svg, left_px};
pub use heat::{Heat, Verdicts, quadrilateral_area};
pub use history::History;
pub use notes::{axis_marks, edge_marks, level_svg, reading_svg};
pub use path::line_path;
pub use scale::Scale;
pub use scatter::{Ink, SCATTER_SIDE_PX, Square, scatter_rgba};
pub use sheet::{Samples, SheetError, SheetLayout};
pub use smooth::smoothed;
pub use summary::{Summary, Trend};

/// One point of a series: a position and a measurement, which may be NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Position along the horizontal axis, for example a training step.
    pub x: f64,
    /// The measurement; NaN and infinities are gaps.
    pub y: f64,
}

impl Point {
    /// A point at `x` of value `y`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}
