use gan_eval::EvalError;
use gan_eval::floor::real_against_real;
use gan_eval::frechet::frechet_distance;

use crate::{normal, samples};

#[test]
fn the_two_sets_are_disjoint_and_repeat_with_their_seed() {
    let values: Vec<f32> = (0..100).map(|value| value as f32).collect();
    let taken = |count, seed| {
        real_against_real(&samples(&values, 1), count, seed, |one, other| {
            Ok((one.values().to_vec(), other.values().to_vec()))
        })
        .unwrap()
    };
    let (one, other) = taken(50, 1);
    let mut all = [one, other].concat();
    all.sort_by(f32::total_cmp);
    assert_eq!(all, values);
    let (one, other) = taken(20, 1);
    assert_eq!((one.len(), other.len()), (20, 20));
    assert!(one.iter().all(|value| !other.contains(value)));
    assert_eq!(taken(20, 1), taken(20, 1));
    assert_ne!(taken(20, 1), taken(20, 2));
}

#[test]
fn the_floor_is_below_the_score_of_another_distribution_and_above_zero() {
    let (real, generated) = (normal(0, 8 * 1_000), normal(1, 8 * 500));
    let generated: Vec<f32> = generated.iter().map(|value| 1.5 * value).collect();
    let real = samples(&real, 8);
    let floor = real_against_real(&real, 500, 1, frechet_distance).unwrap();
    let score = frechet_distance(&real, &samples(&generated, 8)).unwrap();
    assert!(floor > 0.0 && 5.0 * floor < score, "floor {floor}, score {score}");
}

#[test]
fn too_few_reals_and_a_failing_score_are_reported() {
    let values = [0.0; 5];
    let real = samples(&values, 1);
    let of = |count| real_against_real(&real, count, 1, frechet_distance);
    assert!(matches!(of(3), Err(EvalError::TooFew { found: 5, needed: 6, .. })));
    assert!(matches!(of(0), Err(EvalError::TooFew { .. })));
    assert!(matches!(of(usize::MAX), Err(EvalError::TooFew { .. })));
    // One sample a side has no covariance.
    assert!(matches!(of(1), Err(EvalError::TooFew { found: 1, needed: 2, .. })));
}
