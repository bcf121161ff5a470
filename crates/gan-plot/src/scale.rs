//! Maps values to pixels, linearly.

/// A linear map of the values `domain.0..=domain.1` to the pixels `range_px.0..=range_px.1`. The
/// range of a vertical axis runs downwards: its first number is the larger one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    domain: (f64, f64),
    range_px: (f64, f64),
}

impl Scale {
    /// A scale from `domain` to `range_px`. An empty or non-finite domain is replaced by one of
    /// width 1, so that every chart can be drawn.
    pub fn new(domain: (f64, f64), range_px: (f64, f64)) -> Self {
        let (low, high) = domain;
        let domain = if !(low.is_finite() && high.is_finite()) {
            (0.0, 1.0)
        } else if low == high {
            (low - 0.5, high + 0.5)
        } else {
            domain
        };
        Self { domain, range_px }
    }

    /// The values at the two ends.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// The smaller and the larger end of the range, in pixels.
    pub(crate) fn edges_px(&self) -> [f64; 2] {
        let (first, last) = self.range_px;
        [first.min(last), first.max(last)]
    }

    /// The place of `value`, in pixels; values outside the domain lie outside the range.
    pub fn to_px(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.range_px.0 + share * (self.range_px.1 - self.range_px.0)
    }

    /// The value at `px`.
    pub fn to_value(&self, px: f64) -> f64 {
        let share = (px - self.range_px.0) / (self.range_px.1 - self.range_px.0);
        self.domain.0 + share * (self.domain.1 - self.domain.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_domain_meet_the_ends_of_the_range() {
        let scale = Scale::new((2.0, 4.0), (100.0, 0.0));
        assert_eq!(scale.to_px(2.0), 100.0);
        assert_eq!(scale.to_px(3.0), 50.0);
        assert_eq!(scale.to_px(4.0), 0.0);
        assert_eq!(scale.to_value(25.0), 3.5);
    }

    #[test]
    fn a_constant_series_is_drawn_in_the_middle() {
        let scale = Scale::new((0.7, 0.7), (100.0, 0.0));
        assert!((scale.to_px(0.7) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_domain_without_numbers_still_maps() {
        let scale = Scale::new((f64::NAN, f64::INFINITY), (0.0, 10.0));
        assert_eq!(scale.domain(), (0.0, 1.0));
        assert_eq!(scale.to_px(0.5), 5.0);
    }
}
