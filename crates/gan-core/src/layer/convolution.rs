//! Convolution and transposed convolution, each the other's gradient with respect to the input.

use gan_protocol::Shape;

use super::Values;
use crate::batch::Batch;
use crate::ops::linear_map::{LinearMap, mapped};

pub(super) fn conv(input: Batch, values: &Values<'_>, stride: usize, padding: usize) -> Batch {
    let map = LinearMap::Convolution { stride, padding };
    Batch::Image(mapped(input.image(), values.get(0), values.optional(1), map))
}

pub(super) fn conv_transpose(
    input: Batch,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Batch {
    let map = LinearMap::Transposed { stride, padding, output_padding: [0; 2] };
    Batch::Image(mapped(input.image(), values.get(0), values.optional(1), map))
}

/// Rows and columns that the kernel did not reach get the gradient zero, by output padding.
pub(super) fn conv_gradient(
    gradient: Batch,
    values: &Values<'_>,
    input: Shape,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> Batch {
    let Shape::Image { height, width, .. } = input else {
        unreachable!("validation lets only images into a convolution")
    };
    let output_padding = [height, width].map(|side| (side + 2 * padding - kernel) % stride);
    let map = LinearMap::Transposed { stride, padding, output_padding };
    Batch::Image(mapped(gradient.image(), values.get(0), None, map))
}

pub(super) fn conv_transpose_gradient(
    gradient: Batch,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Batch {
    let map = LinearMap::Convolution { stride, padding };
    Batch::Image(mapped(gradient.image(), values.get(0), None, map))
}
