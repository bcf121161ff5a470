//! The errors of this crate.

/// A generator that a framework's file cannot hold.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file is no generator's, or lacks a tensor.
    #[error("{0}")]
    File(String),
    /// A layer, or something that the generator is given, that the framework has not.
    #[error("{framework} has no {what}: export to ONNX, which has")]
    Lacks {
        /// The framework.
        framework: &'static str,
        /// What it lacks.
        what: String,
    },
}
