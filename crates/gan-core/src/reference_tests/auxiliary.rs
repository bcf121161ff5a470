//! Losses of the discriminator's auxiliary tasks.

use gan_protocol::{DEFAULT_PRESET, RunSpec, preset};
use serde_json::Value;

use super::{Comparison, classes, fixture, floats, numbers, read, text};
use crate::auxiliary::{Targets, auxiliary_loss};
use crate::inputs::one_hot;
use crate::ops::tensor::Tensor;

/// A run with the tasks of `case`; its other settings have no effect.
fn run(case: &Value) -> RunSpec {
    let mut run = preset(DEFAULT_PRESET).expect("the default preset").spec;
    let part = |name: &str| case["spec"].get(name).cloned().unwrap_or(Value::Null);
    run.labels = serde_json::from_value(part("labels")).expect("labels");
    run.codes = serde_json::from_value(part("codes")).expect("codes");
    run.mixture = serde_json::from_value(part("mixture")).expect("a mixture");
    run
}

fn rows(value: &Value, count: usize) -> Tensor<2> {
    let values = floats(value);
    let size = values.len() / count;
    Tensor::from_values(values, [count, size], &super::device())
}

#[test]
fn losses_and_their_gradients_are_pytorchs() {
    let comparison = Comparison::new("auxiliary losses");
    for case in fixture("auxiliary") {
        let name = text(&case["name"]);
        let spec = run(&case);
        let device = super::device();
        let outputs = spec.discriminator_outputs();
        let count = floats(&case["outputs"]).len() / outputs;
        let given = |name: &str| (!case[name].is_null()).then(|| &case[name]);
        let told = |name: &str, classes_of: usize| {
            given(name).map(|list| one_hot(&classes(list), classes_of, &device))
        };
        let targets = Targets {
            label: told("labels", spec.labels.map_or(0, |labels| labels.classes())),
            codes: given("codes").map(|codes| rows(codes, count)),
            generator: told("generators", spec.mixture.map_or(0, |mixture| mixture.generators)),
        };
        let outputs = rows(&case["outputs"], count).leaf();
        let loss = auxiliary_loss(&spec, &outputs, &targets).expect("there are tasks");
        let found = read(loss.clone().inner());
        comparison.close(name, &found, &numbers(&case["loss"]), 0.0);
        let gradients = loss.backward();
        let found = read(outputs.grad(&gradients).expect("a gradient"));
        let what = format!("{name}, gradient");
        comparison.close(&what, &found, &numbers(&case["gradient"]), 0.0);
    }
}
