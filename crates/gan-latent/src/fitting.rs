//! Directions that move one measure of all samples, by regression, and what they do.

use gan_core::Inputs;
use gan_eval::Samples;
use gan_eval::attributes::NAMES;
use gan_eval::directions::fitted;
use gan_protocol::DirectionSpec;
use gan_random::Purpose;

use crate::observed::{LatentError, Observed, Seen, largest, latents, short};

/// The share of samples that must keep their class, at each place of the range's middle.
const KEPT: f64 = 0.9;
/// The middle of the range, as a part of the whole.
const MIDDLE: f32 = 0.8;
/// The largest range, and the step between ranges, in units of a latent.
const LARGEST: f32 = 6.0;
const STEP: f32 = 0.25;

/// Samples before a direction moves them.
struct Resting {
    inputs: Inputs,
    /// The class that the classifier reads.
    classes: Vec<usize>,
    measures: Vec<Option<[f64; 3]>>,
}

/// What a direction does to samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The direction. Its range is the last before the first over whose middle 80 % fewer than 90 % of the samples that it was
    /// chosen by, and a standard error of this share, keep their class.
    pub direction: DirectionSpec,
    /// On other samples, mean of the direction's measure at the low end of the middle, at 0 and at the high end.
    pub measure: [f64; 3],
    /// On the same, the share that keeps its class at the end of the middle where fewer do.
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

    /// What `vector` does to number `which` of [`NAMES`], in the widest range in which classes stay. The
    /// range is chosen by `count` samples drawn by `seeds[0]`, and what it does is measured on as many drawn
    /// by `seeds[1]`. `None` if classes change at the shortest range already, or the vector is 0. Waits for
    /// the device.
    ///
    /// # Errors
    /// If `vector` has not as many numbers as a latent; when the device fails.
    pub async fn tried(
        &mut self,
        which: usize,
        vector: &[f32],
        count: usize,
        seeds: [u64; 2],
    ) -> Result<Option<Tried>, LatentError> {
        let (found, size) = (vector.len(), self.sampler().header().latent.size);
        if found != size {
            let message = format!("a direction of {found} numbers is none of {size}");
            return Err(LatentError::Unfit(message));
        }
        if vector.iter().all(|x| *x == 0.0) {
            return Ok(None);
        }
        let [chosen_by, measured_on] =
            [self.resting(count, seeds[0]).await?, self.resting(count, seeds[1]).await?];
        let mut widest = None;
        for step in 1..=(LARGEST / STEP) as usize {
            let range = step as f32 * STEP;
            let name = NAMES[which].to_owned();
            let direction = DirectionSpec { name, vector: vector.to_vec(), range };
            let kept = self.effect(which, direction.clone(), &chosen_by).await?.kept;
            // By its standard error, so that as many stay of other samples.
            let surely = kept - (kept * (1.0 - kept) / count as f64).sqrt();
            if surely.is_nan() || surely < KEPT {
                break;
            }
            widest = Some(direction);
        }
        match widest {
            Some(direction) => self.effect(which, direction, &measured_on).await.map(Some),
            None => Ok(None),
        }
    }

    /// `count` samples drawn by `seed`, and what is seen in them.
    async fn resting(&mut self, count: usize, seed: u64) -> Result<Resting, LatentError> {
        let header = self.sampler().header().clone();
        let inputs = Inputs::drawn(&header, Purpose::FreshLatents, seed, count);
        let Seen { logits, measures, .. } = self.see(&inputs).await?;
        Ok(Resting { classes: largest(&logits, self.classes()), measures, inputs })
    }

    /// What `direction` does to number `which` of [`NAMES`] over the middle of its range.
    async fn effect(
        &mut self,
        which: usize,
        direction: DirectionSpec,
        resting: &Resting,
    ) -> Result<Tried, LatentError> {
        let Resting { inputs, classes, measures } = resting;
        let (mut kept, mut moved) = (1.0_f64, Vec::new());
        for by in [-MIDDLE * direction.range, MIDDLE * direction.range] {
            let seen = self.see(&self.changed(inputs, |at| by * direction.vector[at])).await?;
            let read = largest(&seen.logits, self.classes());
            let same = read.iter().zip(classes).filter(|(a, b)| a == b).count();
            kept = kept.min(same as f64 / classes.len() as f64);
            moved.push(seen.measures);
        }
        let measure = means([&moved[0], measures, &moved[1]], which);
        Ok(Tried { direction, measure, kept })
    }
}

/// The means of one measure in three states, over the samples that have it in all of them.
fn means(states: [&[Option<[f64; 3]>]; 3], which: usize) -> [f64; 3] {
    let (mut sums, mut count) = ([0.0; 3], 0.0_f64);
    for at in 0..states[0].len() {
        if let [Some(low), Some(middle), Some(high)] = states.map(|state| state[at]) {
            count += 1.0;
            for (sum, values) in sums.iter_mut().zip([low, middle, high]) {
                *sum += values[which];
            }
        }
    }
    sums.map(|sum| sum / count.max(1.0))
}
