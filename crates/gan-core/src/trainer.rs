//! One run's numbers and one step of it.

use burn::tensor::{Device, Tensor, TensorData, Transaction};
use gan_protocol::{LatentDistribution, LatentSpec, RunSpec, Shape};
use gan_random::{Generator, Purpose, standard_normal, stream, uniform_symmetric};

use crate::error::CoreError;
use crate::net::{Activations, Mode, Net};
use crate::objective::{StepScores, discriminator_loss, generator_loss};
use crate::optimizer::NetOptimizer;

/// Samples are drawn in groups of at most this many, which bounds memory.
const SAMPLE_GROUP: usize = 64;

/// Generator, discriminator, their optimisers and counters.
#[derive(Clone)]
pub struct Trainer {
    pub(crate) spec: RunSpec,
    device: Device,
    pub(crate) generator: Net,
    pub(crate) discriminator: Net,
    /// Exponential moving average of the generator, if the spec asks for one.
    pub(crate) average: Option<Net>,
    pub(crate) generator_optimizer: NetOptimizer,
    pub(crate) discriminator_optimizer: NetOptimizer,
}

/// The reals of one discriminator step: `[batch, channels, height, width]`, flat, in [-1, 1].
pub type RealBatch = Vec<f32>;

/// The discriminator's outputs of one step, still on the device.
#[derive(Debug)]
pub struct PendingScores {
    /// Generator steps done, this one included.
    pub step: u64,
    objective: gan_protocol::Objective,
    smoothing: f32,
    real: Tensor<1>,
    fake: Tensor<1>,
    judged: Tensor<1>,
}

impl Trainer {
    /// A run at its start.
    ///
    /// # Errors
    /// As [`RunSpec::validate`]; nothing is allocated then.
    pub fn new(spec: &RunSpec, device: &Device) -> Result<Self, CoreError> {
        spec.validate()?;
        let weights = |purpose| stream(spec.seed, purpose, 0);
        let generator = Net::new(
            &spec.generator,
            Shape::flat(spec.latent.size),
            &mut weights(Purpose::GeneratorWeights),
            device,
        )?;
        let discriminator = Net::new(
            &spec.discriminator,
            spec.discriminator_input(),
            &mut weights(Purpose::DiscriminatorWeights),
            device,
        )?;
        Ok(Self {
            spec: spec.clone(),
            device: device.clone(),
            average: spec.ema.map(|_| generator.clone()),
            generator_optimizer: NetOptimizer::new(&generator),
            discriminator_optimizer: NetOptimizer::new(&discriminator),
            generator,
            discriminator,
        })
    }

    /// The run's description, with the settings in force.
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// Generator steps done.
    pub fn generator_steps(&self) -> u64 {
        self.generator_optimizer.updates
    }

    /// Discriminator steps done; the next one's number, counted from 0.
    pub fn discriminator_steps(&self) -> u64 {
        self.discriminator_optimizer.updates
    }

    /// Puts settings in force that leave the nets and the data as they are: learning rates,
    /// objective, steps of the discriminator, smoothing.
    pub fn tune(&mut self, spec: &RunSpec) {
        debug_assert_eq!(
            (&spec.generator, &spec.discriminator),
            (&self.spec.generator, &self.spec.discriminator),
            "tuning does not change nets"
        );
        self.spec = spec.clone();
    }

