//! Scores a run's newest samples and diagnoses its failures, for the report on its health.

use std::collections::BTreeMap;

use gan_core::{CoreError, Inputs, Trainer};
use gan_data::visible;
use gan_eval::Samples;
use gan_eval::classifier::accuracy_of_logits;
use gan_eval::diagnosis::{Doctor, Observation};
use gan_eval::diversity::mean_pairwise_distance;
use gan_eval::memorisation::{copies, copies_among};
use gan_eval::modes::ModeCounts;
use gan_eval::restoration::psnr;
use gan_protocol::{COPY_DISTANCE, Metrics, RealBatch, Report, Score, Shape};
use gan_random::Purpose;

use crate::data::LoadedData;
use crate::modes::Modes;

/// Images in a report.
const IMAGES: usize = 64;
/// Points in a report, and the least number of points for each mode.
const POINTS: usize = 1_000;
const POINTS_A_MODE: usize = 10;
/// Points whose distances are measured; the number of pairs grows with its square.
const SPREAD_POINTS: usize = 256;
/// No modes are counted beyond this number: too few points would fall on each.
const MOST_MODES: usize = 200;

/// No copies are searched for among more images than this: the nearest of so many is near by
/// chance, and the search takes long.
const MOST_COPIED: u64 = 500;
/// Reals whose classes the discriminator is asked for.
const CLASSIFIED: usize = 200;
/// The range of an image's numbers.
const BLACK_TO_WHITE: f64 = 2.0;
/// The history of a run that its diagnosis needs.
#[derive(Default)]
pub struct Health {
    doctor: Doctor,
    /// Measurements since the last report.
    metrics: Vec<Metrics>,
    /// Mean distance between two reals.
    spread: Option<f64>,
    /// All images of the data set, if there are at most [`MOST_COPIED`].
    few: Option<Vec<f32>>,
    /// The scores of as many reals as a report has fakes.
    floors: Option<Vec<(Score, f64)>>,
}

impl Health {
    /// Adds measurements for the next report.
    pub fn note(&mut self, points: &[Metrics]) {
        self.metrics.extend_from_slice(points);
    }

    /// The observation behind the last report.
    pub fn observation(&self) -> Option<&Observation> {
        self.doctor.last_seen()
    }

