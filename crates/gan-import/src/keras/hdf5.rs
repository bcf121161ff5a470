//! HDF5 files: a net with its weights (`.h5`), and the weights inside a `.keras` file.

use hdf5_pure::{AttrValue, Dataset, File, Group, is_hdf5_bytes};
use serde_json::Value;

use super::model::described_by;
use super::weights::{Named, Place, Weights};
use crate::described::{Choices, Described};
use crate::error::ImportError;
use crate::state_dict::Values;
use crate::view::{MOST_OF_TENSOR, is_within};

/// Whether these are the bytes of such a file.
pub(crate) fn is_hdf5(bytes: &[u8]) -> bool {
    is_hdf5_bytes(bytes)
}

/// The generator in an `.h5` file. `topology` describes the net where the file has its weights alone.
pub(crate) fn of_hdf5(
    bytes: Vec<u8>,
    topology: Option<&Value>,
    choices: &Choices,
) -> Result<Described, ImportError> {
    let file = opened(bytes)?;
    let attributes = file.root().attrs().map_err(|error| damaged(&error))?;
    let own = attributes.get("model_config").and_then(text);
    let config: Value = match (own, topology) {
        (Some(own), _) => serde_json::from_str(&own).map_err(|error| damaged(&error))?,
        (None, Some(topology)) => topology.clone(),
        (None, None) => {
            return Err(ImportError::file(
                "the file holds weights without their net: give the net beside it, as model.to_json() writes it, or save both by \
                 model.save(\"generator.keras\")",
            ));
        }
    };
    if file.root().group("layers").is_ok() && !attributes.contains_key("layer_names") {
        return described_by(&config, &Counted { file }, choices);
    }
    let within = if attributes.contains_key("layer_names") {
        file.root()
    } else {
        file.root().group("model_weights").map_err(|error| damaged(&error))?
    };
    described_by(&config, &named(&within)?, choices)
}

pub(super) fn opened(bytes: Vec<u8>) -> Result<File, ImportError> {
    File::from_bytes(bytes).map_err(|error| damaged(&error))
}

/// All weights of the layers' groups, by their full names.
fn named(layers: &Group) -> Result<Named, ImportError> {
    let mut weights = Vec::new();
    for name in layers.groups().map_err(|error| damaged(&error))? {
        let group = layers.group(&name).map_err(|error| damaged(&error))?;
        let attributes = group.attrs().map_err(|error| damaged(&error))?;
        for weight in attributes.get("weight_names").map(texts).unwrap_or_default() {
            let dataset = group.dataset(&weight).map_err(|error| {
                ImportError::file(format!("the weight {weight} of {name} is missing: {error}"))
            })?;
            let values = values(&dataset)?;
            // Weights of Keras 3 and of a name scope have further names before the layer's; some have none.
            let path = if weight.contains('/') { weight } else { format!("{name}/{weight}") };
            weights.push((path, values));
        }
    }
    Ok(Named { weights, are_of_tfjs: false })
}

/// The weights inside a `.keras` file: by class and count, never by a layer's name.
pub(super) struct Counted {
    pub(super) file: File,
}

impl Weights for Counted {
    fn of(&self, place: &Place, names: &[&str]) -> Result<Vec<Values>, ImportError> {
        let mut path = String::new();
        for name in &place.counted {
            path += &format!("layers/{name}/");
        }
        let read = |(index, name): (usize, &&str)| {
            let dataset = self.file.dataset(&format!("{path}vars/{index}")).map_err(|error| {
                ImportError::file(format!("{name} is missing at {path}vars/{index}: {error}"))
            })?;
            values(&dataset)
        };
        names.iter().enumerate().map(read).collect()
    }
}

fn values(dataset: &Dataset) -> Result<Values, ImportError> {
    let shape = dataset.shape().map_err(|error| damaged(&error))?;
    let shape: Vec<usize> =
        shape.into_iter().map(|length| usize::try_from(length).unwrap_or(usize::MAX)).collect();
    if !is_within(&shape, MOST_OF_TENSOR) {
        return Err(ImportError::file(format!("a weight of {shape:?} is too large")));
    }
    let numbers = dataset.read_f32().map_err(|error| damaged(&error))?;
    if numbers.len() != shape.iter().product::<usize>() {
        return Err(ImportError::file(format!("a weight of {shape:?} is cut off")));
    }
    Ok(Values { shape, numbers })
}

fn damaged(error: &dyn std::fmt::Display) -> ImportError {
    ImportError::file(format!("the file is damaged, or of another kind: {error}"))
}

fn text(value: &AttrValue) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &AttrValue) -> Vec<String> {
    value.as_strings().unwrap_or_default().to_vec()
}
