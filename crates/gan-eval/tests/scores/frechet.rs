use gan_eval::EvalError;
use gan_eval::frechet::{Gaussian, frechet_distance};

use crate::{assert_close, normal, samples, shuffled};

fn distance(a: (&[f64], &[f64]), b: (&[f64], &[f64])) -> f64 {
    let (a, b) = (Gaussian::new(a.0, a.1).unwrap(), Gaussian::new(b.0, b.1).unwrap());
    let there = a.distance(&b).unwrap();
    assert_close(b.distance(&a).unwrap(), there, 1e-7);
    there
}

#[test]
fn diagonal_covariances_commute() {
    // Σ (√a - √b)²: (1 - 2)² + (3 - 5)² + (2 - 2)² = 5, and |(1, 2, 2)|² = 9.
    let a = [1.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 4.0];
    let b = [4.0, 0.0, 0.0, 0.0, 25.0, 0.0, 0.0, 0.0, 4.0];
    assert_close(distance((&[0.0; 3], &a), (&[1.0, 2.0, 2.0], &b)), 14.0, 1e-12);
}

#[test]
fn equal_covariances_leave_the_distance_of_the_means() {
    let covariance = [2.0, 0.9, 0.9, 0.5];
    let found = distance((&[1.0, 1.0], &covariance), (&[4.0, 5.0], &covariance));
    assert_close(found, 25.0, 1e-12);
}

#[test]
fn covariances_that_do_not_commute_have_a_closed_form_in_the_plane() {
    // For 2 x 2: tr (AB)^½ = sqrt(tr(AB) + 2 sqrt(det A det B)), since (s + t)² = s² + t² + 2st.
    // A = (2 1; 1 3), B = (5 -2; -2 1): tr(AB) = 2·5 - 2·1·2 + 3·1 = 9, det A = 5, det B = 1.
    let found = distance((&[0.0; 2], &[2.0, 1.0, 1.0, 3.0]), (&[0.0; 2], &[5.0, -2.0, -2.0, 1.0]));
    let expected = 5.0 + 6.0 - 2.0 * (9.0 + 2.0 * 5.0f64.sqrt()).sqrt();
    assert_close(found, expected, 1e-12);
}

#[test]
fn singular_covariances_have_a_distance() {
    // Rank one: A = uuᵀ, B = vvᵀ have tr (AB)^½ = |u·v|. u = (1, 2, 2), v = (3, 0, 4): 11.
    let outer = |u: [f64; 3]| u.iter().flat_map(|a| u.map(|b| a * b)).collect::<Vec<_>>();
    let (a, b) = (outer([1.0, 2.0, 2.0]), outer([3.0, 0.0, 4.0]));
    assert_close(distance((&[0.0; 3], &a), (&[0.0; 3], &b)), 9.0 + 25.0 - 22.0, 1e-7);
    // A point has zero covariance: the distance is the other's trace.
    assert_close(distance((&[0.0; 3], &[0.0; 9]), (&[0.0; 3], &b)), 25.0, 1e-12);
    assert_close(distance((&[0.0; 3], &[0.0; 9]), (&[2.0, 0.0, 0.0], &[0.0; 9])), 4.0, 0.0);
}

#[test]
fn all_ones_are_no_stumbling_block() {
    // Rank one in every size: A = 11ᵀ (trace n), B = I: tr (AB)^½ = √n.
    for size in 2..40 {
        let ones = vec![1.0; size * size];
        let identity: Vec<f64> =
            (0..size * size).map(|i| if i % (size + 1) == 0 { 1.0 } else { 0.0 }).collect();
        let mean = vec![0.0; size];
        let n = size as f64;
        assert_close(distance((&mean, &ones), (&mean, &identity)), 2.0 * n - 2.0 * n.sqrt(), 1e-6);
    }
}

#[test]
fn pixels_that_never_change_do_not_matter() {
    // As in images: few samples, many pixels, most of them always background. nalgebra's symmetric
    // eigenvalues were NaN for such covariances.
    let (changing, all, count) = (40, 784, 30);
    let sparse = |seed: u64| -> (Vec<f32>, Vec<f32>) {
        let dense = normal(seed, count * changing);
        let mut images = vec![-1.0_f32; count * all];
        for (row, image) in dense.chunks_exact(changing).zip(images.chunks_exact_mut(all)) {
            for (place, value) in row.iter().enumerate() {
                image[place * 19 + 7] = *value;
            }
        }
        (dense, images)
    };
    let ((dense_a, images_a), (dense_b, images_b)) = (sparse(1), sparse(2));
    let dense = frechet_distance(&samples(&dense_a, changing), &samples(&dense_b, changing));
    let images = frechet_distance(&samples(&images_a, all), &samples(&images_b, all));
    assert_close(images.unwrap(), dense.unwrap(), 1e-6);
}