    /// Draws samples of `trainer` and scores them. Returns the step and the report; `None` if no
    /// step was made since the last report or a sample is not finite.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn report(
        &mut self,
        trainer: &Trainer,
        data: &mut LoadedData,
    ) -> Result<Option<(u64, Report)>, CoreError> {
        let spec = trainer.spec();
        let modes = spec.data.points.as_ref().and_then(Modes::of);
        let modes = modes.filter(|modes| modes.len() <= MOST_MODES);
        let count = match (spec.data.shape(), &modes) {
            (Shape::Image { .. }, _) => IMAGES,
            (Shape::Flat { .. }, None) => POINTS,
            (Shape::Flat { .. }, Some(modes)) => POINTS.max(POINTS_A_MODE * modes.len()),
        };
        let size = spec.data.shape().size().expect("a validated spec's sizes are small");
        let spread = *self.spread.get_or_insert_with(|| {
            let reals = data.samples.batch(spec.seed, 0, count.min(SPREAD_POINTS)).values;
            spread(&reals, size).unwrap_or(0.0)
        });
        let inputs = Inputs::drawn(spec, Purpose::FixedLatents, 0, count);
        let given = spec.picture().map(|_| data.batch(spec.condition, [spec.seed, 0], count));
        let inputs = match &given {
            Some(reals) => inputs.given(reals),
            None => inputs,
        };
        let fakes = trainer.samples(&inputs, 0).await?;
        let metrics = std::mem::take(&mut self.metrics);
        // Numbers that are not finite are found by the session; without steps nothing is new.
        let (Some(distance), Some(last)) = (spread_of_some(&fakes, size), metrics.last()) else {
            return Ok(None);
        };
        // Augmentation changes each image on every draw, so that no sample could be its copy.
        if self.few.is_none()
            && spec.data.augmentation.is_none()
            && let Some(count) = data.samples.len().filter(|count| *count <= MOST_COPIED)
        {
            self.few = Some(data.samples.batch(spec.seed, 0, count as usize).values);
        }
        let copied = self.few.as_ref().and_then(|few| {
            let (fakes, few) = (Samples::new(&fakes, size).ok()?, Samples::new(few, size).ok()?);
            copies(&fakes, &few, COPY_DISTANCE * spread).ok()
        });
        let diversity = distance / spread.max(f64::MIN_POSITIVE);
        let counts = modes.as_ref().and_then(|modes| modes.count(&fakes).ok());
        let occupied = modes.as_ref().zip(counts.as_ref()).map(|(m, c)| m.occupied(c));
        let diagnoses = self.doctor.observe(Observation {
            step: last.step,
            separation: mean_of_all(&metrics, |one| spec.objective.separation(one)),
            loss: mean(&metrics, |one| one.generator_loss.abs().max(one.discriminator_loss.abs())),
            generator_gradient_norm: mean(&metrics, |one| one.generator_gradient_norm),
            gradient_share: mean_of_all(&metrics, |one| spec.objective.gradient_share(one)),
            diversity,
            occupied,
            high_quality: counts.as_ref().map(ModeCounts::high_quality_share),
            copies: copied,
            middle: middle(&fakes, size, spread),
        });
        let mut scores =
            BTreeMap::from([(Score::Samples, count as f64), (Score::Diversity, diversity)]);
        scores.extend(copied.map(|copied| (Score::Copies, copied)));
        if let (Some(reals), Some(picture), Some(_)) = (&given, spec.picture(), spec.condition) {
            scores.extend(restored(&fakes, reals, picture, spec.data.shape()));
        }
        if let Some(given) = &given
            && let Some(again) = trainer.translated_back(fakes).await?
        {
            let ratio = likeness(&again, &given.pictures, size);
            scores.extend(ratio.map(|ratio| (Score::PsnrThereAndBack, ratio)));
        }
        if let (Some(_), Shape::Image { .. }) = (&spec.encoder, spec.data.shape()) {
            let reals = data.samples.batch(spec.seed, 0, count.min(IMAGES)).values;
            let made = trainer.reconstructions(&reals).await?.expect("the run has an encoder");
            let ratio = likeness(&made, &reals, size);
            scores.extend(ratio.map(|ratio| (Score::PsnrOfReconstructions, ratio)));
        }
        if let Some(semi_supervised) = spec.semi_supervised {
            let accuracy = class_accuracy(trainer, data, semi_supervised.classes).await?;
            scores.extend(accuracy.map(|accuracy| (Score::ClassAccuracy, accuracy)));
        }
        if let Some(counts) = &counts {
            scores.insert(Score::Modes, counts.all.len() as f64);
            let names = [Score::ModesCovered, Score::HighQuality, Score::ReverseKl];
            scores.extend(mode_scores(counts, names));
        }
        if self.floors.is_none() {
            let floors = self.floors(modes.as_ref(), count, data, spec.seed, size);
            self.floors = Some(floors);
        }
        scores.extend(self.floors.iter().flatten().copied());
        Ok(Some((last.step, Report { scores, diagnoses })))
    }

    /// The scores of as many reals, where real samples do not reach the best value either: the best
    /// that a perfect generator can have. Constant during a run, so computed once.
    ///
    /// Diversity has none: it is relative to the mean distance between reals, a mean over pairs,
    /// which does not depend on the number of samples; reals have 1.
    fn floors(
        &self,
        modes: Option<&Modes>,
        count: usize,
        data: &mut LoadedData,
        seed: u64,
        size: usize,
    ) -> Vec<(Score, f64)> {
        let mut floors = Vec::new();
        if let Some(modes) = modes {
            let reals = data.samples.batch(seed, 0, count).values;
            if let Ok(counts) = modes.count(&reals) {
                let names = [
                    Score::ModesCoveredOfReals,
                    Score::HighQualityOfReals,
                    Score::ReverseKlOfReals,
                ];
                floors.extend(mode_scores(&counts, names));
            }
        }
        // Each real is compared with the others, not with itself: like a new sample, it must not
        // find itself.
        let few = self.few.as_ref().and_then(|few| Samples::new(few, size).ok());
        let distance = COPY_DISTANCE * self.spread.unwrap_or(0.0);
        if let Some(copied) = few.and_then(|few| copies_among(&few, count, distance).ok()) {
            floors.push((Score::CopiesOfReals, copied));
        }
        floors
    }
}

