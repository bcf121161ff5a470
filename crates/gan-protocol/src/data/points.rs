//! Distributions of points in the plane: their parameters, the allowed ranges, and the centres of
//! their modes. `gan-data` draws from them.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::read::{reads_struct, reads_tagged};

/// A distribution of points (x, y) in the plane. `sd` is always the standard deviation, on either
/// axis, of Gaussian noise that is added last, in the units of the points; 0 is none, 1,000 the most.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PointsSpec {
    /// Equally likely Gaussians on a circle around the origin, mode `k` at the angle
    /// 2π `k` / `modes` from the x axis. 8 modes of radius 1 and sd 0.01 in PacGAN (Lin et al.
    /// 2018, "2D-ring"); of radius 2 and sd 0.02 in Unrolled GAN (Metz et al. 2017, the mixture of
    /// Gaussians).
    Ring {
        /// Number of Gaussians, 1 to [`MAX_MODES`].
        modes: usize,
        /// From the origin to their means, 0.001 to 1,000.
        radius: f32,
        /// Standard deviation of each Gaussian.
        sd: f32,
    },
    /// Equally likely Gaussians on a square grid centred on the origin; mode `row * side + column`
    /// counts from the smallest y and x. `side` 5, `spacing` 2 and sd 0.05 in PacGAN ("2D-grid").
    Grid {
        /// Gaussians on each axis, 1 to 32.
        side: usize,
        /// Between neighbours, 0.001 to 1,000.
        spacing: f32,
        /// Standard deviation of each Gaussian.
        sd: f32,
    },
    /// Uniform on a segment of the diagonal y = x, centred on the origin: both coordinates vary,
    /// and neither holds more information than the other.
    Line {
        /// Of the segment, 0.001 to 1,000.
        length: f32,
        /// Standard deviation of the noise.
        sd: f32,
    },
    /// Archimedean spirals from the origin, equally likely: arm `k` of them passes the distance
    /// r at the angle 2π (`turns` r / `radius` + `k` / `arms`). r / `radius` is the root of a
    /// uniform number, which makes points about equally dense all along an arm of many turns.
    Spiral {
        /// Number of arms, 1 to 16; the arm is the label.
        arms: usize,
        /// Times that an arm goes around the origin, 0.1 to 10.
        turns: f32,
        /// From the origin to an arm's end, 0.001 to 1,000.
        radius: f32,
        /// Standard deviation of the noise.
        sd: f32,
    },
    /// Two interleaving half circles of radius 1, equally likely: those of scikit-learn's
    /// `make_moons`, with angles drawn uniformly and the mean, (0.5, 0.25), moved to the origin.
    /// The moon is the label, 0 for the upper one.
    Moons {
        /// Standard deviation of the noise.
        sd: f32,
    },
    /// (t cos t, t sin t) / `scale` with t = 1.5 π (1 + 2u) and u uniform on [0, 1): x and z of
    /// scikit-learn's `make_swiss_roll`. The toy experiment of WGAN-GP (Gulrajani et al. 2017)
    /// has a `scale` of 7.5; its noise of 0.25 is added before the division, so that `sd` is
    /// 0.25 / 7.5 there.
    SwissRoll {
        /// Standard deviation of the noise, in the units of the scaled points.
        sd: f32,
        /// Divisor of the coordinates, 0.001 to 1,000.
        scale: f32,
    },
    /// Any mixture of Gaussians; the component is the mode, and the label.
    Mixture {
        /// 1 to [`MAX_MODES`] of them.
        components: Vec<GaussianSpec>,
    },
    /// Points drawn by the user, equally likely, each with noise around it.
    Drawn {
        /// 1 to [`MAX_DRAWN_POINTS`], coordinates within -1,000 to 1,000.
        points: Vec<[f32; 2]>,
        /// Standard deviation of the noise.
        sd: f32,
        /// The lower left and the upper right corner of the square in which they were drawn. The
        /// page shows this square, so that points stay where they were drawn; `None` shows a square
        /// around all points.
        #[serde(skip_serializing_if = "Option::is_none")]
        frame: Option<[[f32; 2]; 2]>,
    },
}

/// One Gaussian of a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GaussianSpec {
    /// Its centre, coordinates within -1,000 to 1,000.
    pub mean: [f32; 2],
    /// Symmetric and positive semi-definite, variances up to 1,000,000: [[xx, xy], [xy, yy]].
    pub covariance: [[f32; 2]; 2],
    /// How often it is drawn, relative to the sum of all weights; 0.000001 to 1,000,000.
    pub weight: f32,
}

