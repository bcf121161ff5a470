//! What is said of one set of samples against another, whatever the samples are.

use gan_eval::diversity::mean_pairwise_distance;
use gan_eval::frechet::frechet_distance;
use gan_eval::grid::Grid;
use gan_eval::kernel::{Kernel, mmd_squared_unbiased};
use gan_eval::manifold::{NEIGHBOURS, manifold_scores};
use gan_eval::memorisation::memorisation;
use gan_eval::{EvalError, Samples};

use crate::files::SampleFile;

/// Samples whose pairs the mean distance is taken over, at most.
const DIVERSITY_SAMPLES: usize = 10_000;
/// Cells along each side of the grid on which points are counted: at least and at most.
const GRID_SIDE: [usize; 2] = [4, 25];
/// Points for each cell, between these limits.
const GRID_SHARE: usize = 4;
/// Added to each cell's count, so that no divergence is infinite.
const GRID_SMOOTHING: f64 = 0.1;
/// Seeds which samples a floor or a mean takes.
pub(crate) const SEED: u64 = 1;
/// Samples that a set must hold for every score to be defined.
pub(crate) const FEWEST: usize = NEIGHBOURS + 1;

/// Scores by their names.
pub(crate) type Scores = Vec<(&'static str, f64)>;

/// Every score of `fakes` against `reals`.
///
/// # Errors
/// When a set holds fewer than [`FEWEST`] samples, when the sets' samples differ in size.
pub(crate) fn sample_scores(reals: &Samples, fakes: &Samples) -> Result<Scores, EvalError> {
    let mut scores = vec![("frechet_distance", frechet_distance(reals, fakes)?)];
    scores.push(("kernel_distance", mmd_squared_unbiased(&Kernel::Cubic, reals, fakes)?));
    let manifold = manifold_scores(reals, fakes, NEIGHBOURS)?;
    scores.extend([
        ("precision", manifold.precision),
        ("recall", manifold.recall),
        ("density", manifold.density),
        ("coverage", manifold.coverage),
    ]);
    let distance = mean_pairwise_distance(fakes, DIVERSITY_SAMPLES, SEED)?;
    scores.push(("mean_pairwise_distance", distance));
    Ok(scores)
}

/// A grid over the rectangle that `reals`, points of the plane, lie in, fine enough for sets of `count`;
/// `None` for other samples and for points that all lie on a line along an axis.
pub(crate) fn grid_over(reals: &Samples, count: usize) -> Option<Grid> {
    let bounds = |axis: usize| {
        let numbers = reals.rows().map(|row| f64::from(row[axis]));
        numbers.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    };
    let [x, y] = (reals.size() == 2).then(|| [bounds(0), bounds(1)])?;
    let side = (count / GRID_SHARE).isqrt().clamp(GRID_SIDE[0], GRID_SIDE[1]);
    Grid::new([x[0], y[0]], [x[1], y[1]], [side; 2], GRID_SMOOTHING).ok()
}

/// Divergences of points counted on a grid, in nats: `grid_kl` of the fakes from the reals (large
/// where reals are missed), `grid_reverse_kl` (large where points are made up), `grid_js`.
///
/// # Errors
/// When samples are not of two numbers.
pub(crate) fn grid_scores(
    grid: &Grid,
    reals: &Samples,
    fakes: &Samples,
) -> Result<Scores, EvalError> {
    let found = grid.divergence(reals, fakes)?;
    Ok(vec![("grid_kl", found.kl), ("grid_reverse_kl", found.reverse_kl), ("grid_js", found.js)])
}

/// Whether `fakes` are copies of `training`, `held_out` being reals that were not trained on; of as
/// many of both, by Euclidean distance of the numbers as they are:
///
/// - `copy_distance_ratio`: median distance to the nearest training sample by that to the nearest
///   held-out one, 1 where nothing was memorised, towards 0 for copies;
/// - `closer_than_held_out`: how probably a fake is closer to the training samples than a held-out
///   one is, ½ where nothing was memorised;
/// - `exact_copies`: share of fakes that are training samples.
///
/// # Errors
/// When a set is empty, when samples differ in size.
pub(crate) fn memorisation_scores(
    training: &SampleFile,
    held_out: &SampleFile,
    fakes: &SampleFile,
) -> Result<Scores, EvalError> {
    let count = training.count().min(held_out.count());
    let fakes = fakes.first(fakes.count())?;
    let found = memorisation(&fakes, &training.first(count)?, &held_out.first(count)?, 0.0)?;
    Ok(vec![
        ("copy_distance_ratio", found.distance_ratio),
        ("closer_than_held_out", found.closer_than_held_out),
        ("exact_copies", found.near_duplicates),
    ])
}
