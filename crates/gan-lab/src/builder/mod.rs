//! Edits the two nets layer by layer: adds, removes, moves and changes layers, and shows each
//! layer's output shape, parameters and error.

mod draft;
pub(crate) mod view;
