//! The maps by Burn's own operations.

use burn::backend::Backend;
use burn::backend::tensor::FloatTensor;
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

use super::LinearMap;

/// Burn's options of a convolution.
fn convolution(stride: usize, padding: usize) -> ConvOptions<2> {
    ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1)
}

/// Burn's options of a transposed convolution.
fn transposed(
    stride: usize,
    padding: usize,
    output_padding: [usize; 2],
) -> ConvTransposeOptions<2> {
    ConvTransposeOptions::new([stride; 2], [padding; 2], output_padding, [1; 2], 1)
}

/// The result of `map` for `x`, plus a `bias` for each output if there is one.
#[cfg(any(feature = "gpu", test))]
pub(super) fn mapped<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
    map: LinearMap,
) -> FloatTensor<B> {
    match map {
        LinearMap::Product => B::linear(x, weight, bias),
        LinearMap::Convolution { stride, padding } => {
            B::conv2d(x, weight, bias, convolution(stride, padding))
        }
        LinearMap::Transposed { stride, padding, output_padding } => {
            let options = transposed(stride, padding, output_padding);
            B::conv_transpose2d(x, weight, bias, options)
        }
    }
}

/// The gradient with respect to `x`, from the gradient with respect to the output.
#[cfg(feature = "training")]
pub(super) fn input_gradient<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    gradient: FloatTensor<B>,
    map: LinearMap,
) -> FloatTensor<B> {
    match map {
        LinearMap::Product => B::linear_x_backward(weight, gradient),
        LinearMap::Convolution { stride, padding } => {
            B::conv2d_x_backward(x, weight, gradient, convolution(stride, padding))
        }
        LinearMap::Transposed { stride, padding, output_padding } => {
            let options = transposed(stride, padding, output_padding);
            B::conv_transpose2d_x_backward(weight, gradient, options)
        }
    }
}

/// The gradient with respect to the weight, from the gradient with respect to the output.
#[cfg(feature = "training")]
pub(super) fn weight_gradient<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    gradient: FloatTensor<B>,
    map: LinearMap,
) -> FloatTensor<B> {
    match map {
        LinearMap::Product => B::linear_weight_backward(x, gradient),
        LinearMap::Convolution { stride, padding } => {
            B::conv2d_weight_backward(x, weight, gradient, convolution(stride, padding))
        }
        LinearMap::Transposed { stride, padding, output_padding } => {
            let options = transposed(stride, padding, output_padding);
            B::conv_transpose2d_weight_backward(x, weight, gradient, options)
        }
    }
}
