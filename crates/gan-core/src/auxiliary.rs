//! The discriminator's tasks beside real or fake: the class of a sample (AC-GAN; of a few labelled ones,
//! Salimans et al. 2016), its codes (InfoGAN), the number of its generator (MGAN). The answers are the discriminator's outputs
//! after the verdict, in this order.

use gan_protocol::{CodeSpec, LabelSpec, RunSpec};

use crate::ops::largest::largest;
use crate::ops::tensor::Tensor;

/// The right answers for each sample of a batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    /// One-hot: `[batch, classes]`.
    pub(crate) label: Option<Tensor<2>>,
    /// One-hot categories, then continuous codes: `[batch, size of the codes]`.
    pub(crate) codes: Option<Tensor<2>>,
    /// One-hot: `[batch, generators]`.
    pub(crate) generator: Option<Tensor<2>>,
}

/// The weighted sum of the losses of all tasks, shape `[1]`; `None` where no task has a target.
/// `outputs` are all of the discriminator's: `[batch, 1 + …]`.
pub(crate) fn auxiliary_loss(
    spec: &RunSpec,
    outputs: &Tensor<2>,
    targets: &Targets,
) -> Option<Tensor<1>> {
    let mut terms = Vec::new();
    let mut place = 1;
    let mut next = |size: usize| {
        let answer = outputs.clone().narrow(1, place, size);
        place += size;
        answer
    };
    if let Some(LabelSpec::AuxiliaryClassifier { classes, weight }) = spec.labels {
        let logits = next(classes);
        if let Some(label) = &targets.label {
            terms.push(cross_entropy(logits, label.clone()).mul_scalar(weight));
        }
    }
    if let Some(codes) = &spec.codes {
        let answers = next(codes.size());
        if let Some(target) = &targets.codes {
            terms.extend(code_losses(codes, &answers, target));
        }
    }
    if let Some(mixture) = spec.mixture {
        let logits = next(mixture.generators);
        if let Some(generator) = &targets.generator {
            terms.push(cross_entropy(logits, generator.clone()).mul_scalar(mixture.weight));
        }
    }
    if let Some(semi_supervised) = spec.semi_supervised {
        let logits = next(semi_supervised.classes);
        if let Some(label) = &targets.label {
            terms.push(cross_entropy(logits, label.clone()).mul_scalar(semi_supervised.weight));
        }
    }
    terms.into_iter().reduce(|sum, term| sum + term)
}

fn code_losses(spec: &CodeSpec, answers: &Tensor<2>, target: &Tensor<2>) -> Vec<Tensor<1>> {
    let mut losses = Vec::new();
    let mut place = 0;
    for categories in &spec.categorical {
        let logits = answers.clone().narrow(1, place, *categories);
        let truth = target.clone().narrow(1, place, *categories);
        losses.push(cross_entropy(logits, truth).mul_scalar(spec.categorical_weight));
        place += categories;
    }
    if spec.continuous > 0 {
        let means = answers.clone().narrow(1, place, spec.continuous);
        let truth = target.clone().narrow(1, place, spec.continuous);
        // The loss of a Gaussian of unit variance: a sum over the codes, a mean over the batch.
        let loss = (means - truth).square().sum_dim(1).mean();
        losses.push(loss.mul_scalar(0.5 * spec.continuous_weight));
    }
    losses
}

/// `-E[log softmax(logits)_truth]`, shape `[1]`, for one-hot truths.
pub(crate) fn cross_entropy(logits: Tensor<2>, truth: Tensor<2>) -> Tensor<1> {
    let shifted = logits.clone() - largest(logits.inner());
    let normalizer = shifted.clone().exp().sum_dim(1).log();
    ((shifted - normalizer) * truth).sum_dim(1).mean().neg()
}
