//! The deviation of one snapshot from another of the same run.

use std::collections::HashMap;

use gan_protocol::RunSpec;

use super::{Snapshot, refused};
use crate::error::CoreError;
use crate::named_tensor::NamedTensor;

/// The largest deviation between two snapshots of the same run.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Euclidean norm of a tensor's difference, relative to the norm of the tensor.
    ///
    /// The largest single difference would not do. Adam's first step is the rate times the
    /// gradient's sign, so a gradient of pure rounding error moves its weight by a whole step.
    pub relative: f64,
    /// The tensor with this deviation.
    pub tensor: String,
}

/// The largest deviation of `found` from `expected`, over the weights and running statistics of the
/// nets (not the optimisers' moments).
///
/// # Errors
/// If they do not hold the same tensors.
pub fn largest_deviation(expected: &Snapshot, found: &Snapshot) -> Result<Deviation, CoreError> {
    let theirs: HashMap<&str, &NamedTensor> =
        found.tensors.iter().map(|named| (named.name.as_str(), named)).collect();
    let mut largest = Deviation { relative: 0.0, tensor: String::new() };
    let idle = idle_bias(&expected.header.spec);
    let compared = expected
        .tensors
        .iter()
        .filter(|named| !named.name.contains(".optimizer.") && Some(&named.name) != idle.as_ref());
    for mine in compared {
        let theirs = theirs
            .get(mine.name.as_str())
            .filter(|theirs| theirs.dimensions == mine.dimensions)
            .ok_or_else(|| refused(&format!("tensor {} differs in shape", mine.name)))?;
        let norm =
            |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
        let size = norm(&mut mine.values.iter().map(|x| f64::from(*x)));
        let pairs = mine.values.iter().zip(&theirs.values);
        let difference = norm(&mut pairs.map(|(a, b)| f64::from(a - b)));
        // A tensor of zeros (such as a shift that was never moved) must be equal exactly.
        let relative = if difference == 0.0 { 0.0 } else { difference / size };
        let relative = if relative.is_nan() { f64::INFINITY } else { relative };
        if relative > largest.relative || largest.tensor.is_empty() {
            largest = Deviation { relative, tensor: mine.name.clone() };
        }
    }
    Ok(largest)
}

/// The bias that has no gradient under a relativistic objective, as it shifts all verdicts alike.
/// Its optimiser steps follow rounding errors alone, so it is left out of the comparison.
fn idle_bias(spec: &RunSpec) -> Option<String> {
    let last = spec.discriminator.layers.len().checked_sub(1)?;
    spec.objective.is_relativistic().then(|| format!("discriminator.{last}.bias"))
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use gan_protocol::{Objective, preset};

    use super::*;
    use crate::Trainer;

    #[test]
    fn only_a_bias_without_a_gradient_is_left_out_of_the_comparison() {
        let mut spec = preset("ring-collapse").expect("a preset").spec;
        for (objective, counts) in
            [(Objective::RelativisticPaired, false), (Objective::NonSaturating, true)]
        {
            spec.objective = objective;
            let trainer = Trainer::new(&spec, &crate::cpu()).expect("a valid spec");
            let before = pollster::block_on(trainer.snapshot()).expect("the processor works");
            let mut after = before.clone();
            let last = "discriminator.2.bias";
            let bias = after.tensors.iter_mut().find(|named| named.name == last);
            bias.expect("the last layer has a bias").values[0] += 0.5;
            let found = largest_deviation(&before, &after).expect("the same tensors");
            assert_eq!(found.relative > 0.0, counts, "{objective:?}: {found:?}");
        }
    }
}
