//! Computes the squared maximum mean discrepancy (MMD²) of two sets under a kernel.
//!
//! `MMD² = E k(x, x') + E k(y, y') - 2 E k(x, y)` (Gretton et al. 2012, lemma 6). With the cubic
//! kernel it is KID (Bińkowski et al. 2018, section 4), which unlike FID has an unbiased estimate
//! and needs no Gaussian. The caller chooses the samples' numbers: pixels or features.

use crate::error::{EvalError, at_least, positive};
use crate::pairs::{Measure, for_each, for_each_within, product};
use crate::samples::{Number, OwnedSamples, Samples};
use crate::subset::drawn;

/// A kernel: the similarity of two samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Kernel {
    /// `Σ_σ exp(-|x - y|² / 2σ²)` over the bandwidths (Li et al. 2015, "Generative
    /// moment matching networks").
    RbfMixture {
        /// The σ, in the samples' unit.
        bandwidths: Vec<f64>,
    },
    /// `(x·y / d + 1)³` for samples of `d` numbers (Bińkowski et al. 2018, section 4).
    Cubic,
}

impl Kernel {
    fn validate(&self) -> Result<(), EvalError> {
        match self {
            Self::RbfMixture { bandwidths } => {
                at_least("bandwidths", bandwidths.len(), 1)?;
                bandwidths.iter().try_for_each(|&bandwidth| positive("bandwidth", bandwidth))
            }
            Self::Cubic => Ok(()),
        }
    }

    /// The measure of a pair on which the kernel depends.
    fn measure(&self) -> Measure {
        match self {
            Self::RbfMixture { .. } => Measure::SquaredDistance,
            Self::Cubic => Measure::Product,
        }
    }

    /// The kernel of a pair of samples of `size` numbers with this measure.
    fn of(&self, measured: f64, size: usize) -> f64 {
        match self {
            Self::RbfMixture { bandwidths } => bandwidths
                .iter()
                .map(|bandwidth| (-0.5 * measured / bandwidth / bandwidth).exp())
                .sum(),
            Self::Cubic => (measured / size as f64 + 1.0).powi(3),
        }
    }

    /// `Σ_i k(x_i, x_i)`
    fn diagonal<T: Number>(&self, samples: &Samples<T>) -> f64 {
        let measured = |row| match self.measure() {
            Measure::SquaredDistance => 0.0,
            Measure::Product => product(row, row),
        };
        samples.rows().map(|row| self.of(measured(row), samples.size())).sum()
    }

    /// `Σ_{i≠j} k(x_i, x_j)`
    fn within<T: Number>(&self, samples: &Samples<T>) -> f64 {
        let mut sum = 0.0;
        for_each_within(samples, self.measure(), |_, _, measured| {
            sum += self.of(measured, samples.size());
        });
        2.0 * sum
    }

    /// `Σ_ij k(x_i, y_j)`
    fn between<T: Number>(&self, left: &Samples<T>, right: &Samples<T>) -> f64 {
        let mut sum = 0.0;
        for_each(left, right, self.measure(), |_, _, measured| {
            sum += self.of(measured, left.size());
        });
        sum
    }
}

/// The unbiased estimate of MMD² (Gretton et al. 2012, equation 3): pairs of a sample with itself
/// left out. It scatters around 0 for equal distributions, so it may be negative.
///
/// # Errors
/// When a set has fewer than two samples, when the sets' samples differ in size, when a bandwidth
/// is missing or not finite and above 0.
pub fn mmd_squared_unbiased<T: Number>(
    kernel: &Kernel,
    x: &Samples<T>,
    y: &Samples<T>,
) -> Result<f64, EvalError> {
    kernel.validate()?;
    x.same_size(y)?;
    at_least("samples", x.count().min(y.count()), 2)?;
    let y = &y.watched_as(x);
    let (n, m) = (x.count() as f64, y.count() as f64);
    Ok(kernel.within(x) / (n * (n - 1.0)) + kernel.within(y) / (m * (m - 1.0))
        - 2.0 * kernel.between(x, y) / (n * m))
}

/// The biased estimate of MMD² (Gretton et al. 2012, equation 5): the exact MMD² of the two
/// empirical distributions, so never negative and 0 for a set with itself.
///
/// # Errors
/// When a set is empty, when the sets' samples differ in size, when a bandwidth is missing or not
/// finite and above 0.
pub fn mmd_squared_biased<T: Number>(
    kernel: &Kernel,
    x: &Samples<T>,
    y: &Samples<T>,
) -> Result<f64, EvalError> {
    kernel.validate()?;
    x.same_size(y)?;
    at_least("samples", x.count().min(y.count()), 1)?;
    let (n, m) = (x.count() as f64, y.count() as f64);
    let mmd = (kernel.diagonal(x) + kernel.within(x)) / (n * n)
        + (kernel.diagonal(y) + kernel.within(y)) / (m * m)
        - 2.0 * kernel.between(x, y) / (n * m);
    Ok(mmd.max(0.0))
}

/// A mean over subsets, with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean over subsets.
    pub value: f64,
    /// Its standard error: the subsets' standard deviation over the root of their number.
    pub standard_error: f64,
    /// Number of subsets.
    pub subsets: usize,
}

/// The unbiased MMD² as the mean over disjoint subsets of `subset_size` samples a side, as many as
/// the smaller set has room for: the block estimate of Zaremba et al. (2013, "B-tests").
///
/// Its cost grows with the number of samples, not with its square, and since no sample is in two
/// subsets, the standard error is an honest one. (KID's reference code draws its 100 subsets of
/// 1,000 with repetition from one pool; their scatter understates the error.)
///
/// # Errors
/// As [`mmd_squared_unbiased`], and when there is no room for two subsets or a subset has fewer
/// than two samples.
pub fn mmd_squared_over_subsets<T: Number>(
    kernel: &Kernel,
    x: &Samples<T>,
    y: &Samples<T>,
    subset_size: usize,
    seed: u64,
) -> Result<Estimate, EvalError> {
    x.same_size(y)?;
    at_least("samples in a subset", subset_size, 2)?;
    let subsets = x.count().min(y.count()) / subset_size;
    at_least("subsets", subsets, 2)?;
    let of_x = drawn(x.count(), subsets * subset_size, seed);
    // A different order for the second set, else subsets of a set and itself would be equal.
    let of_y = drawn(y.count(), subsets * subset_size, !seed);
    let mut values = Vec::with_capacity(subsets);
    for (x_rows, y_rows) in of_x.chunks(subset_size).zip(of_y.chunks(subset_size)) {
        let x = OwnedSamples::gathered(x, x_rows);
        let y = OwnedSamples::gathered(y, y_rows);
        values.push(mmd_squared_unbiased(kernel, &x.view(), &y.view())?);
    }
    let count = subsets as f64;
    let value = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (count - 1.0);
    Ok(Estimate { value, standard_error: (variance / count).sqrt(), subsets })
}
