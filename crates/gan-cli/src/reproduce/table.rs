//! Prints results beside the paper's figures, as a table or as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::Outcome;
use super::rows::Row;

/// Name of the row of real data, which has no seeds.
pub(crate) const REAL: &str = "real data";

/// Mean and standard error of the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Estimate {
    mean: f64,
    /// `None` for a single value.
    error: Option<f64>,
}

fn estimate(values: &[f64]) -> Estimate {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.len() < 2 {
        return Estimate { mean, error: None };
    }
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Estimate { mean, error: Some((squares / (count - 1.0) / count).sqrt()) }
}

impl Outcome {
    /// Each score over the seeds; all seeds of an arm have the same scores.
    fn estimates(&self) -> Vec<(&'static str, Estimate)> {
        let names = self.scores.first().into_iter().flatten().map(|(name, _)| *name);
        let over_seeds = |place: usize| -> Vec<f64> {
            self.scores.iter().filter_map(|one| one.get(place)).map(|(_, value)| *value).collect()
        };
        names.enumerate().map(|(place, name)| (name, estimate(&over_seeds(place)))).collect()
    }
}

/// All scores of the arms, in the arms' order.
fn columns(outcomes: &[Outcome]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (name, _) in outcomes.iter().flat_map(Outcome::estimates) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A number with three digits, for a table.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        small if small >= 1.0 || small == 0.0 => 2,
        _ => 4,
    };
    format!("{value:.digits$}")
}

/// The table.
pub(crate) fn markdown(row: &Row, steps: u64, outcomes: &[Outcome]) -> String {
    let mut text = format!("### {}: {}\n\n{}. ", row.name, row.title, row.source);
    let seeds = outcomes.first().map_or(0, |outcome| outcome.scores.len());
    let _ = write!(text, "{seeds} seed{}, {steps} steps", if seeds == 1 { "" } else { "s" });
    if let Some(paper) = row.paper_steps.filter(|paper| *paper != steps) {
        let _ = write!(text, " (the paper's {paper})");
    }
    let _ = writeln!(text, ", {} samples; mean ± standard error.\n", row.samples);
    let columns = columns(outcomes);
    let in_paper = |name: &str| outcomes.iter().any(|one| one.arm.paper.contains_key(name));
    let (mut head, mut rule) = ("| arm |".to_owned(), "|---|".to_owned());
    for name in &columns {
        if in_paper(name) {
            let _ = write!(head, " {name}, paper |");
            rule += "---|";
        }
        let _ = write!(head, " {name} |");
        rule += "---|";
    }
    let _ = writeln!(text, "{head}\n{rule}");
    for outcome in outcomes {
        let estimates = outcome.estimates();
        let _ = write!(text, "| {}", outcome.arm.name);
        if outcome.arm.steps.is_some() {
            let _ = write!(text, " ({} steps)", row.steps_of(&outcome.arm, steps));
        }
        if outcome.scores.len() != seeds && outcome.arm.name != REAL {
            let _ = write!(text, " ({} of them)", outcome.scores.len());
        }
        text += " |";
        for name in &columns {
            if in_paper(name) {
                let paper = outcome.arm.paper.get(*name).map_or("-", String::as_str);
                let _ = write!(text, " {paper} |");
            }
            let found = estimates.iter().find(|(one, _)| one == name);
            let told = found.map_or_else(
                || "-".to_owned(),
                |(_, found)| match found.error {
                    _ if found.mean.is_nan() => "-".to_owned(),
                    Some(error) => format!("{} ± {}", short(found.mean), short(error)),
                    None => short(found.mean),
                },
            );
            let _ = write!(text, " {told} |");
        }
        text.push('\n');
    }
    text
}

/// The same as JSON.
pub(crate) fn json(row: &Row, steps: u64, outcomes: &[Outcome]) -> Value {
    let arms: Vec<Value> = outcomes
        .iter()
        .map(|outcome| {
            let run = |scores: &crate::scores::Scores| -> Value {
                scores
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), json!(value)))
                    .collect::<Map<_, _>>()
                    .into()
            };
            let runs: Vec<Value> = outcome.scores.iter().map(run).collect();
            let scores: Map<String, Value> = outcome
                .estimates()
                .into_iter()
                .map(|(name, found)| {
                    (name.to_owned(), json!({"mean": found.mean, "error": found.error}))
                })
                .collect();
            json!({
                "arm": outcome.arm.name,
                "steps": row.steps_of(&outcome.arm, steps),
                "paper": outcome.arm.paper,
                "runs": runs,
                "scores": scores,
            })
        })
        .collect();
    json!({"row": row.name, "steps": steps, "paper_steps": row.paper_steps, "arms": arms})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::rows::rows;

    #[test]
    fn the_error_is_that_of_the_mean() {
        // Sample standard deviation 2, four values.
        let found = estimate(&[1.0, 1.0, 1.0, 5.0]);
        assert_eq!(found, Estimate { mean: 2.0, error: Some(1.0) });
        assert_eq!(estimate(&[7.0]), Estimate { mean: 7.0, error: None });
    }

    #[test]
    fn the_papers_figures_stand_beside_ours() {
        let row = rows().expect("readable").remove(0);
        let outcome = |arm: usize, modes: [f64; 2]| Outcome {
            arm: row.arms[arm].clone(),
            scores: modes.map(|modes| vec![("modes", modes), ("reverse_kl", 0.5)]).to_vec(),
        };
        let text = markdown(&row, row.steps, &[outcome(0, [1.0, 2.0]), outcome(2, [8.0, 8.0])]);
        let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(
            table,
            [
                "| arm | modes, paper | modes | reverse_kl |",
                "|---|---|---|---|",
                "| baseline | 1 | 1.50 ± 0.5000 | 0.5000 ± 0.00 |",
                "| pacgan4 | - | 8.00 ± 0.00 | 0.5000 ± 0.00 |",
            ]
        );
        // An arm of other steps tells how many, in proportion to those that are asked for.
        let mut row = row;
        row.arms[0].steps = Some(2 * row.steps);
        let outcome = Outcome { arm: row.arms[0].clone(), scores: vec![vec![("modes", 1.0)]] };
        let text = markdown(&row, 10, &[outcome]);
        assert!(text.contains("| baseline (20 steps) | 1 | 1.00 |"), "{text}");
    }
}
