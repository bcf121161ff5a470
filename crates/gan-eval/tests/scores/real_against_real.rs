use std::collections::BTreeSet;

use gan_eval::floor::{Plan, real_against_real};
use gan_eval::frechet::frechet_distance;
use gan_eval::kernel::{Kernel, mmd_squared_unbiased};
use gan_eval::manifold::manifold_scores;
use gan_eval::{EvalError, Samples};

use crate::{Spread, normal, samples};

#[test]
fn the_two_sets_are_disjoint_and_repeat_with_their_seed() {
    let values: Vec<f32> = (0..100).map(|value| value as f32).collect();
    let taken = |counts, seed| {
        real_against_real(&samples(&values, 1), counts, seed, |one, other| {
            Ok((one.values().to_vec(), other.values().to_vec()))
        })
        .unwrap()
    };
    let (one, other) = taken([50, 50], 1);
    let mut all = [one, other].concat();
    all.sort_by(f32::total_cmp);
    assert_eq!(all, values);
    let (one, other) = taken([30, 20], 1);
    assert_eq!((one.len(), other.len()), (30, 20));
    assert!(one.iter().all(|value| !other.contains(value)));
    assert_eq!(taken([30, 20], 1), taken([30, 20], 1));
    assert_ne!(taken([30, 20], 1), taken([30, 20], 2));
}

#[test]
fn the_floor_is_below_the_score_of_another_distribution_and_above_zero() {
    let (real, generated) = (normal(0, 8 * 1_000), normal(1, 8 * 500));
    let generated: Vec<f32> = generated.iter().map(|value| 1.5 * value).collect();
    let real = samples(&real, 8);
    let floor = real_against_real(&real, [500, 500], 1, frechet_distance).unwrap();
    let score = frechet_distance(&real, &samples(&generated, 8)).unwrap();
    assert!(floor > 0.0 && 5.0 * floor < score, "floor {floor}, score {score}");
}

#[test]
fn too_few_reals_and_a_failing_score_are_reported() {
    let values = [0.0; 5];
    let real = samples(&values, 1);
    let of = |counts| real_against_real(&real, counts, 1, frechet_distance);
    assert!(matches!(of([4, 2]), Err(EvalError::TooFew { found: 5, needed: 6, .. })));
    assert!(matches!(of([0, 2]), Err(EvalError::TooFew { .. })));
    assert!(matches!(of([2, 0]), Err(EvalError::TooFew { .. })));
    assert!(matches!(of([usize::MAX, 2]), Err(EvalError::TooFew { .. })));
    // One sample has no covariance.
    assert!(matches!(of([3, 1]), Err(EvalError::TooFew { found: 1, needed: 2, .. })));
}

#[test]
fn a_score_and_its_floor_see_the_same_two_counts() {
    for (reals, fakes, expected) in [
        (60_000, 10_000, [50_000, 10_000]),
        (2_000, 1_000, [1_000, 1_000]),
        (1_500, 1_000, [750, 750]),
        (1_000, 1_000, [500, 500]),
        (1_001, 1_000, [501, 500]),
        (100, 5_000, [50, 50]),
        (2, 1, [1, 1]),
    ] {
        let plan = Plan::new(reals, fakes, 1).expect("enough samples");
        assert_eq!(plan.counts(), expected);
        assert_eq!(plan.others.len(), expected[1]);
        let used: BTreeSet<usize> = plan.reals.iter().chain(&plan.others).copied().collect();
        assert_eq!(used.len(), reals, "each real is on one side, and none twice");
        assert!(used.iter().all(|index| *index < reals));
        let chosen: BTreeSet<usize> = plan.fakes.iter().copied().collect();
        assert_eq!(chosen.len(), expected[1]);
        assert!(chosen.iter().all(|index| *index < fakes));
        let equal = plan.equal();
        assert_eq!(equal.counts(), [expected[1]; 2]);
        assert_eq!((&equal.fakes, &equal.others), (&plan.fakes, &plan.others));
        assert_eq!(Plan::new(reals, fakes, 1), Some(plan));
    }
    assert_eq!(Plan::new(1, 5, 1), None);
    assert_eq!(Plan::new(5, 0, 1), None);
}

/// Scores of moments and kernels, whose counts may differ.
fn of_all(reals: &Samples, fakes: &Samples) -> Result<Vec<f64>, EvalError> {
    let kernel = mmd_squared_unbiased(&Kernel::Cubic, reals, fakes)?;
    Ok(vec![frechet_distance(reals, fakes)?, kernel])
}

/// Scores by nearest neighbours.
fn of_neighbours(reals: &Samples, fakes: &Samples) -> Result<Vec<f64>, EvalError> {
    let found = manifold_scores(reals, fakes, 5)?;
    Ok(vec![found.precision, found.recall, found.density, found.coverage])
}

#[test]
fn reals_in_the_place_of_fakes_score_what_the_floor_says() {
    // 10,000 reals against 1,000 other reals in eight dimensions, with eight seeds. Score and floor
    // compare the same reals, so their difference scatters around 0: its mean must be within four
    // standard errors. A floor of 1,000 against 1,000 has about twice the Fréchet distance: that far
    // off would be seen.
    let (size, reals, fakes) = (8, 10_000, 1_000);
    let mut differences = [const { Spread::new() }; 6];
    let mut of_equal_counts = Spread::new();
    for seed in 0..8 {
        let (real, fake) = (normal(2 * seed, reals * size), normal(2 * seed + 1, fakes * size));
        let (real, fake) = (samples(&real, size), samples(&fake, size));
        let all = Plan::new(reals, fakes, seed).expect("enough samples");
        let gathered = |of: &Samples, indices: &[usize]| -> Vec<f32> {
            indices.iter().flat_map(|index| of.row(*index)).copied().collect()
        };
        let (mut found, mut floor) = (Vec::new(), Vec::new());
        type Score = fn(&Samples, &Samples) -> Result<Vec<f64>, EvalError>;
        for (plan, score) in [(&all, of_all as Score), (&all.equal(), of_neighbours as Score)] {
            let sets = [&plan.reals, &plan.others].map(|indices| gathered(&real, indices));
            let [reference, others] = sets.each_ref().map(|values| samples(values, size));
            found.extend(score(&reference, &fake).unwrap());
            floor.extend(score(&reference, &others).unwrap());
        }
        // The same others, against no more reals than they are.
        let equal = all.equal();
        let sets = [&equal.reals, &equal.others].map(|indices| gathered(&real, indices));
        let [fewer, others] = sets.each_ref().map(|values| samples(values, size));
        of_equal_counts.add(floor[0] - frechet_distance(&fewer, &others).unwrap());
        for ((spread, found), floor) in differences.iter_mut().zip(found).zip(floor) {
            spread.add(found - floor);
        }
    }
    for (place, spread) in differences.iter().enumerate() {
        let (mean, error) = (spread.mean(), spread.standard_error());
        assert!(mean.abs() <= 4.0 * error, "score {place}: {mean} off, of {error}");
    }
    let (mean, error) = (of_equal_counts.mean(), of_equal_counts.standard_error());
    // Without a difference, chance would do this with one of fifty sets of seeds.
    assert!(mean < -2.0 * error, "a floor of equal counts is {mean} off, of {error}");
}
