//! The discriminator with its optimiser, and one training step.

use gan_protocol::RunSpec;
use gan_random::{Purpose, stream};

use crate::auxiliary::{Targets, auxiliary_loss};
use crate::batch::Batch;
use crate::net::{Condition, Mode, Net, Pass};
use crate::objective::{Smoothing, discriminator_loss};
use crate::ops::tensor::Tensor;
use crate::optimizer::NetOptimizer;
use crate::penalty::{Presented, penalties};

/// First stream number for dropout on labelled samples, far from those of a run's other passes.
pub(crate) const LABELLED_STREAMS: u64 = 1 << 49;

/// The discriminator and the state of its optimiser.
#[derive(Clone, Debug)]
pub(crate) struct Discriminator {
    pub(crate) net: Net,
    pub(crate) optimizer: NetOptimizer,
}

/// A batch as the discriminator sees it, detached from any graph.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) samples: Batch,
    pub(crate) condition: Condition,
    pub(crate) targets: Targets,
    /// Further samples, whose classes are targets, where a few of the reals are labelled.
    pub(crate) labelled: Option<Labelled>,
}

/// Labelled samples as the discriminator sees them.
#[derive(Clone, Debug)]
pub(crate) struct Labelled {
    pub(crate) samples: Batch,
    /// One-hot: `[batch, classes]`.
    pub(crate) label: Tensor<2>,
}

/// The results of a discriminator step, detached from any graph.
#[derive(Debug)]
pub(crate) struct Verdicts {
    /// The outputs for reals: `[batch]`; of maps, all numbers of all maps.
    pub(crate) real: Tensor<1>,
    /// The outputs for fakes, likewise.
    pub(crate) fake: Tensor<1>,
    /// The loss without penalties and auxiliary terms: `[1]`.
    pub(crate) loss: Tensor<1>,
    /// `[1]`
    pub(crate) penalty: Option<Tensor<1>>,
    /// `[1]`
    pub(crate) auxiliary: Option<Tensor<1>>,
    /// Squared norm of the gradient: `[1]`.
    pub(crate) squared_norm: Tensor<1>,
}

impl Shown {
    fn presented(&self, spec: &RunSpec) -> Presented<'_> {
        let own = spec.shown_picture().map(|_| spec.data.shape().features());
        Presented { samples: &self.samples, condition: &self.condition, own }
    }
}

impl Discriminator {
    /// One update by `reals` and `fakes`. Dropout and penalties draw from streams number `index`.
    pub(crate) fn step(
        &mut self,
        spec: &RunSpec,
        reals: &Shown,
        fakes: &Shown,
        index: u64,
    ) -> Verdicts {
        let leaves = self.net.leaves();
        let weights = self.net.effective(leaves.clone(), true);
        let (on_reals, on_fakes) = self.judge_both(spec, &weights, reals, fakes, index);
        let (real, fake) = (verdict(&on_reals), verdict(&on_fakes));
        let outputs = (column(&real), column(&fake));
        let mut loss = discriminator_loss(spec.objective, real, fake, Smoothing::of(spec));
        let reported = loss.clone().inner();
        let mut add = |term: Option<Tensor<1>>| {
            let term = term?;
            loss = loss.clone() + term.clone();
            Some(term.inner())
        };
        let penalty = add(penalties(
            spec,
            &mut self.net,
            &weights,
            reals.presented(spec),
            fakes.presented(spec),
            index,
        ));
        let about_reals = add(auxiliary_loss(spec, &on_reals, &reals.targets));
        let about_fakes = add(auxiliary_loss(spec, &on_fakes, &fakes.targets));
        let about_labelled = reals.labelled.as_ref().and_then(|labelled| {
            let outputs = self.judge_labelled(spec, &weights, labelled, index);
            let targets = Targets { label: Some(labelled.label.clone()), ..Targets::default() };
            auxiliary_loss(spec, &outputs, &targets)
        });
        let about_labelled = add(about_labelled);
        let tasks = [about_reals, about_fakes, about_labelled].into_iter().flatten();
        let auxiliary = tasks.reduce(|sum, task| sum + task);
        let mut gradients = loss.backward();
        drop(weights);
        let optimizer = &spec.discriminator_optimizer;
        let squared_norm = self.optimizer.update(optimizer, &mut self.net, leaves, &mut gradients);
        if let Some(limit) = spec.weight_clip {
            self.net.numbers = self.net.numbers.clone().clamp(-limit, limit);
        }
        Verdicts {
            real: outputs.0,
            fake: outputs.1,
            loss: reported,
            penalty,
            auxiliary,
            squared_norm,
        }
    }

