//! Describes a run. A `RunSpec` and a backend determine every number of a run.

use serde::Serialize;
use serde_json::Value;

use crate::condition::ConditionSpec;
use crate::data::DataSpec;
use crate::encoder::EncoderSpec;
use crate::feed::{Feed, LatentSpec};
use crate::growth::GrowthSpec;
use crate::initial::InitialSpec;
use crate::labels::{CodeSpec, LabelSpec, MixtureSpec, SemiSupervisedSpec};
use crate::net::NetSpec;
use crate::number::written;
use crate::objective::{DiffAugmentSpec, InstanceNoiseSpec, Objective, PenaltySpec};
use crate::optimizer::OptimizerSpec;
use crate::read::reads_struct;
use crate::shape::Shape;
use crate::terms::TermSpec;
use crate::translation::TranslationSpec;

/// The whole description of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSpec {
    /// Fixes data order, noise and initial weights. Below 2^53, so that JSON keeps it exact.
    pub seed: u64,
    /// The real samples.
    pub data: DataSpec,
    /// The generator's latent: size and distribution.
    pub latent: LatentSpec,
    /// The picture that the generator is given beside its latent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionSpec>,
    /// The second set of images, whose samples the generator is given, and the way back to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<TranslationSpec>,
    /// The checkpoint whose nets the run begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<InitialSpec>,
    /// The generator: from a latent (with codes), or a picture with the latent as constant channels,
    /// to a sample.
    pub generator: NetSpec,
    /// The discriminator: from a sample (or a pack of samples) to a logit or a score, and the
    /// outputs of further tasks.
    pub discriminator: NetSpec,
    /// The third net, which finds the latent of a sample, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<EncoderSpec>,
    /// The losses of generator and discriminator.
    pub objective: Objective,
    /// Terms added to the generator's loss.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermSpec>,
    /// Factor of the objective in the generator's loss. With 0 the discriminator learns, and the
    /// generator learns nothing from its verdict; the losses of further tasks (classes, codes) have
    /// weights of their own.
    #[serde(skip_serializing_if = "is_one_f32")]
    pub adversarial_weight: f32,
    /// Generator steps at the start that use the terms alone, before the discriminator begins to
    /// learn (SRGAN, Ledig et al. 2017, section 3.2).
    #[serde(skip_serializing_if = "is_zero_u64")]
    pub pretraining_steps: u64,
    /// Terms added to the discriminator's loss that bound its slope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<PenaltySpec>,
    /// Clamps each of the discriminator's parameters to plus and minus this after each of its
    /// updates (WGAN, Arjovsky et al. 2017, algorithm 1: 0.01).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_clip: Option<f32>,
    /// The generator's optimiser.
    pub generator_optimizer: OptimizerSpec,
    /// The discriminator's optimiser.
    pub discriminator_optimizer: OptimizerSpec,
    /// Samples in a step, of reals and of fakes; with packing, packs.
    pub batch_size: usize,
    /// Steps of the discriminator per step of the generator (n_critic).
    #[serde(skip_serializing_if = "is_one")]
    pub discriminator_steps: usize,
    /// Samples that the discriminator judges as one, side by side as channels (PacGAN, Lin et al.
    /// 2017, section 2.2: m).
    #[serde(skip_serializing_if = "is_one")]
    pub packing: usize,
    /// Further steps that a copy of the discriminator makes before the generator's step, which is
    /// judged by the copy (Unrolled GAN, Metz et al. 2016, section 2.2: K). The copy learns from
    /// the current batch. The generator's gradient goes through the copy's outputs, not through its
    /// updates: it is the first term of the paper's equation 11.
    #[serde(skip_serializing_if = "is_zero")]
    pub unrolled_steps: usize,
    /// One-sided label smoothing (Salimans et al. 2016, section 3.4): the target for reals is
    /// `1 - label_smoothing`.
    pub label_smoothing: f32,
    /// The target for fakes; 0 is none.
    #[serde(skip_serializing_if = "is_zero_f32")]
    pub fake_label_smoothing: f32,
    /// Noise on the discriminator's inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_noise: Option<InstanceNoiseSpec>,
    /// Differentiable augmentation of the discriminator's inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff_augment: Option<DiffAugmentSpec>,
    /// How the classes of the reals are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSpec>,
    /// InfoGAN's codes, appended to the latent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes: Option<CodeSpec>,
    /// For several generators in one net (MGAN): their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixture: Option<MixtureSpec>,
    /// Classes that the discriminator learns from a few labelled samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub semi_supervised: Option<SemiSupervisedSpec>,
    /// When nets with stages grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth: Option<GrowthSpec>,
    /// Exponential moving average of the generator's weights; the page's samples are drawn from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema: Option<EmaSpec>,
}

