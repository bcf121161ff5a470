//! Counts generated points by the modes of the data's distribution.

use gan_eval::modes::{Mixture, ModeCounts};
use gan_eval::{EvalError, Samples};
use gan_protocol::PointsSpec;

/// The modes of a distribution of points: of a ring, a grid or a mixture.
pub struct Modes {
    centres: Vec<f32>,
    sd: f64,
    /// Each mode's share of the samples; they add up to one.
    weights: Vec<f64>,
}

impl Modes {
    /// The modes of `points`; `None` if the distribution has none, or all have zero width.
    pub fn of(points: &PointsSpec) -> Option<Self> {
        let (centres, sds) = points.modes().zip(points.mode_sd())?;
        let weights: Vec<f64> = match points {
            PointsSpec::Mixture { components } => {
                components.iter().map(|component| f64::from(component.weight)).collect()
            }
            _ => vec![1.0; centres.len()],
        };
        let sum: f64 = weights.iter().sum();
        let sd = sds.iter().copied().fold(0.0_f32, f32::max);
        // No sample is within three deviations of a mode of zero width.
        (sd > 0.0).then(|| Self {
            centres: centres.into_iter().flatten().collect(),
            sd: f64::from(sd),
            weights: weights.into_iter().map(|weight| weight / sum).collect(),
        })
    }

    /// Number of modes.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Counts generated points (x, y, x, y …) by mode. If modes differ in width, the widest sets
    /// the distance that counts as near.
    ///
    /// # Errors
    /// When there are no points, or a number is not finite.
    pub fn count(&self, fakes: &[f32]) -> Result<ModeCounts, EvalError> {
        let mixture = Mixture::new(Samples::new(&self.centres, 2)?, self.sd)?;
        mixture.count(&Samples::new(fakes, 2)?)
    }

    /// Share of the modes that get at least one sample and a quarter of their expected samples.
    pub(crate) fn occupied(&self, counts: &ModeCounts) -> f64 {
        let all: usize = counts.all.iter().sum();
        let gets_its_part = |(count, weight): &(&usize, &f64)| {
            **count as f64 >= (0.25 * *weight * all as f64).max(1.0)
        };
        let occupied = counts.all.iter().zip(&self.weights).filter(gets_its_part).count();
        occupied as f64 / self.weights.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_occupied_when_it_gets_a_quarter_of_its_part() {
        let ring = PointsSpec::Ring { modes: 4, radius: 1.0, sd: 0.1 };
        let modes = Modes::of(&ring).expect("a ring has modes");
        let counts = |all: Vec<usize>| ModeCounts { high_quality: all.clone(), all };
        assert_eq!(modes.occupied(&counts(vec![25, 25, 25, 25])), 1.0);
        assert_eq!(modes.occupied(&counts(vec![94, 6, 0, 0])), 0.25);
        assert_eq!(modes.occupied(&counts(vec![93, 7, 0, 0])), 0.5);
        assert!(Modes::of(&PointsSpec::Moons { sd: 0.1 }).is_none());
        assert!(Modes::of(&PointsSpec::Ring { modes: 4, radius: 1.0, sd: 0.0 }).is_none());
    }
}
