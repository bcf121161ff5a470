//! The range of values that an axis should cover.

use crate::Point;

/// Values farther from zero than this many times the size of most values do not widen the range.
const FARTHEST: f64 = 4.0;

/// The least and the greatest finite value of all series, as `[low, high]`; `None` if there is none.
///
/// A few values far out are left out, so that a spike does not flatten everything else: no end is farther from zero
/// than `FARTHEST` times the size that nine tenths of the values do not exceed, zeros not counted. Where ends are
/// moved, they stay at least half as far as that, so that they seldom move while values come in.
pub fn extent(series: [&[Point]; 2]) -> Option<[f64; 2]> {
    let values = || series.into_iter().flatten().map(|point| point.y).filter(|y| y.is_finite());
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return None;
    }
    let within = |size: f64| values().filter(|y| *y != 0.0 && y.abs() <= size).count();
    let most = within(f64::INFINITY) * 9 / 10;
    let mut reach = low.abs().max(high.abs());
    while within(reach / FARTHEST) > most {
        reach /= 2.0;
    }
    Some([low.max(-reach), high.min(reach)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(values: &[f64]) -> Vec<Point> {
        values.iter().enumerate().map(|(x, y)| Point::new(x as f64, *y)).collect()
    }

    fn of(values: &[f64]) -> Option<[f64; 2]> {
        extent([&points(values), &[]])
    }

    #[test]
    fn all_values_count_where_none_is_far_out() {
        assert_eq!(extent([&points(&[0.7, 1.4]), &points(&[-0.1, f64::NAN])]), Some([-0.1, 1.4]));
        // The losses of a first phase of a tenth of the run, five times those of the rest.
        let mut falling = vec![5.0; 10];
        falling.extend([1.0; 90]);
        assert_eq!(of(&falling), Some([1.0, 5.0]));
        assert_eq!(of(&[f64::NAN, f64::INFINITY]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_spike_does_not_flatten_the_rest() {
        for spike in [100.0, -100.0, 1e6, 1e300] {
            let mut values = vec![0.7; 99];
            values.push(spike);
            let [low, high] = of(&values).expect("there are values");
            let reach = low.abs().max(high.abs());
            assert!((2.0 * 0.7..4.0 * 0.7 + 1e-9).contains(&reach), "{spike}: {low} to {high}");
            assert!(low <= 0.7 && high >= 0.7);
        }
    }

    #[test]
    fn zeros_do_not_make_everything_else_a_spike() {
        let mut values = vec![0.0; 90];
        values.extend([1.0, 2.0, 3.0]);
        assert_eq!(of(&values), Some([0.0, 3.0]));
        assert_eq!(of(&[0.0; 5]), Some([0.0, 0.0]));
    }

    proptest! {
        #[test]
        fn nine_tenths_of_the_values_are_within(
            values in prop::collection::vec(-10.0..10.0f64, 1..200), spikes in prop::collection::vec(-1e9..1e9f64, 0..20)
        ) {
            let all: Vec<_> = values.iter().chain(&spikes).copied().collect();
            let [low, high] = of(&all).expect("there are values");
            let inside = all.iter().filter(|y| (low..=high).contains(*y)).count();
            prop_assert!(10 * inside >= 9 * all.len(), "{} of {}", inside, all.len());
        }
    }
}
