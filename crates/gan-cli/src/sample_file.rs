//! Samples in memory, with their shape.

use gan_eval::{EvalError, Samples};

/// A set of samples, or of results for each sample.
pub(crate) trait Set: Sized {
    /// Number of samples.
    fn count(&self) -> usize;
    /// The samples at these places.
    fn chosen(&self, places: &[usize]) -> Self;
}

/// Samples with their shape; points have one channel and one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleFile {
    /// Sample after sample, channels first.
    pub(crate) values: Vec<f64>,
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl SampleFile {
    /// Numbers of one sample.
    pub(crate) fn size(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The samples, for scores.
    ///
    /// # Errors
    /// If a number is not finite.
    pub(crate) fn samples(&self) -> Result<Samples<'_, f64>, EvalError> {
        Samples::new(&self.values, self.size())
    }

    /// In single precision, for nets.
    pub(crate) fn single(&self) -> Vec<f32> {
        self.values.iter().map(|value| *value as f32).collect()
    }

    /// Channels, height and width.
    pub(crate) fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }
}

impl Set for SampleFile {
    fn count(&self) -> usize {
        self.values.len() / self.size()
    }

    fn chosen(&self, places: &[usize]) -> Self {
        let size = self.size();
        let rows = places.iter().flat_map(|place| &self.values[place * size..][..size]);
        Self { values: rows.copied().collect(), ..*self }
    }
}

/// Pixels' bytes as numbers in [-1, 1].
pub(crate) fn unit_values(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|byte| f32::from(*byte) / 127.5 - 1.0).collect()
}
