//! What the two nets minimise.
//!
//! `D` is the discriminator's output before any sigmoid. With `σ` the logistic function and
//! `softplus(t) = log(1 + exp(t))`: `-log σ(t) = softplus(-t)` and `-log(1 - σ(t)) = softplus(t)`,
//! which stay finite for every finite `t`.

use burn::tensor::{Tensor, activation};
use gan_protocol::Objective;

/// `softplus(t)`, stable for large `|t|`.
fn softplus(t: Tensor<2>) -> Tensor<2> {
    activation::log_sigmoid(t.neg()).neg()
}

/// The discriminator's loss, shape `[1]`, from its outputs for reals and fakes (`[batch, 1]`).
///
/// With one-sided smoothing `s` the target for reals is `1 - s` (Salimans et al. 2016, section
/// 3.4): `(1-s) softplus(-D) + s softplus(D) = softplus(-D) + s D`.
pub fn discriminator_loss(
    objective: Objective,
    real: Tensor<2>,
    fake: Tensor<2>,
    smoothing: f32,
) -> Tensor<1> {
    match objective {
        Objective::NonSaturating | Objective::Minimax => {
            let mut on_reals = softplus(real.clone().neg()).mean();
            if smoothing > 0.0 {
                on_reals = on_reals + real.mean().mul_scalar(smoothing);
            }
            on_reals + softplus(fake).mean()
        }
        Objective::LeastSquares => {
            let target = 1.0 - smoothing;
            let on_reals = real.sub_scalar(target).square().mean();
            (on_reals + fake.square().mean()).mul_scalar(0.5)
        }
    }
}

/// The generator's loss, shape `[1]`, from the discriminator's outputs for fakes (`[batch, 1]`).
pub fn generator_loss(objective: Objective, fake: Tensor<2>) -> Tensor<1> {
    match objective {
        Objective::NonSaturating => softplus(fake.neg()).mean(),
        Objective::Minimax => softplus(fake).mean().neg(),
        Objective::LeastSquares => fake.sub_scalar(1.0).square().mean().mul_scalar(0.5),
    }
}

/// What one step says of the two nets, in double precision from the discriminator's outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepScores {
    /// The generator's loss.
    pub generator_loss: f64,
    /// The discriminator's loss.
    pub discriminator_loss: f64,
    /// Mean of σ(D(x)), or of D(x) for least squares.
    pub real_score: f64,
    /// Mean of σ(D(G(z))) in the generator's step, or of D(G(z)) for least squares.
    pub fake_score: f64,
}

impl StepScores {
    /// The scores from the discriminator's outputs: for reals and for fakes in its own step, and
    /// for fakes in the generator's step.
    pub(crate) fn from_outputs(
        objective: Objective,
        smoothing: f32,
        real: &[f32],
        fake: &[f32],
        judged: &[f32],
    ) -> Self {
        let s = f64::from(smoothing);
        let mean = |values: &[f32], f: &dyn Fn(f64) -> f64| {
            values.iter().map(|value| f(f64::from(*value))).sum::<f64>() / values.len() as f64
        };
        // log(1 + exp(t)) without overflow.
        let softplus = |t: f64| t.max(0.0) + (-t.abs()).exp().ln_1p();
        let sigmoid = |t: f64| 1.0 / (1.0 + (-t).exp());
        match objective {
            Objective::NonSaturating | Objective::Minimax => Self {
                generator_loss: if objective == Objective::Minimax {
                    -mean(judged, &softplus)
                } else {
                    mean(judged, &|t| softplus(-t))
                },
                discriminator_loss: mean(real, &|t| softplus(-t) + s * t) + mean(fake, &softplus),
                real_score: mean(real, &sigmoid),
                fake_score: mean(judged, &sigmoid),
            },
            Objective::LeastSquares => Self {
                generator_loss: mean(judged, &|t| 0.5 * (t - 1.0).powi(2)),
                discriminator_loss: mean(real, &|t| 0.5 * (t - 1.0 + s).powi(2))
                    + mean(fake, &|t| 0.5 * t * t),
                real_score: mean(real, &|t| t),
                fake_score: mean(judged, &|t| t),
            },
        }
    }

    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        [self.generator_loss, self.discriminator_loss, self.real_score, self.fake_score]
            .iter()
            .all(|value| value.is_finite())
    }
}
