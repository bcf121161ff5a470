//! Compares contractions with sums written out in double precision.

use super::*;
use crate::testing::numbers;

fn assert_close(found: &[f32], expected: &[f64], terms: usize) {
    assert_eq!(found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(*found) - expected).abs();
        assert!(off <= 4e-6 * terms.max(1) as f64, "{found} at {place}, not {expected}");
    }
}

/// Checks a product of matrices, each stored by rows or, if `turned`, by columns.
fn check(
    rows: usize,
    columns: usize,
    terms: usize,
    turned: [bool; 2],
    bias: fn(usize, usize) -> f32,
) {
    let a = numbers(rows * terms);
    let b = numbers(columns * terms + 3);
    let axes = |lanes: usize, turned: bool| {
        let (lane, depth) = if turned { (1, lanes) } else { (terms, 1) };
        (Axis::line(lanes, lane as isize), Axis::line(terms, depth as isize))
    };
    let (a_lanes, a_depth) = axes(rows, turned[0]);
    let (b_lanes, b_depth) = axes(columns, turned[1]);
    let by_row: Vec<f32> = (0..rows).map(|row| bias(row, 0)).collect();
    let by_column: Vec<f32> = (0..columns).map(|column| bias(0, column)).collect();
    let bias = match (
        by_row.iter().all(|b| *b == by_row[0]),
        by_column.iter().all(|b| *b == by_column[0]),
    ) {
        (true, true) => Bias::None,
        (false, _) => Bias::Rows(&by_row),
        (true, false) => Bias::Columns(&by_column),
    };
    let contraction = Contraction {
        a: Operand::new(&a, 0, a_lanes, a_depth),
        b: Operand::new(&b, 3, b_lanes, b_depth),
        bias,
        start: 0,
        rows: Axis::line(rows, columns as isize),
        columns: Axis::line(columns, 1),
    };
    let mut found = vec![f32::NAN; rows * columns];
    contraction.run(&mut found);
    let at = |turned: bool, lanes: usize, lane: usize, depth: usize| {
        if turned { depth * lanes + lane } else { lane * terms + depth }
    };
    let mut expected = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let start = match bias {
                Bias::None => 0.0,
                Bias::Rows(bias) => f64::from(bias[row]),
                Bias::Columns(bias) => f64::from(bias[column]),
            };
            let products = (0..terms).map(|depth| {
                let a = a[at(turned[0], rows, row, depth)];
                let b = b[3 + at(turned[1], columns, column, depth)];
                f64::from(a) * f64::from(b)
            });
            expected.push(start + products.sum::<f64>());
        }
    }
    assert_close(&found, &expected, terms);
}

#[test]
fn products_of_matrices_of_any_size_and_order() {
    for (rows, columns, terms) in
        [(1, 1, 1), (7, 9, 5), (8, 32, 3), (13, 70, 40), (65, 33, 17), (3, 100, 1_000), (2, 3, 0)]
    {
        for turned in [[false, false], [false, true], [true, false], [true, true]] {
            check(rows, columns, terms, turned, |_, _| 0.0);
        }
    }
}

#[test]
fn more_rows_and_terms_than_are_laid_out_at_a_time() {
    check(2 * ROWS + 5, 11, 2 * DEPTH + 7, [false, true], |_, _| 0.0);
}

#[test]
fn sums_start_from_a_bias() {
    check(19, 40, DEPTH + 2, [true, false], |row, _| row as f32);
    check(19, 43, DEPTH + 2, [true, false], |_, column| column as f32 - 7.0);
}

#[test]
fn nested_axes_count_like_an_odometer() {
    let axis = Axis::nested([(2, 100), (3, -10), (4, 1)]);
    let mut offsets = vec![0; axis.len()];
    axis.offsets(0, &mut offsets);
    let mut expected = Vec::new();
    for outer in 0..2 {
        for middle in 0..3 {
            for inner in 0..4 {
                expected.push(100 * outer - 10 * middle + inner);
            }
        }
    }
    assert_eq!(offsets, expected);
    let mut later = vec![0; 9];
    axis.offsets(14, &mut later);
    assert_eq!(later, expected[14..23]);
}

#[test]
fn only_its_own_places_are_written() {
    let numbers = [1.0, 2.0, 3.0];
    let contraction = Contraction {
        a: Operand::new(&numbers, 0, Axis::line(3, 1), Axis::line(1, 0)),
        b: Operand::new(&numbers, 0, Axis::line(2, 1), Axis::line(1, 0)),
        bias: Bias::None,
        start: 9,
        rows: Axis::line(3, -4),
        columns: Axis::line(2, 2),
    };
    let mut out = vec![-1.0; 12];
    contraction.run(&mut out);
    assert_eq!(out, [-1.0, 3.0, -1.0, 6.0, -1.0, 2.0, -1.0, 4.0, -1.0, 1.0, -1.0, 2.0]);
}

#[test]
#[should_panic(expected = "places -1 to 2 of 3 numbers")]
fn an_operand_outside_of_its_numbers_is_refused() {
    Operand::new(&[0.0; 3], 1, Axis::line(3, -1), Axis::nested([(1, 0), (1, 0), (2, 1)]));
}

#[test]
#[should_panic(expected = "places 0 to 4 of 4 numbers")]
fn an_output_outside_of_its_numbers_is_refused() {
    let numbers = [1.0; 3];
    let contraction = Contraction {
        a: Operand::new(&numbers, 0, Axis::line(3, 1), Axis::line(1, 0)),
        b: Operand::new(&numbers, 0, Axis::line(3, 1), Axis::line(1, 0)),
        bias: Bias::None,
        start: 0,
        rows: Axis::line(3, 1),
        columns: Axis::line(3, 1),
    };
    contraction.run(&mut [0.0; 4]);
}
