//! Element-wise non-linearities and their slopes.

use burn::tensor::{Tensor, activation};
use gan_protocol::ActivationKind;

use crate::activations::{Activations, both, each};

pub(super) fn activate(input: Activations, function: ActivationKind) -> Activations {
    each!(input, x => apply(function, x))
}

fn apply<const D: usize>(function: ActivationKind, x: Tensor<D>) -> Tensor<D> {
    match function {
        ActivationKind::Relu {} => activation::relu(x),
        ActivationKind::LeakyRelu { slope } => activation::leaky_relu(x, f64::from(slope)),
        ActivationKind::Tanh {} => activation::tanh(x),
        ActivationKind::Sigmoid {} => activation::sigmoid(x),
        ActivationKind::Silu {} => activation::silu(x),
        ActivationKind::Softplus {} => activation::softplus(x, 1.0),
    }
}

pub(super) fn gradient(
    gradient: Activations,
    input: Activations,
    output: Activations,
    function: ActivationKind,
) -> Activations {
    let slopes = both!(input, output, x, y => slope(function, x, y));
    gradient.times(slopes)
}

/// The derivative at `x`, where the function gives `y`. Of the piecewise linear ones it is a
/// constant, 0 or `slope` at zero itself, as in Burn and PyTorch.
fn slope<const D: usize>(function: ActivationKind, x: Tensor<D>, y: Tensor<D>) -> Tensor<D> {
    match function {
        ActivationKind::Relu {} => x.inner().greater_elem(0.0).float(),
        ActivationKind::LeakyRelu { slope } => {
            let positive = x.inner().greater_elem(0.0).float();
            positive.mul_scalar(1.0 - slope).add_scalar(slope)
        }
        ActivationKind::Tanh {} => y.square().neg().add_scalar(1.0),
        ActivationKind::Sigmoid {} => y.clone() - y.square(),
        ActivationKind::Silu {} => {
            // σ(x) (1 + x - x σ(x)), and y = x σ(x).
            activation::sigmoid(x.clone()) * (x - y).add_scalar(1.0)
        }
        ActivationKind::Softplus {} => activation::sigmoid(x),
    }
}
