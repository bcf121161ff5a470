//! A state dict: tensors by name, from PyTorch's files.

use std::collections::BTreeSet;

use gan_files::natural_order;
use gan_protocol::HEADER_KEY;
use half::{bf16, f16};
use pytorch_reader::{DType, PytorchError, PytorchReader};
use safetensors::tensor::{Dtype, Metadata, SafeTensors};

use crate::error::ImportError;
use crate::view::{MOST_OF_TENSOR, is_within};

/// Prefixes that wrappers put before all names: `DataParallel` and `torch.compile`.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];
/// Keys under which training programs keep a generator's state dict.
const USUAL_KEYS: [&str; 11] = [
    "generator",
    "netG",
    "G",
    "G_state_dict",
    "netG_state_dict",
    "generator_state_dict",
    "g_ema",
    "params_ema",
    "state_dict",
    "model_state_dict",
    "model",
];
/// What the names of the other parts of a checkpoint contain, beside those that are `D` or begin with `d_`.
const OTHER_PARTS: [&str; 5] = ["disc", "netd", "critic", "optim", "sched"];

/// A tensor: lengths of its axes, slowest first, and its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// The last axis runs fastest.
    pub numbers: Vec<f32>,
}

/// Tensors by name, in the natural order of their names (`main.2` before `main.10`): the reader of PyTorch's files does not
/// tell theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct StateDict {
    tensors: Vec<(String, Values)>,
    /// The part of the file that was taken, and the names of the others.
    part: Part,
}

impl StateDict {
    /// Reads a file that `torch.save` wrote (`.pth`, `.pt`), or a `.safetensors` file. `key` names the part of the file that is
    /// the generator's state dict, by dots, and an empty one the whole file; without one, a part with a usual name is taken, if all
    /// others have the usual names of other parts. Prefixes that all
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
        let is_too_large =
            |(_, values): &&(String, Values)| !is_within(&values.shape, MOST_OF_TENSOR);
        if let Some((name, values)) = tensors.iter().find(is_too_large) {
            let message = format!("the tensor {name} of {:?} is too large", values.shape);
            return Err(ImportError::file(message));
        }
        let (mut tensors, part) = taken(tensors, key)?;
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
        Ok(Self { tensors, part })
    }

    /// The tensors in order.
    pub fn tensors(&self) -> &[(String, Values)] {
        &self.tensors
    }

    /// The part of the file that was taken, and the names of the others; `None` for a whole file.
    pub fn part(&self) -> Option<(&str, &[String])> {
        self.part.as_ref().map(|(part, others)| (part.as_str(), others.as_slice()))
    }
}

/// Whether these are the bytes of a file with this program's header.
pub fn is_own_file(bytes: &[u8]) -> bool {
    SafeTensors::read_metadata(bytes).is_ok_and(|(_, metadata)| is_own(&metadata))
}

/// Whether a file has this program's header.
fn is_own(metadata: &Metadata) -> bool {
    metadata.metadata().as_ref().is_some_and(|metadata| metadata.contains_key(HEADER_KEY))
}

type Tensors = Vec<(String, Values)>;
/// A part of a file, and the names of the others.
type Part = Option<(String, Vec<String>)>;

/// The names of a file's parts.
fn parts(tensors: &Tensors) -> Vec<String> {
    let parts: BTreeSet<&str> =
        tensors.iter().filter_map(|(name, _)| name.split('.').next()).collect();
    parts.into_iter().map(str::to_owned).collect()
}

/// The tensors of the part called `key`, or of usual ones, without that name; the part, and the names of the others.
fn taken(tensors: Tensors, key: Option<&str>) -> Result<(Tensors, Part), ImportError> {
    if let Some(key) = key {
        if key.is_empty() {
            return Ok((tensors, None));
        }
        let all = parts(&tensors);
        let own = part(tensors, key);
        if own.is_empty() {
            let message = format!("the file has no part `{key}`; its parts are {}", all.join(", "));
            return Err(ImportError::file(message));
        }
        return Ok((own, Some((key.to_owned(), others(all, key)))));
    }
    let (mut tensors, mut path, mut left) = (tensors, Vec::new(), Vec::new());
    loop {
        let all = parts(&tensors);
        let is_other = |name: &String| {
            let name = name.to_lowercase();
            name == "d"
                || name.starts_with("d_")
                || OTHER_PARTS.iter().any(|part| name.contains(part))
        };
        let is_usual = |key: &&str| {
            all.iter().any(|name| name == key)
                && all.iter().all(|name| {
                    name == key || is_other(name) || USUAL_KEYS.contains(&name.as_str())
                })
        };
        let found = USUAL_KEYS.into_iter().find(is_usual);
        // A net whose only part is called so is no part of anything.
        let Some(key) = found.filter(|_| all.len() > 1 || path.is_empty() && is_nested(&tensors))
        else {
            break;
        };
        left.extend(others(all, key));
        tensors = part(tensors, key);
        path.push(key);
    }
    let part = (!path.is_empty()).then(|| (path.join("."), left));
    Ok((tensors, part))
}

/// Whether there are names with a further usual part, as in `state_dict.generator.0.weight`.
fn is_nested(tensors: &Tensors) -> bool {
    let second = |name: &str| name.split('.').nth(1).is_some_and(|part| USUAL_KEYS.contains(&part));
    tensors.iter().any(|(name, _)| second(name))
}

fn others(mut all: Vec<String>, key: &str) -> Vec<String> {
    all.retain(|name| Some(name.as_str()) != key.split('.').next());
    all
}

fn part(tensors: Tensors, key: &str) -> Tensors {
    let prefix = format!("{key}.");
    let own = tensors.into_iter().filter(|(name, _)| name.starts_with(&prefix));
    own.map(|(name, values)| (name[prefix.len()..].to_string(), values)).collect()
}

fn of_safetensors(file: &SafeTensors<'_>) -> Result<Tensors, ImportError> {
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

fn of_pytorch(bytes: &[u8]) -> Result<Tensors, ImportError> {
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
