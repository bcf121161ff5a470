//! The optimisers. Each updates all numbers of a net at once.
//!
//! A net's gradients are joined into one tensor, so that an update takes about a dozen operations
//! for any count of layers. Each operation costs a launch on WebGPU, and an allocation in
//! WebAssembly. State is kept in tensors, which a checkpoint can read without blocking on the
//! device. Formulas and the order of their parts are PyTorch's.

use gan_protocol::{OptimizerMethod, OptimizerSpec};

use crate::net::Net;
use crate::ops::fused::{AdamStep, adam, blended_square, relu, sum_of_squares};
use crate::ops::tensor::{Gradients, Tensor};

/// PyTorch's guard against a gradient of norm zero.
const CLIP_EPSILON: f32 = 1e-6;

/// The state of an optimiser.
#[derive(Clone, Debug)]
pub(crate) struct NetOptimizer {
    /// Updates made; the `t` of Kingma & Ba's algorithm 1.
    pub(crate) updates: u64,
    /// Updates before the moments began anew.
    pub(crate) since: u64,
    /// First moments or velocities, one for each number of the net.
    pub(crate) first: Option<Tensor<1>>,
    /// Second moments, in the same order.
    pub(crate) second: Option<Tensor<1>>,
}

/// The moments that `method` keeps: first, second.
pub(crate) fn keeps(method: OptimizerMethod) -> (bool, bool) {
    match method {
        OptimizerMethod::Sgd { momentum, .. } => (momentum > 0.0, false),
        OptimizerMethod::Adam { .. } | OptimizerMethod::AdamW { .. } => (true, true),
        OptimizerMethod::RmsProp { momentum, .. } => (momentum > 0.0, true),
    }
}

impl NetOptimizer {
    /// The optimiser of `net` before any update.
    pub(crate) fn new(spec: &OptimizerSpec, net: &Net) -> Self {
        let mut optimizer = Self { updates: 0, since: 0, first: None, second: None };
        optimizer.suit(spec, net);
        optimizer
    }

    /// Allocates the moments that the method keeps, and drops the others.
    pub(crate) fn suit(&mut self, spec: &OptimizerSpec, net: &Net) {
        let (first, second) = keeps(spec.method);
        for (kept, moments) in [(first, &mut self.first), (second, &mut self.second)] {
            match (kept, &moments) {
                (true, None) => *moments = Some(net.numbers.zeros_like()),
                (false, Some(_)) => *moments = None,
                _ => {}
            }
        }
    }

    /// One update of `net` by the gradients of its `leaves`. Returns the squared norm of all
    /// gradients before any clipping, `[1]`.
    pub(crate) fn update(
        &mut self,
        spec: &OptimizerSpec,
        net: &mut Net,
        leaves: Vec<Tensor<1>>,
        gradients: &mut Gradients,
    ) -> Tensor<1> {
        // The loop drops the leaves, so that the net alone holds its numbers and the update can run
        // in place.
        let mut parts = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            let count = leaf.dims()[0];
            // A parameter that the loss does not depend on has no gradient.
            let found = leaf.grad_remove(gradients);
            let leaf = leaf.inner();
            let device = leaf.device();
            parts.push(found.unwrap_or_else(|| leaf.zeros_like()));
            let rest = count.next_multiple_of(net.alignment) - count;
            if rest > 0 {
                parts.push(Tensor::zeros([rest], &device));
            }
        }
        let gradient = Tensor::cat(parts, 0);
        let squared_norm = sum_of_squares(gradient.clone());
        self.apply(spec, net, gradient);
        squared_norm
    }

    /// One update of `net` by the `gradient` of all its numbers.
    pub(crate) fn apply(&mut self, spec: &OptimizerSpec, net: &mut Net, gradient: Tensor<1>) {
        let mut gradient = clipped(spec, gradient);
        let rate = spec.learning_rate_at(self.updates);
        self.updates += 1;
        let time = self.updates.saturating_sub(self.since).max(1);
        let time = i32::try_from(time).unwrap_or(i32::MAX);
        let decoupled = matches!(spec.method, OptimizerMethod::AdamW { .. });
        if spec.weight_decay > 0.0 && !decoupled {
            gradient = gradient + net.numbers.clone().mul_scalar(spec.weight_decay);
        }
        let weights = std::mem::replace(&mut net.numbers, gradient.clone());
        net.numbers = match spec.method {
            OptimizerMethod::Sgd { momentum, nesterov } => match self.first.take() {
                None => weights - gradient.mul_scalar(rate),
                Some(old) => {
                    let velocity = old.mul_scalar(momentum) + gradient.clone();
                    self.first = Some(velocity.clone());
                    let direction =
                        if nesterov { gradient + velocity.mul_scalar(momentum) } else { velocity };
                    weights - direction.mul_scalar(rate)
                }
            },
            OptimizerMethod::Adam { beta_1, beta_2, epsilon }
            | OptimizerMethod::AdamW { beta_1, beta_2, epsilon } => {
                let decay = if decoupled { f64::from(spec.weight_decay) } else { 0.0 };
                let unbiased = |beta: f32| 1.0 - f64::from(beta).powi(time);
                let step = AdamStep {
                    beta_1,
                    beta_2,
                    shrink: (1.0 - rate * decay) as f32,
                    rate: (rate / unbiased(beta_1)) as f32,
                    root: unbiased(beta_2).sqrt() as f32,
                    epsilon,
                };
                let moments = [kept(&mut self.first), kept(&mut self.second)];
                let (weights, [first, second]) = adam(weights, moments, gradient, step);
                self.first = Some(first);
                self.second = Some(second);
                weights
            }
            OptimizerMethod::RmsProp { decay, momentum, epsilon } => {
                let squares = blended_square(kept(&mut self.second), gradient.clone(), decay);
                self.second = Some(squares.clone());
                let mut direction = gradient / squares.sqrt().add_scalar(epsilon);
                if let Some(old) = self.first.take() {
                    direction = old.mul_scalar(momentum) + direction;
                    self.first = Some(direction.clone());
                }
                weights - direction.mul_scalar(rate)
            }
        };
    }
}

/// Takes a moment out of the optimiser, which later stores its new value.
fn kept(moment: &mut Option<Tensor<1>>) -> Tensor<1> {
    moment.take().expect("the method keeps this moment")
}

fn clipped(spec: &OptimizerSpec, mut gradient: Tensor<1>) -> Tensor<1> {
    if let Some(limit) = spec.clip_value {
        gradient = gradient.clamp(-limit, limit);
    }
    if let Some(limit) = spec.clip_norm {
        let norm = gradient.clone().square().sum().sqrt();
        let share = norm.ones_like().mul_scalar(limit) / norm.add_scalar(CLIP_EPSILON);
        // `min(share, 1)`, by way of ReLU.
        let below = relu(share.neg().add_scalar(1.0));
        gradient = gradient * below.neg().add_scalar(1.0);
    }
    gradient
}
