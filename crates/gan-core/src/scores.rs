//! What a step says of the two nets, on the host in double precision.

use burn::tensor::Transaction;
use gan_protocol::{Objective, RunSpec};

use crate::error::CoreError;
use crate::objective::Smoothing;
use crate::tensor::Tensor;
use crate::tensors::floats;

/// What one step says of the two nets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepScores {
    /// The generator's loss, without auxiliary terms.
    pub generator_loss: f64,
    /// The discriminator's loss, without penalties and auxiliary terms.
    pub discriminator_loss: f64,
    /// Mean of σ(D(x)), or of D(x) where σ(D) is no probability of being real.
    pub real_score: f64,
    /// Mean of σ(D(G(z))) in the generator's step, or of D(G(z)), likewise.
    pub fake_score: f64,
    /// The penalties' part of the discriminator's loss; 0 without any.
    pub penalty: f64,
    /// What further tasks (classes, codes, several generators) add to the discriminator's loss; 0
    /// without any.
    pub auxiliary: f64,
    /// Euclidean norm of the gradient of all that the generator minimises, over all its numbers,
    /// before any clipping.
    pub generator_gradient_norm: f64,
    /// The discriminator's, likewise, in its last step.
    pub discriminator_gradient_norm: f64,
}

/// The discriminator's outputs of one step, still on the device.
#[derive(Debug)]
pub struct PendingScores {
    /// Generator steps done, this one included.
    pub step: u64,
    pub(crate) objective: Objective,
    pub(crate) smoothing: Smoothing,
    pub(crate) outputs: StepOutputs,
}

/// The numbers that scores are computed from, outside of any graph.
#[derive(Debug)]
pub(crate) struct StepOutputs {
    /// Verdicts on reals in the discriminator's step: `[batch]`.
    pub(crate) real: Tensor<1>,
    /// Verdicts on fakes in the discriminator's step: `[batch]`.
    pub(crate) fake: Tensor<1>,
    /// Verdicts on fakes in the generator's step: `[batch]`.
    pub(crate) judged: Tensor<1>,
    /// Squared norms of the generator's gradient and of the discriminator's: `[1]` each.
    pub(crate) squared_norms: [Tensor<1>; 2],
    /// Verdicts on reals in the generator's step, where its objective compares with them.
    pub(crate) compared: Option<Tensor<1>>,
    /// `[1]`
    pub(crate) penalty: Option<Tensor<1>>,
    /// `[1]`
    pub(crate) auxiliary: Option<Tensor<1>>,
}

impl PendingScores {
    pub(crate) fn new(step: u64, spec: &RunSpec, outputs: StepOutputs) -> Self {
        Self { step, objective: spec.objective, smoothing: Smoothing::of(spec), outputs }
    }

    /// Reads the scores of several steps in one go; this also waits until the device has done
    /// them.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn read(steps: Vec<Self>) -> Result<Vec<(u64, StepScores)>, CoreError> {
        let mut transaction = Transaction::default();
        let mut settings = Vec::with_capacity(steps.len());
        for step in steps {
            let StepOutputs { real, fake, judged, squared_norms, compared, penalty, auxiliary } =
                step.outputs;
            let present = [compared.is_some(), penalty.is_some(), auxiliary.is_some()];
            settings.push((step.step, step.objective, step.smoothing, present));
            let [of_generator, of_discriminator] = squared_norms;
            let rest = [compared, penalty, auxiliary].into_iter().flatten();
            let always = [real, fake, judged, of_generator, of_discriminator];
            for tensor in always.into_iter().chain(rest) {
                transaction = transaction.register(tensor.burn());
            }
        }
        let mut outputs = transaction.execute_async().await?.into_iter().map(floats);
        let mut next = || outputs.next().expect("as many outputs as were registered");
        settings
            .into_iter()
            .map(|(step, objective, smoothing, present)| {
                let (real, fake, judged) = (next()?, next()?, next()?);
                let norms = [next()?, next()?].concat();
                let mut optional = |there: bool| if there { next() } else { Ok(Vec::new()) };
                let compared = optional(present[0])?;
                let penalty = optional(present[1])?.first().copied().map_or(0.0, f64::from);
                let auxiliary = optional(present[2])?.first().copied().map_or(0.0, f64::from);
                let verdicts = Verdicts { real: &real, fake: &fake };
                let seen = Verdicts { real: &compared, fake: &judged };
                let scores = StepScores {
                    generator_loss: generator_loss(objective, seen),
                    discriminator_loss: discriminator_loss(objective, smoothing, verdicts),
                    real_score: score(objective, &real),
                    fake_score: score(objective, &judged),
                    penalty,
                    auxiliary,
                    generator_gradient_norm: f64::from(norms[0]).sqrt(),
                    discriminator_gradient_norm: f64::from(norms[1]).sqrt(),
                };
                Ok((step, scores))
            })
            .collect()
    }
}

