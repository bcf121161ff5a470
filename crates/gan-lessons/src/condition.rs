//! Defines the conditions on a run that a lesson's steps wait for.

use std::collections::BTreeMap;

use gan_protocol::{Ailment, Score};
use serde::Deserialize;

/// Least share of the samples from which a digit counts as drawn: a quarter of the expected share.
pub const LEAST_SHARE: f64 = 0.025;
/// The share of the samples that must lie at a mode where a condition on modes names none. A mode
/// counts as found with a single sample near it, so that the number of modes alone is reached by
/// samples that are strewn about.
pub const DEFAULT_MODES_SHARE: f64 = 0.5;

/// The score `digits`: number of the ten digits that are drawn, from their shares of the samples.
pub fn digits_drawn(shares: &[f64]) -> usize {
    shares.iter().filter(|share| **share >= LEAST_SHARE).count()
}

/// The facts about a run that conditions are checked against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Generator steps done.
    pub step: u64,
    /// Scores of its samples.
    pub scores: BTreeMap<Score, f64>,
    /// Diagnoses of the run.
    pub diagnoses: Vec<Ailment>,
}

/// Something that a run may reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// At least this number of generator steps.
    Step(u64),
    /// A diagnosis in the report.
    Diagnosis(Ailment),
    /// Modes with a sample near them, and samples at modes.
    Modes {
        /// Least number of modes found.
        at_least: u64,
        /// Least share of the samples that lie at a mode, 0 to 1.
        share: f64,
    },
    /// The number of the ten digits that are drawn ([`digits_drawn`]).
    Digits(Bound),
    /// A share.
    Share(Share, Bound),
    /// [`Score::PsnrOfReconstructions`], in dB.
    Reconstruction(Bound),
}

/// The bound of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// The score's least value.
    AtLeast(f64),
    /// The score's largest value.
    AtMost(f64),
}

/// A score that is told in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// [`Score::HighQuality`].
    HighQuality,
    /// [`Score::Diversity`].
    Diversity,
    /// [`Score::Copies`].
    Copies,
}

impl Share {
    fn score(self) -> Score {
        match self {
            Self::HighQuality => Score::HighQuality,
            Self::Diversity => Score::Diversity,
            Self::Copies => Score::Copies,
        }
    }
}

impl Bound {
    fn holds(self, value: Option<&f64>) -> bool {
        value.is_some_and(|value| match self {
            Self::AtLeast(least) => *value >= least,
            Self::AtMost(most) => *value <= most,
        })
    }
}

impl Event {
    /// Whether the run has reached it.
    pub fn holds(self, run: &Seen) -> bool {
        let score = |score: Score| run.scores.get(&score);
        match self {
            Self::Step(step) => run.step >= step,
            Self::Diagnosis(kind) => run.diagnoses.contains(&kind),
            Self::Modes { at_least, share } => {
                Bound::AtLeast(at_least as f64).holds(score(Score::ModesCovered))
                    && Bound::AtLeast(share).holds(score(Score::HighQuality))
            }
            Self::Digits(bound) => bound.holds(score(Score::Digits)),
            Self::Share(share, bound) => bound.holds(score(share.score())),
            Self::Reconstruction(bound) => bound.holds(score(Score::PsnrOfReconstructions)),
        }
    }
}

/// A condition on a run: events that must hold together. In a lesson's file:
///
/// | field | value |
/// |---|---|
/// | `step` | least number of generator steps |
/// | `diagnosis` | the name of an [`Ailment`] |
/// | `score` | `modesCovered`, `highQuality`, `diversity`, `copies`, `digits` or `psnrOfReconstructions` |
/// | `at_least` or `at_most` | the score's bound; of modes the least number |
/// | `share` | with `modesCovered`: least share of the samples at a mode, 0 to 1; default: [`DEFAULT_MODES_SHARE`] |
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Condition {
    events: Vec<Event>,
}

impl Condition {
    /// The events, of which there is at least one.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Whether the number of digits is needed, which no report contains.
    pub fn counts_digits(&self) -> bool {
        self.events.iter().any(|event| matches!(event, Event::Digits(_)))
    }

    /// The events that the run has not reached, or has left again.
    pub fn missing(&self, run: &Seen) -> Vec<Event> {
        self.events.iter().copied().filter(|event| !event.holds(run)).collect()
    }

    /// Whether all events hold.
    pub fn holds(&self, run: &Seen) -> bool {
        self.missing(run).is_empty()
    }
}

/// A condition as a lesson's file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    step: Option<u64>,
    diagnosis: Option<Ailment>,
    score: Option<Score>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    share: Option<f64>,
}

impl TryFrom<Written> for Condition {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { step, diagnosis, score, at_least, at_most, share } = written;
        let bound = match (at_least, at_most) {
            (Some(least), None) => Some(Bound::AtLeast(least)),
            (None, Some(most)) => Some(Bound::AtMost(most)),
            (None, None) => None,
            (Some(_), Some(_)) => return Err("at_least and at_most are both there".to_string()),
        };
        let scored = match (score, bound) {
            (Some(score), Some(bound)) => Some(scored(score, bound, share)?),
            (None, None) => None,
            _ => return Err("a score needs a bound, and a bound a score".to_string()),
        };
        if share.is_some() && !matches!(scored, Some(Event::Modes { .. })) {
            return Err("share: is for modesCovered".to_string());
        }
        let first = [step.map(Event::Step), diagnosis.map(Event::Diagnosis)];
        let events: Vec<_> = first.into_iter().chain([scored]).flatten().collect();
        if events.is_empty() {
            return Err("a condition without an event".to_string());
        }
        Ok(Self { events })
    }
}

