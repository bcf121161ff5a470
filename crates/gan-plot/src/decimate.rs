//! Reduces a series to fewer points that give the same picture.

use crate::Point;

/// At most about four points for each of `columns` equal columns between the first and the last
/// `x`: the first, the lowest, the highest and the last, in their order, so that no spike is lost.
/// A series that is short already comes back as it is. A column that holds a gap keeps one NaN.
///
/// `points` are in rising order of `x`.
pub fn decimated(points: &[Point], columns: usize) -> Vec<Point> {
    if points.len() <= columns * 4 || columns == 0 {
        return points.to_vec();
    }
    let first_x = points[0].x;
    let width = points[points.len() - 1].x - first_x;
    let column_of = |point: &Point| {
        let share = if width > 0.0 { (point.x - first_x) / width } else { 0.0 };
        ((share * columns as f64) as usize).min(columns - 1)
    };
    let mut kept = Vec::with_capacity(columns * 4);
    let mut start = 0;
    while start < points.len() {
        let column = column_of(&points[start]);
        let count = points[start..].iter().take_while(|point| column_of(point) == column).count();
        keep_extremes(&points[start..start + count], &mut kept);
        start += count;
    }
    kept
}

fn keep_extremes(column: &[Point], kept: &mut Vec<Point>) {
    let mut picks = vec![0, column.len() - 1];
    let finite = || column.iter().enumerate().filter(|(_, point)| point.y.is_finite());
    let by_value = |a: &(usize, &Point), b: &(usize, &Point)| a.1.y.total_cmp(&b.1.y);
    picks.extend(finite().min_by(by_value).map(|(index, _)| index));
    picks.extend(finite().max_by(by_value).map(|(index, _)| index));
    picks.extend(column.iter().position(|point| !point.y.is_finite()));
    let picked = column.iter().enumerate().filter(|(index, _)| picks.contains(index));
    kept.extend(picked.map(|(_, point)| *point));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(values: &[f64]) -> Vec<Point> {
        values.iter().enumerate().map(|(x, y)| Point::new(x as f64, *y)).collect()
    }

    #[test]
    fn a_short_series_stays_whole() {
        let points = series(&[1.0, 2.0, 3.0]);
        assert_eq!(decimated(&points, 10), points);
    }

    #[test]
    fn a_spike_survives() {
        let mut values = vec![0.5; 10_000];
        values[4_321] = 9.0;
        let few = decimated(&series(&values), 100);
        assert!(few.len() <= 400);
        assert!(few.contains(&Point::new(4_321.0, 9.0)));
    }

    #[test]
    fn a_gap_survives() {
        let mut values = vec![0.5; 10_000];
        values[77] = f64::NAN;
        assert!(decimated(&series(&values), 50).iter().any(|point| point.y.is_nan()));
    }

    proptest! {
        #[test]
        fn ends_and_extremes_are_kept_in_order(
            values in prop::collection::vec(-10.0..10.0f64, 1..3_000), columns in 1usize..200
        ) {
            let all = series(&values);
            let few = decimated(&all, columns);
            prop_assert!(few.len() <= (columns * 4).max(all.len().min(columns * 4)));
            prop_assert_eq!(few[0], all[0]);
            prop_assert_eq!(few[few.len() - 1], all[all.len() - 1]);
            prop_assert!(few.windows(2).all(|pair| pair[0].x < pair[1].x));
            let highest = |points: &[Point]| points.iter().fold(f64::MIN, |m, p| m.max(p.y));
            prop_assert_eq!(highest(&few), highest(&all));
        }
    }
}
