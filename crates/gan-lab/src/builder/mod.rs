//! The two nets, layer by layer: added, removed, moved, changed, with the shape after each layer, its
//! parameters, and errors where they are.

mod draft;
pub(crate) mod view;
