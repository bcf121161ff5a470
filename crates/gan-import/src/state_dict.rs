//! A state dict: tensors by name, from PyTorch's files.

use std::collections::BTreeSet;

use gan_files::natural_order;
use half::{bf16, f16};
use pytorch_reader::{DType, PytorchError, PytorchReader};
use safetensors::tensor::{Dtype, Metadata, SafeTensors};

use crate::error::ImportError;

/// Prefixes that wrappers put before all names: `DataParallel` and `torch.compile`.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];
/// Keys under which training programs keep a generator's state dict.
const USUAL_KEYS: [&str; 8] = [
    "generator",
    "netG",
    "G",
    "G_state_dict",
    "generator_state_dict",
    "g_ema",
    "state_dict",
    "model",
];

/// A tensor: lengths of its axes, slowest first, and its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// The last axis runs fastest.
    pub numbers: Vec<f32>,
}

/// Tensors by name, in the natural order of their names (`main.2` before `main.10`).
#[derive(Clone, Debug, PartialEq)]
pub struct StateDict(Vec<(String, Values)>);

impl StateDict {
    /// Reads a file that `torch.save` wrote (`.pth`, `.pt`), or a `.safetensors` file. `key` names the part of the file that is
    /// the generator's state dict, by dots; without one, a part with a usual name is taken, if there is one. Prefixes that all
    /// names share because a wrapper put them there are taken off. No program in a pickle is run.
    ///
    /// # Errors
    /// If the file is none of these, is damaged, holds no tensors of numbers, or no part called `key`.
    pub fn read(bytes: &[u8], key: Option<&str>) -> Result<Self, ImportError> {
        let tensors = match SafeTensors::read_metadata(bytes) {
            Ok((_, metadata)) if is_own(&metadata) => {
                return Err(ImportError::file("the file is one of this program already"));
            }
            Ok(_) => {
                let file = SafeTensors::deserialize(bytes);
                of_safetensors(&file.map_err(|error| ImportError::file(error.to_string()))?)?
            }
            Err(_) => of_pytorch(bytes)?,
        };
        let mut tensors = part(tensors, key)?;
        for wrapper in WRAPPERS {
            if tensors.iter().all(|(name, _)| name.starts_with(wrapper)) {
                for (name, _) in &mut tensors {
                    name.drain(..wrapper.len());
                }
            }
        }
        tensors.sort_by(|(one, _), (other, _)| natural_order(one, other));
        if tensors.is_empty() {
            return Err(ImportError::file("the file holds no tensors of numbers"));
        }
        Ok(Self(tensors))
    }

    /// The tensors in order.
    pub fn tensors(&self) -> &[(String, Values)] {
        &self.0
    }
}

/// Whether a file has this program's header.
fn is_own(metadata: &Metadata) -> bool {
    metadata.metadata().as_ref().is_some_and(|metadata| metadata.contains_key("gan_playground"))
}

/// The tensors of the part called `key`, or of a usual one, without that name.
fn part(
    tensors: Vec<(String, Values)>,
    key: Option<&str>,
) -> Result<Vec<(String, Values)>, ImportError> {
    let has = |key: &str| tensors.iter().any(|(name, _)| name.starts_with(&format!("{key}.")));
    let usual = || {
        let found = USUAL_KEYS.into_iter().find(|key| has(key));
        // A net whose only part is called so is no part of anything.
        found.filter(|key| !tensors.iter().all(|(name, _)| name.starts_with(&format!("{key}."))))
    };
    let Some(key) = key.or_else(usual) else { return Ok(tensors) };
    if !has(key) {
        let parts: BTreeSet<&str> =
            tensors.iter().filter_map(|(name, _)| name.split('.').next()).collect();
        let parts: Vec<&str> = parts.into_iter().collect();
        let message = format!("the file has no part `{key}`; its parts are {}", parts.join(", "));
        return Err(ImportError::file(message));
    }
    let start = key.len() + 1;
    let own = tensors.into_iter().filter(|(name, _)| name.starts_with(&format!("{key}.")));
    Ok(own.map(|(name, values)| (name[start..].to_string(), values)).collect())
}

fn of_safetensors(file: &SafeTensors<'_>) -> Result<Vec<(String, Values)>, ImportError> {
    let mut tensors = Vec::new();
    for (name, view) in file.tensors() {
        let bytes = view.data();
        let numbers = match view.dtype() {
            Dtype::F64 => of_f64(bytes),
            Dtype::F32 => of_f32(bytes),
            Dtype::F16 => of_f16(bytes),
            Dtype::BF16 => of_bf16(bytes),
            // Counters, such as batch normalisation's of batches.
            _ => continue,
        };
        tensors.push((name, Values { shape: view.shape().to_vec(), numbers }));
    }
    Ok(tensors)
}

fn of_pytorch(bytes: &[u8]) -> Result<Vec<(String, Values)>, ImportError> {
    let reader = PytorchReader::from_bytes(bytes.to_vec(), None);
    let reader = reader.map_err(|error| ImportError::file(reason(&error)))?;
    let mut tensors = Vec::new();
    for (name, tensor) in reader.into_tensors() {
        let read = |numbers: fn(&[u8]) -> Vec<f32>| {
            let bytes = tensor.read();
            let bytes = bytes.map_err(|error| {
                ImportError::file(format!("the tensor {name} is damaged: {error}"))
            })?;
            Ok::<_, ImportError>(numbers(&bytes))
        };
        let numbers = match tensor.dtype() {
            DType::F64 => read(of_f64)?,
            DType::F32 => read(of_f32)?,
            DType::F16 => read(of_f16)?,
            DType::BF16 => read(of_bf16)?,
            _ => continue,
        };
        let shape = tensor.shape().to_vec();
        tensors.push((name, Values { shape, numbers }));
    }
    Ok(tensors)
}

/// Why a file is not read, for people.
fn reason(error: &PytorchError) -> String {
    let told = error.to_string();
    if let Some((_, from)) = told.split_once("unsupported Python type '") {
        let class = from.split('\'').next().unwrap_or_default();
        return format!(
            "the file holds the Python object {class}, which only its own program can read: save the net's \
             numbers alone, by torch.save(net.state_dict(), \"generator.pth\")"
        );
    }
    if told.contains("Expected a dictionary") {
        let found = told.rsplit("found ").next().unwrap_or_default();
        return format!(
            "the file holds a {found}, and no net's numbers: save these by torch.save(net.state_dict(), \"generator.pth\")"
        );
    }
    format!("the file is neither PyTorch's nor safetensors', or is damaged: {told}")
}

fn of_f64(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect()
}

fn of_f32(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn of_f16(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<2>().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()
}

fn of_bf16(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<2>().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect()
}
