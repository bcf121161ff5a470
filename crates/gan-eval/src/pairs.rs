//! Computes the squared distance or the inner product of every pair of samples, block by block.
//!
//! All scores over pairs use this module, since most of their time and of their rounding errors
//! arise here. With the feature `matrices`, blocks of pairs are one matrix product each
//! (`|x - y|² = |x|² + |y|² - 2x·y`), in double precision; without it, and for short samples, each
//! pair is computed by itself. If the formula cancels, i.e. for samples much closer to each other
//! than to the origin, the distance is computed again from the differences: a copy is at distance
//! exactly 0, and near-duplicates keep their order. The whole matrix of pairs is never stored.

use std::ops::Range;

#[cfg(feature = "matrices")]
use nalgebra::DMatrix;

use crate::samples::{Number, Samples};

/// The quantity computed for a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// `|x - y|²`
    SquaredDistance,
    /// `x·y`
    Product,
}

/// Samples shorter than this are computed pair by pair: packing them costs more than the product.
#[cfg(feature = "matrices")]
const SHORT: usize = 16;
/// Numbers of one set in a block: 4 MiB in double precision, which leaves room in a wasm heap.
const BLOCK_VALUES: usize = 1 << 19;
/// Samples of one set in a block, at least and at most.
const BLOCK_ROWS: (usize, usize) = (16, 512);
/// A squared distance below this share of `|x|² + |y|²` is computed from the differences: the
/// formula's relative error there would exceed about 1e-9.
#[cfg(feature = "matrices")]
const CANCELLED: f64 = 1e-6;

/// Calls `visit(i, j, measure(left_i, right_j))` for every pair, in an unspecified order.
/// Both sets must have samples of one size.
pub(crate) fn for_each<T: Number>(
    left: &Samples<T>,
    right: &Samples<T>,
    measure: Measure,
    mut visit: impl FnMut(usize, usize, f64),
) {
    let mut product = BlockProduct::new(left, right, measure);
    for rows in blocks(left) {
        product.take_rows(rows.clone());
        for columns in blocks(right) {
            let pairs = rows.len() * columns.len();
            product.visit(columns, |_, _| true, &mut visit);
            left.tell(pairs);
        }
    }
}

/// Calls `visit(i, j, measure(sample_i, sample_j))` once for every pair `i < j` of one set.
pub(crate) fn for_each_within<T: Number>(
    samples: &Samples<T>,
    measure: Measure,
    mut visit: impl FnMut(usize, usize, f64),
) {
    let mut product = BlockProduct::new(samples, samples, measure);
    for rows in blocks(samples) {
        product.take_rows(rows.clone());
        for columns in blocks(samples).filter(|columns| columns.start >= rows.start) {
            let pairs = if columns.start == rows.start {
                rows.len() * (rows.len() - 1) / 2
            } else {
                rows.len() * columns.len()
            };
            product.visit(columns, |i, j| i < j, &mut visit);
            samples.tell(pairs);
        }
    }
}

/// The squared distance of two samples, from their differences.
pub(crate) fn squared_distance<T: Number>(x: &[T], y: &[T]) -> f64 {
    lanes(x, y, |a, b| {
        let difference = a - b;
        difference * difference
    })
}

/// The inner product of two samples.
pub(crate) fn product<T: Number>(x: &[T], y: &[T]) -> f64 {
    lanes(x, y, |a, b| a * b)
}

