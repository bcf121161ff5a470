//! Layers models of TensorFlow.js: `model.json` and a shard of weights.

use serde_json::{Value, json};

use super::Framework;
use super::layers::model;
use crate::error::ExportError;
use crate::generator::Generator;

/// The files of a model.
#[derive(Clone, Debug)]
pub struct TfjsFiles {
    /// `model.json`, to which `tf.loadLayersModel` is given the address.
    pub model: String,
    /// The name of the shard, which belongs beside it.
    pub shard: &'static str,
    /// The shard.
    pub weights: Vec<u8>,
}

/// The generator as a layers model, with the inputs and the output of [`keras`](super::keras).
///
/// # Errors
/// If TensorFlow.js lacks a layer, with its name.
pub fn tfjs(generator: &Generator) -> Result<TfjsFiles, ExportError> {
    let (model, output) = model(generator, Framework::TensorFlowJs)?;
    let mut specs: Vec<Value> = Vec::new();
    let mut bytes = Vec::new();
    for layer in &model.layers {
        for (name, values) in &layer.weights {
            let name = format!("{}/{name}", layer.name);
            specs.push(json!({"name": name, "shape": values.shape, "dtype": "float32"}));
            bytes.extend(values.numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
    }
    let shard = "group1-shard1of1.bin";
    let file = json!({
        "format": "layers-model",
        "generatedBy": "gan-playground",
        "convertedBy": null,
        "modelTopology": model.described(output),
        "weightsManifest": [{"paths": [shard], "weights": specs}],
    });
    Ok(TfjsFiles { model: file.to_string(), shard, weights: bytes })
}
