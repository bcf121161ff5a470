//! The numbers of one run, and one training step.

mod batches;
mod dissection;
mod encoding;
mod generator_step;
mod growing;
mod way_back;

use burn::tensor::Device;
use gan_protocol::{Feed, RealBatch, RunSpec, Shape};
use gan_random::{Purpose, stream};

use crate::classifier::Classifier;
use crate::critic::{Judge, verdicts};
use crate::discriminator::{Discriminator, Shown};
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::metrics::{PendingMetrics, StepOutputs};
use crate::net::{Condition, Net};
use crate::optimizer::NetOptimizer;
use crate::sampler::samples;
use crate::trainer::generator_step::Alongside;

pub use dissection::Dissection;
pub(crate) use encoding::EncoderInTraining;
#[cfg(test)]
pub(crate) use encoding::encoding_number;
pub(crate) use way_back::WayBack;

/// First stream number for the steps of the unrolled copy, far from those of a run's own steps.
const UNROLLED_STREAMS: u64 = 1 << 48;

/// Generator, discriminator, their optimisers and counters.
#[derive(Clone)]
pub struct Trainer {
    pub(crate) spec: RunSpec,
    device: Device,
    pub(crate) generator: Net,
    pub(crate) generator_optimizer: NetOptimizer,
    /// Exponential moving average of the generator, if the spec asks for one.
    pub(crate) average: Option<Net>,
    pub(crate) discriminator: Discriminator,
    /// The nets of the way back, if the run translates.
    pub(crate) way_back: Option<WayBack>,
    /// The encoder, if the run has one.
    pub(crate) encoder: Option<EncoderInTraining>,
    /// The classifier of digits, where a term needs it.
    classifier: Option<Classifier>,
}

impl Trainer {
    /// A run at its start.
    ///
    /// # Errors
    /// As [`RunSpec::validate`]; an invalid spec allocates nothing.
    pub fn new(spec: &RunSpec, device: &Device) -> Result<Self, CoreError> {
        spec.validate()?;
        let net = |net, input: Shape, purpose| {
            Net::new(net, input, &mut stream(spec.seed, purpose, 0), device)
        };
        let generator = net(&spec.generator, spec.generator_input(), Purpose::GeneratorWeights)?;
        let discriminator =
            net(&spec.discriminator, spec.discriminator_input(), Purpose::DiscriminatorWeights)?;
        let optimizer = NetOptimizer::new(&spec.discriminator_optimizer, &discriminator);
        let mut trainer = Self {
            spec: spec.clone(),
            device: device.clone(),
            average: spec.ema.map(|_| generator.clone()),
            generator_optimizer: NetOptimizer::new(&spec.generator_optimizer, &generator),
            generator,
            discriminator: Discriminator { net: discriminator, optimizer },
            way_back: WayBack::of(spec, device)?,
            encoder: EncoderInTraining::of(spec, device)?,
            classifier: None,
        };
        trainer.grow_to(0);
        Ok(trainer)
    }

    /// The same run with `classifier`, which it must have before its first step if
    /// [`RunSpec::needs_classifier`].
    #[must_use]
    pub fn with_classifier(self, classifier: Option<Classifier>) -> Self {
        Self { classifier, ..self }
    }

    /// The classifier that it was given.
    pub fn classifier(&self) -> Option<&Classifier> {
        self.classifier.as_ref()
    }

    /// The run's description, with the settings in force.
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// The device that computes the run.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Generator steps done.
    pub fn generator_steps(&self) -> u64 {
        self.generator_optimizer.updates
    }

    /// Discriminator steps done.
    pub fn discriminator_steps(&self) -> u64 {
        self.discriminator.optimizer.updates
    }

    /// The number of the next batch, counted from 0: each step of the discriminator takes one, and
    /// each generator step of a pre-training, in which the discriminator makes none.
    pub fn next_batch(&self) -> u64 {
        self.discriminator_steps() + self.generator_steps().min(self.spec.pretraining_steps)
    }

    /// Count of reals in the batch of a discriminator step.
    pub fn reals_per_step(&self) -> usize {
        self.spec.batch_size * self.spec.packing
    }

