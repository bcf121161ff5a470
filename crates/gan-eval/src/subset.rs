//! Draws the samples of a score's subset by a seed, so that the score can be computed again.

use gan_random::{Purpose, SliceRandom, stream};

/// `taken` different indices below `count`, in random order; all of them where `taken` is larger.
pub(crate) fn drawn(count: usize, taken: usize, seed: u64) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..count).collect();
    indices.shuffle(&mut stream(seed, Purpose::ScoreSubset, 0));
    indices.truncate(taken);
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subset_repeats_with_its_seed_and_holds_nothing_twice() {
        let subset = drawn(100, 30, 7);
        assert_eq!(subset, drawn(100, 30, 7));
        assert_ne!(subset, drawn(100, 30, 8));
        let mut sorted = subset.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 30);
        assert!(subset.iter().all(|&index| index < 100));
        assert_eq!(drawn(3, 10, 0).len(), 3);
    }
}
