//! Measures whether a generator copies its training set.
//!
//! Copies score perfectly in every two-sample comparison with the training set. They are recognised
//! by being closer to it than unseen real samples are. Each measure here therefore needs held-out
//! samples from the same source, which were never trained on, or compares real samples with each
//! other.

use crate::discrimination::area_under_curve;
use crate::error::{EvalError, at_least, same_size};
use crate::nearest::{Nearest, nearest};
use crate::pairs::{Measure, for_each};
use crate::samples::{Number, Samples};

/// Distances of generated samples to the training set, compared with those of real samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memorisation {
    /// Median over generated samples of (distance to the nearest training sample) / (distance to
    /// the nearest held-out one). 1 where nothing was memorised, towards 0 for copies. A sample
    /// at distance 0 from both counts as 1.
    pub distance_ratio: f64,
    /// Probability that a generated sample is closer to the training set than a held-out one is,
    /// ties counting half: ½ where nothing was memorised, 1 for copies, below ½ where samples are
    /// further from all data than real ones. The statistic of Meehan et al. (2020), over a
    /// single cell.
    pub closer_than_held_out: f64,
    /// Share of generated samples within the duplicate distance of a training sample.
    pub near_duplicates: f64,
    /// The same for held-out samples: the share that real samples have by chance.
    pub held_out_near_duplicates: f64,
}

/// How strongly `generated` copies `training`. Samples within `duplicate_distance` (Euclidean, in
/// the samples' unit, 0 for exact copies) are near-duplicates.
///
/// `training` and `held_out` must be equally many, else the larger set would be the nearer one by
/// its size alone; take as many training samples as there are held-out ones, or better, hold out
/// enough.
///
/// # Errors
/// When a set is empty, when samples differ in size, when `training` and `held_out` differ in
/// count, when `duplicate_distance` is negative or not finite.
pub fn memorisation<T: Number>(
    generated: &Samples<T>,
    training: &Samples<T>,
    held_out: &Samples<T>,
    duplicate_distance: f64,
) -> Result<Memorisation, EvalError> {
    at_least("generated samples", generated.count(), 1)?;
    at_least("held-out samples", held_out.count(), 1)?;
    same_size("training samples", training.count(), held_out.count())?;
    if !(duplicate_distance.is_finite() && duplicate_distance >= 0.0) {
        return Err(EvalError::OutOfRange {
            name: "duplicate_distance",
            found: duplicate_distance,
            allowed: "finite and not below 0",
        });
    }
    let to_training = distances(nearest(generated, training)?);
    let to_held_out = distances(nearest(generated, held_out)?);
    let expected = distances(nearest(&held_out.watched_as(generated), training)?);
    let ratios = to_training.iter().zip(&to_held_out);
    let ratios = ratios.map(|(&near, &far)| if near == far { 1.0 } else { near / far }).collect();
    let duplicates = |distances: &[f64]| {
        let hits = distances.iter().filter(|&&distance| distance <= duplicate_distance).count();
        hits as f64 / distances.len() as f64
    };
    Ok(Memorisation {
        distance_ratio: median(ratios),
        closer_than_held_out: area_under_curve(&expected, &to_training),
        near_duplicates: duplicates(&to_training),
        held_out_near_duplicates: duplicates(&expected),
    })
}

/// Share of `generated` samples whose nearest sample of `training` is nearer than `distance`
/// (Euclidean, in the samples' unit). A sensible distance is a part of the mean distance between
/// two real samples.
///
/// # Errors
/// When a set is empty, or samples differ in size.
pub fn copies<T: Number>(
    generated: &Samples<T>,
    training: &Samples<T>,
    distance: f64,
) -> Result<f64, EvalError> {
    at_least("generated samples", generated.count(), 1)?;
    let found = distances(nearest(generated, training)?);
    let near = found.iter().filter(|&&found| found < distance).count();
    Ok(near as f64 / found.len() as f64)
}

