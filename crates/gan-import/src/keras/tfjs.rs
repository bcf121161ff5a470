//! Layers models of TensorFlow.js: a `model.json`, and shards of weights beside it.

use half::f16;
use serde_json::Value;

use super::model::described_by;
use super::weights::Named;
use crate::described::{Choices, Described};
use crate::error::ImportError;
use crate::state_dict::Values;
use crate::view::{MOST_OF_TENSOR, is_within};

/// The generator of a `model.json`, with its shards among `files` (names and bytes).
pub(crate) fn of_tfjs(
    model: &Value,
    files: &[(String, Vec<u8>)],
    choices: &Choices,
) -> Result<Described, ImportError> {
    if model["format"].as_str() == Some("graph-model") {
        return Err(ImportError::file(
            "the file is a graph model, which holds no layers: convert the Keras model to a layers model, or import the Keras \
             file itself",
        ));
    }
    let topology = &model["modelTopology"];
    let nested = &topology["model_config"];
    let config = if nested.is_null() { topology } else { nested };
    let mut weights = Vec::new();
    let groups =
        model["weightsManifest"].as_array().ok_or_else(|| damaged("it lists no weights"))?;
    for group in groups {
        let mut bytes = Vec::new();
        for path in group["paths"].as_array().ok_or_else(|| damaged("a group has no paths"))? {
            let path = path.as_str().unwrap_or_default();
            let name = path.rsplit('/').next().unwrap_or_default();
            let shard = files.iter().find(|(own, _)| own.rsplit(['/', '\\']).next() == Some(name));
            let Some((_, shard)) = shard else {
                return Err(ImportError::file(format!(
                    "the weights are in {name}, which belongs beside the model: give both"
                )));
            };
            bytes.extend_from_slice(shard);
        }
        let mut rest = bytes.as_slice();
        for weight in
            group["weights"].as_array().ok_or_else(|| damaged("a group has no weights"))?
        {
            let name = weight["name"].as_str().ok_or_else(|| damaged("a weight has no name"))?;
            weights.push((name.to_owned(), read(weight, name, &mut rest)?));
        }
        if !rest.is_empty() {
            return Err(damaged("its weights have more bytes than it lists"));
        }
    }
    described_by(config, &Named { weights, are_of_tfjs: true }, choices)
}

fn damaged(why: &str) -> ImportError {
    ImportError::file(format!("the model is damaged: {why}"))
}

/// One weight at the beginning of `rest`, which is moved behind it.
fn read(weight: &Value, name: &str, rest: &mut &[u8]) -> Result<Values, ImportError> {
    let lengths = weight["shape"].as_array().ok_or_else(|| damaged("a weight has no shape"))?;
    let shape: Option<Vec<usize>> =
        lengths.iter().map(|length| length.as_u64().map(|length| length as usize)).collect();
    let Some(shape) = shape.filter(|shape| is_within(shape, MOST_OF_TENSOR)) else {
        return Err(damaged(&format!("the shape of {name} is none")));
    };
    let count: usize = shape.iter().product();
    let own = weight["dtype"].as_str().unwrap_or("float32");
    let quantization = &weight["quantization"];
    let stored = quantization["dtype"].as_str().unwrap_or(own);
    let width = match stored {
        "float32" => 4,
        "float16" | "uint16" => 2,
        "uint8" => 1,
        other => {
            return Err(ImportError::file(format!(
                "the weight {name} holds numbers of the kind {other}"
            )));
        }
    };
    let bytes = count.checked_mul(width).and_then(|length| rest.split_at_checked(length));
    let Some((bytes, behind)) = bytes else {
        return Err(damaged(&format!("the weight {name} is cut off")));
    };
    *rest = behind;
    // value = stored * scale + min, in double precision as TensorFlow.js has it.
    let scale = quantization["scale"].as_f64().unwrap_or(1.0);
    let least = quantization["min"].as_f64().unwrap_or(0.0);
    let restored = |stored: f64| (stored * scale + least) as f32;
    let numbers = match stored {
        "float32" => bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        "float16" => {
            bytes.as_chunks::<2>().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect()
        }
        "uint16" => {
            let pairs = bytes.as_chunks::<2>().0.iter();
            pairs.map(|b| restored(f64::from(u16::from_le_bytes(*b)))).collect()
        }
        _ => bytes.iter().map(|byte| restored(f64::from(*byte))).collect(),
    };
    Ok(Values { shape, numbers })
}
