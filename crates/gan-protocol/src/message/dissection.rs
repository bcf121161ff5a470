//! One training step in detail.

use serde::Serialize;

use super::metrics::Metrics;
use crate::read::{number_or_nan, numbers_or_nan, reads_struct};

/// The step that a run makes next, made on a copy and reported in detail (Goodfellow et al. 2014,
/// algorithm 1). As JSON, a number that is not finite is `null`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dissection {
    /// The step's measurements.
    pub metrics: Metrics,
    /// The first few numbers of the latent of each attached sample.
    pub latents: Vec<Vec<f32>>,
    /// On the reals of the discriminator's last step, before its update.
    pub on_reals: Verdicts,
    /// On the fakes of that step, before the discriminator's update.
    pub on_fakes: Verdicts,
    /// On the same reals, after the discriminator's update.
    pub on_reals_after: Verdicts,
    /// On the same fakes, after the discriminator's update: the generator learns from these.
    pub on_fakes_after: Verdicts,
    /// On the updated generator's samples from the same latents.
    pub on_new_fakes: Verdicts,
    /// The discriminator's loss on the same batch after its update, in the units of
    /// [`Metrics::discriminator_loss`].
    pub discriminator_loss_after: f64,
    /// The generator's loss on the same latents after its update, in the units of [`Metrics::generator_loss`].
    pub generator_loss_after: f64,
}

/// The discriminator's outputs for a batch, before any sigmoid: one for each sample; with packing, one for each pack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdicts {
    /// On the attached samples; with packing, on the packs that begin with these.
    pub first: Vec<f32>,
    /// Mean over the whole batch.
    pub mean: f64,
}

reads_struct!(Dissection {
    metrics,
    latents,
    on_reals,
    on_fakes,
    on_reals_after,
    on_fakes_after,
    on_new_fakes,
    discriminator_loss_after by number_or_nan,
    generator_loss_after by number_or_nan,
});
reads_struct!(Verdicts { first by numbers_or_nan, mean by number_or_nan });

#[cfg(test)]
mod tests {
    use crate::examples;
    use serde_json::Value;

    use super::*;

    #[test]
    fn numbers_that_are_not_finite_are_null_and_come_back_as_none() {
        let mut diverged = examples::dissection();
        diverged.on_new_fakes = Verdicts { first: vec![0.5, f32::NAN], mean: f64::INFINITY };
        diverged.generator_loss_after = f64::NAN;
        let json = serde_json::to_value(&diverged).expect("plain data");
        assert_eq!(json["on_new_fakes"]["first"], serde_json::json!([0.5, null]));
        assert_eq!(json["generator_loss_after"], Value::Null);
        let read: Dissection = serde_json::from_value(json).expect("written");
        assert_eq!(read.on_new_fakes.first[0], 0.5);
        assert!(read.on_new_fakes.first[1].is_nan() && read.on_new_fakes.mean.is_nan());
        assert!(read.generator_loss_after.is_nan());
        assert_eq!(read.on_fakes, diverged.on_fakes);
    }
}
