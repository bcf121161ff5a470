//! The losses of the two nets, and the terms added to the discriminator's.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::message::Metrics;
use crate::names::named;
use crate::read::{reads_struct, reads_tagged};

named! {
    /// The losses of the two nets. `D` is the discriminator's output before any sigmoid, `σ` the
    /// logistic function, `x` a real sample, `z` a latent, `E` the mean over the batch.
    pub enum Objective {
        /// D: `-E[log σ(D(x))] - E[log(1 - σ(D(G(z))))]`; G: `-E[log σ(D(G(z)))]`
        /// (Goodfellow et al. 2014, section 3).
        NonSaturating = "non_saturating",
        /// D as non-saturating; G: `E[log(1 - σ(D(G(z))))]` (Goodfellow et al. 2014, equation 1).
        Minimax = "minimax",
        /// D: `½E[(D(x) - 1)²] + ½E[D(G(z))²]`; G: `½E[(D(G(z)) - 1)²]` (Mao et al. 2016,
        /// equation 9).
        LeastSquares = "least_squares",
        /// D: `E[D(G(z))] - E[D(x)]`; G: `-E[D(G(z))]`: a critic, which needs a Lipschitz bound (WGAN,
        /// Arjovsky et al. 2017, equation 3).
        Linear = "linear",
        /// D: `E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]`; G: `-E[D(G(z))]` (Lim & Ye 2017;
        /// Miyato et al. 2018, equations 16 and 17).
        Hinge = "hinge",
        /// D: `-E[log σ(D(x) - D(G(z)))]`; G: `-E[log σ(D(G(z)) - D(x))]`, real and fake of the same
        /// place in the batch paired (RpGAN, Jolicoeur-Martineau 2018, section 4.1; R3GAN, Huang et
        /// al. 2024, equation 2).
        RelativisticPaired = "relativistic_paired",
        /// D: `-E[log σ(D(x) - E D(G(z)))] - E[log(1 - σ(D(G(z)) - E D(x)))]`; G: the same with real
        /// and fake exchanged (RaGAN, Jolicoeur-Martineau 2018, section 4.2).
        RelativisticAverage = "relativistic_average",
    }
}

impl Objective {
    /// The name in English, within a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::NonSaturating => "non-saturating (Goodfellow et al. 2014)",
            Self::Minimax => "minimax (Goodfellow et al. 2014)",
            Self::LeastSquares => "least squares (LSGAN)",
            Self::Linear => "linear (WGAN)",
            Self::Hinge => "hinge",
            Self::RelativisticPaired => "relativistic, paired (RpGAN)",
            Self::RelativisticAverage => "relativistic, to the average (RaGAN)",
        }
    }

    /// Whether the discriminator's output has a target, which smoothing could move.
    pub fn has_targets(self) -> bool {
        matches!(self, Self::NonSaturating | Self::Minimax | Self::LeastSquares)
    }

    /// Whether the generator's loss depends on the reals too.
    pub fn is_relativistic(self) -> bool {
        matches!(self, Self::RelativisticPaired | Self::RelativisticAverage)
    }

    /// Whether `σ(D(x))` is a probability of being real.
    pub fn gives_probability(self) -> bool {
        matches!(self, Self::NonSaturating | Self::Minimax)
    }

    /// The discriminator's output at which a sample counts neither as real nor as fake: `σ(D) = ½`,
    /// or the middle between the targets or margins of both. `None` if only differences of outputs
    /// matter.
    pub fn undecided_output(self) -> Option<f32> {
        match self {
            Self::NonSaturating | Self::Minimax | Self::Hinge => Some(0.0),
            Self::LeastSquares => Some(0.5),
            Self::Linear | Self::RelativisticPaired | Self::RelativisticAverage => None,
        }
    }

    /// How far apart the discriminator judges reals and fakes in a step: 0 if not at all, 1 if it
    /// is certain of all. For verdicts with targets, the difference of the mean verdicts; else the
    /// decrease of its loss from its value at the [equilibrium](Self::equilibrium), relative to the
    /// latter. `None` for a critic, whose outputs have no scale.
    pub fn separation(self, of: &Metrics) -> Option<f64> {
        match self {
            Self::NonSaturating | Self::Minimax | Self::LeastSquares => {
                Some(of.real_score - of.fake_score)
            }
            Self::RelativisticPaired | Self::RelativisticAverage | Self::Hinge => {
                let equal = self.equilibrium(0.0, 0.0).discriminator_loss?;
                Some(1.0 - of.discriminator_loss / equal)
            }
            Self::Linear => None,
        }
    }

    /// The gradient that reaches the generator in a step, relative to the gradient of the
    /// non-saturating loss for the same verdicts: for [`Self::Minimax`] `p / (1 - p)` with
    /// `p = σ(D(G(z)))` (Goodfellow et al. 2014, section 3). `None` if the loss does not saturate.
    pub fn gradient_share(self, of: &Metrics) -> Option<f64> {
        match self {
            Self::Minimax => Some(of.fake_score / (1.0 - of.fake_score).max(1e-6)),
            Self::NonSaturating
            | Self::LeastSquares
            | Self::Linear
            | Self::Hinge
            | Self::RelativisticPaired
            | Self::RelativisticAverage => None,
        }
    }
}

