//! The gradients of the maps, with respect to those of input, weight and bias that are tracked.

use burn::backend::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;

use super::{LinearMap, LinearMaps};

#[derive(Debug)]
struct Mapped;

/// Input, weight and map.
type State<B> = (FloatTensor<B>, FloatTensor<B>, LinearMap);

/// Registers the gradients of input and weight that are tracked, from the `gradient` of the output.
fn pass_back<B: LinearMaps>(
    [input, weight]: [Option<NodeId>; 2],
    (x, weights, map): State<B>,
    gradient: FloatTensor<B>,
    grads: &mut Gradients,
) {
    if let Some(node) = input {
        let found = B::input_gradient(x.clone(), weights.clone(), gradient.clone(), map);
        grads.register::<B>(node, found);
    }
    if let Some(node) = weight {
        grads.register::<B>(node, B::weight_gradient(x, weights, gradient, map));
    }
}

impl<B: LinearMaps> Backward<B, 2> for Mapped {
    type State = State<B>;

    fn backward(self, ops: Ops<State<B>, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        pass_back::<B>(parents, ops.state, gradient, grads);
    }
}

impl<B: LinearMaps> Backward<B, 3> for Mapped {
    /// Input, weight, map and bias.
    type State = (State<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [input, weight, bias] = ops.parents.map(|node| node.map(|node| node.id));
        let (state, biases) = ops.state;
        if let Some(node) = bias {
            let (x, _, map) = state.clone();
            grads.register::<B>(node, B::bias_gradient(x, biases, gradient.clone(), map));
        }
        pass_back::<B>([input, weight], state, gradient, grads);
    }
}

impl<B: LinearMaps, C: CheckpointStrategy> LinearMaps for Autodiff<B, C> {
    fn mapped(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        map: LinearMap,
    ) -> FloatTensor<Self> {
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
        map: LinearMap,
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
