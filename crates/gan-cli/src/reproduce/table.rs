//! Outcomes beside the paper's figures.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Outcome;
use super::rows::Row;

/// Mean and standard error of the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Estimate {
    mean: f64,
    /// 0 for a single value, of which it cannot be known.
    error: f64,
}

fn estimate(values: &[f64]) -> Estimate {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.len() < 2 {
        return Estimate { mean, error: 0.0 };
    }
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Estimate { mean, error: (squares / (count - 1.0) / count).sqrt() }
}

fn columns(outcome: &Outcome) -> [Estimate; 3] {
    let of = |pick: fn(&super::MixtureScores) -> f64| {
        estimate(&outcome.scores.iter().map(pick).collect::<Vec<_>>())
    };
    [of(|s| s.modes as f64), of(|s| 100.0 * s.quality), of(|s| s.reverse_kl)]
}

/// A table for people.
pub(crate) fn markdown(row: &Row, steps: u64, outcomes: &[Outcome]) -> String {
    let mut text = format!("### {}: {}\n\n{}. ", row.name, row.title, row.source);
    let seeds = outcomes.first().map_or(0, |outcome| outcome.scores.len());
    let _ = write!(text, "{seeds} seeds, {steps} steps");
    if let Some(paper) = row.paper_steps.filter(|paper| *paper != steps) {
        let _ = write!(text, " (the paper's {paper})");
    }
    let _ = writeln!(text, ", {} samples; mean ± standard error.\n", row.samples);
    text +=
        "| arm | modes: paper | modes: ours | high quality %: paper | ours | reverse KL: ours |\n";
    text += "|---|---|---|---|---|---|\n";
    for outcome in outcomes {
        let told = |estimate: Estimate, digits: usize| {
            format!("{:.digits$} ± {:.digits$}", estimate.mean, estimate.error)
        };
        let paper = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        let [modes, quality, kl] = columns(outcome);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            outcome.arm.name,
            paper(&outcome.arm.paper_modes),
            told(modes, 2),
            paper(&outcome.arm.paper_quality),
            told(quality, 1),
            told(kl, 3)
        );
    }
    text
}

/// The same for machines.
pub(crate) fn json(row: &Row, steps: u64, outcomes: &[Outcome]) -> Value {
    let arms: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let runs: Vec<Value> = outcome
                .scores
                .iter()
                .map(
                    |s| json!({"modes": s.modes, "quality": s.quality, "reverse_kl": s.reverse_kl}),
                )
                .collect();
            let [modes, quality, kl] = columns(outcome);
            json!({
                "arm": outcome.arm.name,
                "runs": runs,
                "modes": {"mean": modes.mean, "error": modes.error},
                "quality_percent": {"mean": quality.mean, "error": quality.error},
                "reverse_kl": {"mean": kl.mean, "error": kl.error},
            })
        })
        .collect();
    json!({"row": row.name, "steps": steps, "paper_steps": row.paper_steps, "arms": arms})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_mean() {
        // Sample standard deviation 2, four values.
        let found = estimate(&[1.0, 1.0, 1.0, 5.0]);
        assert_eq!(found, Estimate { mean: 2.0, error: 1.0 });
        assert_eq!(estimate(&[7.0]), Estimate { mean: 7.0, error: 0.0 });
    }
}
