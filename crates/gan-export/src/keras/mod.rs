//! Keras and TensorFlow.js: the same layers, channels last, in two ways of writing.

mod archive;
mod layers;
mod tfjs;
mod topology;

pub use archive::keras;
pub use tfjs::{TfjsFiles, tfjs};

/// Which of the two is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framework {
    Keras,
    TensorFlowJs,
}

impl Framework {
    fn name(self) -> &'static str {
        match self {
            Self::Keras => "Keras",
            Self::TensorFlowJs => "TensorFlow.js",
        }
    }
}
