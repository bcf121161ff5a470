//! Keeps runs in this browser automatically, and lists them so that they can be continued.

mod keeper;
mod keeping;
pub(crate) mod last;
pub(crate) mod view;

pub(crate) use keeping::Shelf;
