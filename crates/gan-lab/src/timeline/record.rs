//! Records moments and figures of a run.

use std::collections::{BTreeMap, BTreeSet};

use gan_protocol::{Named as _, Score};

/// Factor of the steps between two moments: about ten moments for each tenfold of steps, however
/// long the run.
const GROWTH: f64 = 1.25;

/// Rows of figures that are kept; beyond this number, every second one is dropped.
const MOST_ROWS: usize = 2_000;

/// Samples in the page's layout.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Samples {
    /// Image after image, row by row, the channels of a pixel side by side.
    Images(Vec<u8>),
    /// x, y, x, y …
    Points(Vec<f32>),
}

impl Samples {
    /// The first `count` of images of `[width, height, channels]`; points are all left.
    pub(crate) fn first(&self, count: usize, [width, height, channels]: [usize; 3]) -> Self {
        match self {
            Self::Images(pixels) => {
                let length = pixels.len().min(count * width * height * channels);
                Self::Images(pixels[..length].to_vec())
            }
            Self::Points(points) => Self::Points(points.clone()),
        }
    }
}

/// A moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) step: u64,
    pub(super) samples: Samples,
    pub(super) scores: BTreeMap<Score, f64>,
}

/// The figures at a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) step: u64,
    /// The losses of generator and discriminator at this step.
    pub(super) losses: [Option<f64>; 2],
    /// The newest scores.
    pub(super) scores: BTreeMap<Score, f64>,
}

/// The moments and figures of a run, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Timeline {
    pub(super) moments: Vec<Moment>,
    figures: Vec<Figures>,
}

impl Timeline {
    /// Whether a moment is due at `step`.
    pub(super) fn is_due(&self, step: u64) -> bool {
        self.moments.last().is_none_or(|last| step as f64 >= (last.step as f64 * GROWTH).max(1.0))
    }

    /// Whether the record is of another run, or of a run that went back.
    pub(super) fn is_outrun_by(&self, step: u64) -> bool {
        let newest = self.moments.last().map(|last| last.step);
        newest.max(self.figures.last().map(|last| last.step)).is_some_and(|newest| step < newest)
    }

    /// Keeps a moment, if it is later than all others.
    pub(super) fn keep(&mut self, moment: Moment) {
        if self.moments.last().is_none_or(|last| last.step < moment.step) {
            self.moments.push(moment);
        }
    }

    /// Keeps figures, if the run has made steps since the last ones.
    pub(super) fn note(&mut self, figures: Figures) {
        if self.figures.last().is_some_and(|last| last.step >= figures.step) {
            return;
        }
        if self.figures.len() >= MOST_ROWS {
            let mut is_kept = false;
            self.figures.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
        }
        self.figures.push(figures);
    }

    /// The figures recorded, the oldest first.
    pub(super) fn figures(&self) -> &[Figures] {
        &self.figures
    }

    /// The figures of the last recorded step that is not after `step`.
    pub(super) fn figures_at(&self, step: u64) -> Option<&Figures> {
        self.figures.iter().rev().find(|figures| figures.step <= step)
    }

    /// The place of the moment that is nearest to `step`, the earlier of two.
    pub(super) fn nearest_moment(&self, step: f64) -> Option<usize> {
        let distance = |at: &usize| (self.moments[*at].step as f64 - step).abs();
        (0..self.moments.len()).min_by(|one, other| distance(one).total_cmp(&distance(other)))
    }

