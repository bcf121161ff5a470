//! Several updates by each optimiser, with decay and clipping.

use gan_protocol::{InitialWeights, LayerSpec, NetSpec, OptimizerSpec, Shape};
use gan_random::{Purpose, stream};

use super::{Comparison, fixture, floats, lists, read};
use crate::net::{Net, tensor};
use crate::optimizer::NetOptimizer;

/// A net of `count` numbers. An optimiser does not depend on their layers.
fn net(count: usize) -> Net {
    let layers = vec![LayerSpec::Linear { units: count, bias: false }];
    let initial_weights = InitialWeights::default();
    let spec = NetSpec { initial_weights, spectral_norm: false, layers };
    let mut any = stream(1, Purpose::GeneratorWeights, 0);
    Net::new(&spec, Shape::flat(1), &mut any, &super::device()).expect("a valid net")
}

#[test]
fn updates_are_pytorchs() {
    let comparison = Comparison::new("optimisers");
    for case in fixture("optimizers") {
        let spec: OptimizerSpec =
            serde_json::from_value(case["optimizer"].clone()).expect("an optimiser");
        let start = floats(&case["start"]);
        let mut net = net(start.len());
        net.numbers = tensor(start, &super::device());
        let mut optimizer = NetOptimizer::new(&spec, &net);
        let gradients = case["gradients"].as_array().expect("a gradient for each update");
        for (update, expected) in lists(&case["after"]).iter().enumerate() {
            let gradient = tensor(floats(&gradients[update]), &super::device());
            optimizer.apply(&spec, &mut net, gradient);
            let what = format!("{} after update {update}", case["optimizer"]);
            comparison.close(&what, &read(net.numbers.clone()), expected, 0.0);
        }
        assert_eq!(optimizer.updates, gradients.len() as u64);
    }
}
