//! Smooths a series for display.

use crate::Point;

/// The exponential moving average of `points`, corrected for its start (as in Adam), so that the
/// first point keeps its value. `weight` in `0..1` is the weight of the past: 0 changes nothing.
/// Gaps stay gaps and do not change the average.
pub fn smoothed(points: &[Point], weight: f64) -> Vec<Point> {
    let mut average = 0.0;
    let mut correction = 0.0;
    points
        .iter()
        .map(|point| {
            if !point.y.is_finite() {
                return *point;
            }
            average = weight * average + (1.0 - weight) * point.y;
            correction = weight * correction + (1.0 - weight);
            Point::new(point.x, average / correction)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(points: &[Point]) -> Vec<f64> {
        points.iter().map(|point| point.y).collect()
    }

    #[test]
    fn a_constant_stays_constant_from_the_start() {
        let points: Vec<_> = (0..5).map(|x| Point::new(f64::from(x), 3.0)).collect();
        for value in values(&smoothed(&points, 0.9)) {
            assert!((value - 3.0).abs() < 1e-12);
        }
    }

    #[test]
    fn half_weight_averages_as_by_hand() {
        let points = [Point::new(0.0, 1.0), Point::new(1.0, 3.0), Point::new(2.0, 3.0)];
        // By hand: 0.5/0.5; (0.25 + 1.5)/0.75; (0.125 + 0.75 + 1.5)/0.875.
        let expected = [1.0, 1.75 / 0.75, 2.375 / 0.875];
        for (value, expected) in values(&smoothed(&points, 0.5)).iter().zip(expected) {
            assert!((value - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn no_weight_changes_nothing_and_a_gap_stays() {
        let points = [Point::new(0.0, 1.0), Point::new(1.0, f64::NAN), Point::new(2.0, 5.0)];
        let same = smoothed(&points, 0.0);
        assert_eq!(same[0], points[0]);
        assert!(same[1].y.is_nan());
        assert_eq!(same[2], points[2]);
    }
}
