//! The operations on Burn's Flex backend.

use burn::backend::Flex;
#[cfg(feature = "training")]
use burn::backend::TensorMetadata as _;
#[cfg(feature = "training")]
use burn::backend::ops::FloatTensorOps as _;
use burn::backend::tensor::FloatTensor;
#[cfg(feature = "training")]
use burn::tensor::TensorData;

#[cfg(feature = "training")]
use super::AdamStep;
use super::FusedOps;

impl FusedOps for Flex {
    fn tanh_of(x: FloatTensor<Self>) -> FloatTensor<Self> {
        mapped(x, gan_kernels::tanh)
    }

    fn tanh_gradient(y: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        let y = contiguous(y);
        mapped(gradient, |gradients| gan_kernels::tanh_gradient(gradients, y.storage()))
    }

    fn leaky_relu_of(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        mapped(x, |numbers| gan_kernels::leaky_relu(numbers, slope))
    }

    fn leaky_relu_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        let x = contiguous(x);
        mapped(gradient, |gradients| {
            gan_kernels::leaky_relu_gradient(gradients, x.storage(), slope);
        })
    }

    fn softplus_of(x: FloatTensor<Self>, sign: f32) -> FloatTensor<Self> {
        mapped(x, |numbers| gan_kernels::softplus(numbers, sign))
    }

    #[cfg(feature = "training")]
    fn softplus_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        sign: f32,
    ) -> FloatTensor<Self> {
        let x = contiguous(x);
        mapped(gradient, |gradients| gan_kernels::softplus_gradient(gradients, x.storage(), sign))
    }

    fn blend(old: FloatTensor<Self>, new: FloatTensor<Self>, decay: f32) -> FloatTensor<Self> {
        let new = contiguous(new);
        mapped(old, |numbers| gan_kernels::blend(numbers, new.storage(), decay))
    }

    #[cfg(feature = "training")]
    fn blend_square(
        old: FloatTensor<Self>,
        new: FloatTensor<Self>,
        decay: f32,
    ) -> FloatTensor<Self> {
        let new = contiguous(new);
        mapped(old, |numbers| gan_kernels::blend_square(numbers, new.storage(), decay))
    }

    #[cfg(feature = "training")]
    fn adam_update(
        weights: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (mut weights, gradient) = (contiguous(weights), contiguous(gradient));
        let (mut first, mut second) = (contiguous(first), contiguous(second));
        let moments = [first.storage_mut(), second.storage_mut()];
        gan_kernels::adam_step(weights.storage_mut(), moments, gradient.storage(), step);
        (weights, first, second)
    }

    #[cfg(feature = "training")]
    fn squares(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let device = x.device();
        let sum = gan_kernels::sum_of_squares(contiguous(x).storage());
        Self::float_from_data(TensorData::new(vec![sum], [1]), &device)
    }
}

/// The numbers of `x` after a `change` in place. A tensor with a second owner is copied first.
fn mapped(x: FloatTensor<Flex>, change: impl FnOnce(&mut [f32])) -> FloatTensor<Flex> {
    let mut x = contiguous(x);
    change(x.storage_mut());
    x
}

/// `x` as a contiguous tensor with no other numbers in its storage.
fn contiguous(x: FloatTensor<Flex>) -> FloatTensor<Flex> {
    let contiguous = x.to_contiguous();
    // A second owner would cause a copy at the next change.
    drop(x);
    contiguous
}
