use gan_eval::EvalError;
use gan_eval::classifier::Probabilities;

use crate::assert_close;

/// One row for each class, with probability 1 for that class.
fn sure(classes: usize) -> Vec<f32> {
    (0..classes * classes).map(|i| if i % (classes + 1) == 0 { 1.0 } else { 0.0 }).collect()
}

#[test]
fn sure_and_balanced_scores_the_number_of_classes() {
    let found = Probabilities::new(&sure(10), 10).unwrap();
    assert_close(found.classifier_score(), 10.0, 1e-12);
    assert_close(found.marginal_entropy(), 10.0f64.ln(), 1e-12);
    assert_eq!(found.mean_entropy(), 0.0);
    assert_eq!(found.class_counts(), [1; 10]);
}

#[test]
fn unsure_or_collapsed_scores_one() {
    let unsure = Probabilities::new(&[0.25; 20], 4).unwrap();
    assert_close(unsure.classifier_score(), 1.0, 1e-12);
    assert_close(unsure.mean_entropy(), 4.0f64.ln(), 1e-12);
    let collapsed = Probabilities::new(&[0.0, 1.0, 0.0, 1.0], 2).unwrap();
    assert_close(collapsed.classifier_score(), 1.0, 1e-12);
    assert_eq!((collapsed.marginal_entropy(), collapsed.class_counts()), (0.0, vec![0, 2]));
}

#[test]
fn two_rows_score_by_hand() {
    // Rows (¾, ¼) and (¼, ¾): p(y) = (½, ½), both KLs ¾ ln 3/2 + ¼ ln ½.
    let found = Probabilities::new(&[0.75, 0.25, 0.25, 0.75], 2).unwrap();
    let kl = 0.75 * 1.5f64.ln() + 0.25 * 0.5f64.ln();
    assert_close(found.classifier_score(), kl.exp(), 1e-15);
    // The same by entropies: E KL = H(p(y)) - E H(p(y|x)).
    assert_close(found.marginal_entropy() - found.mean_entropy(), kl, 1e-15);
    assert_eq!(found.marginal(), [0.5, 0.5]);
}

#[test]
fn rows_are_scaled_to_one() {
    let found = Probabilities::new(&[0.4996, 0.4996], 2).unwrap();
    assert_eq!(found.marginal(), [0.5, 0.5]);
}

#[test]
fn accuracy_counts_the_classes_asked_for() {
    // Classes 1, 0, 2, and the first of two equally probable ones.
    let rows = [0.1, 0.8, 0.1, 0.6, 0.2, 0.2, 0.0, 0.1, 0.9, 0.2, 0.4, 0.4];
    let found = Probabilities::new(&rows, 3).unwrap();
    assert_eq!(found.classes(), [1, 0, 2, 1]);
    assert_eq!(found.accuracy(&[1, 0, 0, 1]).unwrap(), 0.75);
    assert_eq!(found.accuracy(&[0, 1, 1, 2]).unwrap(), 0.0);
    let few = found.accuracy(&[1]);
    assert!(matches!(few, Err(EvalError::SizesDiffer { found: 1, expected: 4, .. })));
    let unknown = found.accuracy(&[0, 0, 3, 0]);
    assert_eq!(unknown, Err(EvalError::NoSuchClass { row: 2, label: 3, classes: 3 }));
}

#[test]
fn what_is_no_distribution_is_refused() {
    let refused = |values: &[f32], classes| Probabilities::new(values, classes).unwrap_err();
    assert!(matches!(refused(&[], 2), EvalError::TooFew { .. }));
    assert!(matches!(refused(&[1.0], 0), EvalError::TooFew { .. }));
    assert_eq!(refused(&[1.0; 3], 2), EvalError::NotRows { values: 3, size: 2 });
    assert!(matches!(refused(&[f32::NAN, 1.0], 2), EvalError::NotFinite { .. }));
    let logits = refused(&[1.0, 0.0, 2.0, 3.0], 2);
    assert!(matches!(logits, EvalError::NotProbabilities { row: 1, .. }));
    assert!(matches!(refused(&[1.5, -0.5], 2), EvalError::NotProbabilities { row: 0, .. }));
}
