//! Converts images to the size and the channels of a run's nets.
//!
//! Pixels stay unchanged wherever possible: padding and cropping of blank margins come before
//! resampling, which blurs.

use crate::dataset::{ImageSet, check_shape};
use crate::error::DataError;
use crate::idx::{MAX_ARRAY_BYTES, reserved};

impl ImageSet {
    /// The same images with `channels` (1 or 3), `height` and `width`.
    ///
    /// All images of the set are treated the same, by the first of these rules that applies:
    ///
    /// - Images of the requested size stay as they are.
    /// - Images with at least 2/3 of the requested height or width are moved to the middle with
    ///   unchanged pixels, if they are no larger than requested, or if the cropped margins are
    ///   blank: of one value, the same in all images.
    /// - All others are scaled, keeping their aspect, until one side fits (box filter: each new
    ///   pixel is the mean of the area that it covers), and put in the middle.
    ///
    /// The free area around an image is filled with the value that at least half of the images'
    /// border pixels have, else with black. Grey becomes colour by repetition; colour becomes grey
    /// by the luma weights of ITU-R BT.601 (0.299, 0.587, 0.114).
    ///
    /// # Errors
    ///
    /// If the requested shape is not allowed for images, or if the result would exceed 512 MiB.
    pub fn fitted(self, channels: usize, height: usize, width: usize) -> Result<Self, DataError> {
        let wanted = [channels, height, width];
        check_shape(self.name(), wanted)?;
        if [self.channels(), self.height(), self.width()] == wanted {
            return Ok(self);
        }
        let bytes = self.image_count() as u64 * (channels * height * width) as u64;
        if bytes > MAX_ARRAY_BYTES {
            let (file, found_bytes) = (self.name().into(), u128::from(bytes));
            return Err(DataError::TooLarge { file, found_bytes, limit_bytes: MAX_ARRAY_BYTES });
        }
        let mut pixels = reserved(self.name(), bytes as usize)?;
        let background = background(&self);
        let [rows, columns] = layout(&self, [height, width]);
        let plane_px = self.height() * self.width();
        let mut plane = Vec::with_capacity(plane_px);
        for image in self.pixels().chunks_exact(self.channels() * plane_px) {
            for channel in 0..channels {
                plane.clear();
                let fill = match (self.channels(), channels) {
                    (3, 1) => {
                        let (red, rest) = image.split_at(plane_px);
                        let (green, blue) = rest.split_at(plane_px);
                        let colours = red.iter().zip(green).zip(blue);
                        plane.extend(colours.map(|((&r, &g), &b)| luma([r, g, b])));
                        luma(background)
                    }
                    (from, _) => {
                        let source = channel.min(from - 1);
                        plane.extend_from_slice(&image[source * plane_px..][..plane_px]);
                        background[source]
                    }
                };
                put(&plane, self.width(), [&rows, &columns], fill, &mut pixels);
            }
        }
        Ok(self.with_pixels(wanted, pixels))
    }
}

/// For each new row (or column) the old ones that contribute to it, each with its weight; none
/// outside of the image.
type Axis = Vec<Vec<(usize, f32)>>;

/// The rows and columns by which `set` is converted to the size `wanted` (height, width).
fn layout(set: &ImageSet, wanted: [usize; 2]) -> [Axis; 2] {
    let size = [set.height(), set.width()];
    let smaller = [0, 1].map(|axis| size[axis].min(wanted[axis]));
    let nearly = (0..2).any(|axis| 3 * size[axis] >= 2 * wanted[axis]);
    if nearly && margins_are_blank(set, smaller) {
        return [0, 1].map(|axis| shifted(size[axis], wanted[axis]));
    }
    // Compared without division: which side reaches its requested length first.
    let by_height = wanted[0] * size[1] <= wanted[1] * size[0];
    let (new, old) = if by_height { (wanted[0], size[0]) } else { (wanted[1], size[1]) };
    [0, 1].map(|axis| {
        let scaled = ((2 * size[axis] * new + old) / (2 * old)).clamp(1, wanted[axis]);
        resampled(size[axis], scaled, wanted[axis])
    })
}

