//! `gan export`: writes a checkpoint's generator as a file of its own.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

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
    /// In a translation, the generator of the way back: from the data to the second set.
    #[arg(long)]
    way_back: bool,
    /// Keep 32 bits a number; the default is 16, half the size.
    #[arg(long)]
    full_precision: bool,
}

/// Writes the generator alone, or its average if there is one.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let (snapshot, full) = (snapshot(&arguments.checkpoint)?, arguments.full_precision);
    let file = if arguments.way_back {
        snapshot.way_back_file(full)
    } else {
        snapshot.generator_file(full)
    };
    let bytes = file?;
    files::write(&arguments.out, &bytes)?;
    eprintln!("{} holds {} bytes", arguments.out.display(), bytes.len());
    Ok(Ending::Done)
}
