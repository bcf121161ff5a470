//! The errors of scores whose input cannot be scored.

use thiserror::Error;

/// The reason why there is no score.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum EvalError {
    /// A sample of no numbers.
    #[error("a sample must hold at least one number")]
    EmptySample,
    /// The numbers are no whole number of rows.
    #[error("{values} numbers are no whole number of rows of {size}")]
    NotRows {
        /// Numbers given.
        values: usize,
        /// Numbers in a row.
        size: usize,
    },
    /// A number is NaN or infinite.
    #[error("{what}: number {index} is {value}, which is not finite")]
    NotFinite {
        /// The input with that number.
        what: &'static str,
        /// Its position among all numbers.
        index: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// Two things that must be equally long or wide are not.
    #[error("{what}: found {found}, expected {expected}")]
    SizesDiffer {
        /// The quantity compared.
        what: &'static str,
        /// Size found.
        found: usize,
        /// Size of the other input.
        expected: usize,
    },
    /// Too few samples for the score to be defined.
    #[error("{what}: found {found}, at least {needed} are needed")]
    TooFew {
        /// The quantity.
        what: &'static str,
        /// Number found.
        found: usize,
        /// Number needed.
        needed: usize,
    },
    /// A parameter is outside of its range.
    #[error("{name} is {found}; it must be {allowed}")]
    OutOfRange {
        /// The parameter.
        name: &'static str,
        /// The value given.
        found: f64,
        /// The allowed range.
        allowed: &'static str,
    },
    /// A covariance that is not symmetric.
    #[error("the covariance is not symmetric at row {row}, column {column}")]
    NotSymmetric {
        /// Row of the first entry that differs from its mirror image.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A covariance that has a negative eigenvalue beyond rounding.
    #[error("the covariance has the negative eigenvalue {eigenvalue}")]
    NotPositiveSemidefinite {
        /// The smallest eigenvalue.
        eigenvalue: f64,
    },
    /// The eigenvalues of a matrix were not found.
    #[error("the eigenvalues of a {size} x {size} matrix did not converge")]
    NoConvergence {
        /// Rows of the matrix.
        size: usize,
    },
    /// A row of class probabilities that is not a distribution.
    #[error(
        "row {row} is no distribution over classes: its smallest number is {smallest}, its sum {sum}"
    )]
    NotProbabilities {
        /// The row.
        row: usize,
        /// Its smallest number.
        smallest: f64,
        /// The sum of its numbers.
        sum: f64,
    },
    /// A label that is not a class.
    #[error("label {row} is {label}; there are {classes} classes")]
    NoSuchClass {
        /// Position of the label.
        row: usize,
        /// The label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
}

/// Fails on the first number of `values` that is NaN or infinite.
pub(crate) fn all_finite<T: Copy + Into<f64>>(
    what: &'static str,
    values: &[T],
) -> Result<(), EvalError> {
    let found = values.iter().map(|&value| value.into()).enumerate().find(|(_, v)| !v.is_finite());
    match found {
        Some((index, value)) => Err(EvalError::NotFinite { what, index, value }),
        None => Ok(()),
    }
}

/// Fails unless there are at least `needed`.
pub(crate) fn at_least(what: &'static str, found: usize, needed: usize) -> Result<(), EvalError> {
    if found < needed { Err(EvalError::TooFew { what, found, needed }) } else { Ok(()) }
}

/// Fails unless `found` and `expected` are equal.
pub(crate) fn same_size(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), EvalError> {
    if found == expected { Ok(()) } else { Err(EvalError::SizesDiffer { what, found, expected }) }
}

/// Fails unless `found` is finite and above zero.
pub(crate) fn positive(name: &'static str, found: f64) -> Result<(), EvalError> {
    if found.is_finite() && found > 0.0 {
        Ok(())
    } else {
        Err(EvalError::OutOfRange { name, found, allowed: "finite and above 0" })
    }
}
