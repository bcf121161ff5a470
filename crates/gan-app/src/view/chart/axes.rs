//! A chart's axes, and whatever is placed by them beside the curves.

use gan_plot::{
    Axis, Point, RIGHT_PX, Scale, axis_marks, axis_names_svg, edge_marks, extent, grid_svg,
    left_px, level_svg, line_path, reading_svg,
};
use gan_protocol::Equilibrium;

use crate::effects::display::Series;
use crate::model::changes::Change;

pub(super) const HEIGHT_PX: u32 = 168;
const TOP_PX: f64 = 8.0;
const BOTTOM_PX: f64 = 22.0;
/// A change is named if it lies within this distance of the cursor.
const NEAR_PX: f64 = 6.0;

/// Steps that are marked on the horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marks {
    /// Changes of settings, oldest first.
    pub(super) changes: Vec<Change>,
    /// Diagnoses of failures, oldest first.
    pub(super) findings: Vec<u64>,
}

/// What the vertical axis measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measure {
    /// Losses: from zero, or lower, to the largest value.
    Loss,
    /// Scores: 0 to 1, or more if the data exceed that.
    Score,
}

/// A level's class in the style sheet, empty if it is that of both series, and its value.
pub(super) type Level = (&'static str, f64);

/// The levels of the two series at the equilibrium; one, if both have the same.
pub(super) fn levels(of: &Equilibrium, measure: Measure) -> [Option<Level>; 2] {
    let both = |value: Option<f64>| [value.map(|value| ("", value)), None];
    match (measure, of.generator_loss, of.discriminator_loss) {
        (Measure::Score, ..) => both(of.score),
        (Measure::Loss, generator, discriminator) if generator == discriminator => both(generator),
        (Measure::Loss, generator, discriminator) => [
            generator.map(|value| ("generator", value)),
            discriminator.map(|value| ("discriminator", value)),
        ],
    }
}

/// The axes, for a plot of a width.
pub(super) struct Axes {
    width_px: f64,
    across: Axis,
    up: Axis,
    levels: [Option<Level>; 2],
}

impl Axes {
    /// The axes for the averages of two series: they determine the range, as measured values often leave it for a step
    /// or two. Levels are drawn where the range holds them or is close to them.
    pub(super) fn of(
        width_px: f64,
        averages: [&[Point]; 2],
        measure: Measure,
        levels: [Option<Level>; 2],
    ) -> Self {
        let mut steps = (f64::INFINITY, f64::NEG_INFINITY);
        for points in averages {
            if let (Some(first), Some(last)) = (points.first(), points.last()) {
                steps = (steps.0.min(first.x), steps.1.max(last.x));
            }
        }
        if steps.0 >= steps.1 {
            steps = if steps.0.is_finite() { (0.0, steps.0.max(1.0)) } else { (0.0, 100.0) };
        }
        let range = extent(averages);
        let up = match (measure, range) {
            (Measure::Loss, None) => Axis::exact(0.0, 2.0, 4),
            (Measure::Score, None) => Axis::exact(0.0, 1.0, 4),
            (Measure::Score, Some([low, high])) if low >= 0.0 && high <= 1.0 => {
                Axis::exact(0.0, 1.0, 4)
            }
            (_, Some([low, high])) => {
                let [low, high] = widened([low.min(0.0), high.max(0.0)], levels);
                Axis::nice(low, high * 1.1, 4)
            }
        };
        let ticks = (width_px / 90.0) as usize;
        Self {
            width_px,
            across: Axis::exact(steps.0, steps.1, ticks.max(2)),
            up,
            levels: if range.is_some() { levels } else { [None; 2] },
        }
    }

    /// Places where the rules begin and end.
    fn ends_px(&self) -> [f64; 2] {
        [left_px(&self.up), self.width_px - RIGHT_PX]
    }

    pub(super) fn scales(&self) -> (Scale, Scale) {
        let [left, right] = self.ends_px();
        (
            Scale::new(self.across.domain, (left, right)),
            Scale::new(self.up.domain, (f64::from(HEIGHT_PX) - BOTTOM_PX, TOP_PX)),
        )
    }

    /// The step at a distance from the chart's left side; outside of the plot that of its nearest end.
    pub(super) fn step_at(&self, px: f64) -> f64 {
        self.scales().0.to_value(px)
    }

    /// Rules, labels, curves, marks and levels. `curves` come with their classes; `names` are those of the horizontal
    /// axis, the vertical one and a level.
    pub(super) fn picture_svg(
        &self,
        curves: [(&str, &Series); 2],
        marks: &Marks,
        [step, measure, level]: [&str; 3],
    ) -> String {
        let ((x, y), ends_px) = (self.scales(), self.ends_px());
        let height_px = f64::from(HEIGHT_PX);
        let changed = marks.changes.iter().map(|change| change.step as f64);
        let found = marks.findings.iter().map(|step| *step as f64);
        let mut svg = [
            "<g class='grid'>",
            &grid_svg((&self.across, &x), (&self.up, &y), ends_px, height_px),
            &axis_names_svg(step, (measure, &self.up, &y), ends_px[0], height_px),
            "<path class='change' d='",
            &axis_marks(changed, &x, height_px - BOTTOM_PX),
            "'/><path class='found' d='",
            &axis_marks(found, &x, height_px - BOTTOM_PX),
            "'/></g>",
        ]
        .concat();
        for (class, Series { measured, average }) in curves {
            svg += &[
                "<g class='curve ",
                class,
                "'><path class='measured' d='",
                &line_path(measured, &x, &y),
                "'/><path class='average' d='",
                &line_path(average, &x, &y),
                "'/><path class='beyond' d='",
                &edge_marks(measured, &x, &y),
                &edge_marks(average, &x, &y),
                "'/></g>",
            ]
            .concat();
        }
        svg + &self.levels_svg(level, curves.map(|(_, series)| &*series.average))
    }

    /// The levels, each with the same name: above the highest, beneath another, off the averages.
    fn levels_svg(&self, name: &str, averages: [&[Point]; 2]) -> String {
        let ((x, y), ends_px) = (self.scales(), self.ends_px());
        let [first, second] = self.levels;
        let mut svg = String::new();
        for (level, other) in [(first, second), (second, first)] {
            if let Some((class, value)) = level {
                let is_above = other.is_none_or(|(_, other)| value >= other);
                let name = (name, is_above);
                svg += &level_svg(value, ends_px, (&x, &y), class, name, averages);
            }
        }
        svg
    }

    /// The hair line at `step` with its dots and a note.
    pub(super) fn reading_svg(&self, step: u64, dots: [(&str, f64); 2], note: &str) -> String {
        let (x, y) = self.scales();
        reading_svg(step as f64, dots, (&x, &y), note)
    }

    /// The last of the changes that lie near `step`.
    pub(super) fn change_near<'a>(&self, marks: &'a Marks, step: u64) -> Option<&'a Change> {
        marks.changes.iter().rev().find(|change| self.are_near(change.step, step))
    }

    /// Whether a failure was diagnosed near `step`.
    pub(super) fn has_finding_near(&self, marks: &Marks, step: u64) -> bool {
        marks.findings.iter().any(|found| self.are_near(*found, step))
    }

    fn are_near(&self, one: u64, other: u64) -> bool {
        let x = self.scales().0;
        (x.to_px(one as f64) - x.to_px(other as f64)).abs() <= NEAR_PX
    }
}