/// The share of reals whose class, one of `classes`, the discriminator names rightly.
async fn class_accuracy(
    trainer: &Trainer,
    data: &mut LoadedData,
    classes: usize,
) -> Result<Option<f64>, CoreError> {
    let reals = data.samples.batch(trainer.spec().seed, 0, CLASSIFIED);
    let logits = trainer.class_logits(&reals).await?;
    Ok(logits.and_then(|logits| accuracy_of_logits(&logits, classes, &reals.labels).ok()))
}

/// How near `fakes` and their pictures are to the true samples.
fn restored(fakes: &[f32], reals: &RealBatch, picture: Shape, shape: Shape) -> Vec<(Score, f64)> {
    let seen = visible(&reals.pictures, picture, shape);
    let size = shape.size().expect("a validated spec's sizes are small");
    let near = |values: &[f32]| likeness(values, &reals.values, size);
    let scores = [(Score::Psnr, near(fakes)), (Score::PsnrOfPictures, near(&seen))];
    scores.into_iter().filter_map(|(score, value)| Some((score, value?))).collect()
}

/// The peak signal-to-noise ratio of images of `size` numbers, in dB; `None` if it is not finite.
fn likeness(values: &[f32], truth: &[f32], size: usize) -> Option<f64> {
    // What is beyond black or white is shown as black or white.
    let values: Vec<f32> = values.iter().map(|value| value.clamp(-1.0, 1.0)).collect();
    let (found, truth) = (Samples::new(&values, size).ok()?, Samples::new(truth, size).ok()?);
    psnr(&found, &truth, BLACK_TO_WHITE).ok().filter(|ratio| ratio.is_finite())
}

/// The three scores of modes, under `names`.
fn mode_scores(counts: &ModeCounts, names: [Score; 3]) -> impl Iterator<Item = (Score, f64)> {
    let values = [counts.covered() as f64, counts.high_quality_share(), counts.reverse_kl_of_all()];
    names.into_iter().zip(values)
}

/// Mean distance between two of `values`, which have `size` numbers each; `None` if one is not
/// finite.
pub(crate) fn spread(values: &[f32], size: usize) -> Option<f64> {
    let samples = Samples::new(values, size).ok()?;
    mean_pairwise_distance(&samples, samples.count().max(2), 0).ok()
}

/// As [`spread`], of at most [`SPREAD_POINTS`] samples, as for the reals.
fn spread_of_some(values: &[f32], size: usize) -> Option<f64> {
    spread(&values[..values.len().min(SPREAD_POINTS * size)], size)
}

/// The mean sample, in units of `spread`.
fn middle(values: &[f32], size: usize, spread: f64) -> Vec<f64> {
    let mut middle = vec![0.0; size];
    for row in values.chunks_exact(size) {
        for (sum, value) in middle.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
    }
    let scale = (values.len() / size) as f64 * spread.max(f64::MIN_POSITIVE);
    middle.into_iter().map(|sum| sum / scale).collect()
}

/// The mean of a value of all steps; `None` if a step lacks it.
fn mean_of_all(metrics: &[Metrics], of: impl Fn(&Metrics) -> Option<f64>) -> Option<f64> {
    metrics.iter().map(of).sum::<Option<f64>>().map(|sum| sum / metrics.len() as f64)
}

fn mean(metrics: &[Metrics], of: impl Fn(&Metrics) -> f64) -> f64 {
    metrics.iter().map(of).sum::<f64>() / metrics.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_told_in_units_of_the_reals() {
        assert_eq!(middle(&[0.0, 1.0, 2.0, 3.0], 2, 2.0), [0.5, 1.0]);
        assert_eq!(spread(&[0.0, 0.0, 3.0, 4.0], 2), Some(5.0));
        assert_eq!(spread(&[0.0, f32::NAN, 3.0, 4.0], 2), None);
    }
}
