//! Layers based on a product with a matrix.

use super::Values;
use crate::batch::Batch;
use crate::ops::linear_map::{LinearMap, mapped};
use crate::ops::tensor::Tensor;

/// `x weight + bias`.
pub(super) fn affine(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<2> {
    mapped(x, weight, bias, LinearMap::Product)
}

pub(super) fn linear(input: Batch, values: &Values<'_>) -> Batch {
    Batch::Flat(affine(input.flat(), values.get(0), values.optional(1)))
}

pub(super) fn linear_gradient(gradient: Batch, values: &Values<'_>) -> Batch {
    let weight: Tensor<2> = values.get(0);
    Batch::Flat(gradient.flat().matmul(weight.transpose()))
}

/// The outputs of all linear maps of a maxout layer, `[batch, units]` each.
fn pieces_of(input: Batch, values: &Values<'_>, units: usize, pieces: usize) -> Vec<Tensor<2>> {
    let x = input.flat();
    let batch = x.dims()[0];
    let all: Tensor<3> =
        affine(x, values.get(0), values.optional(1)).reshape([batch, units, pieces]);
    let piece = |index| all.clone().narrow(2, index, 1).reshape([batch, units]);
    (0..pieces).map(piece).collect()
}

/// Ones where `piece` is larger than `largest`, zeros elsewhere. The result is a constant, since
/// the choice of the largest piece has no derivative. Of equal pieces the first counts.
fn is_larger(piece: &Tensor<2>, largest: &Tensor<2>) -> Tensor<2> {
    (piece.clone().inner() - largest.clone().inner()).ones_above(0.0)
}

/// The largest piece of each unit, by pairwise comparisons. Burn's maximum over a dimension would
/// add scatter and gather for every number type, a tenth of the processor's worker.
pub(super) fn maxout(input: Batch, values: &Values<'_>, units: usize, pieces: usize) -> Batch {
    let mut all = pieces_of(input, values, units, pieces).into_iter();
    let first = all.next().expect("validation asks for two pieces or more");
    let largest = all.fold(first, |largest, piece| {
        let larger = is_larger(&piece, &largest);
        largest * larger.clone().neg().add_scalar(1.0) + piece * larger
    });
    Batch::Flat(largest)
}

pub(super) fn maxout_gradient(
    gradient: Batch,
    input: Batch,
    values: &Values<'_>,
    units: usize,
    pieces: usize,
) -> Batch {
    let mut all = pieces_of(input, values, units, pieces).into_iter();
    let mut largest = all.next().expect("validation asks for two pieces or more").inner();
    let mut chosen = vec![largest.ones_like()];
    for piece in all {
        let larger = is_larger(&piece, &largest);
        let not = larger.clone().neg().add_scalar(1.0);
        for before in &mut chosen {
            *before = before.clone() * not.clone();
        }
        largest = largest * not + piece.inner() * larger.clone();
        chosen.push(larger);
    }
    let g = gradient.flat();
    let batch = g.dims()[0];
    let spread = chosen.into_iter().map(|chosen| (g.clone() * chosen).reshape([batch, units, 1]));
    let spread: Tensor<3> = Tensor::cat(spread.collect(), 2);
    let weight: Tensor<2> = values.get(0);
    Batch::Flat(spread.reshape([batch, units * pieces]).matmul(weight.transpose()))
}

/// `chosen` is one-hot, `[batch, generators]`.
pub(super) fn mixture(
    input: Batch,
    values: &Values<'_>,
    units: usize,
    generators: usize,
    chosen: Tensor<2>,
) -> Batch {
    let x = input.flat();
    let batch = x.dims()[0];
    let all = affine(x, values.get(0), values.optional(1)).reshape([batch, generators, units]);
    let picked = all * chosen.reshape([batch, generators, 1]);
    Batch::Flat(picked.sum_dim(1).reshape([batch, units]))
}

/// The gradient of [`mixture`] with respect to its input.
pub(super) fn mixture_gradient(
    gradient: Batch,
    values: &Values<'_>,
    generators: usize,
    chosen: Tensor<2>,
) -> Batch {
    let g = gradient.flat();
    let [batch, units] = g.dims();
    let spread = g.reshape([batch, 1, units]).expand([batch, generators, units])
        * chosen.reshape([batch, generators, 1]);
    let weight: Tensor<2> = values.get(0);
    Batch::Flat(spread.reshape([batch, generators * units]).matmul(weight.transpose()))
}
