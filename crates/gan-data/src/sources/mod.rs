//! Where real samples come from. A new source is a file in this folder and a line in [`recipe`].

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

/// Drawn digits without end.
pub type EndlessDigits = Endless<DrawnDigits>;

/// A file with its name.
type NamedFile = (String, Vec<u8>);

/// How a run comes to the samples of a source.
#[derive(Clone, Copy)]
pub enum Recipe {
    /// They are points of the plane, drawn from the run's own distribution.
    Points,
    /// They are images that are drawn from a seed.
    Drawn {
        /// Images without end.
        endless: fn() -> Box<dyn RealSamples>,
        /// The first so many images of a seed, to choose from.
        listed: fn(u64, usize) -> Result<ImageSet, DataError>,
    },
    /// They are a list of images in the user's files, each with its name.
    Files(fn(&[NamedFile]) -> Result<ImageSet, DataError>),
    /// They are MNIST's training images.
    Mnist,
    /// They are made of MNIST's training images.
    OfMnist(fn(ImageSet) -> Result<Box<dyn RealSamples>, DataError>),
}

/// How a run comes to the samples of `source`.
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
