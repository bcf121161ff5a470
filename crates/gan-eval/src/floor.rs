//! How small a two-sample score can get at all: the same score between reals and reals.
//!
//! No score of finite sets is 0 (or 1) for equal distributions. What a perfect generator would get
//! is what real samples get against other real samples, so that number belongs next to the score.

use crate::error::{EvalError, at_least};
use crate::samples::{OwnedSamples, Samples};
use crate::subset::drawn;

/// `score` of two disjoint subsets of `real`, of `count` samples each, drawn by `seed`.
///
/// Scores depend on how many samples they see: let `count` be that of the score to compare with.
/// `real.count() / 2` takes two halves.
///
/// ```
/// use gan_eval::{Samples, floor::real_against_real, frechet::frechet_distance};
///
/// let real: Vec<f32> = (0..200).map(|i| (i as f32 * 0.7).sin()).collect();
/// let real = Samples::new(&real, 2)?;
/// let floor = real_against_real(&real, 50, 1, frechet_distance)?;
/// assert!(floor > 0.0);
/// # Ok::<(), gan_eval::EvalError>(())
/// ```
///
/// # Errors
/// When `count` is 0, when there are not twice as many samples; whatever `score` fails with.
pub fn real_against_real<T>(
    real: &Samples,
    count: usize,
    seed: u64,
    score: impl FnOnce(&Samples, &Samples) -> Result<T, EvalError>,
) -> Result<T, EvalError> {
    let [one, other] = disjoint_subsets(real.count(), count, seed)?;
    let one = OwnedSamples::gathered(real, &one);
    let other = OwnedSamples::gathered(real, &other);
    score(&one.view(), &other.view())
}

/// The two disjoint subsets that [`real_against_real`] takes of `available` samples, as indices:
/// for scores of more than the samples themselves.
///
/// # Errors
/// When `count` is 0, when there are not twice as many samples.
pub fn disjoint_subsets(
    available: usize,
    count: usize,
    seed: u64,
) -> Result<[Vec<usize>; 2], EvalError> {
    at_least("samples in a half", count, 1)?;
    let taken = count.saturating_mul(2);
    at_least("real samples", available, taken)?;
    let mut one = drawn(available, taken, seed);
    let other = one.split_off(count);
    Ok([one, other])
}
