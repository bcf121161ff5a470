//! What a step reports of the two nets, read from the device.

use burn::tensor::Transaction;
use gan_protocol::{Objective, RunSpec};

use crate::error::CoreError;
use crate::named_tensor::floats;
use crate::ops::tensor::Tensor;

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
    /// The very losses that the generator and the discriminator minimise, without penalties and
    /// auxiliary terms: `[1]` each.
    pub(crate) losses: [Tensor<1>; 2],
    /// Squared norms of the generator's gradient and of the discriminator's: `[1]` each.
    pub(crate) squared_norms: [Tensor<1>; 2],
    /// `[1]`
    pub(crate) penalty: Option<Tensor<1>>,
    /// `[1]`
    pub(crate) auxiliary: Option<Tensor<1>>,
}

impl PendingScores {
    pub(crate) fn new(step: u64, spec: &RunSpec, outputs: StepOutputs) -> Self {
        Self { step, objective: spec.objective, outputs }
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
            let StepOutputs { real, judged, losses, squared_norms, penalty, auxiliary, .. } =
                step.outputs;
            settings.push((step.step, step.objective, penalty.is_some(), auxiliary.is_some()));
            let scalars = losses.into_iter().chain(squared_norms);
            let rest = [penalty, auxiliary].into_iter().flatten();
            for tensor in [real, judged].into_iter().chain(scalars).chain(rest) {
                transaction = transaction.register(tensor.burn());
            }
        }
        let mut outputs = transaction.execute_async().await?.into_iter().map(floats);
        let mut next = || outputs.next().expect("as many outputs as were registered");
        settings
            .into_iter()
            .map(|(step, objective, has_penalty, has_auxiliary)| {
                let (real, judged) = (next()?, next()?);
                let mut scalar = |there: bool| match there {
                    true => next().map(|values| values.first().copied().map_or(0.0, f64::from)),
                    false => Ok(0.0),
                };
                let scores = StepScores {
                    generator_loss: scalar(true)?,
                    discriminator_loss: scalar(true)?,
                    real_score: score(objective, &real),
                    fake_score: score(objective, &judged),
                    generator_gradient_norm: scalar(true)?.sqrt(),
                    discriminator_gradient_norm: scalar(true)?.sqrt(),
                    penalty: scalar(has_penalty)?,
                    auxiliary: scalar(has_auxiliary)?,
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

/// The mean of σ over the discriminator's outputs, or of the outputs where σ gives no probability.
fn score(objective: Objective, verdicts: &[f32]) -> f64 {
    let values = verdicts.iter().map(|value| f64::from(*value));
    let sum: f64 = if objective.gives_probability() {
        values.map(|t| 1.0 / (1.0 + (-t).exp())).sum()
    } else {
        values.sum()
    };
    sum / verdicts.len() as f64
}