fn scored(score: Score, bound: Bound, share: Option<f64>) -> Result<Event, String> {
    Ok(match (score, bound) {
        (Score::ModesCovered, Bound::AtLeast(least)) => {
            let share = share.unwrap_or(DEFAULT_MODES_SHARE);
            if least < 1.0 || least.fract() != 0.0 {
                return Err(format!("at_least: is {least}; allowed is a whole number from 1"));
            }
            if !(0.0..=1.0).contains(&share) {
                return Err(format!("share: is {share}; allowed is 0 to 1"));
            }
            Event::Modes { at_least: least as u64, share }
        }
        (Score::Digits, bound) => Event::Digits(bound),
        (Score::HighQuality, bound) => Event::Share(Share::HighQuality, bound),
        (Score::Diversity, bound) => Event::Share(Share::Diversity, bound),
        (Score::Copies, bound) => Event::Share(Share::Copies, bound),
        (Score::PsnrOfReconstructions, bound) => Event::Reconstruction(bound),
        (other, _) => return Err(format!("score: a lesson does not wait for {other:?} so")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(json: &str) -> Result<Condition, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn conditions_hold_when_all_that_they_name_is_seen() {
        let run = Seen {
            step: 100,
            scores: [
                (Score::ModesCovered, 6.0),
                (Score::HighQuality, 0.5),
                (Score::Digits, 3.0),
                (Score::PsnrOfReconstructions, 12.5),
            ]
            .into(),
            diagnoses: vec![Ailment::Collapse],
        };
        for (json, expected) in [
            (r#"{"step": 100}"#, true),
            (r#"{"step": 101}"#, false),
            (r#"{"diagnosis": "collapse"}"#, true),
            (r#"{"diagnosis": "oscillation"}"#, false),
            (r#"{"score": "modesCovered", "at_least": 6}"#, true),
            (r#"{"score": "modesCovered", "at_least": 7}"#, false),
            (r#"{"score": "highQuality", "at_least": 0.5}"#, true),
            (r#"{"score": "highQuality", "at_most": 0.4}"#, false),
            (r#"{"score": "digits", "at_most": 3}"#, true),
            (r#"{"score": "digits", "at_least": 4}"#, false),
            (r#"{"score": "diversity", "at_least": 0}"#, false),
            (r#"{"score": "psnrOfReconstructions", "at_least": 12.5}"#, true),
            (r#"{"score": "psnrOfReconstructions", "at_most": 12}"#, false),
            (
                r#"{"step": 5, "diagnosis": "collapse", "score": "modesCovered", "at_least": 6}"#,
                true,
            ),
        ] {
            assert_eq!(condition(json).expect(json).holds(&run), expected, "{json}");
        }
    }

    #[test]
    fn modes_count_only_with_samples_at_them() {
        let run = |covered: f64, quality: Option<f64>| Seen {
            scores: [
                Some((Score::ModesCovered, covered)),
                quality.map(|q| (Score::HighQuality, q)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            ..Seen::default()
        };
        let default = condition(r#"{"score": "modesCovered", "at_least": 7}"#).expect("valid");
        assert_eq!(default.events(), [Event::Modes { at_least: 7, share: DEFAULT_MODES_SHARE }]);
        assert!(!default.holds(&run(8.0, Some(0.02))), "strewn about");
        assert!(!default.holds(&run(8.0, None)), "not measured");
        assert!(default.holds(&run(8.0, Some(0.5))));
        assert!(!default.holds(&run(6.0, Some(0.9))));
        let of_any = condition(r#"{"score": "modesCovered", "at_least": 7, "share": 0}"#);
        assert!(of_any.expect("valid").holds(&run(7.0, Some(0.0))));
    }

    #[test]
    fn what_is_missing_is_named() {
        let both = condition(r#"{"step": 150, "score": "digits", "at_most": 3}"#).expect("valid");
        assert!(both.counts_digits());
        let mut run = Seen { step: 10, scores: [(Score::Digits, 5.0)].into(), ..Seen::default() };
        assert_eq!(both.missing(&run), [Event::Step(150), Event::Digits(Bound::AtMost(3.0))]);
        run.step = 150;
        assert_eq!(both.missing(&run), [Event::Digits(Bound::AtMost(3.0))]);
        run.scores.insert(Score::Digits, 3.0);
        assert_eq!(both.missing(&run), []);
    }

    #[test]
    fn conditions_that_mean_nothing_are_refused() {
        for json in [
            "{}",
            r#"{"score": "diversity"}"#,
            r#"{"at_least": 1}"#,
            r#"{"score": "diversity", "at_least": 0.2, "at_most": 0.4}"#,
            r#"{"score": "modesCovered", "at_most": 5}"#,
            r#"{"score": "modesCovered", "at_least": 6.5}"#,
            r#"{"score": "modesCovered", "at_least": 0}"#,
            r#"{"score": "modesCovered", "at_least": 6, "share": 1.5}"#,
            r#"{"score": "diversity", "at_least": 0.8, "share": 0.5}"#,
            r#"{"step": 5, "share": 0.5}"#,
            r#"{"score": "realScore", "at_least": 0.5}"#,
            r#"{"steps": 5}"#,
        ] {
            assert!(condition(json).is_err(), "{json}");
        }
    }
}
