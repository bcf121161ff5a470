//! `gan export`: writes a checkpoint's generator as a file of its own, in as many bits a number as are asked
//! for, or in another framework's form.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use gan_code::pytorch_sampler;
use gan_core::{Precision, cpu, with_precision};
use gan_export::Generator;

use crate::files::name_of;
use crate::runs::snapshot;
use crate::sample::is_generator;
use crate::{Ending, files};

/// Arguments of `gan export`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint, or a generator's file, which is written anew.
    checkpoint: PathBuf,
    /// The file that is written; by default `generator` with the form's ending.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The form of the file.
    #[arg(long, value_enum, default_value = "safetensors")]
    format: Format,
    /// In a translation, the generator of the way back: from the data to the second set.
    #[arg(long)]
    way_back: bool,
    /// Bits a number: 8 make half of the size of 16, and samples that differ a little. Other forms have 32.
    #[arg(long, value_enum)]
    bits: Option<Bits>,
}

/// `--format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// This program's own.
    Safetensors,
    /// One file of ONNX, whose batch is open.
    Onnx,
    /// A Python program, and beside it a state dict as .safetensors.
    Pytorch,
    /// A .keras file.
    Keras,
    /// A layers model of TensorFlow.js: model.json, and beside it a shard of weights.
    Tfjs,
}

impl Format {
    fn default_name(self) -> &'static str {
        match self {
            Self::Safetensors => "generator.safetensors",
            Self::Onnx => "generator.onnx",
            Self::Pytorch => "generator.py",
            Self::Keras => "generator.keras",
            Self::Tfjs => "model.json",
        }
    }
}

/// `--bits`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bits {
    #[value(name = "8")]
    Eight,
    #[value(name = "16")]
    Sixteen,
    #[value(name = "32")]
    All,
}

impl Bits {
    pub(crate) fn precision(self) -> Precision {
        match self {
            Self::Eight => Precision::Bits8,
            Self::Sixteen => Precision::Bits16,
            Self::All => Precision::Bits32,
        }
    }
}

/// Writes the generator alone, or its average if there is one.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let is_own = arguments.format == Format::Safetensors;
    ensure!(is_own || arguments.bits.is_none(), "--bits goes with --format safetensors");
    let bits = arguments.bits.unwrap_or(if is_own { Bits::Sixteen } else { Bits::All });
    let precision = bits.precision();
    let path = &arguments.checkpoint;
    let bytes = files::read(path)?;
    let file = if is_generator(&bytes) {
        ensure!(!arguments.way_back, "{} has no way back: export the checkpoint", path.display());
        with_precision(&bytes, precision, &cpu())?
    } else if arguments.way_back {
        snapshot(path)?.way_back_file(precision)?
    } else {
        snapshot(path)?.generator_file(precision)?
    };
    let default = PathBuf::from(arguments.format.default_name());
    let out = arguments.out.as_ref().unwrap_or(&default);
    for (path, bytes) in written(arguments.format, out, file)? {
        files::write(&path, &bytes)?;
        eprintln!("{} holds {} bytes", path.display(), bytes.len());
    }
    Ok(Ending::Done)
}

/// The files of a generator in `format`, with their paths.
fn written(format: Format, out: &Path, file: Vec<u8>) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let generator = || Generator::read(&file);
    let own = out.to_owned();
    Ok(match format {
        Format::Safetensors => vec![(own, file)],
        Format::Onnx => vec![(own, gan_export::onnx(&generator()?)?)],
        Format::Keras => vec![(own, gan_export::keras(&generator()?)?)],
        Format::Pytorch => {
            let (header, weights) = gan_export::pytorch(&generator()?)?;
            let beside = out.with_extension("safetensors");
            let program = pytorch_sampler(&header, &name_of(&beside));
            vec![(own, program.into_bytes()), (beside, weights)]
        }
        Format::Tfjs => {
            let files = gan_export::tfjs(&generator()?)?;
            vec![(own, files.model.into_bytes()), (out.with_file_name(files.shard), files.weights)]
        }
    })
}
