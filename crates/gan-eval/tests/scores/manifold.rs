use std::time::Instant;

use gan_eval::manifold::{ManifoldScores, expected_coverage, manifold_scores};
use gan_eval::{EvalError, Samples};

use crate::{Spread, assert_close, normal, samples, shuffled};

#[test]
fn equal_gaussians_score_what_the_reference_publishes() {
    // The example of Naeem et al.'s reference code: two sets of 10,000 draws from N(0, I) in
    // 1,000 dimensions, k = 5, gives precision 0.4772, recall 0.4705, density 1.0555, coverage
    // 0.9735. Over ten seeds these scatter by 0.010, 0.008, 0.065 and 0.005 (one standard
    // deviation): so far from the plane a few samples near the centre are neighbours of most
    // others, and density depends on them. Density therefore gets three standard deviations of
    // a difference of two draws; `density_of_equal_distributions_is_one` pins it down.
    let (count, size) = (10_000, 1_000);
    let (real, generated) = (normal(0, count * size), normal(1, count * size));
    let (real, generated) = (samples(&real, size), samples(&generated, size));
    let start = Instant::now();
    let found = manifold_scores(&real, &generated, 5).unwrap();
    println!("{found:?} in {:.1} s", start.elapsed().as_secs_f64());
    assert_close(found.precision, 0.4772, 0.02);
    assert_close(found.recall, 0.4705, 0.02);
    assert_close(found.density, 1.0555, 0.27);
    assert_close(found.coverage, 0.9735, 0.02);
}

#[test]
fn density_of_equal_distributions_is_one() {
    // A generated sample is equally likely to take any place among a real sample's neighbours,
    // so it lies in a ball with probability k/n. Coverage is 1 - 2^-k nearly. In the plane no
    // sample is many others' neighbour, and the scatter is small: over thirty seeds one standard
    // deviation is 0.009 for density, 0.005 for coverage.
    let (real, generated) = (normal(2, 8_000), normal(3, 8_000));
    let found = manifold_scores(&samples(&real, 2), &samples(&generated, 2), 5).unwrap();
    assert_close(found.density, 1.0, 0.035);
    assert_close(found.coverage, 1.0 - 2.0f64.powi(-5), 0.015);
}

#[test]
fn coverage_of_equal_distributions_is_what_the_counts_say() {
    // By hand: of 1 other real and 1 generated sample, the real comes first with probability ½.
    assert_eq!(expected_coverage(2, 1, 1).unwrap(), 0.5);
    assert_close(expected_coverage(1_000, 1_000, 5).unwrap(), 0.969, 5e-4);
    assert_close(expected_coverage(1_000, 200, 5).unwrap(), 0.599, 1e-3);
    // Counts of which each bound of the error is below 0.005: twenty seeds, four standard errors.
    for (reals, generated, size) in [(1_000, 1_000, 2), (1_000, 1_000, 20), (1_000, 200, 4)] {
        let (mut coverage, mut density) = (Spread::new(), Spread::new());
        for seed in 0..20 {
            let (x, y) = (normal(100 + seed, reals * size), normal(200 + seed, generated * size));
            let found = manifold_scores(&samples(&x, size), &samples(&y, size), 5).unwrap();
            coverage.add(found.coverage);
            density.add(found.density);
        }
        let expected = expected_coverage(reals, generated, 5).unwrap();
        assert!(4.0 * coverage.standard_error() < 0.03, "{}", coverage.standard_error());
        assert_close(coverage.mean(), expected, 4.0 * coverage.standard_error());
        assert_close(density.mean(), 1.0, 4.0 * density.standard_error());
    }
    assert!(expected_coverage(5, 5, 5).is_err() && expected_coverage(5, 5, 0).is_err());
    assert_eq!(expected_coverage(10, 0, 5).unwrap(), 0.0);
}

