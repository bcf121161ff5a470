//! Generators of this program in the files of other frameworks.
//!
//! Each form computes the same samples as `gan-core`, between -1 and 1: channels first in ONNX and PyTorch, last in Keras and
//! TensorFlow.js. A layer that a framework lacks is refused by its name; ONNX has all of them. PyTorch's state dict goes with
//! the program that `gan-code` writes.

mod error;
mod generator;
mod keras;
mod onnx;
mod pytorch;
mod spectral;

pub use error::ExportError;
pub use generator::Generator;
pub use keras::{TfjsFiles, keras, tfjs};
pub use onnx::onnx;
pub use pytorch::pytorch;