#[test]
fn moments_of_samples_are_unbiased() {
    // Means 2 and 4; deviations (-1, 0, 1) and (-2, 2, 0) over n - 1 = 2.
    let values = [1.0, 2.0, 2.0, 6.0, 3.0, 4.0];
    let gaussian = Gaussian::of_samples(&samples(&values, 2)).unwrap();
    assert_eq!(gaussian.mean(), [2.0, 4.0]);
    assert_eq!(gaussian.covariance(), [1.0, 1.0, 1.0, 4.0]);
}

#[test]
fn a_moved_and_scaled_set_is_at_its_known_distance() {
    // y = s x + m has covariance s² C exactly, so the distance is |m|² + (1 - s)² tr C plus the
    // mean's own move; with s = 1 it is |m|². Fewer samples than numbers: C is singular.
    let (size, count) = (64, 40);
    let x = normal(0, size * count);
    let moved: Vec<f32> = x.iter().map(|value| value + 0.25).collect();
    let found = frechet_distance(&samples(&x, size), &samples(&moved, size)).unwrap();
    assert_close(found, 64.0 * 0.0625, 1e-4);
    let doubled: Vec<f32> = x.iter().map(|value| 2.0 * value).collect();
    let gaussian = Gaussian::of_samples(&samples(&x, size)).unwrap();
    let trace: f64 = gaussian.covariance().iter().step_by(size + 1).sum();
    let mean: f64 = gaussian.mean().iter().map(|m| m * m).sum();
    let found = frechet_distance(&samples(&x, size), &samples(&doubled, size)).unwrap();
    assert_close(found, trace + mean, 1e-9 * trace);
}

#[test]
fn a_set_is_at_distance_zero_from_itself_in_any_order() {
    for (size, count) in [(2, 500), (30, 1_100), (50, 20)] {
        let x = normal(0, size * count);
        let y = shuffled(&x, size);
        let found = frechet_distance(&samples(&x, size), &samples(&y, size)).unwrap();
        assert_close(found, 0.0, 1e-6);
    }
}

#[test]
fn what_is_no_covariance_is_refused() {
    let refused = |mean: &[f64], covariance: &[f64]| Gaussian::new(mean, covariance).unwrap_err();
    assert!(matches!(refused(&[], &[]), EvalError::TooFew { .. }));
    assert!(matches!(refused(&[0.0; 2], &[1.0; 3]), EvalError::SizesDiffer { .. }));
    assert!(matches!(refused(&[f64::NAN], &[1.0]), EvalError::NotFinite { what: "mean", .. }));
    assert!(matches!(refused(&[0.0], &[f64::NAN]), EvalError::NotFinite { .. }));
    let lopsided = refused(&[0.0; 2], &[1.0, 0.5, 0.4, 1.0]);
    assert_eq!(lopsided, EvalError::NotSymmetric { row: 1, column: 0 });
    // Eigenvalues 3 and -1.
    let indefinite = Gaussian::new(&[0.0; 2], &[1.0, 2.0, 2.0, 1.0]).unwrap();
    let point = Gaussian::new(&[0.0; 2], &[0.0; 4]).unwrap();
    let found = indefinite.distance(&point).unwrap_err();
    let EvalError::NotPositiveSemidefinite { eigenvalue } = found else { panic!("{found}") };
    assert_close(eigenvalue, -1.0, 1e-12);
    let huge = Gaussian::new(&[0.0; 2], &[1e200, 0.0, 0.0, 1e200]).unwrap();
    assert!(matches!(huge.distance(&huge), Err(EvalError::NotFinite { .. })));
    let line = Gaussian::new(&[0.0], &[1.0]).unwrap();
    assert!(matches!(line.distance(&point), Err(EvalError::SizesDiffer { .. })));
    let one = frechet_distance(&samples(&[0.0; 2], 2), &samples(&[0.0; 4], 2));
    assert!(matches!(one, Err(EvalError::TooFew { found: 1, needed: 2, .. })));
    let unlike = frechet_distance(&samples(&[0.0; 4], 2), &samples(&[0.0; 6], 3));
    assert!(matches!(unlike, Err(EvalError::SizesDiffer { .. })));
}
