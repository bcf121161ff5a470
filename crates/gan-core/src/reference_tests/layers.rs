//! Each layer kind: its output, its gradients, and the gradients of its input gradient.

use gan_protocol::{ActivationKind, LayerSpec, Tagged as _};
use gan_random::{Purpose, standard_normal, stream};
use serde_json::{Value, json};

use super::{
    Comparison, classes, fixture, floats, leaf, lists, net, numbers, read, read_flat, samples,
    shape, text, training,
};
use crate::batch::{Batch, each};
use crate::inputs::one_hot;
use crate::net::{Condition, Mode, Net, Pass, tensor};
use crate::ops::tensor::{Gradients, Tensor};

/// The condition of a case's samples; fixtures have three classes and three generators.
fn condition(case: &Value) -> Condition {
    let told = |name: &str| Some(one_hot(&classes(&case[name]), 3, &super::device()));
    let latent = case.get("latents").map(|latents| {
        let values = floats(latents);
        let rows = values.len() / 2;
        Tensor::from_values(values, [rows, 2], &super::device())
    });
    let (label, generator) = (told("labels"), told("generators"));
    Condition { label, generator, latent, ..Condition::default() }
}

fn gradient_of(leaf: &Batch, gradients: &Gradients) -> Option<Vec<f32>> {
    match leaf {
        Batch::Flat(x) => x.grad(gradients).map(read),
        Batch::Image(x) => x.grad(gradients).map(read),
    }
}

/// The gradients of each parameter; zeros for parameters without influence.
pub(super) fn parameter_gradients(leaves: &[Tensor<1>], gradients: &Gradients) -> Vec<Vec<f32>> {
    let zeros = |leaf: &Tensor<1>| vec![0.0; leaf.dims()[0]];
    leaves.iter().map(|leaf| leaf.grad(gradients).map_or_else(|| zeros(leaf), read)).collect()
}

/// Kinds with random output, tested by `random_layers_pass_the_gradient_through_what_they_drew`.
const RANDOM: [&str; 2] = ["dropout", "noise"];

#[test]
fn every_kind_of_layer_has_a_case() {
    let cases = fixture("layers");
    let layers = cases.iter().flat_map(|case| case["net"]["layers"].as_array().expect("a list"));
    let (mut kinds, mut functions) = (RANDOM.to_vec(), Vec::new());
    for layer in layers {
        kinds.push(text(&layer["kind"]));
        functions.extend(layer["function"]["name"].as_str());
    }
    for (known, found) in [(LayerSpec::KINDS, kinds), (ActivationKind::KINDS, functions)] {
        let missing: Vec<_> = known.iter().filter(|kind| !found.contains(kind)).collect();
        assert!(missing.is_empty(), "no case in layers.json: {missing:?}");
    }
}

#[test]
fn outputs_and_gradients_are_pytorchs() {
    let comparison = Comparison::new("layers, first order");
    for case in fixture("layers") {
        let name = text(&case["name"]);
        let condition = condition(&case);
        let mut net = net(&case);
        let leaves = net.leaves();
        let x = leaf(samples(&case["input"], shape(&case["shape"])));
        let input = x.clone();
        let output =
            training(&condition, true, |pass| net.forward_with(&leaves, input, pass)).flat();
        let [batch, size] = output.dims();
        let cotangent = samples(&case["cotangent"], gan_protocol::Shape::flat(size)).flat();
        assert_eq!(cotangent.dims(), [batch, size], "{name}");
        let found = read(output.clone().inner());
        comparison.close(&format!("{name}, output"), &found, &numbers(&case["output"]), 0.0);
        let gradients = (output * cotangent).sum().backward();
        let found = gradient_of(&x, &gradients).expect("a gradient of the input");
        let expected = numbers(&case["input_gradient"]);
        comparison.close(&format!("{name}, input gradient"), &found, &expected, 1.0);
        let found = parameter_gradients(&leaves, &gradients);
        comparison.all_close(name, &found, &lists(&case["parameter_gradients"]), 1.0);
        // The pass above has moved the running statistics by now.
        if case.get("sampled").is_some() {
            let mut pass = Pass::new(Mode::Sampling { noise: None }, &condition);
            let found = read_flat(net.forward(x.inner(), &mut pass));
            comparison.close(&format!("{name}, sampled"), &found, &numbers(&case["sampled"]), 0.0);
        }
    }
}

