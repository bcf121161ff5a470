//! Extracts images of bytes, with their classes, from files: the data that a run trains on.

use gan_data::idx;

use crate::array::Numbers;
use crate::choice::{Choice, chosen, kept};
use crate::classes::{Classes, labels};
use crate::error::FileError;
use crate::labels::{label_column, labels_beside};
use crate::pixels::{ImageShape, bytes, image_shape, planes, range_of};
use crate::range::Range;
use crate::records::Records;
use crate::source::{ArrayInfo, Form, Source};

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
