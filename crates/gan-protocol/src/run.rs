//! Describes a run. A `RunSpec` and a backend determine every number of a run.

use serde::Serialize;
use serde_json::{Number, Value};

use crate::combination;
use crate::data::DataSpec;
use crate::error::{SpecError, in_range};
use crate::generator::Feed;
use crate::labels::{CodeSpec, LabelSpec, MixtureSpec};
use crate::names::named;
use crate::net::NetSpec;
use crate::number::short;
use crate::objective::{DiffAugmentSpec, InstanceNoiseSpec, Objective, PenaltySpec};
use crate::optimizer::OptimizerSpec;
use crate::read::{self, reads_struct};
use crate::shape::Shape;

/// The whole description of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSpec {
    /// Fixes data order, noise and initial weights. Below 2^53, so that JSON keeps it exact.
    pub seed: u64,
    /// The real samples.
    pub data: DataSpec,
    /// The generator's latent: size and distribution.
    pub latent: LatentSpec,
    /// The generator: from a latent (with codes) to a sample.
    pub generator: NetSpec,
    /// The discriminator: from a sample (or a pack of samples) to a logit or a score, and the
    /// outputs of further tasks.
    pub discriminator: NetSpec,
    /// The losses of both nets.
    pub objective: Objective,
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
    /// Exponential moving average of the generator's weights; the page's samples are drawn from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema: Option<EmaSpec>,
}

/// The distribution of latents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LatentSpec {
    /// Numbers in one latent.
    pub size: usize,
    /// How each number is drawn.
    pub distribution: LatentDistribution,
}

named! {
    /// How each number of a latent is drawn.
    pub enum LatentDistribution {
        /// N(0, 1)
        Normal = "normal",
        /// U(-1, 1)
        Uniform = "uniform",
    }
}

/// Exponential moving average of the generator's weights and running statistics: after each step
/// `average += (1 - d) (weights - average)` with `d = min(decay, (1 + step) / (10 + step))`, so
/// that the average soon forgets the first steps.
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
    /// Reads a spec from JSON and validates it.
    ///
    /// # Errors
    /// The path of the first wrong field, its value and the allowed ones.
    pub fn from_json(json: &str) -> Result<Self, SpecError> {
        // Read by way of a value, so that the page contains one reader of specs and not two.
        let value =
            serde_json::from_str(json).map_err(|error| SpecError::new(".", error.to_string()))?;
        Self::from_value(value)
    }

    /// Reads a spec from a JSON value and validates it.
    ///
    /// # Errors
    /// As [`RunSpec::from_json`].
    pub fn from_value(value: Value) -> Result<Self, SpecError> {
        let spec: Self = read::whole(&value).map_err(|error| match error.path.as_str() {
            "" => SpecError { path: ".".to_owned(), ..error },
            _ => error,
        })?;
        spec.validate()?;
        Ok(spec)
    }

    /// The spec as JSON.
    pub fn to_value(&self) -> Value {
        let value = serde_json::to_value(self);
        let mut value = value.expect("a spec holds only strings, finite numbers and lists");
        shorten_numbers(&mut value);
        value
    }

    /// Checks every field, and whether the fields fit together.
    ///
    /// # Errors
    /// The path of the first wrong field, its value and the allowed ones.
    pub fn validate(&self) -> Result<(), SpecError> {
        Feed::from(self).validate()?;
        self.data.validate().map_err(|e| e.within("data"))?;
        in_range("batch_size", self.batch_size, 2, 4_096)?;
        in_range("discriminator_steps", self.discriminator_steps, 1, 100)?;
        in_range("packing", self.packing, 1, 8)?;
        in_range("unrolled_steps", self.unrolled_steps, 0, 20)?;
        in_range("label_smoothing", self.label_smoothing, 0.0, 0.5)?;
        in_range("fake_label_smoothing", self.fake_label_smoothing, 0.0, 0.5)?;
        in_range("penalties", self.penalties.len(), 0, 4)?;
        for (index, penalty) in self.penalties.iter().enumerate() {
            penalty.validate().map_err(|e| e.within(&format!("penalties[{index}]")))?;
        }
        if let Some(limit) = self.weight_clip {
            in_range("weight_clip", limit, 1e-6, 1e3)?;
        }
        self.generator_optimizer.validate().map_err(|e| e.within("generator_optimizer"))?;
        self.discriminator_optimizer.validate().map_err(|e| e.within("discriminator_optimizer"))?;
        if let Some(noise) = self.instance_noise {
            in_range("instance_noise.sd", noise.sd, 0.0, 100.0)?;
        }
        if let Some(augment) = self.diff_augment {
            augment.validate().map_err(|e| e.within("diff_augment"))?;
        }
        if let Some(ema) = self.ema {
            in_range("ema.decay", ema.decay, 0.0, 0.999_999)?;
        }
        self.validate_nets()?;
        combination::validate(self)
    }

    fn validate_nets(&self) -> Result<(), SpecError> {
        let sample = self.data.shape();
        let made = self.generator.shapes(self.generator_input());
        let made = made.map_err(|e| e.within("generator"))?;
        let made = made[made.len() - 1];
        // A vector of the right size is read as an image, channels first.
        if made != sample && made != Shape::flat(sample.size().unwrap_or(0)) {
            return Err(SpecError::new(
                "generator.layers",
                format!("end in {made}; the data are {sample}"),
            ));
        }
        let judged = self.discriminator.shapes(self.discriminator_input());
        let judged = judged.map_err(|e| e.within("discriminator"))?;
        let (found, asked) = (judged[judged.len() - 1], self.discriminator_outputs());
        if found != Shape::flat(asked) {
            let message = if asked == 1 {
                format!("end in {found}; they must end in one number")
            } else {
                let further = asked - 1;
                format!("end in {found}; they must end in {asked}: the verdict and {further} more")
            };
            return Err(SpecError::new("discriminator.layers", message));
        }
        Ok(())
    }

    /// The shape of the generator's input: a latent with its codes.
    pub fn generator_input(&self) -> Shape {
        Feed::from(self).shape()
    }

    /// The shape of the discriminator's input: a sample; with packing, several as the channels of
    /// one.
    pub fn discriminator_input(&self) -> Shape {
        match self.data.shape() {
            Shape::Flat { size } => Shape::flat(size * self.packing),
            Shape::Image { channels, height, width } => {
                Shape::image(channels * self.packing, height, width)
            }
        }
    }

    /// Size of the discriminator's output: the verdict, and the outputs of further tasks.
    pub fn discriminator_outputs(&self) -> usize {
        let classes = match self.labels {
            Some(LabelSpec::AuxiliaryClassifier { classes, .. }) => classes,
            _ => 0,
        };
        let codes = self.codes.as_ref().map_or(0, CodeSpec::size);
        1 + classes + codes + self.mixture.map_or(0, |mixture| mixture.generators)
    }
}

/// Writes numbers that are exactly an f32 in as few digits as identify it: 0.3, not
/// 0.30000001192092896.
fn shorten_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(shorter) = number.as_f64().map(short).and_then(Number::from_f64) {
                *number = shorter;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shorten_numbers),
        Value::Object(fields) => fields.values_mut().for_each(shorten_numbers),
        _ => {}
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
reads_struct!(LatentSpec { size, distribution });
reads_struct!(EmaSpec { decay });
