//! Convolution and its transpose, each the other's gradient with respect to the input.

use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use gan_protocol::Shape;

use super::Values;
use crate::activations::Activations;
use crate::functions::{conv_transpose2d, conv2d};

pub(super) fn conv(
    input: Activations,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Activations {
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
    Activations::Image(conv2d(input.image(), values.get(0), values.optional(1), options))
}

pub(super) fn conv_transpose(
    input: Activations,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Activations {
    let options = ConvTransposeOptions::new([stride; 2], [padding; 2], [0; 2], [1; 2], 1);
    Activations::Image(conv_transpose2d(input.image(), values.get(0), values.optional(1), options))
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
    let unreached = [height, width].map(|side| (side + 2 * padding - kernel) % stride);
    let options = ConvTransposeOptions::new([stride; 2], [padding; 2], unreached, [1; 2], 1);
    Activations::Image(conv_transpose2d(gradient.image(), values.get(0), None, options))
}

pub(super) fn conv_transpose_gradient(
    gradient: Activations,
    values: &Values<'_>,
    stride: usize,
    padding: usize,
) -> Activations {
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
    Activations::Image(conv2d(gradient.image(), values.get(0), None, options))
}
