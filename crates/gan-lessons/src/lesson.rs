//! Defines a lesson: its texts, the runs that it loads, and its steps.

use gan_protocol::{RunSpec, SpecError, merged, preset};
use gan_words::Language;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::condition::Condition;

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

/// How long a lesson takes, in whole minutes, 1 to 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Minutes(u32);

impl Minutes {
    /// The number.
    pub fn count(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Minutes {
    type Error = String;

    fn try_from(count: u32) -> Result<Self, String> {
        match count {
            1..=30 => Ok(Self(count)),
            _ => Err(format!("minutes: is {count}; allowed is 1 to 30")),
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
    /// How long it takes; the crate's documentation says how this is estimated.
    pub minutes: Minutes,
    /// Whether `web/worksheets` has a sheet for it, at `#en-ID` and `#zh-ID`.
    #[serde(default)]
    pub worksheet: bool,
    /// Its steps, one after the other.
    pub steps: Vec<Step>,
    /// What it has shown, in one to three sentences, for its end.
    pub summary: Words,
}

impl Lesson {
    /// The step whose run is on the page at `step`: the last one up to `step` that loads a run.
    pub fn loading_step(&self, step: usize) -> Option<usize> {
        let until = self.steps.iter().take(step + 1);
        until
            .enumerate()
            .filter(|(_, one)| one.load.is_some())
            .map(|(number, _)| number)
            .next_back()
    }

    /// Whether that run trains at `step`: whether a step since its load starts it.
    pub fn trains_at(&self, step: usize) -> bool {
        let first = self.loading_step(step).unwrap_or(0);
        self.steps.iter().take(step + 1).skip(first).any(|one| one.start)
    }

    /// Names of the layers that the plane shows at `step`: those of the last step up to `step` that
    /// chooses any.
    pub fn layers_at(&self, step: usize) -> Option<&[String]> {
        self.steps.iter().take(step + 1).rev().find_map(|one| one.layers.as_deref())
    }

    /// The run that is replaced and the run that replaces it, where `step` loads another run than
    /// an earlier step of the lesson.
    pub fn runs_around(&self, step: usize) -> Option<[RunSpec; 2]> {
        let before = self.loading_step(step.checked_sub(1)?)?;
        let run = |step: usize| self.steps.get(step)?.run()?.ok();
        Some([run(before)?, run(step)?])
    }
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
