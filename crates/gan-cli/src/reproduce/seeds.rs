//! Reads `--seeds`: a count or a range of seeds.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// Consecutive seeds; all arms of a row are trained with the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seeds {
    first: u64,
    last: u64,
}

impl Seeds {
    /// Seeds 1 to `count`.
    pub(crate) fn first(count: u64) -> Self {
        Self { first: 1, last: count }
    }

    pub(crate) fn numbers(self) -> RangeInclusive<u64> {
        self.first..=self.last
    }
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| part.parse::<u64>().map_err(|_| format!("`{part}` is no seed"));
        let (first, last) = text.split_once('-').unwrap_or(("1", text));
        let seeds = Self { first: number(first)?, last: number(last)? };
        if seeds.numbers().is_empty() {
            return Err(format!("there is no seed in `{text}`"));
        }
        Ok(seeds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_or_a_range() {
        assert_eq!("3".parse(), Ok(Seeds { first: 1, last: 3 }));
        assert_eq!("2-5".parse(), Ok(Seeds { first: 2, last: 5 }));
        assert_eq!("4-4".parse(), Ok(Seeds { first: 4, last: 4 }));
        for wrong in ["", "0", "x", "5-2", "2-", "-2", "1-2-3"] {
            assert!(wrong.parse::<Seeds>().is_err(), "{wrong}");
        }
    }
}
