//! A share estimated from samples, with its uncertainty.

/// The standard normal distribution's quantile of 97.5 %: an interval of 95 % reaches so many
/// standard errors to either side.
const QUANTILE_95: f64 = 1.959_963_984_540_054;

/// A share of something among samples, as an estimate of its share among all that could be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share among the samples, 0 to 1.
    pub value: f64,
    /// Number of samples.
    pub samples: u64,
}

impl Share {
    /// `count` of `samples`; NaN if there are no samples.
    pub fn of(count: u64, samples: u64) -> Self {
        Self { value: count as f64 / samples as f64, samples }
    }

    /// The ends of the interval that reaches `errors` standard errors to either side (Wilson 1927,
    /// "Probable Inference, the Law of Succession, and Statistical Inference", equation 4, where
    /// `errors` is λ). Without samples the share may be anything: 0 to 1.
    fn interval(self, errors: f64) -> [f64; 2] {
        if self.samples == 0 {
            return [0.0, 1.0];
        }
        let t = errors * errors / self.samples as f64;
        let half = (self.value * (1.0 - self.value) * t + t * t / 4.0).sqrt();
        let middle = self.value + t / 2.0;
        [(middle - half) / (1.0 + t), (middle + half) / (1.0 + t)]
    }

    /// The ends of the interval of 95 %.
    pub fn interval_95(self) -> [f64; 2] {
        self.interval(QUANTILE_95)
    }

    /// The standard error: half the length of the interval for one standard error. `√(p (1 - p) / n)`
    /// is nearly the same, but zero where none or all of the samples count, as if no doubt were left.
    pub fn standard_error(self) -> f64 {
        let [low, high] = self.interval(1.0);
        (high - low) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(found: [f64; 2], expected: [f64; 2]) {
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 5e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn intervals_are_the_published_ones() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I,
        // method 3, which is Wilson's.
        for (count, samples, expected) in [
            (81, 263, [0.2553, 0.3662]),
            (15, 148, [0.0624, 0.1605]),
            (0, 20, [0.0, 0.1611]),
            (1, 29, [0.0061, 0.1718]),
        ] {
            assert_near(Share::of(count, samples).interval_95(), expected);
        }
    }

    #[test]
    fn an_interval_is_as_likely_to_miss_on_either_side_of_a_half() {
        let [low, high] = Share::of(30, 100).interval_95();
        assert_near(Share::of(70, 100).interval_95(), [1.0 - high, 1.0 - low]);
    }

    #[test]
    fn a_hundred_samples_give_three_to_five_points() {
        for (count, points) in [(10, 3.0), (12, 3.2), (50, 5.0)] {
            let share = Share::of(count, 100);
            let usual = (share.value * (1.0 - share.value) / 100.0).sqrt();
            assert!((100.0 * share.standard_error() - points).abs() < 0.06, "{count}");
            assert!((share.standard_error() - usual).abs() < 0.02 * usual, "{count}");
        }
    }

    #[test]
    fn none_or_all_of_the_samples_leave_a_doubt() {
        // ½ / (n + 1)
        for count in [0, 64] {
            let error = Share::of(count, 64).standard_error();
            assert!((error - 0.5 / 65.0).abs() < 1e-12, "{error}");
        }
        assert_eq!(Share::of(0, 0).interval_95(), [0.0, 1.0]);
    }
}
