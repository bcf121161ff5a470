//! Trains up to three runs beside the page's: the same data, the same seed, something changed.

pub(crate) mod change;
mod chart;
mod comparison;
mod others;
pub(crate) mod view;

/// Most runs of a comparison, the page's among them.
const MOST_RUNS: usize = 1 + others::MOST_OTHERS;
/// The runs' names; the page's is the first.
const LETTERS: [&str; MOST_RUNS] = ["A", "B", "C", "D"];
