//! `gan train-classifier`: trains the classifier whose features `gan evaluate` compares.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gan_core::{Classifier, ClassifierTrainer, cpu};
use gan_data::{Augmented, ImageSet, RealSamples, ShuffledImages};
use gan_eval::classifier::accuracy_of_logits;
use gan_protocol::Shape;
use gan_session::{CLASSIFIER_AUGMENTATION, classifier_net, classifier_optimizer};
use pollster::block_on;
use serde_json::json;

use crate::data::{DataArguments, images, mnist_part};
use crate::digits::judged_values;
use crate::output::say;
use crate::progress::{Bar, waited};
use crate::{Ending, files, interrupt};

const BATCH_SIZE: usize = 100;
/// Steps over which the rate rises; after them it falls along a cosine.
const WARM_UP: u64 = 200;

/// Arguments of `gan train-classifier`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataArguments,
    /// IDX files of held-out images and their labels, where --files names those to train on.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "files")]
    test_files: Vec<PathBuf>,
    /// Times that every image is shown.
    #[arg(long, default_value_t = 16)]
    epochs: u64,
    /// The seed of initial weights, order and augmentation.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The file that is written.
    #[arg(long, value_name = "FILE", default_value = "classifier.safetensors")]
    out: PathBuf,
    /// Print JSON after each epoch, on a line each.
    #[arg(long)]
    json: bool,
}

/// Trains, and writes the classifier with 16 bits a number; after Ctrl-C, with the training so far.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    ensure!(arguments.epochs > 0, "--epochs is 0");
    let (images, held_out) = waited("reading the images", || sets(arguments))?;
    let classes = images.classes().context("the labels are missing")?;
    let of_test = held_out.classes().unwrap_or(0);
    ensure!(
        of_test <= classes,
        "the test images have {of_test} classes, those to train on {classes}"
    );
    let device = cpu();
    let input = Shape::image(images.channels(), images.height(), images.width());
    let classifier = Classifier::new(&classifier_net(classes), input, arguments.seed, &device)?;
    eprintln!("{} numbers to train", classifier.parameter_count());
    let epoch_steps = images.image_count().div_ceil(BATCH_SIZE) as u64;
    let steps = arguments.epochs * epoch_steps;
    let mut trainer =
        ClassifierTrainer::new(classifier, &classifier_optimizer(steps, WARM_UP), arguments.seed);
    let mut samples = Augmented::new(ShuffledImages::new(images), CLASSIFIER_AUGMENTATION)?;
    let held_out = HeldOut::new(&held_out)?;
    let bar = Bar::counted("training", steps, "steps");
    let begin = Instant::now();
    let mut losses = 0.0;
    let mut told = Ok(());
    while trainer.steps() < steps && !interrupt::is_wanted() {
        let step = trainer.steps();
        let batch = samples.batch(arguments.seed, step, BATCH_SIZE);
        let loss = f64::from(block_on(trainer.step(&batch))?);
        ensure!(loss.is_finite(), "the training diverged at step {step}");
        losses += loss / epoch_steps as f64;
        bar.advance(1);
        if trainer.steps().is_multiple_of(epoch_steps) {
            let accuracy = held_out.accuracy(trainer.classifier())?;
            let epoch = trainer.steps() / epoch_steps;
            // The training is kept even if nobody reads the output any more.
            told = told.and(if arguments.json {
                say!("{}", json!({"epoch": epoch, "loss": losses, "test_accuracy": accuracy}))
            } else {
                let percent = 100.0 * accuracy;
                say!("epoch {epoch}: loss {losses:.4}, test accuracy {percent:.2} %")
            });
            losses = 0.0;
        }
    }
    drop(bar);
    let bytes = block_on(trainer.classifier().to_safetensors_f16())?;
    // The accuracy that counts is that of the file, whose numbers are rounded.
    let mut rounded = Classifier::from_safetensors(&bytes, &device)?;
    let accuracy = held_out.accuracy(&mut rounded)?;
    files::write(&arguments.out, &bytes)?;
    told?;
    let (seconds, size) = (begin.elapsed().as_secs_f64(), bytes.len());
    if arguments.json {
        say!("{}", json!({"bytes": size, "seconds": seconds, "test_accuracy": accuracy}))?;
    }
    eprintln!(
        "{} holds {size} bytes, test accuracy {:.2} %, after {seconds:.0} s",
        arguments.out.display(),
        100.0 * accuracy
    );
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}

/// Images to train on and held-out ones, all with labels.
fn sets(arguments: &Arguments) -> Result<(ImageSet, ImageSet)> {
    let data = &arguments.data;
    let sets = match (&data.files[..], &arguments.test_files[..]) {
        ([], _) => (mnist_part(&data.data, "train")?, mnist_part(&data.data, "t10k")?),
        (_, []) => bail!("--files needs --test-files: images that are not trained on"),
        (files, test_files) => (images(files, &data.reading)?, images(test_files, &data.reading)?),
    };
    for set in [&sets.0, &sets.1] {
        ensure!(set.labels().is_some(), "{}: the labels are missing", set.name());
    }
    Ok(sets)
}

/// Images that are not trained on, with their classes.
struct HeldOut {
    values: Vec<f32>,
    labels: Vec<u16>,
}

impl HeldOut {
    fn new(set: &ImageSet) -> Result<Self> {
        let labels = set.labels().context("the labels are missing")?;
        let labels = labels.iter().map(|label| u16::from(*label)).collect();
        Ok(Self { values: set.values(), labels })
    }

    /// Share of images whose largest logit is their class's.
    fn accuracy(&self, classifier: &mut Classifier) -> Result<f64> {
        let judgement = judged_values(classifier, &self.values)?;
        ensure!(judgement.count == self.labels.len(), "the held-out images have another shape");
        Ok(accuracy_of_logits(&judgement.logits, classifier.classes(), &self.labels)?)
    }
}
