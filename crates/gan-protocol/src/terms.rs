//! The terms of the generator's loss beside the discriminator's verdict.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::read::reads_tagged;

/// Layers of the classifier of digits before its last.
const CLASSIFIER_LAYERS: usize = 13;

/// A term of the generator's loss, added with its weight. `y` is the real sample from which the
/// generator's picture was made, `G` what the generator makes of the picture, `E` the mean over the
/// batch and over the numbers of a sample. Terms that need no picture serve any run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TermSpec {
    /// `weight * E|y - G|` (pix2pix, Isola et al. 2017, equation 3).
    L1 {
        /// λ; the paper's is 100, with samples in [-1, 1].
        weight: f32,
    },
    /// `weight * ‖E f(x) - E f(G)‖²` with `f` the output of the discriminator's layer number `layer`,
    /// counted from 0, `x` the reals of the batch and `E` the mean over the batch alone (feature
    /// matching, Salimans et al. 2016, section 3.1).
    FeatureMatching {
        /// Factor.
        weight: f32,
        /// The layer whose output is compared; not one of a block's.
        layer: usize,
    },
    /// `weight * E(φ(y) - φ(G))²` with `φ` the output of layer number `layer`, counted from 0, of the
    /// project's classifier of digits, whose numbers stay as they are (perceptual loss, Johnson et al.
    /// 2016, equation 2); for samples of 1 x 28 x 28.
    Perceptual {
        /// Factor.
        weight: f32,
        /// The layer whose output is compared: the classifier's activations are 2, 5, 8 and 12.
        layer: usize,
    },
    /// `weight * E(y - G)²`: the content loss of SRResNet (Ledig et al. 2017, equation 4).
    L2 {
        /// Factor.
        weight: f32,
    },
}

impl TermSpec {
    /// Its factor.
    pub fn weight(&self) -> f32 {
        let (Self::L1 { weight }
        | Self::L2 { weight }
        | Self::Perceptual { weight, .. }
        | Self::FeatureMatching { weight, .. }) = *self;
        weight
    }

    /// Whether it compares with the real sample behind the generator's picture.
    pub fn needs_picture(&self) -> bool {
        match self {
            Self::L1 { .. } | Self::L2 { .. } | Self::Perceptual { .. } => true,
            Self::FeatureMatching { .. } => false,
        }
    }

    /// Checks the term for a discriminator of `layers` layers.
    pub(crate) fn validate(&self, layers: usize) -> Result<(), SpecError> {
        in_range("weight", self.weight(), 0.0, 1e6)?;
        match *self {
            Self::FeatureMatching { layer, .. } => {
                in_range("layer", layer, 0, layers.saturating_sub(1))
            }
            Self::Perceptual { layer, .. } => in_range("layer", layer, 0, CLASSIFIER_LAYERS - 1),
            Self::L1 { .. } | Self::L2 { .. } => Ok(()),
        }
    }
}

reads_tagged!(TermSpec by "kind" {
    "l1" => L1 { weight = 100.0 },
    "l2" => L2 { weight = 100.0 },
    "perceptual" => Perceptual { weight = 1.0, layer = 8 },
    "feature_matching" => FeatureMatching { weight = 1.0, layer },
});
