//! The losses of the two nets.
//!
//! `D` is the discriminator's output before any sigmoid. With `σ` the logistic function and
//! `softplus(t) = log(1 + exp(t))`: `-log σ(t) = softplus(-t)` and `-log(1 - σ(t)) = softplus(t)`,
//! which stay finite for every finite `t`. The formulas stand at [`Objective`].

use gan_protocol::{Objective, RunSpec};

use crate::ops::fused::{relu, softplus, softplus_of_negated};
use crate::ops::tensor::Tensor;

/// How far targets are moved towards each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Smoothing {
    /// The target for reals is 1 minus this number.
    pub real: f32,
    /// The target for fakes.
    pub fake: f32,
}

impl Smoothing {
    /// The smoothing that `spec` asks for.
    pub fn of(spec: &RunSpec) -> Self {
        Self { real: spec.label_smoothing, fake: spec.fake_label_smoothing }
    }
}

/// The mean as `[1, 1]`, so that it can be subtracted from a column.
fn centre(column: &Tensor<2>) -> Tensor<2> {
    column.clone().mean_dim(0)
}

/// The discriminator's loss, shape `[1]`, from its outputs for reals and fakes (`[batch, 1]`).
///
/// With a target of `p` in place of 1 or 0, cross-entropy is
/// `p softplus(-D) + (1-p) softplus(D)`, that is `softplus(-D) + (1-p) D = softplus(D) - p D`.
pub fn discriminator_loss(
    objective: Objective,
    real: Tensor<2>,
    fake: Tensor<2>,
    smoothing: Smoothing,
) -> Tensor<1> {
    match objective {
        Objective::NonSaturating | Objective::Minimax => {
            let mut on_reals = softplus_of_negated(real.clone()).mean();
            if smoothing.real > 0.0 {
                on_reals = on_reals + real.mean().mul_scalar(smoothing.real);
            }
            let mut on_fakes = softplus(fake.clone()).mean();
            if smoothing.fake > 0.0 {
                on_fakes = on_fakes - fake.mean().mul_scalar(smoothing.fake);
            }
            on_reals + on_fakes
        }
        Objective::LeastSquares => {
            let on_reals = real.sub_scalar(1.0 - smoothing.real).square().mean();
            let on_fakes = fake.sub_scalar(smoothing.fake).square().mean();
            (on_reals + on_fakes).mul_scalar(0.5)
        }
        Objective::Linear => fake.mean() - real.mean(),
        Objective::Hinge => {
            let on_reals = relu(real.neg().add_scalar(1.0)).mean();
            on_reals + relu(fake.add_scalar(1.0)).mean()
        }
        Objective::RelativisticPaired => softplus(fake - real).mean(),
        Objective::RelativisticAverage => relativistic_average(real, fake),
    }
}

/// The generator's loss, shape `[1]`, from the discriminator's outputs for fakes and, for a
/// relativistic objective, reals (`[batch, 1]`).
///
/// # Panics
/// If the objective is relativistic and there are no reals.
pub fn generator_loss(objective: Objective, fake: Tensor<2>, real: Option<Tensor<2>>) -> Tensor<1> {
    let real = || real.expect("a relativistic objective compares with reals");
    match objective {
        Objective::NonSaturating => softplus_of_negated(fake).mean(),
        Objective::Minimax => softplus(fake).mean().neg(),
        Objective::LeastSquares => fake.sub_scalar(1.0).square().mean().mul_scalar(0.5),
        Objective::Linear | Objective::Hinge => fake.mean().neg(),
        Objective::RelativisticPaired => softplus(real() - fake).mean(),
        Objective::RelativisticAverage => relativistic_average(fake, real()),
    }
}

/// The loss of an encoder whose pairs with reals the discriminator judges, shape `[1]`, from its outputs
/// for these pairs (`[batch, 1]`): the generator's loss with real and fake exchanged (BiGAN, Donahue et al.
/// 2016, equation 3). A linear loss is exchanged by its sign, cross-entropy too; the target of
/// [`Objective::LeastSquares`] is that of fakes.
///
/// # Panics
/// If the objective is relativistic, which validation refuses.
pub(crate) fn encoder_loss(objective: Objective, real: Tensor<2>) -> Tensor<1> {
    match objective {
        Objective::LeastSquares => real.square().mean().mul_scalar(0.5),
        _ => generator_loss(objective, real.neg(), None),
    }
}

/// `E softplus(-(better - E worse)) + E softplus(worse - E better)`.
fn relativistic_average(better: Tensor<2>, worse: Tensor<2>) -> Tensor<1> {
    let (best, worst) = (centre(&better), centre(&worse));
    softplus(worst - better).mean() + softplus(worse - best).mean()
}
