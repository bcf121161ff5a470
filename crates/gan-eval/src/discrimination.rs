//! Measures whether a discriminator distinguishes generated samples from reals that it was not
//! trained on.
//!
//! On training reals a high accuracy may be memory; the difference between training and held-out
//! reals is the discriminator's overfitting.

use crate::error::{EvalError, all_finite, at_least};

/// How often a discriminator is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discrimination {
    /// Share of reals taken for real, 0 to 1.
    pub real_accuracy: f64,
    /// Share of generated samples taken for generated, 0 to 1.
    pub generated_accuracy: f64,
    /// The mean of both: ½ is chance, however many samples there are of either.
    pub balanced_accuracy: f64,
    /// Probability that a real sample's logit is above a generated one's, ties counting half: the
    /// area under the ROC curve (Hanley & McNeil 1982). ½ is chance; needs no threshold, so it
    /// also suits critics without one (Wasserstein).
    pub area_under_curve: f64,
}

/// How well logits separate reals from generated samples. A sample is taken for real when its
/// logit is above `threshold`: 0 for a discriminator whose sigmoid is a probability, ½ for least
/// squares with targets 0 and 1.
///
/// # Errors
/// When either holds no logit, when a logit or the threshold is not finite.
pub fn discrimination(
    real_logits: &[f32],
    generated_logits: &[f32],
    threshold: f32,
) -> Result<Discrimination, EvalError> {
    at_least("logits of reals", real_logits.len(), 1)?;
    at_least("logits of generated samples", generated_logits.len(), 1)?;
    all_finite("logits of reals", real_logits)?;
    all_finite("logits of generated samples", generated_logits)?;
    all_finite("threshold", &[threshold])?;
    let taken_for_real = |logits: &[f32]| {
        let above = logits.iter().filter(|&&logit| logit > threshold).count();
        above as f64 / logits.len() as f64
    };
    let real_accuracy = taken_for_real(real_logits);
    let generated_accuracy = 1.0 - taken_for_real(generated_logits);
    Ok(Discrimination {
        real_accuracy,
        generated_accuracy,
        balanced_accuracy: 0.5 * (real_accuracy + generated_accuracy),
        area_under_curve: area_under_curve(&widened(real_logits), &widened(generated_logits)),
    })
}

/// Probability that a number of `upper` is above one of `lower`, ties counting half: the
/// Mann-Whitney statistic over the number of pairs. Neither may be empty or hold NaN.
pub(crate) fn area_under_curve(upper: &[f64], lower: &[f64]) -> f64 {
    let mut sorted = lower.to_vec();
    sorted.sort_by(f64::total_cmp);
    let wins = upper.iter().map(|value| {
        let below = sorted.partition_point(|other| other < value);
        let up_to = sorted.partition_point(|other| other <= value);
        0.5 * (below + up_to) as f64
    });
    wins.sum::<f64>() / (upper.len() as f64 * lower.len() as f64)
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}
