//! The errors of this crate.

use gan_protocol::SpecError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// A spec was refused.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A checkpoint was refused.
    #[error("the checkpoint cannot be used: {0}")]
    Checkpoint(String),
    /// A generator's file was refused.
    #[error("the generator cannot be used: {0}")]
    Generator(String),
    /// A classifier, or its input, was refused.
    #[error("the classifier cannot be used: {0}")]
    Classifier(String),
    /// A net that is given pictures was given none.
    #[error("the run's nets are given pictures, and none are there")]
    NoPictures,
    /// The device was refused, lost, or failed to compute.
    #[error("the device failed: {0}")]
    Device(String),
}

impl From<burn::tensor::ExecutionError> for CoreError {
    fn from(error: burn::tensor::ExecutionError) -> Self {
        Self::Device(error.to_string())
    }
}
