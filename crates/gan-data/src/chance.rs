//! Random numbers in the distributions that samples are made from.
//!
//! Written here, since the samples of a seed must not change with a library's distributions.

use std::f32::consts::TAU;

use gan_random::{Purpose, RandomNumbers, Rng, stream};

/// Draws from one stream. Each draw takes one 32-bit number ("word") unless its documentation
/// states another count.
pub(crate) struct Chance(RandomNumbers);

impl Chance {
    pub(crate) fn new(randomness: RandomNumbers) -> Self {
        Self(randomness)
    }

    /// The draws for generated samples from `position` on, in a sequence where each sample takes
    /// `words` words.
    ///
    /// All samples of a seed lie in a single stream, which is entered in the middle: a batch needs
    /// one stream and not one for each sample, whose seeding would cost more than the sample.
    pub(crate) fn at(seed: u64, position: u64, words: u32) -> Self {
        let mut randomness = stream(seed, Purpose::DataSample, 0);
        randomness.set_word_pos(u128::from(position) * u128::from(words));
        Self(randomness)
    }

    /// 32 random bits.
    pub(crate) fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Uniform on 0..`bound`; the bias is below `bound` / 2^32.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        equal_part(self.bits(), bound as usize) as u32
    }

    /// Uniform on [0, 1), in steps of 2^-24.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / (1_u32 << 24) as f32
    }

    /// Uniform on [-1, 1).
    pub(crate) fn symmetric(&mut self) -> f32 {
        2.0 * self.unit() - 1.0
    }

    /// Bell-shaped on [-1, 1): the mean of three uniform draws, with standard deviation 1/3. Takes
    /// three words.
    pub(crate) fn bell(&mut self) -> f32 {
        (self.symmetric() + self.symmetric() + self.symmetric()) / 3.0
    }

    /// Two independent draws from N(0, 1), none beyond 6.7. Takes two words.
    ///
    /// Box and Muller's transform ("A note on the generation of random normal deviates", 1958),
    /// since it takes the same number of words each time.
    pub(crate) fn normal_pair(&mut self) -> [f32; 2] {
        // Within (0, 1]. Converted without a shift, so that the tail keeps all 32 bits.
        let uniform = (self.bits() as f32 + 1.0) * (0.5 / (1_u32 << 31) as f32);
        let radius = (-2.0 * uniform.ln()).sqrt();
        let (sine, cosine) = (TAU * self.unit()).sin_cos();
        [radius * cosine, radius * sine]
    }
}

/// The part of 2^32 that `word` lies in, of `count` equal parts.
pub(crate) fn equal_part(word: u32, count: usize) -> usize {
    ((u64::from(word) * count as u64) >> 32) as usize
}

/// The ends of parts of 2^32 in proportion to `weights`, which are finite, at least 0 and not all
/// 0.
pub(crate) fn part_ends(weights: impl Iterator<Item = f32> + Clone) -> Vec<u64> {
    let total: f64 = weights.clone().map(f64::from).sum();
    let mut sum = 0.0;
    let end = |weight: f32| {
        sum += f64::from(weight);
        // The last weight above 0 ends at exactly 2^32, because the sum is the same.
        (sum / total * (1_u64 << 32) as f64) as u64
    };
    weights.map(end).collect()
}

/// The part that `word` lies in, of parts that end at `ends`; never one of size 0.
pub(crate) fn weighted_part(word: u32, ends: &[u64]) -> usize {
    ends.partition_point(|&end| end <= u64::from(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_entered_anywhere() {
        let mut whole = Chance::at(4, 0, 3);
        let straight: Vec<u32> = (0..300).map(|_| whole.bits()).collect();
        // Positions across the stream's blocks of 16 words.
        for position in [0, 1, 5, 21, 22, 99] {
            let mut entered = Chance::at(4, position, 3);
            let words = [(); 3].map(|()| entered.bits());
            assert_eq!(words, straight[3 * position as usize..][..3]);
        }
        assert_ne!(Chance::at(5, 0, 3).bits(), straight[0]);
    }

    #[test]
    fn parts_are_as_large_as_their_weights() {
        let ends = part_ends([0.0, 1.0, 0.0, 3.0, 0.0].into_iter());
        assert_eq!(ends, [0, 1 << 30, 1 << 30, 1 << 32, 1 << 32]);
        for (word, part) in [(0, 1), ((1 << 30) - 1, 1), (1 << 30, 3), (u32::MAX, 3)] {
            assert_eq!(weighted_part(word, &ends), part);
        }
        // Whatever the rounding of the sum, the last word belongs to a part.
        let thirds = part_ends([0.1, 0.3, 0.7, 1e-6, 1e6, 0.3].into_iter());
        assert_eq!(weighted_part(u32::MAX, &thirds), 5);
        assert_eq!([0, u32::MAX].map(|word| equal_part(word, 7)), [0, 6]);
    }

    #[test]
    fn normal_pairs_are_standard_normal_and_independent() {
        const PAIRS: usize = 200_000;
        let mut chance = Chance::at(6, 0, 1);
        let mut sums = [0.0_f64; 5];
        let mut beyond_two = 0;
        for _ in 0..PAIRS {
            let [x, y] = chance.normal_pair().map(f64::from);
            assert!(x.is_finite() && y.is_finite());
            let terms = [x, y, x * x + y * y, x * y, x.powi(4) + y.powi(4)];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
            beyond_two += usize::from(x.abs() > 2.0) + usize::from(y.abs() > 2.0);
        }
        let [x, y, square, product, fourth] = sums.map(|sum| sum / PAIRS as f64);
        // Four standard errors each; 1 / sqrt(200,000) is 0.00224. Variances: x 1, x² + y² 4, xy 1,
        // x⁴ + y⁴ 2 * 96.
        assert!(x.abs() < 0.009 && y.abs() < 0.009, "means {x} {y}");
        assert!((square - 2.0).abs() < 0.018, "mean of x² + y² {square}");
        assert!(product.abs() < 0.009, "covariance {product}");
        assert!((fourth - 6.0).abs() < 0.124, "mean of x⁴ + y⁴ {fourth}");
        // 4.550 % lie beyond two standard deviations; the standard error is 0.033 %.
        let share = beyond_two as f64 / (2 * PAIRS) as f64;
        assert!((share - 0.045_50).abs() < 0.001_32, "beyond two: {share}");
    }
}
