//! Runs that are kept in this browser, by themselves, and a list of them to go on from.

mod keeper;
mod keeping;
pub(crate) mod view;
