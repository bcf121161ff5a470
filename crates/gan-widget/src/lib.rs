//! Loads a generator and draws its samples: the WebAssembly module behind `<gan-sampler>`.
//!
//! The module computes on the processor, in the page's own thread, a few samples at a time; the
//! element requests no more at once than fits between two frames. The module does not know the
//! element.

#[cfg(target_arch = "wasm32")]
mod generator;
