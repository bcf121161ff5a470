use std::f64::consts::LN_2;

use gan_eval::EvalError;
use gan_eval::grid::Grid;

use crate::{assert_close, normal, samples, shuffled};

/// Two cells side by side over 0..2 x 0..1.
fn halves(smoothing: f64) -> Grid {
    Grid::new([0.0, 0.0], [2.0, 1.0], [2, 1], smoothing).unwrap()
}

const LEFT: [f32; 2] = [0.5, 0.5];
const RIGHT: [f32; 2] = [1.5, 0.5];
const OUTSIDE: [f32; 2] = [0.5, 7.0];

#[test]
fn cells_hold_their_lower_bounds_and_the_last_also_the_upper() {
    let grid = Grid::new([0.0, 0.0], [2.0, 3.0], [2, 3], 0.0).unwrap();
    let values = [0.0, 0.0, 1.0, 0.0, 2.0, 3.0, 0.5, 1.0, -0.1, 0.0, 0.0, 3.1];
    let counts = grid.counts(&samples(&values, 2)).unwrap();
    // Rows of two: y in 0..1, 1..2, 2..3; then those outside.
    assert_eq!(counts, [1, 1, 1, 0, 0, 1, 2]);
}

#[test]
fn divergences_have_their_known_values() {
    // Real (½, ½), generated (¼, ¾): ½ ln 2 + ½ ln ⅔ = ½ ln 4/3 and ¼ ln ½ + ¾ ln 3/2.
    let real = [LEFT, RIGHT].concat();
    let generated = [LEFT, RIGHT, RIGHT, RIGHT].concat();
    let found = halves(0.0).divergence(&samples(&real, 2), &samples(&generated, 2)).unwrap();
    assert_close(found.kl, 0.5 * (4.0f64 / 3.0).ln(), 1e-15);
    assert_close(found.reverse_kl, 0.25 * 0.5f64.ln() + 0.75 * 1.5f64.ln(), 1e-15);
    // The mean is (⅜, ⅝).
    let js = 0.25 * (4.0f64 / 3.0).ln()
        + 0.25 * 0.8f64.ln()
        + 0.125 * (2.0f64 / 3.0).ln()
        + 0.375 * 1.2f64.ln();
    assert_close(found.js, js, 1e-15);
}

#[test]
fn smoothing_adds_to_every_cell_and_keeps_kl_finite() {
    let (real, generated) = (samples(&LEFT, 2), samples(&RIGHT, 2));
    let rough = halves(0.0).divergence(&real, &generated).unwrap();
    assert_eq!((rough.kl, rough.reverse_kl), (f64::INFINITY, f64::INFINITY));
    assert_close(rough.js, LN_2, 1e-15);
    // One added to each of three cells: (2, 1, 1)/4 and (1, 2, 1)/4, so ½ ln 2 - ¼ ln 2.
    let smooth = halves(1.0).divergence(&real, &generated).unwrap();
    assert_close(smooth.kl, 0.25 * LN_2, 1e-15);
}

#[test]
fn samples_outside_are_no_way_out() {
    let found = halves(0.0).divergence(&samples(&LEFT, 2), &samples(&OUTSIDE, 2)).unwrap();
    assert_close(found.js, LN_2, 1e-15);
}

#[test]
fn js_is_symmetric_kl_swaps_and_order_does_not_matter() {
    let grid = Grid::new([-3.0; 2], [3.0; 2], [10, 10], 0.5).unwrap();
    let (x, y) = (normal(0, 2_000), normal(1, 3_000));
    let y: Vec<f32> = y.iter().map(|value| 0.7 * value + 0.5).collect();
    let (there, back) = (
        grid.divergence(&samples(&x, 2), &samples(&y, 2)).unwrap(),
        grid.divergence(&samples(&y, 2), &samples(&x, 2)).unwrap(),
    );
    assert!(there.js > 0.05 && there.js < LN_2, "{there:?}");
    assert_close(there.js, back.js, 1e-15);
    assert_eq!((there.kl, there.reverse_kl), (back.reverse_kl, back.kl));
    let other_order = shuffled(&x, 2);
    assert_eq!(grid.divergence(&samples(&other_order, 2), &samples(&y, 2)).unwrap(), there);
    assert_eq!(grid.divergence(&samples(&other_order, 2), &samples(&x, 2)).unwrap().js, 0.0);
}

#[test]
fn impossible_grids_and_samples_are_refused() {
    let range = |high: [f64; 2], bins, smoothing| Grid::new([0.0; 2], high, bins, smoothing);
    assert!(matches!(range([0.0, 1.0], [1, 1], 0.0), Err(EvalError::OutOfRange { .. })));
    assert!(matches!(range([1.0, f64::NAN], [1, 1], 0.0), Err(EvalError::OutOfRange { .. })));
    assert!(matches!(range([1.0, 1.0], [1, 0], 0.0), Err(EvalError::TooFew { .. })));
    let many = range([1.0, 1.0], [usize::MAX, 2], 0.0);
    assert!(matches!(many, Err(EvalError::OutOfRange { name: "cells", .. })));
    for smoothing in [-1.0, f64::NAN] {
        let grid = range([1.0, 1.0], [1, 1], smoothing);
        assert!(matches!(grid, Err(EvalError::OutOfRange { name: "smoothing", .. })));
    }
    let wide = halves(0.0).counts(&samples(&[0.0; 3], 3));
    assert!(matches!(wide, Err(EvalError::SizesDiffer { .. })));
    let none = halves(0.0).divergence(&samples(&[], 2), &samples(&LEFT, 2));
    assert!(matches!(none, Err(EvalError::TooFew { .. })));
}
