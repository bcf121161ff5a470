//! Loads a generator and samples it: the module behind `<gan-sampler>`.
//!
//! It runs on the processor, in the page's own thread, a few samples at a time; the element asks for
//! no more at once than fits between two frames. Nothing in here knows the element.

#[cfg(target_arch = "wasm32")]
mod generator;
