use gan_eval::EvalError;
use gan_eval::discrimination::{Discrimination, discrimination};

use crate::{assert_close, normal};

#[test]
fn a_few_logits_score_by_hand() {
    // Reals above 0: 2 of 4; generated not above: 1 of 2. Pairs won: 3 and 1 beat -1 and ½;
    // 0 and -2: 0 beats -1; of 8 pairs 2 + 2 + 1 + 0.
    let found = discrimination(&[3.0, 1.0, 0.0, -2.0], &[-1.0, 0.5], 0.0).unwrap();
    let expected = Discrimination {
        real_accuracy: 0.5,
        generated_accuracy: 0.5,
        balanced_accuracy: 0.5,
        area_under_curve: 5.0 / 8.0,
    };
    assert_eq!(found, expected);
    // At a threshold of ¾: reals 2 of 4, generated 2 of 2; the curve has no threshold.
    let found = discrimination(&[3.0, 1.0, 0.0, -2.0], &[-1.0, 0.5], 0.75).unwrap();
    assert_eq!((found.real_accuracy, found.generated_accuracy), (0.5, 1.0));
    assert_eq!((found.balanced_accuracy, found.area_under_curve), (0.75, 0.625));
}

#[test]
fn a_constant_discriminator_is_at_chance() {
    let found = discrimination(&[0.0; 5], &[0.0; 3], 0.0).unwrap();
    assert_eq!((found.balanced_accuracy, found.area_under_curve), (0.5, 0.5));
    assert_eq!((found.real_accuracy, found.generated_accuracy), (0.0, 1.0));
}

#[test]
fn shifted_normals_separate_as_far_as_they_overlap() {
    // N(1, 1) above N(-1, 1): the difference is N(2, 2), so Φ(√2) = 0.92135; the accuracy of
    // either is Φ(1) = 0.84134. Four standard errors for 20,000 a side are below 0.011.
    let (real, generated) = (normal(0, 20_000), normal(1, 20_000));
    let real: Vec<f32> = real.iter().map(|value| value + 1.0).collect();
    let generated: Vec<f32> = generated.iter().map(|value| value - 1.0).collect();
    let found = discrimination(&real, &generated, 0.0).unwrap();
    assert_close(found.real_accuracy, 0.84134, 0.011);
    assert_close(found.generated_accuracy, 0.84134, 0.011);
    assert_close(found.area_under_curve, 0.92135, 0.011);
    let swapped = discrimination(&generated, &real, 0.0).unwrap();
    assert_close(swapped.area_under_curve, 1.0 - found.area_under_curve, 1e-12);
}

#[test]
fn logits_that_cannot_be_judged_are_refused() {
    assert!(matches!(discrimination(&[], &[0.0], 0.0), Err(EvalError::TooFew { .. })));
    assert!(matches!(discrimination(&[0.0], &[], 0.0), Err(EvalError::TooFew { .. })));
    let nan = discrimination(&[0.0, f32::NAN], &[0.0], 0.0);
    assert!(matches!(nan, Err(EvalError::NotFinite { what: "logits of reals", index: 1, .. })));
    let infinite = discrimination(&[0.0], &[f32::INFINITY], 0.0);
    assert!(matches!(infinite, Err(EvalError::NotFinite { .. })));
    let threshold = discrimination(&[0.0], &[0.0], f32::NAN);
    assert!(matches!(threshold, Err(EvalError::NotFinite { what: "threshold", .. })));
}
