//! Differentiable resampling of images along affine maps: shifts, rotations, changes of size and
//! shears.
//!
//! With gradients, Burn's own grid sampling takes dozens of operations, among them integer
//! operations, gather and scatter that nothing else here needs. They cost launches, and kilobytes
//! of a browser module. Here each direction is one pass. Translations of whole pixels use the same
//! path.

mod autodiff;
#[cfg(feature = "gpu")]
mod cube;
#[cfg(feature = "cpu")]
mod flex;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use gan_kernels::affine_sampling::MAP;

use crate::ops::tensor::Tensor;

/// Resampling and its transpose.
#[backend_extension(Autodiff, Flex: cfg(feature = "cpu"), Cube: cfg(feature = "gpu"))]
pub(crate) trait AffineSampling: Backend {
    /// Images `[batch, channels, rows, columns]`, each read along its map in `[batch, 6]`.
    fn affine_sampled(images: FloatTensor<Self>, maps: FloatTensor<Self>) -> FloatTensor<Self>;

    /// The gradient with respect to the images, from the gradient with respect to the output.
    fn affine_sampled_gradient(
        gradient: FloatTensor<Self>,
        maps: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Images `[batch, channels, rows, columns]`, each read along its own map of `maps` (see
/// [`gan_kernels::affine_sampling::MAP`]) by bilinear interpolation. Places outside of an image
/// read zero.
///
/// Differentiable with respect to the images. Every map must have an inverse.
pub(crate) fn affine_sampled(images: Tensor<4>, maps: Vec<f32>) -> Tensor<4> {
    let count = images.dims()[0];
    let maps = Tensor::from_values(maps, [count, MAP], &images.device());
    Tensor::of(Dispatch::affine_sampled(images.primitive(), maps.primitive()))
}
