//! `gan diagnose`: trains a run and prints the diagnoses that the page would display.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, value_parser};
use gan_eval::diagnosis::Observation;
use gan_protocol::{Ailment, Diagnosis, Figure, Named as _, Report};
use gan_session::Health;
use serde_json::{Value, json};

use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::output::say;
use crate::progress::Bar;
use crate::runs::TrainedRun;
use crate::specs::SpecArguments;
use crate::{Ending, interrupt};

/// Arguments of `gan diagnose`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    #[command(flatten)]
    data: DataArguments,
    /// Generator steps.
    #[arg(long, default_value_t = 3_000)]
    steps: u64,
    /// Steps between two looks. The page looks every half second.
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u64).range(1..))]
    every: u64,
    /// Write what was seen as JSON, from which the same diagnoses follow.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Print every look as a line of JSON; otherwise a line whenever what is found changes.
    #[arg(long)]
    json: bool,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// Trains, and prints the diagnoses.
///
/// # Errors
/// If the run is invalid, diverges, or the device fails. Observations made before are recorded.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    let spec = arguments.spec.spec()?;
    let device = arguments.device.open()?;
    let mut run = TrainedRun::new(&spec, &arguments.data, None, &device)?;
    let (mut health, mut recorder) = (Health::default(), Recorder::default());
    let bar = Bar::counted("training", arguments.steps, "steps");
    let mut said = Vec::new();
    let mut outcome = Ok(());
    while run.trainer.generator_steps() < arguments.steps && !interrupt::is_wanted() {
        let end = (run.trainer.generator_steps() + arguments.every).min(arguments.steps);
        let report = run.watched(&mut health, end);
        bar.set_position(run.trainer.generator_steps());
        let report = match report {
            Ok(Some(report)) => report,
            Ok(None) => continue,
            // The observations before the error are kept.
            Err(error) => {
                outcome = Err(error);
                break;
            }
        };
        recorder.note(health.observation());
        let step = run.trainer.generator_steps();
        if arguments.json {
            say!("{}", json!({"step": step, "report": report}))?;
            continue;
        }
        let found: Vec<Ailment> = report.ailments().collect();
        if found != said {
            say!("step {step}: {}", told(&report))?;
            said = found;
        }
    }
    drop(bar);
    if let Some(path) = &arguments.record {
        crate::files::write(path, recorder.json().to_string().as_bytes())?;
    }
    outcome?;
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}

fn told(report: &Report) -> String {
    let told = |one: &Diagnosis| {
        let figure = |(figure, value): (&Figure, &f64)| format!("{} {value:.3}", figure.name());
        let figures: Vec<String> = one.figures.iter().map(figure).collect();
        format!("{} ({})", one.kind.name(), figures.join(", "))
    };
    let parts: Vec<String> = report.diagnoses.iter().map(told).collect();
    if parts.is_empty() { "nothing stands out".to_owned() } else { parts.join("; ") }
}

/// Collects observations for a file.
///
/// Only distances between the samples' means matter. A mean is therefore stored in coordinates of
/// its own, the fewest that contain all means: it has at most as many numbers as there were
/// observations, however large an image is.
#[derive(Default)]
struct Recorder {
    rows: Vec<Value>,
    origin: Option<Vec<f64>>,
    /// Orthonormal vectors.
    basis: Vec<Vec<f64>>,
}

impl Recorder {
    fn note(&mut self, observation: Option<&Observation>) {
        let Some(of) = observation else { return };
        let middle = self.coordinates(&of.middle);
        self.rows.push(json!({
            "step": of.step,
            "separation": of.separation,
            "loss": of.loss,
            "generator_gradient_norm": of.generator_gradient_norm,
            "gradient_share": of.gradient_share,
            "diversity": of.diversity,
            "occupied": of.occupied,
            "high_quality": of.high_quality,
            "copies": of.copies,
            "middle": middle,
        }));
    }

    fn coordinates(&mut self, middle: &[f64]) -> Vec<f64> {
        let origin = self.origin.get_or_insert_with(|| middle.to_vec());
        let mut left: Vec<f64> = middle.iter().zip(origin.iter()).map(|(a, b)| a - b).collect();
        let mut found = Vec::with_capacity(self.basis.len() + 1);
        for axis in &self.basis {
            let along = dot(&left, axis);
            left.iter_mut().zip(axis).for_each(|(x, a)| *x -= along * a);
            found.push(rounded(along));
        }
        let norm = dot(&left, &left).sqrt();
        // Smaller norms are rounding errors.
        if norm > 1e-4 {
            found.push(rounded(norm));
            left.iter_mut().for_each(|x| *x /= norm);
            self.basis.push(left);
        }
        found
    }

    fn json(self) -> Value {
        Value::Array(self.rows)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Rounded to four decimals: diagnoses depend on hundredths.
fn rounded(x: f64) -> f64 {
    (1e4 * x).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_keep_the_distances() {
        let points =
            [vec![1.0, 2.0, 3.0], vec![4.0, 2.0, 3.0], vec![4.0, 6.0, 3.0], vec![1.0, 2.0, 4.0]];
        let mut recorder = Recorder::default();
        let found = points.each_ref().map(|point| recorder.coordinates(point));
        let distance = |a: &[f64], b: &[f64]| {
            let at = |of: &[f64], place: usize| of.get(place).copied().unwrap_or(0.0);
            (0..3).map(|place| (at(a, place) - at(b, place)).powi(2)).sum::<f64>().sqrt()
        };
        for (a, first) in points.iter().enumerate() {
            for (b, second) in points.iter().enumerate() {
                let difference = distance(first, second) - distance(&found[a], &found[b]);
                assert!(difference.abs() < 1e-3, "{a} {b}: {difference}");
            }
        }
    }
}