    /// One generator step with the discriminator steps before it (Goodfellow et al. 2014,
    /// algorithm 1). Queues the work; nothing is read back.
    ///
    /// The fakes of the last discriminator step serve the generator's step too, as in DCGAN's
    /// published code: one pass through the generator less. `reals` gives the batch for the
    /// discriminator step of the given number.
    pub fn step(&mut self, mut reals: impl FnMut(u64) -> RealBatch) -> PendingScores {
        for _ in 1..self.spec.discriminator_steps {
            let index = self.discriminator_steps();
            let leaves = self.generator.parameters.clone();
            let fakes = self.fakes(&leaves, Purpose::DiscriminatorLatents, index, false);
            self.discriminator_step(reals(index), fakes);
        }
        let leaves = self.generator.leaves();
        let fakes = self.fakes(&leaves, Purpose::GeneratorLatents, self.generator_steps(), true);
        let batch = reals(self.discriminator_steps());
        let (real, fake) = self.discriminator_step(batch, fakes.clone().inner());
        let judged = self.generator_step(&leaves, fakes);
        if let (Some(average), Some(ema)) = (&mut self.average, self.spec.ema) {
            let step = self.generator_optimizer.updates as f32;
            let decay = ema.decay.min((1.0 + step) / (10.0 + step));
            average.approach(&self.generator, decay);
        }
        PendingScores {
            step: self.generator_steps(),
            objective: self.spec.objective,
            smoothing: self.spec.label_smoothing,
            real,
            fake,
            judged,
        }
    }

    /// A batch of the generator with `parameters`: `[batch, channels, height, width]`.
    fn fakes(
        &mut self,
        parameters: &[Tensor<1>],
        purpose: Purpose,
        index: u64,
        moves_statistics: bool,
    ) -> Tensor<4> {
        let latents = self.latents(purpose, index, self.spec.batch_size);
        // Masks of the two kinds of pass come from streams of their own.
        let stream_index = 2 * index + u64::from(moves_statistics);
        let mut dropout = stream(self.spec.seed, Purpose::GeneratorDropout, stream_index);
        let mut mode = Mode::Training { dropout: &mut dropout, moves_statistics };
        let output = self.generator.forward_with(parameters, Activations::Flat(latents), &mut mode);
        match output {
            Activations::Image(samples) => samples,
            // A vector is read as the image that it stands for, channels first.
            Activations::Flat(samples) => {
                let data = &self.spec.data;
                let batch = samples.dims()[0];
                samples.reshape([batch, data.channels, data.height, data.width])
            }
        }
    }

    /// Updates the discriminator; gives its outputs for reals and fakes, `[batch]` each.
    fn discriminator_step(&mut self, batch: RealBatch, fakes: Tensor<4>) -> (Tensor<1>, Tensor<1>) {
        let index = self.discriminator_steps();
        let size = self.spec.batch_size;
        let reals = self.real_tensor(batch);
        let leaves = self.discriminator.leaves();
        let mut dropout = stream(self.spec.seed, Purpose::DiscriminatorDropout, 2 * index);
        let mut mode = Mode::Training { dropout: &mut dropout, moves_statistics: true };
        let apart = self.discriminator.mixes_samples();
        let mut judge = |samples: Tensor<4>, mode: &mut Mode<'_>| {
            let input = Activations::Image(samples);
            self.discriminator.forward_with(&leaves, input, mode).flat()
        };
        let (real, fake) = if apart {
            // Each kind gets statistics of its own, as in DCGAN.
            (judge(reals, &mut mode), judge(fakes, &mut mode))
        } else {
            // One pass over both gives the same numbers with half the launches.
            let both = judge(Tensor::cat(vec![reals, fakes], 0), &mut mode);
            (both.clone().slice([0..size, 0..1]), both.slice([size..2 * size, 0..1]))
        };
        let outputs = (flattened(&real), flattened(&fake));
        let loss = discriminator_loss(self.spec.objective, real, fake, self.spec.label_smoothing);
        let mut gradients = loss.backward();
        self.discriminator_optimizer.update(
            &self.spec.discriminator_optimizer,
            &mut self.discriminator,
            &leaves,
            &mut gradients,
        );
        outputs
    }

    /// Updates the generator by `fakes`, made from `leaves`; gives the discriminator's outputs
    /// for them, `[batch]`.
    ///
    /// The discriminator's parameters take part as constants, so that no gradient is computed
    /// for them.
    fn generator_step(&mut self, leaves: &[Tensor<1>], fakes: Tensor<4>) -> Tensor<1> {
        let stream_index = 2 * self.generator_steps() + 1;
        let mut dropout = stream(self.spec.seed, Purpose::DiscriminatorDropout, stream_index);
        let mut mode = Mode::Training { dropout: &mut dropout, moves_statistics: false };
        let judged = self.discriminator.forward(Activations::Image(fakes), &mut mode).flat();
        let outputs = flattened(&judged);
        let mut gradients = generator_loss(self.spec.objective, judged).backward();
        self.generator_optimizer.update(
            &self.spec.generator_optimizer,
            &mut self.generator,
            leaves,
            &mut gradients,
        );
        outputs
    }

    /// Samples for `latents` (`[count, latent size]`, flat) by the averaged generator where there
    /// is one: `[count, channels, height, width]`, flat, in the range of the last activation.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn samples(&self, latents: &[f32]) -> Result<Vec<f32>, CoreError> {
        let size = self.spec.latent.size;
        let mut net = self.average.as_ref().unwrap_or(&self.generator).clone();
        let mut transaction = Transaction::default();
        for group in latents.chunks(SAMPLE_GROUP * size) {
            let input = TensorData::new(group.to_vec(), [group.len() / size, size]);
            let input = Activations::Flat(Tensor::from_data(input, &self.device));
            let samples = net.forward(input, &mut Mode::Sampling).flat();
            let count: usize = samples.dims().iter().product();
            transaction = transaction.register(samples.reshape([count]));
        }
        let mut values = Vec::new();
        for data in transaction.execute_async().await? {
            values.extend(floats(data)?);
        }
        Ok(values)
    }

    fn latents(&self, purpose: Purpose, index: u64, count: usize) -> Tensor<2> {
        let values = latents(self.spec.latent, self.spec.seed, purpose, index, count);
        let data = TensorData::new(values, [count, self.spec.latent.size]);
        Tensor::from_data(data, &self.device)
    }

    fn real_tensor(&self, batch: RealBatch) -> Tensor<4> {
        let data = &self.spec.data;
        let dimensions = [self.spec.batch_size, data.channels, data.height, data.width];
        Tensor::from_data(TensorData::new(batch, dimensions), &self.device)
    }

    /// What computes.
    pub fn device(&self) -> &Device {
        &self.device
    }
}

