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
pub mod cifar10;
mod dataset;
mod drawn_digits;
mod error;
mod fit;
mod gzip;
pub mod idx;
mod points;
mod raster;
mod select;
mod stacked;
mod strokes;
mod weighted;

pub use augment::Augmented;
pub use batches::{EndlessDigits, RealSamples, ShuffledImages};
pub use dataset::{ImageSet, MAX_SIDE_PX};
pub use drawn_digits::{DIGIT_PIXELS, DIGIT_SIDE_PX, DrawnDigits};
pub use error::DataError;
pub use idx::IdxArray;
pub use points::EndlessPoints;
pub use stacked::StackedDigits;
pub use weighted::WeightedClasses;
