use gan_eval::EvalError;
use gan_eval::diversity::mean_pairwise_distance;
use gan_eval::memorisation::memorisation;
use gan_eval::nearest::{Nearest, nearest};

use crate::{assert_close, normal, samples, shuffled};

#[test]
fn the_nearest_sample_is_found() {
    let references = [0.0, 0.0, 3.0, 4.0, 3.0, 4.0];
    let values = [3.0, 0.0, 6.0, 8.0];
    let found = nearest(&samples(&values, 2), &samples(&references, 2)).unwrap();
    // (3, 0) is 3 from the origin; (6, 8) is 5 from (3, 4), the first of two.
    let expected = [Nearest { index: 0, distance: 3.0 }, Nearest { index: 1, distance: 5.0 }];
    assert_eq!(found, expected);
}

#[test]
fn a_copy_is_found_at_distance_zero_among_many() {
    let size = 100;
    let references = normal(0, size * 700);
    let copies = shuffled(&references, size);
    let found = nearest(&samples(&copies, size), &samples(&references, size)).unwrap();
    for (copy, nearest) in samples(&copies, size).rows().zip(&found) {
        assert_eq!(nearest.distance, 0.0);
        assert_eq!(copy, samples(&references, size).row(nearest.index));
    }
}

#[test]
fn a_generator_of_real_samples_memorises_nothing() {
    let sets: Vec<Vec<f32>> = (1..4).map(|index| normal(index, 3 * 2_000)).collect();
    let [generated, training, held_out] = [0, 1, 2].map(|set| samples(&sets[set], 3));
    let found = memorisation(&generated, &training, &held_out, 0.0).unwrap();
    assert_close(found.distance_ratio, 1.0, 0.05);
    // Four standard errors of Mann-Whitney's statistic, sqrt((n + m)/(12 n m)) = 0.0091, with
    // some allowance for distances to one training set being dependent.
    assert_close(found.closer_than_held_out, 0.5, 0.05);
    assert_eq!((found.near_duplicates, found.held_out_near_duplicates), (0.0, 0.0));
}

#[test]
fn copies_give_themselves_away() {
    let (training, held_out) = (normal(2, 3 * 500), normal(3, 3 * 500));
    let generated: Vec<f32> = training.iter().map(|value| value + 1e-4).collect();
    let (training, held_out) = (samples(&training, 3), samples(&held_out, 3));
    let found = memorisation(&samples(&generated, 3), &training, &held_out, 1e-3).unwrap();
    assert!(found.distance_ratio < 0.01, "{found:?}");
    assert!(found.closer_than_held_out > 0.99, "{found:?}");
    assert_eq!(found.near_duplicates, 1.0);
    assert!(found.held_out_near_duplicates < 0.02, "{found:?}");
}

#[test]
fn a_few_samples_score_by_hand() {
    // Training 0, 10; held-out 4, 20; generated 1, 10, 12.
    // To training 1, 0, 2; to held-out 3, 6, 8: ratios ⅓, 0, ¼, median ¼.
    // Held-out to training 4, 10: all further than 1, 0, 2.
    let (training, held_out, generated) = ([0.0, 10.0], [4.0, 20.0], [1.0, 10.0, 12.0]);
    let (training, held_out) = (samples(&training, 1), samples(&held_out, 1));
    let found = memorisation(&samples(&generated, 1), &training, &held_out, 1.0).unwrap();
    assert_close(found.distance_ratio, 0.25, 1e-15);
    assert_eq!(found.closer_than_held_out, 1.0);
    assert_close(found.near_duplicates, 2.0 / 3.0, 1e-15);
    // Held-out samples themselves are at distance 4 from the training set, 0 from themselves.
    let found = memorisation(&held_out, &training, &held_out, 4.0).unwrap();
    assert_eq!((found.distance_ratio, found.closer_than_held_out), (f64::INFINITY, 0.5));
    assert_eq!((found.near_duplicates, found.held_out_near_duplicates), (0.5, 0.5));
    // One set as both: every distance is 0, and no ratio favours either.
    let found = memorisation(&training, &training, &training, 0.0).unwrap();
    assert_eq!((found.distance_ratio, found.closer_than_held_out), (1.0, 0.5));
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let (x, more, wide) = ([0.0, 1.0], [0.0; 3], [0.0; 4]);
    let (x, more, wide) = (samples(&x, 1), samples(&more, 1), samples(&wide, 2));
    let none = samples(&[], 1);
    assert!(matches!(nearest(&x, &none), Err(EvalError::TooFew { .. })));
    assert!(matches!(nearest(&x, &wide), Err(EvalError::SizesDiffer { .. })));
    assert!(matches!(memorisation(&none, &x, &x, 0.0), Err(EvalError::TooFew { .. })));
    assert!(matches!(memorisation(&x, &none, &none, 0.0), Err(EvalError::TooFew { .. })));
    let unequal = memorisation(&x, &more, &x, 0.0);
    assert!(matches!(unequal, Err(EvalError::SizesDiffer { found: 3, expected: 2, .. })));
    assert!(matches!(memorisation(&x, &x, &x, f64::NAN), Err(EvalError::OutOfRange { .. })));
    assert!(matches!(
        mean_pairwise_distance(&samples(&[0.0], 1), 9, 1),
        Err(EvalError::TooFew { .. })
    ));
    assert!(matches!(mean_pairwise_distance(&x, 1, 1), Err(EvalError::TooFew { .. })));
}

#[test]
fn corners_of_a_square_are_at_their_mean_distance() {
    // Four sides of 1, two diagonals of √2.
    let corners = [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let found = mean_pairwise_distance(&samples(&corners, 2), 100, 1).unwrap();
    assert_close(found, (4.0 + 2.0 * 2.0f64.sqrt()) / 6.0, 1e-15);
    assert_eq!(mean_pairwise_distance(&samples(&[3.0; 40], 2), 100, 1).unwrap(), 0.0);
}

#[test]
fn a_subset_is_about_as_diverse_as_the_set() {
    // |x - y| of two N(0, 1) is 2/√π on average.
    let x = normal(4, 3_000);
    let x = samples(&x, 1);
    let expected = 2.0 / std::f64::consts::PI.sqrt();
    assert_close(mean_pairwise_distance(&x, 3_000, 1).unwrap(), expected, 0.05);
    let subset = mean_pairwise_distance(&x, 1_000, 1).unwrap();
    assert_close(subset, expected, 0.1);
    assert_eq!(subset, mean_pairwise_distance(&x, 1_000, 1).unwrap());
    assert_ne!(subset, mean_pairwise_distance(&x, 1_000, 2).unwrap());
}
