//! Imports held against their frameworks' own samples.

mod described;
mod pytorch;
