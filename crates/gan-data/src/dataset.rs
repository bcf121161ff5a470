//! Holds a set of images with their labels in memory, as bytes.
//!
//! The module checks that a set is complete. The order of images in batches is decided in
//! `batches`; `fit` converts images to another size.

use std::borrow::Cow;

use gan_protocol::Shape;
use xxhash_rust::xxh64::Xxh64;

use crate::batches::scaled;
use crate::error::DataError;
use crate::idx::{self, IdxArray};

/// Largest side of an image, in pixels.
pub const MAX_SIDE_PX: usize = 256;

/// A finite set of images of one size, each with a label or none.
///
/// Pixels are laid out [image, channel, row, column], one byte each; there is at least one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSet {
    name: String,
    channels: usize,
    height: usize,
    width: usize,
    pixels: Vec<u8>,
    labels: Option<Vec<u8>>,
    /// The label of each class in the file, if that differs from the class's number.
    class_values: Option<Vec<u8>>,
}

impl ImageSet {
    /// A set from pixels laid out [image, channel, row, column].
    ///
    /// # Errors
    ///
    /// If `channels` is neither 1 nor 3, a side is not within 1..=[`MAX_SIDE_PX`], the pixels are
    /// not a whole, positive number of images, or there is not one label for each image.
    pub fn new(
        name: impl Into<String>,
        [channels, height, width]: [usize; 3],
        pixels: Vec<u8>,
        labels: Option<Vec<u8>>,
    ) -> Result<Self, DataError> {
        let name = name.into();
        check_shape(&name, [channels, height, width])?;
        let image_bytes = channels * height * width;
        if pixels.is_empty() || !pixels.len().is_multiple_of(image_bytes) {
            let found_bytes = pixels.len();
            return Err(DataError::PixelCount { file: name, found_bytes, image_bytes });
        }
        let expected = pixels.len() / image_bytes;
        if let Some(found) = labels.as_ref().map(Vec::len).filter(|&found| found != expected) {
            return Err(DataError::LabelCount { file: name, found, expected });
        }
        Ok(Self { name, channels, height, width, pixels, labels, class_values: None })
    }

    /// A set from an IDX file of images, (count, rows, columns) or (count, channels, rows,
    /// columns), and, if given, an IDX file of labels (count). Each file comes with the name for
    /// errors; the set takes the images' name.
    ///
    /// # Errors
    ///
    /// If a file is not an IDX file of unsigned bytes ([`idx::parse`]) or has other dimensions, or
    /// if the counts differ.
    pub fn from_idx<'a, B: Into<Cow<'a, [u8]>>>(
        images: (&str, B),
        labels: Option<(&str, B)>,
    ) -> Result<Self, DataError> {
        let image_array = idx::parse(images.0, images.1)?;
        let labels = match labels {
            Some((name, bytes)) => Some((name, idx::parse(name, bytes)?)),
            None => None,
        };
        Self::from_arrays(images.0, image_array, labels)
    }

    /// As [`Self::from_idx`], from one or two named files in any order: their dimensions
    /// distinguish images from labels. Classes are the values that occur among the labels, in
    /// ascending order. If these are not 0, 1, 2 …, like EMNIST's letters (1 to 26), classes are
    /// numbered anew, and [`Self::class_value`] returns a class's value in the file.
    ///
    /// # Errors
    ///
    /// As [`Self::from_idx`]; and if there are no files or more than two, no images, or images
    /// twice.
    pub fn from_idx_files(files: &[(String, Vec<u8>)]) -> Result<Self, DataError> {
        if !(1..=2).contains(&files.len()) {
            return Err(DataError::FileCount { found: files.len() });
        }
        let mut images: Option<(&str, IdxArray)> = None;
        let mut labels: Option<(&str, IdxArray)> = None;
        for (name, bytes) in files {
            let array = idx::parse(name, bytes)?;
            match array.dimensions.len() {
                1 if labels.is_some() => {
                    return Err(DataError::ImagesMissing { file: name.clone() });
                }
                1 => labels = Some((name, array)),
                3 | 4 => {
                    if let Some((first, _)) = images {
                        let (first, second) = (first.into(), name.clone());
                        return Err(DataError::TwoImageFiles { first, second });
                    }
                    images = Some((name, array));
                }
                _ => {
                    let dimensions = array.dimensions;
                    return Err(DataError::NotImages { file: name.clone(), dimensions });
                }
            }
        }
        match (images, labels) {
            (Some((name, images)), labels) => {
                Ok(Self::from_arrays(name, images, labels)?.renumbered())
            }
            (None, labels) => {
                let file = labels.map_or_else(String::new, |(name, _)| name.into());
                Err(DataError::ImagesMissing { file })
            }
        }
    }