/// Most modes of a distribution.
pub const MAX_MODES: usize = 1_024;
/// Most points of [`PointsSpec::Drawn`].
pub const MAX_DRAWN_POINTS: usize = 20_000;
/// Nets get coordinates unscaled, and learn nothing from numbers larger than this.
const LARGEST_COORDINATE: f32 = 1_000.0;
/// A picture has a margin around its points.
const LARGEST_CORNER: f32 = 10.0 * LARGEST_COORDINATE;
/// Covers rounding of a singular matrix in single precision: how far below 0 a covariance's
/// determinant may be, relative to the product of the variances.
const ROUNDING: f64 = 1e-6;

impl PointsSpec {
    /// Checks every number.
    ///
    /// # Errors
    /// The path of the first field that is not allowed, and the allowed range.
    pub fn validate(&self) -> Result<(), SpecError> {
        let spread = |sd: f32| in_range("sd", sd, 0.0, LARGEST_COORDINATE);
        let length = |name: &str, value: f32| in_range(name, value, 1e-3, LARGEST_COORDINATE);
        match self {
            Self::Ring { modes, radius, sd } => {
                in_range("modes", *modes, 1, MAX_MODES)?;
                length("radius", *radius)?;
                spread(*sd)
            }
            Self::Grid { side, spacing, sd } => {
                in_range("side", *side, 1, 32)?;
                length("spacing", *spacing)?;
                spread(*sd)
            }
            Self::Line { length: l, sd } => {
                length("length", *l)?;
                spread(*sd)
            }
            Self::Spiral { arms, turns, radius, sd } => {
                in_range("arms", *arms, 1, 16)?;
                in_range("turns", *turns, 0.1, 10.0)?;
                length("radius", *radius)?;
                spread(*sd)
            }
            Self::Moons { sd } => spread(*sd),
            Self::SwissRoll { sd, scale } => {
                length("scale", *scale)?;
                spread(*sd)
            }
            Self::Mixture { components } => {
                in_range("components", components.len(), 1, MAX_MODES)?;
                for (index, component) in components.iter().enumerate() {
                    let at = |error: SpecError| error.within(&format!("components[{index}]"));
                    component.validate().map_err(at)?;
                }
                Ok(())
            }
            Self::Drawn { points, sd, frame } => {
                in_range("points", points.len(), 1, MAX_DRAWN_POINTS)?;
                for (index, point) in points.iter().enumerate() {
                    coordinates(&format!("points[{index}]"), point)?;
                }
                if let Some([low, high]) = frame {
                    for axis in 0..2 {
                        let [first, second] = [0, 1].map(|at| format!("frame[{at}][{axis}]"));
                        in_range(&first, low[axis], -LARGEST_CORNER, LARGEST_CORNER)?;
                        in_range(&second, high[axis], low[axis] + 1e-4, LARGEST_CORNER)?;
                    }
                }
                spread(*sd)
            }
        }
    }

    /// A distribution of each kind.
    pub fn examples() -> Vec<Self> {
        let gaussian = |mean, covariance, weight| GaussianSpec { mean, covariance, weight };
        vec![
            Self::Ring { modes: 8, radius: 1.0, sd: 0.01 },
            Self::Grid { side: 5, spacing: 2.0, sd: 0.05 },
            Self::Line { length: 4.0, sd: 0.1 },
            Self::Spiral { arms: 2, turns: 1.5, radius: 2.0, sd: 0.02 },
            Self::Moons { sd: 0.05 },
            Self::SwissRoll { sd: 0.25 / 7.5, scale: 7.5 },
            Self::Mixture {
                components: vec![
                    gaussian([1.0, -1.0], [[0.5, 0.3], [0.3, 0.4]], 1.0),
                    gaussian([-2.0, 3.0], [[0.1, 0.0], [0.0, 0.0]], 3.0),
                ],
            },
            Self::Drawn { points: vec![[0.0, 1.0], [2.0, 3.0]], sd: 0.1, frame: None },
        ]
    }

