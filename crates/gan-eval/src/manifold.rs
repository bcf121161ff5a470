//! Measures whether samples are realistic (precision, density) and whether every kind of real
//! sample occurs (recall, coverage).
//!
//! Each set is widened to a manifold, the union of balls around its samples that reach to their
//! k-th nearest neighbours in the same set. Precision and recall (Kynkäänniemi et al. 2019,
//! equations 1 and 2) ask whether a sample lies in the other set's manifold at all; one outlier's
//! large ball is enough to spoil them. Density and coverage (Naeem et al. 2020, section 3)
//! count balls and widen only the real set.

use crate::error::{EvalError, at_least};
use crate::pairs::{Measure, for_each, for_each_within};
use crate::samples::{Number, Samples};

/// Neighbours that Naeem et al. (2020) find a good choice for 10,000 samples.
pub const NEIGHBOURS: usize = 5;

/// Fidelity and diversity by nearest neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ManifoldScores {
    /// Share of generated samples within the real manifold, 0 to 1.
    pub precision: f64,
    /// Share of real samples within the generated manifold, 0 to 1.
    pub recall: f64,
    /// Real balls that a generated sample lies in, over k, on average: 1 is expected for equal
    /// distributions, more for samples that crowd where real ones are dense. Scatters widely in
    /// many dimensions, where a few real samples are neighbours of most others.
    pub density: f64,
    /// Share of real samples whose ball holds a generated sample, 0 to 1. Equal distributions give
    /// [`expected_coverage`], for equal counts about `1 - 2^-k`, hence 0.97 for k = 5, not 1.
    pub coverage: f64,
}

/// The coverage that equal distributions give on average, in any number of dimensions.
///
/// Of the `reals - 1 + generated` samples around a real one, each order by distance is equally
/// likely. Its ball reaches to the `neighbours`-th real; no generated sample is inside when the
/// first `neighbours` of the order are all real:
/// `1 - Π_{j<k} (n - 1 - j) / (n - 1 + m - j)` for `n` reals and `m` generated samples. So 1,000
/// against 1,000 have 0.969, 1,000 against 200 have 0.599: **coverages of unequal counts are no
/// coverages of equal ones**. Samples that occur more than once, or lie equally far apart, give more.
///
/// The density that equal distributions give on average is 1 for any counts. Precision and recall
/// depend on the distribution.
///
/// # Errors
/// When `neighbours` is 0 or there are no more reals than that.
pub fn expected_coverage(
    reals: usize,
    generated: usize,
    neighbours: usize,
) -> Result<f64, EvalError> {
    at_least("neighbours", neighbours, 1)?;
    at_least("samples", reals, neighbours.saturating_add(1))?;
    let (others, generated) = ((reals - 1) as f64, generated as f64);
    let missed = (0..neighbours).map(|place| place as f64);
    let missed: f64 = missed.map(|place| (others - place) / (others + generated - place)).product();
    Ok(1.0 - missed)
}

/// Precision, recall, density and coverage of `generated` with balls to the `neighbours`-th
/// nearest neighbour (the sample itself does not count as one).
///
/// All four depend on both counts, most of all coverage: compare equally many, and read them beside
/// the [`crate::floor`] of the same counts.
///
/// A ball holds its border, as in Kynkäänniemi et al.'s equation 1, so that copies of a sample
/// that occurs often (radius 0) still lie in its ball.
///
/// Time: one matrix product for each pair of sets; 10,000 samples a side of 1,000 numbers are
/// 2e11 multiplications.
///
/// # Errors
/// When `neighbours` is 0, when a set has no more than `neighbours` samples, when the sets'
/// samples differ in size.
pub fn manifold_scores<T: Number>(
    real: &Samples<T>,
    generated: &Samples<T>,
    neighbours: usize,
) -> Result<ManifoldScores, EvalError> {
    real.same_size(generated)?;
    let real_radii = squared_radii(real, neighbours)?;
    let generated_radii = squared_radii(&generated.watched_as(real), neighbours)?;
    let mut recalled = vec![false; real.count()];
    let mut covered = vec![false; real.count()];
    let mut balls = vec![0u32; generated.count()];
    for_each(real, generated, Measure::SquaredDistance, |i, j, squared| {
        if squared <= real_radii[i] {
            covered[i] = true;
            balls[j] += 1;
        }
        if squared <= generated_radii[j] {
            recalled[i] = true;
        }
    });
    let share = |hits: usize, of: usize| hits as f64 / of as f64;
    let hits: f64 = balls.iter().copied().map(f64::from).sum();
    Ok(ManifoldScores {
        precision: share(balls.iter().filter(|&&count| count > 0).count(), balls.len()),
        recall: share(recalled.iter().filter(|&&hit| hit).count(), recalled.len()),
        density: hits / (neighbours * generated.count()) as f64,
        coverage: share(covered.iter().filter(|&&hit| hit).count(), covered.len()),
    })
}

/// The squared distance of each sample to its `neighbours`-th nearest other one.
fn squared_radii<T: Number>(
    samples: &Samples<T>,
    neighbours: usize,
) -> Result<Vec<f64>, EvalError> {
    at_least("neighbours", neighbours, 1)?;
    at_least("samples", samples.count(), neighbours.saturating_add(1))?;
    let mut nearest = vec![f64::INFINITY; samples.count() * neighbours];
    let mut offer = |sample: usize, squared: f64| {
        let nearest = &mut nearest[sample * neighbours..(sample + 1) * neighbours];
        if squared < nearest[neighbours - 1] {
            let place = nearest.partition_point(|&other| other <= squared);
            nearest[place..].rotate_right(1);
            nearest[place] = squared;
        }
    };
    for_each_within(samples, Measure::SquaredDistance, |i, j, squared| {
        offer(i, squared);
        offer(j, squared);
    });
    Ok(nearest.chunks_exact(neighbours).map(|nearest| nearest[neighbours - 1]).collect())
}
