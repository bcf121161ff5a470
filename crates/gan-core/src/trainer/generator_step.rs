//! The generator's step: what it minimises, and its update.

use super::Trainer;
use super::batches::{Fakes, Reals, beside};
use super::encoding::Encoding;
use super::way_back::Round;
use crate::auxiliary::auxiliary_loss;
use crate::discriminator::{Discriminator, column, verdict};
use crate::objective::generator_loss;
use crate::ops::tensor::Tensor;
use crate::presentation::presented;
use crate::terms::{Compared, terms_loss};

/// The results of a generator step, detached from any graph.
pub(super) struct Judged {
    /// Verdicts on the fakes: `[batch]`.
    pub(super) judged: Tensor<1>,
    /// The loss without auxiliary terms: `[1]`.
    pub(super) loss: Tensor<1>,
    /// The weighted sum of the terms beside the verdict: `[1]`.
    pub(super) terms: Option<Tensor<1>>,
    /// The encoder's loss: `[1]`.
    pub(super) encoder: Option<Tensor<1>>,
    /// Squared norm of the gradient: `[1]`.
    pub(super) squared_norm: Tensor<1>,
}

/// What learns beside the generator, in one step with it.
pub(super) struct Alongside {
    /// The way back of a translation.
    pub(super) round: Option<Round>,
    /// The encoder.
    pub(super) encoding: Option<Encoding>,
}

impl Trainer {
    /// Updates the generator by `fakes`, which were made from `leaves`. `judge`, if given, takes
    /// the discriminator's place. The nets `alongside` learn with it,
    /// from the same batch.
    ///
    /// The parameters of the discriminator are constants here, so that no gradient is computed for
    /// them.
    pub(super) fn generator_step(
        &mut self,
        leaves: Vec<Tensor<1>>,
        fakes: Fakes,
        reals: Reals,
        judge: Option<Discriminator>,
        alongside: Alongside,
    ) -> Judged {
        let Alongside { round, encoding } = alongside;
        let step = self.generator_steps();
        // Before the generator changes.
        let reconstruction = self.reconstruction_loss(&reals.samples, &fakes.samples, step);
        let judges_pairs = self.spec.judges_pairs();
        let (encoding, by_features) = match encoding {
            Some(encoding) if !judges_pairs => {
                (None, self.update_encoder_by_features(&reals.samples, encoding, step))
            }
            other => (other, None),
        };
        let cycle = encoding
            .as_ref()
            .and_then(|encoding| self.cycle_loss(&reals.samples, encoding, leaves.clone(), step));
        let back = round.as_ref().and_then(|round| self.round_loss(round, &leaves, &fakes.samples));
        let (verdict_back, consistency) =
            back.map_or((None, None), |loss| (Some(loss.verdict), loss.consistency));
        let condition = self.condition_of(&fakes.inputs);
        let spec = &self.spec;
        let is_pretraining = spec.is_pretraining(step);
        let weight = if is_pretraining { 0.0 } else { spec.adversarial_weight };
        let has_tasks = !is_pretraining && spec.discriminator_outputs() > 1;
        let shown = beside(fakes.samples.clone(), self.shown_pictures(&fakes.inputs));
        let shown = presented(spec, shown, step, 4 * step + 2);
        let shown_reals = || {
            let samples = beside(reals.samples.clone(), reals.pictures.clone());
            let samples = presented(spec, samples, step, 4 * step + 3);
            (samples, reals.condition(spec))
        };
        let compared = spec.objective.is_relativistic().then(shown_reals);
        let mut judge = judge;
        let judge = judge.as_mut().unwrap_or(&mut self.discriminator);
        let mut features = |layer| {
            let (reals, real_condition) = shown_reals();
            let index = 2 * step + 1;
            let of_fakes = judge.features(spec, layer, shown.clone(), &condition, index);
            [of_fakes, judge.features(spec, layer, reals, &real_condition, index)]
        };
        let mut classifier = self.classifier.clone();
        let terms = terms_loss(
            &spec.terms,
            &mut Compared {
                made: &fakes.samples,
                truth: &reals.samples,
                features: &mut features,
                perceived: &mut |layer, samples| {
                    let classifier = classifier.as_mut();
                    classifier.expect("a run that needs it has it").features(layer, samples)
                },
            },
        );
        // A verdict without a weight is only reported.
        let samples = if weight > 0.0 || has_tasks { shown } else { shown.inner() };
        let answers = judge.judge(spec, samples, &condition, 2 * step + 1);
        let on_reals = compared
            .map(|(reals, condition)| verdict(&judge.judge(spec, reals, &condition, 2 * step + 1)));
        let judged = verdict(&answers);
        let on_fakes = column(&judged);
        let loss = generator_loss(spec.objective, judged, on_reals);
        let reported = loss.clone().inner();
        let parts = [terms, consistency, reconstruction, cycle].into_iter().flatten();
        let terms = parts.reduce(|sum, part| sum + part);
        let by_pairs = encoding.as_ref().and_then(|encoding| {
            let (reals, _) = shown_reals();
            Self::loss_on_pairs(spec, judge, reals, encoding, step)
        });
        let reported_encoder = by_pairs.clone().map(Tensor::inner).or(by_features);
        let reported_terms = terms.clone().map(Tensor::inner);
        let targets = fakes.inputs.targets(spec, &self.device);
        let tasks = has_tasks.then(|| auxiliary_loss(spec, &answers, &targets)).flatten();
        let weighed = |loss: Tensor<1>| match weight {
            1.0 => loss,
            _ => loss.mul_scalar(weight),
        };
        let verdict = (weight > 0.0).then(|| weighed(loss));
        let verdict_back = verdict_back.filter(|_| weight > 0.0).map(weighed);
        let of_pairs = by_pairs.map(weighed);
        let parts = [verdict, verdict_back, of_pairs, tasks, terms].into_iter().flatten();
        let loss = parts.reduce(|sum, part| sum + part).expect("a valid spec minimises something");
        let mut gradients = loss.backward();
        let optimizer = &self.spec.generator_optimizer;
        let net = &mut self.generator;
        let squared_norm = self.generator_optimizer.update(optimizer, net, leaves, &mut gradients);
        if let Some(round) = round {
            self.update_way_back(round, &mut gradients);
        }
        if let Some(encoding) = encoding {
            self.update_encoder(encoding.leaves, &mut gradients);
        }
        let (judged, loss, encoder) = (on_fakes, reported, reported_encoder);
        Judged { judged, loss, terms: reported_terms, encoder, squared_norm }
    }
}
