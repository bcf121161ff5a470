//! Decides how many samples a score and its floor use.

use gan_eval::floor::Plan;
use gan_eval::manifold::NEIGHBOURS;

/// Seed of the subsets for floors and means.
pub(crate) const SEED: u64 = 1;
/// Least number of samples for which every score is defined.
pub(crate) const FEWEST: usize = NEIGHBOURS + 1;

/// The numbers of reals and fakes that a score uses, of the given ones.
pub(crate) fn counts_seen([reals, fakes]: [usize; 2], of_equal_counts: bool) -> [usize; 2] {
    match plan([reals, fakes]).filter(|plan| plan.fakes.len() == fakes) {
        Some(plan) if of_equal_counts => plan.equal().counts(),
        Some(plan) => plan.counts(),
        None if of_equal_counts => [reals.min(fakes); 2],
        None => [reals, fakes],
    }
}

/// The counts of a floor, if there is one.
pub(crate) fn floor_counts(counts: [usize; 2], of_equal_counts: bool) -> Option<[usize; 2]> {
    let plan = plan(counts)?;
    Some(if of_equal_counts { plan.equal().counts() } else { plan.counts() })
}

/// The samples that a score and its floor use, of the given numbers of reals and fakes; `None` if
/// there are too few reals.
pub(crate) fn plan([reals, fakes]: [usize; 2]) -> Option<Plan> {
    Plan::new(reals, fakes, SEED).filter(|plan| plan.fakes.len() >= FEWEST)
}
