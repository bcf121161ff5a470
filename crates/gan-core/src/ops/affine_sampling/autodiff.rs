//! The gradient of resampling, with respect to the images.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend as _};

use super::AffineSampling;

#[derive(Debug)]
struct Resampled;

impl<B: AffineSampling> Backward<B, 1> for Resampled {
    /// The maps.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<FloatTensor<B>, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<B, _>(ops.parents, ops.node, grads, |gradient| {
            B::affine_sampled_gradient(gradient, ops.state)
        });
    }
}

impl<B: AffineSampling, C: CheckpointStrategy> AffineSampling for Autodiff<B, C> {
    fn affine_sampled(images: FloatTensor<Self>, maps: FloatTensor<Self>) -> FloatTensor<Self> {
        let (nodes, maps) = ([images.node()], maps.into_primitive());
        let images = images.into_primitive();
        match Resampled.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(maps.clone(), B::affine_sampled(images, maps)),
            OpsKind::UnTracked(prep) => prep.finish(B::affine_sampled(images, maps)),
        }
    }

    fn affine_sampled_gradient(
        gradient: FloatTensor<Self>,
        maps: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        // The result is a constant, since nothing differentiates this gradient again.
        let (gradient, maps) = (gradient.into_primitive(), maps.into_primitive());
        Self::from_inner(B::affine_sampled_gradient(gradient, maps))
    }
}
