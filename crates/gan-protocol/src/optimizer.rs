//! Describes a net's optimiser: the update rule, decay, clipping and the schedule of the step size.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::read::{reads_struct, reads_tagged};

/// One net's optimiser. The order within an update is that of PyTorch: clip, weight decay, step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OptimizerSpec {
    /// Step size.
    pub learning_rate: f64,
    /// The rule.
    pub method: OptimizerMethod,
    /// Adds `weight_decay * weight` to the gradient. For AdamW: shrinks the weight by
    /// `learning_rate * weight_decay` instead, apart from the gradient.
    #[serde(skip_serializing_if = "is_zero")]
    pub weight_decay: f32,
    /// Scales the gradient over all of the net's parameters down to this Euclidean norm (Pascanu et
    /// al. 2013).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f32>,
    /// Clamps each number of the gradient to plus and minus this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_value: Option<f32>,
    /// How the step size changes with the number of the net's updates; absent is constant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleSpec>,
}

/// The rule of an optimiser; formulas and defaults are PyTorch's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OptimizerMethod {
    /// `w -= lr * v` with `v = momentum * v + g` (and `g + momentum * v` in place of `v`, for
    /// Nesterov's); without momentum, plain gradient descent.
    Sgd {
        /// Weight of the old direction.
        momentum: f32,
        /// Whether the gradient is taken ahead of the step (Nesterov 1983).
        nesterov: bool,
    },
    /// Adam (Kingma & Ba 2015, algorithm 1). `beta_1` 0.5 is DCGAN's (Radford et al. 2015).
    Adam {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the root of the second moment.
        epsilon: f32,
    },
    /// Adam with weight decay apart from the gradient (Loshchilov & Hutter 2019).
    AdamW {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the root of the second moment.
        epsilon: f32,
    },
    /// `s = decay * s + (1 - decay) g²; w -= lr * g / (sqrt(s) + epsilon)` (Hinton 2012), with
    /// momentum on the quotient where it is set.
    RmsProp {
        /// Decay of the squares.
        decay: f32,
        /// Weight of the old direction.
        momentum: f32,
        /// Added to the root of the squares.
        epsilon: f32,
    },
}

impl Default for OptimizerMethod {
    fn default() -> Self {
        Self::Adam { beta_1: BETA_1, beta_2: BETA_2, epsilon: EPSILON }
    }
}

/// A factor of the step size, as a function of the number of updates made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScheduleSpec {
    /// Updates over which the step size rises in a straight line to its full value.
    pub warm_up: u64,
    /// The decrease afterwards.
    pub decay: DecaySpec,
}

/// How the step size decreases. `t` is the number of updates made before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DecaySpec {
    /// No decrease.
    Constant {},
    /// In a straight line from 1 at `begin` to `factor` at `end`, constant after that.
    Linear {
        /// The last `t` with the full step size.
        begin: u64,
        /// The first `t` with `factor`.
        end: u64,
        /// The factor at the end, 0 to 1.
        factor: f64,
    },
    /// Half a cosine from 1 to `factor` over `updates` (Loshchilov & Hutter 2017, without
    /// restarts).
    Cosine {
        /// Updates until `factor` is reached.
        updates: u64,
        /// The factor at the end, 0 to 1.
        factor: f64,
    },
    /// `factor^(t / updates)`.
    Exponential {
        /// Updates for which one `factor` is applied.
        updates: u64,
        /// The factor, 0.000001 to 1.
        factor: f64,
    },
    /// `factor^floor(t / updates)`.
    Staircase {
        /// Updates between two steps down.
        updates: u64,
        /// The factor of one step down, 0.000001 to 1.
        factor: f64,
    },
}

/// DCGAN's (Radford et al. 2015).
const BETA_1: f32 = 0.5;
/// Adam's (Kingma & Ba 2015).
const BETA_2: f32 = 0.999;
/// PyTorch's.
const EPSILON: f32 = 1e-8;

fn is_zero(value: &f32) -> bool {
    *value == 0.0
}
impl OptimizerSpec {
    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("learning_rate", self.learning_rate, 0.0, 1.0)?;
        self.method.validate().map_err(|error| error.within("method"))?;
        in_range("weight_decay", self.weight_decay, 0.0, 1.0)?;
        if let Some(norm) = self.clip_norm {
            in_range("clip_norm", norm, 1e-6, 1e6)?;
        }
        if let Some(value) = self.clip_value {
            in_range("clip_value", value, 1e-6, 1e6)?;
        }
        if let Some(schedule) = &self.schedule {
            schedule.decay.validate().map_err(|error| error.within("schedule.decay"))?;
        }
        Ok(())
    }

    /// The step size of the update that follows `updates` others.
    pub fn learning_rate_at(&self, updates: u64) -> f64 {
        self.learning_rate * self.schedule.map_or(1.0, |schedule| schedule.factor(updates))
    }
}