/// A term of the discriminator's loss that bounds its slope. `∇` is the gradient of the sum of the
/// outputs with respect to the samples, `‖·‖` the Euclidean norm over one sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PenaltySpec {
    /// `weight * E[(‖∇D(y)‖ - target)²]` with `y = u x + (1 - u) G(z)`, `u` uniform on [0, 1) for
    /// each sample (WGAN-GP, Gulrajani et al. 2017, equation 3).
    GradientPenalty {
        /// λ; the paper's is 10.
        weight: f32,
        /// The slope asked for.
        target: f32,
        /// Whether only a slope over the target costs: `max(0, ‖∇D(y)‖ - target)²`.
        one_sided: bool,
    },
    /// `weight * E[(‖∇D(y)‖ - target)²]` with `y = x + u * ½ * sd(x) * v`: `v` uniform on [0, 1) for
    /// each number, `u` uniform on [0, 1) for each sample, `sd(x)` unbiased over all numbers of
    /// the batch (DRAGAN, Kodali et al. 2017, section 2.3).
    Dragan {
        /// λ; the paper's is 10.
        weight: f32,
        /// The slope asked for.
        target: f32,
    },
    /// `weight / 2 * E[‖∇D(x)‖²]` (Mescheder et al. 2018, equation 9).
    R1 {
        /// γ; the paper's is 10.
        weight: f32,
    },
    /// `weight / 2 * E[‖∇D(G(z))‖²]` (Mescheder et al. 2018, equation 10).
    R2 {
        /// γ.
        weight: f32,
    },
}

impl PenaltySpec {
    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        let (Self::GradientPenalty { weight, .. }
        | Self::Dragan { weight, .. }
        | Self::R1 { weight }
        | Self::R2 { weight }) = *self;
        in_range("weight", weight, 0.0, 1e6)?;
        match *self {
            Self::GradientPenalty { target, .. } | Self::Dragan { target, .. } => {
                in_range("target", target, 0.0, 1e3)
            }
            Self::R1 { .. } | Self::R2 { .. } => Ok(()),
        }
    }
}

/// Noise on whatever the discriminator judges, reals and fakes alike (Sønderby et al. 2017,
/// section 3.2; Arjovsky & Bottou 2017).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct InstanceNoiseSpec {
    /// Standard deviation at the start.
    pub sd: f32,
    /// Generator steps over which it falls to zero in a straight line; 0 is never.
    pub decay_steps: u64,
}

impl InstanceNoiseSpec {
    /// The standard deviation in the given generator step, counted from 0.
    pub fn sd_at(&self, step: u64) -> f32 {
        if self.decay_steps == 0 {
            return self.sd;
        }
        let left = 1.0 - step as f64 / self.decay_steps as f64;
        self.sd * left.max(0.0) as f32
    }
}

/// Differentiable augmentation of whatever the discriminator judges, reals and fakes alike, in
/// the generator's step too (Zhao et al. 2020). Rotation and scaling are among the transformations of
/// Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data", which draws the
/// scale's logarithm from a normal distribution and reflects at borders; here it is uniform, and what
/// comes in is black. Shear is this project's own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DiffAugmentSpec {
    /// Largest shift, as a share of height and width; the paper's is 0.125.
    pub translation: f32,
    /// Side of the square that is blanked, as a share of height and width; the paper's is 0.5.
    pub cutout: f32,
    /// Largest change of brightness: each sample is shifted by a number uniform on
    /// [-brightness, brightness); the paper's is 0.5 for images in [-1, 1].
    pub brightness: f32,
    /// Largest rotation around the middle, in either direction.
    pub rotation_degrees: f32,
    /// Enlargement around the middle by a factor of 1 / `scale` to `scale`, its logarithm being
    /// uniform.
    pub scale: f32,
    /// Largest shear, in either direction: pixels that a row is moved for each row between it and the
    /// middle.
    pub shear: f32,
}

