//! Compares the operations and their gradients with Burn's own, on the reference tests' device.

use burn::tensor::activation;

use super::*;
use crate::ops::tensor::Tensor;
use crate::reference_tests::device;

fn of_burn<const D: usize>(x: burn::tensor::Tensor<D>) -> Tensor<D> {
    Tensor::of(x.into_dispatch())
}

fn numbers(count: usize) -> Tensor<2> {
    let values: Vec<f32> =
        (0..count).map(|index| ((index * 37 % 101) as f32 - 50.0) / 16.0).collect();
    Tensor::from_values(values, [count / 4, 4], &device())
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.burn().into_data().try_to_vec().expect("single precision")
}

fn assert_close(ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() <= 2e-6 * theirs.abs().max(1.0), "{ours}, not {theirs}");
    }
}

/// Asserts that both functions have the same values, and the same gradients of the sum of squares.
fn assert_same(ours: fn(Tensor<2>) -> Tensor<2>, theirs: fn(Tensor<2>) -> Tensor<2>) {
    let found = [ours, theirs].map(|function| {
        let x = numbers(404).leaf();
        let y = function(x.clone());
        let gradients = y.clone().square().sum().backward();
        (values(y), values(x.grad(&gradients).expect("a leaf has a gradient")))
    });
    assert_close(&found[0].0, &found[1].0);
    assert_close(&found[0].1, &found[1].1);
}

#[test]
fn tanh_is_burns() {
    assert_same(tanh, |x| of_burn(activation::tanh(x.burn())));
}

#[test]
fn softplus_is_burns_and_finite() {
    assert_same(softplus, |x| of_burn(activation::softplus(x.burn(), 1.0)));
    assert_same(softplus_of_negated, |x| of_burn(activation::softplus(-x.burn(), 1.0)));
    let x = Tensor::from_values(vec![-200.0, -30.0, 0.0, 30.0, 200.0], [5], &device()).leaf();
    let y = softplus(x.clone());
    let gradients = y.clone().sum().backward();
    assert_close(&values(y), &[0.0, 9.357_623e-14, std::f32::consts::LN_2, 30.0, 200.0]);
    assert_close(
        &values(x.grad(&gradients).expect("a leaf")),
        &[0.0, 9.357_623e-14, 0.5, 1.0, 1.0],
    );
}

#[test]
fn leaky_relu_is_burns_away_from_zero() {
    // The numbers include 0, where the derivatives of the two may differ; the sum of squares has
    // the derivative 0 there either way.
    assert_same(|x| leaky_relu(x, 0.2), |x| of_burn(activation::leaky_relu(x.burn(), 0.2)));
}

#[test]
fn leaky_relus_slope_at_zero_is_the_negative_side() {
    let x = Tensor::from_values(vec![-1.0, 0.0, 2.0], [3], &device()).leaf();
    let gradients = leaky_relu(x.clone(), 0.25).sum().backward();
    assert_eq!(values(x.grad(&gradients).expect("a leaf")), [0.25, 0.25, 1.0]);
}

#[test]
fn what_leaky_relu_passes_back_is_differentiable() {
    let x = numbers(404);
    let gradient = numbers(404).add_scalar(0.5).leaf();
    let passed = leaky_relu_gradient(x.clone(), gradient.clone(), 0.2);
    let mask = x.inner().ones_above(0.0).mul_scalar(0.8).add_scalar(0.2);
    let expected = gradient.clone().inner() * mask.clone();
    assert_close(&values(passed.clone().inner()), &values(expected.clone()));
    let gradients = passed.square().sum().backward();
    let found = gradient.grad(&gradients).expect("a leaf has a gradient");
    assert_close(&values(found), &values(expected * mask.mul_scalar(2.0)));
}

#[test]
fn views_are_read_in_their_order_and_left_alone() {
    let device = device();
    let whole = Tensor::from_values(vec![1.0, -2.0, 3.0, -4.0, 5.0, -6.0], [2, 3], &device);
    let turned = leaky_relu(whole.clone().swap_dims(0, 1), 0.5);
    assert_eq!(values(turned), [1.0, -2.0, -1.0, 5.0, 3.0, -3.0]);
    let part = leaky_relu(whole.clone().narrow(0, 1, 1), 0.5);
    assert_eq!(values(part), [-2.0, 5.0, -3.0]);
    assert_eq!(values(whole), [1.0, -2.0, 3.0, -4.0, 5.0, -6.0]);
}

#[test]
fn what_optimisers_do_is_what_burns_operations_do() {
    let line = |shift: f32| {
        let values = (0..403).map(|index| (index * 37 % 101) as f32 / 16.0 - shift).collect();
        Tensor::from_values(values, [403], &device())
    };
    let (old, new, weights) = (line(3.0), line(2.0), line(1.0));
    let (kept, squares) = (old.clone(), line(-0.5));
    let first = blended(old.clone(), new.clone(), 0.75);
    let expected = old.clone().mul_scalar(0.75) + new.clone().mul_scalar(0.25);
    assert_close(&values(first.clone()), &values(expected));
    let second = blended_square(squares.clone(), new.clone(), 0.75);
    let expected = squares.mul_scalar(0.75) + new.clone().square().mul_scalar(0.25);
    assert_close(&values(second.clone()), &values(expected));
    let step =
        AdamStep { beta_1: 0.75, beta_2: 0.75, shrink: 0.9, rate: 0.1, root: 0.5, epsilon: 0.01 };
    let (found, moments) = adam(weights.clone(), [old.clone(), line(-0.5)], new.clone(), step);
    let below = second.clone().sqrt().div_scalar(0.5).add_scalar(0.01);
    let expected = weights.clone().mul_scalar(0.9) - first.clone().mul_scalar(0.1) / below;
    assert_close(&values(found), &values(expected));
    for (found, expected) in moments.into_iter().zip([first, second]) {
        assert_close(&values(found), &values(expected));
    }
    assert_close(&values(sum_of_squares(new.clone())), &values(new.clone().square().sum()));
    // Tensors with a second owner are not changed.
    assert_eq!(values(old), values(kept));
    assert_eq!(values(new), values(line(2.0)));
    assert_eq!(values(weights), values(line(1.0)));
}
