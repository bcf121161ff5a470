//! Layers that change height and width. Repeating pixels and taking means of squares are each the
//! other's gradient up to a factor; bilinear up-sampling is a product with fixed weights along each axis.
//!
//! Built from reshapes, copies and sums. Burn's interpolation and pooling contain every method for
//! every number type: tens of kilobytes, of which one method is used.

use burn::tensor::Device;

use crate::batch::Batch;
use crate::ops::tensor::Tensor;

/// Each pixel repeated as `scale` x `scale` pixels.
pub(crate) fn repeated(x: Tensor<4>, scale: usize) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let apart: Tensor<6> = x.reshape([batch, channels, height, 1, width, 1]);
    let spread: Tensor<6> = apart.expand([batch, channels, height, scale, width, scale]);
    spread.reshape([batch, channels, height * scale, width * scale])
}

/// The sums over blocks of `size` x `size` pixels.
fn summed(x: Tensor<4>, size: usize) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let (rows, columns) = (height / size, width / size);
    let apart: Tensor<6> = x.reshape([batch, channels, rows, size, columns, size]);
    apart.sum_dim(5).sum_dim(3).reshape([batch, channels, rows, columns])
}

pub(super) fn upsample(input: Batch, scale: usize) -> Batch {
    Batch::Image(repeated(input.image(), scale))
}

pub(super) fn upsample_gradient(gradient: Batch, scale: usize) -> Batch {
    Batch::Image(summed(gradient.image(), scale))
}

pub(super) fn average_pool(input: Batch, size: usize) -> Batch {
    Batch::Image(summed(input.image(), size).div_scalar((size * size) as f32))
}

pub(super) fn average_pool_gradient(gradient: Batch, size: usize) -> Batch {
    Batch::Image(repeated(gradient.image(), size).div_scalar((size * size) as f32))
}

/// Weights of each old pixel along a line, for each new one, in bilinear up-sampling: `[old, new]`.
fn bilinear_weights(old: usize, scale: usize, device: &Device) -> Tensor<2> {
    let new = old * scale;
    let mut weights = vec![0.0; old * new];
    for place in 0..new {
        let at = ((place as f32 + 0.5) / scale as f32 - 0.5).max(0.0);
        let first = (at as usize).min(old - 1);
        let part = at - first as f32;
        weights[first * new + place] += 1.0 - part;
        weights[(first + 1).min(old - 1) * new + place] += part;
    }
    Tensor::from_values(weights, [old, new], device)
}

/// The lines along the width, each times `weights`.
fn along_width(x: Tensor<4>, weights: Tensor<2>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let columns = weights.dims()[1];
    x.reshape([batch * channels * height, width])
        .matmul(weights)
        .reshape([batch, channels, height, columns])
}

/// As [`along_width`], along the height.
fn along_height(x: Tensor<4>, weights: Tensor<2>) -> Tensor<4> {
    along_width(x.swap_dims(2, 3), weights).swap_dims(2, 3)
}

pub(super) fn bilinear(input: Batch, scale: usize) -> Batch {
    let x = input.image();
    let ([_, _, height, width], device) = (x.dims(), x.device());
    let wide = along_width(x, bilinear_weights(width, scale, &device));
    Batch::Image(along_height(wide, bilinear_weights(height, scale, &device)))
}

pub(super) fn bilinear_gradient(gradient: Batch, scale: usize) -> Batch {
    let g = gradient.image();
    let ([_, _, height, width], device) = (g.dims(), g.device());
    let back = |size: usize| bilinear_weights(size / scale, scale, &device).transpose();
    Batch::Image(along_width(along_height(g, back(height)), back(width)))
}

pub(super) fn pixel_shuffle(input: Batch, scale: usize) -> Batch {
    let x = input.image();
    let [batch, channels, height, width] = x.dims();
    let channels = channels / (scale * scale);
    // Channel, row and column in the square, height, width.
    let apart: Tensor<6> = x.reshape([batch, channels, scale, scale, height, width]);
    let woven = apart.swap_dims(2, 4).swap_dims(3, 4).swap_dims(4, 5);
    Batch::Image(woven.reshape([batch, channels, height * scale, width * scale]))
}

pub(super) fn pixel_shuffle_gradient(gradient: Batch, scale: usize) -> Batch {
    let g = gradient.image();
    let [batch, channels, height, width] = g.dims();
    let (rows, columns) = (height / scale, width / scale);
    let woven: Tensor<6> = g.reshape([batch, channels, rows, scale, columns, scale]);
    let apart = woven.swap_dims(4, 5).swap_dims(3, 4).swap_dims(2, 4);
    Batch::Image(apart.reshape([batch, channels * scale * scale, rows, columns]))
}
