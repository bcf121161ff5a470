//! How many samples a score and its floor see.

use gan_eval::floor::Plan;
use gan_eval::manifold::NEIGHBOURS;

/// Seeds which samples a floor or a mean takes.
pub(crate) const SEED: u64 = 1;
/// Samples that a set must hold for every score to be defined.
pub(crate) const FEWEST: usize = NEIGHBOURS + 1;

/// Reals and fakes that a score of `of_equal_counts` sees of so many.
pub(crate) fn counts_seen([reals, fakes]: [usize; 2], of_equal_counts: bool) -> [usize; 2] {
    match plan([reals, fakes]).filter(|plan| plan.fakes.len() == fakes) {
        Some(plan) if of_equal_counts => plan.equal().counts(),
        Some(plan) => plan.counts(),
        None if of_equal_counts => [reals.min(fakes); 2],
        None => [reals, fakes],
    }
}

/// The counts of a floor of `of_equal_counts`, where there is one.
pub(crate) fn floor_counts(counts: [usize; 2], of_equal_counts: bool) -> Option<[usize; 2]> {
    let plan = plan(counts)?;
    Some(if of_equal_counts { plan.equal().counts() } else { plan.counts() })
}

/// Which samples a score and its floor see of so many reals and fakes; `None` where there are too few reals.
pub(crate) fn plan([reals, fakes]: [usize; 2]) -> Option<Plan> {
    Plan::new(reals, fakes, SEED).filter(|plan| plan.fakes.len() >= FEWEST)
}
