//! One training step in its parts, and half steps, for pages that show how a step works.

use burn::tensor::Transaction;
use gan_protocol::{Metrics, RealBatch};
use gan_random::Purpose;

use super::Trainer;
use super::encoding::encoding_number;
use super::generator_step::{Alongside, Judged};
use crate::discriminator::{column, verdict};
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::metrics::PendingMetrics;
use crate::named_tensor::floats;
use crate::objective::{Smoothing, discriminator_loss, generator_loss};

/// The parts of the next step of a run. Verdicts are the discriminator's outputs, one a sample
/// (with packing one a pack; of a map of verdicts, its mean), as training sees them: with
/// augmentation, noise and the batch's statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Dissection {
    /// Inputs of the generator.
    pub inputs: Inputs,
    /// Reals of the discriminator's last step: sample after sample, channels first.
    pub reals: Vec<f32>,
    /// The generator's samples for the inputs, in the same layout.
    pub fakes: Vec<f32>,
    /// Samples for the same inputs after the generator's update.
    pub fakes_after: Vec<f32>,
    /// Verdicts on the reals before the discriminator's update.
    pub on_reals: Vec<f32>,
    /// Verdicts on the fakes before the discriminator's update.
    pub on_fakes: Vec<f32>,
    /// Verdicts on the reals after the discriminator's update.
    pub on_reals_after: Vec<f32>,
    /// Verdicts on the same fakes after the discriminator's update. The generator learns from them.
    pub on_fakes_after: Vec<f32>,
    /// Verdicts on the new fakes (`fakes_after`).
    pub on_new_fakes: Vec<f32>,
    /// The metrics that the step itself reports.
    pub metrics: Metrics,
    /// The discriminator's loss on the same batch after its update.
    pub discriminator_loss_after: f64,
    /// The generator's loss on the same inputs after its update.
    pub generator_loss_after: f64,
}

/// A verdict for each of `units` samples (or packs): of a map of verdicts, the mean.
fn one_each(outputs: Vec<f32>, units: usize) -> Vec<f32> {
    let patches = outputs.len() / units.max(1);
    if patches < 2 {
        return outputs;
    }
    outputs.chunks(patches).map(|map| map.iter().sum::<f32>() / map.len() as f32).collect()
}

