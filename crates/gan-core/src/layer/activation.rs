//! Element-wise activation functions and their derivatives.

use gan_protocol::ActivationKind;

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
    }
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
    }
}

fn rectifier(gradient: Batch, input: Batch, slope: f32) -> Batch {
    both!(gradient, input, g, x => fused::leaky_relu_gradient(x, g, slope))
}
