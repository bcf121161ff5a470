//! `gan restore`: gives real images' pictures to a generator, and scores what it makes of them beside
//! what needs no net.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gan_core::{Classifier, Inputs, cpu};
use gan_data::{ImageSet, add_pictures, resample::resampled};
use gan_eval::Samples;
use gan_eval::restoration::{border_difference, median_filtered, psnr, ssim};
use gan_protocol::{ConditionSpec, Degradation, Filter, RealBatch, Shape};
use gan_random::Purpose;
use serde_json::{Value, json};

use crate::data::{DataArguments, images, mnist_part};
use crate::device::DeviceName;
use crate::digits::{classes, digit_classifier, judged_values};
use crate::forms::Form;
use crate::output::say;
use crate::sample::Source;
use crate::sample_file::{SampleFile, unit_values};
use crate::{Ending, files};

/// From black to white.
pub(crate) const RANGE: f64 = 2.0;

/// Arguments of `gan restore`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The checkpoint, or a generator's file, of a run with a `condition`.
    checkpoint: PathBuf,
    /// How many images, from the first on.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Which noise, holes and latents.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Files with the images, in place of MNIST's test images; and the folder of these. For pairs, the
    /// labels say which images are given.
    #[command(flatten)]
    data: DataArguments,
    /// A file for what the generator makes: its name's ending says the form, as for `gan sample`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// One way to restore, with its scores.
pub(crate) struct Row {
    name: &'static str,
    /// In dB.
    pub(crate) psnr: f64,
    /// `None` for images smaller than its window.
    pub(crate) ssim: Option<f64>,
    /// The share of images that the classifier reads as their class.
    pub(crate) accuracy: Option<f64>,
    /// For pictures with holes: the mean difference over the holes' borders, relative to the true images'.
    pub(crate) seam: Option<f64>,
}

