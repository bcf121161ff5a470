//! The numbers of one run, and one training step.

mod dissection;

use burn::tensor::Device;
use gan_protocol::{Feed, RealBatch, RunSpec, Shape};
use gan_random::{Purpose, stream};

use crate::auxiliary::{Targets, auxiliary_loss};
use crate::batch::Batch;
use crate::critic::verdicts;
use crate::discriminator::{Discriminator, Shown, column, verdict};
use crate::error::CoreError;
use crate::inputs::{Inputs, one_hot};
use crate::metrics::{PendingMetrics, StepOutputs};
use crate::net::{Condition, Mode, Net, Pass};
use crate::objective::generator_loss;
use crate::ops::tensor::Tensor;
use crate::optimizer::NetOptimizer;
use crate::presentation::presented;
use crate::sampler::samples;

pub use dissection::Dissection;

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
}

/// The reals of one discriminator step on the device.
struct Reals {
    samples: Batch,
    /// Their classes as one-hot rows, where the run has labels: `[batch, classes]`.
    label: Option<Tensor<2>>,
}

/// A batch from the generator.
struct Fakes {
    /// In the graph of the generator's leaves.
    samples: Batch,
    inputs: Inputs,
}

/// The results of a generator step, detached from any graph.
struct Judged {
    /// Verdicts on the fakes: `[batch]`.
    judged: Tensor<1>,
    /// The loss without auxiliary terms: `[1]`.
    loss: Tensor<1>,
    /// Squared norm of the gradient: `[1]`.
    squared_norm: Tensor<1>,
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
        Ok(Self {
            spec: spec.clone(),
            device: device.clone(),
            average: spec.ema.map(|_| generator.clone()),
            generator_optimizer: NetOptimizer::new(&spec.generator_optimizer, &generator),
            generator,
            discriminator: Discriminator { net: discriminator, optimizer },
        })
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

    /// Discriminator steps done, which is also the number of the next one, counted from 0.
    pub fn discriminator_steps(&self) -> u64 {
        self.discriminator.optimizer.updates
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
        match spec.ema {
            Some(_) if self.average.is_none() => self.average = Some(self.generator.clone()),
            None => self.average = None,
            Some(_) => {}
        }
    }

    /// One generator step with the discriminator steps before it (Goodfellow et al. 2014,
    /// algorithm 1). Queues the work; nothing is read back.
    ///
    /// The fakes of the last discriminator step also serve the generator's step, as in DCGAN's
    /// published code, which saves one pass through the generator. Fakes have the classes of the
    /// reals in the same batch. `reals` gives the batch for the discriminator step of the given
    /// number.
    pub fn step(&mut self, mut reals: impl FnMut(u64) -> RealBatch) -> PendingMetrics {
        let step = self.generator_steps();
        for _ in 1..self.spec.discriminator_steps {
            let index = self.discriminator_steps();
            let batch = reals(index);
            let weights = self.generator.parameters();
            let fakes =
                self.fakes(weights, Purpose::DiscriminatorLatents, index, &batch.labels, false);
            let reals = self.shown_reals(&self.on_device(batch), index);
            let fakes = self.shown_fakes(&fakes, index);
            self.discriminator.step(&self.spec, &reals, &fakes, 2 * index);
        }
        let index = self.discriminator_steps();
        let batch = reals(index);
        let leaves = self.generator.leaves();
        let fakes =
            self.fakes(leaves.clone(), Purpose::GeneratorLatents, step, &batch.labels, true);
        let reals = self.on_device(batch);
        let (shown_reals, shown_fakes) =
            (self.shown_reals(&reals, index), self.shown_fakes(&fakes, index));
        let verdicts = self.discriminator.step(&self.spec, &shown_reals, &shown_fakes, 2 * index);
        let unrolled = self.unrolled(&shown_reals, &shown_fakes, step);
        let judged = self.generator_step(leaves, fakes, reals, unrolled);
        self.move_average();
        let outputs = StepOutputs {
            real: verdicts.real,
            fake: verdicts.fake,
            judged: judged.judged,
            losses: [judged.loss, verdicts.loss],
            squared_norms: [judged.squared_norm, verdicts.squared_norm],
            penalty: verdicts.penalty,
            auxiliary: verdicts.auxiliary,
        };
        PendingMetrics::new(self.generator_steps(), &self.spec, outputs)
    }

    /// Moves the average of the generator's weights, if there is one, after an update.
    fn move_average(&mut self) {
        if let (Some(average), Some(ema)) = (&mut self.average, self.spec.ema) {
            let step = self.generator_optimizer.updates as f32;
            let decay = ema.decay.min((1.0 + step) / (10.0 + step));
            average.approach(&self.generator, decay);
        }
    }

