//! Normalisation: over the batch, over a sample or groups of its features, over the features of a
//! pixel.

use crate::batch::{Batch, both, each};
use crate::net::Mode;
use crate::ops::fused::blend_into;
use crate::ops::normalisation::{batch_norm, batch_norm_train, layer_norm as normalize_rows};
use crate::ops::tensor::Tensor;

pub(super) struct BatchNorm {
    pub(super) epsilon: f32,
    pub(super) momentum: f32,
}

impl BatchNorm {
    pub(super) fn apply(
        &self,
        input: Batch,
        tensors: &[Tensor<1>],
        statistics: &mut [Tensor<1>],
        mode: &Mode<'_>,
    ) -> Batch {
        each!(input, x => self.normalized(x, tensors, statistics, mode))
    }

    /// The factor of each feature by running statistics: `scale / sqrt(variance + epsilon)`. `None` in
    /// training, where every sample of the batch moves every output.
    pub(super) fn factors(
        &self,
        tensors: &[Tensor<1>],
        statistics: &[Tensor<1>],
        mode: &Mode<'_>,
    ) -> Option<Tensor<1>> {
        let sd = || statistics[1].clone().add_scalar(self.epsilon).sqrt();
        matches!(mode, Mode::Sampling { .. }).then(|| tensors[0].clone() / sd())
    }

    fn normalized<const D: usize>(
        &self,
        x: Tensor<D>,
        tensors: &[Tensor<1>],
        statistics: &mut [Tensor<1>],
        mode: &Mode<'_>,
    ) -> Tensor<D> {
        let (scale, shift) = (tensors[0].clone(), tensors[1].clone());
        let Mode::Training { moves_statistics, .. } = mode else {
            let (mean, variance) = (statistics[0].clone(), statistics[1].clone());
            return batch_norm(x, [scale, shift, mean, variance], self.epsilon);
        };
        let dimensions = x.dims();
        let count = dimensions.iter().product::<usize>() / dimensions[1];
        let (output, mean, variance) = batch_norm_train(x, [scale, shift], self.epsilon);
        if !moves_statistics {
            return output;
        }
        // Running statistics hold the unbiased variance, as in PyTorch.
        let unbiased = count as f32 / (count as f32 - 1.0);
        let new = [mean.inner(), variance.inner().mul_scalar(unbiased)];
        for (statistic, new) in statistics.iter_mut().zip(new) {
            blend_into(statistic, &new, 1.0 - self.momentum);
        }
        output
    }
}

/// One number per feature, in a shape that broadcasts over activations: features are axis 1.
pub(super) fn per_feature<const D: usize>(tensor: &Tensor<1>) -> Tensor<D> {
    let mut dimensions = [1; D];
    dimensions[1] = tensor.dims()[0];
    tensor.clone().reshape(dimensions)
}

/// Each feature times its factor.
pub(super) fn scaled(batch: Batch, factors: &Tensor<1>) -> Batch {
    each!(batch, x => x * per_feature(factors))
}

/// The numbers of each group as a row: `[batch * groups, numbers of a group]`.
fn rows_of(batch: Batch, groups: usize) -> Tensor<2> {
    let x = batch.flat();
    let [count, size] = x.dims();
    x.reshape([count * groups, size / groups])
}

/// `y scale + shift` with `y` normalised over each of `groups` groups of neighbouring features: one
/// group is layer normalisation, as many as channels are instance normalisation. Without `tensors` the
/// scale is 1 and the shift 0.
pub(super) fn group_norm(
    input: Batch,
    tensors: &[Tensor<1>],
    groups: usize,
    epsilon: f32,
) -> Batch {
    let shape = input.shape();
    let rows = rows_of(input, groups);
    let ones = Tensor::ones([rows.dims()[1]], &rows.device());
    let normalized = Batch::Flat(normalize_rows(rows, ones, epsilon)).shaped(shape);
    let [scale, shift] = tensors else { return normalized };
    each!(normalized, x => x * per_feature(scale) + per_feature(shift))
}

/// With `y = (x - mean) / sd` and `h` the gradient of `y`:
/// `(h - mean(h) - y mean(h y)) / sd`, means over the numbers of a group.
pub(super) fn group_norm_gradient(
    gradient: Batch,
    input: Batch,
    tensors: &[Tensor<1>],
    groups: usize,
    epsilon: f32,
) -> Batch {
    let shape = input.shape();
    let h = match tensors.first() {
        Some(scale) => each!(gradient, g => g * per_feature(scale)),
        None => gradient,
    };
    let h = rows_of(h, groups);
    let rows = rows_of(input, groups);
    let centred = rows.clone() - rows.mean_dim(1);
    let sd = centred.clone().square().mean_dim(1).add_scalar(epsilon).sqrt();
    let y = centred / sd.clone();
    let along = (h.clone() * y.clone()).mean_dim(1);
    let rest = h.clone() - h.mean_dim(1) - y * along;
    Batch::Flat(rest / sd).shaped(shape)
}

fn rms<const D: usize>(x: Tensor<D>, epsilon: f32) -> Tensor<D> {
    x.square().mean_dim(1).add_scalar(epsilon).sqrt()
}

pub(super) fn pixel_norm(input: Batch, epsilon: f32) -> Batch {
    each!(input, x => x.clone() / rms(x, epsilon))
}

/// `g / r - x mean(g x) / r³`, with `r` the root of the mean square over the features.
pub(super) fn pixel_norm_gradient(gradient: Batch, input: Batch, epsilon: f32) -> Batch {
    both!(gradient, input, g, x => {
        let r = rms(x.clone(), epsilon);
        let along = (g.clone() * x.clone()).mean_dim(1) / (r.clone() * r.clone() * r.clone());
        g / r - x * along
    })
}
