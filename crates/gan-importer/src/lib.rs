//! Makes generators of other frameworks' files in a worker of the lab's: the interface of `gan-import` for JavaScript.
//!
//! This module is loaded with the first such file, and by nobody else.

#[cfg(target_arch = "wasm32")]
mod importer;
