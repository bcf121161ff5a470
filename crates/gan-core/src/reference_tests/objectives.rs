//! Losses of both nets, their gradients, and learning rates.

use gan_protocol::{Named as _, Objective, OptimizerSpec};
use serde_json::Value;

use super::{Comparison, fixture, floats, numbers, read};
use crate::objective::{Smoothing, discriminator_loss, encoder_loss, generator_loss};
use crate::ops::tensor::Tensor;

fn column(value: &Value) -> Tensor<2> {
    let values = floats(value);
    let count = values.len();
    let column: Tensor<2> = Tensor::from_values(values, [count, 1], &super::device());
    column.leaf()
}

fn settings(case: &Value) -> (Objective, Smoothing) {
    let objective = serde_json::from_value(case["objective"].clone()).expect("an objective");
    let smoothing = floats(&case["smoothing"]);
    (objective, Smoothing { real: smoothing[0], fake: smoothing[1] })
}

#[test]
fn losses_and_their_gradients_are_pytorchs() {
    let comparison = Comparison::new("objectives");
    let mut seen = Vec::new();
    for case in fixture("objectives") {
        let (objective, smoothing) = settings(&case);
        seen.push(objective);
        let players = ["discriminator", "generator", "encoder"];
        for player in players.into_iter().filter(|player| case.get(player).is_some()) {
            let (real, fake) = (column(&case["real"]), column(&case["fake"]));
            let loss = if player == "discriminator" {
                discriminator_loss(objective, real.clone(), fake.clone(), smoothing)
            } else if player == "encoder" {
                encoder_loss(objective, real.clone())
            } else {
                let compared = objective.is_relativistic().then(|| real.clone());
                generator_loss(objective, fake.clone(), compared)
            };
            let expected = &case[player];
            let what = format!("{objective:?}, {player}, {smoothing:?}");
            comparison.close(&what, &read(loss.clone().inner()), &numbers(&expected["loss"]), 0.0);
            let gradients = loss.backward();
            for (side, outputs) in [("real", real), ("fake", fake)] {
                let zeros = || vec![0.0; outputs.dims()[0]];
                let found = outputs.grad(&gradients).map_or_else(zeros, read);
                let what = format!("{what}, gradient of {side}");
                comparison.close(&what, &found, &numbers(&expected[side]), 0.0);
            }
        }
    }
    assert!(Objective::ALL.iter().all(|objective| seen.contains(objective)));
    let of_encoders = fixture("objectives").iter().filter(|c| c.get("encoder").is_some()).count();
    assert!(of_encoders >= 5, "each objective that is not relativistic");
}

#[test]
fn step_sizes_are_pytorchs() {
    for case in fixture("schedules") {
        let spec: OptimizerSpec =
            serde_json::from_value(case["optimizer"].clone()).expect("an optimiser");
        for (update, expected) in numbers(&case["rates"]).into_iter().enumerate() {
            let found = spec.learning_rate_at(update as u64);
            let what = format!("{} after {update}", case["optimizer"]);
            assert!((found - expected).abs() < 1e-12, "{what}: {found} for {expected}");
        }
    }
}
