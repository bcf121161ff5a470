//! How resampling passes gradients back: to the images.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend as _};

use super::Resampling;

#[derive(Debug)]
struct Resampled;

impl<B: Resampling> Backward<B, 1> for Resampled {
    /// The maps.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<FloatTensor<B>, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<B, _>(ops.parents, ops.node, grads, |gradient| {
            B::resampled_gradient(gradient, ops.state)
        });
    }
}

impl<B: Resampling, C: CheckpointStrategy> Resampling for Autodiff<B, C> {
    fn resampled(images: FloatTensor<Self>, maps: FloatTensor<Self>) -> FloatTensor<Self> {
        let (nodes, maps) = ([images.node()], maps.into_primitive());
        let images = images.into_primitive();
        match Resampled.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(maps.clone(), B::resampled(images, maps)),
            OpsKind::UnTracked(prep) => prep.finish(B::resampled(images, maps)),
        }
    }

    fn resampled_gradient(
        gradient: FloatTensor<Self>,
        maps: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        // Of a gradient that is a constant itself: nothing here differentiates twice.
        let (gradient, maps) = (gradient.into_primitive(), maps.into_primitive());
        Self::from_inner(B::resampled_gradient(gradient, maps))
    }
}