/// The sum of `term` over both slices in eight partial sums, which the compiler may vectorise.
fn lanes<T: Number>(x: &[T], y: &[T], term: impl Fn(f64, f64) -> f64) -> f64 {
    let (xs, x_rest) = x.as_chunks::<8>();
    let (ys, y_rest) = y.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (xs, ys) in xs.iter().zip(ys) {
        for lane in 0..8 {
            sums[lane] += term(xs[lane].into(), ys[lane].into());
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(&a, &b)| term(a.into(), b.into())).sum();
    sums.iter().sum::<f64>() + rest
}

fn blocks<T: Number>(samples: &Samples<T>) -> impl Iterator<Item = Range<usize>> + use<T> {
    let count = samples.count();
    let rows = (BLOCK_VALUES / samples.size()).clamp(BLOCK_ROWS.0, BLOCK_ROWS.1);
    (0..count).step_by(rows).map(move |start| start..count.min(start + rows))
}

/// One block of rows at a time against blocks of columns.
struct BlockProduct<'a, T> {
    left: Samples<'a, T>,
    right: Samples<'a, T>,
    measure: Measure,
    #[cfg(feature = "matrices")]
    left_norms: Vec<f64>,
    #[cfg(feature = "matrices")]
    right_norms: Vec<f64>,
    rows: Range<usize>,
    #[cfg(feature = "matrices")]
    packed: DMatrix<f64>,
}

impl<'a, T: Number> BlockProduct<'a, T> {
    fn new(left: &Samples<'a, T>, right: &Samples<'a, T>, measure: Measure) -> Self {
        #[cfg(feature = "matrices")]
        let norms = |samples: &Samples<T>| samples.rows().map(|row| product(row, row)).collect();
        Self {
            left: *left,
            right: *right,
            measure,
            #[cfg(feature = "matrices")]
            left_norms: norms(left),
            #[cfg(feature = "matrices")]
            right_norms: norms(right),
            rows: 0..0,
            #[cfg(feature = "matrices")]
            packed: DMatrix::zeros(0, 0),
        }
    }

    #[cfg(feature = "matrices")]
    fn is_short(&self) -> bool {
        self.left.size() < SHORT
    }

    fn take_rows(&mut self, rows: Range<usize>) {
        #[cfg(feature = "matrices")]
        if !self.is_short() {
            self.packed = packed(&self.left, &rows).transpose();
        }
        self.rows = rows;
    }

    fn visit(
        &self,
        columns: Range<usize>,
        wanted: impl Fn(usize, usize) -> bool,
        visit: &mut impl FnMut(usize, usize, f64),
    ) {
        #[cfg(feature = "matrices")]
        if !self.is_short() {
            return self.visit_products(columns, wanted, visit);
        }
        let direct = match self.measure {
            Measure::SquaredDistance => squared_distance::<T>,
            Measure::Product => product::<T>,
        };
        for j in columns {
            for i in self.rows.clone().filter(|&i| wanted(i, j)) {
                visit(i, j, direct(self.left.row(i), self.right.row(j)));
            }
        }
    }

    #[cfg(feature = "matrices")]
    fn visit_products(
        &self,
        columns: Range<usize>,
        wanted: impl Fn(usize, usize) -> bool,
        visit: &mut impl FnMut(usize, usize, f64),
    ) {
        let products = &self.packed * packed(&self.right, &columns);
        for (j, column) in columns.zip(products.column_iter()) {
            for (i, &product) in self.rows.clone().zip(column.iter()) {
                if wanted(i, j) {
                    visit(i, j, self.measured(i, j, product));
                }
            }
        }
    }

    #[cfg(feature = "matrices")]
    fn measured(&self, i: usize, j: usize, product: f64) -> f64 {
        match self.measure {
            Measure::Product => product,
            Measure::SquaredDistance => {
                let norms = self.left_norms[i] + self.right_norms[j];
                let squared = norms - 2.0 * product;
                if squared > CANCELLED * norms {
                    squared
                } else {
                    squared_distance(self.left.row(i), self.right.row(j))
                }
            }
        }
    }
}

/// The samples of `range` as the columns of a matrix.
#[cfg(feature = "matrices")]
fn packed<T: Number>(samples: &Samples<T>, range: &Range<usize>) -> DMatrix<f64> {
    let size = samples.size();
    let values = &samples.values()[range.start * size..range.end * size];
    DMatrix::from_iterator(size, range.len(), values.iter().map(|&value| value.into()))
}

