//! Draws images with a given frequency for each class, to show how a GAN treats rare classes.
//!
//! The set itself stays as it is: no image is added or dropped.

use gan_protocol::{RealBatch, Shape};
use gan_random::{Purpose, stream};

use crate::batches::{RealSamples, empty, positions, scaled, shuffle};
use crate::chance::{Chance, part_ends, weighted_part};
use crate::dataset::ImageSet;
use crate::error::DataError;

/// Largest weight of a class.
const MAX_WEIGHT: f32 = 1e6;

/// Images whose classes are drawn by weight.
///
/// Each sample's class is drawn independently. Its image is the next of that class, in an order
/// that is shuffled for each epoch and starts again at its end. An epoch has as many samples as
/// there are images of classes with a positive weight.
#[derive(Clone, Debug)]
pub struct WeightedClasses {
    images: ImageSet,
    /// End of each class's share of 2^32.
    ends: Vec<u64>,
    /// The images of each class with a positive weight; empty for the others.
    of_class: Vec<Vec<u32>>,
    epoch: Epoch,
}

/// The images of one epoch in their order, kept until another epoch is needed.
#[derive(Clone, Debug, Default)]
struct Epoch {
    /// Seed and epoch of `indices`.
    of: Option<(u64, u64)>,
    indices: Vec<u32>,
}

impl WeightedClasses {
    /// A source of `images` in which class `k` has the probability `class_weights[k]` / (sum of all
    /// weights); 0 leaves the class out.
    ///
    /// # Errors
    ///
    /// If the images have no labels, if there is not one weight for each class, if a weight is not
    /// within 0 to 1,000,000, if all are 0, or if a class with a positive weight has no images.
    pub fn new(images: ImageSet, class_weights: &[f32]) -> Result<Self, DataError> {
        let file = || images.name().to_owned();
        let (Some(labels), Some(expected)) = (images.labels(), images.classes()) else {
            return Err(DataError::NoLabels { file: file() });
        };
        let found = class_weights.len();
        if found != expected {
            return Err(DataError::ClassWeightCount { file: file(), found, expected });
        }
        let allowed = |weight: &f32| (0.0..=MAX_WEIGHT).contains(weight);
        if let Some(class) = class_weights.iter().position(|weight| !allowed(weight)) {
            return Err(DataError::ClassWeight { file: file(), class });
        }
        if class_weights.iter().all(|&weight| weight == 0.0) {
            return Err(DataError::NoClasses { file: file() });
        }
        let mut of_class = vec![Vec::new(); expected];
        for (index, &label) in (0..).zip(labels) {
            if class_weights[usize::from(label)] > 0.0 {
                of_class[usize::from(label)].push(index);
            }
        }
        let without = |(&weight, indices): (&f32, &Vec<u32>)| weight > 0.0 && indices.is_empty();
        if let Some(class) = class_weights.iter().zip(&of_class).position(without) {
            return Err(DataError::NoSuchClass { file: file(), class });
        }
        let ends = part_ends(class_weights.iter().copied());
        Ok(Self { images, ends, of_class, epoch: Epoch::default() })
    }

    /// Samples in an epoch.
    fn epoch_length(&self) -> usize {
        self.of_class.iter().map(Vec::len).sum()
    }
}

impl Epoch {
    /// The images of `epoch`, which has `length` samples, in the order in which they are drawn.
    fn of(
        &mut self,
        seed: u64,
        epoch: u64,
        length: usize,
        ends: &[u64],
        of_class: &[Vec<u32>],
    ) -> &[u32] {
        if self.of != Some((seed, epoch)) {
            let mut generator = stream(seed, Purpose::DataOrder, epoch);
            let mut orders = of_class.to_vec();
            orders.iter_mut().for_each(|order| shuffle(order, &mut generator));
            let mut chance = Chance::new(generator);
            let mut drawn = vec![0; orders.len()];
            self.indices.clear();
            self.indices.extend((0..length).map(|_| {
                let class = weighted_part(chance.bits(), ends);
                let place = drawn[class] % orders[class].len();
                drawn[class] += 1;
                orders[class][place]
            }));
            self.of = Some((seed, epoch));
        }
        &self.indices
    }
}

impl RealSamples for WeightedClasses {
    fn shape(&self) -> Shape {
        self.images.dims()
    }

    fn len(&self) -> Option<u64> {
        Some(self.epoch_length() as u64)
    }

    fn classes(&self) -> Option<usize> {
        self.images.classes()
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let RealBatch { mut values, mut labels, .. } = empty(self.shape(), size);
        let length = self.epoch_length();
        let set_labels = self.images.labels().unwrap_or_default();
        for position in positions(step, size) {
            let (epoch, place) = (position / length as u64, position % length as u64);
            let order = self.epoch.of(seed, epoch, length, &self.ends, &self.of_class);
            let index = order[place as usize] as usize;
            values.extend(self.images.image(index).unwrap_or_default().iter().copied().map(scaled));
            labels.push(u16::from(set_labels[index]));
        }
        RealBatch { values, labels, ..RealBatch::default() }
    }
}
