//! Functions of tensors that Burn's backends have whole: products with weights, convolutions,
//! normalisation.

use burn::backend::Dispatch;
use burn::backend::ops::{ActivationOps as _, ModuleOps as _};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

use crate::tensor::Tensor;

/// `x weight + bias`, for `x` of `[batch, inputs]` and `weight` of `[inputs, outputs]`.
pub(crate) fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<2> {
    let bias = bias.map(Tensor::primitive);
    Tensor::of(Dispatch::linear(x.primitive(), weight.primitive(), bias))
}

/// Convolution of images with `weight`, `[outputs, inputs, rows, columns]`.
pub(crate) fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvOptions<2>,
) -> Tensor<4> {
    let bias = bias.map(Tensor::primitive);
    Tensor::of(Dispatch::conv2d(x.primitive(), weight.primitive(), bias, options))
}

/// Transposed convolution of images with `weight`, `[inputs, outputs, rows, columns]`.
pub(crate) fn conv_transpose2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvTransposeOptions<2>,
) -> Tensor<4> {
    let bias = bias.map(Tensor::primitive);
    Tensor::of(Dispatch::conv_transpose2d(x.primitive(), weight.primitive(), bias, options))
}

/// Batch normalisation by given statistics, one of each for a feature.
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

/// Batch normalisation by the batch's own statistics: the output, the means, the variances.
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

/// `ln σ(x)`, finite for every finite `x`.
pub(crate) fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::log_sigmoid(x.primitive()))
}

/// The logistic function.
pub(crate) fn sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::sigmoid(x.primitive()))
}
