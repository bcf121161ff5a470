//! Penalties on a critic's slope: values, and gradients by double back-propagation in PyTorch.

use gan_protocol::{LayerSpec, PenaltySpec};
use gan_random::{Purpose, stream};
use serde_json::Value;

use super::layers::parameter_gradients;
use super::{
    Comparison, classes, fixture, floats, lists, net, numbers, read, samples, shape, text,
};
use crate::batch::Batch;
use crate::inputs::one_hot;
use crate::net::{Condition, Net, tensor};
use crate::ops::tensor::Tensor;
use crate::penalty::{Presented, term, term_at};

/// A critic with the points of a fixture's penalties.
pub(super) struct Critic {
    pub(super) net: Net,
    reals: (Batch, Condition),
    fakes: (Batch, Condition),
    points: Batch,
}

impl Critic {
    pub(super) fn new(case: &Value) -> Self {
        let mut net = net(case);
        for (name, buffer) in net.buffer_names.iter().zip(&mut net.buffers) {
            *buffer = tensor(floats(&case["vectors"][name]), &super::device());
        }
        let shape = shape(&case["shape"]);
        let told = |labels: &str| {
            let layer = serde_json::from_value(case["net"]["layers"][0].clone());
            let classes_of = layer.ok().and_then(|layer: LayerSpec| layer.classes()).unwrap_or(2);
            let label = one_hot(&classes(&case[labels]), classes_of, &super::device());
            Condition { label: Some(label), ..Condition::default() }
        };
        Self {
            net,
            reals: (samples(&case["reals"], shape), told("real_labels")),
            fakes: (samples(&case["fakes"], shape), told("fake_labels")),
            points: samples(&case["points"], shape),
        }
    }

    /// The penalty for a critic with `parameters`. Penalties at random points use the fixture's
    /// points instead.
    pub(super) fn penalty(&self, penalty: PenaltySpec, parameters: &[Tensor<1>]) -> Tensor<1> {
        let mut net = self.net.clone();
        let weights = net.effective(parameters.to_vec(), true);
        let mut unused = stream(1, Purpose::Penalty, 0);
        let reals = Presented { samples: &self.reals.0, condition: &self.reals.1, own: None };
        let fakes = Presented { samples: &self.fakes.0, condition: &self.fakes.1, own: None };
        match penalty {
            PenaltySpec::R1 { .. } | PenaltySpec::R2 { .. } => {
                term(penalty, &mut net, &weights, reals, fakes, &mut unused)
            }
            PenaltySpec::GradientPenalty { .. } | PenaltySpec::Dragan { .. } => {
                let points =
                    Presented { samples: &self.points, condition: reals.condition, own: None };
                term_at(penalty, &mut net, &weights, points, &mut unused)
            }
        }
    }
}

pub(super) fn asked(result: &Value) -> PenaltySpec {
    serde_json::from_value(result["penalty"].clone()).expect("a penalty")
}

#[test]
fn penalties_and_their_gradients_are_pytorchs() {
    let comparison = Comparison::new("penalties");
    for case in fixture("penalties") {
        let critic = Critic::new(&case);
        let results = case["penalties"].as_array().expect("penalties");
        assert!(results.len() > 4);
        for result in results {
            let what = format!("{}, {}", text(&case["name"]), result["penalty"]);
            let leaves = critic.net.leaves();
            let penalty = critic.penalty(asked(result), &leaves);
            let value = read(penalty.clone().inner());
            comparison.close(&what, &value, &numbers(&result["value"]), 0.0);
            let found = parameter_gradients(&leaves, &penalty.backward());
            comparison.all_close(&what, &found, &lists(&result["parameter_gradients"]), 0.0);
        }
    }
}
