//! Stacked MNIST: colour images of three digits each, with 1,000 modes that can be counted.
//!
//! Introduced by Metz et al. 2017 (Unrolled GAN); PacGAN (Lin et al. 2018) also counts the modes
//! that a generator covers with it.

use gan_protocol::{RealBatch, Shape};

use crate::batches::{RealSamples, empty, first_position, scaled};
use crate::chance::Chance;
use crate::dataset::ImageSet;
use crate::error::DataError;

/// Random words for each sample: one for each image, and one unused, so that no sample straddles
/// two blocks of the random number generator.
const WORDS: u32 = 4;

/// Colour images whose channels are three digits, each drawn uniformly from a set of grey images,
/// with replacement and independently. With the digits a (red), b (green) and c (blue), the label
/// is 100 a + 10 b + c. The sequence is endless; each sample is a pure function of the seed and its
/// position.
#[derive(Clone, Debug)]
pub struct StackedDigits {
    digits: ImageSet,
}

impl StackedDigits {
    /// Samples that stack images of `digits`.
    ///
    /// # Errors
    ///
    /// If the images are not grey or have no labels, or if a label is above 9.
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

    /// The images to stack.
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
        let RealBatch { mut values, mut labels, .. } = empty(self.shape(), size);
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
        RealBatch { values, labels, ..RealBatch::default() }
    }
}
