//! The description of a run. A `RunSpec` and a backend determine every number of a run.

use serde::{Deserialize, Serialize};

use crate::error::{SpecError, in_range};
use crate::net::NetSpec;
use crate::shape::Shape;

/// All that a run is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// Fixes data order, noise and initial weights. Below 2^53, so that JSON keeps it exact.
    pub seed: u64,
    /// Where real samples come from.
    pub data: DataSpec,
    /// What the generator is fed.
    pub latent: LatentSpec,
    /// From a latent to a sample.
    pub generator: NetSpec,
    /// From a sample to one number (a logit, or a score).
    pub discriminator: NetSpec,
    /// What the two nets minimise.
    pub objective: Objective,
    /// Adam for the generator.
    pub generator_optimizer: AdamSpec,
    /// Adam for the discriminator.
    pub discriminator_optimizer: AdamSpec,
    /// Samples a step, for reals and for fakes.
    pub batch_size: usize,
    /// Steps of the discriminator per step of the generator (n_critic).
    #[serde(default = "one_step")]
    pub discriminator_steps: usize,
    /// One-sided label smoothing (Salimans et al. 2016): the target for reals is
    /// `1 - label_smoothing`, the one for fakes stays 0.
    #[serde(default)]
    pub label_smoothing: f32,
    /// Exponential moving average of the generator's weights, which the sheets show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ema: Option<EmaSpec>,
}

/// Real samples: where they come from and in which shape the nets see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// Which set.
    pub source: DataSource,
    /// Channels of a sample.
    pub channels: usize,
    /// Rows of a sample, in pixels.
    pub height: usize,
    /// Columns of a sample, in pixels.
    pub width: usize,
}

impl DataSpec {
    /// The shape of one sample.
    pub fn shape(&self) -> Shape {
        Shape::image(self.channels, self.height, self.width)
    }
}

/// A set of real samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSource {
    /// MNIST's training images (LeCun, Cortes & Burges): 60,000 of 28 x 28.
    Mnist,
    /// Digits drawn by strokes at run time: unlimited, nothing to download.
    DrawnDigits,
    /// IDX files that the user chose.
    IdxFiles,
}

/// The distribution of latents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentSpec {
    /// Numbers in one latent.
    pub size: usize,
    /// How each number is drawn.
    pub distribution: LatentDistribution,
}

/// How each number of a latent is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LatentDistribution {
    /// N(0, 1)
    Normal,
    /// U(-1, 1)
    Uniform,
}

/// What the two nets minimise. `D` is the discriminator's output before any sigmoid, `σ` the
/// logistic function, `x` a real sample, `z` a latent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// D: `-E[log σ(D(x))] - E[log(1 - σ(D(G(z))))]`; G: `-E[log σ(D(G(z)))]`
    /// (Goodfellow et al. 2014, section 3).
    NonSaturating,
    /// D as non-saturating; G: `E[log(1 - σ(D(G(z))))]` (Goodfellow et al. 2014, equation 1).
    Minimax,
    /// D: `½E[(D(x) - 1)²] + ½E[D(G(z))²]`; G: `½E[(D(G(z)) - 1)²]` (Mao et al. 2016,
    /// equation 9).
    LeastSquares,
}

impl Objective {
    /// Every objective, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::NonSaturating, Self::Minimax, Self::LeastSquares];
}

/// Adam (Kingma & Ba 2015). The defaults are DCGAN's rates with PyTorch's epsilon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdamSpec {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the first moment.
    #[serde(default = "default_beta_1")]
    pub beta_1: f32,
    /// Decay of the second moment.
    #[serde(default = "default_beta_2")]
    pub beta_2: f32,
    /// Added to the root of the second moment.
    #[serde(default = "default_adam_epsilon")]
    pub epsilon: f32,
}

/// Exponential moving average of the generator's weights and running statistics: after each step
/// `average += (1 - d) (weights - average)` with `d = min(decay, (1 + step) / (10 + step))`, so that
/// the first steps' weights are soon forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmaSpec {
    /// Weight of the old average, in 0..1.
    pub decay: f32,
}

