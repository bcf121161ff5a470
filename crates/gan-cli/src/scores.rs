//! Scores of one set of samples against another, for samples of any kind.

use anyhow::Result;
use gan_eval::diversity::mean_pairwise_distance;
use gan_eval::floor::subset;
use gan_eval::frechet::{frechet_distance, frechet_work};
use gan_eval::grid::Grid;
use gan_eval::kernel::{Kernel, mmd_squared_unbiased};
use gan_eval::manifold::{NEIGHBOURS, manifold_scores};
use gan_eval::memorisation::{exact_copies, memorisation};
use gan_eval::{EvalError, Number, Samples};

use crate::counts::{SEED, counts_seen, floor_counts};
use crate::sample_file::{SampleFile, Set as _};

/// Largest number of samples for the mean distance over pairs.
const DIVERSITY_SAMPLES: usize = 10_000;
/// Cells along each side of the grid for counting points: at least and at most.
const GRID_SIDE: [usize; 2] = [4, 25];
/// Points per cell, between these limits.
const GRID_SHARE: usize = 4;
/// Added to each cell's count, so that no divergence is infinite.
const GRID_SMOOTHING: f64 = 0.1;
/// Scores by their names.
pub(crate) type Scores = Vec<(&'static str, f64)>;

/// Distances between `fakes` as a whole and `reals`.
///
/// # Errors
/// When a set holds fewer than two samples, when the sets' samples differ in size.
pub(crate) fn distances<T: Number>(
    reals: &Samples<T>,
    fakes: &Samples<T>,
) -> Result<Scores, EvalError> {
    Ok(vec![
        ("frechet_distance", frechet_distance(reals, fakes)?),
        ("kernel_distance", mmd_squared_unbiased(&Kernel::Cubic, reals, fakes)?),
    ])
}

/// Scores by nearest neighbours, which need equally many reals and fakes.
///
/// # Errors
/// When a set holds fewer than [`FEWEST`](crate::counts::FEWEST) samples, when the sets' samples differ in size.
pub(crate) fn neighbour_scores<T: Number>(
    reals: &Samples<T>,
    fakes: &Samples<T>,
) -> Result<Scores, EvalError> {
    let manifold = manifold_scores(reals, fakes, NEIGHBOURS)?;
    Ok(vec![
        ("precision", manifold.precision),
        ("recall", manifold.recall),
        ("density", manifold.density),
        ("coverage", manifold.coverage),
    ])
}

/// Mean distance between `fakes`.
///
/// # Errors
/// When there are fewer than two fakes.
pub(crate) fn spread_of_fakes<T: Number>(fakes: &Samples<T>) -> Result<Scores, EvalError> {
    let distance = mean_pairwise_distance(fakes, DIVERSITY_SAMPLES, SEED)?;
    Ok(vec![("mean_pairwise_distance", distance)])
}

/// The work that [`distances`], [`neighbour_scores`] and [`spread_of_fakes`] with their floors
/// report to a watcher, for these numbers of reals and fakes with `size` numbers each.
pub(crate) fn work_of_scores(given: [usize; 2], size: usize) -> u64 {
    let within = |count: usize| (count * count.saturating_sub(1) / 2) as u64;
    let pairs = |[n, m]: [usize; 2]| within(n) + within(m) + (n * m) as u64;
    let all = |any: [usize; 2], equal: [usize; 2]| {
        frechet_work(any, size) + pairs(any) + pairs(equal) + within(any[1].min(DIVERSITY_SAMPLES))
    };
    let seen = [false, true].map(|equal| counts_seen(given, equal));
    let floors = [false, true].map(|equal| floor_counts(given, equal));
    let of_floors = match floors {
        [Some(any), Some(equal)] if any == seen[0] => all(any, equal),
        // The floor, and the score for its counts.
        [Some(any), Some(equal)] => 2 * all(any, equal),
        _ => 0,
    };
    all(seen[0], seen[1]) + of_floors
}

/// A grid over the rectangle around `reals`, points in the plane, fine enough for sets of `count`;
/// `None` for other samples, and for points on a line along an axis.
fn grid_over<T: Number>(reals: &Samples<T>, count: usize) -> Option<Grid> {
    let bounds = |axis: usize| {
        let numbers = reals.rows().map(|row| -> f64 { row[axis].into() });
        numbers.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    };
    let [x, y] = (reals.size() == 2).then(|| [bounds(0), bounds(1)])?;
    let side = (count / GRID_SHARE).isqrt().clamp(GRID_SIDE[0], GRID_SIDE[1]);
    Grid::new([x[0], y[0]], [x[1], y[1]], [side; 2], GRID_SMOOTHING).ok()
}

/// Divergences of points counted on a grid over `reals`, in nats: `grid_kl` of the fakes from the
/// reals (large where reals are missed), `grid_reverse_kl` (large where points are made up),
/// `grid_js`. Empty if there can be no such grid.
///
/// # Errors
/// When samples are not of two numbers.
pub(crate) fn grid_scores<T: Number>(
    reals: &Samples<T>,
    fakes: &Samples<T>,
) -> Result<Scores, EvalError> {
    // Over these reals alone: with the floor's reals in the grid, none of those would ever lie
    // outside.
    let Some(grid) = grid_over(reals, reals.count().min(fakes.count())) else {
        return Ok(Vec::new());
    };
    let found = grid.divergence(reals, fakes)?;
    Ok(vec![("grid_kl", found.kl), ("grid_reverse_kl", found.reverse_kl), ("grid_js", found.js)])
}

/// Scores for whether `fakes` are copies of `training`; `held_out` are reals that were not trained
/// on. Distances are Euclidean, of the numbers unchanged:
///
/// - `copy_distance_ratio`: median of the distance to the nearest training sample divided by that
///   to the nearest held-out one, of equally many of both; 1 where nothing was memorised, towards 0
///   for copies;
/// - `closer_than_held_out`: probability that a fake is closer to the training samples than a
///   held-out one is, ½ where nothing was memorised;
/// - `exact_copies`: share of fakes that equal a training sample, of all there are.
///
/// The work is reported to `watcher` in pairs, as [`copying_work`] counts them.
///
/// # Errors
/// When a set is empty, when samples differ in size.
pub(crate) fn copying_scores(
    training: &SampleFile,
    held_out: &SampleFile,
    fakes: &SampleFile,
    watcher: &dyn Fn(u64),
) -> Result<Scores> {
    let count = training.count().min(held_out.count());
    // Drawn, since a file's first samples may all be of one kind.
    let of = |file: &SampleFile| file.chosen(&subset(file.count(), count, SEED));
    let (some, held_out) = (of(training), of(held_out));
    let (all, fakes) = (training.samples()?, fakes.samples()?.watched(watcher));
    let found = memorisation(&fakes, &some.samples()?, &held_out.samples()?, 0.0)?;
    Ok(vec![
        ("copy_distance_ratio", found.distance_ratio),
        ("closer_than_held_out", found.closer_than_held_out),
        ("exact_copies", exact_copies(&fakes, &all)?),
    ])
}

/// The pairs that [`copying_scores`] computes for these numbers of held-out samples and fakes.
pub(crate) fn copying_work(training: usize, [held_out, fakes]: [usize; 2]) -> u64 {
    let count = training.min(held_out) as u64;
    count * (2 * fakes as u64 + count)
}