impl DiffAugmentSpec {
    /// Whether images are turned, made larger or smaller, or sheared.
    pub fn changes_geometry(&self) -> bool {
        self.rotation_degrees > 0.0 || self.scale > 1.0 || self.shear > 0.0
    }

    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("translation", self.translation, 0.0, 0.5)?;
        in_range("cutout", self.cutout, 0.0, 0.9)?;
        in_range("brightness", self.brightness, 0.0, 2.0)?;
        in_range("rotation_degrees", self.rotation_degrees, 0.0, 180.0)?;
        in_range("scale", self.scale, 1.0, 2.0)?;
        in_range("shear", self.shear, 0.0, 1.0)
    }
}

impl Default for DiffAugmentSpec {
    fn default() -> Self {
        Self {
            translation: 0.0,
            cutout: 0.0,
            brightness: 0.0,
            rotation_degrees: 0.0,
            scale: 1.0,
            shear: 0.0,
        }
    }
}

reads_tagged!(PenaltySpec by "kind" {
    "gradient_penalty" => GradientPenalty { weight = 10.0, target = 1.0, one_sided = false },
    "dragan" => Dragan { weight = 10.0, target = 1.0 },
    "r1" => R1 { weight = 10.0 },
    "r2" => R2 { weight = 10.0 },
});
reads_struct!(InstanceNoiseSpec { sd, decay_steps = 0 });
reads_struct!(DiffAugmentSpec {
    translation = 0.0,
    cutout = 0.0,
    brightness = 0.0,
    rotation_degrees = 0.0,
    scale = 1.0,
    shear = 0.0,
});

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use super::*;

    fn judged(discriminator_loss: f64, real_score: f64, fake_score: f64) -> Metrics {
        let none = Metrics::from_numbers(1, [0.0; Metrics::COUNT]);
        Metrics { discriminator_loss, real_score, fake_score, ..none }
    }

    #[test]
    fn verdicts_that_are_equal_are_not_apart() {
        for (objective, loss, verdict) in [
            (Objective::NonSaturating, 2.0 * LN_2, 0.5),
            (Objective::Minimax, 2.0 * LN_2, 0.5),
            (Objective::LeastSquares, 0.25, 0.5),
            (Objective::RelativisticPaired, LN_2, 7.0),
            (Objective::RelativisticAverage, 2.0 * LN_2, 7.0),
            (Objective::Hinge, 2.0, 0.0),
        ] {
            let equal = judged(loss, verdict, verdict);
            assert_eq!(objective.separation(&equal), Some(0.0), "{objective:?}");
        }
    }

    #[test]
    fn separation_grows_with_the_verdicts_or_as_the_loss_falls() {
        let of = |objective: Objective, metrics| objective.separation(&metrics);
        assert_eq!(of(Objective::Minimax, judged(0.0, 0.9, 0.2)), Some(0.9 - 0.2));
        assert_eq!(of(Objective::RelativisticPaired, judged(0.0, 7.0, 0.0)), Some(1.0));
        assert_eq!(of(Objective::RelativisticAverage, judged(LN_2, 0.0, 0.0)), Some(0.5));
        assert_eq!(of(Objective::Hinge, judged(0.0, 3.0, -3.0)), Some(1.0));
        assert_eq!(of(Objective::Linear, judged(1.0, 3.0, -3.0)), None);
    }

    #[test]
    fn only_minimax_s_gradient_shrinks_with_the_fakes_verdict() {
        assert_eq!(Objective::Minimax.gradient_share(&judged(0.0, 1.0, 0.5)), Some(1.0));
        assert_eq!(Objective::Minimax.gradient_share(&judged(0.0, 1.0, 0.2)), Some(0.2 / 0.8));
        assert_eq!(Objective::NonSaturating.gradient_share(&judged(0.0, 1.0, 0.2)), None);
    }

    #[test]
    fn instance_noise_falls_to_zero() {
        let noise = InstanceNoiseSpec { sd: 0.4, decay_steps: 100 };
        let found = [0, 25, 100, 1_000].map(|step| noise.sd_at(step));
        assert_eq!(found, [0.4, 0.3, 0.0, 0.0]);
        assert_eq!(InstanceNoiseSpec { sd: 0.4, decay_steps: 0 }.sd_at(9_999), 0.4);
    }
}
