//! The encoder in training. The formulas stand at [`EncoderMethod`].

use burn::tensor::Device;
use gan_protocol::{EncoderMethod, RunSpec};
use gan_random::{Purpose, standard_normal, stream};

use super::Trainer;
use crate::batch::{Batch, both};
use crate::discriminator::{Discriminator, verdict};
use crate::encoder::latents;
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::net::{Condition, Mode, Net, Pass};
use crate::objective::encoder_loss;
use crate::ops::tensor::{Gradients, Tensor};
use crate::optimizer::NetOptimizer;
use crate::presentation::presented;
use crate::terms::mean_squared_difference;

/// First stream number of the generator's dropout in passes from the encoder's latents, far from those
/// of a run's own steps.
const STREAMS: u64 = 1 << 46;

/// The encoder and the state of its optimiser.
#[derive(Clone)]
pub(crate) struct EncoderInTraining {
    pub(crate) net: Net,
    pub(crate) optimizer: NetOptimizer,
    /// Exponential moving average of its weights, if the spec asks for averages.
    pub(crate) average: Option<Net>,
}

/// What the encoder finds for one batch of reals, in the graph of its leaves.
pub(super) struct Encoding {
    pub(super) leaves: Vec<Tensor<1>>,
    found: Latents,
}

/// Latents of a batch.
struct Latents {
    /// `[batch, size]`; of a Gaussian encoder, drawn.
    drawn: Tensor<2>,
    /// Means and logarithms of the variances, `[batch, size]` each, of a Gaussian encoder.
    gaussian: Option<[Tensor<2>; 2]>,
}

impl EncoderInTraining {
    /// The encoder at the start of a run by `spec`; `None` if the run has none.
    ///
    /// # Errors
    /// As [`Net::new`].
    pub(super) fn of(spec: &RunSpec, device: &Device) -> Result<Option<Self>, CoreError> {
        let Some(encoder) = &spec.encoder else { return Ok(None) };
        let mut randomness = stream(spec.seed, Purpose::EncoderWeights, 0);
        let net = Net::new(&encoder.net, spec.data.shape(), &mut randomness, device)?;
        let optimizer = NetOptimizer::new(&spec.generator_optimizer, &net);
        Ok(Some(Self { optimizer, average: spec.ema.map(|_| net.clone()), net }))
    }

    /// The net whose latents are shown.
    fn for_use(&self) -> &Net {
        self.average.as_ref().unwrap_or(&self.net)
    }

    /// The latents of `samples`, by `parameters`. Dropout and draws come from the streams number `number`.
    fn latents(
        &mut self,
        spec: &RunSpec,
        parameters: Vec<Tensor<1>>,
        samples: Batch,
        number: u64,
        is_first: bool,
    ) -> Latents {
        let mut randomness = stream(spec.seed, Purpose::EncoderDropout, number);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: is_first };
        let condition = Condition::default();
        let weights = self.net.effective(parameters, is_first);
        let pass = &mut Pass::new(mode, &condition);
        let found = self.net.forward_with(&weights, samples, pass).flat();
        let ([batch, outputs], size) = (found.dims(), spec.latent.size);
        if outputs == size {
            return Latents { drawn: found, gaussian: None };
        }
        let mean = found.clone().narrow(1, 0, size);
        let log_variance = found.narrow(1, size, size);
        let mut randomness = stream(spec.seed, Purpose::Posterior, number);
        let noise = standard_normal(&mut randomness, batch * size);
        let noise = Tensor::from_values(noise, [batch, size], &mean.device());
        let drawn = mean.clone() + log_variance.clone().mul_scalar(0.5).exp() * noise;
        Latents { drawn, gaussian: Some([mean, log_variance]) }
    }
}

impl Encoding {
    /// The latents, detached from any graph: `[batch, size]`.
    pub(super) fn latents(&self) -> Tensor<2> {
        self.found.drawn.clone().inner()
    }
}

