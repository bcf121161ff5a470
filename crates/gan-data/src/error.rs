//! The errors of data files and data sets.
//!
//! Each message names the file, the value found and the value expected, because the page displays
//! it unchanged to the person who chose the file.

use thiserror::Error;

/// The reason why data cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DataError {
    /// The file has no bytes.
    #[error("{file}: the file is empty; expected an IDX or CIFAR-10 file, plain or gzip")]
    Empty {
        /// Name of the file.
        file: String,
    },
    /// The first two bytes are not those of an IDX file.
    #[error("{file}: not an IDX file: it starts with the bytes {found}, expected 00 00 08")]
    NotIdx {
        /// Name of the file.
        file: String,
        /// The first bytes, in hexadecimal.
        found: String,
    },
    /// The file ends within its header.
    #[error(
        "{file}: the header is cut off: found {found_bytes} bytes, expected {expected_bytes} bytes"
    )]
    HeaderTruncated {
        /// Name of the file.
        file: String,
        /// Bytes present.
        found_bytes: usize,
        /// Length of the header, in bytes.
        expected_bytes: usize,
    },
    /// The elements are not unsigned bytes.
    #[error(
        "{file}: found elements of type 0x{code:02x} ({meaning}), expected 0x08 (unsigned byte)"
    )]
    ElementType {
        /// Name of the file.
        file: String,
        /// The type code found.
        code: u8,
        /// The code's meaning in the IDX format.
        meaning: &'static str,
    },
    /// The number of dimensions is not 1, 2, 3 or 4.
    #[error("{file}: found {found} dimensions, expected 1 to 4")]
    DimensionCount {
        /// Name of the file.
        file: String,
        /// The number found.
        found: u8,
    },
    /// A dimension is zero.
    #[error("{file}: dimension {} of {count} is 0, expected at least 1", axis + 1)]
    ZeroDimension {
        /// Name of the file.
        file: String,
        /// The dimension, counted from 0.
        axis: usize,
        /// Number of dimensions.
        count: usize,
    },
    /// The data would take more memory than allowed.
    #[error("{file}: the data would take {found_bytes} bytes, expected at most {limit_bytes}")]
    TooLarge {
        /// Name of the file or set.
        file: String,
        /// Bytes that the dimensions imply.
        found_bytes: u128,
        /// Most bytes allowed.
        limit_bytes: u64,
    },
    /// There is no memory for data of an allowed size.
    #[error("{file}: there is not enough memory for {bytes} bytes")]
    OutOfMemory {
        /// Name of the file or set.
        file: String,
        /// Bytes requested.
        bytes: usize,
    },
    /// The file ends before the last element that the header announces.
    #[error(
        "{file}: the data is cut off: found {found_bytes} bytes after the header, \
         expected {expected_bytes}"
    )]
    BodyTruncated {
        /// Name of the file.
        file: String,
        /// Bytes after the header.
        found_bytes: usize,
        /// Product of the dimensions.
        expected_bytes: usize,
    },
    /// The header announces more than a gzip stream of this length can hold.
    #[error(
        "{file}: the header announces {expected_bytes} bytes, but the compressed file can hold \
         at most {most_bytes}"
    )]
    Implausible {
        /// Name of the file.
        file: String,
        /// Product of the dimensions.
        expected_bytes: usize,
        /// Largest size of the decompressed bytes.
        most_bytes: u64,
    },
    /// The file continues after its last element.
    #[error(
        "{file}: the data goes on after its end: found {}{found_bytes} bytes after the header, \
         expected {expected_bytes}",
        if *at_least { "at least " } else { "" }
    )]
    TrailingBytes {
        /// Name of the file.
        file: String,
        /// Bytes after the header.
        found_bytes: usize,
        /// Product of the dimensions.
        expected_bytes: usize,
        /// Whether reading stopped at the first excess byte (compressed files).
        at_least: bool,
    },
    /// The gzip stream is damaged or cut off.
    #[error("{file}: the gzip stream is damaged or cut off: {detail}")]
    Gzip {
        /// Name of the file.
        file: String,
        /// The decoder's message.
        detail: String,
    },
    /// An array is not an array of images.
    #[error(
        "{file}: found an array of {}, expected images: (count, rows, columns) or \
         (count, channels, rows, columns) with 1 or 3 channels",
        by(dimensions)
    )]
    NotImages {
        /// Name of the file.
        file: String,
        /// Its dimensions.
        dimensions: Vec<usize>,
    },
    /// The images are too small or too large.
    #[error("{file}: the images are {height} x {width} px, expected 1 to {limit} px a side")]
    ImageSize {
        /// Name of the file or set.
        file: String,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
        /// Largest side, in pixels.
        limit: usize,
    },
    /// Images have a number of channels other than 1 or 3.
    #[error("{file}: found {found} channels, expected 1 (grey) or 3 (red, green, blue)")]
    Channels {
        /// Name of the file or set.
        file: String,
        /// The number found.
        found: usize,
    },
    /// The number of pixel bytes is not a whole, positive number of images.
    #[error("{file}: found {found_bytes} pixel bytes, expected a multiple of {image_bytes}, not 0")]
    PixelCount {
        /// Name of the set.
        file: String,
        /// Pixel bytes given.
        found_bytes: usize,
        /// Bytes of one image.
        image_bytes: usize,
    },
    /// An array is not an array of labels.
    #[error("{file}: found an array of {}, expected labels: one dimension", by(dimensions))]
    NotLabels {
        /// Name of the file.
        file: String,
        /// Its dimensions.
        dimensions: Vec<usize>,
    },
    /// There is not one label for each image.
    #[error("{file}: found {found} labels, expected {expected}, one for each image")]
    LabelCount {
        /// Name of the labels' file, or of the set.
        file: String,
        /// Number of labels.
        found: usize,
        /// Number of images.
        expected: usize,
    },
    /// A file of records ends within a record.
    #[error(
        "{file}: record {} is cut off: found {found_bytes} bytes, expected {record_bytes}, one \
         for the label and 3,072 for the pixels", index + 1
    )]
    RecordTruncated {
        /// Name of the file.
        file: String,
        /// The record, counted from 0.
        index: usize,
        /// Bytes of the record that are present.
        found_bytes: usize,
        /// Bytes of a whole record.
        record_bytes: usize,
    },
    /// A label is larger than the classes allow.
    #[error("{file}: image {} has the label {found}, expected 0 to {largest}", index + 1)]
    LabelTooLarge {
        /// Name of the file or set.
        file: String,
        /// The image, counted from 0.
        index: usize,
        /// Its label.
        found: u8,
        /// The largest label allowed.
        largest: u8,
    },
    /// There are more images than allowed.
    #[error("{file}: there are more than {limit} images, expected at most {limit}")]
    TooManyImages {
        /// Name of the file with the first image too many.
        file: String,
        /// Most images.
        limit: usize,
    },
    /// No images are requested or given.
    #[error("{file}: found no images, expected at least one")]
    NoImages {
        /// Name of the set.
        file: String,
    },
    /// Classes are selected, but the images have no labels.
    #[error("{file}: found images without labels, expected labels: classes are told by them")]
    NoLabels {
        /// Name of the set.
        file: String,
    },
    /// A selected class has no images.
    #[error("{file}: found no images of class {class}, expected some")]
    NoSuchClass {
        /// Name of the set.
        file: String,
        /// The class.
        class: usize,
    },
    /// No class is selected.
    #[error("{file}: found no class to draw from, expected at least one")]
    NoClasses {
        /// Name of the set.
        file: String,
    },
    /// There is not one weight for each class.
    #[error("{file}: found {found} class weights, expected {expected}, one for each class")]
    ClassWeightCount {
        /// Name of the set.
        file: String,
        /// Number of weights.
        found: usize,
        /// Number of classes.
        expected: usize,
    },
    /// A weight is not a number within its range.
    #[error("{file}: the weight of class {class} is not within 0 to 1,000,000")]
    ClassWeight {
        /// Name of the set.
        file: String,
        /// The class.
        class: usize,
    },
    /// Colour images where only grey ones can be used.
    #[error("{file}: found {found} channels, expected 1: three grey images are stacked as colours")]
    NotGrey {
        /// Name of the set.
        file: String,
        /// The number found.
        found: usize,
    },
    /// Neither one file nor two.
    #[error("found {found} files, expected one file of images and, if wanted, one of labels")]
    FileCount {
        /// Number of files given.
        found: usize,
    },
    /// The files given hold labels only.
    #[error("{file}: found labels only, expected a file of images with them")]
    ImagesMissing {
        /// Name of the (last) labels' file.
        file: String,
    },
    /// Both files given hold images.
    #[error("{first} and {second}: both hold images, expected one of images and one of labels")]
    TwoImageFiles {
        /// Name of the first file.
        first: String,
        /// Name of the second file.
        second: String,
    },
}

/// Dimensions as people write them: `60000 x 28 x 28`.
fn by(dimensions: &[usize]) -> String {
    dimensions.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")
}
