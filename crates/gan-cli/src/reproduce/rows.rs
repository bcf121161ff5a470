//! Reads the published experiments: the runs to train, their length, and the papers' figures.
//!
//! A row compares arms: the same run with one thing changed. Rows are data files, so that readers
//! see the runs without reading code.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow};
use gan_protocol::recipes::recipe;
use gan_protocol::{merged, preset};
use serde::Deserialize;
use serde_json::Value;

/// A published experiment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// Its name for `gan reproduce NAME`.
    pub(crate) name: String,
    /// Its subject.
    pub(crate) title: String,
    /// Paper and table.
    pub(crate) source: String,
    /// Preset that the arms change.
    pub(crate) preset: String,
    /// Changes that all arms share, as a merge patch.
    #[serde(default = "no_change")]
    pub(crate) patch: Value,
    /// Generator steps.
    pub(crate) steps: u64,
    /// Generator steps of the paper, if ours are fewer.
    pub(crate) paper_steps: Option<u64>,
    /// Number of seeds, from 1 on.
    pub(crate) seeds: u64,
    /// The scores of the row.
    pub(crate) scores: ScoreKind,
    /// Number of samples for the scores.
    pub(crate) samples: usize,
    /// The runs to compare.
    pub(crate) arms: Vec<Arm>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arm {
    /// Short and unique in its row.
    pub(crate) name: String,
    /// A published set of settings that the arm takes ([`gan_protocol::recipes`]).
    #[serde(default)]
    pub(crate) recipe: Option<String>,
    /// Generator steps, where they are not the row's: as many as take the same time.
    #[serde(default)]
    pub(crate) steps: Option<u64>,
    /// Further changes of this arm, as a merge patch.
    #[serde(default = "no_change")]
    pub(crate) patch: Value,
    /// The paper's figures by the names of our scores, as printed there.
    #[serde(default)]
    pub(crate) paper: BTreeMap<String, String>,
}

impl Row {
    /// Generator steps of `arm` where the row makes `steps`.
    pub(crate) fn steps_of(&self, arm: &Arm, steps: u64) -> u64 {
        arm.steps.map_or(steps, |own| (own * steps / self.steps).max(1))
    }

    /// The settings of `arm`.
    ///
    /// # Errors
    /// If the preset or the recipe is not known.
    pub(crate) fn settings(&self, arm: &Arm) -> Result<Value> {
        let base = preset(&self.preset).ok_or_else(|| anyhow!("no preset `{}`", self.preset))?;
        let mut settings = merged(&base.spec.to_value(), &self.patch);
        if let Some(name) = &arm.recipe {
            let recipe = recipe(name).ok_or_else(|| anyhow!("no recipe `{name}`"))?;
            settings = merged(&settings, &serde_json::from_str(recipe)?);
        }
        Ok(merged(&settings, &arm.patch))
    }
}

impl Arm {
    /// An arm without any change to the row's run.
    pub(crate) fn unchanged(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            recipe: None,
            steps: None,
            patch: no_change(),
            paper: BTreeMap::new(),
        }
    }
}

/// A family of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScoreKind {
    /// Scores of points against the modes of their mixture.
    Mixture,
    /// Scores of images by the classifier of digits.
    Digits,
    /// Scores of colour images, of three digits each, by the classifier of digits.
    StackedDigits,
    /// Scores of pictures restored from MNIST's test images.
    Restored,
    /// Scores of an encoder's latents of MNIST's images.
    Encoded,
    /// How many test images a discriminator names that was told a few classes.
    Classes,
    /// How many test images classifiers name that are taught with few labelled ones, with and without the
    /// run's samples.
    Course,
}

fn no_change() -> Value {
    Value::Object(serde_json::Map::new())
}

const FILES: [&str; 13] = [
    include_str!("../../rows/unrolled-ring.json"),
    include_str!("../../rows/unrolled-grid.json"),
    include_str!("../../rows/pacgan-ring.json"),
    include_str!("../../rows/pacgan-grid.json"),
    include_str!("../../rows/mnist-objectives.json"),
    include_str!("../../rows/stacked-mnist.json"),
    include_str!("../../rows/infogan.json"),
    include_str!("../../rows/super-resolution.json"),
    include_str!("../../rows/bigan.json"),
    include_str!("../../rows/semi-supervised.json"),
    include_str!("../../rows/augmentation.json"),
    include_str!("../../rows/growing.json"),
    include_str!("../../rows/style.json"),
];

/// Every row.
pub(crate) fn rows() -> Result<Vec<Row>> {
    let read = |text: &&str| serde_json::from_str(text).context("a row's file is broken");
    FILES.iter().map(read).collect()
}

/// The row named `name`, or in the JSON file of that name.
pub(crate) fn row(name: &str) -> Result<Row> {
    if name.ends_with(".json") {
        let text = std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
        return serde_json::from_str(&text).with_context(|| format!("{name} is no row"));
    }
    let rows = rows()?;
    let names: Vec<_> = rows.iter().map(|row| row.name.clone()).collect();
    let found = rows.into_iter().find(|row| row.name == name);
    found.ok_or_else(|| anyhow!("there is no row `{name}`; there are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_protocol::RunSpec;

    #[test]
    fn every_arm_of_every_row_is_a_valid_run() {
        for row in rows().expect("readable") {
            for arm in &row.arms {
                let spec = RunSpec::from_value(row.settings(arm).expect("known names"));
                assert!(spec.is_ok(), "{} {}: {spec:?}", row.name, arm.name);
            }
        }
    }
}
