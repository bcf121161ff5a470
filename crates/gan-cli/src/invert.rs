//! `gan invert`: finds the latents of images in a generator, and scores what it makes of these.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use clap::Args;
use gan_core::{Found, Search, cpu};
use gan_eval::Samples;
use gan_eval::restoration::psnr;
use gan_protocol::Shape;
use pollster::block_on;
use serde_json::json;

use crate::data::{DataArguments, images, mnist_part};
use crate::digits::{classes, digit_classifier, judged_values};
use crate::forms::Form;
use crate::output::say;
use crate::progress::Bar;
use crate::restore::{RANGE, clipped};
use crate::sample::sampler;
use crate::sample_file::{SampleFile, unit_values};
use crate::{Ending, files};

/// Arguments of `gan invert`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A generator's file, or a checkpoint, of images made of latents.
    generator: PathBuf,
    /// How many images, from the first on.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Draws the inputs from which the search begins.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Weight of the classifier's features beside the pixels, for images of 1x28x28; 0.1 where nobody
    /// says, 0 for pixels alone.
    #[arg(long)]
    features: Option<f32>,
    /// Weight of a latent's mean square, for latents from N(0, 1).
    #[arg(long, default_value_t = Search::default().prior)]
    prior: f32,
    /// Learning rate at the first step.
    #[arg(long, default_value_t = Search::default().learning_rate)]
    learning_rate: f32,
    /// Starts and steps of each stage, as in 8x20,3x40,1x40.
    #[arg(long, value_name = "STAGES", value_parser = stages)]
    stages: Option<Stages>,
    /// Files with the images, in place of MNIST's test images; and the folder of these.
    #[command(flatten)]
    data: DataArguments,
    /// A file for the samples that were found: its name's ending says the form, as for `gan sample`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone)]
struct Stages(Vec<[usize; 2]>);

fn stages(text: &str) -> Result<Stages, String> {
    let stage = |part: &str| {
        let (starts, steps) = part.split_once('x')?;
        Some([starts.parse().ok()?, steps.parse().ok()?])
    };
    let stages: Option<Vec<[usize; 2]>> = text.split(',').map(stage).collect();
    stages.map(Stages).ok_or_else(|| "stages are like 8x20,3x40,1x40".to_owned())
}

/// Inverts and scores.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let form = arguments.out.as_deref().map(Form::of).transpose()?;
    arguments.out.as_deref().map(files::check).transpose()?;
    let sampler = sampler(&arguments.generator)?;
    let Shape::Image { channels, height, width } = sampler.header().data.shape() else {
        bail!("{} makes points, not images", arguments.generator.display());
    };
    let DataArguments { data, files: own, reading } = &arguments.data;
    let set = if own.is_empty() { mnist_part(data, "t10k")? } else { images(own, reading)? };
    let set = set.limited(arguments.count as usize)?.fitted(channels, height, width)?;
    let values = unit_values(set.pixels());
    let mut classifier = digit_classifier(&cpu())?;
    let is_read = classifier.input() == sampler.header().data.shape();
    ensure!(
        is_read || arguments.features.is_none_or(|weight| weight == 0.0),
        "the classifier reads images of {}; these are {}: --features 0",
        classifier.input(),
        sampler.header().data.shape()
    );
    let mut search = Search {
        learning_rate: arguments.learning_rate,
        features: arguments.features.unwrap_or(Search::default().features),
        prior: arguments.prior,
        seed: arguments.seed,
        ..Search::default()
    };
    if let Some(Stages(stages)) = &arguments.stages {
        search.stages.clone_from(stages);
    }
    let bar = Bar::counted("inverting", set.image_count() as u64, "images");
    let size = channels * height * width;
    let mut found: Vec<Found> = Vec::new();
    let begun = Instant::now();
    for picture in values.chunks_exact(size) {
        let reader = is_read.then_some(&mut classifier);
        found.push(block_on(sampler.inverted(picture, reader, &search))?);
        bar.advance(1);
    }
    let seconds = begun.elapsed().as_secs_f64() / found.len() as f64;
    drop(bar);
    let made = clipped(&found.iter().flat_map(|one| one.sample.clone()).collect::<Vec<f32>>());
    let psnr = psnr(&Samples::new(&made, size)?, &Samples::new(&values, size)?, RANGE)?;
    let labels = set.labels().unwrap_or_default();
    let read = if is_read && !labels.is_empty() {
        let read = classes(&judged_values(&mut classifier, &made)?)?;
        let right = read.iter().zip(labels).filter(|(a, b)| **a == usize::from(**b)).count();
        Some(right as f64 / labels.len() as f64)
    } else {
        None
    };
    if let (Some(form), Some(path)) = (form, &arguments.out) {
        let values = made.iter().map(|value| f64::from(*value)).collect();
        files::write(path, &form.bytes(&SampleFile { values, channels, height, width })?)?;
        eprintln!("{} holds {} images", path.display(), found.len());
    }
    if arguments.json {
        say!(
            "{:#}",
            json!({
                "count": found.len(),
                "psnr_db": psnr,
                "read_as_its_class": read,
                "seconds_each": seconds,
            })
        )?;
    } else {
        say!("{} images", found.len())?;
        say!("PSNR of their nearest samples    {psnr:.2} dB")?;
        if let Some(read) = read {
            say!("read as their class              {:.1} %", 100.0 * read)?;
        }
        say!("time for each                    {seconds:.3} s")?;
    }
    Ok(Ending::Done)
}
