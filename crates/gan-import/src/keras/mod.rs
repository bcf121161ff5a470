//! Keras's description of a net, in its three forms: that of Keras 2, of Keras 3, and of TensorFlow.js.

mod archive;
mod calls;
mod hdf5;
mod layers;
mod model;
mod settings;
mod tfjs;
mod weights;

pub(crate) use archive::{is_archive, of_archive};
pub(crate) use hdf5::{is_hdf5, of_hdf5};
pub(crate) use model::described_config;
pub(crate) use tfjs::of_tfjs;
