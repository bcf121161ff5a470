//! Covariances of two variables: which matrices are some, and what they do to noise.
//!
//! In double precision, so that a singular covariance, whose points lie on a line, stays one.

use crate::setting::{SettingError, SettingFault, in_range, wrong};

/// Largest variance: the square of the largest standard deviation.
const MAX_VARIANCE: f64 = 1e6;

/// How far below 0 a determinant may lie, relative to the product of the variances: what single
/// precision makes of the numbers of a singular matrix.
const ROUNDING: f64 = 1e-6;

/// [[xx, xy], [xy, yy]], symmetric and positive semi-definite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Covariance {
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Covariance {
    /// The covariance of a matrix that has been checked.
    pub(super) fn new([[xx, xy], [_, yy]]: [[f32; 2]; 2]) -> Self {
        Self { xx: xx.into(), xy: xy.into(), yy: yy.into() }
    }

    /// Checks that `matrix`, which stands at `field`, is a covariance.
    pub(super) fn check(field: &str, matrix: [[f32; 2]; 2]) -> Result<(), SettingError> {
        let [[_, upper], [lower, _]] = matrix;
        in_range(format!("{field}[0][0]"), matrix[0][0], [0.0, MAX_VARIANCE])?;
        in_range(format!("{field}[0][1]"), upper, [-MAX_VARIANCE, MAX_VARIANCE])?;
        in_range(format!("{field}[1][0]"), lower, [-MAX_VARIANCE, MAX_VARIANCE])?;
        in_range(format!("{field}[1][1]"), matrix[1][1], [0.0, MAX_VARIANCE])?;
        if upper != lower {
            return Err(wrong(field, SettingFault::NotSymmetric { upper, lower }));
        }
        let Self { xx, xy, yy } = Self::new(matrix);
        let determinant = xx * yy - xy * xy;
        if determinant < -ROUNDING * xx * yy {
            return Err(wrong(field, SettingFault::NotPositiveSemidefinite { determinant }));
        }
        Ok(())
    }

    /// The lower triangle L of Cholesky's decomposition, L Lᵀ being the covariance: [Lxx, Lyx,
    /// Lyy]. L times standard normal numbers has this covariance.
    pub(super) fn cholesky(&self) -> [f32; 3] {
        let first = self.xx.sqrt();
        // Without variance in x there is no covariance either.
        let below = if first > 0.0 { self.xy / first } else { 0.0 };
        let second = (self.yy - below * below).max(0.0).sqrt();
        [first, below, second].map(|entry| entry as f32)
    }

    /// The root of the larger eigenvalue.
    pub(super) fn largest_sd(&self) -> f32 {
        let mean = 0.5 * (self.xx + self.yy);
        let half_difference = 0.5 * (self.xx - self.yy);
        (mean + half_difference.hypot(self.xy)).sqrt() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_squared_is_the_covariance() {
        // Full, correlated, singular along a diagonal, flat in x, flat in y, none.
        for [xx, xy, yy] in [
            [1.0, 0.0, 4.0],
            [2.0, -1.2, 1.0],
            [0.01, 0.02, 0.04],
            [0.0, 0.0, 9.0],
            [9.0, 0.0, 0.0],
            [0.0; 3],
        ] {
            let matrix = [[xx, xy], [xy, yy]];
            Covariance::check("c", matrix).unwrap();
            let [a, b, c] = Covariance::new(matrix).cholesky();
            for (found, expected) in [(a * a, xx), (a * b, xy), (b * b + c * c, yy)] {
                assert!((found - expected).abs() <= 1e-6 * (xx + yy), "{matrix:?}: {found}");
            }
        }
    }

    #[test]
    fn the_widest_direction_is_that_of_the_larger_eigenvalue() {
        let sd = |matrix| Covariance::new(matrix).largest_sd();
        assert_eq!(sd([[4.0, 0.0], [0.0, 9.0]]), 3.0);
        // Eigenvalues 3 and 1.
        assert!((sd([[2.0, 1.0], [1.0, 2.0]]) - 3.0_f32.sqrt()).abs() < 1e-6);
        assert_eq!(sd([[0.0; 2]; 2]), 0.0);
    }
}
