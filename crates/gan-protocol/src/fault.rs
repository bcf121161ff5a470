//! What a worker reports when something goes wrong.

use serde::{Deserialize, Serialize};

use crate::error::SpecError;

/// Something that went wrong, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// A spec was refused.
    #[error("{path}: {message}")]
    Spec {
        /// The field.
        path: String,
        /// What it holds and what it may hold.
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
        /// What is wrong with it.
        message: String,
    },
    /// MNIST could not be had; the run uses drawn digits.
    #[error("MNIST could not be loaded ({message}); training on drawn digits")]
    DataMissing {
        /// Why.
        message: String,
    },
    /// A loss or weight became NaN or infinite; the run is back at its last good checkpoint.
    #[error("the run diverged at step {step}; it is back at step {restored_step}")]
    Diverged {
        /// The step at which it was seen.
        step: u64,
        /// The step of the checkpoint that was restored.
        restored_step: u64,
    },
    /// The device was refused or lost; this worker cannot go on.
    #[error("{message}")]
    Device {
        /// What the browser or Burn says.
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
        /// What is missing.
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
