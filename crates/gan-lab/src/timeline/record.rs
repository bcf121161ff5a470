//! What is kept of a run, and when.

use std::collections::BTreeMap;

/// A moment is kept when the run has got on by this factor since the last one: some ten for each
/// tenfold of steps, however long the run.
const GROWTH: f64 = 1.25;

/// Samples as the page gives them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Samples {
    /// Image after image, row by row, the channels of a pixel side by side.
    Images(Vec<u8>),
    /// x, y, x, y …
    Points(Vec<f32>),
}

/// A moment of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) step: u64,
    pub(super) samples: Samples,
    pub(super) scores: BTreeMap<String, f64>,
}

/// The moments of a run, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Timeline {
    pub(super) moments: Vec<Moment>,
}

impl Timeline {
    /// Whether a run that has made `step` steps is to be looked at.
    pub(super) fn is_due(&self, step: u64) -> bool {
        self.moments.last().is_none_or(|last| step as f64 >= (last.step as f64 * GROWTH).max(1.0))
    }

    /// Whether what is kept is of another run, or of one that went back.
    pub(super) fn is_outrun_by(&self, step: u64) -> bool {
        self.moments.last().is_some_and(|last| step < last.step)
    }

    /// Keeps a moment, if it is later than all that are kept.
    pub(super) fn keep(&mut self, moment: Moment) {
        if self.moments.last().is_none_or(|last| last.step < moment.step) {
            self.moments.push(moment);
        }
    }

    /// A table: a row a moment, a column a score; what was not taken is empty.
    pub(super) fn csv(&self) -> String {
        let mut names: Vec<&String> =
            self.moments.iter().flat_map(|moment| moment.scores.keys()).collect();
        names.sort();
        names.dedup();
        let mut table = String::from("step");
        for name in &names {
            table += &format!(",{name}");
        }
        for moment in &self.moments {
            table += &format!("\n{}", moment.step);
            for name in &names {
                let score = moment.scores.get(*name);
                table += &score.map_or_else(|| ",".to_string(), |score| format!(",{score}"));
            }
        }
        table + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(step: u64, scores: &[(&str, f64)]) -> Moment {
        let scores = scores.iter().map(|(name, score)| ((*name).to_string(), *score)).collect();
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
    fn a_late_answer_is_not_put_in_front() {
        let mut timeline = Timeline::default();
        timeline.keep(moment(5, &[]));
        timeline.keep(moment(3, &[]));
        timeline.keep(moment(5, &[("diversity", 1.0)]));
        assert_eq!(timeline.moments, [moment(5, &[])]);
    }

    #[test]
    fn the_table_has_a_column_for_every_score() {
        let mut timeline = Timeline::default();
        timeline.keep(moment(1, &[("realScore", 0.5)]));
        timeline.keep(moment(2, &[("diversity", 0.25), ("realScore", 0.75)]));
        assert_eq!(timeline.csv(), "step,diversity,realScore\n1,,0.5\n2,0.25,0.75\n");
    }
}
