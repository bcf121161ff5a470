//! The error of a refused spec: the path of a field, its value, and the allowed values.

use crate::number::decimal;

/// A spec was refused. `path` names the field as in its JSON form, for example
/// `generator.layers[2].units`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct SpecError {
    /// The field, as a path through the JSON form; `.` is the spec as a whole.
    pub path: String,
    /// The field's value and the allowed ones, to be read after the path.
    pub message: String,
}

impl SpecError {
    /// An error at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    /// The same error with `outer` in front of its path.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.path = if self.path.starts_with('[') {
            format!("{outer}{}", self.path)
        } else {
            format!("{outer}.{}", self.path)
        };
        self
    }
}

/// Checks that `value` lies in `minimum..=maximum`; NaN does not.
pub(crate) fn in_range<T: Figure>(
    path: &str,
    value: T,
    minimum: T,
    maximum: T,
) -> Result<(), SpecError> {
    if value >= minimum && value <= maximum {
        Ok(())
    } else {
        Err(out_of_range(path, [value.told(), minimum.told(), maximum.told()]))
    }
}

/// A number in a spec that can be checked and printed.
pub(crate) trait Figure: PartialOrd {
    /// The number as people write it.
    fn told(&self) -> String;
}

impl Figure for f64 {
    fn told(&self) -> String {
        decimal(*self)
    }
}

impl Figure for f32 {
    fn told(&self) -> String {
        decimal(f64::from(*self))
    }
}

/// Whole numbers.
macro_rules! figures {
    ($($type:ty),+) => {
        $(impl Figure for $type {
            fn told(&self) -> String {
                self.to_string()
            }
        })+
    };
}
figures!(i32, u16, u32, u64, usize);

/// A function of its own, so that the code is in the module once and not for each type of number.
#[cold]
#[inline(never)]
fn out_of_range(path: &str, [value, minimum, maximum]: [String; 3]) -> SpecError {
    SpecError::new(path, format!("is {value}; allowed is {minimum} to {maximum}"))
}
