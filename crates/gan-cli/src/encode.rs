//! `gan encode`: the latents that a run's encoder finds for images, and how much of the images these keep.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gan_core::{Encoder, Inputs, Trainer, cpu};
use gan_data::ImageSet;
use gan_eval::Samples;
use gan_eval::nearest::nearest;
use gan_eval::restoration::psnr;
use gan_protocol::{RunSpec, Shape};
use pollster::block_on;
use serde_json::json;

use crate::data::{DataArguments, images, mnist_part};
use crate::forms::Form;
use crate::output::say;
use crate::restore::{RANGE, clipped};
use crate::runs::snapshot;
use crate::sample_file::{SampleFile, unit_values};
use crate::{Ending, files};

/// Arguments of `gan encode`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint of a run with an `encoder`.
    checkpoint: PathBuf,
    /// How many images, from the first on.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Files with the images, in place of MNIST's test images; and the folder of these.
    #[command(flatten)]
    data: DataArguments,
    /// A file for the latents, a row for each image: its name ends in .csv or .safetensors, or one of these
    /// and .gz.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Encodes and scores.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let form = arguments.out.as_deref().map(Form::of).transpose()?;
    form.map(|form| form.check(1)).transpose()?;
    arguments.out.as_deref().map(files::check).transpose()?;
    let snapshot = snapshot(&arguments.checkpoint)?;
    let named = || format!("cannot encode with {}", arguments.checkpoint.display());
    let encoder = Encoder::of_snapshot(&snapshot, &cpu()).with_context(named)?;
    let trainer = Trainer::restore(&snapshot, encoder.spec(), &cpu()).with_context(named)?;
    let spec = encoder.spec();
    let DataArguments { data, files: own, reading } = &arguments.data;
    let set = if own.is_empty() { mnist_part(data, "t10k")? } else { images(own, reading)? };
    let set = fitted(&set, arguments.count as usize, spec)?;
    let values = unit_values(set.pixels());
    let latents = block_on(encoder.latents(&values))?;
    let made = block_on(trainer.samples(&Inputs::of_latents(latents.clone()), 0))?;
    let size = values.len() / set.image_count();
    let psnr = psnr(&Samples::new(&clipped(&made), size)?, &Samples::new(&values, size)?, RANGE)?;
    // MNIST's test images have training images to be compared with.
    let accuracy = if own.is_empty() {
        let train = fitted(&mnist_part(data, "train")?, usize::MAX, spec)?;
        let known = block_on(encoder.latents(&unit_values(train.pixels())))?;
        let sets = [&train, &set];
        let by_latents = neighbour_accuracy(sets, [&known, &latents], spec.latent.size)?;
        let features = |set: &ImageSet| block_on(encoder.features(&set.values()));
        let (known, asked) = (features(&train)?, features(&set)?);
        let size = asked.len() / set.image_count();
        Some([by_latents, neighbour_accuracy(sets, [&known, &asked], size)?])
    } else {
        None
    };
    if let (Some(form), Some(path)) = (form, &arguments.out) {
        let values = latents.iter().map(|value| f64::from(*value)).collect();
        let width = spec.latent.size;
        files::write(path, &form.bytes(&SampleFile { values, channels: 1, height: 1, width })?)?;
        eprintln!("{} holds {} latents", path.display(), set.image_count());
    }
    let count = set.image_count();
    if arguments.json {
        say!(
            "{:#}",
            json!({
                "count": count,
                "latent_size": spec.latent.size,
                "psnr_db": psnr,
                "neighbour_accuracy": accuracy.map(|[by_latents, _]| by_latents),
                "neighbour_accuracy_by_features": accuracy.map(|[_, by_features]| by_features),
            })
        )?;
        return Ok(Ending::Done);
    }
    say!("{count} images, latents of {} numbers", spec.latent.size)?;
    say!("PSNR of what is made of their latents               {psnr:.2} dB")?;
    if let Some([by_latents, by_features]) = accuracy {
        say!("nearest training image by latents is of their class  {:.2} %", 100.0 * by_latents)?;
        say!("the same by the numbers before the last layer        {:.2} %", 100.0 * by_features)?;
    }
    Ok(Ending::Done)
}

/// The first `count` images of a set, as the run takes them.
fn fitted(set: &ImageSet, count: usize, spec: &RunSpec) -> Result<ImageSet> {
    let Shape::Image { channels, height, width } = spec.data.shape() else {
        bail!("the run is of points, not of images");
    };
    Ok(set.clone().limited(count.min(set.image_count()))?.fitted(channels, height, width)?)
}

/// The share of the second set's images whose nearest neighbour in the first is of their class
/// (one nearest neighbour, as in Donahue et al. 2016, table 1), by `features` of `size` numbers.
pub(crate) fn neighbour_accuracy(
    sets: [&ImageSet; 2],
    features: [&[f32]; 2],
    size: usize,
) -> Result<f64> {
    let labels = sets.map(|set| set.labels().context("the images have no labels"));
    let [known, asked] = labels;
    let (known, asked) = (known?, asked?);
    let [references, samples] = features.map(|values| Samples::new(values, size));
    let found = nearest(&samples?, &references?)?;
    ensure!(found.len() == asked.len(), "each image has features");
    let right = found.iter().zip(asked).filter(|(near, label)| known[near.index] == **label);
    Ok(right.count() as f64 / asked.len() as f64)
}