    /// The name in English, within a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::Ring { modes, .. } => format!("a ring of {modes} Gaussians"),
            Self::Grid { side, .. } => format!("a grid of {side} x {side} Gaussians"),
            Self::Line { .. } => "a line".to_owned(),
            Self::Spiral { arms, .. } => format!("a spiral, arms: {arms}"),
            Self::Moons { .. } => "two moons".to_owned(),
            Self::SwissRoll { .. } => "the Swiss roll".to_owned(),
            Self::Mixture { components } => {
                format!("a mixture of Gaussians, components: {}", components.len())
            }
            Self::Drawn { points, .. } => format!("drawn points, {} of them", points.len()),
        }
    }

    /// The centres of the modes, in the order of their labels: of a ring, a grid or a mixture.
    /// Others have none.
    pub fn modes(&self) -> Option<Vec<[f32; 2]>> {
        match self {
            &Self::Ring { modes, radius, .. } => {
                let at = |k: usize| {
                    let angle = std::f64::consts::TAU * k as f64 / modes as f64;
                    [angle.cos(), angle.sin()].map(|x| (f64::from(radius) * x) as f32)
                };
                Some((0..modes).map(at).collect())
            }
            &Self::Grid { side, spacing, .. } => {
                let at = |place: usize| spacing * (place as f32 - 0.5 * (side as f32 - 1.0));
                Some((0..side * side).map(|k| [at(k % side), at(k / side)]).collect())
            }
            Self::Mixture { components } => Some(components.iter().map(|part| part.mean).collect()),
            Self::Line { .. }
            | Self::Spiral { .. }
            | Self::Moons { .. }
            | Self::SwissRoll { .. }
            | Self::Drawn { .. } => None,
        }
    }

    /// The standard deviation of each of [`Self::modes`]; of a mixture's component, along the
    /// direction in which it is widest. A share of at least 1 - exp(-9/2), 98.9 %, of a mode's
    /// points lies within 3 of them from its centre, and exactly that share if it is round.
    pub fn mode_sd(&self) -> Option<Vec<f32>> {
        match self {
            &Self::Ring { modes, sd, .. } => Some(vec![sd; modes]),
            &Self::Grid { side, sd, .. } => Some(vec![sd; side * side]),
            Self::Mixture { components } => {
                Some(components.iter().map(GaussianSpec::largest_sd).collect())
            }
            Self::Line { .. }
            | Self::Spiral { .. }
            | Self::Moons { .. }
            | Self::SwissRoll { .. }
            | Self::Drawn { .. } => None,
        }
    }

    /// Number of classes in the points' labels: modes, arms of a spiral, moons. `None` if
    /// unlabelled.
    pub fn classes(&self) -> Option<usize> {
        match self {
            Self::Ring { modes, .. } => Some(*modes),
            Self::Grid { side, .. } => Some(side * side),
            Self::Spiral { arms, .. } => Some(*arms),
            Self::Moons { .. } => Some(2),
            Self::Mixture { components } => Some(components.len()),
            Self::Line { .. } | Self::SwissRoll { .. } | Self::Drawn { .. } => None,
        }
    }
}

impl GaussianSpec {
    fn validate(&self) -> Result<(), SpecError> {
        coordinates("mean", &self.mean)?;
        in_range("weight", self.weight, 1e-6, 1e6)?;
        let most = LARGEST_COORDINATE * LARGEST_COORDINATE;
        let [[xx, upper], [lower, yy]] = self.covariance;
        in_range("covariance[0][0]", xx, 0.0, most)?;
        in_range("covariance[0][1]", upper, -most, most)?;
        in_range("covariance[1][1]", yy, 0.0, most)?;
        let [xx, xy, yy] = [xx, upper, yy].map(f64::from);
        if upper != lower || xx * yy - xy * xy < -ROUNDING * xx * yy {
            let message = "must be symmetric and positive semi-definite";
            return Err(SpecError::new("covariance", message));
        }
        Ok(())
    }

    /// The root of the covariance's larger eigenvalue.
    fn largest_sd(&self) -> f32 {
        let [[xx, xy], [_, yy]] = self.covariance.map(|row| row.map(f64::from));
        let (mean, half_difference) = (0.5 * (xx + yy), 0.5 * (xx - yy));
        (mean + half_difference.hypot(xy)).sqrt() as f32
    }
}

fn coordinates(path: &str, point: &[f32; 2]) -> Result<(), SpecError> {
    for (axis, value) in point.iter().enumerate() {
        let within = in_range("", *value, -LARGEST_COORDINATE, LARGEST_COORDINATE);
        within.map_err(|error| SpecError::new(format!("{path}[{axis}]"), error.message))?;
    }
    Ok(())
}

reads_tagged!(PointsSpec by "kind" {
    "ring" => Ring { modes, radius, sd },
    "grid" => Grid { side, spacing, sd },
    "line" => Line { length, sd },
    "spiral" => Spiral { arms, turns, radius, sd },
    "moons" => Moons { sd },
    "swiss_roll" => SwissRoll { sd, scale },
    "mixture" => Mixture { components },
    "drawn" => Drawn { points, sd, frame = None },
});
reads_struct!(GaussianSpec { mean, covariance, weight });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::tests::every_kind_is_there;

    #[test]
    fn every_kind_of_distribution_has_an_example() {
        every_kind_is_there(&PointsSpec::examples());
    }

    #[test]
    fn the_widest_direction_is_that_of_the_larger_eigenvalue() {
        let sd = |covariance| GaussianSpec { mean: [0.0; 2], covariance, weight: 1.0 }.largest_sd();
        assert_eq!(sd([[4.0, 0.0], [0.0, 9.0]]), 3.0);
        // Eigenvalues 3 and 1.
        assert!((sd([[2.0, 1.0], [1.0, 2.0]]) - 3.0_f32.sqrt()).abs() < 1e-6);
        assert_eq!(sd([[0.0; 2]; 2]), 0.0);
    }
}
