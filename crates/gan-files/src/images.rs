//! Extracts images of bytes, with their classes, from files: the data that a run trains on.

use gan_data::idx;

use crate::array::{Array, Numbers};
use crate::classes::{Classes, labels, shares};
use crate::error::FileError;
use crate::range::Range;
use crate::records::Records;
use crate::source::{ArrayInfo, Form, Source};

/// How images are extracted from files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The path of the array, or the path's end; `None` for the likeliest array.
    pub entry: Option<String>,
    /// The values of black and white; `None` to find them.
    pub range: Option<Range>,
    /// The place of the channels; `None` to infer it from the shape.
    pub order: Option<Order>,
    /// Whether rows and columns are exchanged: EMNIST's images lie on their side.
    pub upright: bool,
    /// Whether CIFAR-100's classes are the 20 coarse ones, not the 100 fine ones.
    pub coarse: bool,
    /// The only classes to keep, by their names; empty for all.
    pub classes: Vec<String>,
    /// The largest number of images to keep.
    pub limit: Option<Limit>,
}

/// Which images beyond a limit are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Keeps the first images.
    First(usize),
    /// Keeps the same number of images of each class, as far as a class has so many.
    Shared(usize),
}

/// The place of an image's channels among the dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// (count, channels, rows, columns)
    ChannelsFirst,
    /// (count, rows, columns, channels)
    ChannelsLast,
}

/// Images as bytes, [image, channel, row, column].
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// The path of the array.
    pub path: String,
    /// 1 (grey) or 3 (colour).
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// One byte a pixel and channel, 0 is black.
    pub pixels: Vec<u8>,
    /// The classes, if there are labels.
    pub classes: Option<Classes>,
    /// The values of black and white in the file.
    pub range: Range,
    /// Number of images in the file, including those left out.
    pub of: usize,
    /// Interpretations of the file that the user might not expect.
    pub notes: Vec<String>,
}

impl Images {
    /// Number of images.
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.channels * self.height * self.width)
    }

    /// The images as an IDX file.
    pub fn idx(&self) -> Vec<u8> {
        let sides = [self.count(), self.channels, self.height, self.width];
        let sides =
            if self.channels == 1 { vec![sides[0], sides[2], sides[3]] } else { sides.to_vec() };
        idx::written(&sides, &self.pixels)
    }

    /// The labels as an IDX file, if there are labels: the file's own values if these are bytes.
    pub fn labels_idx(&self) -> Option<Vec<u8>> {
        self.classes
            .as_ref()
            .map(|classes| idx::written(&[classes.of.len()], &classes.label_bytes()))
    }
}

/// Whether a name implies that the images lie on their side: EMNIST's do (Cohen et al. 2017), in
/// every split.
pub fn lies_on_its_side(path: &str) -> bool {
    path.to_lowercase().contains("emnist")
}

/// The arrays of a source that may be images, the likeliest first.
pub fn candidates<'s>(source: &'s Source<'_>) -> Vec<&'s ArrayInfo> {
    let mut found: Vec<&ArrayInfo> =
        source.arrays.iter().filter(|info| image_shape(info, None).is_some()).collect();
    // Training images before others, then the larger set; a stable sort keeps the files' order.
    let rank = |info: &&ArrayInfo| {
        let name = info.path.to_lowercase();
        let is_test = ["test", "t10k", "valid"].iter().any(|word| name.contains(word));
        (info.shape.len() < 3, is_test, std::cmp::Reverse(info.shape[0]))
    };
    found.sort_by_key(rank);
    found
}