/// Exponential moving average of the generator's weights and running statistics: after each step
/// `average += (1 - d) (weights - average)` with `d = min(decay, (1 + step) / (10 + step))`, so
/// that the average soon forgets the first steps. Where nets grow, steps count from the newest stage on.
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
fn is_zero_u64(value: &u64) -> bool {
    *value == 0
}
fn is_one_f32(value: &f32) -> bool {
    *value == 1.0
}
fn is_zero_f32(value: &f32) -> bool {
    *value == 0.0
}

impl RunSpec {
    /// The spec as JSON.
    pub fn to_value(&self) -> Value {
        written(self)
    }

    /// The shape of the generator's input: a latent with its codes; with a condition, the picture,
    /// and latent and codes as further channels.
    pub fn generator_input(&self) -> Shape {
        Feed::from(self).shape()
    }

    /// The shape of the picture that the generator is given, if it is given one that fits the data.
    pub fn picture(&self) -> Option<Shape> {
        if self.translation.is_some() {
            return Some(self.data.shape());
        }
        self.condition?.shape(self.data.shape()).ok()
    }

    /// The shape of the picture that the discriminator sees beside the sample, if it sees one.
    pub fn shown_picture(&self) -> Option<Shape> {
        self.condition.filter(|condition| condition.shown).and_then(|_| self.picture())
    }

    /// The shape of the discriminator's input: a sample; with packing, several as the channels of
    /// one; with a picture that it is shown, the picture's channels behind the sample's.
    pub fn discriminator_input(&self) -> Shape {
        match self.data.shape() {
            Shape::Flat { size } => Shape::flat(size * self.packing),
            Shape::Image { channels, height, width } => {
                let shown = self.shown_picture().map_or(0, |picture| picture.features());
                Shape::image(channels * self.packing + shown, height, width)
            }
        }
    }

    /// Whether the discriminator judges pairs of sample and latent.
    pub fn judges_pairs(&self) -> bool {
        self.encoder.as_ref().is_some_and(|encoder| encoder.method.judges_pairs())
    }

    /// How far its nets had grown in the last of `step` generator steps; `None` for nets that do not grow.
    pub fn level_after(&self, step: u64) -> Option<f32> {
        let stages = self.discriminator.shrink_scales().len();
        self.growth.map(|growth| growth.level(step.saturating_sub(1), stages))
    }

    /// Whether its training takes the classifier of digits.
    pub fn needs_classifier(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, TermSpec::Perceptual { .. }))
    }

    /// Whether generator step `step`, counted from 0, uses the terms alone.
    pub fn is_pretraining(&self, step: u64) -> bool {
        step < self.pretraining_steps
    }

    /// Size of the discriminator's output: the verdict, and the outputs of further tasks.
    pub fn discriminator_outputs(&self) -> usize {
        let classes = match self.labels {
            Some(LabelSpec::AuxiliaryClassifier { classes, .. }) => classes,
            _ => 0,
        };
        let codes = self.codes.as_ref().map_or(0, CodeSpec::size);
        let generators = self.mixture.map_or(0, |mixture| mixture.generators);
        1 + classes + codes + generators + self.semi_supervised.map_or(0, |it| it.classes)
    }
}

impl<'a> From<&'a RunSpec> for Feed<'a> {
    fn from(spec: &'a RunSpec) -> Self {
        let RunSpec { seed, latent, labels, mixture, .. } = *spec;
        let (picture, codes) = (spec.picture(), spec.codes.as_ref());
        Self { seed, latent, picture, labels, codes, mixture }
    }
}

reads_struct!(RunSpec {
    seed,
    data,
    latent,
    condition = None,
    translation = None,
    initial = None,
    generator,
    discriminator,
    encoder = None,
    objective,
    terms = Vec::new(),
    adversarial_weight = 1.0,
    pretraining_steps = 0,
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
    semi_supervised = None,
    growth = None,
    ema = None,
});
reads_struct!(EmaSpec { decay });
