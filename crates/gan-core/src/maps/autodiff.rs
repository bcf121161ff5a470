//! How the maps pass gradients back: to those of input, weight and bias that are asked for.

use burn::backend::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;

use super::{Map, Maps};

#[derive(Debug)]
struct Mapped;

/// Input, weight and map.
type State<B> = (FloatTensor<B>, FloatTensor<B>, Map);

impl<B: Maps> Backward<B, 2> for Mapped {
    type State = State<B>;

    fn backward(self, ops: Ops<State<B>, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [input, weight] = ops.parents;
        let (x, weights, map) = ops.state;
        if let Some(node) = input {
            let found = B::input_gradient(x.clone(), weights.clone(), gradient.clone(), map);
            grads.register::<B>(node.id, found);
        }
        if let Some(node) = weight {
            grads.register::<B>(node.id, B::weight_gradient(x, weights, gradient, map));
        }
    }
}

impl<B: Maps> Backward<B, 3> for Mapped {
    /// With the bias.
    type State = (State<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [input, weight, bias] = ops.parents;
        let ((x, weights, map), biases) = ops.state;
        if let Some(node) = input {
            let found = B::input_gradient(x.clone(), weights.clone(), gradient.clone(), map);
            grads.register::<B>(node.id, found);
        }
        if let Some(node) = weight {
            let found = B::weight_gradient(x.clone(), weights, gradient.clone(), map);
            grads.register::<B>(node.id, found);
        }
        if let Some(node) = bias {
            grads.register::<B>(node.id, B::bias_gradient(x, biases, gradient, map));
        }
    }
}

impl<B: Maps, C: CheckpointStrategy> Maps for Autodiff<B, C> {
    fn mapped(x: FloatTensor<Self>, weight: FloatTensor<Self>, map: Map) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node()];
        let (x, weight) = (x.into_primitive(), weight.into_primitive());
        match Mapped.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = (x.clone(), weight.clone(), map);
                prep.finish(state, B::mapped(x, weight, map))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::mapped(x, weight, map)),
        }
    }

    fn mapped_plus(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        map: Map,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let (x, weight) = (x.into_primitive(), weight.into_primitive());
        let bias = bias.into_primitive();
        match Mapped.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = ((x.clone(), weight.clone(), map), bias.clone());
                prep.finish(state, B::mapped_plus(x, weight, bias, map))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::mapped_plus(x, weight, bias, map)),
        }
    }
}
