//! Scores images of digits by the classifier that is part of this program.
//!
//! Numbers from another classifier cannot be compared with these.

use anyhow::{Context as _, Result, ensure};
use gan_core::{Classifier, Device, Judgement};
use gan_eval::classifier::Probabilities;
use gan_eval::histogram::{kl_of_counts, shares};
use gan_eval::{EvalError, Samples};
use gan_protocol::Shape;
use pollster::block_on;

use crate::progress::Bar;
use crate::sample_file::{SampleFile, Set};
use crate::scores::Scores;

/// Images that are classified between two updates of a bar: whole groups of the classifier.
const JUDGED_AT_ONCE: usize = 512;

/// Its training is described in `web/pretrained/README.md`.
pub(crate) const CLASSIFIER: &[u8] =
    include_bytes!("../../../web/pretrained/digit-classifier.safetensors");

/// The classifier of digits.
pub(crate) fn digit_classifier(device: &Device) -> Result<Classifier> {
    Classifier::from_safetensors(CLASSIFIER, device).context("the program's own classifier")
}

/// The classifier's features and logits of `samples`.
///
/// # Errors
/// If the samples' shape is not that of the classifier's images.
pub(crate) fn judged(classifier: &mut Classifier, samples: &SampleFile) -> Result<Judgement> {
    let shape = Shape::image(samples.channels, samples.height, samples.width);
    let expected = classifier.input();
    ensure!(
        shape == expected,
        "the classifier takes images of {expected}; these are {shape}: --features raw takes any"
    );
    judged_values(classifier, &samples.single())
}

/// As [`judged`], for the numbers of whole images; shows a bar.
///
/// # Errors
/// If the numbers are not whole images, or the device fails.
pub(crate) fn judged_values(classifier: &mut Classifier, values: &[f32]) -> Result<Judgement> {
    let size = classifier.input().size().context("the classifier's images are too large")?;
    let bar = Bar::counted("classifying", (values.len() / size) as u64, "images");
    let mut all = Judgement { count: 0, features: Vec::new(), logits: Vec::new() };
    for group in values.chunks(JUDGED_AT_ONCE * size) {
        let some = block_on(classifier.judge(group))?;
        all.count += some.count;
        all.features.extend(some.features);
        all.logits.extend(some.logits);
        bar.advance(some.count as u64);
    }
    Ok(all)
}

/// Scores of `fake` against `real` by the classifier's classes:
///
/// - `classifier_score`: the Inception score's formula with this classifier, 1 to 10;
/// - `class_kl`: KL of the fakes' classes from the reals', in nats; infinite if a fake's class has
///   no reals;
/// - `mean_confidence`: mean over the fakes of the largest class probability.
///
/// # Errors
/// If either has no images, or a logit is not finite.
pub(crate) fn class_scores(real: &Judgement, fake: &Judgement) -> Result<Scores, EvalError> {
    let rows = probability_rows(fake)?;
    let of_fakes = Probabilities::new(&rows, row_length(&fake.logits, fake.count))?;
    Ok(vec![
        ("classifier_score", of_fakes.classifier_score()),
        ("class_kl", kl_of_counts(&of_fakes.class_counts(), &class_counts(real)?)?),
        ("mean_confidence", mean_confidence(fake)?),
    ])
}

/// Mean over the images of the largest class probability.
///
/// # Errors
/// If there are no images, or a logit is not finite.
pub(crate) fn mean_confidence(judgement: &Judgement) -> Result<f64, EvalError> {
    let rows = probability_rows(judgement)?;
    let largest = |row: &[f32]| f64::from(row.iter().copied().fold(0.0, f32::max));
    let confidences = rows.chunks_exact(row_length(&judgement.logits, judgement.count));
    Ok(confidences.map(largest).sum::<f64>() / judgement.count as f64)
}

/// The most probable class of each image.
///
/// # Errors
/// If there are no images, or a logit is not finite.
pub(crate) fn classes(judgement: &Judgement) -> Result<Vec<usize>, EvalError> {
    let logits = Samples::new(&judgement.logits, row_length(&judgement.logits, judgement.count))?;
    Ok(logits.rows().map(largest).collect())
}

/// The place of the largest number.
pub(crate) fn largest(numbers: &[f32]) -> usize {
    let places = numbers.iter().enumerate();
    places.max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(place, _)| place)
}

/// Share of the images in each class.
///
/// # Errors
/// If there are no images, or a logit is not finite.
pub(crate) fn class_shares(judgement: &Judgement) -> Result<Vec<f64>, EvalError> {
    // There are images, or `class_counts` would have failed, so the sum is not 0.
    Ok(shares(&class_counts(judgement)?).unwrap_or_default())
}