/// Restores and scores.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let form = arguments.out.as_deref().map(Form::of).transpose()?;
    arguments.out.as_deref().map(files::check).transpose()?;
    let source = Source::read(&arguments.checkpoint, &arguments.device.open()?)?;
    let (shape, feed) = (source.shape(), source.feed());
    let path = arguments.checkpoint.display();
    let condition = source.condition().with_context(|| match feed.picture {
        Some(_) => format!(
            "{path} translates images, of which there is no true one: `gan translate` scores it"
        ),
        None => format!("{path} is given no pictures: it has no `condition`"),
    })?;
    let Shape::Image { channels, height, width } = shape else {
        bail!("a picture is made from an image; these are points");
    };
    let (set, given) = match condition.picture {
        Degradation::Paired { class } => {
            let (set, given) = pairs(truth(arguments)?, class)?;
            (set, Some(given))
        }
        _ => (of_classes(truth(arguments)?, &source)?, None),
    };
    let chosen =
        |set: ImageSet| set.limited(arguments.count as usize)?.fitted(channels, height, width);
    let (set, given) = (chosen(set)?, given.map(chosen).transpose()?);
    let mut reals = RealBatch {
        values: unit_values(set.pixels()),
        labels: set.labels().unwrap_or_default().iter().map(|label| u16::from(*label)).collect(),
        ..RealBatch::default()
    };
    match given {
        Some(given) => reals.pictures = unit_values(given.pixels()),
        None => add_pictures(&mut reals, condition.picture, shape, [arguments.seed, 0]),
    }
    ensure!(
        feed.labels.is_none() || !reals.labels.is_empty(),
        "the generator is told the class of each picture, and the images have none"
    );
    let count = set.image_count();
    let inputs = Inputs::drawn(feed, Purpose::FreshLatents, arguments.seed, count).given(&reals);
    let made = source.samples(&inputs, arguments.seed)?;
    let mut ways = baselines(&reals, condition, shape);
    ways.push(("generator", made.clone()));
    let holes = holes(&reals, condition, shape);
    if let Some(holes) = &holes {
        // What was there is kept: the generator fills the hole alone.
        let kept = made.iter().zip(&reals.values).enumerate().map(|(at, (made, real))| {
            let (image, pixel) = (at / (channels * height * width), at % (height * width));
            if holes[image * height * width + pixel] { *made } else { *real }
        });
        ways.push(("hole filled", kept.collect()));
    }
    ways.push(("truth", reals.values.clone()));
    let mut classifier = digit_classifier(&cpu())?;
    let mut rows = ways
        .iter()
        .map(|(name, values)| scored(name, values, &reals, shape, &mut classifier))
        .collect::<Result<Vec<Row>>>()?;
    if let Some(holes) = &holes {
        let at_border = |values: &[f32]| -> Result<Option<f64>> {
            let values = clipped(values);
            let images = Samples::new(&values, channels * height * width)?;
            Ok(border_difference(&images, holes, [channels, height, width]))
        };
        // Images of one shade have no difference to compare with.
        let truth = at_border(&reals.values)?.filter(|truth| *truth > 0.0);
        for (row, (_, values)) in rows.iter_mut().zip(&ways) {
            row.seam = at_border(values)?.zip(truth).map(|(found, truth)| found / truth);
        }
    }
    if let (Some(form), Some(path)) = (form, &arguments.out) {
        let values = made.into_iter().map(f64::from).collect();
        files::write(path, &form.bytes(&SampleFile { values, channels, height, width })?)?;
        eprintln!("{} holds {count} images", path.display());
    }
    if arguments.json {
        let rows: Value = rows
            .iter()
            .map(|row| (row.name.to_owned(), row.json()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        say!("{:#}", json!({"count": count, "restored": rows}))?;
    } else {
        print(&rows, count)?;
    }
    Ok(Ending::Done)
}

/// The images whose pictures are given.
fn truth(arguments: &Arguments) -> Result<ImageSet> {
    let DataArguments { data, files, reading } = &arguments.data;
    if files.is_empty() { mnist_part(data, "t10k") } else { images(files, reading) }
}

/// The images of the classes that the run of `source` learns from, where their files have labels. A
/// generator's file names no classes.
fn of_classes(set: ImageSet, source: &Source) -> Result<ImageSet> {
    match source {
        Source::Run(run) if !run.spec().data.classes.is_empty() && set.labels().is_some() => {
            Ok(set.subset(&run.spec().data.classes)?)
        }
        _ => Ok(set),
    }
}

/// The images of all other classes of `set`, and those of `class`, which are given: pairs in their order.
fn pairs(set: ImageSet, class: u8) -> Result<(ImageSet, ImageSet)> {
    let values = (0..set.classes().unwrap_or_default()).filter_map(|class| set.class_value(class));
    let others: Vec<u8> = values.filter(|value| *value != class).collect();
    let given = set.clone().subset(&[class])?;
    let set = set.subset(&others)?;
    let (found, wanted) = (given.image_count(), set.image_count());
    ensure!(
        found == wanted,
        "class {class}, which the generator is given, has {found} images, and there are {wanted} others: pairs are \
         equally many"
    );
    Ok((set, given))
}

/// What needs no net: the picture itself as far as it has the sample's shape, and the classical
/// method for its kind.
fn baselines(
    reals: &RealBatch,
    condition: ConditionSpec,
    shape: Shape,
) -> Vec<(&'static str, Vec<f32>)> {
    let Shape::Image { channels, height, width } = shape else { return Vec::new() };
    let area = height * width;
    match condition.picture {
        Degradation::Downscaled { factor, .. } => {
            let small = [height / factor, width / factor];
            let enlarged = |filter| {
                let planes = reals.pictures.chunks_exact(small[0] * small[1]);
                planes.flat_map(|plane| resampled(plane, small, [height, width], filter)).collect()
            };
            vec![("nearest", enlarged(Filter::Box)), ("bicubic", enlarged(Filter::Bicubic))]
        }
        Degradation::Noised { .. } => {
            let planes = reals.pictures.chunks_exact(area);
            let median = planes.flat_map(|plane| median_filtered(plane, [height, width])).collect();
            vec![("picture", reals.pictures.clone()), ("median", median)]
        }
        Degradation::Masked { .. } => {
            let pictures = reals.pictures.chunks_exact((channels + 1) * area);
            vec![("picture", pictures.flat_map(|one| &one[..channels * area]).copied().collect())]
        }
        Degradation::Paired { .. } => vec![("picture", reals.pictures.clone())],
        Degradation::Edges {} | Degradation::Grey {} => {
            let pictures = reals.pictures.chunks_exact(area);
            vec![("picture", pictures.flat_map(|one| one.repeat(channels)).collect())]
        }
    }
}

/// Whether each pixel of each picture of `reals` is missing; `None` for pictures without holes.
fn holes(reals: &RealBatch, condition: ConditionSpec, shape: Shape) -> Option<Vec<bool>> {
    let (Degradation::Masked { .. }, Shape::Image { channels, height, width }) =
        (condition.picture, shape)
    else {
        return None;
    };
    let area = height * width;
    let pictures = reals.pictures.chunks_exact((channels + 1) * area);
    let masks = pictures.flat_map(|picture| &picture[channels * area..]);
    Some(masks.map(|mask| *mask > 0.0).collect())
}

/// `values` as they are shown: what is beyond black or white is black or white.
pub(crate) fn clipped(values: &[f32]) -> Vec<f32> {
    values.iter().map(|value| value.clamp(-1.0, 1.0)).collect()
}

/// The scores of `values`, restored from the pictures of `reals`, images of shape `shape`. The
/// classifier reads those of its own shape, if they have labels.
pub(crate) fn scored(
    name: &'static str,
    values: &[f32],
    reals: &RealBatch,
    shape: Shape,
    classifier: &mut Classifier,
) -> Result<Row> {
    let Shape::Image { channels, height, width } = shape else { bail!("points are no pictures") };
    let size = channels * height * width;
    let values = clipped(values);
    let is_read = classifier.input() == shape && !reals.labels.is_empty();
    let accuracy = if is_read {
        let read = classes(&judged_values(classifier, &values)?)?;
        let right = read.iter().zip(&reals.labels).filter(|(a, b)| **a == usize::from(**b));
        Some(right.count() as f64 / reals.labels.len() as f64)
    } else {
        None
    };
    let [found, truth] = [Samples::new(&values, size)?, Samples::new(&reals.values, size)?];
    let psnr = psnr(&found, &truth, RANGE)?;
    let ssim = ssim(&found, &truth, [channels, height, width], RANGE).ok();
    Ok(Row { name, psnr, ssim, accuracy, seam: None })
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "psnr_db": self.psnr,
            "ssim": self.ssim,
            "read_as_its_class": self.accuracy,
            "border_difference_to_truth": self.seam,
        })
    }
}

fn print(rows: &[Row], count: usize) -> Result<()> {
    say!("{count} images, none of which the generator has to have seen")?;
    let has_holes = rows.iter().any(|row| row.seam.is_some());
    let more = if has_holes { "  border to truth's" } else { "" };
    say!("{:<12} {:>10} {:>8} {:>18}{more}", "", "PSNR, dB", "SSIM", "read as its class")?;
    for row in rows {
        let ssim = row.ssim.map_or_else(|| "-".to_owned(), |ssim| format!("{ssim:.4}"));
        let read =
            row.accuracy.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", 100.0 * share));
        let seam = row.seam.map_or_else(String::new, |seam| format!("{:>17.1} %", 100.0 * seam));
        say!("{:<12} {:>10.2} {ssim:>8} {read:>18}{seam}", row.name, row.psnr)?;
    }
    Ok(())
}
