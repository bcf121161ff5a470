//! Edits of one sample to measures that are asked for.
//!
//! Directions that serve all samples move each a little. An edit follows the slopes at the sample itself:
//! a few of Newton's steps, each the shortest that brings the wanted measures, and leaves the others
//! and the class as they are. The slopes are differences between samples of neighbouring latents.

use gan_core::Inputs;
use gan_protocol::LatentDistribution;
use nalgebra::{DMatrix, DVector};

use crate::observed::{LatentError, Observed, Seen, largest};

/// The measures that an edit is to bring: slant in degrees, thickness and size in pixels.
pub type Wanted = [f64; 3];

/// An edited sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// Its input.
    pub inputs: Inputs,
    /// The sample, channels first.
    pub sample: Vec<f32>,
    /// Its measures; `None` of a black image.
    pub measures: Option<Wanted>,
    /// The class that it is read as.
    pub class: usize,
}

/// Between two latents that slopes are taken from.
const BETWEEN: f32 = 0.05;
/// The longest step, in units of a latent.
const LONGEST: f64 = 1.0;
/// Measures count as one when they differ by these: degrees and pixels.
const UNITS: Wanted = [5.0, 0.25, 0.4];
/// Units of the class's log odds.
const ODDS_UNIT: f64 = 2.0;
/// Log odds of the class below which a step leads back to it.
const SURE: f64 = 3.0;
/// Added to the diagonal, so that a slope of nothing asks for no step.
const DAMPING: f64 = 0.02;

impl Observed {
    /// The input near `inputs` (one) whose sample has the measures `wanted`, after at most `steps` steps. The
    /// class stays that of the sample before. Codes and classes of the input stay. Waits for the device.
    ///
    /// # Errors
    /// If `inputs` is not one, or the device fails.
    pub async fn edited(
        &mut self,
        inputs: &Inputs,
        wanted: Wanted,
        steps: usize,
    ) -> Result<Edited, LatentError> {
        let header = self.sampler().header().clone();
        if inputs.count(&header) != 1 {
            return Err(LatentError::Unfit("one sample is edited at a time".to_owned()));
        }
        let (size, classes) = (header.latent.size, self.classes());
        let mut inputs = inputs.clone();
        let class = largest(&self.see(&inputs).await?.logits, classes)[0];
        for _ in 0..steps {
            let around = neighbours(&inputs, size);
            let seen = self.see(&around).await?;
            let Some(step) = newton(&seen, wanted, class, classes) else { break };
            for (value, along) in inputs.values.iter_mut().zip(step.iter()) {
                *value += *along as f32;
                if header.latent.distribution == LatentDistribution::Uniform {
                    *value = value.clamp(-1.0, 1.0);
                }
            }
            if step.norm() < 0.02 {
                break;
            }
        }
        let Seen { samples, measures, logits } = self.see(&inputs).await?;
        let class = largest(&logits, classes)[0];
        Ok(Edited { inputs, sample: samples, measures: measures[0], class })
    }
}

/// The input itself, and then one for each number of the latent, in which that number is larger.
fn neighbours(inputs: &Inputs, size: usize) -> Inputs {
    let mut values = inputs.values.repeat(size + 1);
    let numbers = inputs.values.len();
    for at in 0..size {
        values[(at + 1) * numbers + at] += BETWEEN;
    }
    Inputs {
        values,
        labels: inputs.labels.repeat(size + 1),
        generators: inputs.generators.repeat(size + 1),
        pictures: Vec::new(),
    }
}

/// Log of the odds of `class` against all others.
fn log_odds(logits: &[f32], class: usize) -> f64 {
    let own = f64::from(logits[class]);
    let others = logits.iter().enumerate().filter(|(at, _)| *at != class);
    let others = others.map(|(_, x)| f64::from(*x));
    let most = others.clone().fold(f64::NEG_INFINITY, f64::max);
    own - most - others.map(|x| (x - most).exp()).sum::<f64>().ln()
}

/// The shortest step that brings the measures, by the slopes between the first of `seen` and the others.
/// `None` if there is nothing to measure.
fn newton(seen: &Seen, wanted: Wanted, class: usize, classes: usize) -> Option<DVector<f64>> {
    let here = seen.measures[0]?;
    let odds: Vec<f64> =
        seen.logits.chunks_exact(classes).map(|row| log_odds(row, class)).collect();
    let size = odds.len() - 1;
    let between = f64::from(BETWEEN);
    let slopes = DMatrix::from_fn(4, size, |row, at| match (row, seen.measures[at + 1]) {
        (3, _) => (odds[at + 1] - odds[0]) / between / ODDS_UNIT,
        (row, Some(there)) => (there[row] - here[row]) / between / UNITS[row],
        (_, None) => 0.0,
    });
    let missing = DVector::from_fn(4, |row, _| match row {
        3 => (SURE - odds[0]).max(0.0) / ODDS_UNIT,
        row => (wanted[row] - here[row]) / UNITS[row],
    });
    let mut square = &slopes * slopes.transpose();
    for at in 0..4 {
        square[(at, at)] += DAMPING;
    }
    let step = slopes.transpose() * square.cholesky()?.solve(&missing);
    let length = step.norm();
    Some(if length > LONGEST { step * (LONGEST / length) } else { step })
}
