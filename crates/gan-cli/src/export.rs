//! `gan export`

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gan_core::{Snapshot, TensorNumbers};
use half::f16;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::json;

use crate::runs::snapshot;
use crate::{Ending, files};

/// Arguments of `gan export`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint.
    checkpoint: PathBuf,
    /// The file that is written.
    #[arg(long, value_name = "FILE", default_value = "generator.safetensors")]
    out: PathBuf,
    /// Keep 32 bits a number; the default is 16, half the size.
    #[arg(long)]
    full_precision: bool,
}

/// Writes the generator alone: its average where there is one.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let snapshot = snapshot(&arguments.checkpoint)?;
    let bytes = generator_bytes(&snapshot, arguments.full_precision)?;
    files::write(&arguments.out, &bytes)?;
    eprintln!("{} holds {} bytes", arguments.out.display(), bytes.len());
    Ok(Ending::Done)
}

fn generator_bytes(snapshot: &Snapshot, full_precision: bool) -> Result<Vec<u8>> {
    let spec = &snapshot.header.spec;
    let header = json!({
        "format": "gan-playground-generator-1",
        "step": snapshot.header.step,
        "generator": spec.generator,
        "latent": spec.latent,
        "data": {
            "channels": spec.data.channels,
            "height": spec.data.height,
            "width": spec.data.width,
        },
        "labels": spec.labels,
        "codes": spec.codes,
        "mixture": spec.mixture,
    });
    let tensors = snapshot.generator();
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|tensor| encoded(tensor, full_precision)).collect();
    let dtype = if full_precision { Dtype::F32 } else { Dtype::F16 };
    let mut views = Vec::new();
    for (tensor, bytes) in tensors.iter().zip(&bytes) {
        let view = TensorView::new(dtype, tensor.dimensions.to_vec(), bytes)?;
        views.push((format!("generator.{}", tensor.name), view));
    }
    let metadata = HashMap::from([("gan_playground".to_owned(), header.to_string())]);
    Ok(serialize(views, Some(metadata))?)
}

fn encoded(tensor: &TensorNumbers<'_>, full_precision: bool) -> Vec<u8> {
    let values = tensor.values.iter();
    if full_precision {
        return values.flat_map(|value| value.to_le_bytes()).collect();
    }
    values.flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect()
}
