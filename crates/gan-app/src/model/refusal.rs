//! The reason why a request was not carried out, in the form for scripts.

use gan_protocol::{Fault, SpecError};
use serde::Serialize;

/// A refusal: a code for programs and a message for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// `spec`, `file`, `checkpoint`, `data_missing`, `diverged`, `device`, `panic`, `state`,
    /// `worker_lost` or `usage`.
    pub code: &'static str,
    /// The fault; for a spec, after the path of the field.
    pub message: String,
}

impl Refusal {
    /// The worker died before it had replied.
    pub fn worker_lost(message: impl Into<String>) -> Self {
        Self { code: "worker_lost", message: message.into() }
    }

    /// An invalid call.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: "usage", message: message.into() }
    }

    /// A file that cannot be used.
    pub fn file(message: impl Into<String>) -> Self {
        Self { code: "file", message: message.into() }
    }

    /// A checkpoint that cannot be used.
    pub fn checkpoint(message: impl Into<String>) -> Self {
        Self { code: "checkpoint", message: message.into() }
    }
}

impl From<&Fault> for Refusal {
    fn from(fault: &Fault) -> Self {
        let code = match fault {
            Fault::Spec { .. } => "spec",
            Fault::File { .. } => "file",
            Fault::Checkpoint { .. } => "checkpoint",
            Fault::DataMissing { .. } => "data_missing",
            Fault::Diverged { .. } => "diverged",
            Fault::Device { .. } => "device",
            Fault::Panic { .. } => "panic",
            Fault::State { .. } => "state",
        };
        Self { code, message: fault.to_string() }
    }
}

impl From<SpecError> for Refusal {
    fn from(error: SpecError) -> Self {
        Self { code: "spec", message: error.to_string() }
    }
}
