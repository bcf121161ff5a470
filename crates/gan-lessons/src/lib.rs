//! Defines lessons as data, and reads the lessons from `web/lessons`.
//!
//! The lab gives lessons to the user; `gan lessons` checks natively that the runs they load meet
//! their conditions.

use std::collections::BTreeMap;

use gan_protocol::{Ailment, RunSpec, Score, SpecError, merged, preset};
use gan_words::Language;
use serde::Deserialize;
use serde_json::{Map, Value};

const FILES: [&str; 10] = [
    include_str!("../../../web/lessons/what-is-a-gan.json"),
    include_str!("../../../web/lessons/collapse-on-a-ring.json"),
    include_str!("../../../web/lessons/repairs.json"),
    include_str!("../../../web/lessons/collapse-on-digits.json"),
    include_str!("../../../web/lessons/vanishing-gradient.json"),
    include_str!("../../../web/lessons/discriminator-too-strong.json"),
    include_str!("../../../web/lessons/discriminator-too-weak.json"),
    include_str!("../../../web/lessons/oscillation.json"),
    include_str!("../../../web/lessons/memorising.json"),
    include_str!("../../../web/lessons/reading-the-scores.json"),
];

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    en: String,
    zh: String,
}

impl Words {
    /// The text in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }
}

/// A lesson.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Its name in the page's address and for scripts.
    pub id: String,
    /// Its name for the user.
    pub title: Words,
    /// Its steps, one after the other.
    pub steps: Vec<Step>,
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The text of the step.
    pub text: Words,
    /// The run to load: a preset's name and the differences from it.
    #[serde(default)]
    pub load: Option<Map<String, Value>>,
    /// Whether to start training.
    #[serde(default)]
    pub start: bool,
    /// Names of the layers that the plane shows.
    #[serde(default)]
    pub layers: Option<Vec<String>>,
    /// The condition to wait for.
    #[serde(default)]
    pub until: Option<Condition>,
    /// The question to the user.
    #[serde(default)]
    pub question: Option<Question>,
}

impl Step {
    /// The run to load, if the step loads one: a preset with changes.
    ///
    /// # Errors
    /// The fault of the run. A test makes every lesson's runs.
    pub fn run(&self) -> Option<Result<RunSpec, SpecError>> {
        let mut changes = self.load.clone()?;
        let name = changes.remove("preset").unwrap_or_default();
        let Some(base) = name.as_str().and_then(preset) else {
            return Some(Err(SpecError::new("preset", format!("{name} is none"))));
        };
        Some(RunSpec::from_value(merged(&base.spec.to_value(), &changes.into())))
    }
}

/// A condition on a run. All its given parts must hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Least number of generator steps done.
    #[serde(default)]
    step: Option<u64>,
    /// A diagnosis that the report must contain.
    #[serde(default)]
    diagnosis: Option<Ailment>,
    /// A score that the report must contain.
    #[serde(default)]
    score: Option<Score>,
    /// The score's least value.
    #[serde(default)]
    at_least: Option<f64>,
    /// The score's largest value.
    #[serde(default)]
    at_most: Option<f64>,
}

/// A question with answers to choose from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The text of the question.
    pub text: Words,
    /// The answers to choose from.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The text of the answer.
    pub text: Words,
    /// Whether the answer is right.
    #[serde(default)]
    pub right: bool,
    /// The text that is displayed after the answer.
    pub reply: Words,
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

/// Least share of the samples from which a digit counts as drawn: a quarter of the expected share.
pub const LEAST_SHARE: f64 = 0.025;

/// The score `digits`: number of the ten digits that are drawn, from their shares of the samples.
pub fn digits_drawn(shares: &[f64]) -> usize {
    shares.iter().filter(|share| **share >= LEAST_SHARE).count()
}

impl Condition {
    /// The score that the condition needs.
    pub fn score(&self) -> Option<Score> {
        self.score
    }

    /// Whether the condition holds.
    pub fn holds(&self, run: &Seen) -> bool {
        let has_steps = self.step.is_none_or(|step| run.step >= step);
        let suffers = self.diagnosis.is_none_or(|kind| run.diagnoses.contains(&kind));
        let scores_well = self.score.is_none_or(|name| {
            run.scores.get(&name).is_some_and(|score| {
                self.at_least.is_none_or(|least| *score >= least)
                    && self.at_most.is_none_or(|most| *score <= most)
            })
        });
        has_steps && suffers && scores_well
    }
}

/// The lessons, in the order in which they are offered.
///
/// # Errors
/// The fault of a file. A test reads them all.
pub fn all() -> Result<Vec<Lesson>, serde_json::Error> {
    FILES.iter().map(|text| serde_json::from_str(text)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LAYERS: [&str; 6] = ["reals", "fakes", "surface", "lattice", "pulls", "trails"];
    /// The scores of `Event::Report`, and the one that the lab computes itself.

    #[test]
    fn every_file_is_a_lesson_of_its_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/lessons");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let files: BTreeSet<_> = files.map(|file| file.expect("readable").file_name()).collect();
        let lessons = all().expect("readable").into_iter();
        let listed = lessons.map(|lesson| format!("{}.json", lesson.id).into()).collect();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_lesson_can_be_given() {
        let lessons = all().expect("readable");
        let ids: BTreeSet<&str> = lessons.iter().map(|lesson| lesson.id.as_str()).collect();
        assert_eq!(ids.len(), lessons.len(), "two lessons have one name");
        for Lesson { id, steps, .. } in &lessons {
            assert!(steps[0].load.is_some(), "{id} starts with whatever run is there");
            for step in steps {
                let run = step.run();
                assert!(!matches!(run, Some(Err(_))), "{id}: {run:?}");
                for layer in step.layers.iter().flatten() {
                    assert!(LAYERS.contains(&layer.as_str()), "{id}: layer {layer}");
                }
                if let Some(Condition { score, at_least, at_most, .. }) = &step.until {
                    let bounded = at_least.is_some() || at_most.is_some();
                    assert_eq!(score.is_some(), bounded, "{id}: a score needs a bound");
                }
                if let Some(question) = &step.question {
                    let right = question.answers.iter().filter(|answer| answer.right).count();
                    assert_eq!((right, question.answers.len() > 1), (1, true), "{id}");
                }
            }
        }
    }

    #[test]
    fn conditions_hold_when_all_that_they_name_is_seen() {
        let condition = |json: &str| -> Condition { serde_json::from_str(json).expect("JSON") };
        let run = Seen {
            step: 100,
            scores: [(Score::ModesCovered, 6.0)].into(),
            diagnoses: vec![Ailment::Collapse],
        };
        for (json, expected) in [
            (r#"{"step": 100}"#, true),
            (r#"{"step": 101}"#, false),
            (r#"{"diagnosis": "collapse"}"#, true),
            (r#"{"diagnosis": "oscillation"}"#, false),
            (r#"{"score": "modesCovered", "at_least": 6}"#, true),
            (r#"{"score": "modesCovered", "at_least": 7}"#, false),
            (r#"{"score": "modesCovered", "at_most": 5}"#, false),
            (r#"{"score": "diversity", "at_least": 0}"#, false),
            (
                r#"{"step": 5, "diagnosis": "collapse", "score": "modesCovered", "at_most": 6}"#,
                true,
            ),
        ] {
            assert_eq!(condition(json).holds(&run), expected, "{json}");
        }
    }
}
