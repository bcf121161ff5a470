//! Summarises a chart in numbers, for a sentence that describes it to people who cannot see it.

use crate::Point;

/// The direction of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// The last fifth lies clearly above the fifth before it.
    Rising,
    /// The last fifth lies clearly below the fifth before it.
    Falling,
    /// Neither.
    Steady,
}

/// A series in numbers. Gaps do not count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The last position.
    pub last_x: f64,
    /// The last value.
    pub last: f64,
    /// The smallest value.
    pub minimum: f64,
    /// The largest value.
    pub maximum: f64,
    /// The mean of the last fifth.
    pub recent_mean: f64,
    /// The direction.
    pub trend: Trend,
}

impl Summary {
    /// Summarises a series; `None` if it contains no finite number.
    pub fn of(points: &[Point]) -> Option<Self> {
        let finite: Vec<_> = points.iter().copied().filter(|point| point.y.is_finite()).collect();
        let last = *finite.last()?;
        let minimum = finite.iter().fold(f64::INFINITY, |least, point| least.min(point.y));
        let maximum = finite.iter().fold(f64::NEG_INFINITY, |most, point| most.max(point.y));
        let fifth = finite.len().div_ceil(5);
        let recent = &finite[finite.len() - fifth..];
        let before = &finite[finite.len().saturating_sub(2 * fifth)..finite.len() - fifth];
        let recent_mean = mean(recent);
        let change = if before.is_empty() { 0.0 } else { recent_mean - mean(before) };
        // A change is visible from a tenth of the whole range on.
        let visible = (maximum - minimum) * 0.1;
        let trend = if change > visible {
            Trend::Rising
        } else if change < -visible {
            Trend::Falling
        } else {
            Trend::Steady
        };
        Some(Self { last_x: last.x, last: last.y, minimum, maximum, recent_mean, trend })
    }
}

fn mean(points: &[Point]) -> f64 {
    points.iter().map(|point| point.y).sum::<f64>() / points.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = f64>) -> Option<Summary> {
        let points: Vec<_> =
            values.into_iter().enumerate().map(|(x, y)| Point::new(x as f64, y)).collect();
        Summary::of(&points)
    }

    #[test]
    fn numbers_are_those_of_the_series() {
        let summary = of([4.0, 1.0, f64::NAN, 2.0]).expect("there are numbers");
        assert_eq!((summary.minimum, summary.maximum), (1.0, 4.0));
        assert_eq!((summary.last_x, summary.last, summary.recent_mean), (3.0, 2.0, 2.0));
    }

    #[test]
    fn trends_are_told_apart() {
        let trend = |values: Vec<f64>| of(values).expect("there are numbers").trend;
        assert_eq!(trend((0..100).map(f64::from).collect()), Trend::Rising);
        assert_eq!(trend((0..100).map(|x| f64::from(-x)).collect()), Trend::Falling);
        assert_eq!(trend((0..100).map(|x| f64::from(x % 2)).collect()), Trend::Steady);
        assert_eq!(trend(vec![1.0]), Trend::Steady);
    }

    #[test]
    fn a_series_without_numbers_has_no_summary() {
        assert_eq!(of([]), None);
        assert_eq!(of([f64::NAN]), None);
    }
}