impl OptimizerMethod {
    fn validate(&self) -> Result<(), SpecError> {
        let decay = |name: &str, value: f32| in_range(name, value, 0.0, 0.999_999);
        let positive = |epsilon: f32| in_range("epsilon", epsilon, 1e-12, 1.0);
        match *self {
            Self::Sgd { momentum, nesterov } => {
                decay("momentum", momentum)?;
                if nesterov && momentum == 0.0 {
                    return Err(SpecError::new("nesterov", "is set, but there is no momentum"));
                }
                Ok(())
            }
            Self::Adam { beta_1, beta_2, epsilon } | Self::AdamW { beta_1, beta_2, epsilon } => {
                decay("beta_1", beta_1)?;
                decay("beta_2", beta_2)?;
                positive(epsilon)
            }
            Self::RmsProp { decay: squares, momentum, epsilon } => {
                decay("decay", squares)?;
                decay("momentum", momentum)?;
                positive(epsilon)
            }
        }
    }
}

impl ScheduleSpec {
    /// The factor of the step size after `updates` updates.
    pub fn factor(&self, updates: u64) -> f64 {
        let rise =
            if updates < self.warm_up { (updates + 1) as f64 / self.warm_up as f64 } else { 1.0 };
        rise * self.decay.factor(updates)
    }
}

impl DecaySpec {
    fn validate(&self) -> Result<(), SpecError> {
        match *self {
            Self::Constant {} => Ok(()),
            Self::Linear { begin, end, factor } => {
                if end <= begin {
                    return Err(SpecError::new("end", format!("is {end}, not after {begin}")));
                }
                in_range("factor", factor, 0.0, 1.0)
            }
            Self::Cosine { updates, factor } => {
                in_range("updates", updates, 1, u64::MAX)?;
                in_range("factor", factor, 0.0, 1.0)
            }
            Self::Exponential { updates, factor } | Self::Staircase { updates, factor } => {
                in_range("updates", updates, 1, u64::MAX)?;
                in_range("factor", factor, 1e-6, 1.0)
            }
        }
    }

    fn factor(&self, updates: u64) -> f64 {
        match *self {
            Self::Constant {} => 1.0,
            Self::Linear { begin, end, factor } => {
                let gone = updates.saturating_sub(begin) as f64 / (end - begin) as f64;
                1.0 + (factor - 1.0) * gone.min(1.0)
            }
            Self::Cosine { updates: length, factor } => {
                let gone = (updates as f64 / length as f64).min(1.0);
                factor + (1.0 - factor) * 0.5 * (1.0 + (std::f64::consts::PI * gone).cos())
            }
            Self::Exponential { updates: length, factor } => {
                factor.powf(updates as f64 / length as f64)
            }
            Self::Staircase { updates: length, factor } => factor.powf((updates / length) as f64),
        }
    }
}

reads_struct!(OptimizerSpec {
    learning_rate,
    method = OptimizerMethod::default(),
    weight_decay = 0.0,
    clip_norm = None,
    clip_value = None,
    schedule = None,
});
reads_tagged!(OptimizerMethod by "kind" {
    "sgd" => Sgd { momentum = 0.0, nesterov = false },
    "adam" => Adam { beta_1 = BETA_1, beta_2 = BETA_2, epsilon = EPSILON },
    "adam_w" => AdamW { beta_1 = BETA_1, beta_2 = BETA_2, epsilon = EPSILON },
    "rms_prop" => RmsProp { decay = 0.99, momentum = 0.0, epsilon = EPSILON },
});
reads_struct!(ScheduleSpec { warm_up = 0, decay = DecaySpec::Constant {} });
reads_tagged!(DecaySpec by "kind" {
    "constant" => Constant {},
    "linear" => Linear { begin, end, factor },
    "cosine" => Cosine { updates, factor },
    "exponential" => Exponential { updates, factor },
    "staircase" => Staircase { updates, factor },
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_rises_and_then_falls() {
        let linear = DecaySpec::Linear { begin: 10, end: 20, factor: 0.1 };
        let schedule = ScheduleSpec { warm_up: 4, decay: linear };
        let factors: Vec<f64> =
            [0, 1, 3, 4, 10, 15, 20, 99].map(|t| schedule.factor(t)).into_iter().collect();
        let expected = [0.25, 0.5, 1.0, 1.0, 1.0, 0.55, 0.1, 0.1];
        for (found, expected) in factors.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{factors:?}");
        }
    }

    #[test]
    fn every_decay_is_at_its_stated_value_at_its_end() {
        let cases = [
            (DecaySpec::Cosine { updates: 100, factor: 0.2 }, 100, 0.2),
            (DecaySpec::Cosine { updates: 100, factor: 0.2 }, 50, 0.6),
            (DecaySpec::Exponential { updates: 100, factor: 0.25 }, 50, 0.5),
            (DecaySpec::Staircase { updates: 100, factor: 0.5 }, 99, 1.0),
            (DecaySpec::Staircase { updates: 100, factor: 0.5 }, 200, 0.25),
        ];
        for (decay, at, expected) in cases {
            let found = decay.factor(at);
            assert!((found - expected).abs() < 1e-12, "{decay:?} at {at}: {found}");
        }
    }
}
