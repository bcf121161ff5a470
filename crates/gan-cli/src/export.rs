//! `gan export`: writes a checkpoint's generator as a file of its own, in as many bits a number as are asked
//! for.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use gan_core::{Precision, cpu, with_precision};

use crate::runs::snapshot;
use crate::sample::is_generator;
use crate::{Ending, files};

/// Arguments of `gan export`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint, or a generator's file, which is written anew.
    checkpoint: PathBuf,
    /// The file that is written.
    #[arg(long, value_name = "FILE", default_value = "generator.safetensors")]
    out: PathBuf,
    /// In a translation, the generator of the way back: from the data to the second set.
    #[arg(long)]
    way_back: bool,
    /// Bits a number: 8 make half of the size of 16, and samples that differ a little.
    #[arg(long, value_enum, default_value = "16")]
    bits: Bits,
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
    let precision = arguments.bits.precision();
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
    files::write(&arguments.out, &file)?;
    eprintln!("{} holds {} bytes", arguments.out.display(), file.len());
    Ok(Ending::Done)
}
