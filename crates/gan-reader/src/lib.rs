//! Reads the user's data files in a worker of the lab's: the interface of `gan-files` for
//! JavaScript.
//!
//! The page itself reads IDX and CIFAR-10 only. This module, for all other formats, is loaded with
//! the first file.

#[cfg(target_arch = "wasm32")]
mod reader;
