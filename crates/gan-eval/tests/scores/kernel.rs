use gan_eval::EvalError;
use gan_eval::kernel::{
    Kernel, mmd_squared_biased, mmd_squared_over_subsets, mmd_squared_unbiased,
};

use crate::{assert_close, normal, samples, shuffled};

fn rbf(bandwidths: &[f64]) -> Kernel {
    Kernel::RbfMixture { bandwidths: bandwidths.to_vec() }
}

#[test]
fn two_points_have_their_known_rbf_discrepancy() {
    // k(0, 0) + k(1, 1) - 2 k(0, 1), summed over the bandwidths 1 and 2.
    let found =
        mmd_squared_biased(&rbf(&[1.0, 2.0]), &samples(&[0.0], 1), &samples(&[1.0], 1)).unwrap();
    let expected = 4.0 - 2.0 * ((-0.5f64).exp() + (-0.125f64).exp());
    assert_close(found, expected, 1e-15);
}

#[test]
fn a_tiny_bandwidth_sees_only_copies() {
    // Its square underflows; k is 1 for copies and 0 for all other pairs.
    let tiny = rbf(&[1e-200]);
    let found = mmd_squared_biased(&tiny, &samples(&[0.0], 1), &samples(&[1.0], 1));
    assert_close(found.unwrap(), 2.0, 0.0);
    let found = mmd_squared_biased(&tiny, &samples(&[1.0], 1), &samples(&[1.0], 1));
    assert_close(found.unwrap(), 0.0, 0.0);
}

#[test]
fn four_numbers_have_their_known_cubic_discrepancy() {
    // d = 1: k(x, y) = (xy + 1)³. x = {0, 1}, y = {1, 2}: k(0, ·) = 1, k(1, 1) = 8,
    // k(1, 2) = 27, k(2, 2) = 125. Cross mean (1 + 1 + 8 + 27)/4 = 9.25.
    let (x, y) = ([0.0, 1.0], [1.0, 2.0]);
    let (x, y) = (samples(&x, 1), samples(&y, 1));
    // Different samples only: 1 + 27 - 2 · 9.25
    assert_close(mmd_squared_unbiased(&Kernel::Cubic, &x, &y).unwrap(), 9.5, 1e-12);
    // All pairs: (1 + 8 + 1 + 1)/4 + (8 + 125 + 27 + 27)/4 - 2 · 9.25
    assert_close(mmd_squared_biased(&Kernel::Cubic, &x, &y).unwrap(), 31.0, 1e-12);
}

#[test]
fn the_cubic_kernel_divides_by_the_numbers_in_a_sample() {
    // x·y / d = 1 for ones of any size: k = 8 between them, 1 with zeros.
    for size in [3, 40] {
        let (ones, zeros) = (vec![1.0; size], vec![0.0; size]);
        let found =
            mmd_squared_biased(&Kernel::Cubic, &samples(&ones, size), &samples(&zeros, size));
        assert_close(found.unwrap(), 8.0 + 1.0 - 2.0, 1e-12);
    }
}

#[test]
fn normals_have_their_known_rbf_discrepancy() {
    // For x, x' of N(0, 1) and y of N(1, 1): x - x' is N(0, 2), x - y is N(-1, 2), and
    // E exp(-t²/2σ²) of N(μ, v) is sqrt(σ²/(σ² + v)) exp(-μ²/(2(σ² + v))). With σ = 1:
    // 2/√3 (1 - exp(-1/6)) = 0.17727.
    let (x, y) = (normal(0, 4_000), normal(1, 4_000));
    let y: Vec<f32> = y.iter().map(|value| value + 1.0).collect();
    let (x, y) = (samples(&x, 1), samples(&y, 1));
    let expected = 2.0 / 3.0f64.sqrt() * (1.0 - (-1.0f64 / 6.0).exp());
    let found = mmd_squared_unbiased(&rbf(&[1.0]), &x, &y).unwrap();
    assert_close(found, expected, 0.02);
    let blocks = mmd_squared_over_subsets(&rbf(&[1.0]), &x, &y, 100, 1).unwrap();
    assert_eq!(blocks.subsets, 40);
    assert!(blocks.standard_error > 0.001 && blocks.standard_error < 0.02, "{blocks:?}");
    assert_close(blocks.value, expected, 4.0 * blocks.standard_error);
}

