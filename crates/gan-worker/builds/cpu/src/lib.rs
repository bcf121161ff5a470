//! The worker for the processor, as a module that every browser with SIMD can load.
//!
//! A crate of its own so that its module has a file of its own: cargo names files after crates, whatever their
//! features.

#![cfg(target_arch = "wasm32")]

// The crate exports the functions that browsers call.
use gan_worker as _;
