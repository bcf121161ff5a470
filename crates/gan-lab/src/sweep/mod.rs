//! A sweep: the same run with several values of one setting, and a score against the value.

mod chart;
mod runs;
mod values;
pub(crate) mod view;
