//! The way back of a translation: the second generator and the second discriminator, and what both
//! ways owe each other. The formulas stand at [`TranslationSpec`](gan_protocol::TranslationSpec).

use burn::tensor::Device;
use gan_protocol::{Feed, RunSpec};
use gan_random::{Purpose, stream};

use super::{Trainer, suited};
use crate::auxiliary::Targets;
use crate::batch::Batch;
use crate::discriminator::{Discriminator, Shown, verdict};
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::net::{Condition, Mode, Net, Pass};
use crate::objective::generator_loss;
use crate::ops::tensor::{Gradients, Tensor};
use crate::optimizer::NetOptimizer;
use crate::presentation::presented;
use crate::sampler::samples;
use crate::terms::mean_absolute_difference;

/// First stream number of the way back, far from those of a run's own steps.
const STREAMS: u64 = 1 << 47;
/// Passes through generators in one generator step that may draw random numbers.
const PASSES: u64 = 8;

/// The nets of the way back, which makes images of the second set from the run's data.
#[derive(Clone)]
pub(crate) struct WayBack {
    pub(crate) generator: Net,
    pub(crate) optimizer: NetOptimizer,
    /// Exponential moving average of the generator, if the spec asks for one.
    pub(crate) average: Option<Net>,
    pub(crate) discriminator: Discriminator,
}

/// One batch through the generator of the way back.
pub(super) struct Round {
    leaves: Vec<Tensor<1>>,
    /// Reals of the second set, which the generator of the way there was given.
    x: Batch,
    /// Reals of the run's data.
    y: Batch,
    /// Made from `y`, in the graph of the leaves.
    made: Batch,
}

/// What the way back adds to the generators' loss.
pub(super) struct RoundLoss {
    /// The verdict of its discriminator: `[1]`.
    pub(super) verdict: Tensor<1>,
    /// Weighted cycle and identity: `[1]`; `None` if both weigh nothing.
    pub(super) consistency: Option<Tensor<1>>,
}

impl WayBack {
    /// The nets at the start of a run by `spec`; `None` if it translates nothing.
    ///
    /// # Errors
    /// As [`Net::new`].
    pub(super) fn of(spec: &RunSpec, device: &Device) -> Result<Option<Self>, CoreError> {
        if spec.translation.is_none() {
            return Ok(None);
        }
        let net =
            |net, input, purpose| Net::new(net, input, &mut stream(spec.seed, purpose, 1), device);
        let generator = net(&spec.generator, spec.generator_input(), Purpose::GeneratorWeights)?;
        let judge =
            net(&spec.discriminator, spec.discriminator_input(), Purpose::DiscriminatorWeights)?;
        let optimizer = NetOptimizer::new(&spec.discriminator_optimizer, &judge);
        Ok(Some(Self {
            optimizer: NetOptimizer::new(&spec.generator_optimizer, &generator),
            average: spec.ema.map(|_| generator.clone()),
            generator,
            discriminator: Discriminator { net: judge, optimizer },
        }))
    }

    /// Applies changed settings, as [`Trainer::tune`].
    pub(super) fn tune(&mut self, spec: &RunSpec) {
        self.optimizer.suit(&spec.generator_optimizer, &self.generator);
        let judge = &mut self.discriminator;
        judge.optimizer.suit(&spec.discriminator_optimizer, &judge.net);
        self.average = suited(self.average.take(), &self.generator, spec);
    }

    /// One step of the discriminator by reals of the second set and images made for it, which are
    /// detached.
    fn judge(&mut self, spec: &RunSpec, x: &Batch, made: Batch, step: u64, index: u64) {
        let shown = |samples: Batch, occasion: u64| Shown {
            samples: presented(spec, samples, step, STREAMS + occasion),
            condition: Condition::default(),
            targets: Targets::default(),
            labelled: None,
        };
        let (reals, fakes) = (shown(x.clone(), 4 * index), shown(made, 4 * index + 1));
        self.discriminator.step(spec, &reals, &fakes, STREAMS + 2 * index);
    }
}

/// `generator` with `parameters` applied to images, as a pass of training.
fn translated(
    generator: &mut Net,
    spec: &RunSpec,
    parameters: Vec<Tensor<1>>,
    images: Batch,
    is_first: bool,
    number: u64,
) -> Batch {
    let mut randomness = stream(spec.seed, Purpose::GeneratorDropout, STREAMS + number);
    let mode = Mode::Training { randomness: &mut randomness, moves_statistics: is_first };
    let condition = Condition::default();
    let weights = generator.effective(parameters, is_first);
    let pass = &mut Pass::new(mode, &condition);
    generator.forward_with(&weights, images, pass).shaped(spec.data.shape())
}

