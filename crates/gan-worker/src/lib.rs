//! The session behind `postMessage`; nothing else.
//!
//! A worker is disposable: the page ends it and starts another from the last checkpoint whenever
//! it is stopped, panics, loses its device or is to be replaced by the other backend. The wire is
//! described in `gan_protocol`; beside each message travels a list of transferred buffers.
//!
//! The three crates in `builds/` make modules of it, each with other features. Natively it is empty.

#![cfg(target_arch = "wasm32")]

mod boot;
mod gunzip;
#[cfg(feature = "cpu")]
mod helpers;
mod mnist;
mod turn;
mod wire;
