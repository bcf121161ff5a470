//! `gan translate`: translates images of both sets of a run, and scores what becomes of them beside
//! what they were.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use gan_core::{Classifier, Inputs, Snapshot, Trainer, cpu};
use gan_data::{ImageSet, Recipe, recipe};
use gan_eval::frechet::frechet_distance;
use gan_protocol::{DataSpec, Shape};
use pollster::block_on;
use serde_json::{Value, json};

use crate::Ending;
use crate::data::mnist_part;
use crate::device::DeviceName;
use crate::digits::{classes, digit_classifier, features, judged_values};
use crate::files::{self, read};
use crate::forms::Form;
use crate::output::say;
use crate::restore::clipped;
use crate::sample_file::{SampleFile, unit_values};

/// The seed of drawn images: not one of a run's own.
const DRAWN_SEED: u64 = 1 << 40;

/// Side of the digits, in pixels.
const SIDE: usize = 28;
/// Images of each set in a file.
const SHOWN: usize = 32;

/// Arguments of `gan translate`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint of a run with `translation`, whose data are MNIST or drawn digits.
    checkpoint: PathBuf,
    /// How many images of each set at most, from the first on. Fréchet distances of few are too large.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(100..=10_000))]
    count: u64,
    /// The folder with `mnist/`, whose test images are translated.
    #[arg(long, value_name = "FOLDER", env = "GAN_DATA_DIR", default_value = "data")]
    data: PathBuf,
    /// A file for what becomes of the first images: each with its translation and the translation of
    /// that. Its name's ending says the form, as for `gan sample`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Digits, as their numbers and what the classifier says of them.
struct Digits {
    values: Vec<f32>,
    labels: Vec<u8>,
}

/// One way, with its scores.
struct Way {
    name: String,
    /// What `read` counts.
    measure: &'static str,
    /// The share that the classifier reads as its class, or as one of the other set's where these are other
    /// ones: before and after.
    read: [f64; 2],
    /// The Fréchet distance to the other set in the classifier's features: before and after.
    distance: [f64; 2],
    /// The first images, each with its translation and the translation of that.
    shown: Vec<f32>,
    /// Mean absolute difference after the way and the way back, of the range -1 to 1.
    cycle: f64,
}

/// Translates and scores.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let form = arguments.out.as_deref().map(Form::of).transpose()?;
    arguments.out.as_deref().map(files::check).transpose()?;
    let path = arguments.checkpoint.display();
    let bytes = read(&arguments.checkpoint)?;
    let snapshot = Snapshot::from_bytes(&bytes).with_context(|| path.to_string())?;
    let spec = snapshot.header.spec.clone();
    let Some(translation) = &spec.translation else {
        bail!("{path} translates nothing: it has no `translation`");
    };
    if spec.data.shape() != Shape::image(1, SIDE, SIDE) {
        bail!("{path} is of {}; the classifier reads 1x28x28", spec.data.shape());
    }
    let trainer = Trainer::restore(&snapshot, &spec, &arguments.device.open()?)?;
    let mut classifier = digit_classifier(&cpu())?;
    let count = arguments.count as usize;
    let sets = [&translation.from, &spec.data];
    let [x, y] = sets.map(|set| digits(set, arguments, count));
    let (x, y) = (x?, y?);
    let there = |images: Vec<f32>| {
        block_on(trainer.samples(&Inputs::of_pictures(images), 0)).map_err(anyhow::Error::from)
    };
    let back = |images: Vec<f32>| {
        let made = block_on(trainer.translated_back(images))?;
        made.ok_or_else(|| anyhow!("the run translates nothing"))
    };
    let counts = [&x, &y].map(|set| set.labels.len());
    let titles = sets.map(title);
    let titles = [&*titles[0], &*titles[1]];
    let same_classes = translation.from.classes == spec.data.classes;
    let ways = [
        way([titles[0], titles[1]], [&x, &y], same_classes, [&there, &back], &mut classifier)?,
        way([titles[1], titles[0]], [&y, &x], same_classes, [&back, &there], &mut classifier)?,
    ];
    if let (Some(form), Some(path)) = (form, &arguments.out) {
        let values = ways.iter().flat_map(|way| &way.shown).copied().map(f64::from).collect();
        let file = SampleFile { values, channels: 1, height: SIDE, width: SIDE };
        files::write(path, &form.bytes(&file)?)?;
        eprintln!("{} holds {} images of each set", path.display(), SHOWN);
    }
    if arguments.json {
        let rows: Vec<Value> = ways.iter().map(Way::json).collect();
        say!("{:#}", json!({"counts": counts, "step": snapshot.header.step, "ways": rows}))?;
    } else {
        print(&ways, counts, same_classes)?;
    }
    Ok(Ending::Done)
}