/// The images of `source` according to `choice`.
///
/// # Errors
/// If there are no images, if the chosen array holds none, if black and white cannot be inferred,
/// or if a chosen class does not exist.
pub fn images(source: &Source<'_>, choice: &Choice) -> Result<Images, FileError> {
    let info = match &choice.entry {
        Some(path) => source.info(path)?,
        None => *candidates(source).first().ok_or_else(|| no_images(source))?,
    };
    let mut notes = Vec::new();
    if let Form::Records { records, .. } = &info.form {
        let parts = match choice.entry {
            Some(_) => vec![info],
            None => batches(source, *records),
        };
        return of_records(source, &parts, choice);
    }
    let mut info = info.clone();
    let classes = match label_column(&mut info) {
        Some(labels) => Some(Classes::of_labels(&info.path, &labels)?),
        None => match labels_beside(source, &info) {
            Some(beside) => {
                let array = source.array(beside, &mut |_| true)?;
                Some(Classes::of_labels(&beside.path, &labels(&array)?)?)
            }
            None => None,
        },
    };
    if let Form::Table(table) = &info.form {
        notes.extend(table.notes.iter().cloned());
    }
    let shape = image_shape(&info, choice.order).ok_or_else(|| not_images(&info))?;
    let count = info.shape[0];
    let kept = kept(&info.path, count, classes.as_ref(), choice)?;
    let array = source.array(&info, &mut |index| kept[index])?;
    let range = range_of(&array, choice)?;
    let pixels = planes(bytes(&array.numbers, range), shape, choice.upright);
    let classes = classes.map(|classes| chosen(classes, &kept));
    let (height, width) =
        if choice.upright { (shape.width, shape.height) } else { (shape.height, shape.width) };
    let (path, channels) = (info.path, shape.channels);
    Ok(Images { path, channels, height, width, pixels, classes, range, of: count, notes })
}

/// CIFAR's training set has five files, which are read as one set; the test images are another set.
fn batches<'s>(source: &'s Source<'_>, wanted: Records) -> Vec<&'s ArrayInfo> {
    let alike = |info: &&ArrayInfo| matches!(&info.form, Form::Records { records, .. } if *records == wanted);
    let all: Vec<&ArrayInfo> = source.arrays.iter().filter(alike).collect();
    let train: Vec<&ArrayInfo> =
        all.iter().copied().filter(|info| !info.path.to_lowercase().contains("test")).collect();
    if train.is_empty() { all } else { train }
}

fn of_records(
    source: &Source<'_>,
    parts: &[&ArrayInfo],
    choice: &Choice,
) -> Result<Images, FileError> {
    let path = parts[0].path.clone();
    let mut all = Vec::new();
    for part in parts {
        if let Form::Records { labels, .. } = &part.form {
            let labels = if choice.coarse { labels.first() } else { labels.last() };
            all.extend(labels.into_iter().flatten().map(|label| f64::from(*label)));
        }
    }
    let of = all.len();
    let classes = Classes::of_labels(&path, &all)?;
    let kept = kept(&path, of, Some(&classes), choice)?;
    let (mut pixels, mut first) = (Vec::new(), 0);
    for part in parts {
        let array = source.array(part, &mut |index| kept[first + index])?;
        if let Numbers::Bytes(bytes) = array.numbers {
            pixels.extend(bytes);
        }
        first += part.shape[0];
    }
    let shape = ImageShape { channels: 3, height: 32, width: 32, channels_last: false };
    let pixels = planes(pixels, shape, choice.upright);
    let mut notes = Vec::new();
    if parts.len() > 1 {
        notes.push(format!("{} files are one set", parts.len()));
    }
    let classes = Some(chosen(classes, &kept));
    let range = choice.range.unwrap_or(Range::BYTES);
    Ok(Images { path, channels: 3, height: 32, width: 32, pixels, classes, range, of, notes })
}

