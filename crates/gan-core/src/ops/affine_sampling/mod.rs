//! Images read along affine maps, differentiably: shifts, rotations, changes of size and shears.
//!
//! With gradients, Burn's own sampling along a grid is dozens of operations, of integers and of gathering
//! and scattering too, which nothing else here needs: launches, and kilobytes of a module for browsers. Here
//! it is one pass either way. Translations of whole pixels go the same way.

mod autodiff;
#[cfg(feature = "gpu")]
mod cube;
#[cfg(feature = "cpu")]
mod flex;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use gan_kernels::affine_sampling::MAP;

use crate::ops::tensor::Tensor;

/// AffineSampling and its transpose.
#[backend_extension(Autodiff, Flex: cfg(feature = "cpu"), Cube: cfg(feature = "gpu"))]
pub(crate) trait AffineSampling: Backend {
    /// Images `[batch, channels, rows, columns]`, each read along its map of `[batch, 6]`.
    fn affine_sampled(images: FloatTensor<Self>, maps: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The gradient with respect to the images, from that of the output.
    fn affine_sampled_gradient(
        gradient: FloatTensor<Self>,
        maps: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Images `[batch, channels, rows, columns]`, each read along its own of the affine `maps` (as
/// [`gan_kernels::affine_sampling::MAP`] says) by bilinear interpolation; what lies outside is zero.
///
/// Differentiable with respect to the images. A map has to have an inverse.
pub(crate) fn affine_sampled(images: Tensor<4>, maps: Vec<f32>) -> Tensor<4> {
    let count = images.dims()[0];
    let maps = Tensor::from_values(maps, [count, MAP], &images.device());
    Tensor::of(Dispatch::affine_sampled(images.primitive(), maps.primitive()))
}