#[cfg(test)]
mod tests {
    use gan_random::{Purpose, standard_normal, stream};

    use super::*;

    /// Sums in plain order, for comparison.
    fn plain(x: &[f32], y: &[f32]) -> (f64, f64) {
        let (mut squared, mut product) = (0.0, 0.0);
        for (&a, &b) in x.iter().zip(y) {
            squared += (f64::from(a) - f64::from(b)).powi(2);
            product += f64::from(a) * f64::from(b);
        }
        (squared, product)
    }

    /// Sizes on both sides of `SHORT`, counts on both sides of a block.
    const SHAPES: [(usize, usize, usize); 4] = [(2, 530, 3), (15, 7, 9), (16, 5, 6), (37, 515, 20)];

    #[test]
    fn every_pair_of_two_sets_comes_once() {
        for (size, left, right) in SHAPES {
            let mut generator = stream(1, Purpose::FixedLatents, 0);
            let (x, y) = (
                standard_normal(&mut generator, size * left),
                standard_normal(&mut generator, size * right),
            );
            let (x, y) = (Samples::new(&x, size).unwrap(), Samples::new(&y, size).unwrap());
            for measure in [Measure::SquaredDistance, Measure::Product] {
                let mut seen = vec![0; left * right];
                for_each(&x, &y, measure, |i, j, value| {
                    seen[i * right + j] += 1;
                    let (squared, product) = plain(x.row(i), y.row(j));
                    let expected = if measure == Measure::Product { product } else { squared };
                    assert!((value - expected).abs() < 1e-11, "{value} instead of {expected}");
                });
                assert!(seen.iter().all(|&times| times == 1));
            }
        }
    }

    #[test]
    fn a_watcher_is_told_of_every_pair() {
        for (size, left, right) in SHAPES {
            let (x, y) = (vec![1.0; size * left], vec![2.0; size * right]);
            let told = std::cell::Cell::new(0);
            let watcher = |pairs| told.set(told.get() + pairs);
            let x = Samples::new(&x, size).unwrap().watched(&watcher);
            let y = Samples::new(&y, size).unwrap();
            for_each(&x, &y, Measure::Product, |_, _, _| ());
            assert_eq!(told.replace(0), (left * right) as u64);
            for_each_within(&x, Measure::Product, |_, _, _| ());
            assert_eq!(told.get(), (left * (left - 1) / 2) as u64);
        }
    }

    #[test]
    fn every_pair_within_a_set_comes_once() {
        for (size, count, _) in SHAPES {
            let x = standard_normal(&mut stream(2, Purpose::FixedLatents, 0), size * count);
            let x = Samples::new(&x, size).unwrap();
            let mut seen = vec![0; count * count];
            for_each_within(&x, Measure::SquaredDistance, |i, j, value| {
                assert!(i < j);
                seen[i * count + j] += 1;
                let expected = plain(x.row(i), x.row(j)).0;
                assert!((value - expected).abs() < 1e-11, "{value} instead of {expected}");
            });
            assert_eq!(seen.iter().sum::<usize>(), count * (count - 1) / 2);
            assert!(seen.iter().all(|&times| times <= 1));
        }
    }

    #[test]
    fn what_lies_far_from_the_origin_keeps_its_distances() {
        // Around 1,000 in each of 64 numbers the squared norms are 6.4e7, of which a double keeps
        // 1.5e-8: the distances of 1/1,024 (squared 9.5e-7) would have two digits left.
        let size = 64;
        let mut values = vec![1_000.0; 3 * size];
        values[size] += 1.0 / 1_024.0;
        let samples = Samples::new(&values, size).unwrap();
        let mut found = [f64::NAN; 3];
        for_each_within(&samples, Measure::SquaredDistance, |i, j, squared| {
            found[i + j - 1] = squared;
        });
        let apart = f64::from(1.0f32 / 1_024.0).powi(2);
        assert_eq!(found, [apart, 0.0, apart]);
    }
}
