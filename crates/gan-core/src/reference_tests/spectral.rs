//! Spectral normalisation after one power iteration from a given `u`.

use super::{Comparison, fixture, floats, net, numbers, read, text};
use crate::net::tensor;

#[test]
fn effective_weights_are_pytorchs() {
    let comparison = Comparison::new("spectral normalisation");
    for case in fixture("spectral") {
        let name = text(&case["name"]);
        let mut net = net(&case);
        assert_eq!(net.buffer_names, ["0.weight_u"], "{name}");
        net.buffers[0] = tensor(floats(&case["u"]), &super::device());
        let leaves = net.leaves();
        let effective = net.effective(leaves.clone(), true).remove(0);
        let found = read(effective.clone().inner());
        comparison.close(&format!("{name}, weights"), &found, &numbers(&case["effective"]), 0.0);
        let found = read(net.buffers[0].clone());
        comparison.close(&format!("{name}, u"), &found, &numbers(&case["u_after"]), 0.0);
        let cotangent = tensor(floats(&case["cotangent"]), &super::device());
        let gradients = (effective * cotangent).sum().backward();
        let found = read(leaves[0].grad(&gradients).expect("a gradient"));
        comparison.close(&format!("{name}, gradient"), &found, &numbers(&case["gradient"]), 0.0);
    }
}

#[test]
fn without_an_iteration_nothing_is_moved() {
    let case = &fixture("spectral")[0];
    let mut net = net(case);
    net.buffers[0] = tensor(floats(&case["u"]), &super::device());
    let weights = net.parameters();
    let still = read(net.effective(weights.clone(), false).remove(0));
    assert_eq!(read(net.buffers[0].clone()), floats(&case["u"]));
    assert_ne!(still, read(net.effective(weights, true).remove(0)));
    assert_ne!(read(net.buffers[0].clone()), floats(&case["u"]));
}
