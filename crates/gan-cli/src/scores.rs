//! What is said of one set of samples against another, whatever the samples are.

use gan_eval::diversity::mean_pairwise_distance;
use gan_eval::frechet::frechet_distance;
use gan_eval::kernel::{Kernel, mmd_squared_unbiased};
use gan_eval::manifold::{NEIGHBOURS, manifold_scores};
use gan_eval::memorisation::memorisation;
use gan_eval::{EvalError, Samples};

use crate::files::SampleFile;

/// Pairs that the mean distance is taken over, at most.
const DIVERSITY_PAIRS: usize = 200_000;
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
    let distance = mean_pairwise_distance(fakes, DIVERSITY_PAIRS, SEED)?;
    scores.push(("mean_pairwise_distance", distance));
    Ok(scores)
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
