//! What a step reports, from what the trainer says of it.

use gan_core::StepScores;
use gan_protocol::Metrics;

/// A step's scores as they are told.
pub fn metrics_of(step: u64, scores: &StepScores) -> Metrics {
    Metrics {
        step,
        generator_loss: scores.generator_loss,
        discriminator_loss: scores.discriminator_loss,
        real_score: scores.real_score,
        fake_score: scores.fake_score,
        penalty: scores.penalty,
        auxiliary: scores.auxiliary,
        generator_gradient_norm: scores.generator_gradient_norm,
        discriminator_gradient_norm: scores.discriminator_gradient_norm,
    }
}
