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

/// A grid of equal images, left to right and top to bottom, with a transparent gap between them, and
/// further space between groups of images that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetLayout {
    /// Images in a row: whole groups.
    pub columns: usize,
    /// Pixels between two images.
    pub gap_px: usize,
    /// Images in a group, side by side.
    pub group: usize,
    /// Further pixels between two groups.
    pub group_gap_px: usize,
}

impl SheetLayout {
    /// `columns` images in a row, each by itself.
    pub fn of_columns(columns: usize, gap_px: usize) -> Self {
        Self { columns, gap_px, group: 1, group_gap_px: 0 }
    }

    /// The layout closest to a square for `count` images, wide rather than tall.
    pub fn square(count: usize, gap_px: usize) -> Self {
        Self::grouped(count, 1, gap_px)
    }

    /// As [`SheetLayout::square`], of groups of `group` images. Groups of more than one have twice the
    /// gap more between them.
    pub fn grouped(count: usize, group: usize, gap_px: usize) -> Self {
        let group = group.max(1);
        let groups = count.div_ceil(group);
        let in_a_row = (1..=groups.max(1)).find(|one| one * group * one >= groups).unwrap_or(1);
        let group_gap_px = if group > 1 { 2 * gap_px } else { 0 };
        Self { columns: in_a_row * group, gap_px, group, group_gap_px }
    }

    /// The left edge of the image in column `column` of images of `width` px.
    pub fn left_px(&self, column: usize, width: usize) -> usize {
        column * (width + self.gap_px) + column / self.group.max(1) * self.group_gap_px
    }

    /// Width and height of the picture, in pixels.
    pub fn size_px(&self, samples: &Samples<'_>) -> (usize, usize) {
        let columns = self.columns.clamp(1, samples.count.max(1));
        let rows = samples.count.div_ceil(columns);
        let height = rows * samples.height_px + rows.saturating_sub(1) * self.gap_px;
        let width = self.left_px(columns - 1, samples.width_px) + samples.width_px;
        (width, height)
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
            let left = self.left_px(index % columns, samples.width_px);
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
        let layout = SheetLayout::of_columns(2, 1);
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
    fn groups_stay_in_a_row_and_have_more_space_between_them() {
        // Four groups of three images of one pixel: two groups a row.
        let bytes: Vec<u8> = (1..=12).collect();
        let samples = grey(&bytes, 12, 1, 1);
        let layout = SheetLayout::grouped(12, 3, 1);
        assert_eq!((layout.columns, layout.size_px(&samples)), (6, (13, 3)));
        let picture = layout.rgba(&samples).expect("the bytes fit");
        let first: Vec<u8> = picture.chunks_exact(4).take(13).map(|pixel| pixel[0]).collect();
        assert_eq!(first, [1, 0, 2, 0, 3, 0, 0, 0, 4, 0, 5, 0, 6]);
        // Wide rather than tall, and never a part of a group.
        let columns = |count| SheetLayout::grouped(count, 3, 2).columns;
        assert_eq!([columns(3), columns(72), columns(84)], [3, 9, 12]);
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