/// Which images are kept.
fn kept(
    path: &str,
    count: usize,
    classes: Option<&Classes>,
    choice: &Choice,
) -> Result<Vec<bool>, FileError> {
    let told = |message: String| FileError::new(path, message);
    if let Some(found) = classes.map(|classes| classes.of.len()).filter(|found| *found != count) {
        return Err(told(format!("there are {found} labels for {count} images")));
    }
    let mut wanted = classes.map(|classes| vec![choice.classes.is_empty(); classes.names.len()]);
    for name in &choice.classes {
        let (Some(classes), Some(wanted)) = (classes, &mut wanted) else {
            return Err(told("has no labels, so that no class can be chosen".to_owned()));
        };
        let Some(class) = classes.called(name) else {
            let all = classes.names.join(", ");
            return Err(told(format!("has no class {name}; there are {all}")));
        };
        wanted[class] = true;
    }
    let class_of = |index: usize| classes.map(|classes| usize::from(classes.of[index]));
    let is_wanted = |index: &usize| match (&wanted, class_of(*index)) {
        (Some(wanted), Some(class)) => wanted[class],
        _ => true,
    };
    let mut kept = vec![false; count];
    let chosen = (0..count).filter(is_wanted);
    match (choice.limit, classes, &wanted) {
        (None, ..) => chosen.for_each(|index| kept[index] = true),
        (Some(Limit::Shared(limit)), Some(classes), Some(wanted)) => {
            let counts = classes.counts().into_iter().zip(wanted);
            let counts: Vec<usize> =
                counts.map(|(count, wanted)| if *wanted { count } else { 0 }).collect();
            let mut left = shares(&counts, limit);
            for index in chosen {
                let left = &mut left[usize::from(classes.of[index])];
                kept[index] = *left > 0;
                *left = left.saturating_sub(1);
            }
        }
        (Some(Limit::First(limit) | Limit::Shared(limit)), ..) => {
            chosen.take(limit).for_each(|index| kept[index] = true);
        }
    }
    if kept.contains(&true) {
        Ok(kept)
    } else {
        Err(told("no image is left to learn from".to_owned()))
    }
}