impl Trainer {
    /// What the way back makes of the run's reals `y` in the generators' next step; `x` are the reals of
    /// the second set. `None` if the run translates nothing.
    pub(super) fn round(&mut self, x: Option<Batch>, y: &Batch) -> Option<Round> {
        let (step, spec) = (self.generator_steps(), &self.spec);
        let (back, x, y) = (self.way_back.as_mut()?, x?, y.clone());
        let leaves = back.generator.leaves();
        let (given, net) = (y.clone(), &mut back.generator);
        let made = translated(net, spec, leaves.clone(), given, true, PASSES * step);
        Some(Round { leaves, x, y, made })
    }

    /// The step of the second discriminator that belongs to step `index` of the first, by images that
    /// the generator of the way back makes without learning from them.
    pub(super) fn further_judgement(&mut self, x: Option<Batch>, y: Batch, index: u64) {
        let (step, spec) = (self.generator_steps(), &self.spec);
        let (Some(back), Some(x)) = (self.way_back.as_mut(), x) else { return };
        let (weights, net) = (back.generator.parameters(), &mut back.generator);
        let number = PASSES * index + PASSES - 1;
        let made = translated(net, spec, weights, y, false, number);
        back.judge(spec, &x, made.inner(), step, index);
    }

    /// As [`Trainer::further_judgement`], by the images of `round`.
    pub(super) fn judgement(&mut self, round: &Round, index: u64) {
        let step = self.generator_steps();
        if let Some(back) = &mut self.way_back {
            back.judge(&self.spec, &round.x, round.made.clone().inner(), step, index);
        }
    }

    /// The loss of `round`, where `made` are the images that the generator of the way there has made of
    /// `round.x`, in the graph of its `leaves`. The parameters of the discriminator are constants.
    pub(super) fn round_loss(
        &mut self,
        round: &Round,
        leaves: &[Tensor<1>],
        made: &Batch,
    ) -> Option<RoundLoss> {
        let (step, spec) = (self.generator_steps(), &self.spec);
        let (back, asked) = (self.way_back.as_mut()?, spec.translation.as_ref()?);
        let mut judge = |samples: Batch, occasion: u64| {
            let samples = presented(spec, samples, step, STREAMS + 4 * step + occasion);
            let index = STREAMS + 2 * step + 1;
            verdict(&back.discriminator.judge(spec, samples, &Condition::default(), index))
        };
        let on_reals = spec.objective.is_relativistic().then(|| judge(round.x.clone(), 3));
        let on_fakes = judge(round.made.clone(), 2);
        let verdict = generator_loss(spec.objective, on_fakes, on_reals);
        let (there, back) = (&mut self.generator, &mut back.generator);
        let mut apart = |is_back: bool, images: &Batch, wanted: &Batch, pass: u64| {
            let (net, parameters) =
                if is_back { (&mut *back, &round.leaves[..]) } else { (&mut *there, leaves) };
            let number = PASSES * step + pass;
            let found = translated(net, spec, parameters.to_vec(), images.clone(), false, number);
            mean_absolute_difference(&found, wanted)
        };
        let cycle = (asked.cycle > 0.0).then(|| {
            let whole = apart(true, made, &round.x, 1) + apart(false, &round.made, &round.y, 2);
            whole.mul_scalar(asked.cycle)
        });
        let identity = (asked.identity > 0.0).then(|| {
            let whole = apart(false, &round.y, &round.y, 3) + apart(true, &round.x, &round.x, 4);
            whole.mul_scalar(asked.identity)
        });
        let parts = [cycle, identity].into_iter().flatten();
        Some(RoundLoss { verdict, consistency: parts.reduce(|sum, part| sum + part) })
    }

    /// Updates the generator of the way back by the gradients of the generators' loss.
    pub(super) fn update_way_back(&mut self, round: Round, gradients: &mut Gradients) {
        if let Some(back) = &mut self.way_back {
            let optimizer = &self.spec.generator_optimizer;
            back.optimizer.update(optimizer, &mut back.generator, round.leaves, gradients);
        }
    }

    /// What the way back makes of `images` of the run's data, as [`Trainer::samples`]; `None` if the run
    /// translates nothing.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn translated_back(&self, images: Vec<f32>) -> Result<Option<Vec<f32>>, CoreError> {
        let Some(back) = &self.way_back else { return Ok(None) };
        let net = back.average.as_ref().unwrap_or(&back.generator);
        let inputs = Inputs::of_pictures(images);
        let feed = Feed::from(&self.spec);
        samples(net, feed, &inputs, 0, &self.device, &mut |_| ()).await.map(Some)
    }
}
