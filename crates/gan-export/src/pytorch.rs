//! PyTorch: a state dict as a `.safetensors` file, with the names of the program that `gan-code` writes.

use std::collections::HashMap;

use gan_protocol::{GeneratorHeader, LayerSpec};
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::error::ExportError;
use crate::generator::{Generator, Values};

/// A tensor of the state dict.
struct Put {
    name: String,
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// The header of the net that the state dict is of (without stages of growth, which are all there, and spectral normalisation,
/// by which weights are divided already), and the state dict.
///
/// # Errors
/// If a tensor is missing, or a stage of growth is faded in.
pub fn pytorch(generator: &Generator) -> Result<(GeneratorHeader, Vec<u8>), ExportError> {
    let mut header = generator.header().clone();
    let mut layers = Vec::new();
    let level = header.level.take().unwrap_or(f32::MAX);
    flatten("generator", &header.generator.layers, level, 0, &mut layers)?;
    let mut puts = Vec::new();
    for (index, (path, layer)) in layers.iter().enumerate() {
        add(generator, &format!("{index}."), path, layer, &mut puts)?;
    }
    header.generator.layers = layers.into_iter().map(|(_, layer)| layer).collect();
    header.generator.spectral_norm = false;
    let mut views = Vec::new();
    let broken = |error: safetensors::SafeTensorError| ExportError::File(error.to_string());
    for put in &puts {
        let view = TensorView::new(put.kind, put.shape.clone(), &put.bytes).map_err(broken)?;
        views.push((put.name.clone(), view));
    }
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    Ok((header, serialize(views, Some(metadata)).map_err(broken)?))
}

/// The layers with their paths, those of stages that are there in the place of these.
fn flatten(
    path: &str,
    layers: &[LayerSpec],
    level: f32,
    stage: usize,
    flat: &mut Vec<(String, LayerSpec)>,
) -> Result<(), ExportError> {
    for (index, layer) in layers.iter().enumerate() {
        let own = format!("{path}.{index}");
        match layer {
            LayerSpec::Grow { layers, .. } => {
                if level < (stage + 1) as f32 {
                    let what = "stage of growth that is faded in".to_owned();
                    return Err(ExportError::Lacks { framework: "the program", what });
                }
                flatten(&format!("{own}.layers"), layers, level, stage + 1, flat)?;
            }
            layer => flat.push((own, layer.clone())),
        }
    }
    Ok(())
}

/// The tensors of a layer at `path`, under names that begin with `prefix`.
fn add(
    generator: &Generator,
    prefix: &str,
    path: &str,
    layer: &LayerSpec,
    puts: &mut Vec<Put>,
) -> Result<(), ExportError> {
    let mut put = |name: &str, values: &Values| {
        let bytes = values.numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        puts.push(Put {
            name: format!("{prefix}{name}"),
            kind: Dtype::F32,
            shape: values.shape.clone(),
            bytes,
        });
    };
    let mut plain = |own: &str, theirs: &str, is_turned: bool| {
        if let Some(values) = generator.optional(path, own) {
            let turned = is_turned.then(|| turned(values));
            put(theirs, turned.as_ref().unwrap_or(values));
        }
    };
    match layer {
        LayerSpec::Linear { .. }
        | LayerSpec::Maxout { .. }
        | LayerSpec::MixtureLinear { .. }
        | LayerSpec::MinibatchDiscrimination { .. } => {
            plain("weight", "weight", true);
            plain("bias", "bias", false);
        }
        LayerSpec::Conv { .. } | LayerSpec::ConvTranspose { .. } => {
            plain("weight", "weight", false);
            plain("bias", "bias", false);
        }
        LayerSpec::BatchNorm { .. }
        | LayerSpec::LayerNorm { .. }
        | LayerSpec::GroupNorm { .. }
        | LayerSpec::InstanceNorm { .. } => {
            for (own, theirs) in [
                ("scale", "weight"),
                ("shift", "bias"),
                ("running_mean", "running_mean"),
                ("running_variance", "running_var"),
            ] {
                plain(own, theirs, false);
            }
        }
        LayerSpec::Prelu {} => plain("slope", "weight", false),
        LayerSpec::Label { .. } | LayerSpec::LabelProduct { .. } => {
            plain("embedding", "embedding.weight", false);
        }
        LayerSpec::StyledConstant { .. } => {
            plain("constant", "constant", false);
            plain("mean", "mean", false);
        }
        LayerSpec::ModulatedConv { .. } => {
            for name in ["weight", "scale", "shift", "noise"] {
                plain(name, name, false);
            }
            plain("style", "style.weight", true);
        }
        _ => {}
    }
    if matches!(layer, LayerSpec::BatchNorm { .. }) {
        // A count of batches, which PyTorch's layer keeps and does not need here.
        puts.push(Put {
            name: format!("{prefix}num_batches_tracked"),
            kind: Dtype::I64,
            shape: Vec::new(),
            bytes: 0_i64.to_le_bytes().to_vec(),
        });
    }
    for (name, layers) in layer.inside() {
        let theirs = if name == "layers" { "body" } else { name };
        for (index, layer) in layers.iter().enumerate() {
            let (prefix, path) =
                (format!("{prefix}{theirs}.{index}."), format!("{path}.{name}.{index}"));
            add(generator, &prefix, &path, layer, puts)?;
        }
    }
    Ok(())
}

/// A matrix with its axes the other way round.
fn turned(values: &Values) -> Values {
    let (rows, columns) = (values.shape[0], values.shape[1]);
    let at = |index: usize| values.numbers[index % rows * columns + index / rows];
    Values { shape: vec![columns, rows], numbers: (0..rows * columns).map(at).collect() }
}
