//! Samples in the form that scores take: rows of finite numbers, borrowed.
//!
//! The type guarantees that the numbers are whole rows and that none is NaN or infinite, so that no
//! score has to check this again: one NaN would silently make a mean, a minimum or a sorted order
//! meaningless.

use std::fmt;

use crate::error::{EvalError, all_finite, same_size};

/// The numbers of samples: single precision, as in nets, or double precision, as in files. Scores
/// are computed in double precision from either.
pub trait Number: Copy + PartialOrd + Into<f64> + private::Sealed + 'static {}

impl Number for f32 {}
impl Number for f64 {}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// Rows of `size` numbers each: images, points in the plane, features.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a, T = f32> {
    values: &'a [T],
    size: usize,
    watcher: Watcher<'a>,
}

/// A callback that gets the work done by scores.
#[derive(Clone, Copy)]
struct Watcher<'a>(Option<&'a dyn Fn(u64)>);

impl fmt::Debug for Watcher<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "watched" } else { "unwatched" })
    }
}

impl<'a, T: Number> Samples<'a, T> {
    /// `values` as rows of `size`, one after the other. No row at all is allowed; each score states
    /// how many it needs.
    ///
    /// # Errors
    /// When `size` is 0, when the last row is cut off, when a number is not finite.
    pub fn new(values: &'a [T], size: usize) -> Result<Self, EvalError> {
        if size == 0 {
            return Err(EvalError::EmptySample);
        }
        if !values.len().is_multiple_of(size) {
            return Err(EvalError::NotRows { values: values.len(), size });
        }
        all_finite("samples", values)?;
        Ok(Self { values, size, watcher: Watcher(None) })
    }

    /// The same samples with a callback for progress bars: scores report their work on these
    /// samples to `watcher`, in pairs of samples, as it is done. A score of two sets reports to the
    /// watcher of the first.
    ///
    /// Scores over pairs report exactly. A Fréchet distance counts each sample as as many pairs as
    /// it has numbers, and estimates the work on matrices roughly.
    pub fn watched(self, watcher: &'a dyn Fn(u64)) -> Self {
        Self { watcher: Watcher(Some(watcher)), ..self }
    }

    /// Reports work to the watcher, if there is one.
    pub(crate) fn tell(&self, pairs: usize) {
        if let Some(watcher) = self.watcher.0 {
            watcher(pairs as u64);
        }
    }

    /// The same samples, with the watcher of `other`.
    pub(crate) fn watched_as(self, other: &Samples<'a, T>) -> Self {
        Self { watcher: other.watcher, ..self }
    }

    /// All numbers, row after row.
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// Numbers in a row.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Number of rows.
    pub fn count(&self) -> usize {
        self.values.len() / self.size
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [T]> + use<'a, T> {
        self.values.chunks_exact(self.size)
    }

    /// The row at `index`.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, index: usize) -> &'a [T] {
        &self.values[index * self.size..(index + 1) * self.size]
    }

    /// The first `count` rows.
    pub(crate) fn first(&self, count: usize) -> Self {
        Self { values: &self.values[..count * self.size], ..*self }
    }

    /// The numbers of the rows at `indices`, in that order.
    pub(crate) fn gathered(&self, indices: &[usize]) -> Vec<T> {
        indices.iter().flat_map(|&index| self.row(index)).copied().collect()
    }

    /// Fails unless the rows of `other` are as long as these.
    pub(crate) fn same_size(&self, other: &Self) -> Result<(), EvalError> {
        same_size("numbers in a sample", other.size, self.size)
    }
}

/// Numbers that are known to be finite and whole rows, since they were gathered from [`Samples`].
pub(crate) struct OwnedSamples<T> {
    values: Vec<T>,
    size: usize,
}

impl<T: Number> OwnedSamples<T> {
    /// The rows of `samples` at `indices`.
    pub(crate) fn gathered(samples: &Samples<T>, indices: &[usize]) -> Self {
        Self { values: samples.gathered(indices), size: samples.size }
    }

    /// As a view.
    pub(crate) fn view(&self) -> Samples<'_, T> {
        Samples { values: &self.values, size: self.size, watcher: Watcher(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_by_size() {
        let samples = Samples::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3).unwrap();
        assert_eq!((samples.count(), samples.size()), (2, 3));
        assert_eq!(samples.row(1), [4.0, 5.0, 6.0]);
        assert_eq!(samples.gathered(&[1, 0]), [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn what_is_no_table_of_finite_numbers_is_refused() {
        assert_eq!(Samples::<f32>::new(&[1.0], 0).unwrap_err(), EvalError::EmptySample);
        assert_eq!(
            Samples::<f32>::new(&[1.0; 5], 2).unwrap_err(),
            EvalError::NotRows { values: 5, size: 2 }
        );
        let infinite = Samples::new(&[0.0, f32::INFINITY], 1).unwrap_err();
        assert_eq!(
            infinite,
            EvalError::NotFinite { what: "samples", index: 1, value: f64::INFINITY }
        );
        assert!(matches!(Samples::new(&[f32::NAN], 1), Err(EvalError::NotFinite { .. })));
        assert_eq!(Samples::<f32>::new(&[], 2).unwrap().count(), 0);
    }
}
