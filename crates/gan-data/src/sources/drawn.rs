//! Images drawn at run time, endless or as a list.

use std::marker::PhantomData;

use gan_protocol::{RealBatch, Shape};

use crate::batches::{RealSamples, empty, positions, scaled};
use crate::dataset::ImageSet;
use crate::error::DataError;

/// A kind of images drawn at run time.
pub trait DrawnImages: Send {
    /// The name of a list of them.
    const NAME: &'static str;
    /// Channels, rows and columns of an image.
    const DIMENSIONS: [usize; 3];
    /// Number of classes.
    const CLASSES: usize;
    /// An image's pixels, laid out [channel, row, column].
    type Pixels: AsRef<[u8]>;

    /// Image `index`, below 2^56, of the sequence of `seed`: its label, below [`Self::CLASSES`],
    /// and its pixels.
    fn drawn(seed: u64, index: u64) -> (u8, Self::Pixels);
}

/// Endless drawn images. A batch draws them with the seed that it is given.
#[derive(Clone, Copy, Debug)]
pub struct Endless<D>(PhantomData<D>);

impl<D> Default for Endless<D> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<D: DrawnImages> RealSamples for Endless<D> {
    fn shape(&self) -> Shape {
        let [channels, height, width] = D::DIMENSIONS;
        Shape::Image { channels, height, width }
    }

    fn len(&self) -> Option<u64> {
        None
    }

    fn classes(&self) -> Option<usize> {
        Some(D::CLASSES)
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let RealBatch { mut values, mut labels, .. } = empty(self.shape(), size);
        for position in positions(step, size) {
            let (label, pixels) = D::drawn(seed, position);
            labels.push(label.into());
            values.extend(pixels.as_ref().iter().copied().map(scaled));
        }
        RealBatch { values, labels, ..RealBatch::default() }
    }
}

/// The first `count` images of `seed` as a set, for runs that choose from a list of images.
///
/// # Errors
///
/// If `count` is 0.
pub(super) fn listed<D: DrawnImages>(seed: u64, count: usize) -> Result<ImageSet, DataError> {
    let drawn = (0..count as u64).map(|index| D::drawn(seed, index));
    let (labels, images): (Vec<u8>, Vec<D::Pixels>) = drawn.unzip();
    let pixels = images.iter().flat_map(|pixels| pixels.as_ref()).copied().collect();
    ImageSet::new(D::NAME, D::DIMENSIONS, pixels, Some(labels))
}