    /// A batch of fakes from the generator with `parameters`, of the classes `labels`.
    fn fakes(
        &mut self,
        parameters: Vec<Tensor<1>>,
        purpose: Purpose,
        index: u64,
        labels: &[u16],
        in_generator_step: bool,
    ) -> Fakes {
        let count = self.reals_per_step();
        let mut inputs = Inputs::drawn(&self.spec, purpose, index, count);
        if self.spec.labels.is_some() {
            inputs.labels = labels.to_vec();
        }
        // Separate streams for the two kinds of pass make their dropout masks independent.
        let stream_index = 2 * index + u64::from(in_generator_step);
        let mut randomness = stream(self.spec.seed, Purpose::GeneratorDropout, stream_index);
        let condition = inputs.condition(&self.spec, &self.device);
        let mode =
            Mode::Training { randomness: &mut randomness, moves_statistics: in_generator_step };
        let mut pass = Pass { mode, condition: &condition };
        let weights = self.generator.effective(parameters, in_generator_step);
        let input = inputs.tensor(&self.spec, &self.device);
        let samples = self.generator.forward_with(&weights, input, &mut pass);
        // A flat output is read as the image that it represents, channels first.
        Fakes { samples: samples.shaped(self.spec.data.shape()), inputs }
    }

    /// Reals as discriminator step `index` sees them.
    fn shown_reals(&self, reals: &Reals, index: u64) -> Shown {
        let samples = reals.samples.clone();
        let samples = presented(&self.spec, samples, self.generator_steps(), 4 * index);
        let label = reals.label.clone();
        let condition = Condition { label: label.clone(), generator: None };
        Shown { samples, condition, targets: Targets { label, ..Targets::default() } }
    }

    /// Fakes as discriminator step `index` sees them.
    fn shown_fakes(&self, fakes: &Fakes, index: u64) -> Shown {
        let spec = &self.spec;
        let samples = fakes.samples.clone().inner();
        let samples = presented(spec, samples, self.generator_steps(), 4 * index + 1);
        let condition = fakes.inputs.condition(spec, &self.device);
        Shown { samples, condition, targets: fakes.inputs.targets(spec, &self.device) }
    }

    fn on_device(&self, batch: RealBatch) -> Reals {
        let (spec, device) = (&self.spec, &self.device);
        Reals {
            samples: Batch::from_values(batch.values, spec.data.shape(), device),
            label: spec.labels.map(|labels| one_hot(&batch.labels, labels.classes(), device)),
        }
    }

    /// The discriminator after the further steps of an unrolled GAN (Metz et al. 2016); `None`
    /// without such steps.
    fn unrolled(&self, reals: &Shown, fakes: &Shown, step: u64) -> Option<Discriminator> {
        if self.spec.unrolled_steps == 0 {
            return None;
        }
        let mut copy = self.discriminator.clone();
        for further in 0..self.spec.unrolled_steps as u64 {
            copy.step(&self.spec, reals, fakes, UNROLLED_STREAMS + 32 * step + further);
        }
        Some(copy)
    }

    /// Updates the generator by `fakes`, which were made from `leaves`. `judge`, if given, takes
    /// the discriminator's place.
    ///
    /// The parameters of the discriminator are constants here, so that no gradient is computed for
    /// them.
    fn generator_step(
        &mut self,
        leaves: Vec<Tensor<1>>,
        fakes: Fakes,
        reals: Reals,
        judge: Option<Discriminator>,
    ) -> Judged {
        let step = self.generator_steps();
        let spec = &self.spec;
        let condition = fakes.inputs.condition(spec, &self.device);
        let samples = presented(spec, fakes.samples, step, 4 * step + 2);
        let compared = spec.objective.is_relativistic().then(|| {
            let samples = presented(spec, reals.samples, step, 4 * step + 3);
            (samples, Condition { label: reals.label, generator: None })
        });
        let mut judge = judge;
        let judge = judge.as_mut().unwrap_or(&mut self.discriminator);
        let answers = judge.judge(spec, samples, &condition, 2 * step + 1);
        let on_reals = compared
            .map(|(reals, condition)| verdict(&judge.judge(spec, reals, &condition, 2 * step + 1)));
        let judged = verdict(&answers);
        let on_fakes = column(&judged);
        let mut loss = generator_loss(spec.objective, judged, on_reals);
        let reported = loss.clone().inner();
        let targets = fakes.inputs.targets(spec, &self.device);
        if let Some(term) = auxiliary_loss(spec, &answers, &targets) {
            loss = loss + term;
        }
        let mut gradients = loss.backward();
        let optimizer = &self.spec.generator_optimizer;
        let net = &mut self.generator;
        let squared_norm = self.generator_optimizer.update(optimizer, net, leaves, &mut gradients);
        Judged { judged: on_fakes, loss: reported, squared_norm }
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
        let net = &self.discriminator.net;
        verdicts(net, &self.spec, &batch.values, &batch.labels, &self.device).await
    }
}
