//! Counts the modes of a known mixture that a generator hits.
//!
//! The toy benchmarks since unrolled GANs (Metz et al. 2017) and VEEGAN (Srivastava et al. 2017)
//! count modes of a ring or grid of Gaussians and the share of samples close to one; PacGAN (Lin et
//! al. 2018, synthetic experiments) adds the reverse KL over modes. The latter has two conventions,
//! which differ as soon as samples lie between modes; both are here, under different names.

use crate::error::{EvalError, at_least, positive, same_size};
use crate::histogram::{kl_from_uniform, shares};
use crate::pairs::{Measure, for_each};
use crate::samples::Samples;

/// A sample is of high quality within this many standard deviations of its nearest centre.
pub const HIGH_QUALITY_RADIUS: f64 = 3.0;

/// A mixture of equally likely isotropic Gaussians.
#[derive(Clone, Copy, Debug)]
pub struct Mixture<'a> {
    centres: Samples<'a>,
    standard_deviation: f64,
}

impl<'a> Mixture<'a> {
    /// A Gaussian of `standard_deviation` in each coordinate around each of `centres`.
    ///
    /// # Errors
    /// When there is no centre, when the deviation is not finite and above 0.
    pub fn new(centres: Samples<'a>, standard_deviation: f64) -> Result<Self, EvalError> {
        at_least("centres", centres.count(), 1)?;
        positive("standard_deviation", standard_deviation)?;
        Ok(Self { centres, standard_deviation })
    }

    /// Counts `samples` by nearest centre; of high quality are those within
    /// [`HIGH_QUALITY_RADIUS`] standard deviations (Euclidean distance).
    ///
    /// Of perfect samples of a mixture in the plane with modes far apart, `1 - exp(-9/2)` = 98.9 %
    /// are of high quality: not all.
    ///
    /// # Errors
    /// When there is no sample, when samples and centres differ in size.
    pub fn count(&self, samples: &Samples) -> Result<ModeCounts, EvalError> {
        self.count_within(samples, HIGH_QUALITY_RADIUS)
    }

    /// As [`Mixture::count`], with a radius of `deviations` standard deviations.
    ///
    /// # Errors
    /// As [`Mixture::count`], and when `deviations` is not finite and above 0.
    pub fn count_within(
        &self,
        samples: &Samples,
        deviations: f64,
    ) -> Result<ModeCounts, EvalError> {
        at_least("samples", samples.count(), 1)?;
        same_size("numbers in a sample", samples.size(), self.centres.size())?;
        positive("deviations", deviations)?;
        let mut nearest = vec![(0, f64::INFINITY); samples.count()];
        for_each(samples, &self.centres, Measure::SquaredDistance, |sample, mode, squared| {
            // The lower index wins a tie, in whatever order pairs come.
            let best = &mut nearest[sample];
            if squared < best.1 || (squared == best.1 && mode < best.0) {
                *best = (mode, squared);
            }
        });
        let radius_squared = (deviations * self.standard_deviation).powi(2);
        let modes = self.centres.count();
        let mut counts = ModeCounts { all: vec![0; modes], high_quality: vec![0; modes] };
        for (mode, squared) in nearest {
            counts.all[mode] += 1;
            counts.high_quality[mode] += usize::from(squared <= radius_squared);
        }
        Ok(counts)
    }
}

/// Samples per mode, by nearest centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeCounts {
    /// Every sample.
    pub all: Vec<usize>,
    /// Those of high quality.
    pub high_quality: Vec<usize>,
}

impl ModeCounts {
    /// Modes that are the nearest of at least one sample of high quality (VEEGAN's convention).
    pub fn covered(&self) -> usize {
        self.covered_by(1)
    }

    /// Modes that are the nearest of at least `minimum` samples of high quality. A stray sample
    /// then makes no mode covered.
    pub fn covered_by(&self, minimum: usize) -> usize {
        self.high_quality.iter().filter(|&&count| count >= minimum).count()
    }

    /// Share of samples of high quality, 0 to 1.
    pub fn high_quality_share(&self) -> f64 {
        let high_quality: usize = self.high_quality.iter().sum();
        high_quality as f64 / self.all.iter().sum::<usize>() as f64
    }

    /// `KL(histogram of samples of high quality || uniform)` in nats, 0 to `ln modes`; `None` when
    /// no sample is of high quality. PacGAN's released evaluation counts this way (it logs the
    /// histogram's entropy; this is `ln modes` minus it): how evenly clean samples fall on the
    /// modes, whatever the other samples are.
    pub fn reverse_kl_of_high_quality(&self) -> Option<f64> {
        shares(&self.high_quality).map(|shares| kl_from_uniform(&shares))
    }

    /// `KL(histogram of all samples || uniform)` in nats, 0 to `ln modes`, as PacGAN's text
    /// describes it: each sample is assigned to its closest mode. Samples between modes count.
    pub fn reverse_kl_of_all(&self) -> f64 {
        shares(&self.all).map_or(0.0, |shares| kl_from_uniform(&shares))
    }
}