    /// Applies changed settings, which must leave the nets and the data as they are.
    pub fn tune(&mut self, spec: &RunSpec) {
        debug_assert_eq!(
            (&spec.generator, &spec.discriminator, spec.generator_input()),
            (&self.spec.generator, &self.spec.discriminator, self.spec.generator_input()),
            "tuning does not change nets"
        );
        self.spec = spec.clone();
        self.generator_optimizer.suit(&spec.generator_optimizer, &self.generator);
        let judge = &mut self.discriminator;
        judge.optimizer.suit(&spec.discriminator_optimizer, &judge.net);
        self.average = suited(self.average.take(), &self.generator, spec);
        if let Some(back) = &mut self.way_back {
            back.tune(spec);
        }
        if let Some(EncoderInTraining { net, optimizer, average }) = &mut self.encoder {
            optimizer.suit(&spec.generator_optimizer, net);
            *average = suited(average.take(), net, spec);
        }
    }

    /// One generator step with the discriminator steps before it (Goodfellow et al. 2014,
    /// algorithm 1). Queues the work; nothing is read back.
    ///
    /// The fakes of the last discriminator step also serve the generator's step, as in DCGAN's
    /// published code, which saves one pass through the generator. Fakes have the classes of the
    /// reals in the same batch, and are made from those reals' pictures. `reals` gives the batch of
    /// the given number.
    ///
    /// In a pre-training the discriminator judges and does not learn. In a translation the nets of the
    /// way back make the same steps after those of the way there, and both generators learn from the
    /// sum of their losses (Zhu et al. 2017, equation 3).
    pub fn step(&mut self, mut reals: impl FnMut(u64) -> RealBatch) -> PendingMetrics {
        self.grow();
        let step = self.generator_steps();
        let is_pretraining = self.spec.is_pretraining(step);
        let further = if is_pretraining { 0 } else { self.spec.discriminator_steps - 1 };
        for _ in 0..further {
            let index = self.next_batch();
            let batch = reals(index);
            let weights = self.generator.parameters();
            let reals = self.reals(&batch, index);
            let (found, purpose) = (reals.latents.clone(), Purpose::DiscriminatorLatents);
            let fakes = self.fakes(weights, purpose, index, &batch, found, false);
            let (shown_reals, shown_fakes) =
                (self.shown_reals(&reals, index), self.shown_fakes(&fakes, index));
            self.discriminator.step(&self.spec, &shown_reals, &shown_fakes, 2 * index);
            self.further_judgement(self.translated_images(&fakes), reals.samples, index);
        }
        let index = self.next_batch();
        let batch = reals(index);
        let leaves = self.generator.leaves();
        let (reals, encoding) = self.reals_with_encoding(&batch, step);
        let (found, purpose) = (reals.latents.clone(), Purpose::GeneratorLatents);
        let fakes = self.fakes(leaves.clone(), purpose, step, &batch, found, true);
        let (shown_reals, shown_fakes) =
            (self.shown_reals(&reals, index), self.shown_fakes(&fakes, index));
        let judge = &mut self.discriminator;
        let verdicts = if is_pretraining {
            judge.heard(&self.spec, &shown_reals, &shown_fakes, 2 * index)
        } else {
            judge.step(&self.spec, &shown_reals, &shown_fakes, 2 * index)
        };
        let unrolled = self.unrolled(&shown_reals, &shown_fakes, step);
        let round = self.round(self.translated_images(&fakes), &reals.samples);
        if let Some(round) = &round {
            self.judgement(round, index);
        }
        let alongside = Alongside { round, encoding };
        let judged = self.generator_step(leaves, fakes, reals, unrolled, alongside);
        self.move_average();
        let outputs = StepOutputs {
            real: verdicts.real,
            fake: verdicts.fake,
            judged: judged.judged,
            losses: [judged.loss, verdicts.loss],
            squared_norms: [judged.squared_norm, verdicts.squared_norm],
            penalty: verdicts.penalty,
            auxiliary: verdicts.auxiliary,
            terms: judged.terms,
            encoder: judged.encoder,
        };
        PendingMetrics::new(self.generator_steps(), &self.spec, outputs)
    }

