//! The shapes of the digits: the paths of a pen, before their random deformation.
//!
//! Points are given in a box of height 1, x to the right and y down; a digit is about 0.65 wide.
//! Strokes are lists of points, by index: strokes that share a point still meet after it has moved.
//! A point that is repeated is a corner; all others are smooth.

use crate::raster::Point;

/// One way of writing a digit.
pub(crate) struct Glyph {
    /// Frequency of this glyph, relative to the sum over the digit's glyphs.
    pub(crate) weight: u32,
    /// The points that the deformation may move; at most [`MAX_POINTS`].
    pub(crate) points: &'static [Point],
    /// Each stroke's points, by index.
    pub(crate) strokes: &'static [&'static [usize]],
}

/// Most points of a glyph.
pub(crate) const MAX_POINTS: usize = 16;

/// The glyphs of each digit.
pub(crate) const GLYPHS: [&[Glyph]; 10] =
    [ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE];

const fn glyph(
    weight: u32,
    points: &'static [Point],
    strokes: &'static [&'static [usize]],
) -> Glyph {
    Glyph { weight, points, strokes }
}

#[rustfmt::skip]
const ZERO: &[Glyph] = &[
    glyph(3,
        &[[0.48, 0.03], [0.23, 0.10], [0.05, 0.34], [0.03, 0.66], [0.18, 0.93], [0.41, 1.00],
          [0.66, 0.86], [0.76, 0.56], [0.72, 0.25], [0.55, 0.04], [0.37, 0.02]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
    // Begun at the top right, closed with a small overlap.
    glyph(1,
        &[[0.60, 0.08], [0.34, 0.00], [0.11, 0.18], [0.02, 0.50], [0.11, 0.84], [0.37, 1.00],
          [0.62, 0.86], [0.74, 0.54], [0.67, 0.20], [0.44, 0.05], [0.32, 0.12]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
];

#[rustfmt::skip]
const ONE: &[Glyph] = &[
    glyph(6, &[[0.30, 0.00], [0.30, 0.33], [0.30, 0.67], [0.30, 1.00]], &[&[0, 1, 2, 3]]),
    // With a flag.
    glyph(2,
        &[[0.08, 0.24], [0.32, 0.00], [0.32, 0.50], [0.32, 1.00]],
        &[&[0, 1, 1, 2, 3]]),
    // With a flag and a foot.
    glyph(1,
        &[[0.10, 0.22], [0.34, 0.00], [0.34, 0.50], [0.34, 1.00], [0.06, 1.00], [0.62, 1.00]],
        &[&[0, 1, 1, 2, 3], &[4, 3, 5]]),
];

#[rustfmt::skip]
const TWO: &[Glyph] = &[
    glyph(3,
        &[[0.04, 0.22], [0.16, 0.05], [0.38, 0.00], [0.58, 0.12], [0.58, 0.34], [0.38, 0.64],
          [0.02, 0.98], [0.34, 0.96], [0.70, 0.97]],
        &[&[0, 1, 2, 3, 4, 5, 6, 6, 7, 8]]),
    // With a loop at the foot.
    glyph(2,
        &[[0.06, 0.20], [0.20, 0.04], [0.42, 0.01], [0.58, 0.16], [0.54, 0.42], [0.36, 0.74],
          [0.14, 0.97], [0.00, 0.88], [0.14, 0.74], [0.40, 0.88], [0.74, 0.96]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]),
];

#[rustfmt::skip]
const THREE: &[Glyph] = &[
    glyph(3,
        &[[0.04, 0.14], [0.24, 0.00], [0.50, 0.06], [0.54, 0.28], [0.22, 0.46], [0.52, 0.54],
          [0.64, 0.76], [0.48, 0.96], [0.20, 0.99], [0.00, 0.86]],
        &[&[0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]]),
    // With a small loop at the waist.
    glyph(1,
        &[[0.06, 0.10], [0.28, 0.00], [0.52, 0.10], [0.46, 0.34], [0.26, 0.46], [0.30, 0.50],
          [0.54, 0.58], [0.60, 0.80], [0.36, 1.00], [0.02, 0.92]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // With a flat top.
    glyph(1,
        &[[0.06, 0.02], [0.60, 0.02], [0.28, 0.40], [0.56, 0.52], [0.64, 0.74], [0.46, 0.96],
          [0.20, 0.99], [0.00, 0.88]],
        &[&[0, 1, 1, 2, 2, 3, 4, 5, 6, 7]]),
];

#[rustfmt::skip]
const FOUR: &[Glyph] = &[
    // Open at the top.
    glyph(3,
        &[[0.10, 0.02], [0.05, 0.28], [0.04, 0.52], [0.30, 0.54], [0.57, 0.50], [0.61, 0.00],
          [0.59, 0.25], [0.54, 0.75], [0.51, 1.00]],
        &[&[0, 1, 2, 2, 3, 4], &[5, 6, 4, 7, 8]]),
    // Closed, as printed.
    glyph(2,
        &[[0.50, 0.00], [0.26, 0.31], [0.00, 0.64], [0.48, 0.63], [0.76, 0.62], [0.50, 0.30],
          [0.47, 1.00]],
        &[&[0, 1, 2, 2, 3, 4], &[0, 5, 3, 6]]),
];

#[rustfmt::skip]
const FIVE: &[Glyph] = &[
    glyph(3,
        &[[0.64, 0.00], [0.38, 0.01], [0.14, 0.03], [0.09, 0.42], [0.34, 0.38], [0.58, 0.50],
          [0.62, 0.74], [0.44, 0.96], [0.18, 0.99], [0.00, 0.88]],
        &[&[0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9]]),
    // Body first, then a slanting bar.
    glyph(2,
        &[[0.22, 0.10], [0.16, 0.28], [0.12, 0.46], [0.38, 0.47], [0.56, 0.62], [0.52, 0.86],
          [0.28, 1.00], [0.02, 0.94], [0.44, 0.05], [0.70, 0.00]],
        &[&[0, 1, 2, 2, 3, 4, 5, 6, 7], &[0, 8, 9]]),
];

#[rustfmt::skip]
const SIX: &[Glyph] = &[
    glyph(3,
        &[[0.52, 0.00], [0.28, 0.16], [0.10, 0.42], [0.04, 0.72], [0.16, 0.96], [0.40, 0.98],
          [0.58, 0.80], [0.50, 0.58], [0.28, 0.57], [0.08, 0.76]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // Upright, with a small bowl.
    glyph(1,
        &[[0.26, 0.00], [0.12, 0.26], [0.05, 0.56], [0.08, 0.84], [0.26, 1.00], [0.47, 0.92],
          [0.52, 0.72], [0.36, 0.60], [0.16, 0.70], [0.09, 0.84]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
];

#[rustfmt::skip]
const SEVEN: &[Glyph] = &[
    glyph(3,
        &[[0.00, 0.06], [0.32, 0.04], [0.64, 0.02], [0.50, 0.34], [0.36, 0.67], [0.26, 1.00]],
        &[&[0, 1, 2, 2, 3, 4, 5]]),
    // With a crossbar.
    glyph(1,
        &[[0.02, 0.05], [0.34, 0.03], [0.66, 0.02], [0.53, 0.30], [0.42, 0.52], [0.28, 1.00],
          [0.20, 0.53], [0.64, 0.50]],
        &[&[0, 1, 2, 2, 3, 4, 5], &[6, 4, 7]]),
    // With a hook at the left.
    glyph(1,
        &[[0.00, 0.24], [0.04, 0.05], [0.34, 0.06], [0.66, 0.02], [0.48, 0.42], [0.38, 1.00]],
        &[&[0, 1, 1, 2, 3, 3, 4, 5]]),
];

#[rustfmt::skip]
const EIGHT: &[Glyph] = &[
    glyph(3,
        &[[0.54, 0.12], [0.34, 0.00], [0.12, 0.10], [0.13, 0.32], [0.34, 0.48], [0.56, 0.68],
          [0.54, 0.90], [0.30, 1.00], [0.07, 0.88], [0.09, 0.66], [0.33, 0.46], [0.54, 0.30],
          [0.55, 0.10]],
        &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]),
    // Two rings.
    glyph(1,
        &[[0.31, 0.46], [0.11, 0.36], [0.11, 0.10], [0.32, 0.00], [0.53, 0.10], [0.52, 0.36],
          [0.56, 0.60], [0.57, 0.88], [0.32, 1.00], [0.05, 0.88], [0.06, 0.60]],
        &[&[0, 1, 2, 3, 4, 5, 0], &[0, 6, 7, 8, 9, 10, 0]]),
];

#[rustfmt::skip]
const NINE: &[Glyph] = &[
    // With a straight stem.
    glyph(3,
        &[[0.57, 0.12], [0.36, 0.00], [0.10, 0.10], [0.04, 0.32], [0.20, 0.47], [0.44, 0.38],
          [0.56, 0.16], [0.55, 0.50], [0.50, 1.00]],
        &[&[0, 1, 2, 3, 4, 5, 6, 6, 7, 8]]),
    // With a curved tail.
    glyph(2,
        &[[0.56, 0.14], [0.34, 0.00], [0.10, 0.10], [0.05, 0.33], [0.22, 0.48], [0.46, 0.40],
          [0.57, 0.18], [0.60, 0.50], [0.52, 0.82], [0.32, 1.00], [0.08, 0.94]],
        &[&[0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10]]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_fit_their_box_and_use_every_point() {
        for (digit, glyphs) in GLYPHS.iter().enumerate() {
            assert!(!glyphs.is_empty(), "digit {digit}");
            for glyph in *glyphs {
                assert!(glyph.weight > 0 && glyph.points.len() <= MAX_POINTS, "digit {digit}");
                let inside = |p: &Point| (0.0..=0.8).contains(&p[0]) && (0.0..=1.0).contains(&p[1]);
                assert!(glyph.points.iter().all(inside), "digit {digit}");
                let used = |i| glyph.strokes.iter().any(|stroke| stroke.contains(&i));
                assert!((0..glyph.points.len()).all(used), "digit {digit}");
                let known = |stroke: &&[usize]| stroke.iter().all(|&i| i < glyph.points.len());
                assert!(glyph.strokes.iter().all(known), "digit {digit}");
            }
        }
    }
}
