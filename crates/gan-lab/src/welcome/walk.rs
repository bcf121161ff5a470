//! A walk through latent space.

use gan_random::{Purpose, standard_normal, stream};

/// Latents that move, each on a great circle of its own. At every moment they are distributed as the
/// generator was trained: for `a` and `b` from N(0, 1) so is `a cos t + b sin t`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Walk {
    from: Vec<f32>,
    to: Vec<f32>,
}

impl Walk {
    /// `count` latents of `size` numbers, drawn by `seed`.
    pub(super) fn new(seed: u64, count: usize, size: usize) -> Self {
        let mut randomness = stream(seed, Purpose::FreshLatents, 0);
        let mut drawn = || standard_normal(&mut randomness, count * size);
        Self { from: drawn(), to: drawn() }
    }

    /// The latents, one behind another, at an angle in radians.
    pub(super) fn at(&self, angle: f32) -> Vec<f32> {
        let (sine, cosine) = angle.sin_cos();
        self.from.iter().zip(&self.to).map(|(a, b)| a * cosine + b * sine).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latents_keep_their_distribution_on_the_way() {
        let walk = Walk::new(7, 64, 100);
        for angle in [0.0, 0.4, 2.0] {
            let latents = walk.at(angle);
            assert_eq!(latents.len(), 6_400);
            let squares: f32 = latents.iter().map(|x| x * x).sum();
            // A chi-squared of 6,400 degrees of freedom: its relative standard deviation is 1.8 %.
            assert!((squares / 6_400.0 - 1.0).abs() < 0.07, "{squares}");
        }
        assert_ne!(walk.at(0.0), walk.at(0.1));
    }
}