/// `½ E‖f(x) - f(G(E(x)))‖²`, shape `[1]`, from the discriminator's features of both.
fn reconstruction(reals: &Batch, made: Batch) -> Tensor<1> {
    let apart = both!(reals.clone(), made, x, y => x - y).flat();
    let batch = apart.dims()[0] as f32;
    apart.square().sum().mul_scalar(0.5 / batch)
}

/// `½ E Σ (μ² + σ² - log σ² - 1)`: how far the encoder's distributions are from N(0, 1), in nats, shape
/// `[1]` (Kingma & Welling 2013, appendix B).
pub(crate) fn divergence([mean, log_variance]: [Tensor<2>; 2]) -> Tensor<1> {
    let batch = mean.dims()[0] as f32;
    let parts = mean.square() + log_variance.clone().exp() - log_variance;
    parts.add_scalar(-1.0).sum().mul_scalar(0.5 / batch)
}

impl Trainer {
    /// What the encoder finds for reals without learning, with the streams number
    /// `number`: `[batch, size]`. `None` without an encoder.
    pub(super) fn encoded(&mut self, reals: &Batch, number: u64) -> Option<Tensor<2>> {
        let encoder = self.encoder.as_mut()?;
        let weights = encoder.net.parameters();
        let found = encoder.latents(&self.spec, weights, reals.clone(), number, false);
        Some(found.drawn.inner())
    }

    /// As [`Trainer::encoded`], for generator step `step`, in the graph of the encoder's leaves.
    pub(super) fn encoding(&mut self, reals: &Batch, step: u64) -> Option<Encoding> {
        let encoder = self.encoder.as_mut()?;
        let leaves = encoder.net.leaves();
        let number = encoding_number(step);
        let found = encoder.latents(&self.spec, leaves.clone(), reals.clone(), number, true);
        Some(Encoding { leaves, found })
    }

    /// The encoder's loss by the verdict on pairs, shape `[1]`: `reals` as `judge` sees them, with the
    /// latents of `encoding`. `None` where the discriminator judges no pairs.
    pub(super) fn loss_on_pairs(
        spec: &RunSpec,
        judge: &mut Discriminator,
        reals: Batch,
        encoding: &Encoding,
        step: u64,
    ) -> Option<Tensor<1>> {
        if !spec.judges_pairs() {
            return None;
        }
        let latent = Some(encoding.found.drawn.clone());
        let condition = Condition { latent, ..Condition::default() };
        let judged = verdict(&judge.judge(spec, reals, &condition, 2 * step + 1));
        Some(encoder_loss(spec.objective, judged))
    }

    /// The weighted reconstruction in the generator's loss of a VAE-GAN, shape `[1]`, where `fakes` end
    /// in what was made of the latents of `reals`. `None` for other runs, and without a weight.
    pub(super) fn reconstruction_loss(
        &mut self,
        reals: &Batch,
        fakes: &Batch,
        step: u64,
    ) -> Option<Tensor<1>> {
        let (layer, weight) = match self.spec.encoder.as_ref()?.method {
            EncoderMethod::VaeGan { layer, reconstruction, .. } => (layer, reconstruction),
            EncoderMethod::Bigan { .. } | EncoderMethod::Ali { .. } => return None,
        };
        if weight == 0.0 {
            return None;
        }
        let (count, of) = (reals.count(), fakes.count());
        let made = fakes.clone().rows(of - count, count);
        let wanted = self.perceived(reals.clone(), layer, step);
        Some(reconstruction(&wanted, self.perceived(made, layer, step)).mul_scalar(weight))
    }

    /// The discriminator's features of samples as it sees them. Reals and reconstructions of the same
    /// place are augmented alike.
    fn perceived(&mut self, samples: Batch, layer: usize, step: u64) -> Batch {
        let spec = &self.spec;
        let shown = presented(spec, samples, step, 4 * step + 3);
        self.discriminator.features(spec, layer, shown, &Condition::default(), 2 * step + 1)
    }

