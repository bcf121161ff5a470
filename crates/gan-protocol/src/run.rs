//! The description of a run. A `RunSpec` and a backend determine every number of a run.

use serde::Serialize;
use serde_json::Value;

use crate::data::DataSpec;
use crate::feed::{Feed, LatentSpec};
use crate::labels::{CodeSpec, LabelSpec, MixtureSpec};
use crate::net::NetSpec;
use crate::number::written;
use crate::objective::{DiffAugmentSpec, InstanceNoiseSpec, Objective, PenaltySpec};
use crate::optimizer::OptimizerSpec;
use crate::read::reads_struct;
use crate::shape::Shape;

/// All that a run is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSpec {
    /// Fixes data order, noise and initial weights. Below 2^53, so that JSON keeps it exact.
    pub seed: u64,
    /// Where real samples come from.
    pub data: DataSpec,
    /// What the generator is fed.
    pub latent: LatentSpec,
    /// From a latent (and codes) to a sample.
    pub generator: NetSpec,
    /// From a sample (or a pack of them) to a logit or a score, and what further tasks ask for.
    pub discriminator: NetSpec,
    /// What the two nets minimise.
    pub objective: Objective,
    /// What is added to the discriminator's loss to bound its slope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<PenaltySpec>,
    /// Cuts each of the discriminator's parameters off at plus and minus this after each of its
    /// updates (WGAN, Arjovsky et al. 2017, algorithm 1: 0.01).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_clip: Option<f32>,
    /// The generator's optimiser.
    pub generator_optimizer: OptimizerSpec,
    /// The discriminator's optimiser.
    pub discriminator_optimizer: OptimizerSpec,
    /// Samples a step, for reals and for fakes; with packing, packs.
    pub batch_size: usize,
    /// Steps of the discriminator per step of the generator (n_critic).
    #[serde(skip_serializing_if = "is_one")]
    pub discriminator_steps: usize,
    /// Samples that the discriminator judges as one, side by side as channels (PacGAN, Lin et al.
    /// 2017, section 2.2: m).
    #[serde(skip_serializing_if = "is_one")]
    pub packing: usize,
    /// Further steps that a copy of the discriminator makes before the generator's step, which
    /// then answers to the copy (Unrolled GAN, Metz et al. 2016, section 2.2: K). The copy learns
    /// from the batch in hand. The generator's gradient goes through the copy's outputs, not
    /// through its updates: of the paper's equation 11 this is the first term.
    #[serde(skip_serializing_if = "is_zero")]
    pub unrolled_steps: usize,
    /// One-sided label smoothing (Salimans et al. 2016, section 3.4): the target for reals is
    /// `1 - label_smoothing`.
    pub label_smoothing: f32,
    /// The other side of smoothing: the target for fakes.
    #[serde(skip_serializing_if = "is_zero_f32")]
    pub fake_label_smoothing: f32,
    /// Noise on what the discriminator judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_noise: Option<InstanceNoiseSpec>,
    /// Differentiable augmentation of what the discriminator judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff_augment: Option<DiffAugmentSpec>,
    /// How the classes of the reals take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSpec>,
    /// InfoGAN's codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes: Option<CodeSpec>,
    /// Several generators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixture: Option<MixtureSpec>,
    /// Exponential moving average of the generator's weights, which the sheets show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema: Option<EmaSpec>,
}

/// Exponential moving average of the generator's weights and running statistics: after each step
/// `average += (1 - d) (weights - average)` with `d = min(decay, (1 + step) / (10 + step))`, so that
/// the first steps' weights are soon forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EmaSpec {
    /// Weight of the old average, in 0..1.
    pub decay: f32,
}

fn is_one(value: &usize) -> bool {
    *value == 1
}
fn is_zero(value: &usize) -> bool {
    *value == 0
}
fn is_zero_f32(value: &f32) -> bool {
    *value == 0.0
}

impl RunSpec {
    /// The spec as JSON.
    pub fn to_value(&self) -> Value {
        written(self)
    }

    /// What the generator is fed: a latent, and the codes behind it.
    pub fn generator_input(&self) -> Shape {
        Feed::from(self).shape()
    }

    /// What the discriminator is fed: a sample; with packing, several as the channels of one.
    pub fn discriminator_input(&self) -> Shape {
        match self.data.shape() {
            Shape::Flat { size } => Shape::flat(size * self.packing),
            Shape::Image { channels, height, width } => {
                Shape::image(channels * self.packing, height, width)
            }
        }
    }

    /// How many numbers the discriminator gives: the verdict, and what further tasks ask for.
    pub fn discriminator_outputs(&self) -> usize {
        let classes = match self.labels {
            Some(LabelSpec::AuxiliaryClassifier { classes, .. }) => classes,
            _ => 0,
        };
        let codes = self.codes.as_ref().map_or(0, CodeSpec::size);
        1 + classes + codes + self.mixture.map_or(0, |mixture| mixture.generators)
    }
}

impl<'a> From<&'a RunSpec> for Feed<'a> {
    fn from(spec: &'a RunSpec) -> Self {
        let RunSpec { seed, latent, labels, mixture, .. } = *spec;
        Self { seed, latent, labels, codes: spec.codes.as_ref(), mixture }
    }
}

reads_struct!(RunSpec {
    seed,
    data,
    latent,
    generator,
    discriminator,
    objective,
    penalties = Vec::new(),
    weight_clip = None,
    generator_optimizer,
    discriminator_optimizer,
    batch_size,
    discriminator_steps = 1,
    packing = 1,
    unrolled_steps = 0,
    label_smoothing = 0.0,
    fake_label_smoothing = 0.0,
    instance_noise = None,
    diff_augment = None,
    labels = None,
    codes = None,
    mixture = None,
    ema = None,
});
reads_struct!(EmaSpec { decay });
