//! A run as one `.safetensors` file, and two such files compared.
//!
//! Tensors: `generator.*`, `discriminator.*`, `average.*` (if there is one), each net's
//! `optimizer.first.*` and `optimizer.second.*`. The header stands in `__metadata__`.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor, Transaction};
use gan_protocol::{CHECKPOINT_FORMAT, CheckpointHeader, RunSpec};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use crate::error::CoreError;
use crate::net::{Net, tensor};
use crate::optimizer::NetOptimizer;
use crate::trainer::{Trainer, floats};

const HEADER_KEY: &str = "gan_playground";

/// A run's numbers on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What is not a tensor.
    pub header: CheckpointHeader,
    /// Every tensor, in a fixed order.
    tensors: Vec<Named>,
}

#[derive(Clone, Debug, PartialEq)]
struct Named {
    name: String,
    dimensions: Vec<usize>,
    values: Vec<f32>,
}

/// A tensor of a run, by reference, with the name and shape under which it is stored.
struct Slot<'a> {
    name: String,
    dimensions: Vec<usize>,
    value: &'a mut Tensor<1>,
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
        let slots = copy.slots();
        let mut transaction = Transaction::default();
        for slot in &slots {
            transaction = transaction.register(slot.value.clone());
        }
        let data = transaction.execute_async().await?;
        let tensors = slots
            .into_iter()
            .zip(data)
            .map(|(slot, data)| {
                let Slot { name, dimensions, .. } = slot;
                Ok(Named { name, dimensions, values: floats(data)? })
            })
            .collect::<Result<_, CoreError>>()?;
        Ok(Snapshot { header, tensors })
    }

    /// The run that `snapshot` was taken of, with `spec` in place of its settings.
    ///
    /// # Errors
    /// If `spec` has other nets or latents than the snapshot, or tensors are missing or misshapen.
    pub fn restore(
        snapshot: &Snapshot,
        spec: &RunSpec,
        device: &Device,
    ) -> Result<Self, CoreError> {
        let old = &snapshot.header.spec;
        let same_nets = (&old.generator, &old.discriminator, old.latent)
            == (&spec.generator, &spec.discriminator, spec.latent);
        if !same_nets || old.data.shape() != spec.data.shape() {
            return Err(refused("it was made with other nets, latents or sample shapes"));
        }
        let mut trainer = Self::new(spec, device)?;
        trainer.generator_optimizer.updates = snapshot.header.step;
        trainer.discriminator_optimizer.updates = snapshot.header.discriminator_step;
        let mut stored: HashMap<&str, &Named> =
            snapshot.tensors.iter().map(|named| (named.name.as_str(), named)).collect();
        let mut average_missing = false;
        for slot in trainer.slots() {
            let Some(named) = stored.remove(slot.name.as_str()) else {
                if slot.name.starts_with("average.") {
                    average_missing = true;
                    continue;
                }
                return Err(refused(&format!("tensor {} is missing", slot.name)));
            };
            if named.dimensions != slot.dimensions {
                return Err(refused(&format!(
                    "tensor {} has shape {:?}, not {:?}",
                    slot.name, named.dimensions, slot.dimensions
                )));
            }
            *slot.value = tensor(named.values.clone(), device);
        }
        // The average was switched on after the checkpoint: it starts from the generator.
        if average_missing {
            trainer.average = Some(trainer.generator.clone());
        }
        Ok(trainer)
    }

    fn slots(&mut self) -> Vec<Slot<'_>> {
        let mut slots = Vec::new();
        optimizer_slots("generator", &self.generator, &mut self.generator_optimizer, &mut slots);
        optimizer_slots(
            "discriminator",
            &self.discriminator,
            &mut self.discriminator_optimizer,
            &mut slots,
        );
        net_slots("generator", &mut self.generator, &mut slots);
        net_slots("discriminator", &mut self.discriminator, &mut slots);
        if let Some(average) = &mut self.average {
            net_slots("average", average, &mut slots);
        }
        slots
    }
}

