//! The state of the page in the form for scripts.

use gan_protocol::{Backend, DataSource, Named as _, Phase};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::refusal::Refusal;
use crate::model::run_state::{Column, RunState};

/// The result of `ganPlayground.snapshot()`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The run's number: how many others the page's runs have replaced.
    pub run: u32,
    /// `loading`, `ready`, `running`, `paused` or `failed`.
    pub phase: Phase,
    /// `cpu`, `webgpu`, or `null` before a device is ready.
    pub backend: Option<Backend>,
    /// The device's name.
    pub adapter: String,
    /// The preset from which the run was made.
    pub preset: String,
    /// The data really in use (`mnist`, `drawn_digits`, `points`, … as in a spec), or `null`.
    pub dataset: Option<DataSource>,
    /// Number of real samples, or `null` for endless ones.
    pub samples: Option<u64>,
    /// Generator steps done.
    pub step: u64,
    /// Generator steps per second.
    pub steps_per_second: f64,
    /// The newest losses, or `null`.
    pub losses: Losses,
    /// The charts' averages at the newest step, or `null`.
    pub averages: Averages,
    /// Newest scores by name, including those of the nets' last step.
    pub scores: Value,
    /// Diagnoses, the worst first.
    pub diagnoses: Value,
    /// The reason why the session cannot go on, or `null`.
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

/// The newest moving averages, as the charts' legends have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Averages {
    /// The generator's loss.
    pub generator_loss: Option<f64>,
    /// The discriminator's loss.
    pub discriminator_loss: Option<f64>,
    /// D(x).
    pub real_score: Option<f64>,
    /// D(G(z)).
    pub fake_score: Option<f64>,
}

impl Snapshot {
    /// The state of a run.
    pub fn of(state: &RunState, preset: &str, averages: Averages) -> Self {
        // A report that is not JSON is ignored.
        let report = state.report.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let mut report = match report {
            Some(Value::Object(report)) => report,
            _ => Map::new(),
        };
        Self {
            run: state.replacements,
            phase: state.phase,
            backend: state.backend,
            adapter: state.adapter.clone(),
            preset: preset.to_string(),
            dataset: state.dataset,
            samples: state.samples,
            step: state.step,
            steps_per_second: state.steps_per_second,
            losses: Losses {
                generator: state.newest(Column::GeneratorLoss),
                discriminator: state.newest(Column::DiscriminatorLoss),
            },
            averages,
            scores: scores(state, &mut report),
            diagnoses: report.remove("diagnoses").unwrap_or_else(|| Value::Array(Vec::new())),
            error: state.error.clone(),
        }
    }
}

fn scores(state: &RunState, report: &mut Map<String, Value>) -> Value {
    let mut scores = match report.remove("scores") {
        Some(Value::Object(scores)) => scores,
        _ => Map::new(),
    };
    if let Some(of) = state.newest {
        let numbers = of.scores();
        scores.extend(numbers.map(|(score, number)| (score.name().to_string(), number.into())));
    }
    scores.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_joins_the_scores_and_brings_diagnoses() {
        let report = r#"{"scores":{"diversity":0.5},"diagnoses":[{"kind":"collapse"}]}"#;
        let state = RunState { report: Some(report.to_string()), ..RunState::default() };
        let snapshot = Snapshot::of(&state, "ring", Averages::default());
        assert_eq!(snapshot.scores, serde_json::json!({"diversity": 0.5}));
        assert_eq!(snapshot.diagnoses, serde_json::json!([{"kind": "collapse"}]));
        let broken = RunState { report: Some("{".to_string()), ..RunState::default() };
        assert_eq!(
            Snapshot::of(&broken, "ring", Averages::default()).diagnoses,
            serde_json::json!([])
        );
    }

    #[test]
    fn the_fields_are_those_that_scripts_know() {
        let snapshot = Snapshot::of(&RunState::default(), "mnist-mlp", Averages::default());
        let json = serde_json::to_value(snapshot).expect("plain data");
        let expected = serde_json::json!({
            "run": 0,
            "phase": "loading", "backend": null, "adapter": "", "preset": "mnist-mlp",
            "dataset": null, "samples": null, "step": 0, "stepsPerSecond": 0.0,
            "losses": {"generator": null, "discriminator": null},
            "averages": {
                "generatorLoss": null, "discriminatorLoss": null, "realScore": null, "fakeScore": null,
            },
            "scores": {}, "diagnoses": [], "error": null,
        });
        assert_eq!(json, expected);
    }
}
