//! What can be wrong with a file, in words for the person who chose it.

use gan_data::DataError;
use thiserror::Error;

/// Why a file, or something in it, could not be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}: {message}")]
pub struct FileError {
    /// Name of the file, with the path inside an archive behind it.
    pub file: String,
    /// What was found, and what to do.
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
        // Every message of these begins with the file's name.
        let told = error.to_string();
        match told.split_once(": ") {
            Some((file, message)) => Self::new(file, message),
            None => Self::new("the files", told),
        }
    }
}

/// Something in a file that is not read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it lies.
    pub path: String,
    /// Why it is not read.
    pub reason: Reason,
}

/// Why something in a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A hidden file, or what a system or a tool put there: no data.
    Hidden,
    /// It is something else; says what, and the remedy.
    Foreign(String),
    /// It is damaged; says how.
    Damaged(String),
}
