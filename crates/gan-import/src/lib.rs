//! Generators that were trained elsewhere, as this program's own files.
//!
//! A state dict holds numbers and names, and nothing of what is done with them: no order, no stride, no padding, no
//! epsilon, no activation. [`proposed`] makes a header with what shapes and names tell and with usual values
//! for the rest, to be corrected by whoever knows the net; [`imported`] puts the numbers into the net of a
//! header. Files of Keras, TensorFlow.js and ONNX describe their nets: [`read`] makes the same layers of them, or names
//! the one that has no counterpart. Whether the two make what the framework makes is only known once both were given the
//! same latents.

mod assigned;
mod described;
mod error;
mod file;
mod graph;
mod keras;
mod lower;
mod modules;
mod normalised;
mod onnx;
mod proposal;
mod state_dict;
mod steps;
mod view;

pub use assigned::{Told, imported};
pub use described::{Assumed, Choices, Described};
pub use error::ImportError;
pub use file::{Opened, read};
pub use proposal::proposed;
pub use state_dict::{StateDict, Values, is_own_file};
