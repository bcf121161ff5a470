//! The metrics of a training step, and their reading from the device.

use burn::tensor::Transaction;
use gan_protocol::{Metrics, Objective, RunSpec};

use crate::error::CoreError;
use crate::named_tensor::floats;
use crate::ops::tensor::Tensor;

/// The results of one step for its metrics, still on the device.
#[derive(Debug)]
pub struct PendingMetrics {
    /// Generator steps done, this one included.
    pub step: u64,
    pub(crate) objective: Objective,
    pub(crate) outputs: StepOutputs,
}

/// The numbers that metrics are computed from, detached from any graph.
#[derive(Debug)]
pub(crate) struct StepOutputs {
    /// Verdicts on reals in the discriminator's step: `[batch]`.
    pub(crate) real: Tensor<1>,
    /// Verdicts on fakes in the discriminator's step: `[batch]`.
    pub(crate) fake: Tensor<1>,
    /// Verdicts on fakes in the generator's step: `[batch]`.
    pub(crate) judged: Tensor<1>,
    /// The losses that the generator and the discriminator minimise, without penalties and
    /// auxiliary terms: `[1]` each.
    pub(crate) losses: [Tensor<1>; 2],
    /// Squared norms of the generator's gradient and of the discriminator's: `[1]` each.
    pub(crate) squared_norms: [Tensor<1>; 2],
    /// The sum of all penalties: `[1]`.
    pub(crate) penalty: Option<Tensor<1>>,
    /// The sum of all auxiliary terms: `[1]`.
    pub(crate) auxiliary: Option<Tensor<1>>,
    /// The weighted sum of the generator's terms beside the verdict: `[1]`.
    pub(crate) terms: Option<Tensor<1>>,
    /// The encoder's loss: `[1]`.
    pub(crate) encoder: Option<Tensor<1>>,
}

impl PendingMetrics {
    pub(crate) fn new(step: u64, spec: &RunSpec, outputs: StepOutputs) -> Self {
        Self { step, objective: spec.objective, outputs }
    }

    /// Reads the metrics of several steps in one transfer. This also waits until the device has
    /// done the steps.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn read(steps: Vec<Self>) -> Result<Vec<Metrics>, CoreError> {
        let mut transaction = Transaction::default();
        let mut settings = Vec::with_capacity(steps.len());
        for step in steps {
            let StepOutputs { real, judged, losses, squared_norms, .. } = step.outputs;
            let StepOutputs { penalty, auxiliary, terms, encoder, .. } = step.outputs;
            let there = [&penalty, &auxiliary, &terms, &encoder].map(Option::is_some);
            settings.push((step.step, step.objective, there));
            let scalars = losses.into_iter().chain(squared_norms);
            let rest = [penalty, auxiliary, terms, encoder].into_iter().flatten();
            for tensor in [real, judged].into_iter().chain(scalars).chain(rest) {
                transaction = transaction.register(tensor.burn());
            }
        }
        let mut outputs = transaction.execute_async().await?.into_iter().map(floats);
        let mut next = || outputs.next().expect("as many outputs as were registered");
        settings
            .into_iter()
            .map(|(step, objective, [has_penalty, has_auxiliary, has_terms, has_encoder])| {
                let (real, judged) = (next()?, next()?);
                let mut scalar = |there: bool| match there {
                    true => next().map(|values| values.first().copied().map_or(0.0, f64::from)),
                    false => Ok(0.0),
                };
                Ok(Metrics {
                    step,
                    generator_loss: scalar(true)?,
                    discriminator_loss: scalar(true)?,
                    real_score: score(objective, &real),
                    fake_score: score(objective, &judged),
                    generator_gradient_norm: scalar(true)?.sqrt(),
                    discriminator_gradient_norm: scalar(true)?.sqrt(),
                    penalty: scalar(has_penalty)?,
                    auxiliary: scalar(has_auxiliary)?,
                    terms: scalar(has_terms)?,
                    encoder_loss: scalar(has_encoder)?,
                })
            })
            .collect()
    }
}

/// The mean of σ over the discriminator's outputs, or of the outputs if σ gives no probability.
fn score(objective: Objective, verdicts: &[f32]) -> f64 {
    let values = verdicts.iter().map(|value| f64::from(*value));
    let sum: f64 = if objective.gives_probability() {
        values.map(|t| 1.0 / (1.0 + (-t).exp())).sum()
    } else {
        values.sum()
    };
    sum / verdicts.len() as f64
}