fn one_step() -> usize {
    1
}
fn default_beta_1() -> f32 {
    0.5
}
fn default_beta_2() -> f32 {
    0.999
}
fn default_adam_epsilon() -> f32 {
    1e-8
}

impl RunSpec {
    /// Reads a spec from JSON and validates it.
    ///
    /// # Errors
    /// The path of the first wrong field, what it holds and what is allowed.
    pub fn from_json(json: &str) -> Result<Self, SpecError> {
        // By way of a value, so that the page holds one reader of specs and not two.
        let value =
            serde_json::from_str(json).map_err(|error| SpecError::new(".", error.to_string()))?;
        Self::from_value(value)
    }

    /// Reads a spec from a JSON value and validates it.
    ///
    /// # Errors
    /// As [`RunSpec::from_json`].
    pub fn from_value(value: serde_json::Value) -> Result<Self, SpecError> {
        let spec: Self = serde_path_to_error::deserialize(value).map_err(read_error)?;
        spec.validate()?;
        Ok(spec)
    }

    /// The spec as JSON.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a spec holds only strings, finite numbers and lists")
    }

    /// Checks every field and how the fields fit together.
    ///
    /// # Errors
    /// The path of the first wrong field, what it holds and what is allowed.
    pub fn validate(&self) -> Result<(), SpecError> {
        in_range("seed", self.seed, 0, (1 << 53) - 1)?;
        in_range("data.channels", self.data.channels, 1, 4)?;
        in_range("data.height", self.data.height, 1, 128)?;
        in_range("data.width", self.data.width, 1, 128)?;
        if self.data.source == DataSource::DrawnDigits
            && self.data.shape() != Shape::image(1, 28, 28)
        {
            return Err(SpecError::new(
                "data.source",
                format!("drawn digits are 1x28x28; the spec asks for {}", self.data.shape()),
            ));
        }
        in_range("latent.size", self.latent.size, 1, 1_024)?;
        in_range("batch_size", self.batch_size, 2, 1_024)?;
        in_range("discriminator_steps", self.discriminator_steps, 1, 100)?;
        in_range("label_smoothing", self.label_smoothing, 0.0, 0.5)?;
        self.generator_optimizer.validate().map_err(|e| e.within("generator_optimizer"))?;
        self.discriminator_optimizer.validate().map_err(|e| e.within("discriminator_optimizer"))?;
        if let Some(ema) = self.ema {
            in_range("ema.decay", ema.decay, 0.0, 0.999_999)?;
        }
        let sample = self.data.shape();
        let made = self.generator.shapes(Shape::flat(self.latent.size));
        let made = made.map_err(|e| e.within("generator"))?;
        let made = made[made.len() - 1];
        // A vector of the right size is read as the image it stands for, channels first.
        if made != sample && made != Shape::flat(sample.size().unwrap_or(0)) {
            return Err(SpecError::new(
                "generator.layers",
                format!("end in {made}; the data are {sample}"),
            ));
        }
        let judged = self.discriminator.shapes(self.discriminator_input());
        let judged = judged.map_err(|e| e.within("discriminator"))?;
        if judged[judged.len() - 1] != Shape::flat(1) {
            return Err(SpecError::new(
                "discriminator.layers",
                format!("end in {}; they must end in one number", judged[judged.len() - 1]),
            ));
        }
        Ok(())
    }

    /// What the discriminator is fed: an image, always; an MLP starts with `flatten`.
    pub fn discriminator_input(&self) -> Shape {
        self.data.shape()
    }
}

impl AdamSpec {
    fn validate(&self) -> Result<(), SpecError> {
        in_range("learning_rate", self.learning_rate, 0.0, 1.0)?;
        in_range("beta_1", self.beta_1, 0.0, 0.999_999)?;
        in_range("beta_2", self.beta_2, 0.0, 0.999_999)?;
        in_range("epsilon", self.epsilon, 1e-12, 1.0)
    }
}

fn read_error<E: std::error::Error>(error: serde_path_to_error::Error<E>) -> SpecError {
    SpecError::new(error.path().to_string(), error.inner().to_string())
}
