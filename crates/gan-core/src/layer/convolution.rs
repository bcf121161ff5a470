//! Convolution and its transpose, each the other's gradient with respect to the input.

use gan_protocol::Shape;

use super::Values;
use crate::activations::Activations;
use crate::maps::{Map, mapped};

pub(super) fn conv(
    input: Activations,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Activations {
    let map = Map::Convolution { stride, padding };
    Activations::Image(mapped(input.image(), values.get(0), values.optional(1), map))
}

pub(super) fn conv_transpose(
    input: Activations,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Activations {
    let map = Map::Transposed { stride, padding, output_padding: [0; 2] };
    Activations::Image(mapped(input.image(), values.get(0), values.optional(1), map))
}

/// Rows and columns that the kernel did not reach get a zero: the output padding.
pub(super) fn conv_gradient(
    gradient: Activations,
    values: &Values<'_>,
    input: Shape,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> Activations {
    let Shape::Image { height, width, .. } = input else {
        unreachable!("validation lets only images into a convolution")
    };
    let output_padding = [height, width].map(|side| (side + 2 * padding - kernel) % stride);
    let map = Map::Transposed { stride, padding, output_padding };
    Activations::Image(mapped(gradient.image(), values.get(0), None, map))
}

pub(super) fn conv_transpose_gradient(
    gradient: Activations,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Activations {
    let map = Map::Convolution { stride, padding };
    Activations::Image(mapped(gradient.image(), values.get(0), None, map))
}
