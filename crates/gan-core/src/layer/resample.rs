//! Layers that change height and width, each the other's gradient up to a factor.

use burn::tensor::Tensor;
use burn::tensor::module::{avg_pool2d, interpolate};
use burn::tensor::ops::{AvgPoolOptions, InterpolateMode, InterpolateOptions};

use crate::activations::Activations;

fn nearest(x: Tensor<4>, scale: usize) -> Tensor<4> {
    let options =
        InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([scale as f32; 2]);
    interpolate(x, options)
}

fn means(x: Tensor<4>, size: usize) -> Tensor<4> {
    let options = AvgPoolOptions::<2>::new([size; 2]).with_stride([size; 2]);
    avg_pool2d(x, options)
}

pub(super) fn upsample(input: Activations, scale: usize) -> Activations {
    Activations::Image(nearest(input.image(), scale))
}

pub(super) fn upsample_gradient(gradient: Activations, scale: usize) -> Activations {
    Activations::Image(means(gradient.image(), scale).mul_scalar((scale * scale) as f32))
}

pub(super) fn average_pool(input: Activations, size: usize) -> Activations {
    Activations::Image(means(input.image(), size))
}

pub(super) fn average_pool_gradient(gradient: Activations, size: usize) -> Activations {
    Activations::Image(nearest(gradient.image(), size).div_scalar((size * size) as f32))
}
