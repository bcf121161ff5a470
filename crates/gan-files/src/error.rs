//! Errors about files, in words for the person who chose the file.

use gan_data::DataError;
use thiserror::Error;

/// The reason why a file, or part of it, cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}: {message}")]
pub struct FileError {
    /// Name of the file, followed by the path within an archive.
    pub file: String,
    /// The problem, and the remedy.
    pub message: String,
}

impl FileError {
    /// An error of `file`.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), message: message.into() }
    }
}

impl From<DataError> for FileError {
    fn from(error: DataError) -> Self {
        // Every message of a `DataError` begins with the file's name, except those about several
        // files.
        let told = error.to_string();
        match told.split_once(": ") {
            Some((file, message)) => Self::new(file, message),
            None => Self::new("the files", told),
        }
    }
}

/// Part of a file that is not read, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its path.
    pub path: String,
    /// The reason.
    pub reason: Reason,
}

/// The reason why part of a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A hidden file, or one that a system or a tool left: no data.
    Hidden,
    /// Another kind of file; the text names the kind and the remedy.
    Foreign(String),
    /// A damaged file; the text describes the damage.
    Damaged(String),
}