#[test]
fn the_unbiased_estimate_scatters_around_zero_for_equal_distributions() {
    let (x, y) = (normal(2, 20 * 3_000), normal(3, 20 * 3_000));
    let (x, y) = (samples(&x, 20), samples(&y, 20));
    for kernel in [Kernel::Cubic, rbf(&[2.0, 5.0])] {
        let found = mmd_squared_over_subsets(&kernel, &x, &y, 100, 1).unwrap();
        assert_close(found.value, 0.0, 4.0 * found.standard_error);
        // The biased estimate includes k(x, x) of a hundred samples a side and is far above.
        let few = |set: &[f32]| set[..2_000].to_vec();
        let biased = mmd_squared_biased(
            &kernel,
            &samples(&few(x.values()), 20),
            &samples(&few(y.values()), 20),
        );
        assert!(biased.unwrap() > 10.0 * found.standard_error);
    }
}

#[test]
fn order_does_not_matter_and_a_set_is_not_apart_from_itself() {
    let (x, y) = (normal(4, 600), normal(5, 450));
    let other_order = shuffled(&x, 3);
    let (x, y, other_order) = (samples(&x, 3), samples(&y, 3), samples(&other_order, 3));
    for kernel in [Kernel::Cubic, rbf(&[0.5])] {
        let found = mmd_squared_unbiased(&kernel, &x, &y).unwrap();
        assert_close(mmd_squared_unbiased(&kernel, &other_order, &y).unwrap(), found, 1e-9);
        assert_close(mmd_squared_unbiased(&kernel, &y, &x).unwrap(), found, 1e-9);
        assert_close(mmd_squared_biased(&kernel, &x, &other_order).unwrap(), 0.0, 1e-10);
        assert!(mmd_squared_biased(&kernel, &x, &y).unwrap() > 1e-4);
    }
}

#[test]
fn subsets_repeat_with_their_seed() {
    let (x, y) = (normal(6, 400), normal(7, 400));
    let of = |seed| {
        let (x, y) = (samples(&x, 2), samples(&y, 2));
        mmd_squared_over_subsets(&rbf(&[1.0]), &x, &y, 20, seed).unwrap()
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn subsets_of_a_set_and_itself_are_different_ones() {
    // Equal subsets of 20 would have every k(x, x) = 1 among their cross terms, which takes
    // 2(1 - E k)/20 = 0.042 off the estimate (E k = 1/√3).
    let x = normal(8, 2_000);
    let x = samples(&x, 1);
    let found = mmd_squared_over_subsets(&rbf(&[1.0]), &x, &x, 20, 1).unwrap();
    assert_close(found.value, 0.0, 0.02);
}

#[test]
fn what_has_no_discrepancy_is_refused() {
    let (x, wide) = ([0.0, 1.0], [0.0; 4]);
    let (x, wide) = (samples(&x, 1), samples(&wide, 2));
    for bandwidth in [0.0, -1.0, f64::NAN] {
        let found = mmd_squared_unbiased(&rbf(&[bandwidth]), &x, &x);
        assert!(matches!(found, Err(EvalError::OutOfRange { .. })));
    }
    assert!(matches!(mmd_squared_biased(&rbf(&[]), &x, &x), Err(EvalError::TooFew { .. })));
    let unlike = mmd_squared_unbiased(&Kernel::Cubic, &x, &wide);
    assert!(matches!(unlike, Err(EvalError::SizesDiffer { .. })));
    let one = mmd_squared_unbiased(&Kernel::Cubic, &samples(&[0.0], 1), &x);
    assert!(matches!(one, Err(EvalError::TooFew { .. })));
    let none = mmd_squared_biased(&Kernel::Cubic, &samples(&[], 1), &x);
    assert!(matches!(none, Err(EvalError::TooFew { .. })));
    let subset = |size| mmd_squared_over_subsets(&Kernel::Cubic, &x, &x, size, 1);
    assert!(matches!(subset(1), Err(EvalError::TooFew { what: "samples in a subset", .. })));
    assert!(matches!(subset(2), Err(EvalError::TooFew { what: "subsets", found: 1, .. })));
}
