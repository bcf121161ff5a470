//! Runs a session in a Web Worker, behind `postMessage`.
//!
//! A worker is disposable: the page ends it and starts another from the last checkpoint whenever it
//! is stopped, panics, loses its device, or is to be replaced by the other backend. `gan_protocol`
//! defines the messages; a list of transferred buffers travels with each.
//!
//! The three crates in `builds/` build modules of this crate with different features. In native
//! builds the crate is empty.

#![cfg(target_arch = "wasm32")]

mod boot;
mod gunzip;
#[cfg(feature = "cpu")]
mod helpers;
mod mnist;
mod turn;
mod wire;
