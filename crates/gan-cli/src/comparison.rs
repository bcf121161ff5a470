//! Computes scores with their floors, both for the same two counts of samples.
//!
//! [`crate::counts`] chooses the samples of a score and its floor. If there are at least twice as many
//! reals as fakes, every score is of all fakes, and as many reals as fakes are set aside for the floor.
//! If there are fewer reals, a score is of all samples. No two sets of reals have its counts then,
//! so the floor is of smaller counts, and the score of these counts is printed beside it.

use anyhow::Result;
use serde_json::{Value, json};

use crate::counts::{SEED, plan};
use crate::sample_file::Set;
use crate::scores::Scores;

/// Scores that are computed together.
pub(crate) struct Group<'a, S> {
    /// Whether the scores need as many reals as fakes.
    pub(crate) of_equal_counts: bool,
    /// The scores of fakes, the second argument, against reals.
    pub(crate) score: &'a dyn Fn(&S, &S) -> Result<Scores>,
}

/// One score.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    /// Numbers of reals and fakes in the score.
    pub(crate) counts: [usize; 2],
    /// `None` if there are too few reals.
    pub(crate) floor: Option<Floor>,
}

/// The score of reals in place of fakes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Floor {
    pub(crate) value: f64,
    /// Numbers of reals, and of reals in place of fakes.
    pub(crate) counts: [usize; 2],
    /// The fakes' score for these counts.
    pub(crate) score: f64,
}

/// Every score of `fakes` against `reals`, with its floor.
///
/// # Errors
/// The errors of the scores.
pub(crate) fn compared<S: Set>(reals: &S, fakes: &S, groups: &[Group<'_, S>]) -> Result<Vec<Row>> {
    let given = [reals.count(), fakes.count()];
    let mut rows = Vec::new();
    for group in groups {
        let mut plan = plan(given);
        if group.of_equal_counts {
            plan = plan.map(|plan| plan.equal());
        }
        let Some(plan) = plan else {
            rows.extend(of_all(reals, fakes, group)?);
            continue;
        };
        let reference = reals.chosen(&plan.reals);
        let floor = (group.score)(&reference, &reals.chosen(&plan.others))?;
        let counts = plan.counts();
        let is_whole = counts[1] == given[1];
        let beside = if is_whole {
            (group.score)(&reference, fakes)?
        } else {
            (group.score)(&reference, &fakes.chosen(&plan.fakes))?
        };
        let found = if is_whole {
            beside.iter().map(|(name, value)| row(name, *value, counts)).collect()
        } else {
            of_all(reals, fakes, group)?
        };
        let floors = floor.iter().zip(&beside);
        let floors =
            floors.map(|((_, value), (_, score))| Floor { value: *value, counts, score: *score });
        rows.extend(
            found.into_iter().zip(floors).map(|(row, floor)| Row { floor: Some(floor), ..row }),
        );
    }
    Ok(rows)
}

/// Scores of all samples, as far as the counts may differ.
fn of_all<S: Set>(reals: &S, fakes: &S, group: &Group<'_, S>) -> Result<Vec<Row>> {
    let (all, least) = ([reals.count(), fakes.count()], reals.count().min(fakes.count()));
    let (scores, counts) = if !group.of_equal_counts || all == [least; 2] {
        ((group.score)(reals, fakes)?, all)
    } else {
        let of = |set: &S| set.chosen(&gan_eval::floor::subset(set.count(), least, SEED));
        ((group.score)(&of(reals), &of(fakes))?, [least; 2])
    };
    Ok(scores.into_iter().map(|(name, value)| row(name, value, counts)).collect())
}

fn row(name: &'static str, value: f64, counts: [usize; 2]) -> Row {
    Row { name, value, counts, floor: None }
}

impl Row {
    /// The floor and its counts, as far as known; also the fakes' score for the floor's counts if
    /// `value` is of others.
    pub(crate) fn json(&self) -> Value {
        let mut told = json!({
            "value": self.value,
            "counts": self.counts,
            "floor": self.floor.map(|floor| floor.value),
            "floor_counts": self.floor.map(|floor| floor.counts),
        });
        if let Some(score) = self.score_at_floor() {
            told["value_at_floor_counts"] = score.into();
        }
        told
    }

    /// The fakes' score for the floor's counts, if `value` is of others.
    pub(crate) fn score_at_floor(&self) -> Option<f64> {
        self.floor.filter(|floor| floor.counts != self.counts).map(|floor| floor.score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::{counts_seen, floor_counts};

    impl Set for Vec<f64> {
        fn count(&self) -> usize {
            self.len()
        }

        fn chosen(&self, places: &[usize]) -> Self {
            places.iter().map(|place| self[*place]).collect()
        }
    }

    /// Counts as scores, and whether the fakes are reals.
    fn rows(reals: usize, fakes: usize) -> Vec<Row> {
        let numbers = |from: usize, count: usize| -> Vec<f64> {
            (from..from + count).map(|number| number as f64).collect()
        };
        let score = |reals: &Vec<f64>, fakes: &Vec<f64>| -> Result<Scores> {
            assert!(fakes.iter().all(|fake| !reals.contains(fake)), "nothing stands on both sides");
            let are_reals = fakes.iter().all(|fake| *fake < 1e6);
            Ok(vec![
                ("reals", reals.len() as f64),
                ("fakes", fakes.len() as f64),
                ("are_reals", f64::from(u8::from(are_reals))),
            ])
        };
        let groups = [false, true].map(|of_equal_counts| Group { of_equal_counts, score: &score });
        compared(&numbers(0, reals), &numbers(1_000_000, fakes), &groups).expect("no failure")
    }

    #[test]
    fn scores_and_floors_are_of_the_same_counts() {
        for (reals, fakes) in [(100, 10), (100, 50), (100, 60), (100, 100), (40, 100), (13, 100)] {
            for (place, row) in rows(reals, fakes).iter().enumerate() {
                let floor = row.floor.expect("there are enough reals");
                match row.name {
                    "are_reals" => {
                        assert_eq!((row.value, floor.value, floor.score), (0.0, 1.0, 0.0));
                    }
                    name => {
                        let side = usize::from(name == "fakes");
                        assert_eq!(row.value, row.counts[side] as f64);
                        assert_eq!(floor.value, floor.counts[side] as f64);
                        assert_eq!(floor.score, floor.value, "of the same counts");
                    }
                }
                let of_equal_counts = place >= 3;
                assert_eq!(row.counts, counts_seen([reals, fakes], of_equal_counts));
                assert_eq!(Some(floor.counts), floor_counts([reals, fakes], of_equal_counts));
                assert!(!of_equal_counts || row.counts[0] == row.counts[1]);
                // With enough reals, value and floor are of the same counts, and all fakes are
                // used.
                let enough = reals >= 2 * fakes;
                assert_eq!(row.score_at_floor().is_none(), enough);
                assert!(!enough || row.counts[1] == fakes);
            }
        }
    }

    #[test]
    fn of_too_few_reals_there_is_no_floor() {
        for row in rows(11, 100) {
            assert_eq!((row.floor, row.score_at_floor()), (None, None));
            assert_eq!(row.json()["floor"], Value::Null);
        }
    }
}
