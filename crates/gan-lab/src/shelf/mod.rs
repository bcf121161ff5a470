//! Runs that are kept in this browser, by themselves, and a list of them to go on from.

mod keeper;
pub(crate) mod view;
