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
    fn clearing_starts_exactly_again() {
        let mut history = filled(1_000, 10);
        history.clear();
        assert_eq!((history.steps_per_row(), history.newest()), (1, None));
        assert!(history.series(0).is_empty());
    }
}