    fn from_arrays(
        name: &str,
        images: IdxArray,
        labels: Option<(&str, IdxArray)>,
    ) -> Result<Self, DataError> {
        let (count, shape) = match images.dimensions[..] {
            [count, height, width] => (count, [1, height, width]),
            [count, channels @ (1 | 3), height, width] => (count, [channels, height, width]),
            _ => {
                let dimensions = images.dimensions;
                return Err(DataError::NotImages { file: name.into(), dimensions });
            }
        };
        let labels = match labels {
            None => None,
            Some((file, array)) if array.dimensions.len() != 1 => {
                let dimensions = array.dimensions;
                return Err(DataError::NotLabels { file: file.into(), dimensions });
            }
            Some((file, array)) if array.bytes.len() != count => {
                let found = array.bytes.len();
                return Err(DataError::LabelCount { file: file.into(), found, expected: count });
            }
            Some((_, array)) => Some(array.bytes),
        };
        Self::new(name, shape, images.bytes, labels)
    }

    /// The set's name: the name of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 1 (grey) or 3 (red, green, blue).
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Rows of an image, in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Columns of an image, in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Shape of an image.
    pub fn dims(&self) -> Shape {
        Shape::Image { channels: self.channels, height: self.height, width: self.width }
    }

    /// Number of images, at least 1.
    pub fn image_count(&self) -> usize {
        self.pixels.len() / self.image_bytes()
    }

    /// All pixels, laid out [image, channel, row, column].
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixels of image `index`, laid out [channel, row, column]; `None` past the last image.
    pub fn image(&self, index: usize) -> Option<&[u8]> {
        self.pixels.chunks_exact(self.image_bytes()).nth(index)
    }

    /// The pixels as numbers, black -1 and white 1.
    pub fn values(&self) -> Vec<f32> {
        self.pixels.iter().copied().map(scaled).collect()
    }

    /// The labels, one for each image, if the set has labels.
    pub fn labels(&self) -> Option<&[u8]> {
        self.labels.as_deref()
    }

    /// A hash of the images' shape, pixels and labels (XXH64), as 16 hexadecimal digits: sets with
    /// different hashes differ.
    pub fn digest(&self) -> String {
        let mut hash = Xxh64::new(0);
        for size in [self.channels, self.height, self.width, self.image_count()] {
            hash.update(&(size as u64).to_le_bytes());
        }
        hash.update(&self.pixels);
        hash.update(self.labels().unwrap_or_default());
        format!("{:016x}", hash.digest())
    }

    /// Number of classes, if the set has labels: the largest label plus one.
    pub fn classes(&self) -> Option<usize> {
        let largest = self.labels.as_ref()?.iter().max()?;
        Some(usize::from(*largest) + 1)
    }

    /// The label of class `class` in the file.
    pub fn class_value(&self, class: usize) -> Option<u8> {
        match &self.class_values {
            Some(values) => values.get(class).copied(),
            None => u8::try_from(class).ok(),
        }
    }

    /// The same set with its classes numbered from 0 on.
    fn renumbered(mut self) -> Self {
        let Some(labels) = &mut self.labels else { return self };
        let mut values = labels.clone();
        values.sort_unstable();
        values.dedup();
        if values.iter().enumerate().all(|(class, value)| usize::from(*value) == class) {
            return self;
        }
        let mut class_of = [0; 256];
        for (class, value) in values.iter().enumerate() {
            class_of[usize::from(*value)] = class as u8;
        }
        labels.iter_mut().for_each(|label| *label = class_of[usize::from(*label)]);
        self.class_values = Some(values);
        self
    }

    fn image_bytes(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The same set with other pixels of the given, already checked shape.
    pub(crate) fn with_pixels(
        self,
        [channels, height, width]: [usize; 3],
        pixels: Vec<u8>,
    ) -> Self {
        debug_assert_eq!(pixels.len(), self.image_count() * channels * height * width);
        Self { channels, height, width, pixels, ..self }
    }

    /// The same set with only those images for which `wanted` (of index and label) holds: one at
    /// least.
    pub(crate) fn keep(mut self, wanted: impl Fn(usize, Option<u8>) -> bool) -> Self {
        let image_bytes = self.image_bytes();
        let mut kept = 0;
        for index in 0..self.image_count() {
            let label = self.labels.as_ref().map(|labels| labels[index]);
            if wanted(index, label) {
                // In place: a set may take half of the available memory.
                let from = index * image_bytes;
                self.pixels.copy_within(from..from + image_bytes, kept * image_bytes);
                if let Some((labels, label)) = self.labels.as_mut().zip(label) {
                    labels[kept] = label;
                }
                kept += 1;
            }
        }
        debug_assert!(kept > 0);
        self.pixels.truncate(kept * image_bytes);
        self.pixels.shrink_to_fit();
        if let Some(labels) = &mut self.labels {
            labels.truncate(kept);
        }
        self
    }
}

/// Checks that images may have this shape.
pub(crate) fn check_shape(
    name: &str,
    [channels, height, width]: [usize; 3],
) -> Result<(), DataError> {
    if !matches!(channels, 1 | 3) {
        return Err(DataError::Channels { file: name.into(), found: channels });
    }
    let side = 1..=MAX_SIDE_PX;
    if !side.contains(&height) || !side.contains(&width) {
        let file = name.into();
        return Err(DataError::ImageSize { file, height, width, limit: MAX_SIDE_PX });
    }
    Ok(())
}
