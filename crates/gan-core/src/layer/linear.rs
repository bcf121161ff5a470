//! Layers that are products with a matrix.

use burn::tensor::module::linear as affine;
use burn::tensor::{Int, Tensor};

use super::Values;
use crate::activations::Activations;

pub(super) fn linear(input: Activations, values: &Values<'_>) -> Activations {
    Activations::Flat(affine(input.flat(), values.get(0), values.optional(1)))
}

pub(super) fn linear_gradient(gradient: Activations, values: &Values<'_>) -> Activations {
    let weight: Tensor<2> = values.get(0);
    Activations::Flat(gradient.flat().matmul(weight.transpose()))
}

/// All linear maps of a maxout layer: `[batch, units, pieces]`.
fn pieces_of(input: Activations, values: &Values<'_>, units: usize, pieces: usize) -> Tensor<3> {
    let x = input.flat();
    let batch = x.dims()[0];
    affine(x, values.get(0), values.optional(1)).reshape([batch, units, pieces])
}

pub(super) fn maxout(
    input: Activations,
    values: &Values<'_>,
    units: usize,
    pieces: usize,
) -> Activations {
    let all = pieces_of(input, values, units, pieces);
    let batch = all.dims()[0];
    Activations::Flat(all.max_dim(2).reshape([batch, units]))
}

pub(super) fn maxout_gradient(
    gradient: Activations,
    input: Activations,
    values: &Values<'_>,
    units: usize,
    pieces: usize,
) -> Activations {
    // Which piece is the largest does not depend smoothly on anything: a constant. Of equal ones
    // (a sample of zeros meets biases of zero) it is one, as in automatic differentiation.
    let largest = pieces_of(input, values, units, pieces).inner().argmax(2);
    let numbers = Tensor::<1, Int>::arange(0..pieces as i64, &largest.device());
    let numbers = numbers.reshape([1, 1, pieces]).expand([largest.dims()[0], units, pieces]);
    let chosen = largest.repeat_dim(2, pieces).equal(numbers).float();
    let g = gradient.flat();
    let batch = g.dims()[0];
    let spread = g.reshape([batch, units, 1]) * chosen;
    let weight: Tensor<2> = values.get(0);
    Activations::Flat(spread.reshape([batch, units * pieces]).matmul(weight.transpose()))
}

/// `chosen` is one-hot, `[batch, generators]`.
pub(super) fn mixture(
    input: Activations,
    values: &Values<'_>,
    units: usize,
    generators: usize,
    chosen: Tensor<2>,
) -> Activations {
    let x = input.flat();
    let batch = x.dims()[0];
    let all = affine(x, values.get(0), values.optional(1)).reshape([batch, generators, units]);
    let picked = all * chosen.reshape([batch, generators, 1]);
    Activations::Flat(picked.sum_dim(1).reshape([batch, units]))
}
