//! The terms of the generator's loss beside the verdict. The formulas stand at [`TermSpec`].

use gan_protocol::TermSpec;

use crate::batch::{Batch, both};
use crate::ops::fused::relu;
use crate::ops::tensor::Tensor;

/// What the terms compare.
pub(crate) struct Compared<'a> {
    /// The generator's samples, in the graph of its leaves.
    pub(crate) made: &'a Batch,
    /// The real samples of the batch: those behind the generator's pictures, where it is given any.
    pub(crate) truth: &'a Batch,
    /// The discriminator's features of fakes and of reals, as it sees them: the output of a layer of
    /// this number.
    pub(crate) features: &'a mut dyn FnMut(usize) -> [Batch; 2],
    /// The output of a layer of the classifier for samples.
    pub(crate) perceived: &'a mut dyn FnMut(usize, Batch) -> Batch,
}

/// The weighted sum of `terms`, shape `[1]`; `None` without any.
pub(crate) fn terms_loss(terms: &[TermSpec], compared: &mut Compared<'_>) -> Option<Tensor<1>> {
    let mut sum: Option<Tensor<1>> = None;
    for term in terms {
        let loss = term_loss(*term, compared).mul_scalar(term.weight());
        sum = Some(match sum {
            Some(sum) => sum + loss,
            None => loss,
        });
    }
    sum
}

/// `E|made - truth|`, shape `[1]`.
pub(crate) fn mean_absolute_difference(made: &Batch, truth: &Batch) -> Tensor<1> {
    let apart = both!(made.clone(), truth.clone(), x, y => x - y).flat();
    // As a sum of two parts, whose gradients at 0 are 0, as PyTorch's of the absolute value is.
    (relu(apart.clone()) + relu(apart.neg())).mean()
}

/// `E (made - truth)²`, shape `[1]`.
pub(crate) fn mean_squared_difference(made: &Batch, truth: &Batch) -> Tensor<1> {
    both!(made.clone(), truth.clone(), x, y => x - y).flat().square().mean()
}

/// One term without its weight, shape `[1]`.
fn term_loss(term: TermSpec, compared: &mut Compared<'_>) -> Tensor<1> {
    match term {
        TermSpec::L1 { .. } => mean_absolute_difference(compared.made, compared.truth),
        TermSpec::L2 { .. } => mean_squared_difference(compared.made, compared.truth),
        TermSpec::Perceptual { layer, .. } => {
            let [made, truth] = [compared.made, compared.truth];
            let made = (compared.perceived)(layer, made.clone());
            let truth = (compared.perceived)(layer, truth.clone()).inner();
            mean_squared_difference(&made, &truth)
        }
        TermSpec::FeatureMatching { layer, .. } => {
            let [fakes, reals] = (compared.features)(layer).map(|batch| batch.flat().mean_dim(0));
            (fakes - reals.inner()).square().sum()
        }
    }
}