/// The definitions, literally: distances in plain order, sorted.
fn by_definition(real: &Samples, generated: &Samples, k: usize) -> ManifoldScores {
    let distance = |x: &[f32], y: &[f32]| {
        let squares = x.iter().zip(y).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let radii = |set: &Samples| -> Vec<f64> {
        let radius = |row| {
            let mut all: Vec<f64> = set.rows().map(|other| distance(row, other)).collect();
            all.sort_by(f64::total_cmp);
            // The nearest is the sample itself.
            all[k]
        };
        set.rows().map(radius).collect()
    };
    let (real_radii, generated_radii) = (radii(real), radii(generated));
    let inside = |point: &[f32], set: &Samples, radii: &[f64]| {
        set.rows().zip(radii).filter(|(row, radius)| distance(point, row) <= **radius).count()
    };
    let (n, m) = (real.count() as f64, generated.count() as f64);
    let balls: Vec<usize> = generated.rows().map(|row| inside(row, real, &real_radii)).collect();
    let covered = real
        .rows()
        .zip(&real_radii)
        .filter(|(row, radius)| generated.rows().any(|other| distance(row, other) <= **radius));
    let recalled = real.rows().filter(|row| inside(row, generated, &generated_radii) > 0).count();
    ManifoldScores {
        precision: balls.iter().filter(|&&count| count > 0).count() as f64 / m,
        recall: recalled as f64 / n,
        density: balls.iter().sum::<usize>() as f64 / (k as f64 * m),
        coverage: covered.count() as f64 / n,
    }
}

#[test]
fn scores_are_those_of_the_definitions() {
    // Sizes that are multiplied in blocks and sizes that are not; unequal counts.
    for (size, real, generated, k) in [(2, 60, 90, 1), (3, 200, 150, 2), (24, 530, 300, 1)] {
        let (x, y) = (normal(4, size * real), normal(5, size * generated));
        let y: Vec<f32> = y.iter().map(|value| 1.1 * value + 0.5).collect();
        let (x, y) = (samples(&x, size), samples(&y, size));
        let found = manifold_scores(&x, &y, k).unwrap();
        let expected = by_definition(&x, &y, k);
        assert_eq!(found, expected, "size {size}");
        let all = [found.precision, found.recall, found.coverage];
        assert!(all.iter().all(|score| (0.05..1.0).contains(score)), "{found:?} tells nothing");
    }
}

#[test]
fn four_points_on_a_line_score_by_hand() {
    // Real 0, 1, 10, 11 with k = 1: radii 1. Generated 0.5, 0.75, 5, 30: radii ¼, ¼, 4.25, 25.
    // Real balls hold 0.5 and 0.75 twice each: precision ½, density 4/4 = 1, coverage ½.
    // Generated balls: 0.75..9.25 around 5 holds 1; 5..55 around 30 holds 10 and 11; none 0.
    let (real, generated) = ([0.0, 1.0, 10.0, 11.0], [0.5, 0.75, 5.0, 30.0]);
    let found = manifold_scores(&samples(&real, 1), &samples(&generated, 1), 1).unwrap();
    let expected = ManifoldScores { precision: 0.5, recall: 0.75, density: 1.0, coverage: 0.5 };
    assert_eq!(found, expected);
}

#[test]
fn copies_are_in_the_manifold_even_of_samples_that_occur_often() {
    let values = [0.0, 0.0, 0.0, 5.0, 5.0, 5.0];
    let set = samples(&values, 1);
    let found = manifold_scores(&set, &set, 2).unwrap();
    assert_eq!((found.precision, found.recall, found.coverage), (1.0, 1.0, 1.0));
}

#[test]
fn a_collapsed_generator_is_precise_and_covers_little() {
    // A twentieth of the real set's width, at its centre.
    let (real, generated) = (normal(6, 2_000), normal(7, 2_000));
    let generated: Vec<f32> = generated.iter().map(|value| 0.05 * value).collect();
    let found = manifold_scores(&samples(&real, 2), &samples(&generated, 2), 5).unwrap();
    assert!(found.precision > 0.99, "{found:?}");
    assert!(found.recall < 0.05 && found.coverage < 0.05, "{found:?}");
}

#[test]
fn order_does_not_matter() {
    let (x, y) = (normal(8, 3_000), normal(9, 3_000));
    let other_order = shuffled(&x, 3);
    let found = manifold_scores(&samples(&x, 3), &samples(&y, 3), 3).unwrap();
    assert_eq!(manifold_scores(&samples(&other_order, 3), &samples(&y, 3), 3).unwrap(), found);
}

#[test]
fn what_has_no_manifold_is_refused() {
    let (x, wide) = ([0.0, 1.0, 2.0], [0.0; 6]);
    let (x, wide) = (samples(&x, 1), samples(&wide, 2));
    assert!(matches!(manifold_scores(&x, &x, 0), Err(EvalError::TooFew { .. })));
    let few = manifold_scores(&x, &x, 3);
    assert!(matches!(few, Err(EvalError::TooFew { found: 3, needed: 4, .. })));
    assert!(matches!(manifold_scores(&x, &x, usize::MAX), Err(EvalError::TooFew { .. })));
    assert!(matches!(manifold_scores(&x, &wide, 1), Err(EvalError::SizesDiffer { .. })));
}
