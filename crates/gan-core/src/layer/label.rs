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
    classes: usize,
    embedding: Option<usize>,
    label: Tensor<2>,
) -> Batch {
    let told = match embedding {
        Some(_) => label.matmul(values.get(0)),
        None => label,
    };
    let size = embedding.unwrap_or(classes);
    match input {
        Batch::Flat(x) => Batch::Flat(Tensor::cat(vec![x, told], 1)),
        Batch::Image(x) => {
            let [batch, _, height, width] = x.dims();
            let planes = told.reshape([batch, size, 1, 1]).expand([batch, size, height, width]);
            Batch::Image(Tensor::cat(vec![x, planes], 1))
        }
    }
}

/// The class does not depend on the sample, so the gradient of the appended features is cut off.
pub(super) fn gradient(gradient: Batch, input: Shape) -> Batch {
    let features = match input {
        Shape::Flat { size } => size,
        Shape::Image { channels, .. } => channels,
    };
    each!(gradient, g => g.narrow(1, 0, features))
}
