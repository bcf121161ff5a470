//! Products with weights: of matrices, convolutions and transposed convolutions.
//!
//! On Flex they are contractions of `gan-kernels`, which read operands in any layout: they write no
//! patches and transpose nothing. On WebGPU they are a few launches of kernels of our own.

#[cfg(feature = "training")]
mod autodiff;
#[cfg(any(feature = "gpu", feature = "training"))]
mod burns;
#[cfg(feature = "gpu")]
mod cube;
#[cfg(feature = "cpu")]
mod flex;
mod shape;
#[cfg(all(test, feature = "cpu", feature = "training"))]
mod tests;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};

use crate::ops::tensor::Tensor;

/// A map that is linear in its input and in its weight.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LinearMap {
    /// `[batch, inputs]` times `[inputs, outputs]`.
    Product,
    /// Images `[batch, inputs, rows, columns]` with a weight `[outputs, inputs, rows, columns]`.
    Convolution {
        /// Pixels from one place of the kernel to the next.
        stride: usize,
        /// Rows and columns of zeros around the images.
        padding: usize,
    },
    /// Images `[batch, inputs, rows, columns]` with a weight `[inputs, outputs, rows, columns]`.
    Transposed {
        /// Pixels of the output from one place of the kernel to the next.
        stride: usize,
        /// Rows and columns cut off around the output.
        padding: usize,
        /// Rows and columns added at the end of the output.
        output_padding: [usize; 2],
    },
}

/// The maps and their gradients. By default the gradients are Burn's.
#[backend_extension(Autodiff: cfg(feature = "training"), Flex: cfg(feature = "cpu"), Cube: cfg(feature = "gpu"))]
pub(crate) trait LinearMaps: Backend {
    /// The result of `map` for `x`.
    fn mapped(x: FloatTensor<Self>, weight: FloatTensor<Self>, map: LinearMap)
    -> FloatTensor<Self>;

    /// The result of `map` for `x`, plus a `bias` for each output.
    fn mapped_plus(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        map: LinearMap,
    ) -> FloatTensor<Self>;

    /// The gradient with respect to `x`, from the gradient with respect to the output.
    #[cfg(feature = "training")]
    fn input_gradient(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        map: LinearMap,
    ) -> FloatTensor<Self> {
        burns::input_gradient::<Self>(x, weight, gradient, map)
    }

    /// The gradient with respect to the weight, from the gradient with respect to the output.
    #[cfg(feature = "training")]
    fn weight_gradient(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        map: LinearMap,
    ) -> FloatTensor<Self> {
        burns::weight_gradient::<Self>(x, weight, gradient, map)
    }

    /// The gradient with respect to the bias, from the gradient with respect to the output.
    #[cfg(feature = "training")]
    fn bias_gradient(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        map: LinearMap,
    ) -> FloatTensor<Self> {
        match map {
            LinearMap::Product => Self::linear_bias_backward(gradient),
            LinearMap::Convolution { .. } => Self::conv2d_bias_backward(x, bias, gradient),
            LinearMap::Transposed { .. } => Self::conv_transpose2d_bias_backward(x, bias, gradient),
        }
    }
}

/// The result of `map` for `x` and `weight`, plus a `bias` for each output if there is one.
pub(crate) fn mapped<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<D>,
    bias: Option<Tensor<1>>,
    map: LinearMap,
) -> Tensor<D> {
    let (x, weight) = (x.primitive(), weight.primitive());
    Tensor::of(match bias {
        Some(bias) => Dispatch::mapped_plus(x, weight, bias.primitive(), map),
        None => Dispatch::mapped(x, weight, map),
    })
}