    /// A table with headings: a row for each recorded step, with both losses and a column for each
    /// score; missing values are empty.
    pub(super) fn csv(&self) -> String {
        let names: BTreeSet<Score> =
            self.figures.iter().flat_map(|figures| figures.scores.keys().copied()).collect();
        let mut table = String::from("step,generatorLoss,discriminatorLoss");
        for name in &names {
            table += &format!(",{}", name.name());
        }
        for figures in &self.figures {
            table += &format!("\n{}", figures.step);
            let scores = names.iter().map(|name| figures.scores.get(name).copied());
            for number in figures.losses.into_iter().chain(scores) {
                let number = number.filter(|number| number.is_finite());
                table += &number.map_or_else(|| ",".to_string(), |number| format!(",{number}"));
            }
        }
        table + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(step: u64, scores: &[(Score, f64)]) -> Moment {
        let scores = scores.iter().copied().collect();
        Moment { step, samples: Samples::Images(vec![0; 4]), scores }
    }

    #[test]
    fn moments_are_kept_at_growing_intervals() {
        let mut timeline = Timeline::default();
        for step in 0..=10_000 {
            if timeline.is_due(step) {
                timeline.keep(moment(step, &[]));
            }
        }
        let steps: Vec<u64> = timeline.moments.iter().map(|moment| moment.step).collect();
        assert_eq!(steps[..6], [0, 1, 2, 3, 4, 5]);
        assert!((35..60).contains(&steps.len()), "{steps:?}");
        assert!(timeline.is_outrun_by(0) && !timeline.is_outrun_by(10_000));
    }

    #[test]
    fn a_step_has_the_figures_before_it_and_the_moment_nearest_to_it() {
        let mut timeline = Timeline::default();
        for step in [4, 10, 30] {
            timeline.keep(moment(step, &[]));
            timeline.note(figures(step + 1, [step as f64, 0.0], &[]));
        }
        let at = |step| timeline.figures_at(step).map(|figures| figures.step);
        assert_eq!(
            [at(4), at(5), at(10), at(31), at(99)],
            [None, Some(5), Some(5), Some(31), Some(31)]
        );
        let nearest = [0.0, 7.0, 7.1, 19.0, 21.0, 1e9].map(|step| timeline.nearest_moment(step));
        assert_eq!(nearest, [Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)]);
        assert_eq!(Timeline::default().nearest_moment(3.0), None);
    }

    #[test]
    fn a_late_answer_is_not_put_in_front() {
        let mut timeline = Timeline::default();
        timeline.keep(moment(5, &[]));
        timeline.keep(moment(3, &[]));
        timeline.keep(moment(5, &[(Score::Diversity, 1.0)]));
        assert_eq!(timeline.moments, [moment(5, &[])]);
    }

    fn figures(step: u64, losses: [f64; 2], scores: &[(Score, f64)]) -> Figures {
        let scores = scores.iter().copied().collect();
        Figures { step, losses: losses.map(Some), scores }
    }

    #[test]
    fn the_table_has_both_losses_and_a_column_for_every_score() {
        let mut timeline = Timeline::default();
        timeline.note(figures(1, [0.7, 1.25], &[(Score::RealScore, 0.5)]));
        timeline.note(Figures { step: 2, ..Figures::default() });
        timeline.note(figures(2, [9.0, 9.0], &[]));
        let scores = [(Score::Diversity, 0.25), (Score::RealScore, 0.75)];
        timeline.note(figures(4, [f64::NAN, 1e-7], &scores));
        let expected = "step,generatorLoss,discriminatorLoss,diversity,realScore\n\
                        1,0.7,1.25,,0.5\n\
                        2,,,,\n\
                        4,,0.0000001,0.25,0.75\n";
        assert_eq!(timeline.csv(), expected);
    }

    #[test]
    fn a_long_run_has_rows_from_its_first_step_to_its_last() {
        let mut timeline = Timeline::default();
        for step in 1..=10_000 {
            timeline.note(figures(step, [0.5, 0.5], &[]));
        }
        let table = timeline.csv();
        let steps: Vec<&str> =
            table.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
        assert!((MOST_ROWS / 2..=MOST_ROWS).contains(&steps.len()), "{}", steps.len());
        assert_eq!((steps[0], steps[steps.len() - 1]), ("1", "10000"));
        assert!(timeline.is_outrun_by(9_999));
    }
}
