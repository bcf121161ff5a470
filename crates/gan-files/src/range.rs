//! Determines which values of a file are black and white.

use std::fmt;

use crate::array::Numbers;

/// The values of black and white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Black.
    pub low: f64,
    /// White.
    pub high: f64,
}

impl Range {
    /// 0 to 255, as in bytes.
    pub const BYTES: Self = Self { low: 0.0, high: 255.0 };
    /// 0 to 1.
    pub const UNIT: Self = Self { low: 0.0, high: 1.0 };
    /// -1 to 1, as in nets.
    pub const SIGNED: Self = Self { low: -1.0, high: 1.0 };
    /// 0 to 16, as in scikit-learn's digits.
    pub const SIXTEEN: Self = Self { low: 0.0, high: 16.0 };

    /// The narrowest of the usual ranges that holds all of `numbers`; `None` if none does.
    ///
    /// A set of images that reaches neither black nor white could have a wider range, so callers
    /// display the range that was found.
    pub fn found(numbers: &Numbers) -> Option<Self> {
        let [least, most] = extremes(numbers)?;
        // Rounding to half precision and a net's overshoot do not indicate another range.
        let slack = 1e-3;
        let holds = |range: &Self| {
            let room = slack * (range.high - range.low);
            least >= range.low - room && most <= range.high + room
        };
        [Self::UNIT, Self::SIGNED, Self::SIXTEEN, Self::BYTES].into_iter().find(holds)
    }

    /// `value` scaled to [-1, 1].
    pub fn signed(&self, value: f64) -> f64 {
        2.0 * (value - self.low) / (self.high - self.low) - 1.0
    }

    /// `value` scaled to the nearest byte.
    pub fn byte(&self, value: f64) -> u8 {
        // `as` saturates values outside of the range.
        (255.0 * (value - self.low) / (self.high - self.low)).round() as u8
    }
}

/// The least and the largest number; `None` if there are none, or if one is not finite.
pub(crate) fn extremes(numbers: &Numbers) -> Option<[f64; 2]> {
    let start = [f64::INFINITY, f64::NEG_INFINITY];
    let (found, finite) = numbers.iter().fold((start, true), |([least, most], finite), value| {
        ([least.min(value), most.max(value)], finite && value.is_finite())
    });
    (finite && !numbers.is_empty()).then_some(found)
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_range_that_holds_all_is_taken() {
        let found = |numbers: &[f64]| Range::found(&Numbers::Double(numbers.to_vec()));
        assert_eq!(found(&[0.0, 255.0]), Some(Range::BYTES));
        assert_eq!(found(&[0.0, 0.2, 1.0]), Some(Range::UNIT));
        assert_eq!(found(&[-1.0, 0.2, 1.0005]), Some(Range::SIGNED));
        assert_eq!(found(&[0.0, 16.0]), Some(Range::SIXTEEN));
        assert_eq!(found(&[0.0, 256.0]), None);
        assert_eq!(found(&[-20.0, 7.0]), None);
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[0.0, f64::NAN]), None);
    }

    #[test]
    fn ranges_meet_at_black_and_white() {
        for range in [Range::BYTES, Range::UNIT, Range::SIGNED, Range::SIXTEEN] {
            assert_eq!([range.low, range.high].map(|value| range.byte(value)), [0, 255]);
            assert_eq!([range.low, range.high].map(|value| range.signed(value)), [-1.0, 1.0]);
        }
        assert_eq!(Range::SIXTEEN.byte(8.0), 128);
        assert_eq!([-9.0, 900.0].map(|value| Range::BYTES.byte(value)), [0, 255]);
    }
}
