//! Normalisation and the logistic function, which Burn's backends have as single operations.

use burn::backend::Dispatch;
use burn::backend::ops::{ActivationOps as _, ModuleOps as _};

use crate::ops::tensor::Tensor;

/// Batch normalisation by given statistics, one mean and variance per feature.
pub(crate) fn batch_norm<const D: usize>(
    x: Tensor<D>,
    [scale, shift, mean, variance]: [Tensor<1>; 4],
    epsilon: f32,
) -> Tensor<D> {
    Tensor::of(Dispatch::batch_norm(
        x.primitive(),
        scale.primitive(),
        shift.primitive(),
        mean.primitive(),
        variance.primitive(),
        f64::from(epsilon),
    ))
}

/// Batch normalisation by the batch's own statistics. Returns the output, the means and the
/// variances.
pub(crate) fn batch_norm_train<const D: usize>(
    x: Tensor<D>,
    [scale, shift]: [Tensor<1>; 2],
    epsilon: f32,
) -> (Tensor<D>, Tensor<1>, Tensor<1>) {
    let (x, scale, shift) = (x.primitive(), scale.primitive(), shift.primitive());
    let found = Dispatch::batch_norm_train(x, scale, shift, f64::from(epsilon));
    (Tensor::of(found.output), Tensor::of(found.mean), Tensor::of(found.variance))
}

/// Each row with mean 0 and variance 1, times `scale`.
pub(crate) fn layer_norm(x: Tensor<2>, scale: Tensor<1>, epsilon: f32) -> Tensor<2> {
    let (x, scale) = (x.primitive(), scale.primitive());
    Tensor::of(Dispatch::layer_norm(x, scale, None, f64::from(epsilon)))
}

/// The logistic function.
pub(crate) fn sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::sigmoid(x.primitive()))
}