impl Set for Judgement {
    fn count(&self) -> usize {
        self.count
    }

    fn chosen(&self, places: &[usize]) -> Self {
        let of = |numbers: &[f32]| {
            let length = row_length(numbers, self.count);
            let row = |place: &usize| &numbers[place * length..][..length];
            places.iter().flat_map(row).copied().collect()
        };
        let (features, logits) = (of(&self.features), of(&self.logits));
        Self { count: places.len(), features, logits }
    }
}

/// Number of images in each class.
///
/// # Errors
/// If there are no images, or a logit is not finite.
pub(crate) fn class_counts(judgement: &Judgement) -> Result<Vec<usize>, EvalError> {
    let classes = row_length(&judgement.logits, judgement.count);
    Ok(Probabilities::new(&probability_rows(judgement)?, classes)?.class_counts())
}

/// The features that scores compare, image after image.
///
/// # Errors
/// If there are no images, or a feature is not finite.
pub(crate) fn features(judgement: &Judgement) -> Result<Samples<'_>, EvalError> {
    Samples::new(&judgement.features, row_length(&judgement.features, judgement.count))
}

/// Softmax of each image's logits.
fn probability_rows(judgement: &Judgement) -> Result<Vec<f32>, EvalError> {
    let classes = row_length(&judgement.logits, judgement.count);
    let logits = Samples::new(&judgement.logits, classes)?;
    let mut rows = Vec::with_capacity(judgement.logits.len());
    for row in logits.rows() {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers: Vec<f64> = row.iter().map(|x| f64::from(x - largest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        rows.extend(powers.iter().map(|power| (power / sum) as f32));
    }
    Ok(rows)
}

/// Numbers of one image; 0 if there are no images.
fn row_length(numbers: &[f32], count: usize) -> usize {
    numbers.len().checked_div(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` images of each class in `of`, which the classifier recognises by a margin of
    /// `logit`.
    fn judgement(of: &[usize], count: usize, logit: f32) -> Judgement {
        let (mut features, mut logits) = (Vec::new(), Vec::new());
        for (place, class) in of.iter().cycle().take(of.len() * count).enumerate() {
            features.extend([*class as f32, (place as f32 * 0.7).sin()]);
            logits.extend((0..3).map(|other| if other == *class { logit } else { 0.0 }));
        }
        Judgement { count: of.len() * count, features, logits }
    }

    fn named(scores: &Scores, name: &str) -> f64 {
        scores.iter().find(|(one, _)| *one == name).expect("a score of that name").1
    }

    #[test]
    fn scores_tell_all_classes_from_one() {
        let real = judgement(&[0, 1, 2], 10, 50.0);
        let even = class_scores(&real, &judgement(&[2, 1, 0], 10, 50.0)).unwrap();
        let collapsed = class_scores(&real, &judgement(&[1, 1, 1], 10, 50.0)).unwrap();
        assert!((named(&even, "classifier_score") - 3.0).abs() < 1e-6);
        assert!(named(&even, "class_kl") < 1e-12);
        assert!((named(&collapsed, "classifier_score") - 1.0).abs() < 1e-6);
        assert!((named(&collapsed, "class_kl") - 3_f64.ln()).abs() < 1e-9);
        assert_eq!(class_shares(&judgement(&[0, 0, 2, 0], 5, 50.0)).unwrap(), [0.75, 0.0, 0.25]);
    }

    #[test]
    fn confidence_is_that_of_the_class() {
        // softmax (ln 6, 0, 0) is (6, 1, 1) / 8.
        let fake = judgement(&[0, 1, 2], 10, 6_f32.ln());
        let found = class_scores(&judgement(&[0, 1, 2], 10, 50.0), &fake).unwrap();
        assert!((named(&found, "mean_confidence") - 0.75).abs() < 1e-6);
    }

    #[test]
    fn images_are_chosen_whole() {
        let all = judgement(&[0, 1, 2], 2, 4.0);
        let some = all.chosen(&[4, 0]);
        assert_eq!((some.count, &some.features[..1]), (2, &[1.0][..]));
        assert_eq!(some.logits, [0.0, 4.0, 0.0, 4.0, 0.0, 0.0]);
    }

    #[test]
    fn no_images_are_refused() {
        let none = Judgement { count: 0, features: Vec::new(), logits: Vec::new() };
        assert!(class_scores(&none, &none).is_err());
        assert!(class_shares(&none).is_err());
    }
}