    /// What the discriminator says of a batch, without learning from it.
    pub(crate) fn heard(
        &mut self,
        spec: &RunSpec,
        reals: &Shown,
        fakes: &Shown,
        index: u64,
    ) -> Verdicts {
        let [real, fake] = [reals, fakes].map(|shown| {
            verdict(&self.judge(spec, shown.samples.clone(), &shown.condition, index)).inner()
        });
        let outputs = (column(&real), column(&fake));
        let loss = discriminator_loss(spec.objective, real, fake, Smoothing::of(spec));
        Verdicts {
            real: outputs.0,
            fake: outputs.1,
            squared_norm: loss.zeros_like(),
            loss,
            penalty: None,
            auxiliary: None,
        }
    }

    /// All outputs for labelled samples: `[batch, outputs]`.
    fn judge_labelled(
        &mut self,
        spec: &RunSpec,
        weights: &[Tensor<1>],
        labelled: &Labelled,
        index: u64,
    ) -> Tensor<2> {
        let mut randomness =
            stream(spec.seed, Purpose::DiscriminatorDropout, LABELLED_STREAMS + index);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: true };
        let condition = Condition::default();
        let mut pass = Pass::new(mode, &condition);
        rows(self.net.forward_with(weights, labelled.samples.clone(), &mut pass))
    }

    /// All outputs for reals and for fakes: `[batch, outputs]` each.
    fn judge_both(
        &mut self,
        spec: &RunSpec,
        weights: &[Tensor<1>],
        reals: &Shown,
        fakes: &Shown,
        index: u64,
    ) -> (Tensor<2>, Tensor<2>) {
        let mut randomness = stream(spec.seed, Purpose::DiscriminatorDropout, index);
        let mut judge = |samples: Batch, condition: &Condition| {
            let mode = Mode::Training { randomness: &mut randomness, moves_statistics: true };
            let mut pass = Pass::new(mode, condition);
            rows(self.net.forward_with(weights, samples, &mut pass))
        };
        if spec.discriminator.mixes_samples() || spec.labels.is_some() || spec.judges_pairs() {
            // Reals and fakes each get their own batch statistics, as in DCGAN, and their own
            // classes and latents.
            let real = judge(reals.samples.clone(), &reals.condition);
            return (real, judge(fakes.samples.clone(), &fakes.condition));
        }
        // One pass over both gives the same outputs with half the launches.
        let (of_reals, of_fakes) = (reals.samples.count(), fakes.samples.count());
        let all = judge(reals.samples.clone().joined(fakes.samples.clone()), &reals.condition);
        // A map gives several rows a sample.
        let patches = all.dims()[0] / (of_reals + of_fakes);
        let (of_reals, of_fakes) = (of_reals * patches, of_fakes * patches);
        (all.clone().narrow(0, 0, of_reals), all.narrow(0, of_reals, of_fakes))
    }

    /// All outputs for `samples`, with the parameters as constants: `[batch, outputs]`; of a map of
    /// verdicts, `[batch * patches, 1]`.
    pub(crate) fn judge(
        &mut self,
        spec: &RunSpec,
        samples: Batch,
        condition: &Condition,
        index: u64,
    ) -> Tensor<2> {
        let mut randomness = stream(spec.seed, Purpose::DiscriminatorDropout, index);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: false };
        rows(self.net.forward(samples, &mut Pass::new(mode, condition)))
    }

    /// The output of layer number `layer` for `samples`, as [`Discriminator::judge`] passes them.
    pub(crate) fn features(
        &mut self,
        spec: &RunSpec,
        layer: usize,
        samples: Batch,
        condition: &Condition,
        index: u64,
    ) -> Batch {
        let mut randomness = stream(spec.seed, Purpose::DiscriminatorDropout, index);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: false };
        self.net.features(layer, samples, &mut Pass::new(mode, condition))
    }
}

/// Outputs as rows. Each number of a map is a verdict on a patch of the sample (Isola et al. 2017,
/// section 3.2.2), and a row of its own.
pub(crate) fn rows(outputs: Batch) -> Tensor<2> {
    match outputs {
        Batch::Flat(x) => x,
        Batch::Image(map) => {
            let verdicts = map.dims().iter().product();
            map.reshape([verdicts, 1])
        }
    }
}

/// The first number of each output: `[batch, 1]`.
pub(crate) fn verdict(outputs: &Tensor<2>) -> Tensor<2> {
    match outputs.dims()[1] {
        1 => outputs.clone(),
        _ => outputs.clone().narrow(1, 0, 1),
    }
}

/// `[batch, 1]` as `[batch]`, detached from any graph.
pub(crate) fn column(verdicts: &Tensor<2>) -> Tensor<1> {
    let batch = verdicts.dims()[0];
    verdicts.clone().inner().reshape([batch])
}
