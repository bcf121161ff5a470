//! The mathematics: nets, objectives, one training step, sampling, checkpoints.
//!
//! Burn only: this crate knows no browser, no files and no clock. Whatever must be read back from
//! the device is read asynchronously, since WebGPU offers nothing else.
//!
//! Nets are data ([`gan_protocol::NetSpec`]); [`Net`] holds their numbers as one flat tensor per
//! parameter, so that the optimiser, the average and the checkpoint need to know no layer.

mod activations;
mod auxiliary;
mod checkpoint;
mod classifier;
mod device;
mod discriminator;
mod error;
mod initial;
mod inputs;
mod kernels;
mod layer;
mod net;
mod objective;
mod optimizer;
mod penalty;
mod plan;
mod presentation;
#[cfg(all(test, feature = "cpu"))]
mod reference_tests;
mod scores;
mod spectral;
mod stage;
mod tensors;
mod trainer;

pub use activations::Activations;
pub use burn::tensor::Device;
pub use checkpoint::{Deviation, Snapshot, TensorNumbers, largest_deviation};
pub use classifier::{Classifier, ClassifierTrainer, Judgement};
#[cfg(feature = "cpu")]
pub use device::cpu;
#[cfg(feature = "gpu")]
pub use device::gpu;
pub use error::CoreError;
pub use inputs::Inputs;
pub use net::{Condition, Mode, Net, Pass};
pub use objective::{Smoothing, discriminator_loss, generator_loss};
pub use scores::{PendingScores, StepScores};
pub use stage::lattice_coordinates;
pub use trainer::{RealBatch, Trainer};
