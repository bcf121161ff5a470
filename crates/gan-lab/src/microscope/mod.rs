//! One step taken apart: eight moments along the way that numbers take through the two nets, with the
//! numbers of this very step; and half steps.

mod flow;
mod moments;
mod plane;
mod step;
pub(crate) mod view;
