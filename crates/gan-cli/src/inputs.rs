//! Reads files of samples, recognised by their content (`gan-files`), and folders of pictures;
//! reports how each was interpreted.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use clap::{Args, ValueEnum};
use gan_files::{Choice, LeftOut, Numbers, Order, Range, Reason, Source, samples};
use gan_protocol::Shape;
use serde_json::{Value, json};

use crate::files::read;
use crate::pictures;
use crate::progress::waited;
use crate::sample_file::{SampleFile, Set as _};

/// Least number of columns of a table that may hold pixels.
const FEWEST_PIXELS: usize = 16;

/// How files are read, where that is not to be found out.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Reading {
    /// What black and white are in the files, where their numbers do not tell: 0,255, say.
    #[arg(long, value_name = "LOW,HIGH", value_parser = range, allow_hyphen_values = true)]
    range: Option<Range>,
    /// Which array of several is meant.
    #[arg(long, value_name = "NAME")]
    entry: Option<String>,
    /// Where the channels of images stand, where the shape does not tell.
    #[arg(long, value_enum, value_name = "first|last")]
    order: Option<ChannelOrder>,
    /// Exchange rows and columns: EMNIST's images lie on their side.
    #[arg(long)]
    upright: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ChannelOrder {
    First,
    Last,
}

impl Reading {
    /// The choice for `gan-files`.
    pub(crate) fn choice(&self) -> Choice {
        let order = self.order.map(|order| match order {
            ChannelOrder::First => Order::ChannelsFirst,
            ChannelOrder::Last => Order::ChannelsLast,
        });
        let (entry, range, upright) = (self.entry.clone(), self.range, self.upright);
        Choice { entry, range, order, upright, ..Choice::default() }
    }
}

/// Reads `LOW,HIGH`.
pub(crate) fn range(text: &str) -> Result<Range, String> {
    let numbers: Vec<Option<f64>> = text
        .split(',')
        .map(|part| part.trim().parse().ok().filter(|x: &f64| x.is_finite()))
        .collect();
    match numbers[..] {
        [Some(low), Some(high)] if low < high => Ok(Range { low, high }),
        _ => Err("expected are two numbers, black and white: 0,255".to_owned()),
    }
}

/// The samples of a file, and how it was interpreted.
pub(crate) struct Input {
    /// `real`, `fake` or `training`.
    pub(crate) role: &'static str,
    pub(crate) samples: SampleFile,
    /// Path of the samples.
    path: String,
    /// The values of black and white, for images.
    range: Option<Range>,
    /// The requested range, for rows that turn out to be images.
    asked_range: Option<Range>,
    notes: Vec<String>,
    left_out: Vec<LeftOut>,
}

/// As [`Input::read`], for tests of reading alone.
#[cfg(test)]
pub(crate) fn read_samples(path: &Path, reading: &Reading, range: Option<Range>) -> Result<Input> {
    Input::read("real", path, reading, range)
}

impl Input {
    /// Reads a file, an array `FILE::NAME` in one, or a folder of pictures.
    ///
    /// # Errors
    /// If there are no samples, or if several arrays are possible; the error names the remedy.
    pub(crate) fn read(
        role: &'static str,
        path: &Path,
        reading: &Reading,
        range: Option<Range>,
    ) -> Result<Self> {
        let mut choice = reading.choice();
        choice.range = range.or(choice.range);
        let (path, entry) = named_entry(path);
        choice.entry = entry.or(choice.entry);
        waited(format!("reading {}", path.display()), || {
            if path.is_dir() {
                Self::of_pictures(role, &path, &choice)
            } else {
                Self::of_file(role, &path, &choice)
            }
        })
    }

    fn of_file(role: &'static str, path: &Path, choice: &Choice) -> Result<Self> {
        let files = [(path.display().to_string(), read(path)?)];
        let remedy = "--entry NAME chooses one, --range LOW,HIGH says what black and white are";
        let source = Source::open(&files)?;
        let found = samples(&source, choice).map_err(|error| anyhow!("{error} ({remedy})"))?;
        ensure!(!found.values.is_empty(), "{}: holds no samples", path.display());
        let [channels, height, width] = found.shape;
        let samples = SampleFile { values: found.values, channels, height, width };
        Ok(Self {
            role,
            samples,
            path: found.path,
            range: found.range,
            asked_range: choice.range,
            notes: found.notes,
            left_out: source.left_out,
        })
    }

    fn of_pictures(role: &'static str, path: &Path, choice: &Choice) -> Result<Self> {
        let found = pictures::read(path)?;
        let range = choice.range.unwrap_or(Range::BYTES);
        let values = found.bytes.iter().map(|byte| range.signed(f64::from(*byte))).collect();
        let [channels, height, width] = found.shape;
        Ok(Self {
            role,
            samples: SampleFile { values, channels, height, width },
            path: path.display().to_string(),
            range: Some(range),
            asked_range: choice.range,
            notes: Vec::new(),
            left_out: found.left_out,
        })
    }

    /// Interprets rows of numbers as images of `shape`, if they have the same length and are not
    /// images yet.
    fn shape_like(&mut self, shape: [usize; 3]) -> Result<()> {
        let mut flat = gan_files::Samples {
            path: self.path.clone(),
            shape: self.samples.shape(),
            values: std::mem::take(&mut self.samples.values),
            range: self.range,
            notes: Vec::new(),
        };
        flat.shape_like(shape, self.asked_range)
            .map_err(|error| anyhow!("{error} (--range LOW,HIGH says it)"))?;
        self.samples.values = flat.values;
        [self.samples.channels, self.samples.height, self.samples.width] = flat.shape;
        self.range = flat.range;
        Ok(())
    }

