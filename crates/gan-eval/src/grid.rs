//! Compares two densities in the plane by counting samples on a grid.
//!
//! A grid shows any difference that is wider than a cell, whatever its shape; the moments of
//! [`crate::frechet`] do not. It works in the plane only.

use crate::error::{EvalError, at_least, positive, same_size};
use crate::histogram::raw_kl;
use crate::samples::{Number, Samples};

/// A regular grid over a rectangle, with one further cell for all samples outside of it, so that a
/// generator that leaves the rectangle is noticed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    low: [f64; 2],
    high: [f64; 2],
    bins: [usize; 2],
    smoothing: f64,
}

/// Divergences of two sets of samples on a grid, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridDivergence {
    /// `KL(real || generated)`: large where real samples are missed.
    pub kl: f64,
    /// `KL(generated || real)`: large where samples are made up.
    pub reverse_kl: f64,
    /// Jensen-Shannon divergence, at most `ln 2`.
    pub js: f64,
}

impl Grid {
    /// `bins[0]` x `bins[1]` cells over `low[0]..high[0]` x `low[1]..high[1]`.
    ///
    /// `smoothing` is added to the count of every cell (also to the one outside) before counts
    /// become shares. At 0, a KL divergence is infinite as soon as one set leaves a cell empty
    /// that the other fills; 0.5 or 1 keep it finite, at the price of pulling both sets towards
    /// uniform when there are few samples a cell.
    ///
    /// # Errors
    /// When a bound is not finite or a range empty, when there are no or more than 2^24 cells,
    /// when the smoothing is negative or not finite.
    pub fn new(
        low: [f64; 2],
        high: [f64; 2],
        bins: [usize; 2],
        smoothing: f64,
    ) -> Result<Self, EvalError> {
        for axis in 0..2 {
            positive("high - low", high[axis] - low[axis])?;
            at_least("bins", bins[axis], 1)?;
        }
        let cells = bins[0].saturating_mul(bins[1]);
        if cells > 1 << 24 {
            let found = cells as f64;
            return Err(EvalError::OutOfRange { name: "cells", found, allowed: "at most 2^24" });
        }
        if !(smoothing.is_finite() && smoothing >= 0.0) {
            return Err(EvalError::OutOfRange {
                name: "smoothing",
                found: smoothing,
                allowed: "finite and not below 0",
            });
        }
        Ok(Self { low, high, bins, smoothing })
    }

    /// Samples in each cell, the first coordinate running fastest; the last number counts those
    /// outside. A cell holds its lower bounds; the topmost also hold the upper ones.
    ///
    /// # Errors
    /// When samples are not of two numbers.
    pub fn counts<T: Number>(&self, samples: &Samples<T>) -> Result<Vec<usize>, EvalError> {
        same_size("numbers in a sample", samples.size(), 2)?;
        let outside = self.bins[0] * self.bins[1];
        let mut counts = vec![0; outside + 1];
        for row in samples.rows() {
            let cell = match (self.bin(0, row[0].into()), self.bin(1, row[1].into())) {
                (Some(x), Some(y)) => y * self.bins[0] + x,
                _ => outside,
            };
            counts[cell] += 1;
        }
        Ok(counts)
    }

    /// The divergences of `generated` from `real`.
    ///
    /// # Errors
    /// When either set is empty or not of two numbers a sample.
    pub fn divergence<T: Number>(
        &self,
        real: &Samples<T>,
        generated: &Samples<T>,
    ) -> Result<GridDivergence, EvalError> {
        let real = self.shares("real samples", real)?;
        let generated = self.shares("generated samples", generated)?;
        let middle: Vec<f64> = real.iter().zip(&generated).map(|(p, q)| 0.5 * (p + q)).collect();
        Ok(GridDivergence {
            kl: raw_kl(&real, &generated),
            reverse_kl: raw_kl(&generated, &real),
            js: 0.5 * raw_kl(&real, &middle) + 0.5 * raw_kl(&generated, &middle),
        })
    }

    fn shares<T: Number>(
        &self,
        what: &'static str,
        samples: &Samples<T>,
    ) -> Result<Vec<f64>, EvalError> {
        at_least(what, samples.count(), 1)?;
        let counts = self.counts(samples)?;
        let total = samples.count() as f64 + self.smoothing * counts.len() as f64;
        Ok(counts.iter().map(|&count| (count as f64 + self.smoothing) / total).collect())
    }

    fn bin(&self, axis: usize, value: f64) -> Option<usize> {
        let (low, high) = (self.low[axis], self.high[axis]);
        let place = (value - low) / (high - low) * self.bins[axis] as f64;
        (low..=high).contains(&value).then(|| (place as usize).min(self.bins[axis] - 1))
    }
}
