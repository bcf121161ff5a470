//! Examines a run's nets in a worker of the lab's, while the run goes on elsewhere.
//!
//! The inspector reads a checkpoint, evaluates its discriminator, and reads digits with the
//! project's classifier. It also draws samples of trained generators, edits
//! them, maps samples and mixes styles. It computes on the processor,
//! without autodiff, and cannot disturb the run.

#[cfg(target_arch = "wasm32")]
mod editor;
#[cfg(target_arch = "wasm32")]
mod inspector;
#[cfg(target_arch = "wasm32")]
mod maker;
#[cfg(target_arch = "wasm32")]
mod mapper;
#[cfg(target_arch = "wasm32")]
mod styler;
