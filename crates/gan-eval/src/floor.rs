//! Computes the floor of a two-sample score: the value that real samples get against other real
//! samples.
//!
//! No score of finite sets is 0 (or 1) for equal distributions. A perfect generator gets the score
//! of real samples against other real samples **of the same two counts**. That number, the floor,
//! belongs next to the score. The floor of other counts is wrong: a Fréchet distance falls with
//! either count, and 200 fakes cover 0.60 of 1,000 reals whereas 1,000 fakes cover 0.97 (see
//! [`crate::manifold::expected_coverage`]).
//!
//! [`Plan`] divides the available samples so that a score and its floor have the same two counts.

use crate::error::{EvalError, at_least};
use crate::samples::{Number, OwnedSamples, Samples};
use crate::subset::drawn;

/// Combined with the seed, so that fakes and reals of equal files are not divided alike.
const FAKES: u64 = 1 << 63;

/// The samples of a score and of its floor: both compare [`Plan::reals`], the score with
/// [`Plan::fakes`] and the floor with [`Plan::others`], which are as many.
///
/// ```
/// use gan_eval::floor::Plan;
///
/// // Enough reals: all fakes are scored, and as many reals are set aside for the floor.
/// let plan = Plan::new(10_000, 1_000, 1).expect("enough samples");
/// assert_eq!((plan.reals.len(), plan.fakes.len(), plan.others.len()), (9_000, 1_000, 1_000));
///
/// // Too few reals to set as many aside as there are fakes: half of them, and as many fakes.
/// let plan = Plan::new(1_000, 1_000, 1).expect("enough samples");
/// assert_eq!((plan.reals.len(), plan.fakes.len(), plan.others.len()), (500, 500, 500));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Indices of the reals that both sets are compared with, in random order.
    pub reals: Vec<usize>,
    /// Indices of the fakes: all of them in their own order, or a random subset.
    pub fakes: Vec<usize>,
    /// Indices of the reals in place of the fakes: none of [`Plan::reals`].
    pub others: Vec<usize>,
}

impl Plan {
    /// Divides these numbers of reals and fakes by `seed`; `None` for fewer than two reals or no
    /// fakes.
    pub fn new(reals: usize, fakes: usize, seed: u64) -> Option<Self> {
        let count = fakes.min(reals / 2);
        let [reals, others] = disjoint_subsets(reals, [reals - count, count], seed).ok()?;
        let whole = count == fakes;
        let fakes = if whole { (0..fakes).collect() } else { subset(fakes, count, seed ^ FAKES) };
        Some(Self { reals, fakes, others })
    }

    /// The numbers of reals and fakes in a score and in its floor.
    pub fn counts(&self) -> [usize; 2] {
        [self.reals.len(), self.fakes.len()]
    }

    /// The same with no more reals than fakes: for scores by nearest neighbours, whose manifolds
    /// must be made of equally many samples.
    pub fn equal(&self) -> Self {
        let mut equal = self.clone();
        // There are never fewer reals than fakes; they are in random order.
        equal.reals.truncate(equal.fakes.len());
        equal
    }
}

/// `score` of two disjoint subsets of `real`, drawn by `seed`: `counts[0]` samples in the place of
/// the reals, `counts[1]` in the place of the fakes.
///
/// Scores depend on how many samples they see: let `counts` be those of the score to compare with.
///
/// ```
/// use gan_eval::{Samples, floor::real_against_real, frechet::frechet_distance};
///
/// let real: Vec<f32> = (0..200).map(|i| (i as f32 * 0.7).sin()).collect();
/// let real = Samples::new(&real, 2)?;
/// let floor = real_against_real(&real, [60, 40], 1, frechet_distance)?;
/// assert!(floor > 0.0);
/// # Ok::<(), gan_eval::EvalError>(())
/// ```
///
/// # Errors
/// When a count is 0, when there are fewer samples than both together; the errors of `score`.
pub fn real_against_real<T, N: Number>(
    real: &Samples<N>,
    counts: [usize; 2],
    seed: u64,
    score: impl FnOnce(&Samples<N>, &Samples<N>) -> Result<T, EvalError>,
) -> Result<T, EvalError> {
    let [one, other] = disjoint_subsets(real.count(), counts, seed)?;
    let one = OwnedSamples::gathered(real, &one);
    let other = OwnedSamples::gathered(real, &other);
    score(&one.view(), &other.view())
}

/// `count` different indices of `available`, in random order; all where `count` is larger.
pub fn subset(available: usize, count: usize, seed: u64) -> Vec<usize> {
    drawn(available, count, seed)
}

/// The two disjoint subsets that [`real_against_real`] takes of `available` samples, as indices:
/// for scores of more than the samples themselves.
///
/// # Errors
/// When a count is 0, when there are fewer samples than both together.
pub fn disjoint_subsets(
    available: usize,
    counts: [usize; 2],
    seed: u64,
) -> Result<[Vec<usize>; 2], EvalError> {
    at_least("samples in a part", counts[0].min(counts[1]), 1)?;
    let taken = counts[0].saturating_add(counts[1]);
    at_least("real samples", available, taken)?;
    let mut one = drawn(available, taken, seed);
    let other = one.split_off(counts[0]);
    Ok([one, other])
}