/// Whether all pixels outside the middle `keep` (height, width) have one value in each channel.
fn margins_are_blank(set: &ImageSet, keep: [usize; 2]) -> bool {
    let (height, width) = (set.height(), set.width());
    let first = [height, width];
    let [top, left] = [0, 1].map(|axis| (first[axis] - keep[axis]) / 2);
    let mut blank = [None; 3];
    set.pixels().chunks_exact(height * width).enumerate().all(|(i, plane)| {
        let blank = &mut blank[i % set.channels()];
        plane.chunks_exact(width).enumerate().all(|(row, line)| {
            let inside_rows = (top..top + keep[0]).contains(&row);
            line.iter().enumerate().all(|(column, &value)| {
                let inside = inside_rows && (left..left + keep[1]).contains(&column);
                inside || *blank.get_or_insert(value) == value
            })
        })
    })
}

/// `old` pixels in the middle of `wanted`, cropped or with free pixels on both sides.
fn shifted(old: usize, wanted: usize) -> Axis {
    let cut = old.saturating_sub(wanted) / 2;
    let room = wanted.saturating_sub(old) / 2;
    (0..wanted)
        .map(|new| match new.checked_sub(room) {
            Some(place) if place + cut < old => vec![(place + cut, 1.0)],
            _ => Vec::new(),
        })
        .collect()
}

/// `old` pixels scaled to `scaled` ones, each the mean of the area that it covers, in the middle of
/// `wanted`.
fn resampled(old: usize, scaled: usize, wanted: usize) -> Axis {
    let room = (wanted - scaled) / 2;
    (0..wanted)
        .map(|new| {
            let Some(place) = new.checked_sub(room).filter(|&place| place < scaled) else {
                return Vec::new();
            };
            // In units of 1 / scaled of an old pixel, all bounds are whole numbers.
            let (low, high) = (place * old, (place + 1) * old);
            (low / scaled..high.div_ceil(scaled))
                .map(|pixel| {
                    let covered = high.min((pixel + 1) * scaled) - low.max(pixel * scaled);
                    (pixel, covered as f32 / old as f32)
                })
                .collect()
        })
        .collect()
}

fn put(plane: &[u8], width: usize, [rows, columns]: [&Axis; 2], fill: u8, into: &mut Vec<u8>) {
    for row in rows {
        for column in columns {
            into.push(match (&row[..], &column[..]) {
                ([], _) | (_, []) => fill,
                ([(y, _)], [(x, _)]) => plane[y * width + x],
                _ => {
                    let sum: f32 = row
                        .iter()
                        .flat_map(|&(y, by)| columns_of(plane, y * width, column, by))
                        .sum();
                    (sum + 0.5) as u8
                }
            });
        }
    }
}

fn columns_of(
    plane: &[u8],
    row_start: usize,
    column: &[(usize, f32)],
    row_weight: f32,
) -> impl Iterator<Item = f32> {
    column.iter().map(move |&(x, weight)| row_weight * weight * f32::from(plane[row_start + x]))
}

/// The value of each channel that at least half of the images' border pixels have, else black.
fn background(set: &ImageSet) -> [u8; 3] {
    let (height, width) = (set.height(), set.width());
    let mut counts = [[0_u64; 256]; 3];
    for (i, plane) in set.pixels().chunks_exact(height * width).enumerate() {
        let counts = &mut counts[i % set.channels()];
        for (row, line) in plane.chunks_exact(width).enumerate() {
            let step = if row == 0 || row + 1 == height { 1 } else { (width - 1).max(1) };
            for &value in line.iter().step_by(step) {
                counts[usize::from(value)] += 1;
            }
        }
    }
    counts.map(|counts| {
        let border: u64 = counts.iter().sum();
        let half = counts.iter().position(|&count| border > 0 && 2 * count >= border);
        half.unwrap_or(0) as u8
    })
}

/// Grey level of a colour, by the weights of ITU-R BT.601.
pub fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let weighted = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    ((weighted + 500) / 1000) as u8
}
