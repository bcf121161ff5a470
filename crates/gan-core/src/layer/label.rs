//! The class of a sample as an input of a net.

use gan_protocol::Shape;

use super::Values;
use crate::batch::{Batch, each};
use crate::ops::tensor::Tensor;

/// Appends the class to each sample: features of a vector, or constant channels of an image.
/// `label` is one-hot, `[batch, classes]`.
pub(super) fn append(
    input: Batch,
    values: &Values<'_>,
    embedding: Option<usize>,
    label: Tensor<2>,
) -> Batch {
    let told = match embedding {
        Some(_) => label.matmul(values.get(0)),
        None => label,
    };
    input.with_features(told)
}

/// The class does not depend on the sample, so the gradient of the appended features is cut off.
pub(super) fn gradient(gradient: Batch, input: Shape) -> Batch {
    let features = match input {
        Shape::Flat { size } => size,
        Shape::Image { channels, .. } => channels,
    };
    each!(gradient, g => g.narrow(1, 0, features))
}