impl StepScores {
    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        let losses = [self.generator_loss, self.discriminator_loss, self.penalty, self.auxiliary];
        let norms = [self.generator_gradient_norm, self.discriminator_gradient_norm];
        let scores = [self.real_score, self.fake_score];
        losses.iter().chain(&scores).chain(&norms).all(|value| value.is_finite())
    }
}

/// The discriminator's outputs for a batch of each kind.
#[derive(Clone, Copy)]
pub(crate) struct Verdicts<'a> {
    pub(crate) real: &'a [f32],
    pub(crate) fake: &'a [f32],
}

fn mean(values: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    values.iter().map(|value| f(f64::from(*value))).sum::<f64>() / values.len() as f64
}

/// `log(1 + exp(t))` without overflow.
fn softplus(t: f64) -> f64 {
    t.max(0.0) + (-t.abs()).exp().ln_1p()
}

fn score(objective: Objective, verdicts: &[f32]) -> f64 {
    if objective.gives_probability() {
        return mean(verdicts, |t| 1.0 / (1.0 + (-t).exp()));
    }
    mean(verdicts, |t| t)
}

fn paired(better: &[f32], worse: &[f32]) -> f64 {
    let pairs = better.iter().zip(worse);
    pairs.map(|(b, w)| softplus(f64::from(*w) - f64::from(*b))).sum::<f64>() / better.len() as f64
}

fn against_average(better: &[f32], worse: &[f32]) -> f64 {
    let (best, worst) = (mean(better, |t| t), mean(worse, |t| t));
    mean(better, |t| softplus(worst - t)) + mean(worse, |t| softplus(t - best))
}

pub(crate) fn discriminator_loss(
    objective: Objective,
    smoothing: Smoothing,
    of: Verdicts<'_>,
) -> f64 {
    let (s, p) = (f64::from(smoothing.real), f64::from(smoothing.fake));
    let Verdicts { real, fake } = of;
    match objective {
        Objective::NonSaturating | Objective::Minimax => {
            mean(real, |t| softplus(-t) + s * t) + mean(fake, |t| softplus(t) - p * t)
        }
        Objective::LeastSquares => {
            0.5 * (mean(real, |t| (t - 1.0 + s).powi(2)) + mean(fake, |t| (t - p).powi(2)))
        }
        Objective::Linear => mean(fake, |t| t) - mean(real, |t| t),
        Objective::Hinge => mean(real, |t| (1.0 - t).max(0.0)) + mean(fake, |t| (1.0 + t).max(0.0)),
        Objective::RelativisticPaired => paired(real, fake),
        Objective::RelativisticAverage => against_average(real, fake),
    }
}

pub(crate) fn generator_loss(objective: Objective, of: Verdicts<'_>) -> f64 {
    let Verdicts { real, fake } = of;
    match objective {
        Objective::NonSaturating => mean(fake, |t| softplus(-t)),
        Objective::Minimax => -mean(fake, softplus),
        Objective::LeastSquares => mean(fake, |t| 0.5 * (t - 1.0).powi(2)),
        Objective::Linear | Objective::Hinge => -mean(fake, |t| t),
        Objective::RelativisticPaired => paired(fake, real),
        Objective::RelativisticAverage => against_average(fake, real),
    }
}
