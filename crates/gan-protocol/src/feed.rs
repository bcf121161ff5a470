//! The inputs of a generator: latents, codes and classes.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::labels::{CodeSpec, LabelSpec, MixtureSpec};
use crate::names::named;
use crate::read::reads_struct;
use crate::shape::Shape;

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

/// The inputs of a generator, described by a [`RunSpec`](crate::RunSpec) or by a [`GeneratorHeader`](crate::GeneratorHeader).
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// Determines latents, codes and the choice among several generators.
    pub seed: u64,
    /// The latents.
    pub latent: LatentSpec,
    /// The shape of the picture that the generator is given, if any.
    pub picture: Option<Shape>,
    /// Classes.
    pub labels: Option<LabelSpec>,
    /// InfoGAN's codes, appended to each latent.
    pub codes: Option<&'a CodeSpec>,
    /// For several generators in one net (MGAN): their number.
    pub mixture: Option<MixtureSpec>,
}

/// Below 2^53, so that JSON keeps it exact.
const LARGEST_SEED: u64 = (1 << 53) - 1;
const LARGEST_LATENT: usize = 1_024;

impl Feed<'_> {
    /// Checks each field by itself.
    pub(crate) fn validate(self) -> Result<(), SpecError> {
        in_range("seed", self.seed, 0, LARGEST_SEED)?;
        // A picture can do without a latent: nothing is left to chance then.
        let least = usize::from(self.picture.is_none());
        in_range("latent.size", self.latent.size, least, LARGEST_LATENT)?;
        if let Some(labels) = self.labels {
            labels.validate().map_err(|e| e.within("labels"))?;
        }
        if let Some(codes) = self.codes {
            codes.validate().map_err(|e| e.within("codes"))?;
        }
        match self.mixture {
            Some(mixture) => mixture.validate().map_err(|e| e.within("mixture")),
            None => Ok(()),
        }
    }

    /// Count of numbers in one latent with its codes.
    pub fn numbers(self) -> usize {
        self.latent.size + self.codes.map_or(0, CodeSpec::size)
    }

    /// The shape of one input: a latent with its codes; behind a picture, these are constant channels.
    pub fn shape(self) -> Shape {
        match self.picture {
            Some(Shape::Image { channels, height, width }) => {
                Shape::image(channels + self.numbers(), height, width)
            }
            _ => Shape::flat(self.numbers()),
        }
    }
}

reads_struct!(LatentSpec { size, distribution });
