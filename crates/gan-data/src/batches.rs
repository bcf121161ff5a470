//! Draws batches of real samples, images or points, in a reproducible order.
//!
//! A batch is a pure function of a seed and a step: sample `j` of step `s` is at position
//! `s * batch_size + j` of an endless sequence. A run can therefore resume at any step.

use gan_protocol::{RealBatch, Shape};
use gan_random::{Purpose, Rng, stream};

use crate::dataset::ImageSet;

/// Positions wrap here, far beyond any run: the index of a stream of random numbers has 56 bits.
pub(crate) const POSITIONS: u64 = 1 << 56;

/// A source of real samples.
pub trait RealSamples: Send {
    /// Shape of each sample.
    fn shape(&self) -> Shape;

    /// Number of samples; `None` if endless.
    fn len(&self) -> Option<u64>;

    /// Whether there are no samples: never, since a source has at least one.
    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Number of classes; `None` if samples have no labels. Labels are 0 to the number of classes -
    /// 1.
    fn classes(&self) -> Option<usize>;

    /// The batch of `step` in the run seeded with `seed`: `size` samples.
    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch;
}

/// Lets wrappers, such as an augmentation, take a source whose type is known only at run time.
impl<S: RealSamples + ?Sized> RealSamples for Box<S> {
    fn shape(&self) -> Shape {
        (**self).shape()
    }

    fn len(&self) -> Option<u64> {
        (**self).len()
    }

    fn classes(&self) -> Option<usize> {
        (**self).classes()
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        (**self).batch(seed, step, size)
    }
}

/// A finite set, in a new order for each epoch. Batches continue across the end of an epoch.
#[derive(Clone, Debug)]
pub struct ShuffledImages {
    images: ImageSet,
    order: EpochOrder,
}

impl ShuffledImages {
    /// A source of the given images.
    pub fn new(images: ImageSet) -> Self {
        Self { images, order: EpochOrder::default() }
    }

    /// The set of images.
    pub fn images(&self) -> &ImageSet {
        &self.images
    }
}

impl RealSamples for ShuffledImages {
    fn shape(&self) -> Shape {
        self.images.dims()
    }

    fn len(&self) -> Option<u64> {
        Some(self.images.image_count() as u64)
    }

    fn classes(&self) -> Option<usize> {
        self.images.classes()
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let RealBatch { mut values, mut labels, .. } = empty(self.shape(), size);
        let count = self.images.image_count();
        for position in positions(step, size) {
            let (epoch, place) = (position / count as u64, position % count as u64);
            let index = self.order.of(seed, epoch, count)[place as usize] as usize;
            // The order holds the set's own indices only.
            values.extend(self.images.image(index).unwrap_or_default().iter().copied().map(scaled));
            labels.extend(self.images.labels().map(|labels| u16::from(labels[index])));
        }
        RealBatch { values, labels, ..RealBatch::default() }
    }
}

/// The order of one epoch, kept until another is needed.
#[derive(Clone, Debug, Default)]
struct EpochOrder {
    /// Seed, epoch and count of `indices`.
    of: Option<(u64, u64, usize)>,
    indices: Vec<u32>,
}

impl EpochOrder {
    fn of(&mut self, seed: u64, epoch: u64, count: usize) -> &[u32] {
        if self.of != Some((seed, epoch, count)) {
            self.indices.clear();
            // An image takes at least one byte and a set at most 512 MiB: 32 bits are enough.
            self.indices.extend(0..count as u32);
            shuffle(&mut self.indices, &mut stream(seed, Purpose::DataOrder, epoch));
            self.of = Some((seed, epoch, count));
        }
        &self.indices
    }
}

/// Fisher and Yates's shuffle, written here, since a seed's order must not change with a library.
pub(crate) fn shuffle(items: &mut [u32], generator: &mut impl Rng) {
    for last in (1..items.len()).rev() {
        // The bias of this product is below 2^-32 * len: for 400,000 items, one in ten thousand.
        let product = u64::from(generator.next_u32()) * (last as u64 + 1);
        items.swap(last, (product >> 32) as usize);
    }
}

/// Positions of the batch of `step` in the endless sequence.
pub(crate) fn positions(step: u64, batch_size: usize) -> impl Iterator<Item = u64> {
    let first = first_position(step, batch_size);
    (0..batch_size as u64).map(move |j| (first + j) % POSITIONS)
}

/// Position of the first sample of the batch of `step`.
pub(crate) fn first_position(step: u64, batch_size: usize) -> u64 {
    step.wrapping_mul(batch_size as u64) % POSITIONS
}

/// Room for the samples of a batch, each of `shape`, and for their labels.
pub(crate) fn empty(shape: Shape, size: usize) -> RealBatch {
    let numbers = size * shape.size().unwrap_or_default();
    RealBatch {
        values: Vec::with_capacity(numbers),
        labels: Vec::with_capacity(size),
        ..RealBatch::default()
    }
}

/// A pixel's byte in the nets' range, [-1, 1].
pub(crate) fn scaled(byte: u8) -> f32 {
    f32::from(byte) / 127.5 - 1.0
}
