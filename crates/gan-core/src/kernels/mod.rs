//! Operations that Burn has, made faster by its backend extensions.
//!
//! | operation | what Burn does | what is done on Flex |
//! |---|---|---|
//! | [`tanh`] | the C library's, one number at a time; its gradient computes it again | a rational function, several numbers at a time; the gradient from the output, in one pass |
//! | [`leaky_relu`] | the gradient by a mask and a choice, in several passes | one pass each way |
//!
//! On CubeCL (WebGPU) the same operations are put together from Burn's.

#[cfg(feature = "training")]
mod autodiff;
#[cfg(feature = "cpu")]
mod flex;
#[cfg(all(test, feature = "cpu", feature = "training"))]
mod tests;

use crate::tensor::Tensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Backend, Dispatch, TensorMetadata as _, backend_extension, get_or_init_device_settings,
};

/// The operations that a backend may do in its own way. The defaults are put together from Burn's.
#[backend_extension(Autodiff: cfg(feature = "training"), Flex: cfg(feature = "cpu"), Cube: cfg(feature = "gpu"))]
pub(crate) trait Kernels: Backend {
    /// Hyperbolic tangent of each number.
    fn tanh_of(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_tanh(x)
    }

    /// `gradient (1 - y²)`, where `y` is what [`Kernels::tanh_of`] gave.
    fn tanh_gradient(y: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        let square = Self::float_mul(y.clone(), y);
        let product = Self::float_mul(square, gradient.clone());
        Self::float_sub(gradient, product)
    }

    /// Each number `x` where it is positive, `slope x` elsewhere.
    fn leaky_relu_of(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        Self::leaky_relu_gradient(x.clone(), x, slope)
    }

    /// `gradient` where `x` is positive, `slope gradient` elsewhere.
    fn leaky_relu_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        let kind = get_or_init_device_settings::<Self>(&x.device()).bool_dtype;
        let positive = Self::float_greater_elem(x, 0.0_f32.into(), kind);
        let small = Self::float_mul_scalar(gradient.clone(), slope.into());
        Self::float_mask_where(small, positive, gradient)
    }
}

/// As put together from Burn's operations, which the browser's module holds already.
#[cfg(feature = "gpu")]
impl Kernels for burn::backend::Cube {}

/// Hyperbolic tangent of each number.
pub(crate) fn tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::tanh_of(x.primitive()))
}

/// Each number `x` where it is positive, `slope x` elsewhere; its derivative at zero is `slope`, as
/// PyTorch's.
pub(crate) fn leaky_relu<const D: usize>(x: Tensor<D>, slope: f32) -> Tensor<D> {
    Tensor::of(Dispatch::leaky_relu_of(x.primitive(), slope))
}

/// Each number where it is positive, zero elsewhere.
pub(crate) fn relu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    leaky_relu(x, 0.0)
}

/// `gradient` where `x` is positive, `slope gradient` elsewhere: what [`leaky_relu`] passes back.
/// Differentiable with respect to `gradient`; its derivative with respect to `x` is zero.
pub(crate) fn leaky_relu_gradient<const D: usize>(
    x: Tensor<D>,
    gradient: Tensor<D>,
    slope: f32,
) -> Tensor<D> {
    let (x, gradient) = (x.primitive(), gradient.primitive());
    Tensor::of(Dispatch::leaky_relu_gradient(x, gradient, slope))
}
