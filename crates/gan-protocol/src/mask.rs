//! The pixels of a hole that was drawn.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::SpecError;
use crate::read::{Read, Reading};

/// Largest number of cells of a side.
const MOST: usize = 32;
/// How cells are written.
const MISSING: u8 = b'#';
const KEPT: u8 = b'.';

/// Which cells of a picture are missing. A cell is a square of pixels: one pixel, or more where the picture
/// is a multiple of the mask. In JSON, a text for each row, of `#` where a cell is missing and `.` elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    height: u8,
    width: u8,
    /// A bit for each column, from the lowest on.
    rows: [u32; MOST],
}

impl Mask {
    /// The mask of a picture of `[height, width]` pixels, row by row, by the smallest cells that fit: a cell
    /// is missing if a pixel of it is. `None` if no cells fit.
    pub fn of_pixels(missing: &[bool], [height, width]: [usize; 2]) -> Option<Self> {
        let fits = |cell: &usize| {
            height.is_multiple_of(*cell)
                && width.is_multiple_of(*cell)
                && height.max(width) / cell <= MOST
        };
        let cell = (1..=height.min(width)).find(fits)?;
        let mut mask =
            Self { height: (height / cell) as u8, width: (width / cell) as u8, rows: [0; MOST] };
        for (at, is_missing) in missing.iter().enumerate().take(height * width) {
            mask.rows[at / width / cell] |= u32::from(*is_missing) << (at % width / cell);
        }
        Some(mask)
    }

    /// Whether the pixel at `row`, `column` of a picture of `[height, width]` pixels is missing.
    pub fn is_missing(&self, [row, column]: [usize; 2], [height, width]: [usize; 2]) -> bool {
        let (rows, columns) = (usize::from(self.height), usize::from(self.width));
        let bits = self.rows[(row * rows / height).min(MOST - 1)];
        bits >> (column * columns / width).min(MOST - 1) & 1 == 1
    }

    /// Rows and columns of cells.
    pub fn cells(&self) -> [usize; 2] {
        [self.height, self.width].map(usize::from)
    }

    /// Checks the mask for pictures of `[height, width]`, in pixels.
    pub(crate) fn validate(&self, [height, width]: [usize; 2]) -> Result<(), SpecError> {
        let [rows, columns] = self.cells();
        let fits = rows > 0
            && columns > 0
            && height.is_multiple_of(rows)
            && width.is_multiple_of(columns)
            && height / rows == width / columns;
        if !fits {
            let message = format!(
                "has {rows} rows of {columns}; a picture of {height} x {width} pixels is no multiple of that"
            );
            return Err(SpecError::new("rows", message));
        }
        if self.rows.iter().all(|row| *row == 0) {
            return Err(SpecError::new("rows", "has no hole: not one `#`"));
        }
        Ok(())
    }

    /// Each row as it is written.
    pub fn written(&self) -> Vec<String> {
        let [rows, columns] = self.cells();
        let cell = |bits: u32, column: usize| {
            char::from(if bits >> column & 1 == 1 { MISSING } else { KEPT })
        };
        let row = |bits: &u32| (0..columns).map(|column| cell(*bits, column)).collect();
        self.rows.iter().take(rows).map(row).collect()
    }
}

impl Serialize for Mask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written().serialize(serializer)
    }
}

impl Read for Mask {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        let mut mask = Self::default();
        let rows = value.as_array().map_or(&[][..], |rows| rows);
        let mut fits = (1..=MOST).contains(&rows.len());
        mask.height = rows.len().min(MOST) as u8;
        for (row, text) in rows.iter().enumerate().take(MOST) {
            let cells = text.as_str().unwrap_or_default().as_bytes();
            if row == 0 {
                mask.width = cells.len().min(MOST) as u8;
            }
            fits &= cells.len() == usize::from(mask.width) && !cells.is_empty();
            for (column, cell) in cells.iter().enumerate().take(MOST) {
                fits &= matches!(*cell, MISSING | KEPT);
                mask.rows[row] |= u32::from(*cell == MISSING) << column;
            }
        }
        if !fits {
            let form = "is no list of 1 to 32 texts, all of as many cells (1 to 32), `#` or `.`";
            reading.refuse(form.to_owned());
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::whole;

    fn read(rows: &[&str]) -> Result<Mask, SpecError> {
        whole(&serde_json::json!(rows))
    }

    #[test]
    fn a_mask_is_read_as_it_is_written() {
        let rows = ["#..", ".##"];
        let mask = read(&rows).expect("a mask");
        assert_eq!((mask.cells(), mask.written()), ([2, 3], rows.map(String::from).to_vec()));
        assert_eq!(serde_json::to_value(mask).expect("plain data"), serde_json::json!(rows));
        // A picture of twice the size has cells of two by two pixels.
        for (place, expected) in [([0, 1], true), ([1, 2], false), ([2, 2], true), ([3, 5], true)] {
            assert_eq!(mask.is_missing(place, [4, 6]), expected, "{place:?}");
        }
        assert!(mask.validate([4, 6]).is_ok() && mask.validate([2, 3]).is_ok());
        for size in [[4, 3], [3, 3], [2, 6]] {
            assert_eq!(mask.validate(size).expect_err("another form").path, "rows");
        }
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        let none: &[&str] = &[];
        for rows in [&["#.", "#"][..], &["#x"], &["."; 33], &[&".".repeat(33)], &[""], none] {
            assert!(read(rows).is_err(), "{rows:?}");
        }
        assert!(whole::<Mask>(&serde_json::json!([["#"]])).is_err());
        assert!(whole::<Mask>(&serde_json::json!("#")).is_err());
        assert!(read(&["..", ".."]).expect("rows").validate([2, 2]).is_err(), "no hole");
    }

    #[test]
    fn a_large_picture_is_masked_by_larger_cells() {
        let mut missing = [false; 64 * 48];
        missing[5 * 48 + 7] = true;
        let mask = Mask::of_pixels(&missing, [64, 48]).expect("cells of two pixels");
        assert_eq!(mask.cells(), [32, 24]);
        let count = (0..64 * 48).filter(|at| mask.is_missing([at / 48, at % 48], [64, 48])).count();
        assert_eq!(count, 4);
        assert!(mask.is_missing([5, 7], [64, 48]));
        assert_eq!(
            Mask::of_pixels(&[true; 37 * 37], [37, 37]).map(|mask| mask.cells()),
            Some([1, 1])
        );
    }
}
