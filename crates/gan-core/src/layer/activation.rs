//! Element-wise non-linearities and their slopes.

use gan_protocol::ActivationKind;

use crate::activations::{Activations, both, each};
use crate::functions::sigmoid;
use crate::kernels;
use crate::tensor::Tensor;

pub(super) fn activate(input: Activations, function: ActivationKind) -> Activations {
    each!(input, x => apply(function, x))
}

fn apply<const D: usize>(function: ActivationKind, x: Tensor<D>) -> Tensor<D> {
    match function {
        ActivationKind::Relu {} => kernels::relu(x),
        ActivationKind::LeakyRelu { slope } => kernels::leaky_relu(x, slope),
        ActivationKind::Tanh {} => kernels::tanh(x),
        ActivationKind::Sigmoid {} => sigmoid(x),
        ActivationKind::Silu {} => x.clone() * sigmoid(x),
        ActivationKind::Softplus {} => kernels::softplus(x),
    }
}

/// `gradient` times the derivative of `function`, where that gave `output` for `input`. Of the
/// piecewise linear ones the derivative is a constant; at zero it is that of the negative side, as
/// PyTorch's.
pub(super) fn gradient(
    gradient: Activations,
    input: Activations,
    output: Activations,
    function: ActivationKind,
) -> Activations {
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

fn rectifier(gradient: Activations, input: Activations, slope: f32) -> Activations {
    both!(gradient, input, g, x => kernels::leaky_relu_gradient(x, g, slope))
}
