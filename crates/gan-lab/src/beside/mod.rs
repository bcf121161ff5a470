//! Trains a second run beside the page's: the same data, the same seed, one thing changed.

pub(crate) mod change;
mod chart;
mod second;
pub(crate) mod view;
