//! A third net, which finds the latent of a sample.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::net::NetSpec;
use crate::read::{reads_struct, reads_tagged};
use crate::shape::Shape;

/// An encoder `E`, from a sample to a latent, and how it learns. It has the optimiser settings of the
/// generator, and an average if the generator has one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EncoderSpec {
    /// How the encoder learns.
    pub method: EncoderMethod,
    /// From a sample to as many numbers as the method needs: [`EncoderMethod::outputs`].
    pub net: NetSpec,
}

/// How an encoder learns. `x` is a real sample, `z` a latent that was drawn, `E` without an argument the
/// mean over the batch.
///
/// A Gaussian encoder ends in the means `μ` and the logarithms of the variances `log σ²` of the latent's
/// numbers, in this order, and draws `E(x) = μ + σ ε` with `ε` from N(0, 1). Its latent, where one is
/// shown, is `μ`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EncoderMethod {
    /// The discriminator judges pairs: `(x, E(x))` are real, `(G(z), z)` are fake. The generator's loss
    /// is that of its objective; the encoder's is the same with real and fake exchanged (BiGAN, Donahue
    /// et al. 2016, equations 3 and 4). `E(x)` is one latent. Generator and encoder also learn from
    /// `cycle * E mean (x - G(E(x)))²`, the mean over the numbers of a sample (ALICE, Li et al. 2017,
    /// section 3.2, with the squared difference).
    Bigan {
        /// Weight of the reconstruction's error; BiGAN and ALI have none.
        cycle: f32,
    },
    /// As [`Bigan`](Self::Bigan), with a Gaussian encoder (ALI, Dumoulin et al. 2016, section 2).
    Ali {
        /// As in [`Bigan`](Self::Bigan).
        cycle: f32,
    },
    /// The discriminator judges samples. Reconstructions `G(E(x))` are fakes, as many as samples
    /// `G(z)` (the paper adds up the losses of both; here it is their mean, so that reals and fakes
    /// weigh alike). With `f` the output of the discriminator's layer number `layer`, counted from 0, and
    /// `R = ½ E‖f(x) - f(G(E(x)))‖²`:
    /// the encoder, which is Gaussian, learns from `R` and
    /// `prior * ½ E Σ (μ² + σ² - log σ² - 1)`; `reconstruction * R` is added to the generator's loss, and the
    /// discriminator does not learn from `R` (VAE-GAN, Larsen et al. 2016, algorithm 1).
    VaeGan {
        /// The layer of the discriminator whose output is compared; not one of a block's.
        layer: usize,
        /// γ: weight of `R` in the generator's loss.
        reconstruction: f32,
        /// Weight of the divergence from N(0, 1) in the encoder's loss: the paper's is 1.
        prior: f32,
    },
}

impl EncoderMethod {
    /// Whether the discriminator judges pairs of sample and latent.
    pub fn judges_pairs(self) -> bool {
        matches!(self, Self::Bigan { .. } | Self::Ali { .. })
    }

    /// The weight of the reconstruction's error in the loss of generator and encoder together, where they
    /// have one loss.
    pub fn cycle(self) -> f32 {
        match self {
            Self::Bigan { cycle } | Self::Ali { cycle } => cycle,
            Self::VaeGan { .. } => 0.0,
        }
    }

    /// Whether the encoder ends in means and variances.
    pub fn is_gaussian(self) -> bool {
        matches!(self, Self::Ali { .. } | Self::VaeGan { .. })
    }

    /// The count of numbers in which the encoder ends, for latents of `size` numbers.
    pub fn outputs(self, size: usize) -> usize {
        if self.is_gaussian() { 2 * size } else { size }
    }
}

impl EncoderSpec {
    /// Checks the encoder for samples of shape `sample`, latents of `latent` numbers and a discriminator
    /// of `layers` layers.
    pub(crate) fn validate(
        &self,
        sample: Shape,
        latent: usize,
        layers: usize,
    ) -> Result<(), SpecError> {
        match self.method {
            EncoderMethod::Bigan { cycle } | EncoderMethod::Ali { cycle } => {
                in_range("method.cycle", cycle, 0.0, 1e6)?;
            }
            EncoderMethod::VaeGan { layer, reconstruction, prior } => {
                in_range("method.layer", layer, 0, layers.saturating_sub(1))?;
                in_range("method.reconstruction", reconstruction, 0.0, 1e6)?;
                in_range("method.prior", prior, 0.0, 1e6)?;
            }
        }
        let found = self.net.shapes(sample).map_err(|error| error.within("net"))?;
        let (found, asked) = (found[found.len() - 1], self.method.outputs(latent));
        if found == Shape::flat(asked) {
            return Ok(());
        }
        let message = if self.method.is_gaussian() {
            format!(
                "end in {found}; they must end in {asked}: mean and log variance of each of the latent's \
                 {latent} numbers"
            )
        } else {
            format!("end in {found}; they must end in {asked}, as the latent has")
        };
        Err(SpecError::new("net.layers", message))
    }
}

reads_struct!(EncoderSpec { method, net });
reads_tagged!(EncoderMethod by "kind" {
    "bigan" => Bigan { cycle = 0.0 },
    "ali" => Ali { cycle = 0.0 },
    "vae_gan" => VaeGan { layer, reconstruction = 1.0, prior = 1.0 },
});
