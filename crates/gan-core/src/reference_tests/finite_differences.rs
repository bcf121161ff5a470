//! Compares the gradient of a penalty with finite differences of the penalty. The check needs no
//! other program, so it cannot share a mistake with the comparison against PyTorch.

use super::layers::parameter_gradients;
use super::penalties::{Critic, asked};
use super::{fixture, read, text};
use crate::net::tensor;

/// Critics without kinks, where a difference would mix two slopes, and without spectral
/// normalisation, whose singular vectors are constants in the gradient but not in a difference.
const SMOOTH: [&str; 6] = [
    "tanh, with further outputs",
    "layer normalisation",
    "residual",
    "transposed convolution",
    "embedded label",
    "one-hot label",
];
const STEP: f32 = 4e-3;

#[test]
fn penalties_change_as_their_gradients_say() {
    let mut checked = 0;
    for case in fixture("penalties").iter().filter(|case| SMOOTH.contains(&text(&case["name"]))) {
        let critic = Critic::new(case);
        for result in case["penalties"].as_array().expect("penalties") {
            let penalty = asked(result);
            let leaves = critic.net.leaves();
            let gradients =
                parameter_gradients(&leaves, &critic.penalty(penalty, &leaves).backward());
            let largest = gradients.iter().flatten().fold(0.0_f32, |a, b| b.abs().max(a));
            assert!(largest > 0.0, "{} {penalty:?}: a penalty that moves nothing", case["name"]);
            let values: Vec<Vec<f32>> = critic.net.parameters().into_iter().map(read).collect();
            for (index, gradient) in gradients.iter().enumerate() {
                // For each parameter, its number with the largest gradient.
                let place = (0..gradient.len())
                    .max_by(|a, b| gradient[*a].abs().total_cmp(&gradient[*b].abs()))
                    .expect("parameters are not empty");
                let shifted = |by: f32| {
                    let mut values = values.clone();
                    values[index][place] += by;
                    let parameters: Vec<_> =
                        values.into_iter().map(|v| tensor(v, &super::device())).collect();
                    f64::from(read(critic.penalty(penalty, &parameters))[0])
                };
                let difference = (shifted(STEP) - shifted(-STEP)) / (2.0 * f64::from(STEP));
                let exact = f64::from(gradient[place]);
                let allowed = 0.01 * exact.abs() + 2e-3 * f64::from(largest);
                assert!(
                    (difference - exact).abs() < allowed,
                    "{} {penalty:?}, parameter {index}[{place}]: {exact} by the gradient, \
                     {difference} by differences",
                    case["name"]
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "{checked} numbers were checked");
}
