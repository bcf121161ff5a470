//! The settings that can change during a run.

use serde::Serialize;
use serde_json::Value;

use crate::error::SpecError;
use crate::objective::Objective;
use crate::read::reads_struct;
use crate::run::RunSpec;

/// Settings that can change during a run; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tuning {
    /// Learning rate of the generator.
    pub generator_learning_rate: Option<f64>,
    /// Learning rate of the discriminator.
    pub discriminator_learning_rate: Option<f64>,
    /// The losses.
    pub objective: Option<Objective>,
    /// Steps of the discriminator per step of the generator.
    pub discriminator_steps: Option<usize>,
    /// One-sided label smoothing.
    pub label_smoothing: Option<f32>,
}

reads_struct!(Tuning {
    generator_learning_rate = None,
    discriminator_learning_rate = None,
    objective = None,
    discriminator_steps = None,
    label_smoothing = None,
});

impl Tuning {
    /// Reads changes.
    ///
    /// # Errors
    /// The path of the first field that cannot be read, and the reason.
    pub fn from_value(value: &Value) -> Result<Self, SpecError> {
        crate::read::whole(value)
    }

    /// `spec` with the changes.
    ///
    /// # Errors
    /// As [`RunSpec::validate`].
    pub fn applied_to(&self, spec: &RunSpec) -> Result<RunSpec, SpecError> {
        let mut tuned = spec.clone();
        if let Some(rate) = self.generator_learning_rate {
            tuned.generator_optimizer.learning_rate = rate;
        }
        if let Some(rate) = self.discriminator_learning_rate {
            tuned.discriminator_optimizer.learning_rate = rate;
        }
        if let Some(objective) = self.objective {
            tuned.objective = objective;
        }
        if let Some(steps) = self.discriminator_steps {
            tuned.discriminator_steps = steps;
        }
        if let Some(smoothing) = self.label_smoothing {
            tuned.label_smoothing = smoothing;
        }
        tuned.validate()?;
        Ok(tuned)
    }
}
