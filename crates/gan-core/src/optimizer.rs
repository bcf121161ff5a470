//! Adam over the flat parameters of one net.
//!
//! The update is Burn's; this module keeps its state where a checkpoint can reach it without
//! reading synchronously from the device.

use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer as _};
use burn::tensor::{Gradients, Tensor};
use gan_protocol::AdamSpec;

use crate::net::Net;

/// Adam with its moments, one pair per parameter.
#[derive(Clone)]
pub(crate) struct NetOptimizer {
    /// Updates made; the `t` of Kingma & Ba's algorithm 1.
    pub(crate) updates: u64,
    /// First moments, in the order of the net's parameters.
    pub(crate) first: Vec<Tensor<1>>,
    /// Second moments, likewise.
    pub(crate) second: Vec<Tensor<1>>,
}

impl NetOptimizer {
    /// The optimiser of `net` before any update.
    pub(crate) fn new(net: &Net) -> Self {
        let zeros = || net.parameters.iter().map(Tensor::zeros_like).collect();
        Self { updates: 0, first: zeros(), second: zeros() }
    }

    /// One update of `net` by the gradients of its `leaves`.
    pub(crate) fn update(
        &mut self,
        spec: &AdamSpec,
        net: &mut Net,
        leaves: &[Tensor<1>],
        gradients: &mut Gradients,
    ) {
        let adam = adam(spec);
        let time = usize::try_from(self.updates).expect("updates fit the address space");
        for (index, leaf) in leaves.iter().enumerate() {
            // A parameter that the loss does not depend on has no gradient and stays.
            let Some(gradient) = leaf.grad_remove(gradients) else { continue };
            let moments = AdaptiveMomentumState::new(
                time,
                self.first[index].clone(),
                self.second[index].clone(),
            );
            let value = net.parameters[index].clone();
            let state = Some(AdamState::new(moments));
            let (value, state) = adam.step(spec.learning_rate, value, gradient, state);
            let moments = state.expect("Adam keeps its moments").momentum;
            net.parameters[index] = value;
            self.first[index] = moments.moment_1;
            self.second[index] = moments.moment_2;
        }
        self.updates += 1;
    }
}

fn adam(spec: &AdamSpec) -> Adam {
    AdamConfig::new()
        .with_beta_1(spec.beta_1)
        .with_beta_2(spec.beta_2)
        .with_epsilon(spec.epsilon)
        .build()
}
