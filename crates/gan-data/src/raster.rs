//! Renders pen strokes as grey pixels.
//!
//! Each pixel stores the distance from its centre to the edge of the nearest ink. Coverage follows
//! from that distance, which smooths all edges the same, whatever the stroke's direction. The
//! module uses only arithmetic that IEEE 754 rounds exactly (square root included), so that the
//! pixels are the same on every machine.

/// A point, or a vector: x to the right, y down.
pub(crate) type Point = [f32; 2];

/// A square grid of `SIDE` × `SIDE` = `AREA` pixels for drawing strokes.
pub(crate) struct Canvas<const SIDE: usize, const AREA: usize> {
    /// Signed distance from a pixel's centre to the nearest edge of ink, in pixels: negative
    /// inside, at most [`REACH_PX`].
    edge_px: [f32; AREA],
}

/// Distance from its edge up to which ink can tint a pixel.
const REACH_PX: f32 = 1.0;

impl<const SIDE: usize, const AREA: usize> Canvas<SIDE, AREA> {
    /// A canvas without ink.
    pub(crate) fn blank() -> Self {
        const { assert!(SIDE * SIDE == AREA) };
        Self { edge_px: [REACH_PX; AREA] }
    }

    /// Draws a straight piece from `a` to `b` with round ends, whose radius changes from
    /// `radius_px[0]` to `radius_px[1]`. Parts outside the canvas are left out.
    pub(crate) fn line(&mut self, a: Point, b: Point, radius_px: [f32; 2]) {
        let reach = radius_px[0].max(radius_px[1]) + REACH_PX;
        let along = [b[0] - a[0], b[1] - a[1]];
        let length_squared = along[0] * along[0] + along[1] * along[1];
        // A piece without length is a dot.
        let inverse = if length_squared > 1e-12 { 1.0 / length_squared } else { 0.0 };
        let columns = pixel_range(a[0].min(b[0]) - reach, a[0].max(b[0]) + reach, SIDE);
        let rows = pixel_range(a[1].min(b[1]) - reach, a[1].max(b[1]) + reach, SIDE);
        for row in rows {
            let y = row as f32 + 0.5 - a[1];
            for column in columns.clone() {
                let x = column as f32 + 0.5 - a[0];
                let t = ((x * along[0] + y * along[1]) * inverse).clamp(0.0, 1.0);
                let (dx, dy) = (x - t * along[0], y - t * along[1]);
                let radius = radius_px[0] + t * (radius_px[1] - radius_px[0]);
                let edge = (dx * dx + dy * dy).sqrt() - radius;
                // Not `f32::min`, which is a function call in WebAssembly.
                let nearest = &mut self.edge_px[row * SIDE + column];
                if edge < *nearest {
                    *nearest = edge;
                }
            }
        }
    }

    /// The share of each pixel that is ink, in [0, 1]. Edges fade over twice `softness_px`, which
    /// is at most 1.
    pub(crate) fn coverage(&self, softness_px: f32) -> [f32; AREA] {
        debug_assert!(softness_px > 0.0 && softness_px <= REACH_PX);
        self.edge_px.map(|edge| {
            let inside = ((softness_px - edge) / (2.0 * softness_px)).clamp(0.0, 1.0);
            inside * inside * (3.0 - 2.0 * inside)
        })
    }
}

/// The pixels whose centres can lie between `low` and `high`, within `0..side`.
fn pixel_range(low: f32, high: f32, side: usize) -> std::ops::Range<usize> {
    // Casts saturate, so points far outside give an empty range.
    let first = low.floor().max(0.0) as usize;
    let last = (high.ceil().max(0.0) as usize).min(side);
    first.min(last)..last
}

/// Calls `piece` with the ends of short straight pieces that follow a smooth curve through
/// `points` (a Catmull-Rom spline whose ends are not bent), each span in `pieces_per_span` parts.
pub(crate) fn flatten(
    points: &[Point],
    pieces_per_span: usize,
    mut piece: impl FnMut(Point, Point),
) {
    let Some(last) = points.len().checked_sub(1) else { return };
    let beyond = |end: Point, inner: Point| [2.0 * end[0] - inner[0], 2.0 * end[1] - inner[1]];
    for i in 0..last {
        let (p1, p2) = (points[i], points[i + 1]);
        let p0 = if i == 0 { beyond(p1, p2) } else { points[i - 1] };
        let p3 = if i + 1 == last { beyond(p2, p1) } else { points[i + 2] };
        let mut from = p1;
        for k in 1..=pieces_per_span {
            let t = k as f32 / pieces_per_span as f32;
            let to = [0, 1].map(|axis| spline(p0[axis], p1[axis], p2[axis], p3[axis], t));
            piece(from, to);
            from = to;
        }
    }
}

/// Catmull-Rom interpolation from `p1` (t = 0) to `p2` (t = 1).
fn spline(p0: f32, p1: f32, p2: f32, p3: f32, t: f32) -> f32 {
    let linear = p2 - p0;
    let square = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
    let cube = 3.0 * (p1 - p2) + p3 - p0;
    p1 + 0.5 * t * (linear + t * (square + t * cube))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_horizontal_line_inks_its_row_and_nothing_far_away() {
        let mut canvas = Canvas::<9, 81>::blank();
        canvas.line([2.5, 4.5], [6.5, 4.5], [1.0, 1.0]);
        let ink = canvas.coverage(0.5);
        assert_eq!(ink[4 * 9 + 4], 1.0);
        // One pixel off the axis the centre lies on the edge: half covered.
        assert_eq!(ink[3 * 9 + 4], 0.5);
        assert_eq!(ink[9 + 4], 0.0);
        assert_eq!(ink[4 * 9], 0.0);
    }

    #[test]
    fn a_line_without_length_is_a_dot() {
        let mut canvas = Canvas::<5, 25>::blank();
        canvas.line([2.5, 2.5], [2.5, 2.5], [0.8, 0.8]);
        let ink = canvas.coverage(0.5);
        assert_eq!(ink[12], 1.0);
        assert_eq!(ink[0], 0.0);
    }

    #[test]
    fn lines_outside_or_not_finite_draw_nothing() {
        let mut canvas = Canvas::<5, 25>::blank();
        canvas.line([-90.0, -90.0], [-80.0, -80.0], [1.0, 1.0]);
        canvas.line([1e30, 0.0], [1e30, 4.0], [1.0, 1.0]);
        canvas.line([f32::NAN, f32::NAN], [f32::NAN, f32::NAN], [1.0, 1.0]);
        assert!(canvas.coverage(0.5).iter().all(|&ink| ink == 0.0));
    }

    #[test]
    fn the_curve_passes_through_its_points_without_gaps() {
        let points = [[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [4.0, 4.0]];
        let mut ends = vec![points[0]];
        flatten(&points, 4, |from, to| {
            assert_eq!(Some(&from), ends.last());
            ends.push(to);
        });
        let on_points: Vec<Point> = ends.into_iter().step_by(4).collect();
        assert_eq!(on_points, points);
    }

    #[test]
    fn fewer_than_two_points_have_no_pieces() {
        flatten(&[], 4, |_, _| panic!("no piece expected"));
        flatten(&[[1.0, 1.0]], 4, |_, _| panic!("no piece expected"));
    }
}
