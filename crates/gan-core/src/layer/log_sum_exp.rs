//! The logarithm of a sum of exponentials, put before the numbers of a vector.

use crate::batch::Batch;
use crate::ops::largest::largest;
use crate::ops::tensor::Tensor;

/// `log Σ exp(x)` of each row: `[batch, 1]`.
fn log_sum_exp(x: Tensor<2>) -> Tensor<2> {
    let largest = largest(x.clone().inner());
    (x - largest.clone()).exp().sum_dim(1).log() + largest
}

pub(super) fn prepend(input: Batch) -> Batch {
    let x = input.flat();
    Batch::Flat(Tensor::cat(vec![log_sum_exp(x.clone()), x], 1))
}

/// The sum's derivative is the softmax of the numbers.
pub(super) fn gradient(gradient: Batch, input: Batch) -> Batch {
    let (g, x) = (gradient.flat(), input.flat());
    let size = x.dims()[1];
    let softmax = (x.clone() - log_sum_exp(x)).exp();
    Batch::Flat(g.clone().narrow(1, 1, size) + softmax * g.narrow(1, 0, 1))
}
