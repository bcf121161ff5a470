//! `gan sample`: draws samples of a checkpoint or a generator's file, and writes them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use gan_core::{Device, Inputs, Sampler, Snapshot, Trainer, cpu};
use gan_protocol::{ConditionSpec, Feed, GENERATOR_FORMAT, NetSpec, Shape};
use gan_random::Purpose;
use pollster::block_on;

use crate::device::DeviceName;
use crate::files::read;
use crate::forms::Form;
use crate::progress::{Bar, waited};
use crate::runs::format;
use crate::sample_file::SampleFile;
use crate::{Ending, files};

/// Arguments of `gan sample`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint, or a generator's file: what `gan export` or the page writes.
    checkpoint: PathBuf,
    /// How many samples.
    #[arg(long, default_value_t = 64, value_parser = count)]
    count: usize,
    /// Which latents: a checkpoint and its generator's file have the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only samples of this class, for runs with labels; without it classes go round.
    #[arg(long)]
    label: Option<u16>,
    /// ψ: how far styles keep from their mean, for style-based generators (Karras et al. 2018): 1 leaves
    /// them as they are, 0 makes all samples alike.
    #[arg(long, value_name = "PSI", value_parser = truncation)]
    truncation: Option<f32>,
    /// The file: `.png` is a sheet, `.idx` images as bytes, `.csv` one sample a row,
    /// `.safetensors` the numbers as they are; with `.gz` behind, all but a sheet are packed.
    #[arg(long, value_name = "FILE", default_value = "samples.png")]
    out: PathBuf,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// Limit of samples, all of which are in memory at once.
const MOST: usize = 1_000_000;

fn count(text: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("allowed is 1 to {MOST}"))
}

fn truncation(text: &str) -> Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|number| (-2.0..=2.0).contains(number));
    number.ok_or_else(|| "allowed is -2 to 2".to_owned())
}

/// Draws samples and writes them.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let form = Form::of(&arguments.out)?;
    files::check(&arguments.out)?;
    let source = Source::read(&arguments.checkpoint, &arguments.device.open()?)?;
    if source.feed().picture.is_some() {
        let giver = if source.condition().is_some() { "restore" } else { "translate" };
        bail!(
            "{} makes its samples of pictures: `gan {giver}` gives it some",
            arguments.checkpoint.display()
        );
    }
    let (channels, height, width) = match source.shape() {
        Shape::Flat { size } => (1, 1, size),
        Shape::Image { channels, height, width } => (channels, height, width),
    };
    form.check(height)?;
    let feed = source.feed();
    let mut inputs = Inputs::drawn(feed, Purpose::FreshLatents, arguments.seed, arguments.count);
    if let Some(label) = arguments.label {
        let classes = feed.labels.map_or(0, |labels| labels.classes());
        if usize::from(label) >= classes {
            bail!("--label is {label}; the run has {classes} classes");
        }
        inputs.labels.fill(label);
    }
    if let Some(truncation) = arguments.truncation {
        if source.generator().styled_layers() == 0 {
            bail!("--truncation is for generators with a style; this one has none");
        }
        inputs.styling.truncation = truncation;
    }
    let values = source.samples(&inputs, arguments.seed)?;
    let values = values.into_iter().map(f64::from).collect();
    let samples = SampleFile { values, channels, height, width };
    waited(format!("writing {}", arguments.out.display()), || {
        files::write(&arguments.out, &form.bytes(&samples)?)
    })?;
    eprintln!("{} holds {} samples", arguments.out.display(), arguments.count);
    Ok(Ending::Done)
}

/// The net from which samples are drawn.
pub(crate) enum Source {
    /// A run.
    Run(Box<Trainer>),
    /// A generator alone.
    Generator(Box<Sampler>),
}

/// The generator of a checkpoint or of a generator's file.
///
/// # Errors
/// If the file is neither, or broken.
pub(crate) fn sampler(path: &Path) -> Result<Sampler> {
    let bytes = read(path)?;
    let read = if is_generator(&bytes) {
        Sampler::from_safetensors(&bytes, &cpu())
    } else {
        Snapshot::from_bytes(&bytes).and_then(|snapshot| Sampler::of_snapshot(&snapshot, &cpu()))
    };
    read.with_context(|| path.display().to_string())
}

/// Whether a file holds a generator alone.
pub(crate) fn is_generator(bytes: &[u8]) -> bool {
    format(bytes).as_deref() == Some(GENERATOR_FORMAT)
}

impl Source {
    /// Reads either, by the format in the file.
    ///
    /// # Errors
    /// If the file is neither, or broken.
    pub(crate) fn read(path: &Path, device: &Device) -> Result<Self> {
        let bytes = read(path)?;
        let read = if is_generator(&bytes) {
            Sampler::from_safetensors(&bytes, device)
                .map(|sampler| Self::Generator(Box::new(sampler)))
        } else {
            Snapshot::from_bytes(&bytes)
                .and_then(|snapshot| Trainer::restore(&snapshot, &snapshot.header.spec, device))
                .map(|trainer| Self::Run(Box::new(trainer)))
        };
        read.with_context(|| path.display().to_string())
    }

    pub(crate) fn feed(&self) -> Feed<'_> {
        match self {
            Self::Run(trainer) => trainer.spec().into(),
            Self::Generator(sampler) => sampler.header().into(),
        }
    }

    /// The generator's net.
    fn generator(&self) -> &NetSpec {
        match self {
            Self::Run(trainer) => &trainer.spec().generator,
            Self::Generator(sampler) => &sampler.header().generator,
        }
    }

    /// The pictures that the generator is given, if it is given any.
    pub(crate) fn condition(&self) -> Option<ConditionSpec> {
        match self {
            Self::Run(trainer) => trainer.spec().condition,
            Self::Generator(sampler) => sampler.header().condition,
        }
    }

    /// The shape of a sample.
    pub(crate) fn shape(&self) -> Shape {
        match self {
            Self::Run(trainer) => trainer.spec().data.shape(),
            Self::Generator(sampler) => sampler.header().data.shape(),
        }
    }

    pub(crate) fn samples(&self, inputs: &Inputs, noise: u64) -> Result<Vec<f32>> {
        let bar = Bar::counted("drawing", inputs.count(self.feed()) as u64, "samples");
        let mut watcher = |count: usize| bar.advance(count as u64);
        Ok(match self {
            Self::Run(trainer) => block_on(trainer.samples_watched(inputs, noise, &mut watcher))?,
            Self::Generator(sampler) => {
                block_on(sampler.samples_watched(inputs, noise, &mut watcher))?
            }
        })
    }
}
