//! `.keras` files: the description and the weights in an archive, as Keras 3 writes them.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};

use hdf5_pure::FileBuilder;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Framework;
use super::layers::model;
use super::topology::Layer;
use crate::error::ExportError;
use crate::generator::Generator;

/// The version whose form is written.
const KERAS: &str = "3.15.1";

/// The generator as a `.keras` file. Its inputs, as far as it has them: `latent`, the codes behind the latent's numbers; `class`, `[batch, 1]`;
/// `picture`, channels last. Its output has its channels last, between -1 and 1.
///
/// # Errors
/// If Keras lacks a layer, with its name.
pub fn keras(generator: &Generator) -> Result<Vec<u8>, ExportError> {
    let (model, output) = model(generator, Framework::Keras)?;
    let broken = |error: &dyn std::fmt::Display| ExportError::File(error.to_string());
    let config = model.described(output).to_string();
    let metadata = json!({"keras_version": KERAS, "date_saved": ""}).to_string();
    let weights = weights(&model.layers)?;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // Stored, as Keras writes it: its reader seeks in the weights.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in [
        ("metadata.json", metadata.as_bytes()),
        ("config.json", config.as_bytes()),
        ("model.weights.h5", &weights),
    ] {
        archive.start_file(name, stored).map_err(|error| broken(&error))?;
        archive.write_all(bytes).map_err(|error| broken(&error))?;
    }
    Ok(archive.finish().map_err(|error| broken(&error))?.into_inner())
}

/// Weights by class and count: `layers/conv2d_transpose_1/vars/0`.
fn weights(layers: &[Layer]) -> Result<Vec<u8>, ExportError> {
    let mut file = FileBuilder::new();
    let mut all = file.create_group("layers");
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for layer in layers {
        let count = counts.entry(layer.class).or_default();
        let class = snake_case(layer.class);
        let name = if *count == 0 { class.to_owned() } else { format!("{class}_{count}") };
        *count += 1;
        if layer.weights.is_empty() {
            continue;
        }
        let mut own = all.create_group(&name);
        let mut variables = own.create_group("vars");
        for (index, (_, values)) in layer.weights.iter().enumerate() {
            let shape: Vec<u64> = values.shape.iter().map(|length| *length as u64).collect();
            variables
                .create_dataset(&index.to_string())
                .with_f32_data(&values.numbers)
                .with_shape(&shape);
        }
        own.add_group(variables.finish());
        all.add_group(own.finish());
    }
    file.add_group(all.finish());
    file.finish().map_err(|error| ExportError::File(error.to_string()))
}

/// Keras's name of a class in files.
fn snake_case(class: &'static str) -> &'static str {
    match class {
        "Dense" => "dense",
        "Conv2D" => "conv2d",
        "Conv2DTranspose" => "conv2d_transpose",
        "BatchNormalization" => "batch_normalization",
        "LayerNormalization" => "layer_normalization",
        "GroupNormalization" => "group_normalization",
        "RMSNormalization" => "rms_normalization",
        "PReLU" => "p_re_lu",
        "Embedding" => "embedding",
        // These have no weights, so that their names are written nowhere.
        other => other,
    }
}
