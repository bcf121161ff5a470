//! Keeps the measurements of a whole run in bounded memory.

/// Rows of `N` measurements by step. When there are `capacity` rows, neighbours are averaged in
/// pairs, and later rows are averaged over as many steps, so that a run of any length is kept, ever
/// more coarsely. The newest row is also kept exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct History<const N: usize> {
    capacity: usize,
    steps_per_row: u64,
    rows: Vec<Row<N>>,
    open: Vec<Row<N>>,
    newest: Option<Row<N>>,
}

type Row<const N: usize> = (u64, [f64; N]);

impl<const N: usize> History<N> {
    /// Room for `capacity` rows: an even number, at least two, so that pairs come out even.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(2).next_multiple_of(2);
        Self { capacity, steps_per_row: 1, rows: Vec::new(), open: Vec::new(), newest: None }
    }

    /// Appends a row. A step that is not after the newest one means that the run went back: the
    /// rows from there on are removed.
    pub fn push(&mut self, step: u64, values: [f64; N]) {
        if self.newest.is_some_and(|(newest, _)| step <= newest) {
            self.forget_from(step);
        }
        self.newest = Some((step, values));
        self.open.push((step, values));
        if self.open.len() as u64 >= self.steps_per_row {
            let row = mean(&self.open);
            self.open.clear();
            self.rows.push(row);
        }
        if self.rows.len() >= self.capacity {
            self.rows = self.rows.chunks_exact(2).map(mean).collect();
            self.steps_per_row *= 2;
        }
    }

    /// Removes all rows of `step` and later.
    pub fn forget_from(&mut self, step: u64) {
        self.rows.retain(|row| row.0 < step);
        self.open.retain(|row| row.0 < step);
        self.newest = self.open.last().or(self.rows.last()).copied();
    }

    /// Removes all rows.
    pub fn clear(&mut self) {
        *self = Self::new(self.capacity);
    }

    /// The newest row: its step and values. They are exact, unless rows were removed: then a kept
    /// row may be a mean.
    pub fn newest(&self) -> Option<(u64, [f64; N])> {
        self.newest
    }

    /// Number of steps in each kept row.
    pub fn steps_per_row(&self) -> u64 {
        self.steps_per_row
    }

    /// Number of rows in a series.
    pub fn row_count(&self) -> usize {
        self.rows.len() + usize::from(!self.open.is_empty())
    }

    /// The row `further` rows after the one nearest to `step` (before it, if negative), or the last one in that
    /// direction: its step and values. `None` if there is no row.
    pub fn near(&self, step: f64, further: isize) -> Option<(u64, [f64; N])> {
        let last = self.row_count().checked_sub(1)?;
        let row = |index: usize| self.rows.get(index).copied().unwrap_or_else(|| mean(&self.open));
        let mut index = self.rows.partition_point(|row| (row.0 as f64) < step).min(last);
        if index > 0 && step - (row(index - 1).0 as f64) < row(index).0 as f64 - step {
            index -= 1;
        }
        Some(row(index.saturating_add_signed(further).min(last)))
    }

    /// One of the `N` series, oldest first.
    ///
    /// # Panics
    /// If `column` is not below `N`.
    pub fn series(&self, column: usize) -> Vec<crate::Point> {
        let tail = (!self.open.is_empty()).then(|| mean(&self.open));
        let rows = self.rows.iter().chain(tail.as_ref());
        rows.map(|(step, values)| crate::Point::new(*step as f64, values[column])).collect()
    }
}

/// The mean of rows, at the last of their steps, so that a series reaches as far as the run.
fn mean<const N: usize>(rows: &[Row<N>]) -> Row<N> {
    let mut sums = [0.0; N];
    for (_, values) in rows {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value;
        }
    }
    let step = rows.last().map_or(0, |row| row.0);
    (step, sums.map(|sum| sum / rows.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    fn filled(count: u64, capacity: usize) -> History<1> {
        let mut history = History::new(capacity);
        for step in 1..=count {
            history.push(step, [step as f64]);
        }
        history
    }

    #[test]
    fn a_short_run_is_kept_exactly() {
        let expected: Vec<_> = (1..=5).map(|s| Point::new(f64::from(s), f64::from(s))).collect();
        assert_eq!(filled(5, 10).series(0), expected);
    }

    #[test]
    fn a_long_run_stays_within_its_room_and_reaches_its_end() {
        let history = filled(100_000, 100);
        let series = history.series(0);
        assert!(series.len() <= 100, "{}", series.len());
        assert_eq!(series.last().map(|point| point.x), Some(100_000.0));
        assert_eq!(history.newest(), Some((100_000, [100_000.0])));
        // The mean of the steps that a row stands for lies half a row before its last step.
        let first = series[0];
        assert_eq!(first.y, (first.x + 1.0) / 2.0);
    }

    #[test]
    fn going_back_forgets_what_came_after() {
        let mut history = filled(10, 100);
        history.push(6, [60.0]);
        let series = history.series(0);
        assert_eq!(series.len(), 6);
        assert_eq!(series[5], Point::new(6.0, 60.0));
    }

    #[test]
    fn the_row_nearest_to_a_step_is_found_and_those_beside_it() {
        let mut history = History::new(100);
        for step in [10, 20, 40] {
            history.push(step, [step as f64]);
        }
        let near = |step, further| history.near(step, further).map(|(step, _)| step);
        let steps = [f64::NEG_INFINITY, 0.0, 10.0, 14.9, 15.1, 29.9, 30.1, 40.0, f64::INFINITY];
        let expected = [10, 10, 10, 10, 20, 20, 40, 40, 40];
        assert_eq!(steps.map(|step| near(step, 0)), expected.map(Some));
        assert_eq!([-1, 1, -9, 9].map(|further| near(20.0, further)), [10, 40, 10, 40].map(Some));
        assert_eq!(history.near(21.0, 0), Some((20, [20.0])));
        assert_eq!(History::<1>::new(4).near(1.0, 0), None);
    }

    #[test]
    fn rows_are_found_as_the_series_has_them_in_a_long_run_too() {
        // 103 steps in rows of two: 51 rows, and a last step whose row is not full yet.
        let history = filled(103, 100);
        let series = history.series(0);
        assert_eq!((history.steps_per_row(), history.row_count()), (2, series.len()));
        for (index, point) in series.iter().enumerate() {
            let found = history.near(point.x, 0).map(|(step, [value])| (step as f64, value));
            assert_eq!(found, Some((point.x, point.y)));
            assert_eq!(history.near(0.0, index as isize), history.near(point.x, 0));
        }
        assert_eq!(history.near(f64::INFINITY, 0), Some((103, [103.0])));
    }

    #[test]
    fn clearing_starts_exactly_again() {
        let mut history = filled(1_000, 10);
        history.clear();
        assert_eq!((history.steps_per_row(), history.newest()), (1, None));
        assert!(history.series(0).is_empty());
    }
}
