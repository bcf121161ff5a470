use std::f64::consts::{LN_2, PI};

use gan_eval::modes::{Mixture, ModeCounts};
use gan_eval::{EvalError, Samples};

use crate::{assert_close, normal, samples, shuffled};

/// Eight centres on a circle of radius 2.
fn ring() -> Vec<f32> {
    (0..8)
        .flat_map(|mode| {
            let angle = f64::from(mode) * PI / 4.0;
            [2.0 * angle.cos() as f32, 2.0 * angle.sin() as f32]
        })
        .collect()
}

/// `count` samples of Gaussians of deviation `deviation` around `centres`, in turn.
fn perfect(centres: &[f32], deviation: f32, count: usize) -> Vec<f32> {
    let noise = normal(0, 2 * count);
    let centres = centres.iter().cycle();
    noise.iter().zip(centres).map(|(noise, centre)| centre + deviation * noise).collect()
}

fn count(centres: &[f32], deviation: f64, values: &[f32]) -> ModeCounts {
    let mixture = Mixture::new(samples(centres, 2), deviation).unwrap();
    mixture.count(&samples(values, 2)).unwrap()
}

#[test]
fn of_perfect_samples_98_9_percent_are_of_high_quality() {
    let ring = ring();
    let counts = count(&ring, 0.02, &perfect(&ring, 0.02, 40_000));
    // P(r ≤ 3σ) = 1 - exp(-9/2) for the Rayleigh distribution of the distance; four standard
    // errors are 4 sqrt(0.9889 * 0.0111 / 40,000) = 0.0021.
    assert_close(counts.high_quality_share(), 1.0 - (-4.5f64).exp(), 0.0021);
    assert_eq!(counts.covered(), 8);
    assert_eq!(counts.all, [5_000; 8]);
    assert_eq!(counts.reverse_kl_of_all(), 0.0);
}

#[test]
fn the_two_reverse_kls_differ_by_samples_between_modes() {
    // Modes at 0 and 10 of deviation 1: two clean samples at 0, two strays nearest to 10.
    let centres = [0.0, 0.0, 10.0, 0.0];
    let values = [0.0, 0.0, 0.0, 3.0, 6.0, 0.0, 6.5, 0.0];
    let counts = count(&centres, 1.0, &values);
    assert_eq!(counts, ModeCounts { all: vec![2, 2], high_quality: vec![2, 0] });
    assert_eq!(counts.covered(), 1);
    assert_eq!(counts.high_quality_share(), 0.5);
    // (1, 0) from (½, ½) is ln 2; (½, ½) from itself is 0.
    assert_close(counts.reverse_kl_of_high_quality().unwrap(), LN_2, 1e-15);
    assert_eq!(counts.reverse_kl_of_all(), 0.0);
}

#[test]
fn a_minimum_keeps_a_stray_sample_from_covering_a_mode() {
    let centres = [0.0, 0.0, 10.0, 0.0];
    let counts = count(&centres, 1.0, &[0.0, 0.0, 0.1, 0.0, 10.0, 0.0]);
    assert_eq!((counts.covered(), counts.covered_by(2), counts.covered_by(3)), (2, 1, 0));
}

#[test]
fn a_sample_halfway_belongs_to_the_first_mode() {
    let centres = [0.0, 0.0, 10.0, 0.0, 0.0, 10.0];
    assert_eq!(count(&centres, 1.0, &[5.0, 0.0, 5.0, 5.0]).all, [2, 0, 0]);
}

#[test]
fn a_wider_radius_takes_more_samples() {
    let centres = [0.0, 0.0];
    let mixture = Mixture::new(samples(&centres, 2), 1.0).unwrap();
    let values = [0.0, 3.5];
    let within = |deviations| {
        mixture.count_within(&samples(&values, 2), deviations).unwrap().high_quality[0]
    };
    assert_eq!((within(3.0), within(3.5), within(4.0)), (0, 1, 1));
}

#[test]
fn without_clean_samples_one_reverse_kl_is_undefined() {
    let counts = count(&[0.0, 0.0, 1.0, 0.0], 0.01, &[0.0, 1.0]);
    assert_eq!((counts.covered(), counts.reverse_kl_of_high_quality()), (0, None));
    assert_close(counts.reverse_kl_of_all(), LN_2, 1e-15);
}

#[test]
fn order_does_not_matter() {
    let ring = ring();
    let values = perfect(&ring, 0.5, 1_000);
    assert_eq!(count(&ring, 0.2, &values), count(&ring, 0.2, &shuffled(&values, 2)));
}

#[test]
fn what_has_no_counts_is_refused() {
    let none = Samples::new(&[], 2).unwrap();
    let point = [0.0, 0.0];
    assert!(matches!(Mixture::new(none, 1.0), Err(EvalError::TooFew { .. })));
    for deviation in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let mixture = Mixture::new(samples(&point, 2), deviation);
        assert!(matches!(mixture, Err(EvalError::OutOfRange { .. })));
    }
    let mixture = Mixture::new(samples(&point, 2), 1.0).unwrap();
    assert!(matches!(mixture.count(&none), Err(EvalError::TooFew { .. })));
    let wide = mixture.count(&samples(&[0.0; 3], 3));
    assert!(matches!(wide, Err(EvalError::SizesDiffer { found: 3, expected: 2, .. })));
}