    /// Moves the averages of the generators' weights, if there are any, after an update.
    fn move_average(&mut self) {
        let Some(ema) = self.spec.ema else { return };
        let optimizer = &self.generator_optimizer;
        let step = optimizer.updates.saturating_sub(optimizer.since) as f32;
        let decay = ema.decay.min((1.0 + step) / (10.0 + step));
        if let Some(average) = &mut self.average {
            average.approach(&self.generator, decay);
        }
        if let Some(WayBack { average: Some(average), generator, .. }) = &mut self.way_back {
            average.approach(generator, decay);
        }
        if let Some(EncoderInTraining { average: Some(average), net, .. }) = &mut self.encoder {
            average.approach(net, decay);
        }
    }

    /// What the nets are told about the fakes of `inputs`.
    pub(crate) fn condition_of(&self, inputs: &Inputs) -> Condition {
        let (spec, device) = (&self.spec, &self.device);
        let latent = spec.judges_pairs().then(|| inputs.rows(Feed::from(spec), device));
        Condition { latent, ..inputs.condition(spec, device) }
    }

    /// The discriminator after the further steps of an unrolled GAN (Metz et al. 2016); `None`
    /// without such steps.
    fn unrolled(&self, reals: &Shown, fakes: &Shown, step: u64) -> Option<Discriminator> {
        if self.spec.unrolled_steps == 0 || self.spec.is_pretraining(step) {
            return None;
        }
        let mut copy = self.discriminator.clone();
        for further in 0..self.spec.unrolled_steps as u64 {
            copy.step(&self.spec, reals, fakes, UNROLLED_STREAMS + 32 * step + further);
        }
        Some(copy)
    }

    /// Samples for `inputs` from the averaged generator if there is one: sample after sample,
    /// channels first, in the range of the last activation. Noise layers draw from the stream of
    /// fresh noise number `noise`.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn samples(&self, inputs: &Inputs, noise: u64) -> Result<Vec<f32>, CoreError> {
        self.samples_watched(inputs, noise, &mut |_| ()).await
    }

    /// As [`Trainer::samples`]. `watcher` receives the count of further samples computed, or queued
    /// where the device computes asynchronously.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn samples_watched(
        &self,
        inputs: &Inputs,
        noise: u64,
        watcher: &mut dyn FnMut(usize),
    ) -> Result<Vec<f32>, CoreError> {
        let net = self.average.as_ref().unwrap_or(&self.generator);
        samples(net, Feed::from(&self.spec), inputs, noise, &self.device, watcher).await
    }

    /// The discriminator's outputs for samples as they are (no augmentation, no noise, running
    /// statistics): `[count, outputs]`, flat; with packing, a row for each pack.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn verdicts(&self, batch: &RealBatch) -> Result<Vec<f32>, CoreError> {
        let (net, spec, device) = (&self.discriminator.net, &self.spec, &self.device);
        let encoder = self.encoder.as_ref().map(|encoder| &encoder.net);
        let encoder = encoder.filter(|_| spec.judges_pairs());
        let RealBatch { values, labels, pictures, .. } = batch;
        verdicts(Judge { net, encoder, spec, device }, values, labels, pictures).await
    }

    /// The logits of the classes that a few labelled samples teach, for samples as they are: `[count,
    /// classes]`, flat; `None` without such classes.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn class_logits(&self, batch: &RealBatch) -> Result<Option<Vec<f32>>, CoreError> {
        if self.spec.semi_supervised.is_none() {
            return Ok(None);
        }
        let outputs = self.verdicts(batch).await?;
        // The verdict comes first, and there are no other tasks.
        let rows = outputs.chunks_exact(self.spec.discriminator_outputs());
        Ok(Some(rows.flat_map(|row| &row[1..]).copied().collect()))
    }
}

/// The average that `spec` asks for: the one before, or one that begins at `generator`.
fn suited(average: Option<Net>, generator: &Net, spec: &RunSpec) -> Option<Net> {
    spec.ema.map(|_| average.unwrap_or_else(|| generator.clone()))
}
