//! The operations on Burn's Flex backend.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;

use super::Kernels;

impl Kernels for Flex {
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
}

/// The numbers of `x` after a `change` in place; what is held elsewhere too is copied first.
fn mapped(x: FloatTensor<Flex>, change: impl FnOnce(&mut [f32])) -> FloatTensor<Flex> {
    let mut x = contiguous(x);
    change(x.storage_mut());
    x
}

/// `x` with its numbers in order and no others beside them.
fn contiguous(x: FloatTensor<Flex>) -> FloatTensor<Flex> {
    let contiguous = x.to_contiguous();
    // What is held twice would be copied before it is changed.
    drop(x);
    contiguous
}
