//! Layers that show a discriminator how alike the samples of a batch are.

use super::Values;
use super::linear::affine;
use crate::batch::Batch;
use crate::ops::fused::relu;
use crate::ops::tensor::Tensor;

/// Added to the variance, so that a collapsed batch has a finite derivative; Karras et al.'s value.
const EPSILON: f32 = 1e-8;

/// Standard deviation of each number over the batch, `[1, size]`, and the centred numbers,
/// `[batch, size]`.
fn spread(rows: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let centred = rows.clone() - rows.mean_dim(0);
    let sd = centred.clone().square().mean_dim(0).add_scalar(EPSILON).sqrt();
    (sd, centred)
}

pub(super) fn stddev(input: Batch) -> Batch {
    let (sd, _) = spread(input.clone().flat());
    let mean = sd.mean_dim(1);
    match input {
        Batch::Flat(x) => {
            let batch = x.dims()[0];
            Batch::Flat(Tensor::cat(vec![x, mean.expand([batch, 1])], 1))
        }
        Batch::Image(x) => {
            let [batch, _, height, width] = x.dims();
            let plane = mean.reshape([1, 1, 1, 1]).expand([batch, 1, height, width]);
            Batch::Image(Tensor::cat(vec![x, plane], 1))
        }
    }
}

/// The appended number depends on every number of the batch. With `sd_f` the deviation of number
/// `f` of `F`, over `N` samples, its derivative is `(x_if - mean_f) / (N F sd_f)`.
pub(super) fn stddev_gradient(gradient: Batch, input: Batch) -> Batch {
    let shape = input.shape();
    let rows = input.flat();
    let [batch, size] = rows.dims();
    let (sd, centred) = spread(rows);
    let slope = centred / sd.mul_scalar((batch * size) as f32);
    let (own, appended) = match gradient {
        Batch::Flat(g) => {
            let own = g.clone().narrow(1, 0, size);
            (Batch::Flat(own), g.narrow(1, size, 1).sum())
        }
        Batch::Image(g) => {
            let channels = g.dims()[1] - 1;
            let own = g.clone().narrow(1, 0, channels);
            (Batch::Image(own), g.narrow(1, channels, 1).sum())
        }
    };
    own.plus(Batch::Flat(slope * appended.reshape([1, 1])).shaped(shape))
}

pub(super) fn discrimination(
    input: Batch,
    values: &Values<'_>,
    features: usize,
    dimensions: usize,
) -> Batch {
    let x = input.flat();
    let batch = x.dims()[0];
    let rows = affine(x.clone(), values.get(0), None);
    let one: Tensor<4> = rows.clone().reshape([batch, 1, features, dimensions]);
    let other: Tensor<4> = rows.reshape([1, batch, features, dimensions]);
    let difference = one - other;
    let absolute = relu(difference.clone()) + relu(difference.neg());
    let distance = absolute.sum_dim(3);
    let alike = distance.neg().exp().sum_dim(1).reshape([batch, features]);
    Batch::Flat(Tensor::cat(vec![x, alike], 1))
}
