//! Reads the user's data files in a worker of the lab's, whatever form they have: `gan-files` as
//! JavaScript sees it.
//!
//! The page itself reads IDX and CIFAR-10 alone. What reads everything else is loaded with the first file.

#[cfg(target_arch = "wasm32")]
mod reader;