/// A range that also holds each of the levels that is no farther off than a quarter of the range.
fn widened([low, high]: [f64; 2], levels: [Option<Level>; 2]) -> [f64; 2] {
    let room = (high - low) / 4.0;
    let mut range = [low, high];
    for (_, value) in levels.into_iter().flatten() {
        if value >= low - room && value <= high + room {
            range = [range[0].min(value), range[1].max(value)];
        }
    }
    range
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use super::*;
    use gan_protocol::Objective;

    const NO_LEVELS: [Option<Level>; 2] = [None; 2];

    fn flat(value: f64) -> Vec<Point> {
        (1..=100).map(|step| Point::new(f64::from(step), value)).collect()
    }

    fn of(values: [f64; 2], measure: Measure, levels: [Option<Level>; 2]) -> Axes {
        let [first, second] = values.map(flat);
        Axes::of(400.0, [&first, &second], measure, levels)
    }

    #[test]
    fn a_level_widens_the_range_a_little_or_is_not_drawn() {
        let equilibrium = Objective::NonSaturating.equilibrium(0.0, 0.0);
        let levels = levels(&equilibrium, Measure::Loss);
        assert_eq!(
            levels.map(|level| level.expect("both nets have one").0),
            ["generator", "discriminator"]
        );
        let drawn = |values| {
            let axes = of(values, Measure::Loss, levels);
            (
                axes.up.domain,
                axes.levels_svg("equilibrium", [&[], &[]]).matches("class='level").count(),
            )
        };
        // Within; then close by, for which the range grows; then far off, where it stays.
        assert_eq!(drawn([0.7, 1.4]), ((0.0, 2.0), 2));
        assert_eq!(drawn([0.7, 1.2]), ((0.0, 2.0), 2));
        assert_eq!(drawn([0.1, 0.2]), (of([0.1, 0.2], Measure::Loss, NO_LEVELS).up.domain, 0));
        assert_eq!(drawn([4.0, 5.0]).1, 2);
    }

    #[test]
    fn names_of_levels_that_are_close_are_not_between_them() {
        // The generator's level is 0.125, the discriminator's 0.25.
        let levels = levels(&Objective::LeastSquares.equilibrium(0.0, 0.0), Measure::Loss);
        let axes = of([0.1, 0.9], Measure::Loss, levels);
        let markup = axes.levels_svg("equilibrium", [&[], &[]]);
        let heights = |before: &str| -> Vec<f64> {
            let parts = markup.split(before).skip(1);
            let digits = |part: &str| part.split(['H', '\'']).next().map(str::to_string);
            parts.map(|part| digits(part).expect("a part").parse().expect("a number")).collect()
        };
        let left = gan_plot::left_px(&axes.up);
        let (lines, names) = (heights(&format!("d='M{left} ")), heights("y='"));
        assert!(names[0] > lines[0] && lines[0] > lines[1] && lines[1] > names[1], "{markup}");
    }

    #[test]
    fn nets_of_one_level_share_a_line_and_scores_have_one() {
        let paired = Objective::RelativisticPaired.equilibrium(0.0, 0.0);
        assert_eq!(levels(&paired, Measure::Loss), [Some(("", LN_2)), None]);
        assert_eq!(levels(&paired, Measure::Score), NO_LEVELS);
        let least_squares = Objective::LeastSquares.equilibrium(0.0, 0.0);
        assert_eq!(levels(&least_squares, Measure::Score), [Some(("", 0.5)), None]);
        let hinge = Objective::Hinge.equilibrium(0.0, 0.0);
        assert_eq!(levels(&hinge, Measure::Loss), [None, Some(("discriminator", 2.0))]);
        assert_eq!(levels(&Equilibrium::default(), Measure::Loss), NO_LEVELS);
    }

    #[test]
    fn ranges_hold_zero_and_the_values_or_all_probabilities() {
        let domain = |values, measure| of(values, measure, NO_LEVELS).up.domain;
        assert_eq!(domain([0.4, 0.6], Measure::Score), (0.0, 1.0));
        assert_eq!(domain([-0.4, 1.6], Measure::Score), (-1.0, 2.0));
        assert_eq!(domain([0.5, 1.7], Measure::Loss), (0.0, 2.0));
        assert_eq!(domain([-0.999, -3.0], Measure::Loss), (-3.0, 0.0));
        let empty = Axes::of(400.0, [&[], &[]], Measure::Loss, [Some(("", 0.5)), None]);
        assert_eq!((empty.up.domain, empty.across.domain), ((0.0, 2.0), (0.0, 100.0)));
        assert_eq!(empty.levels_svg("equilibrium", [&[], &[]]), "");
    }

    #[test]
    fn a_spike_in_the_average_does_not_flatten_it() {
        let (mut spiked, other) = (flat(0.7), flat(0.6));
        spiked[50].y = 100.0;
        let axes = Axes::of(400.0, [&spiked, &other], Measure::Loss, NO_LEVELS);
        assert!(axes.up.domain.1 < 10.0, "{:?}", axes.up.domain);
        let (x, y) = axes.scales();
        assert_eq!(gan_plot::edge_marks(&spiked, &x, &y).matches('M').count(), 1);
    }

    #[test]
    fn places_and_steps_belong_together() {
        let axes = of([0.7, 1.4], Measure::Loss, NO_LEVELS);
        let x = axes.scales().0;
        for step in [1.0, 37.0, 100.0] {
            assert!((axes.step_at(x.to_px(step)) - step).abs() < 1e-9);
        }
        assert!(
            axes.reading_svg(37, [("generator", 0.7), ("discriminator", 1.4)], "")
                .contains("circle")
        );
    }
}
