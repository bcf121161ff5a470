//! `gan sample`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use gan_core::{Inputs, Trainer};
use gan_protocol::Shape;
use gan_random::Purpose;
use pollster::block_on;

use crate::device::DeviceName;
use crate::files::SampleFile;
use crate::runs::snapshot;
use crate::{Ending, files};

/// Arguments of `gan sample`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint.
    checkpoint: PathBuf,
    /// How many samples.
    #[arg(long, default_value_t = 64, value_parser = count)]
    count: usize,
    /// Which latents.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only samples of this class, for runs with labels; without it classes go round.
    #[arg(long)]
    label: Option<u16>,
    /// The file: `.png` is a sheet, `.idx` images as bytes, `.csv` one sample a row,
    /// `.safetensors` the numbers as they are.
    #[arg(long, value_name = "FILE", default_value = "samples.png")]
    out: PathBuf,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// All samples are in memory at once.
const MOST: usize = 1_000_000;

fn count(text: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("allowed is 1 to {MOST}"))
}

/// Draws samples and writes them.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    files::check(&arguments.out)?;
    let snapshot = snapshot(&arguments.checkpoint)?;
    let device = arguments.device.open()?;
    let trainer = Trainer::restore(&snapshot, &snapshot.header.spec, &device)?;
    let spec = trainer.spec();
    let mut inputs = Inputs::drawn(spec, Purpose::FreshLatents, arguments.seed, arguments.count);
    if let Some(label) = arguments.label {
        let classes = spec.labels.map_or(0, |labels| labels.classes());
        if usize::from(label) >= classes {
            bail!("--label is {label}; the run has {classes} classes");
        }
        inputs.labels.fill(label);
    }
    let values = block_on(trainer.samples(&inputs, arguments.seed))?;
    let (channels, height, width) = match spec.data.shape() {
        Shape::Flat { size } => (1, 1, size),
        Shape::Image { channels, height, width } => (channels, height, width),
    };
    let samples = SampleFile { values, channels, height, width };
    files::write_samples(&arguments.out, &samples)?;
    eprintln!("{} holds {} samples", arguments.out.display(), arguments.count);
    Ok(Ending::Done)
}
