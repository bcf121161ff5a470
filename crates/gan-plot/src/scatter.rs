//! Draws points of the plane as a picture, in layers.

/// Side of the picture, in pixels.
pub const SCATTER_SIDE_PX: usize = 236;
/// Margin around the points of [`Square::around`], as a share of the picture's side.
const MARGIN: f32 = 0.12;
/// Radius of a point's disc, in pixels.
const RADIUS_PX: f32 = 1.6;
/// Colour of the background.
const GROUND: [f32; 3] = [0.0, 0.0, 0.0];

/// A colour and an opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Red, green, blue, 0 to 255.
    pub rgb: [f32; 3],
    /// 0 is invisible, 1 hides what is under it.
    pub opacity: f32,
}

/// The square of the plane that a picture shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Square {
    /// The middle.
    pub centre: [f32; 2],
    /// Distance from the middle to an edge.
    pub half_side: f32,
}

impl Square {
    /// The smallest square around `points` (x, y, x, y …) with a margin; around the origin if there
    /// are none.
    pub fn around(points: &[f32]) -> Self {
        let mut low = [f32::INFINITY; 2];
        let mut high = [f32::NEG_INFINITY; 2];
        for point in points.chunks_exact(2).filter(|point| point.iter().all(|x| x.is_finite())) {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        if low[0] > high[0] {
            return Self { centre: [0.0; 2], half_side: 1.0 };
        }
        let centre = [0, 1].map(|axis| f32::midpoint(low[axis], high[axis]));
        let side = (high[0] - low[0]).max(high[1] - low[1]).max(1e-3);
        Self { centre, half_side: 0.5 * side / (1.0 - 2.0 * MARGIN) }
    }

    /// The square between the lower left and the upper right corner; for an oblong, the square
    /// around it.
    pub fn between([low, high]: [[f32; 2]; 2]) -> Self {
        let centre = [0, 1].map(|axis| f32::midpoint(low[axis], high[axis]));
        Self { centre, half_side: 0.5 * (high[0] - low[0]).max(high[1] - low[1]) }
    }

    /// The middle.
    pub fn centre(&self) -> [f32; 2] {
        self.centre
    }

    /// The lower left and the upper right corner.
    pub fn corners(&self) -> [[f32; 2]; 2] {
        [-self.half_side, self.half_side].map(|by| self.centre.map(|middle| middle + by))
    }

    /// The place of a point (x, y) in a picture with sides of `side_px`, in pixels from its upper
    /// left corner; y points up.
    pub fn place_px(&self, point: &[f32], side_px: f32) -> [f32; 2] {
        let scale = side_px / (2.0 * self.half_side);
        let half = side_px / 2.0;
        [half + (point[0] - self.centre[0]) * scale, half - (point[1] - self.centre[1]) * scale]
    }
}

/// The picture as RGBA bytes, row by row, with sides of [`SCATTER_SIDE_PX`]: `layers` of points (x,
/// y, x, y …), the first at the bottom.
pub fn scatter_rgba(square: Square, layers: &[(&[f32], Ink)]) -> Vec<u8> {
    let mut ground: Vec<[f32; 3]> = vec![GROUND; SCATTER_SIDE_PX * SCATTER_SIDE_PX];
    for (points, ink) in layers {
        for point in points.chunks_exact(2) {
            draw_disc(&mut ground, square.place_px(point, SCATTER_SIDE_PX as f32), *ink);
        }
    }
    let rgba = |[r, g, b]: [f32; 3]| [r as u8, g as u8, b as u8, 255];
    ground.into_iter().flat_map(rgba).collect()
}

fn draw_disc(ground: &mut [[f32; 3]], [x, y]: [f32; 2], ink: Ink) {
    let side = SCATTER_SIDE_PX as f32;
    let is_near = |at: f32| at > -RADIUS_PX - 1.0 && at < side + RADIUS_PX + 1.0;
    // NaN is near nothing.
    if !is_near(x) || !is_near(y) {
        return;
    }
    let span = |at: f32| {
        let first = (at - RADIUS_PX - 1.0).max(0.0) as usize;
        first..((at + RADIUS_PX + 2.0).max(0.0) as usize).min(SCATTER_SIDE_PX)
    };
    for row in span(y) {
        for column in span(x) {
            let distance = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
            // An edge one pixel wide looks round.
            let share = ink.opacity * (RADIUS_PX + 0.5 - distance).clamp(0.0, 1.0);
            let under = &mut ground[row * SCATTER_SIDE_PX + column];
            for (value, colour) in under.iter_mut().zip(ink.rgb) {
                *value += share * (colour - *value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Ink = Ink { rgb: [255.0, 0.0, 0.0], opacity: 1.0 };
    const BLUE: Ink = Ink { rgb: [0.0, 0.0, 255.0], opacity: 1.0 };

    fn pixel(rgba: &[u8], x: usize, y: usize) -> &[u8] {
        &rgba[(y * SCATTER_SIDE_PX + x) * 4..][..4]
    }

    #[test]
    fn the_square_holds_all_points_with_a_margin() {
        let square = Square::around(&[0.0, 0.0, 4.0, 2.0, f32::NAN, 9.0]);
        assert_eq!(square.centre, [2.0, 1.0]);
        assert!((square.half_side - 2.0 / 0.76).abs() < 1e-5);
        assert_eq!(Square::around(&[]), Square { centre: [0.0; 2], half_side: 1.0 });
        assert!(Square::around(&[3.0, 3.0]).half_side > 0.0);
    }

    #[test]
    fn a_square_is_told_by_its_corners() {
        let square = Square { centre: [1.0, -2.0], half_side: 2.5 };
        assert_eq!(square.corners(), [[-1.5, -4.5], [3.5, 0.5]]);
        assert_eq!(Square::between(square.corners()), square);
        let around = Square::between([[0.0, 0.0], [4.0, 2.0]]);
        assert_eq!(around, Square { centre: [2.0, 1.0], half_side: 2.0 });
    }

    #[test]
    fn points_lie_where_they_should_and_the_last_layer_on_top() {
        let square = Square { centre: [0.0; 2], half_side: 1.0 };
        let middle = SCATTER_SIDE_PX / 2;
        let rgba = scatter_rgba(square, &[(&[0.0, 0.0, 0.0, 0.5], RED), (&[0.0, 0.0], BLUE)]);
        assert_eq!(rgba.len(), SCATTER_SIDE_PX * SCATTER_SIDE_PX * 4);
        assert_eq!(pixel(&rgba, middle, middle), [0, 0, 255, 255]);
        // y points up: half of the way to the upper edge.
        assert_eq!(pixel(&rgba, middle, middle / 2), [255, 0, 0, 255]);
        assert_eq!(pixel(&rgba, 3, 3), [0, 0, 0, 255]);
    }

    #[test]
    fn points_outside_and_no_numbers_are_left_out() {
        let square = Square { centre: [0.0; 2], half_side: 1.0 };
        let empty = scatter_rgba(square, &[]);
        let far = [9.0, 0.0, f32::NAN, 0.0, f32::INFINITY, -1e30];
        assert_eq!(scatter_rgba(square, &[(&far, RED)]), empty);
        // On the edge, half of a disc is visible.
        assert_ne!(scatter_rgba(square, &[(&[1.0, 0.0], RED)]), empty);
    }
}
