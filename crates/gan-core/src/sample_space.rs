//! The two nets in sample space, for pictures of a run: the samples of a plane through latent
//! space, and the pull of the generator's loss on each sample.

use burn::tensor::Transaction;
use gan_protocol::{LatentDistribution, RealBatch, RunSpec};

use crate::batch::{Batch, each};
use crate::discriminator::verdict;
use crate::error::CoreError;
use crate::inputs::{Inputs, one_hot};
use crate::named_tensor::floats;
use crate::net::{Condition, Mode, Pass};
use crate::objective::generator_loss;
use crate::presentation::presented;
use crate::trainer::Trainer;

impl Inputs {
    /// A lattice of `side × side` latents, row after row, on a plane through latent space: the
    /// first coordinate varies along a row, the second from row to row.
    ///
    /// For latents of two numbers the plane is the whole latent space. In a longer latent each
    /// number follows one of the coordinates, with either sign, so that the lattice's latents have
    /// the length of drawn ones. A latent of one number gives a single row.
    ///
    /// Coordinates are the middles of `side` equally likely parts of the latents' distribution, so
    /// that every cell of the lattice stands for the same share of samples. Codes are zero. Class
    /// and generator are number 0.
    pub fn lattice(spec: &RunSpec, side: usize) -> Self {
        let coordinates = lattice_coordinates(spec.latent.distribution, side);
        let size = spec.latent.size;
        let rows = if size == 1 { 1 } else { side };
        let codes = spec.codes.as_ref().map_or(0, |codes| codes.size());
        let mut values = Vec::with_capacity(rows * side * (size + codes));
        for row in &coordinates[..rows] {
            for column in &coordinates {
                values.extend((0..size).map(|number| {
                    let coordinate = if number % 2 == 0 { column } else { row };
                    sign(number) * coordinate
                }));
                values.extend(std::iter::repeat_n(0.0, codes));
            }
        }
        let count = rows * side;
        Self {
            values,
            labels: spec.labels.map_or_else(Vec::new, |_| vec![0; count]),
            generators: spec.mixture.map_or_else(Vec::new, |_| vec![0; count]),
            ..Self::default()
        }
    }
}

/// The lattice's coordinates along one side: the quantiles at `(i + ½) / side`.
pub fn lattice_coordinates(distribution: LatentDistribution, side: usize) -> Vec<f32> {
    let shares = (0..side).map(|place| (place as f32 + 0.5) / side as f32);
    match distribution {
        LatentDistribution::Uniform => shares.map(|share| 2.0 * share - 1.0).collect(),
        LatentDistribution::Normal => shares.map(normal_quantile).collect(),
    }
}

/// The quantile of N(0, 1) at `share`, by bisection of the distribution function.
fn normal_quantile(share: f32) -> f32 {
    let (mut low, mut high) = (-8.0_f64, 8.0_f64);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if normal_share(middle) < f64::from(share) { low = middle } else { high = middle }
    }
    f64::midpoint(low, high) as f32
}

/// The probability of a value below `x` under N(0, 1), within 1e-7 (Abramowitz & Stegun 1964,
/// 26.2.17).
fn normal_share(x: f64) -> f64 {
    const TERMS: [f64; 5] =
        [0.319_381_53, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let series = TERMS.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    let beyond = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt() * series;
    if x < 0.0 { beyond } else { 1.0 - beyond }
}

/// The sign with which a number of a latent follows its coordinate; positive for the first two.
fn sign(number: usize) -> f32 {
    // The parity of the set bits (Thue-Morse sequence) is balanced over any run of numbers and
    // shows no pattern.
    if number > 1 && (number / 2).count_ones() % 2 == 1 { -1.0 } else { 1.0 }
}

impl Trainer {
    /// The pull on each sample: `-∂L/∂x` for the generator's loss `L`, times the count of verdicts
    /// (one a sample, with packing one a pack), which cancels the loss's mean over the batch.
    /// `samples` as [`Trainer::samples`] gives them for `inputs`. A relativistic objective compares
    /// with `reals`, which must be as many. No augmentation, no noise, running statistics.
    /// `[count, size of a sample]`, flat.
    ///
    /// With packing, samples beyond the last whole pack are left out.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn pulls(
        &self,
        samples: &[f32],
        inputs: &Inputs,
        reals: &RealBatch,
    ) -> Result<Vec<f32>, CoreError> {
        let mut plain = self.spec().clone();
        (plain.diff_augment, plain.instance_noise) = (None, None);
        let (device, shape) = (self.device(), plain.data.shape());
        let size = shape.size().expect("a validated spec's sizes are small");
        let whole = samples.len() / size / plain.packing * plain.packing;
        let inputs = inputs.part(&plain, 0, whole);
        let leaf = Batch::from_values(samples[..whole * size].to_vec(), shape, device);
        let leaf = each!(leaf, x => x.leaf());
        let mut net = self.discriminator.net.clone();
        let mut judge = |samples: Batch, condition: &Condition| {
            let mut pass = Pass::new(Mode::Sampling { noise: None }, condition);
            verdict(&net.forward(presented(&plain, samples, 0, 0), &mut pass).flat())
        };
        let judged = judge(leaf.clone(), &self.condition_of(&inputs));
        let compared = plain.objective.is_relativistic().then(|| {
            let values = reals.values[..whole * size].to_vec();
            let labels = reals.labels.get(..whole).unwrap_or_default();
            let label = plain.labels.map(|l| one_hot(labels, l.classes(), device));
            let reals = Batch::from_values(values, shape, device);
            judge(reals, &Condition { label, ..Condition::default() })
        });
        let gradients = generator_loss(plain.objective, judged, compared).backward();
        let gradient = match &leaf {
            Batch::Flat(x) => x.grad(&gradients).map(|g| g.reshape([whole * size])),
            Batch::Image(x) => x.grad(&gradients).map(|g| g.reshape([whole * size])),
        };
        let gradient = gradient.expect("the loss depends on every sample");
        let pulls = gradient.mul_scalar(-((whole / plain.packing) as f32));
        let mut data = Transaction::default().register(pulls.burn()).execute_async().await?;
        floats(data.pop().expect("one tensor was registered"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_cut_the_distribution_into_equal_shares() {
        let normal = lattice_coordinates(LatentDistribution::Normal, 4);
        // Quantiles of N(0, 1) at 1/8, 3/8, 5/8, 7/8.
        for (found, expected) in normal.iter().zip([-1.150_349, -0.318_639, 0.318_639, 1.150_349]) {
            assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
        }
        let uniform = lattice_coordinates(LatentDistribution::Uniform, 4);
        assert_eq!(uniform, [-0.75, -0.25, 0.25, 0.75]);
    }

    #[test]
    fn signs_are_balanced_and_the_first_two_positive() {
        assert_eq!([sign(0), sign(1)], [1.0, 1.0]);
        for size in [8, 16, 64, 256] {
            let sum: f32 = (0..size).map(sign).sum();
            assert_eq!(sum, 0.0, "{size} numbers");
        }
    }
}
