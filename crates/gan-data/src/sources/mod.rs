//! The sources of real samples. A new source is a file in this folder and an arm of [`recipe`].

pub mod cifar10;
mod drawn;
mod drawn_digits;
mod points;
mod stacked;

use gan_protocol::DataSource;

use crate::batches::RealSamples;
use crate::dataset::ImageSet;
use crate::error::DataError;
use drawn::{DrawnImages, Endless, listed};
pub use drawn_digits::{DIGIT_PIXELS, DIGIT_SIDE_PX, DrawnDigits};
pub use points::EndlessPoints;
pub use stacked::StackedDigits;

/// Endless drawn digits.
pub type EndlessDigits = Endless<DrawnDigits>;

/// A file with its name.
type NamedFile = (String, Vec<u8>);

/// How the samples of a source are loaded or made.
#[derive(Clone, Copy)]
pub enum Recipe {
    /// Points of the plane, drawn from the run's own distribution.
    Points,
    /// Images drawn from a seed.
    Drawn {
        /// Endless images.
        endless: fn() -> Box<dyn RealSamples>,
        /// The first images of a seed, to choose from; the arguments are the seed and their number.
        listed: fn(u64, usize) -> Result<ImageSet, DataError>,
    },
    /// A list of images in the user's files.
    Files(fn(&[NamedFile]) -> Result<ImageSet, DataError>),
    /// MNIST's training images.
    Mnist,
    /// Images made from MNIST's training images.
    OfMnist(fn(ImageSet) -> Result<Box<dyn RealSamples>, DataError>),
}

/// How the samples of `source` are loaded or made.
pub fn recipe(source: DataSource) -> Recipe {
    match source {
        DataSource::Mnist => Recipe::Mnist,
        DataSource::DrawnDigits => drawn_images::<DrawnDigits>(),
        DataSource::IdxFiles => Recipe::Files(ImageSet::from_idx_files),
        DataSource::CifarFiles => Recipe::Files(cifar10::read),
        DataSource::StackedMnist => {
            Recipe::OfMnist(|images| Ok(Box::new(StackedDigits::new(images)?)))
        }
        DataSource::Points => Recipe::Points,
    }
}

fn drawn_images<D: DrawnImages + 'static>() -> Recipe {
    Recipe::Drawn { endless: || Box::new(Endless::<D>::default()), listed: listed::<D> }
}

#[cfg(test)]
mod tests {
    use gan_protocol::{Named as _, Supply};

    use super::*;

    #[test]
    fn samples_come_as_the_protocol_says() {
        for source in DataSource::ALL {
            let facts = source.facts();
            let supply = match recipe(*source) {
                Recipe::Points => Supply::Made,
                Recipe::Drawn { endless, listed } => {
                    assert_eq!(facts.shape, Some(endless().shape()), "{source:?}");
                    assert!(facts.has_list && listed(1, 3).is_ok(), "{source:?}");
                    Supply::Made
                }
                Recipe::Files(_) => Supply::UsersFiles,
                Recipe::Mnist | Recipe::OfMnist(_) => Supply::Fetched,
            };
            assert_eq!(facts.supply, supply, "{source:?}");
        }
    }
}
