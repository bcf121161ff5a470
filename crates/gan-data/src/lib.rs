//! Where real samples come from: IDX and CIFAR-10 files that the user brings, and drawn digits and
//! points in the plane, which need no file at all.
//!
//! Bytes go in, samples come out. The crate knows nothing of networks, files on disk, the web or
//! the time, and every sample it gives is a pure function of a seed and a position. It reads what
//! strangers' files contain, so it must never panic on a byte nor trust a length that a header
//! claims.

mod augment;
mod batches;
mod chance;
mod dataset;
mod error;
mod fit;
mod gzip;
pub mod idx;
mod raster;
mod select;
mod sources;
mod strokes;
mod weighted;

pub use augment::Augmented;
pub use batches::{RealSamples, ShuffledImages};
pub use dataset::{ImageSet, MAX_SIDE_PX};
pub use error::DataError;
pub use idx::IdxArray;
pub use sources::{
    DIGIT_PIXELS, DIGIT_SIDE_PX, DrawnDigits, EndlessDigits, EndlessPoints, Recipe, StackedDigits,
    cifar10, recipe,
};
pub use weighted::WeightedClasses;
