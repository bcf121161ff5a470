//! The state of the page as scripts see it.

use gan_protocol::{Backend, DataSource, Diagnosis, Phase};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::refusal::Refusal;
use crate::model::run_state::{Column, RunState};

/// What `ganPlayground.snapshot()` gives.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// `loading`, `ready`, `running`, `paused` or `failed`.
    pub phase: Phase,
    /// `cpu`, `webgpu`, or `null` before a device is there.
    pub backend: Option<Backend>,
    /// The device's name.
    pub adapter: String,
    /// The preset that the run was made from.
    pub preset: String,
    /// The data really in use (`mnist`, `drawn_digits`, `points`, … as in a spec), or `null`.
    pub dataset: Option<DataSource>,
    /// Generator steps done.
    pub step: u64,
    /// Generator steps a second.
    pub steps_per_second: f64,
    /// The newest losses, or `null`.
    pub losses: Losses,
    /// Newest scores by name; those of the two nets' last step.
    pub scores: Value,
    /// What the run seems to suffer from, the worst first.
    pub diagnoses: Vec<Diagnosis>,
    /// Why the session cannot go on, or `null`.
    pub error: Option<Refusal>,
}

/// The newest losses.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Losses {
    /// The generator's.
    pub generator: Option<f64>,
    /// The discriminator's.
    pub discriminator: Option<f64>,
}

impl Snapshot {
    /// The state of a run.
    pub fn of(state: &RunState, preset: &str) -> Self {
        Self {
            phase: state.phase,
            backend: state.backend,
            adapter: state.adapter.clone(),
            preset: preset.to_string(),
            dataset: state.dataset,
            step: state.step,
            steps_per_second: state.steps_per_second,
            losses: Losses {
                generator: state.newest(Column::GeneratorLoss),
                discriminator: state.newest(Column::DiscriminatorLoss),
            },
            scores: scores(state),
            diagnoses: state.report.iter().flat_map(|report| report.diagnoses.clone()).collect(),
            error: state.error.clone(),
        }
    }
}

fn scores(state: &RunState) -> Value {
    let mut scores = Map::new();
    let mut add = |name: &str, value: f64| drop(scores.insert(name.to_string(), value.into()));
    if let Some(of) = state.newest {
        add("realScore", of.real_score);
        add("fakeScore", of.fake_score);
        add("penalty", of.penalty);
        add("auxiliary", of.auxiliary);
        add("generatorGradientNorm", of.generator_gradient_norm);
        add("discriminatorGradientNorm", of.discriminator_gradient_norm);
    }
    if let Some(report) = &state.report {
        add("diversity", report.diversity);
        if let Some(modes) = report.modes {
            add("modes", modes.count as f64);
            add("modesCovered", modes.covered as f64);
            add("highQuality", modes.high_quality);
            add("reverseKl", modes.reverse_kl);
        }
    }
    scores.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_that_scripts_know() {
        let snapshot = Snapshot::of(&RunState::default(), "mnist-mlp");
        let json = serde_json::to_value(snapshot).expect("plain data");
        let expected = serde_json::json!({
            "phase": "loading", "backend": null, "adapter": "", "preset": "mnist-mlp",
            "dataset": null, "step": 0, "stepsPerSecond": 0.0,
            "losses": {"generator": null, "discriminator": null},
            "scores": {}, "diagnoses": [], "error": null,
        });
        assert_eq!(json, expected);
    }
}
