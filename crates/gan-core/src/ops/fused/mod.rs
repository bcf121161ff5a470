//! Operations of Burn, made faster by its backend extensions.
//!
//! | operation | Burn | here, on Flex and on CubeCL (WebGPU) |
//! |---|---|---|
//! | [`tanh`] | the C library's, one number at a time; its gradient computes it again | a rational function, several numbers at a time; the gradient from the output, in one pass |
//! | `softplus` | ten operations each way | one pass each way |
//! | [`leaky_relu`] | the gradient by a mask and a choice, in several passes | one pass each way |
//! | `blended`, `blended_square`, `adam`, `sum_of_squares` | an operation and a fresh tensor for each part of the formula | one pass each, in place |
//!
//! On CubeCL every operation is a launch, so there tanh itself and the sum of squares stay Burn's.

#[cfg(feature = "training")]
mod autodiff;
#[cfg(feature = "gpu")]
mod cube;
#[cfg(feature = "cpu")]
mod flex;
#[cfg(all(test, feature = "cpu", feature = "training"))]
mod tests;

use crate::ops::tensor::Tensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Backend, Dispatch, TensorMetadata as _, backend_extension, get_or_init_device_settings,
};

#[cfg(feature = "training")]
pub(crate) use gan_kernels::AdamStep;

/// Operations that a backend may implement in its own way. The defaults combine Burn's operations.
#[backend_extension(Autodiff: cfg(feature = "training"), Flex: cfg(feature = "cpu"), Cube: cfg(feature = "gpu"))]
pub(crate) trait FusedOps: Backend {
    /// Hyperbolic tangent of each number.
    fn tanh_of(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_tanh(x)
    }

    /// `gradient (1 - y²)`, where `y` is the result of [`FusedOps::tanh_of`].
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

    /// `ln(1 + exp(sign x))`, finite for every finite `x`.
    fn softplus_of(x: FloatTensor<Self>, sign: f32) -> FloatTensor<Self> {
        Self::float_neg(Self::log_sigmoid(Self::float_mul_scalar(x, (-sign).into())))
    }

    /// `gradient sign σ(sign x)`.
    #[cfg(feature = "training")]
    fn softplus_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        sign: f32,
    ) -> FloatTensor<Self> {
        let slope = Self::sigmoid(Self::float_mul_scalar(x, sign.into()));
        Self::float_mul(Self::float_mul_scalar(slope, sign.into()), gradient)
    }

    /// `decay old + (1 - decay) new`, number by number.
    fn blend(old: FloatTensor<Self>, new: FloatTensor<Self>, decay: f32) -> FloatTensor<Self> {
        let old = Self::float_mul_scalar(old, decay.into());
        Self::float_add(old, Self::float_mul_scalar(new, (1.0 - decay).into()))
    }

    /// `decay old + (1 - decay) new²`, number by number.
    #[cfg(feature = "training")]
    fn blend_square(
        old: FloatTensor<Self>,
        new: FloatTensor<Self>,
        decay: f32,
    ) -> FloatTensor<Self> {
        Self::blend(old, Self::float_mul(new.clone(), new), decay)
    }

    /// An update by Adam. Returns the new weights and both moments.
    #[cfg(feature = "training")]
    fn adam_update(
        weights: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let AdamStep { beta_1, beta_2, shrink, rate, root, epsilon } = step;
        let first = Self::blend(first, gradient.clone(), beta_1);
        let second = Self::blend_square(second, gradient, beta_2);
        let weights = match shrink {
            1.0 => weights,
            _ => Self::float_mul_scalar(weights, shrink.into()),
        };
        let below = Self::float_div_scalar(Self::float_sqrt(second.clone()), root.into());
        let below = Self::float_add_scalar(below, epsilon.into());
        let change = Self::float_div(Self::float_mul_scalar(first.clone(), rate.into()), below);
        (Self::float_sub(weights, change), first, second)
    }

    /// The sum of all squares, `[1]`.
    #[cfg(feature = "training")]
    fn squares(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_sum(Self::float_mul(x.clone(), x))
    }
}

/// Hyperbolic tangent of each number.
pub(crate) fn tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::tanh_of(x.primitive()))
}

/// Each number `x` where it is positive, `slope x` elsewhere. The derivative at zero is `slope`, as
/// in PyTorch.
pub(crate) fn leaky_relu<const D: usize>(x: Tensor<D>, slope: f32) -> Tensor<D> {
    Tensor::of(Dispatch::leaky_relu_of(x.primitive(), slope))
}

/// Each number where it is positive, zero elsewhere.
pub(crate) fn relu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    leaky_relu(x, 0.0)
}

/// `gradient` where `x` is positive, `slope gradient` elsewhere: the backward step of
/// [`leaky_relu`]. Differentiable with respect to `gradient`; the derivative with respect to `x` is
/// zero.
pub(crate) fn leaky_relu_gradient<const D: usize>(
    x: Tensor<D>,
    gradient: Tensor<D>,
    slope: f32,
) -> Tensor<D> {
    let (x, gradient) = (x.primitive(), gradient.primitive());
    Tensor::of(Dispatch::leaky_relu_gradient(x, gradient, slope))
}

/// `ln(1 + exp(x))`, finite for every finite `x`.
pub(crate) fn softplus<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::softplus_of(x.primitive(), 1.0))
}

/// `ln(1 + exp(-x))`, finite for every finite `x`.
#[cfg(feature = "training")]
pub(crate) fn softplus_of_negated<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::of(Dispatch::softplus_of(x.primitive(), -1.0))
}

/// Moves `old` to `decay old + (1 - decay) new`, in place if no one else holds it.
pub(crate) fn blend_into(old: &mut Tensor<1>, new: &Tensor<1>, decay: f32) {
    let taken = std::mem::replace(old, new.clone());
    *old = blended(taken, new.clone(), decay);
}

/// `decay old + (1 - decay) new`, number by number.
fn blended(old: Tensor<1>, new: Tensor<1>, decay: f32) -> Tensor<1> {
    Tensor::of(Dispatch::blend(old.primitive(), new.primitive(), decay))
}

/// `decay old + (1 - decay) new²`, number by number.
#[cfg(feature = "training")]
pub(crate) fn blended_square(old: Tensor<1>, new: Tensor<1>, decay: f32) -> Tensor<1> {
    Tensor::of(Dispatch::blend_square(old.primitive(), new.primitive(), decay))
}

/// An update by Adam or AdamW (Kingma & Ba's algorithm 1). Returns the new weights and both
/// moments. Tensors that no one else holds are changed in place.
#[cfg(feature = "training")]
pub(crate) fn adam(
    weights: Tensor<1>,
    [first, second]: [Tensor<1>; 2],
    gradient: Tensor<1>,
    step: AdamStep,
) -> (Tensor<1>, [Tensor<1>; 2]) {
    let (first, second) = (first.primitive(), second.primitive());
    let (weights, first, second) =
        Dispatch::adam_update(weights.primitive(), first, second, gradient.primitive(), step);
    (Tensor::of(weights), [Tensor::of(first), Tensor::of(second)])
}

/// The sum of all squares: `[1]`.
#[cfg(feature = "training")]
pub(crate) fn sum_of_squares(x: Tensor<1>) -> Tensor<1> {
    Tensor::of(Dispatch::squares(x.primitive()))
}