/// A set in words: its source, and its classes if it has not all.
fn title(set: &DataSpec) -> String {
    let classes: Vec<String> = set.classes.iter().map(u8::to_string).collect();
    let title = set.source.facts().title;
    if classes.is_empty() { title.to_owned() } else { format!("{title} {}", classes.join(", ")) }
}

/// Images of `wanted` that the run has not learned from.
fn digits(wanted: &DataSpec, arguments: &Arguments, count: usize) -> Result<Digits> {
    let set: ImageSet = match recipe(wanted.source) {
        // Some ten classes, of which some may be wanted.
        Recipe::Drawn { listed, .. } => {
            listed(DRAWN_SEED, count * if wanted.classes.is_empty() { 1 } else { 10 })?
        }
        Recipe::Mnist => mnist_part(&arguments.data, "t10k")?,
        _ => bail!("{} are no digits of one channel", wanted.source.facts().title),
    };
    let set = if wanted.classes.is_empty() { set } else { set.subset(&wanted.classes)? };
    let set = set.limited(count)?;
    let labels = set.labels().context("the images have no labels")?.to_vec();
    Ok(Digits { values: unit_values(set.pixels()), labels })
}

/// A generator.
type Translates<'a> = &'a dyn Fn(Vec<f32>) -> Result<Vec<f32>>;

/// Scores the way from `from` to the set of `to`, where `go` and `return_` are the generators there and
/// back. An image is right if it is read as its class, or, where the sets have other classes
/// (`!same_classes`), as one of the other set's.
fn way(
    [name, other]: [&str; 2],
    [from, to]: [&Digits; 2],
    same_classes: bool,
    [go, return_]: [Translates<'_>; 2],
    classifier: &mut Classifier,
) -> Result<Way> {
    let is_right = |read: usize, class: u8| match same_classes {
        true => read == usize::from(class),
        false => to.labels.iter().any(|label| read == usize::from(*label)),
    };
    let made = clipped(&go(from.values.clone())?);
    let again = return_(made.clone())?;
    let apart = again.iter().zip(&from.values).map(|(a, b)| f64::from((a - b).abs()));
    let cycle = apart.sum::<f64>() / from.values.len() as f64;
    let judged = [
        judged_values(classifier, &from.values)?,
        judged_values(classifier, &made)?,
        judged_values(classifier, &to.values)?,
    ];
    let read = |judgement| -> Result<f64> {
        let read = classes(judgement)?;
        let right = read.iter().zip(&from.labels).filter(|(a, b)| is_right(**a, **b)).count();
        Ok(right as f64 / from.labels.len() as f64)
    };
    let distance = |judgement| -> Result<f64> {
        Ok(frechet_distance(&features(&judged[2])?, &features(judgement)?)?)
    };
    let area = SIDE * SIDE;
    let places = 0..SHOWN.min(from.labels.len());
    let triples = places.flat_map(|place| [&from.values, &made, &again].map(|of| (of, place)));
    let shown = triples.flat_map(|(of, place)| &of[place * area..][..area]).copied().collect();
    Ok(Way {
        shown,
        measure: if same_classes { "read_as_its_class" } else { "read_as_the_other_sets" },
        name: format!("{name} to {other}"),
        read: [read(&judged[0])?, read(&judged[1])?],
        distance: [distance(&judged[0])?, distance(&judged[1])?],
        cycle,
    })
}

impl Way {
    fn json(&self) -> Value {
        let [read_before, read_after] = self.read;
        let [distance_before, distance_after] = self.distance;
        json!({
            "way": self.name,
            (self.measure): {"before": read_before, "after": read_after},
            "frechet_distance": {"before": distance_before, "after": distance_after},
            "mean_absolute_difference_there_and_back": self.cycle,
        })
    }
}

fn print(ways: &[Way], counts: [usize; 2], same_classes: bool) -> Result<()> {
    let [x, y] = counts;
    say!("{x} images of the one set and {y} of the other, none of which the run has learned from")?;
    say!(
        "{:<24} {:>22} {:>24} {:>16}",
        "",
        if same_classes { "read as its class, %" } else { "read as the others, %" },
        "distance to the others",
        "there and back"
    )?;
    for Way { name, read, distance, cycle, .. } in ways {
        let read = read.map(|share| 100.0 * share);
        say!(
            "{name:<24} {:>10.2} -> {:>8.2} {:>12.2} -> {:>8.2} {cycle:>16.4}",
            read[0],
            read[1],
            distance[0],
            distance[1]
        )?;
    }
    Ok(())
}
