//! A run as one `.safetensors` file, and two such files compared.
//!
//! Tensors: `generator.*`, `discriminator.*`, `average.*` (if there is one), each net's
//! `optimizer.first.*` and `optimizer.second.*`. The header stands in `__metadata__`.

use std::collections::HashMap;

use burn::tensor::Device;
use gan_protocol::{CHECKPOINT_FORMAT, CheckpointHeader, RunSpec};
use safetensors::tensor::Dtype;

use crate::discriminator::Discriminator;
use crate::error::CoreError;
use crate::net::Net;
use crate::optimizer::NetOptimizer;
use crate::tensors::{
    Named, Slot, f32_numbers, fill, header, net_slots, parts, read, serialized, tensors,
};
use crate::trainer::Trainer;

/// A run's numbers on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What is not a tensor.
    pub header: CheckpointHeader,
    /// Every tensor, in a fixed order.
    tensors: Vec<Named>,
}

/// The largest deviation between two snapshots of the same run.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// Euclidean norm of a tensor's difference, relative to that of the tensor.
    ///
    /// Not the largest single difference: Adam's first step is the gradient's sign times the
    /// rate, so that a gradient that is nothing but rounding moves its weight by a whole step.
    pub relative: f64,
    /// The tensor where that is.
    pub tensor: String,
}

impl Trainer {
    /// The run as it stands. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn snapshot(&self) -> Result<Snapshot, CoreError> {
        let mut copy = self.clone();
        let header = CheckpointHeader {
            format: CHECKPOINT_FORMAT.to_owned(),
            spec: self.spec.clone(),
            step: self.generator_steps(),
            discriminator_step: self.discriminator_steps(),
        };
        Ok(Snapshot { header, tensors: read(copy.slots()).await? })
    }

    /// The run that `snapshot` was taken of, with `spec` in place of its settings.
    ///
    /// An average or moments that the snapshot's own settings did not keep start afresh.
    ///
    /// # Errors
    /// If `spec` has other nets or inputs than the snapshot, or tensors are missing or misshapen.
    pub fn restore(
        snapshot: &Snapshot,
        spec: &RunSpec,
        device: &Device,
    ) -> Result<Self, CoreError> {
        let old = &snapshot.header.spec;
        let same_nets = (&old.generator, &old.discriminator, old.generator_input())
            == (&spec.generator, &spec.discriminator, spec.generator_input());
        let same_samples = old.data.shape() == spec.data.shape() && old.packing == spec.packing;
        if !same_nets || !same_samples {
            return Err(refused("it was made with other nets, latents or sample shapes"));
        }
        // With the old settings first: they say which tensors must be there.
        let mut trainer = Self::new(old, device)?;
        trainer.generator_optimizer.updates = snapshot.header.step;
        trainer.discriminator.optimizer.updates = snapshot.header.discriminator_step;
        fill(trainer.slots(), &snapshot.tensors, device).map_err(|error| refused(&error))?;
        trainer.tune(spec);
        Ok(trainer)
    }

    fn slots(&mut self) -> Vec<Slot<'_>> {
        let mut slots = Vec::new();
        let Discriminator { net, optimizer } = &mut self.discriminator;
        optimizer_slots("generator", &self.generator, &mut self.generator_optimizer, &mut slots);
        optimizer_slots("discriminator", net, optimizer, &mut slots);
        net_slots("generator", &mut self.generator, &mut slots);
        net_slots("discriminator", net, &mut slots);
        if let Some(average) = &mut self.average {
            net_slots("average", average, &mut slots);
        }
        slots
    }
}

fn optimizer_slots<'a>(
    prefix: &str,
    net: &Net,
    optimizer: &'a mut NetOptimizer,
    slots: &mut Vec<Slot<'a>>,
) {
    let moments = [("first", &mut optimizer.first), ("second", &mut optimizer.second)];
    for (moment, value) in moments {
        if let Some(value) = value {
            slots.push(Slot { parts: parts(&format!("{prefix}.optimizer.{moment}"), net), value });
        }
    }
}

/// One tensor of a net, by reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TensorNumbers<'a> {
    /// Its name within the net: `0.weight`.
    pub name: &'a str,
    /// Its dimensions.
    pub dimensions: &'a [usize],
    /// Its numbers, the last dimension running fastest.
    pub values: &'a [f32],
}

impl Snapshot {
    /// The generator as one would use it: its average where there is one.
    pub fn generator(&self) -> Vec<TensorNumbers<'_>> {
        let is_average = |named: &Named| named.name.starts_with("average.");
        let prefix = if self.tensors.iter().any(is_average) { "average." } else { "generator." };
        let of_net = self.tensors.iter().filter_map(|named| {
            let name = named.name.strip_prefix(prefix).filter(|n| !n.starts_with("optimizer."))?;
            Some(TensorNumbers { name, dimensions: &named.dimensions, values: &named.values })
        });
        of_net.collect()
    }

    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        self.tensors.iter().all(|named| named.values.iter().all(|value| value.is_finite()))
    }

    /// The snapshot as the bytes of a `.safetensors` file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_string(&self.header).expect("a header is plain data");
        let encode = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
        serialized(&self.tensors, header, Dtype::F32, encode)
    }

    /// Reads the bytes of a `.safetensors` file.
    ///
    /// # Errors
    /// If the file is cut off, of another kind or version, describes a spec that is refused, or
    /// holds numbers that are not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CoreError> {
        let header = header(bytes).map_err(|error| refused(&error))?;
        let format = header["format"].as_str().unwrap_or("none");
        if format != CHECKPOINT_FORMAT {
            return Err(refused(&format!("its format is {format}, not {CHECKPOINT_FORMAT}")));
        }
        let header: CheckpointHeader =
            serde_json::from_value(header).map_err(|error| refused(&error.to_string()))?;
        header.spec.validate().map_err(|error| refused(&error.to_string()))?;
        let tensors = tensors(bytes, f32_numbers).map_err(|error| refused(&error))?;
        Ok(Self { header, tensors })
    }
}

/// Where `found` differs most from `expected`, over the weights and running statistics of
/// generator and discriminator (not the optimisers' moments).
///
/// # Errors
/// If they do not hold the same tensors.
pub fn largest_deviation(expected: &Snapshot, found: &Snapshot) -> Result<Deviation, CoreError> {
    let theirs: HashMap<&str, &Named> =
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
        // A tensor of zeros (a shift that nothing has moved) must be met exactly.
        let relative = if difference == 0.0 { 0.0 } else { difference / size };
        let relative = if relative.is_nan() { f64::INFINITY } else { relative };
        if relative > largest.relative || largest.tensor.is_empty() {
            largest = Deviation { relative, tensor: mine.name.clone() };
        }
    }
    Ok(largest)
}

/// The bias that a relativistic objective leaves without a gradient: it shifts all verdicts alike.
/// What an optimiser makes of the rounding in its place is no measure of anything.
fn idle_bias(spec: &RunSpec) -> Option<String> {
    let last = spec.discriminator.layers.len().checked_sub(1)?;
    spec.objective.is_relativistic().then(|| format!("discriminator.{last}.bias"))
}

fn refused(message: &str) -> CoreError {
    CoreError::Checkpoint(message.to_owned())
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use super::*;
    use gan_protocol::{Objective, preset};

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