    /// The weighted error of what the generator makes of the latents of `reals` with the parameters
    /// `leaves`, shape `[1]`, where pairs are judged. `None` for other runs, and without a weight.
    pub(super) fn cycle_loss(
        &mut self,
        reals: &Batch,
        encoding: &Encoding,
        leaves: Vec<Tensor<1>>,
        step: u64,
    ) -> Option<Tensor<1>> {
        let weight = self.spec.encoder.as_ref()?.method.cycle();
        if weight == 0.0 {
            return None;
        }
        let made = self.made_again(leaves, encoding.found.drawn.clone(), step);
        Some(mean_squared_difference(&made, reals).mul_scalar(weight))
    }

    /// What the generator with `parameters` makes of latents `[batch, size]` in generator step `step`, in
    /// the graph of both.
    fn made_again(&mut self, parameters: Vec<Tensor<1>>, latents: Tensor<2>, step: u64) -> Batch {
        let mut randomness = stream(self.spec.seed, Purpose::GeneratorDropout, STREAMS + step);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: false };
        let condition = Condition::default();
        let weights = self.generator.effective(parameters, false);
        let input = Batch::Flat(latents).shaped(self.spec.generator_input());
        let pass = &mut Pass::new(mode, &condition);
        let made = self.generator.forward_with(&weights, input, pass);
        made.shaped(self.spec.data.shape())
    }

    /// The encoder's update in a VAE-GAN, before the generator's. Returns its loss, detached, `[1]`;
    /// `None` for other runs.
    pub(super) fn update_encoder_by_features(
        &mut self,
        reals: &Batch,
        encoding: Encoding,
        step: u64,
    ) -> Option<Tensor<1>> {
        let (layer, prior) = match self.spec.encoder.as_ref()?.method {
            EncoderMethod::VaeGan { layer, prior, .. } => (layer, prior),
            EncoderMethod::Bigan { .. } | EncoderMethod::Ali { .. } => return None,
        };
        let Encoding { leaves, found: Latents { drawn, gaussian } } = encoding;
        let made = self.made_again(self.generator.parameters(), drawn, step);
        let wanted = self.perceived(reals.clone(), layer, step);
        let apart = reconstruction(&wanted, self.perceived(made, layer, step));
        let gaussian = gaussian.expect("a VAE-GAN's encoder is Gaussian");
        let loss = apart + divergence(gaussian).mul_scalar(prior);
        let reported = loss.clone().inner();
        let mut gradients = loss.backward();
        self.update_encoder(leaves, &mut gradients);
        Some(reported)
    }

    /// The encoder's update by `gradients`, in whose graph the leaves of its [`Encoding`] are.
    pub(super) fn update_encoder(&mut self, leaves: Vec<Tensor<1>>, gradients: &mut Gradients) {
        if let Some(encoder) = &mut self.encoder {
            let optimizer = &self.spec.generator_optimizer;
            encoder.optimizer.update(optimizer, &mut encoder.net, leaves, gradients);
        }
    }

    /// The latents of `samples`, by the encoder's average if there is one, as
    /// [`Encoder::latents`](crate::Encoder::latents); `None` if the run has no encoder.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn latents(&self, samples: &[f32]) -> Result<Option<Vec<f32>>, CoreError> {
        let Some(encoder) = &self.encoder else { return Ok(None) };
        latents(encoder.for_use(), &self.spec, samples, &self.device).await.map(Some)
    }

    /// What the generator makes of the latents of `samples`, as [`Trainer::samples`]; `None` if the run
    /// has no encoder.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn reconstructions(&self, samples: &[f32]) -> Result<Option<Vec<f32>>, CoreError> {
        let Some(latents) = self.latents(samples).await? else { return Ok(None) };
        self.samples(&Inputs::of_latents(latents), 0).await.map(Some)
    }
}

/// The number of the streams for the encoder's pass in generator step `step`. Passes in further steps of
/// the discriminator have even numbers.
pub(crate) fn encoding_number(step: u64) -> u64 {
    2 * step + 1
}
