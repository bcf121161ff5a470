//! How a session asks for real samples, without knowing where bytes come from.

use gan_data::{EndlessDigits, ImageSet, RealSamples, ShuffledImages};
use gan_protocol::{DataSource, DataSpec, Fault};

/// Called with how many bytes are there and how many are expected.
pub type Progress<'a> = &'a dyn Fn(f64, Option<f64>);

/// Brings the bytes of data sets that are not made at run time.
pub trait DataLoader {
    /// MNIST's training images with their labels.
    ///
    /// The error says why they could not be had.
    fn mnist(&self, progress: Progress<'_>) -> impl Future<Output = Result<ImageSet, String>>;
}

/// Real samples, ready to be drawn.
pub struct LoadedData {
    /// Where they come from.
    pub source: DataSource,
    /// The samples.
    pub samples: Box<dyn RealSamples>,
}

impl LoadedData {
    /// The user's IDX files, fitted to the spec's shape.
    ///
    /// # Errors
    /// Names the file and its fault.
    pub(crate) fn from_files(spec: &DataSpec, files: &[(String, Vec<u8>)]) -> Result<Self, Fault> {
        let refused = |error: gan_data::DataError| Fault::File { message: error.to_string() };
        let images = ImageSet::from_idx_files(files).map_err(refused)?;
        let images = images.fitted(spec.channels, spec.height, spec.width).map_err(refused)?;
        Ok(Self { source: DataSource::IdxFiles, samples: Box::new(ShuffledImages::new(images)) })
    }

    /// Digits drawn at run time.
    pub(crate) fn drawn() -> Self {
        Self { source: DataSource::DrawnDigits, samples: Box::new(EndlessDigits) }
    }

    /// MNIST, or drawn digits and the reason where it could not be had.
    pub(crate) async fn mnist(
        spec: &DataSpec,
        loader: &impl DataLoader,
        progress: Progress<'_>,
    ) -> Result<(Self, Option<String>), Fault> {
        let loaded = loader.mnist(progress).await.and_then(|images| {
            images.fitted(spec.channels, spec.height, spec.width).map_err(|error| error.to_string())
        });
        match loaded {
            Ok(images) => {
                let samples = Box::new(ShuffledImages::new(images));
                Ok((Self { source: DataSource::Mnist, samples }, None))
            }
            // Drawn digits have one shape only.
            Err(message) if spec.shape() == gan_protocol::Shape::image(1, 28, 28) => {
                Ok((Self::drawn(), Some(message)))
            }
            Err(message) => Err(Fault::File { message }),
        }
    }
}
