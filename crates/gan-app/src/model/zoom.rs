//! The part of a run's steps that the charts show.

use gan_plot::Point;

/// Halvings of the range, at most.
const MOST: u32 = 8;
/// Recorded steps in the smallest range.
const LEAST_ROWS: usize = 8;

/// The range: all steps, or a part that ends at the newest one or lies around a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Zoom {
    level: u32,
    /// The step in the middle; `None` for a range that follows the run.
    centre: Option<f64>,
}

impl Zoom {
    /// Half of the range, around the step that is `read` if there is one.
    pub fn closer(self, read: Option<f64>) -> Self {
        Self { level: (self.level + 1).min(MOST), centre: read.or(self.centre) }
    }

    /// Twice the range; all steps have no middle.
    pub fn wider(self) -> Self {
        let level = self.level.saturating_sub(1);
        Self { level, centre: self.centre.filter(|_| level > 0) }
    }

    /// Whether half of the range would hold enough of `rows` recorded steps for a curve.
    pub fn has_room(self, rows: usize) -> bool {
        self.level < MOST && rows >> (self.level + 1) >= LEAST_ROWS
    }

    /// As many steps around another one.
    pub fn around(self, step: f64) -> Self {
        Self { centre: Some(step), ..self }
    }

    /// Whether it is all steps.
    pub fn is_whole(self) -> bool {
        self.level == 0
    }

    /// The first and the last step shown, of a run from `first` to `last`.
    fn steps(self, [first, last]: [f64; 2]) -> [f64; 2] {
        let width = (last - first) / f64::from(1_u32 << self.level);
        let end =
            self.centre.map_or(last, |centre| (centre + width / 2.0).max(first + width).min(last));
        [end - width, end]
    }

    /// The points of a series within the range.
    pub fn of(self, points: Vec<Point>) -> Vec<Point> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return points };
        if self.is_whole() {
            return points;
        }
        let [from, to] = self.steps([first.x, last.x]);
        points.into_iter().filter(|point| point.x >= from && point.x <= to).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_halved_and_ends_at_the_newest_step() {
        let all = [0.0, 800.0];
        let once = Zoom::default().closer(None);
        assert_eq!(once.steps(all), [400.0, 800.0]);
        assert_eq!(once.closer(None).steps(all), [600.0, 800.0]);
        // It follows the run.
        assert_eq!(once.steps([0.0, 1_000.0]), [500.0, 1_000.0]);
        assert_eq!(once.wider(), Zoom::default());
        assert_eq!(Zoom::default().wider().steps(all), all);
    }

    #[test]
    fn a_step_that_is_read_stays_in_the_middle_where_there_is_room() {
        let all = [0.0, 800.0];
        let zoom = Zoom::default().closer(None).closer(Some(300.0));
        assert_eq!(zoom.steps(all), [200.0, 400.0]);
        assert_eq!(zoom.around(600.0).steps(all), [500.0, 700.0]);
        assert_eq!(Zoom::default().closer(Some(10.0)).steps(all), [0.0, 400.0]);
        assert_eq!(Zoom::default().closer(Some(790.0)).steps(all), [400.0, 800.0]);
    }

    #[test]
    fn a_range_holds_a_few_steps_at_least() {
        assert!(!Zoom::default().has_room(0) && !Zoom::default().has_room(15));
        assert!(Zoom::default().has_room(16) && !Zoom::default().closer(None).has_room(16));
    }

    #[test]
    fn points_outside_are_left_out() {
        let points: Vec<Point> = (0..=8).map(|step| Point::new(f64::from(step), 1.0)).collect();
        assert_eq!(Zoom::default().of(points.clone()).len(), 9);
        assert_eq!(Zoom::default().closer(None).of(points).len(), 5);
        assert_eq!(Zoom::default().closer(None).of(Vec::new()), []);
    }
}
