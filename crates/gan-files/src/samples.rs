//! Extracts samples as numbers in double precision, from which scores are computed.

use crate::array::Array;
use crate::choice::Choice;
use crate::error::FileError;
use crate::images::candidates;
use crate::pixels::{image_shape, planes, range_of};
use crate::range::Range;
use crate::source::{ArrayInfo, Form, Source};

/// Samples of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The path of the array.
    pub path: String,
    /// Channels, rows, columns; numbers that are not images have one channel and one row.
    pub shape: [usize; 3],
    /// Sample after sample, channels first: images in [-1, 1], other numbers unchanged.
    pub values: Vec<f64>,
    /// The values of black and white in the file; `None` if the samples are not images.
    pub range: Option<Range>,
    /// Interpretations of the file that the user might not expect.
    pub notes: Vec<String>,
}

impl Samples {
    /// Number of samples.
    pub fn count(&self) -> usize {
        self.values.len() / self.size()
    }

    /// Numbers of one sample.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// Interprets rows of numbers as images of `shape`, if they have the same length and are not
    /// images yet.
    ///
    /// # Errors
    /// If black and white cannot be inferred, and `range` is `None`.
    pub fn shape_like(&mut self, shape: [usize; 3], range: Option<Range>) -> Result<(), FileError> {
        let is_flat = self.shape[..2] == [1, 1];
        if !is_flat || self.shape == shape || self.size() != shape.iter().product::<usize>() {
            return Ok(());
        }
        let numbers = crate::array::Numbers::Double(std::mem::take(&mut self.values));
        let (path, headings) = (self.path.clone(), Vec::new());
        let array = Array { path, shape: vec![], numbers, headings, declared: None };
        let range = range_of(&array, &Choice { range, ..Choice::default() })?;
        self.values = array.numbers.iter().map(|value| range.signed(value)).collect();
        (self.shape, self.range) = (shape, Some(range));
        Ok(())
    }
}

/// Whether the files hold one array, and each of its samples is two numbers: a point of the plane.
pub fn has_pairs(source: &Source<'_>) -> bool {
    matches!(&source.arrays[..], [one] if matches!(one.shape[..], [_, 2]))
}

/// The samples of `source` according to the entry, the range, the order and the orientation in
/// `choice`.
///
/// # Errors
/// If several arrays are possible, if black and white cannot be inferred, or if a number is not
/// finite.
pub fn samples(source: &Source<'_>, choice: &Choice) -> Result<Samples, FileError> {
    let info = match &choice.entry {
        Some(path) => source.info(path)?,
        None => only(source)?,
    };
    let array = source.array(info, &mut |_| true)?;
    let notes = match &info.form {
        Form::Table(table) => table.notes.clone(),
        _ => Vec::new(),
    };
    let path = info.path.clone();
    if !array.numbers.iter().all(f64::is_finite) {
        return Err(FileError::new(path, "holds NaN or infinity"));
    }
    if let Some(shape) = image_shape(info, choice.order).filter(|_| info.shape.len() > 2) {
        let range = range_of(&array, choice)?;
        let values = array.numbers.iter().map(|value| range.signed(value)).collect();
        let values = planes(values, shape, choice.upright);
        let sides = [shape.height, shape.width];
        let [height, width] = if choice.upright { [sides[1], sides[0]] } else { sides };
        return Ok(Samples {
            path,
            shape: [shape.channels, height, width],
            values,
            range: Some(range),
            notes,
        });
    }
    let width = match info.shape[..] {
        [_] => 1,
        [_, width] => width,
        _ => {
            let message = format!(
                "has the shape {:?}; samples are rows of numbers, or images with 1 or 3 channels",
                info.shape
            );
            return Err(FileError::new(path, message));
        }
    };
    Ok(Samples {
        path,
        shape: [1, 1, width],
        values: array.numbers.iter().collect(),
        range: None,
        notes,
    })
}

/// The only array that can be meant.
fn only<'s>(source: &'s Source<'_>) -> Result<&'s ArrayInfo, FileError> {
    if let [info] = &source.arrays[..] {
        return Ok(info);
    }
    let images = candidates(source);
    // Images with their labels: the labels are not samples.
    let wide: Vec<&ArrayInfo> =
        images.iter().copied().filter(|info| info.shape.len() > 2).collect();
    if let [info] = wide[..] {
        return Ok(info);
    }
    let all: Vec<String> =
        source.arrays.iter().map(|info| format!("{} {:?}", info.path, info.shape)).collect();
    Err(FileError::new(all.join(", "), "are several arrays: name the one that is meant"))
}
