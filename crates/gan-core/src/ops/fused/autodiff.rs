//! The gradients of the operations.

use burn::backend::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;

use super::FusedOps;

#[derive(Debug)]
struct Tanh;

impl<B: FusedOps> Backward<B, 1> for Tanh {
    /// The output.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<FloatTensor<B>, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<B, _>(ops.parents, ops.node, grads, |gradient| {
            B::tanh_gradient(ops.state, gradient)
        });
    }
}

#[derive(Debug)]
struct LeakyRelu;

impl<B: FusedOps> Backward<B, 1> for LeakyRelu {
    /// A tensor that is positive where the input is, and the slope.
    type State = (FloatTensor<B>, f32);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (signs, slope) = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |gradient| {
            B::leaky_relu_gradient(signs, gradient, slope)
        });
    }
}

#[derive(Debug)]
struct Softplus;

impl<B: FusedOps> Backward<B, 1> for Softplus {
    /// The input, and its sign.
    type State = (FloatTensor<B>, f32);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (x, sign) = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |gradient| {
            B::softplus_gradient(x, gradient, sign)
        });
    }
}

impl<B: FusedOps, C: CheckpointStrategy> FusedOps for Autodiff<B, C> {
    fn softplus_of(x: FloatTensor<Self>, sign: f32) -> FloatTensor<Self> {
        match Softplus.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let x = x.into_primitive();
                prep.finish((x.clone(), sign), B::softplus_of(x, sign))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::softplus_of(x.into_primitive(), sign)),
        }
    }

    fn tanh_of(x: FloatTensor<Self>) -> FloatTensor<Self> {
        match Tanh.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let y = B::tanh_of(x.into_primitive());
                prep.finish(y.clone(), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::tanh_of(x.into_primitive())),
        }
    }

    fn leaky_relu_of(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        match LeakyRelu.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let x = x.into_primitive();
                if slope < 0.0 {
                    return prep.finish((x.clone(), slope), B::leaky_relu_of(x, slope));
                }
                // With a slope of at least 0 the output is positive where the input is. Its use as
                // state leaves the input free to be changed in place.
                let y = B::leaky_relu_of(x, slope);
                prep.finish((y.clone(), slope), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::leaky_relu_of(x.into_primitive(), slope)),
        }
    }

    fn leaky_relu_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        let x = x.into_primitive();
        // The function is linear in the gradient, by the same factors as leaky ReLU in its input,
        // so it has the same backward step.
        match LeakyRelu.prepare::<C>([gradient.node()]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let given = B::leaky_relu_gradient(x.clone(), gradient.into_primitive(), slope);
                prep.finish((x, slope), given)
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::leaky_relu_gradient(x, gradient.into_primitive(), slope))
            }
        }
    }
}