#[test]
fn gradients_written_as_forward_operations_are_pytorchs_to_the_second_order() {
    let comparison = Comparison::new("layers, second order");
    for case in fixture("layers").iter().filter(|case| case.get("second_order").is_some()) {
        let name = text(&case["name"]);
        let condition = condition(case);
        let shape = shape(&case["shape"]);
        let mut net = net(case);
        let leaves = net.leaves();
        let x = leaf(samples(&case["input"], shape));
        let input = x.clone();
        let (_, gradient) = training(&condition, false, |pass| {
            net.forward_and_pull_back(&leaves, input, pass, |output| {
                samples(&case["cotangent"], output.shape())
            })
        });
        let found = read_flat(gradient.clone().inner());
        let first = numbers(&case["input_gradient"]);
        comparison.close(&format!("{name}, input gradient"), &found, &first, 1.0);
        let second = &case["second_order"];
        let direction = samples(&second["direction"], shape).flat();
        // The gradient of a layer like average pooling depends on nothing in the graph. This zero
        // does, so that there is something to differentiate.
        let zero = x.clone().flat().sum().mul_scalar(0.0);
        let gradients = ((gradient.flat() * direction).sum() + zero).backward();
        let found = gradient_of(&x, &gradients).expect("it is in the sum");
        let what = format!("{name}, second order");
        comparison.close(&what, &found, &numbers(&second["input_gradient"]), 1.0);
        let found = parameter_gradients(&leaves, &gradients);
        comparison.all_close(&what, &found, &lists(&second["parameter_gradients"]), 1.0);
    }
}

#[test]
fn of_equal_pieces_one_has_the_slope() {
    let cases = fixture("layers");
    let case = cases.iter().find(|case| case["name"] == "maxout").expect("there is such a case");
    let mut net = net(case);
    // A sample of zeros and biases of zero make all pieces equal.
    let count = net.parameter_count();
    let biases = net.dimensions[1][0];
    let weights = net.numbers.clone().narrow(0, 0, count - biases);
    net.numbers = Tensor::cat(vec![weights, tensor(vec![0.0; biases], &super::device())], 0);
    let zeros = json!(vec![0.0; numbers(&case["input"]).len()]);
    let (written, found) = input_gradients(&mut net, samples(&zeros, shape(&case["shape"])));
    Comparison::new("maxout, equal pieces").close("maxout", &written, &found, 0.0);
}

#[test]
fn random_layers_pass_the_gradient_through_what_they_drew() {
    let layers = json!([
        {"kind": "linear", "units": 40}, {"kind": "dropout", "rate": 0.5},
        {"kind": "noise", "sd": 0.3}, {"kind": "activation", "function": {"name": "tanh"}},
        {"kind": "dropout", "rate": 0.25}, {"kind": "linear", "units": 2}
    ]);
    let spec = json!({"initial_weights": {"kind": "he_normal"}, "layers": layers});
    let spec = serde_json::from_value(spec).expect("a net");
    let (shape, device) = (gan_protocol::Shape::flat(6), super::device());
    let mut weights = stream(1, Purpose::GeneratorWeights, 0);
    let mut net = Net::new(&spec, shape, &mut weights, &device).expect("a valid net");
    let x = Batch::from_values(standard_normal(&mut weights, 3 * 6), shape, &device);
    let (written, found) = input_gradients(&mut net, x);
    assert!(super::largest(&found) > 0.1, "{found:?}");
    Comparison::new("random layers").close("random layers", &written, &found, 0.0);
}

/// The gradient of the sum of a net's outputs with respect to its input: first as forward
/// operations, then by automatic differentiation of the same pass.
fn input_gradients(net: &mut Net, input: Batch) -> (Vec<f32>, Vec<f64>) {
    let weights = net.parameters();
    let x = leaf(input);
    let condition = Condition::default();
    let (output, written) = training(&condition, false, |pass| {
        net.forward_and_pull_back(
            &weights,
            x.clone(),
            pass,
            |output| each!(output, x => x.clone().inner().ones_like()),
        )
    });
    let gradients = output.flat().sum().backward();
    let found = gradient_of(&x, &gradients).expect("a gradient of the input");
    (read_flat(written.inner()), found.into_iter().map(f64::from).collect())
}
