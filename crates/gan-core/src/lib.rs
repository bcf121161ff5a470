//! The mathematics: nets, objectives, one training step, sampling, checkpoints.
//!
//! Burn only: this crate knows no browser, no files and no clock. Whatever must be read back from
//! the device is read asynchronously, since WebGPU offers nothing else.
//!
//! Nets are data ([`gan_protocol::NetSpec`]); [`Net`] holds their numbers as one flat tensor per
//! parameter, so that the optimiser, the average and the checkpoint need to know no layer.

mod checkpoint;
mod device;
mod error;
mod initial;
mod layer;
mod net;
mod objective;
mod optimizer;
mod trainer;

pub use burn::tensor::Device;
pub use checkpoint::{Deviation, Snapshot, largest_deviation};
#[cfg(feature = "cpu")]
pub use device::cpu;
#[cfg(feature = "gpu")]
pub use device::gpu;
pub use error::CoreError;
pub use net::{Activations, Mode, Net};
pub use objective::{StepScores, discriminator_loss, generator_loss};
pub use trainer::{PendingScores, RealBatch, Trainer, latents};