/// The same as [`copies`], for real samples: of the first `count` samples of `training`, the share
/// whose nearest other sample is nearer than `distance`. A perfect generator has this share of
/// samples near a training sample by chance.
///
/// # Errors
/// When there are fewer than two samples, or `count` is 0.
pub fn copies_among<T: Number>(
    training: &Samples<T>,
    count: usize,
    distance: f64,
) -> Result<f64, EvalError> {
    at_least("training samples", training.count(), 2)?;
    at_least("samples to look at", count, 1)?;
    let count = count.min(training.count());
    let first = training.first(count);
    let mut nearest = vec![f64::INFINITY; count];
    for_each(&first, training, Measure::SquaredDistance, |one, other, squared| {
        if one != other {
            nearest[one] = nearest[one].min(squared);
        }
    });
    let near = nearest.iter().filter(|squared| squared.sqrt() < distance).count();
    Ok(near as f64 / count as f64)
}

/// Share of `generated` samples that equal a sample of `training` number by number. All of
/// `training` is searched, in the time of a sort.
///
/// # Errors
/// When there is no generated sample, when samples differ in size.
pub fn exact_copies<T: Number>(
    generated: &Samples<T>,
    training: &Samples<T>,
) -> Result<f64, EvalError> {
    at_least("generated samples", generated.count(), 1)?;
    generated.same_size(training)?;
    let order = |a: &[T], b: &[T]| a.partial_cmp(b).expect("samples are finite");
    let mut sorted: Vec<&[T]> = training.rows().collect();
    sorted.sort_unstable_by(|a, b| order(a, b));
    let is_there = |row: &&[T]| sorted.binary_search_by(|other| order(other, row)).is_ok();
    Ok(generated.rows().filter(is_there).count() as f64 / generated.count() as f64)
}

fn distances(nearest: Vec<Nearest>) -> Vec<f64> {
    nearest.into_iter().map(|nearest| nearest.distance).collect()
}

/// The middle number, or the mean of the two middle ones; of at least one number, none NaN.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        0.5 * (values[middle - 1] + values[middle])
    } else {
        values[middle]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_what_is_near_a_training_sample() {
        let of = |values: &'static [f32]| Samples::new(values, 2).expect("points");
        let training = of(&[0.0, 0.0, 10.0, 0.0]);
        let generated = of(&[0.5, 0.0, 10.0, 0.9, 5.0, 0.0, 10.0, 1.0]);
        assert_eq!(copies(&generated, &training, 1.0), Ok(0.5));
        assert!(copies(&generated, &of(&[]), 1.0).is_err());
    }

    #[test]
    fn real_samples_near_each_other_are_counted_without_themselves() {
        let of = |values: &'static [f32]| Samples::new(values, 1).expect("numbers");
        let training = of(&[0.0, 0.5, 10.0, 20.0, 20.0]);
        assert_eq!(copies_among(&training, 100, 1.0), Ok(0.8));
        assert_eq!(copies_among(&training, 3, 1.0), Ok(2.0 / 3.0));
        assert_eq!(copies_among(&training, 100, 0.25), Ok(0.4));
        assert!(copies_among(&of(&[1.0]), 5, 1.0).is_err());
        assert!(copies_among(&training, 0, 1.0).is_err());
    }

    #[test]
    fn exact_copies_are_found_wherever_they_lie() {
        let of = |values: &'static [f32]| Samples::new(values, 2).expect("points");
        let training = of(&[3.0, 1.0, 0.0, 2.0, 0.0, 1.0, -1.0, 5.0]);
        // The sign of a zero makes no difference; half a sample is not a copy.
        let generated = of(&[-0.0, 1.0, 3.0, 2.0, -1.0, 5.0, 3.0, 1.0]);
        assert_eq!(exact_copies(&generated, &training), Ok(0.75));
        assert_eq!(exact_copies(&generated, &of(&[])), Ok(0.0));
        assert!(exact_copies(&of(&[]), &training).is_err());
    }
}