/// The classes of the kept images; the names of all classes stay.
fn chosen(classes: Classes, kept: &[bool]) -> Classes {
    let of =
        classes.of.iter().zip(kept).filter(|(_, kept)| **kept).map(|(class, _)| *class).collect();
    Classes { of, ..classes }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageShape {
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels_last: bool,
}

/// The shape of images in an array's rows; `None` if they cannot be images.
pub(crate) fn image_shape(info: &ArrayInfo, order: Option<Order>) -> Option<ImageShape> {
    let is_channels = |length: usize| matches!(length, 1 | 3);
    let side =
        |pixels: usize| Some(pixels.isqrt()).filter(|side| side * side == pixels && *side > 1);
    let shape = |channels, height, width, channels_last| {
        Some(ImageShape { channels, height, width, channels_last })
    };
    match info.shape[..] {
        [_, height, width] => shape(1, height, width, false),
        [_, a, b, c] => match order {
            Some(Order::ChannelsFirst) if is_channels(a) => shape(a, b, c, false),
            Some(Order::ChannelsLast) if is_channels(c) => shape(c, a, b, true),
            None if is_channels(a) => shape(a, b, c, false),
            None if is_channels(c) => shape(c, a, b, true),
            _ => None,
        },
        [_, mut pixels] => {
            if label_place(info).is_some() {
                pixels -= 1;
            }
            match (side(pixels), pixels.is_multiple_of(3).then(|| side(pixels / 3)).flatten()) {
                // With fewer pixels a row is no picture, but numbers.
                (Some(side), _) if side >= 4 => shape(1, side, side, false),
                (_, Some(side)) if side >= 4 => {
                    shape(3, side, side, order == Some(Order::ChannelsLast))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The column of a table that holds labels: the one with such a heading, or, without headings, the
/// first one if the table is one column too wide for a square.
fn label_place(info: &ArrayInfo) -> Option<usize> {
    let Form::Table(table) = &info.form else { return None };
    let is_label = |heading: &String| {
        ["label", "class", "target", "y"].contains(&heading.to_lowercase().as_str())
    };
    if !table.headings.is_empty() {
        return table.headings.iter().position(is_label);
    }
    let square = |count: usize| count.isqrt().pow(2) == count && count >= 16;
    let is_too_many = square(table.width - 1) && !square(table.width);
    let first = || table.values.iter().step_by(table.width);
    let are_labels =
        is_too_many && first().all(|label| label.fract() == 0.0 && (0.0..256.0).contains(label));
    are_labels.then_some(0)
}

/// Removes the column of labels from a table, and returns it.
fn label_column(info: &mut ArrayInfo) -> Option<Vec<f64>> {
    let place = label_place(info)?;
    let Form::Table(table) = &mut info.form else { return None };
    let taken = table.take_column(place);
    info.shape[1] -= 1;
    Some(taken)
}

/// The array with the labels of `images`: the one with a matching name, else the only one of the
/// same count.
fn labels_beside<'s>(source: &'s Source<'_>, images: &ArrayInfo) -> Option<&'s ArrayInfo> {
    let fits = |info: &&ArrayInfo| {
        let is_short = matches!(info.shape[..], [_] | [_, 1..=64]);
        let whole = info.is_whole || matches!(&info.form, Form::Table(table) if table.width == 1);
        info.path != images.path && is_short && whole && info.shape[0] == images.shape[0]
    };
    let all: Vec<&ArrayInfo> = source.arrays.iter().filter(fits).collect();
    let called = |name: &str| all.iter().copied().find(|info| stem(&info.path) == name);
    let name = stem(&images.path);
    let pairs = [
        ("images", "labels"),
        ("image", "label"),
        ("x_", "y_"),
        ("x", "y"),
        ("data", "labels"),
        ("data", "target"),
        ("imgs", "labels"),
    ];
    let renamed = pairs.iter().find_map(|(from, to)| {
        called(&name.replacen(from, to, 1).replace("idx3", "idx1").replace("idx4", "idx1"))
    });
    renamed.or_else(|| if let [only] = all[..] { Some(only) } else { None })
}

/// A path in lower case, without the endings of packed files.
fn stem(path: &str) -> String {
    let mut name = path.to_lowercase();
    for ending in [".npy", ".gz", ".csv"] {
        name = name.strip_suffix(ending).unwrap_or(&name).to_owned();
    }
    name
}

/// The values of black and white.
pub(crate) fn range_of(array: &Array, choice: &Choice) -> Result<Range, FileError> {
    let declared = array.declared.map(|[low, high]| Range { low, high });
    if let Some(range) = choice.range.or(declared) {
        return Ok(range);
    }
    Range::found(&array.numbers).ok_or_else(|| {
        let found = crate::range::extremes(&array.numbers);
        let message = match found {
            Some([least, most]) => format!(
                "its numbers run from {least} to {most}, which no range of pixels in use holds (0 to 1, -1 to 1, \
                 0 to 16, 0 to 255): say what black and white are"
            ),
            None => "holds NaN or infinity, or nothing".to_owned(),
        };
        FileError::new(&array.path, message)
    })
}

fn bytes(numbers: &Numbers, range: Range) -> Vec<u8> {
    match numbers {
        Numbers::Bytes(bytes) if range == Range::BYTES => bytes.clone(),
        _ => numbers.iter().map(|value| range.byte(value)).collect(),
    }
}

/// The pixels with channels first, and with rows and columns exchanged if images lie on their side.
pub(crate) fn planes<T: Copy>(pixels: Vec<T>, shape: ImageShape, upright: bool) -> Vec<T> {
    let ImageShape { channels, height, width, channels_last } = shape;
    if !upright && (!channels_last || channels == 1) {
        return pixels;
    }
    let [rows, columns] = if upright { [width, height] } else { [height, width] };
    let mut turned = Vec::with_capacity(pixels.len());
    for image in pixels.chunks_exact(channels * height * width) {
        for channel in 0..channels {
            for row in 0..rows {
                for column in 0..columns {
                    let [y, x] = if upright { [column, row] } else { [row, column] };
                    let place = y * width + x;
                    turned.push(if channels_last {
                        image[place * channels + channel]
                    } else {
                        image[channel * height * width + place]
                    });
                }
            }
        }
    }
    turned
}

fn no_images(source: &Source<'_>) -> FileError {
    match source.arrays.first() {
        Some(info) => not_images(info),
        None => FileError::new("the files", "hold no images"),
    }
}

fn not_images(info: &ArrayInfo) -> FileError {
    let message = format!(
        "has the shape {:?}, which no images have: (count, rows, columns), with 1 or 3 channels before or \
         after these, or a square of pixels a row",
        info.shape
    );
    FileError::new(&info.path, message)
}