    /// The range of a table whose rows may be pixels.
    fn possible_pixels(&self) -> Option<Range> {
        let [channels, height, width] = self.samples.shape();
        let is_square = |count: usize| count.isqrt().pow(2) == count;
        let may_be = [channels, height] == [1, 1]
            && width >= FEWEST_PIXELS
            && (is_square(width) || width.is_multiple_of(3) && is_square(width / 3));
        may_be.then(|| Range::found(&Numbers::Double(self.samples.values.clone()))).flatten()
    }

    /// Scales the requested black and white to -1 and 1.
    fn scale_as_asked(&mut self) {
        if let (Some(range), None) = (self.asked_range, self.range) {
            self.samples.values.iter_mut().for_each(|value| *value = range.signed(*value));
            self.range = Some(range);
        }
    }

    /// A line that describes how the file was interpreted.
    pub(crate) fn told(&self) -> String {
        let [channels, height, width] = self.samples.shape();
        let count = self.samples.count();
        let what = match (height, self.range) {
            (1, None) => format!("{count} rows of {width} numbers"),
            (1, Some(range)) => format!("{count} rows of {width} numbers, black to white {range}"),
            (_, range) => {
                let range =
                    range.map_or_else(String::new, |range| format!(", black to white {range}"));
                format!("{count} images {channels}x{height}x{width}{range}")
            }
        };
        let mut told = format!("{}: {}: {what}", self.role, self.path);
        for words in &self.notes {
            told += &format!("; {words}");
        }
        for (reason, paths) in self.reasons() {
            told += &format!("; left out {} ({reason}): {}", paths.len(), shortened(&paths));
        }
        told
    }

    /// The same as JSON.
    pub(crate) fn json(&self) -> Value {
        let left_out: Vec<Value> = self
            .reasons()
            .into_iter()
            .map(|(reason, paths)| json!({"reason": reason, "count": paths.len(), "paths": paths}))
            .collect();
        json!({
            "path": self.path,
            "count": self.samples.count(),
            "shape": self.samples.shape(),
            "range": self.range.map(|range| [range.low, range.high]),
            "notes": self.notes,
            "left_out": left_out,
        })
    }

    /// The parts left out, by reason.
    fn reasons(&self) -> Vec<(String, Vec<&str>)> {
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for one in &self.left_out {
            let reason = reason_told(&one.reason);
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, paths)) => paths.push(&one.path),
                None => reasons.push((reason, vec![&one.path])),
            }
        }
        reasons
    }
}

/// The first few of many.
fn shortened(paths: &[&str]) -> String {
    const MOST: usize = 3;
    let more = if paths.len() > MOST { ", …" } else { "" };
    paths[..paths.len().min(MOST)].join(", ") + more
}

/// A reason in words.
pub(crate) fn reason_told(reason: &Reason) -> String {
    match reason {
        Reason::Hidden => "hidden, no data".to_owned(),
        Reason::Foreign(words) | Reason::Damaged(words) => words.clone(),
    }
}

/// Splits `FILE::NAME`, unless a file has that name.
fn named_entry(path: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    match text.rsplit_once("::") {
        Some((file, entry)) if !path.exists() => (PathBuf::from(file), Some(entry.to_owned())),
        _ => (path.to_owned(), None),
    }
}

/// Gives all inputs the same shape, if rows of numbers may be images, and refuses inputs that
/// cannot be compared. `wanted` is the shape of a classifier's images.
///
/// # Errors
/// If shapes differ, if black and white of rows cannot be inferred, or if rows that may be pixels
/// have different ranges.
pub(crate) fn made_comparable(inputs: &mut [Input], wanted: Option<Shape>) -> Result<()> {
    let of_images = inputs.iter().map(|input| input.samples.shape()).find(|shape| shape[1] > 1);
    let wanted = wanted.and_then(|shape| match shape {
        Shape::Image { channels, height, width } => Some([channels, height, width]),
        Shape::Flat { .. } => None,
    });
    for shape in wanted.into_iter().chain(of_images) {
        inputs.iter_mut().try_for_each(|input| input.shape_like(shape))?;
    }
    inputs.iter_mut().for_each(Input::scale_as_asked);
    let first = &inputs[0];
    for other in &inputs[1..] {
        let shapes = [first, other].map(|input| {
            let [channels, height, width] = input.samples.shape();
            format!("{channels}x{height}x{width}")
        });
        ensure!(
            shapes[0] == shapes[1],
            "the samples differ in shape: {} and {}",
            shapes[0],
            shapes[1]
        );
        // With a requested range, numbers are scaled already.
        let unknown = first.range.is_none() && other.range.is_none();
        let ranges = [first, other].map(|input| input.possible_pixels().filter(|_| unknown));
        if let [Some(one), Some(two)] = ranges {
            ensure!(
                one == two,
                "the {}'s numbers lie in {one}, the {}'s in {two}: if they are pixels, say what black and \
                 white are, by --range LOW,HIGH for all files, or --real-range and --fake-range; if they are \
                 not, --range with the same two numbers for all compares them as they are",
                first.role,
                other.role
            );
        }
        ensure!(
            first.range.is_some() == other.range.is_some(),
            "the {} file has a range of its own, the {} file none: give both by --real-range and --fake-range",
            if first.range.is_some() { first.role } else { other.role },
            if first.range.is_some() { other.role } else { first.role },
        );
    }
    Ok(())
}
