//! Layers that change height and width, each the other's gradient up to a factor.
//!
//! Built from reshapes, copies and sums. Burn's interpolation and pooling contain every method for
//! every number type: tens of kilobytes, of which one method is used.

use crate::batch::Batch;
use crate::ops::tensor::Tensor;

/// Each pixel repeated as `scale` x `scale` pixels.
fn repeated(x: Tensor<4>, scale: usize) -> Tensor<4> {
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
