//! Element-wise activation functions and their derivatives.

use std::f32::consts::{FRAC_1_SQRT_2, PI};

use gan_protocol::ActivationKind;

use super::norm::per_feature;
use crate::batch::{Batch, both, each};
use crate::ops::fused;
use crate::ops::normalisation::sigmoid;
use crate::ops::tensor::Tensor;

pub(super) fn activate(input: Batch, function: ActivationKind) -> Batch {
    each!(input, x => apply(function, x))
}

fn apply<const D: usize>(function: ActivationKind, x: Tensor<D>) -> Tensor<D> {
    match function {
        ActivationKind::Relu {} => fused::relu(x),
        ActivationKind::LeakyRelu { slope } => fused::leaky_relu(x, slope),
        ActivationKind::Tanh {} => fused::tanh(x),
        ActivationKind::Sigmoid {} => sigmoid(x),
        ActivationKind::Silu {} => x.clone() * sigmoid(x),
        ActivationKind::Softplus {} => fused::softplus(x),
        ActivationKind::Elu { alpha } => elu(x, alpha),
        ActivationKind::Selu {} => elu(x, SELU.alpha).mul_scalar(SELU.scale),
        ActivationKind::Gelu {} => x.clone() * normal_distribution(x),
    }
}

/// The distribution function of N(0, 1).
fn normal_distribution<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.mul_scalar(FRAC_1_SQRT_2).erf().add_scalar(1.0).mul_scalar(0.5)
}

/// The density of N(0, 1).
fn normal_density<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.square().mul_scalar(-0.5).exp().div_scalar((2.0 * PI).sqrt())
}

/// The constants of SELU (Klambauer et al. 2017, equation 14).
struct SeluConstants {
    alpha: f32,
    scale: f32,
}

const SELU: SeluConstants = SeluConstants { alpha: 1.673_263_2, scale: 1.050_701 };

/// The negative part of `x`, and 0 for positive numbers: the exponential of it does not overflow.
fn negative_part<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    fused::relu(x.neg()).neg()
}

fn elu<const D: usize>(x: Tensor<D>, alpha: f32) -> Tensor<D> {
    let below = negative_part(x.clone()).exp().sub_scalar(1.0).mul_scalar(alpha);
    fused::relu(x) + below
}

/// 1 for positive numbers, `alpha exp(x)` for others.
fn elu_gradient(gradient: Batch, input: Batch, alpha: f32) -> Batch {
    both!(gradient, input, g, x => {
        let above = fused::leaky_relu_gradient(x.clone(), g.clone(), 0.0);
        let below = negative_part(x).exp().mul_scalar(alpha);
        above.clone() + (g - above) * below
    })
}

/// `gradient` times the derivative of `function`, whose value for `input` was `output`. The
/// derivative of a piecewise linear function counts as a constant; at zero it is that of the
/// negative side, as in PyTorch.
pub(super) fn gradient(
    gradient: Batch,
    input: Batch,
    output: Batch,
    function: ActivationKind,
) -> Batch {
    match function {
        ActivationKind::Relu {} => rectifier(gradient, input, 0.0),
        ActivationKind::LeakyRelu { slope } => rectifier(gradient, input, slope),
        ActivationKind::Tanh {} => {
            gradient.times(each!(output, y => y.square().neg().add_scalar(1.0)))
        }
        ActivationKind::Sigmoid {} => gradient.times(each!(output, y => y.clone() - y.square())),
        ActivationKind::Silu {} => {
            // σ(x) (1 + x - x σ(x)), and y = x σ(x).
            let slopes = both!(input, output, x, y => {
                sigmoid(x.clone()) * (x - y).add_scalar(1.0)
            });
            gradient.times(slopes)
        }
        ActivationKind::Softplus {} => gradient.times(each!(input, x => sigmoid(x))),
        ActivationKind::Elu { alpha } => elu_gradient(gradient, input, alpha),
        ActivationKind::Selu {} => {
            let scaled = each!(gradient, g => g.mul_scalar(SELU.scale));
            elu_gradient(scaled, input, SELU.alpha)
        }
        ActivationKind::Gelu {} => {
            let slopes = each!(input, x => {
                normal_distribution(x.clone()) + x.clone() * normal_density(x)
            });
            gradient.times(slopes)
        }
    }
}

/// `max(0, x) + slope min(0, x)`, with a slope for each feature.
pub(super) fn prelu(input: Batch, tensors: &[Tensor<1>]) -> Batch {
    each!(input, x => fused::relu(x.clone()) + negative_part(x) * per_feature(&tensors[0]))
}

/// The gradient of [`prelu`] with respect to its input; at zero that of the negative side, as in PyTorch.
pub(super) fn prelu_gradient(gradient: Batch, input: Batch, tensors: &[Tensor<1>]) -> Batch {
    both!(gradient, input, g, x => {
        let above = fused::leaky_relu_gradient(x, g.clone(), 0.0);
        above.clone() + (g - above) * per_feature(&tensors[0])
    })
}

fn rectifier(gradient: Batch, input: Batch, slope: f32) -> Batch {
    both!(gradient, input, g, x => fused::leaky_relu_gradient(x, g, slope))
}
