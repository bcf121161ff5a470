//! Stacked MNIST: a data set with a thousand modes that can be counted.
//!
//! Introduced by Metz et al. 2017 (Unrolled GAN) and used by PacGAN (Lin et al. 2018) to count the
//! modes that a generator covers. The module stacks images; which digits they show, their labels
//! say.

use gan_protocol::{RealBatch, Shape};

use crate::batches::{RealSamples, empty, first_position, scaled};
use crate::chance::Chance;
use crate::dataset::ImageSet;
use crate::error::DataError;

/// Words that a sample takes: one for each image, and one unused, so that samples do not straddle
/// the generator's blocks.
const WORDS: u32 = 4;

/// Colour images whose channels are three digits, each drawn uniformly from a set of grey images,
/// with replacement and independently. With the digits a (red), b (green) and c (blue), the label
/// is 100 a + 10 b + c. There is no end to the samples; each is a pure function of the seed and its
/// position.
#[derive(Clone, Debug)]
pub struct StackedDigits {
    digits: ImageSet,
}

impl StackedDigits {
    /// Stacks of the images of `digits`.
    ///
    /// # Errors
    ///
    /// If the images are not grey, have no labels, or one of them is above 9.
    pub fn new(digits: ImageSet) -> Result<Self, DataError> {
        let file = || digits.name().to_owned();
        if digits.channels() != 1 {
            return Err(DataError::NotGrey { file: file(), found: digits.channels() });
        }
        let Some(labels) = digits.labels() else {
            return Err(DataError::NoLabels { file: file() });
        };
        if let Some(index) = labels.iter().position(|&label| label > 9) {
            let found = labels[index];
            return Err(DataError::LabelTooLarge { file: file(), index, found, largest: 9 });
        }
        Ok(Self { digits })
    }

    /// The images that are stacked.
    pub fn digits(&self) -> &ImageSet {
        &self.digits
    }
}

impl RealSamples for StackedDigits {
    fn shape(&self) -> Shape {
        let (height, width) = (self.digits.height(), self.digits.width());
        Shape::Image { channels: 3, height, width }
    }

    fn len(&self) -> Option<u64> {
        None
    }

    fn classes(&self) -> Option<usize> {
        Some(1000)
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let RealBatch { mut values, mut labels } = empty(self.shape(), size);
        let digit_labels = self.digits.labels().unwrap_or_default();
        // A set holds at most 512 MiB: its images can be counted with 32 bits.
        let count = self.digits.image_count() as u32;
        let mut chance = Chance::at(seed, first_position(step, size), WORDS);
        for _ in 0..size {
            let mut label = 0;
            for _ in 0..3 {
                let index = chance.below(count) as usize;
                label = 10 * label + u16::from(digit_labels[index]);
                let image = self.digits.image(index).unwrap_or_default();
                values.extend(image.iter().copied().map(scaled));
            }
            chance.bits();
            labels.push(label);
        }
        RealBatch { values, labels }
    }
}
