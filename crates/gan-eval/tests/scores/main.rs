//! Compares every score with values known otherwise: closed forms, cases computed by hand,
//! published ones; and tests its invariances.

mod classifier;
mod discrimination;
mod frechet;
mod grid;
mod kernel;
mod manifold;
mod memorisation;
mod modes;
mod real_against_real;
mod restoration;

use gan_eval::Samples;
use gan_random::{Purpose, SliceRandom, standard_normal, stream};

/// `count` draws from N(0, 1); different for each `index`.
fn normal(index: u64, count: usize) -> Vec<f32> {
    standard_normal(&mut stream(1, Purpose::FixedLatents, index), count)
}

/// The same rows in another order.
fn shuffled(values: &[f32], size: usize) -> Vec<f32> {
    let mut rows: Vec<&[f32]> = values.chunks_exact(size).collect();
    rows.shuffle(&mut stream(1, Purpose::DataOrder, 0));
    rows.concat()
}

fn samples(values: &[f32], size: usize) -> Samples<'_> {
    Samples::new(values, size).expect("rows of finite numbers")
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} instead of {expected} ± {tolerance}");
}

/// Numbers with their mean and its standard error.
struct Spread {
    numbers: Vec<f64>,
}

impl Spread {
    const fn new() -> Self {
        Self { numbers: Vec::new() }
    }

    fn add(&mut self, number: f64) {
        self.numbers.push(number);
    }

    fn mean(&self) -> f64 {
        self.numbers.iter().sum::<f64>() / self.numbers.len() as f64
    }

    /// The standard deviation divided by the root of the count.
    fn standard_error(&self) -> f64 {
        let (mean, count) = (self.mean(), self.numbers.len() as f64);
        let squares: f64 = self.numbers.iter().map(|number| (number - mean).powi(2)).sum();
        (squares / (count - 1.0) / count).sqrt()
    }
}
