//! The errors of this crate.

use gan_protocol::SpecError;

/// A file or a description that is no generator which can be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read, or holds something else.
    #[error("{0}")]
    File(String),
    /// The description does not fit, or is none.
    #[error(transparent)]
    Header(#[from] SpecError),
}

impl ImportError {
    pub(crate) fn file(message: impl Into<String>) -> Self {
        Self::File(message.into())
    }
}
