//! Directions that move one measure of all samples, by regression, and what they do.

use gan_core::Inputs;
use gan_eval::Samples;
use gan_eval::attributes::NAMES;
use gan_eval::directions::fitted;
use gan_protocol::DirectionSpec;
use gan_random::Purpose;

use crate::observed::{LatentError, Observed, largest, latents, short};

/// The share of samples that must keep their class, at each place of the range's middle.
const KEPT: f64 = 0.9;
/// The middle of the range, as a part of the whole.
const MIDDLE: f32 = 0.8;
/// The largest range, and the step between ranges, in units of a latent.
const LARGEST: f32 = 6.0;
const STEP: f32 = 0.25;

/// What a direction does to samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The direction, with the largest range over whose middle 80 % at least 90 % of the samples keep
    /// their class.
    pub direction: DirectionSpec,
    /// Mean of the direction's measure at the low end of the middle, at 0 and at the high end.
    pub measure: [f64; 3],
    /// The least share of samples that keep their class within the middle.
    pub kept: f64,
}

impl Observed {
    /// The directions that move each of [`NAMES`], fitted to `count` samples drawn by `seed`: unit vectors, or
    /// zeros if none is left. Classes are told apart first, since an 8 is thicker than a 1: measures are
    /// compared within a class, and what changes the classifier's logits is taken out. Waits for the
    /// device.
    ///
    /// # Errors
    /// If there are too few samples, or the device fails.
    pub async fn fitted_directions(
        &mut self,
        count: usize,
        seed: u64,
    ) -> Result<Vec<Vec<f32>>, LatentError> {
        let header = self.sampler().header().clone();
        let inputs = Inputs::drawn(&header, Purpose::FreshLatents, seed, count);
        let seen = self.see(&inputs).await?;
        let classes = self.classes();
        let read = largest(&seen.logits, classes);
        let mut middles = vec![([0.0; 3], 0.0_f64); classes];
        for (class, found) in read.iter().zip(&seen.measures) {
            if let Some(values) = found {
                let (sums, number) = &mut middles[*class];
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                *number += 1.0;
            }
        }
        let (size, all) = (header.latent.size, latents(&header, &inputs));
        let (mut latents, mut logits, mut measures) = (Vec::new(), Vec::new(), Vec::new());
        for (at, found) in seen.measures.iter().enumerate() {
            let Some(values) = found else { continue };
            let (sums, number) = &middles[read[at]];
            measures.extend(values.iter().zip(sums).map(|(value, sum)| value - sum / number));
            latents.extend_from_slice(&all[at * size..][..size]);
            logits.extend_from_slice(&seen.logits[at * classes..][..classes]);
        }
        let kept = Samples::new(&logits, classes)?;
        let measures = Samples::new(&measures, NAMES.len())?;
        let found = fitted(&Samples::new(&latents, size)?, &measures, Some(&kept))?;
        Ok(found.iter().map(|vector| short(vector)).collect())
    }

    /// What `vector` does to number `which` of [`NAMES`] on `count` samples drawn by `seed`. `None` if
    /// classes change at the shortest range already, or the vector is 0. Waits for the device.
    ///
    /// # Errors
    /// If `vector` has not as many numbers as a latent; when the device fails.
    pub async fn tried(
        &mut self,
        which: usize,
        vector: &[f32],
        count: usize,
        seed: u64,
    ) -> Result<Option<Tried>, LatentError> {
        let header = self.sampler().header().clone();
        let (found, size) = (vector.len(), header.latent.size);
        if found != size {
            let message = format!("a direction of {found} numbers is none of {size}");
            return Err(LatentError::Unfit(message));
        }
        if vector.iter().all(|x| *x == 0.0) {
            return Ok(None);
        }
        let inputs = Inputs::drawn(&header, Purpose::FreshLatents, seed, count);
        let before = self.see(&inputs).await?;
        let at_rest = mean_of(&before.measures, which);
        let before = largest(&before.logits, self.classes());
        let mut outcome = None;
        for step in 1..=(LARGEST / STEP) as usize {
            let range = step as f32 * STEP;
            let mut ends = Vec::new();
            for by in [-MIDDLE * range, MIDDLE * range] {
                let seen = self.see(&self.changed(&inputs, |at| by * vector[at])).await?;
                let read = largest(&seen.logits, self.classes());
                let same = read.iter().zip(&before).filter(|(a, b)| a == b).count();
                ends.push((same as f64 / before.len() as f64, mean_of(&seen.measures, which)));
            }
            let kept = ends[0].0.min(ends[1].0);
            if kept < KEPT {
                break;
            }
            let name = NAMES[which].to_owned();
            let direction = DirectionSpec { name, vector: vector.to_vec(), range };
            outcome = Some(Tried { direction, measure: [ends[0].1, at_rest, ends[1].1], kept });
        }
        Ok(outcome)
    }
}

/// The mean of one measure over the samples that have any.
fn mean_of(measures: &[Option<[f64; 3]>], which: usize) -> f64 {
    let values: Vec<f64> = measures.iter().flatten().map(|values| values[which]).collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
