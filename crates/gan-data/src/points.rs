//! Distributions of points in the plane, on which a generator's failures can be seen and counted.
//!
//! The module says what the distributions are, which of their numbers are allowed and where their
//! modes lie; drawing from them is `draw`'s part. It does not know how a specification is
//! written, nor what a point is compared with.

mod covariance;
mod draw;

use crate::setting::{SettingError, has_length, in_range};
use covariance::Covariance;
pub use draw::EndlessPoints;

/// Most modes of a distribution.
pub const MAX_MODES: usize = 1024;

/// Most points of [`PointDistribution::Drawn`].
pub const MAX_DRAWN_POINTS: usize = 1 << 16;

/// Largest absolute value of a coordinate, length or standard deviation.
const MAX_LENGTH: f64 = 1000.0;

/// A distribution of points (x, y) in the plane. `sd` is always the standard deviation, on either
/// axis, of Gaussian noise that is added last, in the units of the points; 0 is none.
#[derive(Clone, Debug, PartialEq)]
pub enum PointDistribution {
    /// Equally likely Gaussians on a circle around the origin, mode `k` at the angle
    /// 2π `k` / `modes` from the x axis. 8 modes of radius 1 and sd 0.01 in PacGAN (Lin et al.
    /// 2018, "2D-ring"); of radius 2 and sd 0.02 in Unrolled GAN (Metz et al. 2017, the mixture of
    /// Gaussians).
    Ring {
        /// Number of Gaussians, 1 to [`MAX_MODES`].
        modes: usize,
        /// From the origin to their means, 0 to 1,000.
        radius: f32,
        /// Standard deviation, 0 to 1,000.
        sd: f32,
    },
    /// Equally likely Gaussians on a square grid centred on the origin; mode `row * side + column`
    /// counts from the smallest y and x. `side` 5, `spacing` 2 and sd 0.05 in PacGAN ("2D-grid").
    Grid {
        /// Gaussians on each axis, 1 to 32.
        side: usize,
        /// Between neighbours, 0 to 1,000.
        spacing: f32,
        /// Standard deviation, 0 to 1,000.
        sd: f32,
    },
    /// Uniform on a segment of the diagonal y = x, centred on the origin: both coordinates vary,
    /// and neither tells more than the other.
    Line {
        /// Of the segment, 0 to 1,000.
        length: f32,
        /// Standard deviation, 0 to 1,000.
        sd: f32,
    },
    /// Archimedean spirals from the origin, equally likely: arm `k` of them passes the distance
    /// r at the angle 2π (`turns` r / `radius` + `k` / `arms`). r / `radius` is the root of a
    /// uniform number, which makes points about equally dense all along an arm of many turns.
    Spiral {
        /// Number of arms, 1 to [`MAX_MODES`]; the arm is the label.
        arms: usize,
        /// Times that an arm goes around the origin, 0 to 1,000.
        turns: f32,
        /// From the origin to an arm's end, 0 to 1,000.
        radius: f32,
        /// Standard deviation, 0 to 1,000.
        sd: f32,
    },
    /// Two interleaving half circles of radius 1, equally likely: those of scikit-learn's
    /// `make_moons`, with angles drawn uniformly and the mean, (0.5, 0.25), moved to the origin.
    /// The moon is the label, 0 for the upper one.
    Moons {
        /// Standard deviation, 0 to 1,000.
        sd: f32,
    },
    /// (t cos t, t sin t) / `scale` with t = 1.5 π (1 + 2u) and u uniform on [0, 1): x and z of
    /// scikit-learn's `make_swiss_roll`. The toy experiment of WGAN-GP (Gulrajani et al. 2017)
    /// has a `scale` of 7.5; its noise of 0.25 is added before the division, so that `sd` is
    /// 0.25 / 7.5 there.
    SwissRoll {
        /// Standard deviation, 0 to 1,000, in the units of the scaled points.
        sd: f32,
        /// What coordinates are divided by, 0.001 to 1,000.
        scale: f32,
    },
    /// Any mixture of Gaussians; the component is the mode, and the label.
    Mixture {
        /// 1 to [`MAX_MODES`] of them.
        components: Vec<Gaussian>,
    },
    /// Points that somebody drew, equally likely, each with noise around it.
    Drawn {
        /// 1 to [`MAX_DRAWN_POINTS`], coordinates within -1,000 to 1,000.
        points: Vec<[f32; 2]>,
        /// Standard deviation, 0 to 1,000.
        sd: f32,
    },
}

/// A component of [`PointDistribution::Mixture`].
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// Coordinates within -1,000 to 1,000.
    pub mean: [f32; 2],
    /// Symmetric and positive semi-definite, variances up to 1,000,000: [[xx, xy], [xy, yy]].
    pub covariance: [[f32; 2]; 2],
    /// How often the component is drawn, relative to the sum of all weights; 0.000001 to
    /// 1,000,000.
    pub weight: f32,
}

/// Everything but [`Self::check`] takes a distribution that has passed it for granted.
impl PointDistribution {
    /// Checks every number.
    ///
    /// # Errors
    ///
    /// The path of the first field that is not allowed, and what is.
    pub fn check(&self) -> Result<(), SettingError> {
        let length = |field: &str, value: f32| in_range(field, value, [0.0, MAX_LENGTH]);
        match self {
            Self::Ring { modes, radius, sd } => {
                in_range("modes", *modes as f64, [1.0, MAX_MODES as f64])?;
                length("radius", *radius)?;
                length("sd", *sd)
            }
            Self::Grid { side, spacing, sd } => {
                in_range("side", *side as f64, [1.0, MAX_MODES.isqrt() as f64])?;
                length("spacing", *spacing)?;
                length("sd", *sd)
            }
            Self::Line { length: whole, sd } => {
                length("length", *whole)?;
                length("sd", *sd)
            }
            Self::Spiral { arms, turns, radius, sd } => {
                in_range("arms", *arms as f64, [1.0, MAX_MODES as f64])?;
                length("turns", *turns)?;
                length("radius", *radius)?;
                length("sd", *sd)
            }
            Self::Moons { sd } => length("sd", *sd),
            Self::SwissRoll { sd, scale } => {
                length("sd", *sd)?;
                in_range("scale", *scale, [0.001, MAX_LENGTH])
            }
            Self::Mixture { components } => {
                has_length("components", components.len(), [1, MAX_MODES])?;
                (0..).zip(components).try_for_each(|(at, component)| component.check(at))
            }
            Self::Drawn { points, sd } => {
                has_length("points", points.len(), [1, MAX_DRAWN_POINTS])?;
                for (at, point) in points.iter().enumerate() {
                    check_point(&format!("points[{at}]"), *point)?;
                }
                length("sd", *sd)
            }
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
            _ => None,
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
                let widest = |part: &Gaussian| Covariance::new(part.covariance).largest_sd();
                Some(components.iter().map(widest).collect())
            }
            _ => None,
        }
    }

    /// Number of classes that points are labelled with: modes, arms of a spiral, moons.
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

impl Gaussian {
    fn check(&self, at: usize) -> Result<(), SettingError> {
        check_point(&format!("components[{at}].mean"), self.mean)?;
        Covariance::check(&format!("components[{at}].covariance"), self.covariance)?;
        in_range(format!("components[{at}].weight"), self.weight, [1e-6, 1e6])
    }
}

fn check_point(field: &str, point: [f32; 2]) -> Result<(), SettingError> {
    for (axis, value) in point.into_iter().enumerate() {
        in_range(format!("{field}[{axis}]"), value, [-MAX_LENGTH, MAX_LENGTH])?;
    }
    Ok(())
}
