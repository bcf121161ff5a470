//! Tasks of the nets beyond real or fake: classes, InfoGAN's codes, several generators, and the classes of
//! a few labelled samples.
//!
//! A discriminator with further tasks ends in more than one number. The first is the verdict. The
//! others follow in this order: the logits of an auxiliary classifier, the logits of each
//! categorical code, the means of the continuous codes, the logits of the generators, the logits of the
//! classes that a few samples teach.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::read::{reads_struct, reads_tagged};

/// How the classes of the real samples are used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LabelSpec {
    /// Both nets get the class, by a `label` layer each (cGAN, Mirza & Osindero 2014).
    Conditional {
        /// Count of classes.
        classes: usize,
    },
    /// The generator gets the class, and the discriminator classifies. `weight` times the
    /// cross-entropy of the class is added to both losses: for reals and fakes in the
    /// discriminator's, for fakes in the generator's (AC-GAN, Odena et al. 2017, equations 2 and
    /// 3).
    AuxiliaryClassifier {
        /// Count of classes.
        classes: usize,
        /// Of the cross-entropy.
        weight: f32,
    },
}

impl LabelSpec {
    /// Count of classes.
    pub fn classes(&self) -> usize {
        match *self {
            Self::Conditional { classes } | Self::AuxiliaryClassifier { classes, .. } => classes,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("classes", self.classes(), 2, 1_000)?;
        match *self {
            Self::Conditional { .. } => Ok(()),
            Self::AuxiliaryClassifier { weight, .. } => in_range("weight", weight, 0.0, 1e3),
        }
    }
}

/// Codes that the generator gets beside the latent, and that the discriminator infers from its
/// samples (InfoGAN, Chen et al. 2016, equation 6). The negative lower bound of the mutual
/// information is added to both losses: the cross-entropy of each categorical code, and
/// `½ E[(c - mean)²]` for each continuous code (a Gaussian of unit variance).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeSpec {
    /// Count of categories of each categorical code, drawn uniformly.
    pub categorical: Vec<usize>,
    /// Count of continuous codes, each drawn from U(-1, 1).
    pub continuous: usize,
    /// λ of the categorical codes.
    pub categorical_weight: f32,
    /// λ of the continuous codes.
    pub continuous_weight: f32,
}

impl CodeSpec {
    /// Numbers appended to the latent: one-hot categories, then continuous codes.
    pub fn size(&self) -> usize {
        self.categorical.iter().sum::<usize>() + self.continuous
    }

    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("categorical", self.categorical.len(), 0, 16)?;
        for (index, categories) in self.categorical.iter().enumerate() {
            in_range(&format!("categorical[{index}]"), *categories, 2, 1_000)?;
        }
        in_range("continuous", self.continuous, 0, 64)?;
        in_range("categorical_weight", self.categorical_weight, 0.0, 1e3)?;
        in_range("continuous_weight", self.continuous_weight, 0.0, 1e3)?;
        if self.size() == 0 {
            return Err(SpecError::new("categorical", "is empty, and there is no continuous code"));
        }
        Ok(())
    }
}

/// Several generators that share all but one layer. Each sample is made by one of them, drawn
/// uniformly; the discriminator also classifies by which (MGAN, Hoang et al. 2018, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MixtureSpec {
    /// Count of generators.
    pub generators: usize,
    /// β: weight of the cross-entropy of the generator's number in both losses.
    pub weight: f32,
}

impl MixtureSpec {
    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("generators", self.generators, 2, 64)?;
        in_range("weight", self.weight, 0.0, 1e3)
    }
}

/// A discriminator that learns classes from a few labelled samples, and real from fake from all. The weighted
/// cross-entropy of a batch of labelled samples is added to its loss; the generator is told no class
/// (Salimans et al. 2016, section 5; the paper's generator learns by feature matching). With a layer
/// `log_sum_exp` at the discriminator's end the verdict follows from the logits of the classes, as in the
/// paper.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SemiSupervisedSpec {
    /// Count of classes.
    pub classes: usize,
    /// Labelled samples of each class, chosen by the run's seed; a class with fewer gives all it has.
    pub labelled: usize,
    /// Of the cross-entropy.
    pub weight: f32,
}

impl SemiSupervisedSpec {
    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("classes", self.classes, 2, 1_000)?;
        in_range("labelled", self.labelled, 1, 10_000)?;
        in_range("weight", self.weight, 0.0, 1e3)
    }
}

reads_tagged!(LabelSpec by "kind" {
    "conditional" => Conditional { classes },
    "auxiliary_classifier" => AuxiliaryClassifier { classes, weight = 1.0 },
});
reads_struct!(CodeSpec {
    categorical = Vec::new(),
    continuous = 0,
    categorical_weight = 1.0,
    continuous_weight = 0.1,
});
reads_struct!(MixtureSpec { generators, weight = 1.0 });
reads_struct!(SemiSupervisedSpec { classes, labelled, weight = 1.0 });
