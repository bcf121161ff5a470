//! Looks into the nets of a run while that goes on elsewhere: the lab's second worker.
//!
//! It is given a checkpoint, asks its discriminator, and reads digits with the project's own
//! classifier. It computes on the processor, without autodiff, and can disturb no run.

#[cfg(target_arch = "wasm32")]
mod inspector;
