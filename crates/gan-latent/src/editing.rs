//! Edits of one sample to measures that are asked for.
//!
//! Directions that serve all samples move each a little. An edit follows the slopes at the sample itself:
//! a few of Newton's steps, each the shortest that brings the wanted measures, and leaves the others
//! and the class as they are. The slopes are differences between samples of neighbouring latents.

use gan_core::{Inputs, Search};
use gan_eval::Samples;
use gan_eval::restoration::psnr;
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
    /// The probability of that class.
    pub share: f32,
}

/// The most steps of an edit.
const STEPS: usize = 12;
/// From black to white.
const RANGE: f64 = 2.0;
/// Between two latents that slopes are taken from.
const BETWEEN: f32 = 0.05;
/// The longest step, in units of a latent.
const LONGEST: f64 = 1.0;
/// The length of a step after which there is nothing more to be done.
const SHORTEST: f64 = 0.02;
/// Measures count as one when they differ by these: degrees and pixels.
const UNITS: Wanted = [5.0, 0.25, 0.4];
/// Units of the class's log odds.
const ODDS_UNIT: f64 = 2.0;
/// Log odds of the class below which a step leads back to it.
const SURE: f64 = 3.0;
/// Added to the diagonal, so that a slope of nothing asks for no step.
const DAMPING: f64 = 0.02;

impl Observed {
    /// One input as it is: its sample, measured and read. Waits for the device.
    ///
    /// # Errors
    /// As [`Observed::edited`].
    pub async fn looked_at(&mut self, inputs: &Inputs) -> Result<Edited, LatentError> {
        if inputs.count(self.sampler().header()) != 1 {
            return Err(LatentError::Unfit("one sample is looked at at a time".to_owned()));
        }
        self.told(inputs).await
    }

    /// The input whose sample is nearest to `picture`, and its PSNR, in dB: see
    /// [`gan_core::Sampler::inverted`].
    ///
    /// # Errors
    /// As [`gan_core::Sampler::inverted`].
    pub async fn inverted(
        &mut self,
        picture: &[f32],
        search: &Search,
    ) -> Result<(Edited, f64), LatentError> {
        let (sampler, classifier) = self.parts();
        let found = sampler.inverted(picture, Some(classifier), search).await?;
        let clipped = |values: &[f32]| values.iter().map(|x| x.clamp(-1.0, 1.0)).collect();
        let [made, wanted]: [Vec<f32>; 2] = [clipped(&found.sample), clipped(picture)];
        let size = picture.len();
        let psnr = psnr(&Samples::new(&made, size)?, &Samples::new(&wanted, size)?, RANGE)?;
        Ok((self.told(&found.inputs).await?, psnr))
    }

    /// The input near `inputs` (one) whose sample has the measures `wanted`, or comes as near as it can in a
    /// few steps without another class than that of the sample before. Codes and classes of the input
    /// stay. Waits for the device.
    ///
    /// # Errors
    /// If `inputs` is not one, or the device fails.
    pub async fn edited(&mut self, inputs: &Inputs, wanted: Wanted) -> Result<Edited, LatentError> {
        let class = self.looked_at(inputs).await?.class;
        let (size, classes) = (self.sampler().header().latent.size, self.classes());
        // The last input whose sample keeps the class.
        let mut kept = inputs.clone();
        let mut inputs = inputs.clone();
        for _ in 0..STEPS {
            let seen = self.see(&neighbours(&inputs, size)).await?;
            if largest(&seen.logits[..classes], classes)[0] != class {
                // Too far: half of the way.
                let halves = inputs.values.iter_mut().zip(&kept.values);
                halves.for_each(|(value, before)| *value = (*value + before) / 2.0);
                continue;
            }
            kept.clone_from(&inputs);
            let Some(step) = newton(&seen, wanted, class, classes) else { break };
            inputs = self.changed(&inputs, |at| step[at] as f32);
            if step.norm() < SHORTEST {
                break;
            }
        }
        let last = self.told(&inputs).await?;
        if last.class == class { Ok(last) } else { self.told(&kept).await }
    }

    /// One input's sample, measured and read.
    async fn told(&mut self, inputs: &Inputs) -> Result<Edited, LatentError> {
        let Seen { samples: sample, measures, logits } = self.see(inputs).await?;
        let class = largest(&logits, self.classes())[0];
        let share = (1.0 / (1.0 + (-log_odds(&logits, class)).exp())) as f32;
        Ok(Edited { inputs: inputs.clone(), sample, measures: measures[0], class, share })
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
        ..inputs.clone()
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