impl PendingScores {
    /// Reads the scores of several steps in one go; this also waits until the device has done
    /// them.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn read(steps: Vec<Self>) -> Result<Vec<(u64, StepScores)>, CoreError> {
        let mut transaction = Transaction::default();
        let mut settings = Vec::with_capacity(steps.len());
        for step in steps {
            settings.push((step.step, step.objective, step.smoothing));
            transaction = transaction.register(step.real).register(step.fake).register(step.judged);
        }
        let mut outputs = transaction.execute_async().await?.into_iter().map(floats);
        let mut next = || outputs.next().expect("three outputs a step were registered");
        settings
            .into_iter()
            .map(|(step, objective, smoothing)| {
                let (real, fake, judged) = (next()?, next()?, next()?);
                let scores = StepScores::from_outputs(objective, smoothing, &real, &fake, &judged);
                Ok((step, scores))
            })
            .collect()
    }
}

/// `count` latents for `purpose` and `index` of the run seeded with `seed`: `[count, size]`, flat.
pub fn latents(
    spec: LatentSpec,
    seed: u64,
    purpose: Purpose,
    index: u64,
    count: usize,
) -> Vec<f32> {
    let mut generator: Generator = stream(seed, purpose, index);
    match spec.distribution {
        LatentDistribution::Normal => standard_normal(&mut generator, count * spec.size),
        LatentDistribution::Uniform => uniform_symmetric(&mut generator, count * spec.size),
    }
}

/// `[batch, 1]` as `[batch]`, outside of any graph.
fn flattened(outputs: &Tensor<2>) -> Tensor<1> {
    let batch = outputs.dims()[0];
    outputs.clone().inner().reshape([batch])
}

pub(crate) fn floats(data: TensorData) -> Result<Vec<f32>, CoreError> {
    data.try_into_vec::<f32>().map_err(|error| CoreError::Device(format!("{error:?}")))
}
