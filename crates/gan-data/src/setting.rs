//! What can be wrong with numbers that describe a source of samples.
//!
//! The error tells the field's path apart from what is wrong with it, so that whoever holds the
//! description as a part of something larger can put its own path in front. The module does not
//! know the fields.

use thiserror::Error;

/// A number, or a list of them, is not one that a source of samples can be made from.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{field}: {fault}")]
pub struct SettingError {
    /// The field's path, for example `components[2].covariance`.
    pub field: String,
    /// What is wrong with it, and what is allowed.
    pub fault: SettingFault,
}

/// What is wrong with a setting.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SettingFault {
    /// A number is too small, too large or no number.
    #[error("is {found}; allowed is {least} to {most}")]
    Range {
        /// The number.
        found: f64,
        /// The least that is allowed.
        least: f64,
        /// The most that is allowed.
        most: f64,
    },
    /// A list is too short or too long.
    #[error("has {found} entries; allowed are {least} to {most}")]
    Length {
        /// Entries of the list.
        found: usize,
        /// The fewest that are allowed.
        least: usize,
        /// The most that are allowed.
        most: usize,
    },
    /// A matrix that must be symmetric is not.
    #[error("is not symmetric: {upper} above the diagonal, {lower} below; allowed is one value")]
    NotSymmetric {
        /// The entry of the first row and second column.
        upper: f32,
        /// The entry of the second row and first column.
        lower: f32,
    },
    /// A covariance has a negative eigenvalue.
    #[error(
        "has the determinant {determinant}; allowed are covariances, whose determinant is at \
         least 0"
    )]
    NotPositiveSemidefinite {
        /// The determinant, below 0.
        determinant: f64,
    },
    /// Something is asked of samples that makes sense for images only.
    #[error("asks for images; the samples are vectors of {size} numbers")]
    NotImages {
        /// Numbers of a sample.
        size: usize,
    },
}

/// An error at `field`.
pub(crate) fn wrong(field: impl Into<String>, fault: SettingFault) -> SettingError {
    SettingError { field: field.into(), fault }
}

/// Checks that `found` lies in `least..=most`; NaN does not.
pub(crate) fn in_range(
    field: impl Into<String>,
    found: impl Into<f64>,
    [least, most]: [f64; 2],
) -> Result<(), SettingError> {
    let found = found.into();
    if found >= least && found <= most {
        return Ok(());
    }
    Err(wrong(field, SettingFault::Range { found, least, most }))
}

/// Checks that a list of `found` entries has `least..=most`.
pub(crate) fn has_length(
    field: &str,
    found: usize,
    [least, most]: [usize; 2],
) -> Result<(), SettingError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(wrong(field, SettingFault::Length { found, least, most }))
}