impl Trainer {
    /// Computes the parts of the next step on a copy, so that the run stays as it is. `reals` as in
    /// [`Trainer::step`]; a call of that method makes exactly this step next.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn dissect(
        &self,
        mut reals: impl FnMut(u64) -> RealBatch,
    ) -> Result<Dissection, CoreError> {
        let (spec, step) = (&self.spec, self.generator_steps());
        let mut batch = RealBatch::default();
        let mut after = self.clone();
        let pending = after.step(|index| {
            batch = reals(index);
            batch.clone()
        });
        // The generator does not change during the discriminator's steps, so these fakes equal
        // those of the last one.
        let fakes_of = |trainer: &mut Self| {
            let weights = trainer.generator.parameters();
            let reals = trainer.on_device(&batch);
            let found = trainer.encoded(&reals.samples, encoding_number(step));
            trainer.fakes(weights, Purpose::GeneratorLatents, step, &batch, found, true)
        };
        let mut before = self.clone();
        before.grow();
        let fakes = fakes_of(&mut before);
        let new_fakes = fakes_of(&mut after.clone());
        let index = after.next_batch() - 1;
        let mut reals = after.on_device(&batch);
        let reals_seen = reals.samples.clone();
        // The pairs that the step's discriminator saw.
        reals.latents = self.clone().encoded(&reals.samples, encoding_number(step));
        let shown = [after.shown_reals(&reals, index), after.shown_fakes(&new_fakes, index)];
        let [on_reals_after, on_new_fakes] = shown.map(|shown| {
            let mut judge = after.discriminator.clone();
            verdict(&judge.judge(spec, shown.samples, &shown.condition, 2 * step + 1)).inner()
        });
        let outputs = &pending.outputs;
        let on_fakes_after = outputs.judged.clone().reshape([outputs.judged.dims()[0], 1]);
        let (objective, smoothing) = (spec.objective, Smoothing::of(spec));
        let reals = || on_reals_after.clone();
        let compared = objective.is_relativistic().then(reals);
        let losses_after = [
            discriminator_loss(objective, reals(), on_fakes_after, smoothing),
            generator_loss(objective, on_new_fakes.clone(), compared),
        ];
        let verdicts = [
            outputs.real.clone(),
            outputs.fake.clone(),
            outputs.judged.clone(),
            column(&on_reals_after),
            column(&on_new_fakes),
        ];
        let mut transaction = Transaction::default();
        for one in verdicts.into_iter().chain(losses_after) {
            transaction = transaction.register(one.burn());
        }
        // As the discriminator saw them, where a stage of growth is faded in.
        let grown = reals_seen.clone().inner().flat();
        transaction = transaction.register(grown.burn());
        for samples in [&fakes, &new_fakes] {
            // Reconstructions, if there are any, stand behind what was made of drawn latents.
            let drawn = samples.samples.clone().inner().rows(0, self.reals_per_step());
            transaction = transaction.register(drawn.flat().burn());
        }
        let mut read = transaction.execute_async().await?.into_iter().map(floats);
        let mut next = || read.next().expect("as many tensors as were registered");
        let units = self.spec.batch_size;
        let made = fakes.samples.count() / self.spec.packing;
        let mut verdicts = |of: usize| {
            next().map(|outputs| {
                let mut all = one_each(outputs, of);
                all.truncate(units);
                all
            })
        };
        let (on_reals, on_fakes, on_fakes_after) =
            (verdicts(units)?, verdicts(made)?, verdicts(made)?);
        let (on_reals_after, on_new_fakes) = (verdicts(units)?, verdicts(made)?);
        let [discriminator_loss_after, generator_loss_after] =
            [next()?, next()?].map(|loss| loss.first().copied().map_or(0.0, f64::from));
        let (reals, fakes, inputs, fakes_after) = (next()?, next()?, fakes.inputs, next()?);
        let mut metrics = PendingMetrics::read(vec![pending]).await?;
        let metrics = metrics.pop().expect("the metrics of one step");
        Ok(Dissection {
            inputs,
            reals,
            fakes,
            fakes_after,
            on_reals,
            on_fakes,
            on_reals_after,
            on_fakes_after,
            on_new_fakes,
            metrics,
            discriminator_loss_after,
            generator_loss_after,
        })
    }

    /// One step of the discriminator; the generator stays as it is.
    pub fn step_discriminator(&mut self, reals: impl FnOnce(u64) -> RealBatch) {
        self.grow();
        let index = self.next_batch();
        let batch = reals(index);
        let weights = self.generator.parameters();
        let reals = self.reals(&batch, index);
        let found = reals.latents.clone();
        let purpose = Purpose::DiscriminatorLatents;
        let fakes = self.fakes(weights, purpose, index, &batch, found, false);
        let (shown_reals, shown_fakes) =
            (self.shown_reals(&reals, index), self.shown_fakes(&fakes, index));
        self.discriminator.step(&self.spec, &shown_reals, &shown_fakes, 2 * index);
        self.further_judgement(self.translated_images(&fakes), reals.samples, index);
    }

    /// One step of the generator; the discriminator stays as it is. A relativistic objective
    /// compares with the reals that the discriminator's next step will see.
    pub fn step_generator(&mut self, reals: impl FnOnce(u64) -> RealBatch) {
        self.grow();
        let (step, index) = (self.generator_steps(), self.next_batch());
        let batch = reals(index);
        let leaves = self.generator.leaves();
        let (reals, encoding) = self.reals_with_encoding(&batch, step);
        let (found, purpose) = (reals.latents.clone(), Purpose::GeneratorLatents);
        let fakes = self.fakes(leaves.clone(), purpose, step, &batch, found, true);
        let unrolled = {
            let (reals, fakes) = (self.shown_reals(&reals, index), self.shown_fakes(&fakes, index));
            self.unrolled(&reals, &fakes, step)
        };
        let round = self.round(self.translated_images(&fakes), &reals.samples);
        let alongside = Alongside { round, encoding };
        let Judged { .. } = self.generator_step(leaves, fakes, reals, unrolled, alongside);
        self.move_average();
    }
}
