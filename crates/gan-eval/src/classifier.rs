//! Scores generated samples by the class probabilities that a classifier gives them.
//!
//! The caller chooses the classifier and its training data, which decide the meaning of a score:
//! numbers from different classifiers cannot be compared.

use crate::error::{EvalError, all_finite, at_least, same_size};
use crate::histogram::{raw_entropy, raw_kl};

/// A row's probabilities may miss a sum of 1 by this much, as softmax in single precision does.
const SUM_TOLERANCE: f64 = 1e-3;

/// Share of the rows of `logits`, of `classes` numbers each, whose largest number is the label's; a row with
/// several largest numbers is wrong.
///
/// # Errors
/// When there is no row, or not one label for each.
pub fn accuracy_of_logits(
    logits: &[f32],
    classes: usize,
    labels: &[u16],
) -> Result<f64, EvalError> {
    at_least("classes", classes, 1)?;
    at_least("logits", logits.len(), classes)?;
    same_size("labels", labels.len(), logits.len() / classes)?;
    let right = |(row, label): &(&[f32], &u16)| {
        let own = row.get(usize::from(**label));
        own.is_some_and(|own| row.iter().filter(|logit| *logit >= own).count() == 1)
    };
    let hits = logits.chunks_exact(classes).zip(labels).filter(right).count();
    Ok(hits as f64 / labels.len() as f64)
}

/// `p(y|x)`: one row of probabilities for each sample x, one number for each class y.
#[derive(Clone, Debug)]
pub struct Probabilities {
    values: Vec<f64>,
    classes: usize,
}

impl Probabilities {
    /// `values` as rows of `classes`, each scaled to sum to exactly 1.
    ///
    /// # Errors
    /// When there is no class or no row, when the last row is cut off, when a number is not finite
    /// or negative, when a row misses a sum of 1 by more than 1e-3 (logits, say).
    pub fn new(values: &[f32], classes: usize) -> Result<Self, EvalError> {
        at_least("classes", classes, 1)?;
        at_least("class probabilities", values.len(), classes)?;
        if !values.len().is_multiple_of(classes) {
            return Err(EvalError::NotRows { values: values.len(), size: classes });
        }
        all_finite("class probabilities", values)?;
        let mut scaled = Vec::with_capacity(values.len());
        for (row, numbers) in values.chunks_exact(classes).enumerate() {
            let sum: f64 = numbers.iter().map(|&number| f64::from(number)).sum();
            let smallest = f64::from(numbers.iter().copied().fold(f32::INFINITY, f32::min));
            if smallest < 0.0 || (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(EvalError::NotProbabilities { row, smallest, sum });
            }
            scaled.extend(numbers.iter().map(|&number| f64::from(number) / sum));
        }
        Ok(Self { values: scaled, classes })
    }

    /// Number of samples.
    pub fn count(&self) -> usize {
        self.values.len() / self.classes
    }

    /// The most probable class of each sample; the first of several.
    pub fn classes(&self) -> Vec<usize> {
        let first_largest = |row: &[f64]| {
            (1..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best })
        };
        self.rows().map(first_largest).collect()
    }

    /// Number of samples of each class, by [`Probabilities::classes`]. See
    /// [`crate::histogram::kl_of_counts`] for comparing it with the real one.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        for class in self.classes() {
            counts[class] += 1;
        }
        counts
    }

    /// `p(y)`: the mean of the rows.
    pub fn marginal(&self) -> Vec<f64> {
        let mut marginal = vec![0.0; self.classes];
        for row in self.rows() {
            for (sum, probability) in marginal.iter_mut().zip(row) {
                *sum += probability;
            }
        }
        marginal.iter().map(|sum| sum / self.count() as f64).collect()
    }

    /// Entropy of `p(y)` in nats: 0 when all samples are of one class, `ln classes` when classes
    /// are equally frequent.
    pub fn marginal_entropy(&self) -> f64 {
        raw_entropy(&self.marginal())
    }

    /// Mean entropy of `p(y|x)` in nats: 0 when the classifier is sure of every sample.
    pub fn mean_entropy(&self) -> f64 {
        self.rows().map(raw_entropy).sum::<f64>() / self.count() as f64
    }

    /// `exp(E_x KL(p(y|x) || p(y)))` (Salimans et al. 2016, section 4), 1 to the number of
    /// classes: the Inception score, if the classifier is an Inception net. High when samples are
    /// clear and of every class; blind to how samples of one class differ.
    pub fn classifier_score(&self) -> f64 {
        let marginal = self.marginal();
        let mean = self.rows().map(|row| raw_kl(row, &marginal)).sum::<f64>() / self.count() as f64;
        mean.exp()
    }

    /// Share of samples whose most probable class is the requested one.
    ///
    /// # Errors
    /// When there is not one label for each sample, when a label is not a class.
    pub fn accuracy(&self, labels: &[usize]) -> Result<f64, EvalError> {
        same_size("labels", labels.len(), self.count())?;
        if let Some(row) = labels.iter().position(|&label| label >= self.classes) {
            let (label, classes) = (labels[row], self.classes);
            return Err(EvalError::NoSuchClass { row, label, classes });
        }
        let hits = self.classes().into_iter().zip(labels).filter(|(class, label)| class == *label);
        Ok(hits.count() as f64 / self.count() as f64)
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.classes)
    }
}
