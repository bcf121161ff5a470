//! The mathematics: nets, objectives, one training step, sampling, checkpoints.
//!
//! Built on Burn alone: the crate knows no browser, no files and no clock. Values are read back
//! from the device asynchronously, since WebGPU has no other way.
//!
//! Nets are data ([`gan_protocol::NetSpec`]). [`Net`] holds the numbers of all parameters in one
//! flat tensor, so that optimiser, average and checkpoint need to know no layer.
//!
//! Without the feature `training` there are no gradients: nets are read from files and evaluated
//! ([`Sampler`], [`Critic`], [`Classifier`]), which is all that a page's widget needs.

#![cfg_attr(not(feature = "training"), allow(dead_code))]

#[cfg(feature = "training")]
mod augmentation;
#[cfg(feature = "training")]
mod auxiliary;
mod batch;
mod checkpoint;
mod classifier;
mod critic;
mod device;
#[cfg(feature = "training")]
mod discriminator;
mod encoder;
mod error;
mod initial;
mod inputs;
mod inversion;
mod layer;
#[cfg(feature = "training")]
mod metrics;
mod named_tensor;
mod net;
#[cfg(feature = "training")]
mod objective;
mod ops;
#[cfg(feature = "training")]
mod optimizer;
mod packing;
#[cfg(feature = "training")]
mod penalty;
mod plan;
mod precision;
#[cfg(feature = "training")]
mod presentation;
#[cfg(feature = "training")]
mod pruning;
#[cfg(all(test, feature = "cpu", feature = "training"))]
mod reference_tests;
#[cfg(feature = "training")]
mod sample_space;
mod sampler;
mod spectral;
#[cfg(feature = "training")]
mod terms;
#[cfg(feature = "training")]
mod trainer;

pub use batch::Batch;
pub use burn::tensor::Device;
pub use checkpoint::Snapshot;
#[cfg(feature = "training")]
pub use checkpoint::{Deviation, largest_deviation};
#[cfg(feature = "training")]
pub use classifier::ClassifierTrainer;
pub use classifier::{Classifier, Judgement};
pub use critic::Critic;
#[cfg(feature = "gpu")]
pub use device::gpu;
#[cfg(feature = "cpu")]
pub use device::{at_once, cpu};
pub use encoder::Encoder;
pub use error::CoreError;
#[cfg(feature = "cpu")]
pub use gan_kernels::convolution::sharing;
pub use inputs::Inputs;
pub use inversion::{Found, Search};
#[cfg(feature = "training")]
pub use metrics::PendingMetrics;
pub use net::{Condition, Mode, Net, Pass, Styling};
#[cfg(feature = "training")]
pub use objective::{Smoothing, discriminator_loss, generator_loss};
pub use ops::tensor::Tensor;
pub use precision::Precision;
#[cfg(feature = "training")]
pub use pruning::pruned;
#[cfg(feature = "training")]
pub use sample_space::lattice_coordinates;
pub use sampler::{Sampler, with_directions, with_precision};
#[cfg(feature = "training")]
pub use trainer::{Dissection, Trainer};
