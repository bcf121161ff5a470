//! The class of a sample as an input of a net.

use super::Values;
use crate::batch::Batch;
use crate::ops::tensor::Tensor;

/// The numbers of each sample's class: its embedding, or `label` itself, which is one-hot, `[batch, classes]`.
pub(super) fn told(values: &Values<'_>, embedding: Option<usize>, label: Tensor<2>) -> Tensor<2> {
    match embedding {
        Some(_) => label.matmul(values.get(0)),
        None => label,
    }
}

/// Each image with the channels that `told` holds for its class, numbers for each pixel.
pub(super) fn with_images(input: Batch, told: Tensor<2>) -> Batch {
    let input = input.image();
    let [batch, _, height, width] = input.dims();
    let channels = told.dims()[1] / (height * width);
    let images = told.reshape([batch, channels, height, width]);
    Batch::Image(Tensor::cat(vec![input, images], 1))
}

/// A factor for each number of `input`: that of its feature for its sample's class.
pub(super) fn factors(input: &Batch, values: &Values<'_>, label: Tensor<2>) -> Batch {
    let of_class: Tensor<2> = label.matmul(values.get(0));
    match input {
        Batch::Flat(_) => Batch::Flat(of_class),
        Batch::Image(x) => {
            let [batch, channels, height, width] = x.dims();
            let planes = of_class.reshape([batch, channels, 1, 1]);
            Batch::Image(planes.expand([batch, channels, height, width]))
        }
    }
}
