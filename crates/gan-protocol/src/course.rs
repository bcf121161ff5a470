//! A classifier that is taught with few labelled images, to see what a generator's samples add to them.

use serde::{Deserialize, Serialize};

use crate::error::{SpecError, in_range};
use crate::names::named;

named! {
    /// What a classifier is taught with.
    pub enum Diet {
        /// The labelled images as they are.
        Plain = "plain",
        /// The labelled images, each shifted, turned and scaled a little whenever it is drawn.
        Augmented = "augmented",
        /// Half labelled images as they are, half samples that a generator made of a class.
        Generated = "generated",
        /// The same, shifted, turned and scaled.
        Both = "both",
    }
}

impl Diet {
    /// Whether a generator's samples are among the images.
    pub fn is_generated(self) -> bool {
        matches!(self, Self::Generated | Self::Both)
    }

    /// Whether images are changed at random.
    pub fn is_augmented(self) -> bool {
        matches!(self, Self::Augmented | Self::Both)
    }
}

/// A course: classifiers that begin with the same weights and are taught side by side, one a [`Diet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseSpec {
    /// Labelled images of each class; those of a run whose data have as many
    /// ([`DataSpec::per_class`](crate::DataSpec)) and the same seed.
    pub per_class: u32,
    /// Steps of each classifier, of 64 images.
    pub steps: u32,
    /// Chooses the images, and draws weights and order.
    pub seed: u64,
}

impl CourseSpec {
    /// Checks every field.
    ///
    /// # Errors
    /// The first wrong field, its value and the allowed ones.
    pub fn validate(&self) -> Result<(), SpecError> {
        in_range("per_class", self.per_class, 1, 10_000)?;
        in_range("steps", self.steps, 1, 100_000)?;
        in_range("seed", self.seed, 0, (1 << 53) - 1)
    }
}
