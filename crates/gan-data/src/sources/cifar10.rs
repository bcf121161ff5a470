//! Reads CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images") in the
//! binary form that its page describes: records without any header, each a label and an image.
//!
//! Files come from strangers: each record is checked before memory is reserved for it, and reading
//! stops at the first wrong one. Any number of files is read; their names do not matter.

use std::io::Read;

use crate::dataset::ImageSet;
use crate::error::DataError;
use crate::gzip::{gunzipped, is_gzip, read_up_to};

/// The names of the labels 0 to 9.
pub const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// Most images of a set: the training and the test images together.
pub const MAX_IMAGES: usize = 60_000;

const SIDE_PX: usize = 32;

const IMAGE_BYTES: usize = 3 * SIDE_PX * SIDE_PX;

/// A byte for the label, then the red, the green and the blue plane, row by row.
const RECORD_BYTES: usize = 1 + IMAGE_BYTES;

/// Reads one or more files of CIFAR-10, plain or gzip (recognised by their first bytes): a set of 3
/// × 32 × 32 images with labels 0 to 9, in the files' order. Each file comes with the name for
/// errors; the set takes the first name.
///
/// # Errors
///
/// If there is no file, a file is empty or not a whole number of records, a label is above 9, a
/// gzip stream is damaged, or there are more than [`MAX_IMAGES`] images.
pub fn read(files: &[(String, Vec<u8>)]) -> Result<ImageSet, DataError> {
    let Some((set_name, _)) = files.first() else {
        return Err(DataError::NoImages { file: "CIFAR-10".into() });
    };
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        if is_gzip(bytes) {
            read_records(name, &mut gunzipped(bytes), &mut pixels, &mut labels)?;
        } else {
            read_records(name, &mut &bytes[..], &mut pixels, &mut labels)?;
        }
    }
    ImageSet::new(set_name.clone(), [3, SIDE_PX, SIDE_PX], pixels, Some(labels))
}

/// Appends the images and labels of all records of `stream`.
fn read_records(
    name: &str,
    stream: &mut impl Read,
    pixels: &mut Vec<u8>,
    labels: &mut Vec<u8>,
) -> Result<(), DataError> {
    let largest = CLASSES.len() as u8 - 1;
    let mut record = [0; RECORD_BYTES];
    for index in 0.. {
        let found_bytes = read_up_to(name, stream, &mut record)?;
        let file = || name.to_owned();
        if found_bytes == 0 {
            return if index == 0 { Err(DataError::Empty { file: file() }) } else { Ok(()) };
        }
        let label = record[0];
        if label > largest {
            return Err(DataError::LabelTooLarge { file: file(), index, found: label, largest });
        }
        if found_bytes < RECORD_BYTES {
            let record_bytes = RECORD_BYTES;
            return Err(DataError::RecordTruncated {
                file: file(),
                index,
                found_bytes,
                record_bytes,
            });
        }
        if labels.len() == MAX_IMAGES {
            return Err(DataError::TooManyImages { file: file(), limit: MAX_IMAGES });
        }
        // Grows with the bytes read, and returns an error where a plain growth would abort.
        pixels
            .try_reserve(IMAGE_BYTES)
            .map_err(|_| DataError::OutOfMemory { file: file(), bytes: pixels.len() })?;
        pixels.extend_from_slice(&record[1..]);
        labels.push(label);
    }
    Ok(())
}
