//! Finds, for each sample of a set, the nearest sample of another: the real sample that a generated
//! one is most like.

use crate::error::{EvalError, at_least};
use crate::pairs::{Measure, for_each};
use crate::samples::{Number, Samples};

/// The nearest sample, and its distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Its position in its set; the first one of several at the same distance.
    pub index: usize,
    /// Its Euclidean distance, in the samples' unit.
    pub distance: f64,
}

/// For each of `samples` the nearest of `references`. A copy has distance exactly 0.
///
/// # Errors
/// When there are no references, when the sets' samples differ in size.
pub fn nearest<T: Number>(
    samples: &Samples<T>,
    references: &Samples<T>,
) -> Result<Vec<Nearest>, EvalError> {
    samples.same_size(references)?;
    at_least("references", references.count(), 1)?;
    let mut found = vec![Nearest { index: 0, distance: f64::INFINITY }; samples.count()];
    for_each(samples, references, Measure::SquaredDistance, |sample, index, squared| {
        let best = &mut found[sample];
        if squared < best.distance || (squared == best.distance && index < best.index) {
            *best = Nearest { index, distance: squared };
        }
    });
    for nearest in &mut found {
        nearest.distance = nearest.distance.sqrt();
    }
    Ok(found)
}
