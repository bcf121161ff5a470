//! The class of a sample as an input of a net.

use super::Values;
use crate::batch::Batch;
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
