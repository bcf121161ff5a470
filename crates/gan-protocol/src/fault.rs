//! The errors that a worker reports to the page.

use serde::{Deserialize, Serialize};

use crate::error::SpecError;

/// An error in a worker. Each is reported once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// A spec was refused.
    #[error("{path}: {message}")]
    Spec {
        /// The field.
        path: String,
        /// The field's value and the allowed ones.
        message: String,
    },
    /// A data file was refused; nothing was loaded.
    #[error("{message}")]
    File {
        /// Names the file and the fault.
        message: String,
    },
    /// A checkpoint was refused; nothing was loaded.
    #[error("{message}")]
    Checkpoint {
        /// The reason.
        message: String,
    },
    /// MNIST could not be loaded; the run uses drawn digits.
    #[error("MNIST could not be loaded ({message}); training on drawn digits")]
    DataMissing {
        /// The reason.
        message: String,
    },
    /// A loss or weight became NaN or infinite; the run is back at its last good checkpoint.
    #[error("the run diverged at step {step}; it is back at step {restored_step}")]
    Diverged {
        /// The step at which the numbers were found not to be finite.
        step: u64,
        /// The step of the checkpoint that was restored.
        restored_step: u64,
    },
    /// The device was refused or lost; this worker cannot go on.
    #[error("{message}")]
    Device {
        /// The message of the browser or of Burn.
        message: String,
    },
    /// The worker's code failed; it cannot go on.
    #[error("{message}")]
    Panic {
        /// The panic's message.
        message: String,
    },
    /// The request does not fit the state the session is in.
    #[error("{message}")]
    State {
        /// What is missing, or why the state does not allow the request.
        message: String,
    },
}

impl From<SpecError> for Fault {
    fn from(error: SpecError) -> Self {
        Self::Spec { path: error.path, message: error.message }
    }
}

impl Fault {
    /// Whether the worker that reports it must be replaced.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Device { .. } | Self::Panic { .. })
    }
}
