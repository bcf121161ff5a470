//! Provides real samples: images from IDX and CIFAR-10 files, digits drawn at run time, and points
//! in the plane.
//!
//! Every sample is a pure function of a seed and a position. The crate knows nothing of nets, files
//! on disk, the web or the time. It reads files from strangers, so it must neither panic on any
//! byte nor trust a length in a header.

mod augment;
mod batches;
mod bytes;
mod chance;
mod dataset;
mod degraded;
mod error;
mod fit;
mod gzip;
mod hand;
pub mod idx;
mod raster;
pub mod resample;
mod select;
mod sources;
mod strokes;
mod weighted;

pub use augment::Augmented;
pub use batches::{RealSamples, ShuffledImages};
pub use bytes::{image_bytes, image_values};
pub use dataset::{ImageSet, MAX_SIDE_PX};
pub use degraded::{add_pictures, degrade, visible};
pub use error::DataError;
pub use fit::luma;
pub use hand::ByHand;
pub use idx::IdxArray;
pub use sources::{
    DIGIT_PIXELS, DIGIT_SIDE_PX, DrawnDigits, EndlessDigits, EndlessPoints, Recipe, StackedDigits,
    cifar10, recipe,
};
pub use weighted::WeightedClasses;
