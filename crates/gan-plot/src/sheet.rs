//! Arranges many small images as one picture.

/// Images one after another, each row by row, the channels of a pixel side by side, 0..=255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Samples<'a> {
    /// The bytes of all images.
    pub pixels: &'a [u8],
    /// Count of images.
    pub count: usize,
    /// Columns of one image.
    pub width_px: usize,
    /// Rows of one image.
    pub height_px: usize,
    /// Bytes a pixel: 1 grey, 2 grey with alpha, 3 red-green-blue, 4 with alpha.
    pub channels: usize,
}

/// The reason why samples cannot be arranged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetError {
    /// The number of bytes differs from the product of the dimensions.
    Length {
        /// Bytes given.
        found_bytes: usize,
        /// Bytes expected; `None` if their number overflows.
        expected_bytes: Option<usize>,
    },
    /// A pixel has none or more than four channels.
    Channels(usize),
}

impl std::fmt::Display for SheetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length { found_bytes, expected_bytes: Some(expected) } => {
                write!(f, "{found_bytes} bytes of samples; {expected} were announced")
            }
            Self::Length { found_bytes, expected_bytes: None } => {
                write!(f, "{found_bytes} bytes of samples; far more were announced")
            }
            Self::Channels(count) => write!(f, "{count} channels; allowed is 1 to 4"),
        }
    }
}

impl std::error::Error for SheetError {}

/// A grid of equal images, left to right and top to bottom, with a transparent gap between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetLayout {
    /// Images in a row.
    pub columns: usize,
    /// Pixels between two images.
    pub gap_px: usize,
}

impl SheetLayout {
    /// The layout closest to a square for `count` images, wide rather than tall.
    pub fn square(count: usize, gap_px: usize) -> Self {
        let columns = (1..=count.max(1)).find(|side| side * side >= count).unwrap_or(1);
        Self { columns, gap_px }
    }

    /// Width and height of the picture, in pixels.
    pub fn size_px(&self, samples: &Samples<'_>) -> (usize, usize) {
        let columns = self.columns.clamp(1, samples.count.max(1));
        let rows = samples.count.div_ceil(columns);
        let span =
            |images: usize, side: usize| images * side + images.saturating_sub(1) * self.gap_px;
        (span(columns, samples.width_px), span(rows, samples.height_px))
    }

    /// The picture as RGBA bytes, row by row.
    ///
    /// # Errors
    /// If the number of bytes differs from the product of the dimensions, or there are not 1 to 4
    /// channels.
    pub fn rgba(&self, samples: &Samples<'_>) -> Result<Vec<u8>, SheetError> {
        let image_bytes = checked_image_bytes(samples)?;
        let columns = self.columns.clamp(1, samples.count.max(1));
        let (width, height) = self.size_px(samples);
        let mut picture = vec![0; width * height * 4];
        if image_bytes == 0 {
            return Ok(picture);
        }
        let row_bytes = samples.width_px * samples.channels;
        for (index, image) in samples.pixels.chunks_exact(image_bytes).enumerate() {
            let left = (index % columns) * (samples.width_px + self.gap_px);
            let top = (index / columns) * (samples.height_px + self.gap_px);
            for (y, row) in image.chunks_exact(row_bytes).enumerate() {
                let start = ((top + y) * width + left) * 4;
                let target = &mut picture[start..start + samples.width_px * 4];
                for (rgba, pixel) in
                    target.chunks_exact_mut(4).zip(row.chunks_exact(samples.channels))
                {
                    rgba.copy_from_slice(&to_rgba(pixel));
                }
            }
        }
        Ok(picture)
    }
}

fn checked_image_bytes(samples: &Samples<'_>) -> Result<usize, SheetError> {
    if !(1..=4).contains(&samples.channels) {
        return Err(SheetError::Channels(samples.channels));
    }
    let image = samples
        .width_px
        .checked_mul(samples.height_px)
        .and_then(|pixels| pixels.checked_mul(samples.channels));
    let expected_bytes = image.and_then(|bytes| bytes.checked_mul(samples.count));
    match image {
        Some(bytes) if expected_bytes == Some(samples.pixels.len()) => Ok(bytes),
        _ => Err(SheetError::Length { found_bytes: samples.pixels.len(), expected_bytes }),
    }
}

fn to_rgba(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => [grey, grey, grey, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(pixels: &[u8], count: usize, width_px: usize, height_px: usize) -> Samples<'_> {
        Samples { pixels, count, width_px, height_px, channels: 1 }
    }

    #[test]
    fn images_stand_side_by_side_with_a_gap() {
        let samples = grey(&[1, 2, 3, 4, 5, 6], 3, 1, 2);
        let layout = SheetLayout { columns: 2, gap_px: 1 };
        assert_eq!(layout.size_px(&samples), (3, 5));
        let picture = layout.rgba(&samples).expect("the bytes fit");
        let values: Vec<_> = picture.chunks_exact(4).map(|p| (p[0], p[3])).collect();
        let (gap, shown) = ((0, 0), |value| (value, 255));
        #[rustfmt::skip]
        assert_eq!(values, [
            shown(1), gap, shown(3),
            shown(2), gap, shown(4),
            gap,      gap, gap,
            shown(5), gap, gap,
            shown(6), gap, gap,
        ]);
    }

    #[test]
    fn colours_are_kept() {
        let samples =
            Samples { pixels: &[9, 8, 7], count: 1, width_px: 1, height_px: 1, channels: 3 };
        assert_eq!(SheetLayout::square(1, 2).rgba(&samples), Ok(vec![9, 8, 7, 255]));
    }

    #[test]
    fn squares_are_wide_rather_than_tall() {
        let columns = |count| SheetLayout::square(count, 0).columns;
        assert_eq!([columns(0), columns(1), columns(64), columns(60), columns(5)], [1, 1, 8, 8, 3]);
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let layout = SheetLayout::square(4, 1);
        let error = layout.rgba(&grey(&[0; 15], 4, 2, 2)).expect_err("a byte is missing");
        assert_eq!(error.to_string(), "15 bytes of samples; 16 were announced");
        assert!(layout.rgba(&grey(&[], usize::MAX, 2, 2)).is_err());
        let five = Samples { pixels: &[0; 5], count: 1, width_px: 1, height_px: 1, channels: 5 };
        assert_eq!(layout.rgba(&five), Err(SheetError::Channels(5)));
    }

    #[test]
    fn no_samples_make_an_empty_picture() {
        assert_eq!(SheetLayout::square(0, 2).rgba(&grey(&[], 0, 28, 28)), Ok(vec![]));
    }
}
