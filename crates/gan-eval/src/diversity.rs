//! Measures how much samples differ from each other: the first number to fall when a generator
//! collapses.

use crate::error::{EvalError, at_least};
use crate::pairs::{Measure, for_each_within};
use crate::samples::{Number, OwnedSamples, Samples};
use crate::subset::drawn;

/// Mean Euclidean distance over all pairs of different samples, in the samples' unit. 0 when all
/// are equal; compare with the real set's.
///
/// Of more than `at_most` samples only a subset of that many is taken, drawn by `seed`: the time
/// grows with its square.
///
/// # Errors
/// When there are fewer than two samples or `at_most` is below 2.
pub fn mean_pairwise_distance<T: Number>(
    samples: &Samples<T>,
    at_most: usize,
    seed: u64,
) -> Result<f64, EvalError> {
    at_least("samples", samples.count(), 2)?;
    at_least("at_most", at_most, 2)?;
    if samples.count() <= at_most {
        return Ok(over_all_pairs(samples));
    }
    let subset = OwnedSamples::gathered(samples, &drawn(samples.count(), at_most, seed));
    Ok(over_all_pairs(&subset.view().watched_as(samples)))
}

fn over_all_pairs<T: Number>(samples: &Samples<T>) -> f64 {
    let mut sum = 0.0;
    for_each_within(samples, Measure::SquaredDistance, |_, _, squared| sum += squared.sqrt());
    let count = samples.count() as f64;
    sum / (0.5 * count * (count - 1.0))
}