fn net_slots<'a>(prefix: &str, net: &'a mut Net, slots: &mut Vec<Slot<'a>>) {
    let parameters = net.parameter_names.iter().zip(&net.parameter_dimensions);
    for ((name, dimensions), value) in parameters.zip(&mut net.parameters) {
        slots.push(Slot {
            name: format!("{prefix}.{name}"),
            dimensions: dimensions.clone(),
            value,
        });
    }
    for (name, value) in net.buffer_names.iter().zip(&mut net.buffers) {
        let dimensions = value.dims().to_vec();
        slots.push(Slot { name: format!("{prefix}.{name}"), dimensions, value });
    }
}

fn optimizer_slots<'a>(
    prefix: &str,
    net: &Net,
    optimizer: &'a mut NetOptimizer,
    slots: &mut Vec<Slot<'a>>,
) {
    let moments = [("first", &mut optimizer.first), ("second", &mut optimizer.second)];
    for (moment, values) in moments {
        let parameters = net.parameter_names.iter().zip(&net.parameter_dimensions);
        for ((name, dimensions), value) in parameters.zip(values) {
            let name = format!("{prefix}.optimizer.{moment}.{name}");
            slots.push(Slot { name, dimensions: dimensions.clone(), value });
        }
    }
}

impl Snapshot {
    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        self.tensors.iter().all(|named| named.values.iter().all(|value| value.is_finite()))
    }

    /// The snapshot as the bytes of a `.safetensors` file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_string(&self.header).expect("a header is plain data");
        let metadata = HashMap::from([(HEADER_KEY.to_owned(), header)]);
        let bytes: Vec<Vec<u8>> = self
            .tensors
            .iter()
            .map(|named| named.values.iter().flat_map(|value| value.to_le_bytes()).collect())
            .collect();
        let views = self.tensors.iter().zip(&bytes).map(|(named, bytes)| {
            let view = TensorView::new(Dtype::F32, named.dimensions.clone(), bytes)
                .expect("shape and bytes come from the same tensor");
            (named.name.as_str(), view)
        });
        serialize(views, Some(metadata)).expect("the header is small and names are distinct")
    }

    /// Reads the bytes of a `.safetensors` file.
    ///
    /// # Errors
    /// If the file is cut off, of another kind or version, describes a spec that is refused, or
    /// holds numbers that are not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CoreError> {
        let broken = |error: safetensors::SafeTensorError| refused(&error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
        let file = SafeTensors::deserialize(bytes).map_err(broken)?;
        let header = metadata
            .metadata()
            .as_ref()
            .and_then(|entries| entries.get(HEADER_KEY))
            .ok_or_else(|| refused("it has no header of this program"))?;
        let header: serde_json::Value =
            serde_json::from_str(header).map_err(|error| refused(&error.to_string()))?;
        let format = header["format"].as_str().unwrap_or("none");
        if format != CHECKPOINT_FORMAT {
            return Err(refused(&format!("its format is {format}, not {CHECKPOINT_FORMAT}")));
        }
        let header: CheckpointHeader =
            serde_json::from_value(header).map_err(|error| refused(&error.to_string()))?;
        header.spec.validate().map_err(|error| refused(&error.to_string()))?;
        let mut tensors = Vec::new();
        for (name, view) in file.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(refused(&format!("tensor {name} is {:?}, not F32", view.dtype())));
            }
            let values: Vec<f32> = view
                .data()
                .chunks_exact(4)
                .map(|bytes| f32::from_le_bytes(bytes.try_into().expect("four bytes")))
                .collect();
            if values.iter().any(|value| !value.is_finite()) {
                return Err(refused(&format!("tensor {name} holds NaN or infinity")));
            }
            let dimensions = view.shape().to_vec();
            tensors.push(Named { name: name.to_owned(), dimensions, values });
        }
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
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
    let compared = expected.tensors.iter().filter(|named| !named.name.contains(".optimizer."));
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

fn refused(message: &str) -> CoreError {
    CoreError::Checkpoint(message.to_owned())
}
