//! Measures of a bright shape on black, as digits are: slant, thickness and size.
//!
//! They are moments and lengths of the image's intensities, in the spirit of Castro et al. (2019,
//! *Morpho-MNIST*), without a threshold: a change of a generator's input changes them smoothly.

use crate::error::{EvalError, same_size};

/// Names of the attributes, in the order of [`Attributes::values`].
pub const NAMES: [&str; 3] = ["slant", "thickness", "size"];

/// The measures of one image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attributes {
    /// The angle of the shape's upright, in degrees; positive leans to the right.
    pub slant: f64,
    /// The width of its strokes, in pixels: twice the area over the length of the outline.
    pub thickness: f64,
    /// The root of the mean squared distance from its middle, in pixels.
    pub size: f64,
}

impl Attributes {
    /// Measures an image in [-1, 1] of `width` columns, row after row. `None` if it is black.
    ///
    /// # Errors
    /// If the numbers are not whole rows.
    pub fn of(image: &[f32], width: usize) -> Result<Option<Self>, EvalError> {
        let height = image.len().checked_div(width).unwrap_or(0);
        same_size("numbers of an image", image.len(), height * width)?;
        let ink = |row: usize, column: usize| {
            (f64::from(image[row * width + column]) + 1.0).clamp(0.0, 2.0) / 2.0
        };
        let all = || (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
        let area: f64 = all().map(|(row, column)| ink(row, column)).sum();
        // Less than the ink of one grey pixel is no shape.
        if area < 0.5 {
            return Ok(None);
        }
        let mean = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
            let weighted = |(row, column)| ink(row, column) * of(row as f64, column as f64);
            all().map(weighted).sum::<f64>() / area
        };
        let (y, x) = (mean(&|row, _| row), mean(&|_, column| column));
        let across = mean(&|_, column| (column - x).powi(2));
        let down = mean(&|row, _| (row - y).powi(2));
        let both = mean(&|row, column| (row - y) * (column - x));
        // The outline's length is the sum of the gradient's norms, the image being black beyond its border.
        let at = |row: usize, column: usize| {
            if (1..=height).contains(&row) && (1..=width).contains(&column) {
                ink(row - 1, column - 1)
            } else {
                0.0
            }
        };
        let mut outline = 0.0;
        for row in 0..=height {
            for column in 0..=width {
                // The four pixels around a corner of the grid.
                let [a, b] = [at(row, column), at(row, column + 1)];
                let [c, d] = [at(row + 1, column), at(row + 1, column + 1)];
                outline += f64::hypot((b + d - a - c) / 2.0, (c + d - a - b) / 2.0);
            }
        }
        let slant = if down > 0.0 { (-both / down).atan().to_degrees() } else { 0.0 };
        let thickness = 2.0 * area / outline;
        Ok(Some(Self { slant, thickness, size: (across + down).sqrt() }))
    }

    /// The measures in the order of [`NAMES`].
    pub fn values(self) -> [f64; 3] {
        [self.slant, self.thickness, self.size]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;

    /// An image of the pixels for which `is_ink` of row and column.
    fn image(is_ink: impl Fn(f64, f64) -> bool) -> Vec<f32> {
        let pixel = |at: usize| {
            let (row, column) = ((at / SIDE) as f64, (at % SIDE) as f64);
            if is_ink(row - 13.5, column - 13.5) { 1.0 } else { -1.0 }
        };
        (0..SIDE * SIDE).map(pixel).collect()
    }

    fn measured(is_ink: impl Fn(f64, f64) -> bool) -> Attributes {
        Attributes::of(&image(is_ink), SIDE).expect("whole rows").expect("ink")
    }

    #[test]
    fn a_bar_has_its_width_and_length() {
        for width in [2.0, 4.0] {
            let bar = measured(|y, x| y.abs() < 10.0 && x.abs() < width / 2.0);
            assert!(bar.slant.abs() < 1e-9);
            // Of a rectangle of 20 x width: 2 · 20 · width / (2 · (20 + width)).
            let expected = 20.0 * width / (20.0 + width);
            assert!((bar.thickness / expected - 1.0).abs() < 0.05, "{}", bar.thickness);
            let size = ((width * width - 1.0) / 12.0 + (400.0 - 1.0) / 12.0).sqrt();
            assert!((bar.size - size).abs() < 1e-9, "{} {size}", bar.size);
        }
    }

    #[test]
    fn a_leaning_bar_has_its_angle() {
        for degrees in [-30.0_f64, 15.0, 30.0] {
            let shear = degrees.to_radians().tan();
            let bar = measured(|y, x| y.abs() < 10.0 && (x + shear * y).abs() < 1.6);
            assert!((bar.slant - degrees).abs() < 1.5, "{} for {degrees}", bar.slant);
        }
    }

    #[test]
    fn a_larger_disc_is_larger() {
        for radius in [5.0, 9.0] {
            let disc = measured(|y, x| y.hypot(x) < radius);
            // The mean of r² over a disc is half of its radius squared.
            assert!((disc.size / (radius / 2.0_f64.sqrt()) - 1.0).abs() < 0.03, "{}", disc.size);
            // 2 π r² / (2 π r).
            assert!((disc.thickness / radius - 1.0).abs() < 0.1, "{}", disc.thickness);
        }
    }

    #[test]
    fn a_black_image_has_no_shape_and_cut_rows_are_refused() {
        assert_eq!(Attributes::of(&[-1.0; SIDE * SIDE], SIDE), Ok(None));
        assert!(Attributes::of(&[-1.0; 30], SIDE).is_err());
        assert!(Attributes::of(&[0.0], 0).is_err());
    }
}
