//! Keeps runs in this browser automatically, and lists them so that they can be continued.

mod keeper;
mod keeping;
pub(crate) mod view;
