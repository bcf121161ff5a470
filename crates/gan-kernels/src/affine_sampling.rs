//! Resamples images along affine maps, and computes the gradient of that, which is its transpose.

/// Numbers of an affine map `[a, b, c, d, e, f]`: the output's pixel at column `x` and row `y` is
/// read at column `a x + b y + c` and row `d x + e y + f`. All coordinates count from the middle of
/// the image, in pixels.
pub const MAP: usize = 6;

/// The dimensions of a batch of images, `[batch, channels, rows, columns]`, the last running
/// fastest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Images {
    /// Number of images.
    pub batch: usize,
    /// Channels of each image.
    pub channels: usize,
    /// Rows of each channel, in pixels.
    pub rows: usize,
    /// Columns of each channel, in pixels.
    pub columns: usize,
}

/// Reads each of the `images` along its map ([`MAP`] numbers of `maps`) by bilinear interpolation.
/// Pixels outside of an image are zero.
#[inline(never)]
pub fn affine_sampled(shape: Images, images: &[f32], maps: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; images.len()];
    each_tap(shape, maps, |to, from, weight| output[to] += weight * images[from]);
    output
}

/// The gradient with respect to the images, from the gradient with respect to the output of
/// [`affine_sampled`].
#[inline(never)]
pub fn affine_sampled_gradient(shape: Images, gradients: &[f32], maps: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; gradients.len()];
    each_tap(shape, maps, |to, from, weight| output[from] += weight * gradients[to]);
    output
}

/// Calls `tap` with the place of a pixel of the output, the place of an input pixel that
/// contributes to it, and the weight of the contribution.
#[inline(always)]
fn each_tap(shape: Images, maps: &[f32], mut tap: impl FnMut(usize, usize, f32)) {
    let Images { batch, channels, rows, columns } = shape;
    assert_eq!(maps.len(), batch * MAP, "a map for each image");
    let area = rows * columns;
    let middle = [columns, rows].map(|side| 0.5 * (side as f32 - 1.0));
    for (image, map) in maps.chunks_exact(MAP).enumerate() {
        let first = image * channels * area;
        for pixel in 0..area {
            let x = (pixel % columns) as f32 - middle[0];
            let y = (pixel / columns) as f32 - middle[1];
            let column = map[0] * x + map[1] * y + map[2] + middle[0];
            let row = map[3] * x + map[4] * y + map[5] + middle[1];
            let corner = [column.floor(), row.floor()];
            let part = [column - corner[0], row - corner[1]];
            for (below, beside) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                // The cast of a number far outside saturates, which is outside too.
                let column = (corner[0] as i32).saturating_add(beside);
                let row = (corner[1] as i32).saturating_add(below);
                let inside =
                    (0..columns as i32).contains(&column) && (0..rows as i32).contains(&row);
                if !inside {
                    continue;
                }
                let weight = share(part[0], beside) * share(part[1], below);
                let from = row as usize * columns + column as usize;
                for channel in 0..channels {
                    let plane = first + channel * area;
                    tap(plane + pixel, plane + from, weight);
                }
            }
        }
    }
}

/// The weight of a pixel, or of the next one if `after` is 1, for a place at distance `part` behind
/// the pixel.
fn share(part: f32, after: i32) -> f32 {
    if after == 0 { 1.0 - part } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::numbers;

    const SHAPE: Images = Images { batch: 3, channels: 2, rows: 5, columns: 7 };
    const MAPS: [f32; 3 * MAP] = [
        0.9, -0.3, 0.4, 0.25, 1.1, -1.3, // turned, sheared and moved
        -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, // mirrored
        1.0, 0.0, 2.0, 0.0, 1.0, -1.0, // moved by whole pixels
    ];

    fn count() -> usize {
        SHAPE.batch * SHAPE.channels * SHAPE.rows * SHAPE.columns
    }

    #[test]
    fn nothing_changes_along_the_map_that_changes_nothing() {
        let images = numbers(count());
        let maps = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0].repeat(3);
        assert_eq!(affine_sampled(SHAPE, &images, &maps), images);
    }

    #[test]
    fn mirrors_and_whole_pixels_are_exact_and_outside_is_zero() {
        let images = numbers(count());
        let found = affine_sampled(SHAPE, &images, &MAPS);
        let Images { channels, rows, columns, .. } = SHAPE;
        let at = |image: usize, channel: usize, row: usize, column: usize| {
            ((image * channels + channel) * rows + row) * columns + column
        };
        for channel in 0..channels {
            for row in 0..rows {
                for column in 0..columns {
                    let mirrored = images[at(1, channel, row, columns - 1 - column)];
                    assert_eq!(found[at(1, channel, row, column)], mirrored);
                    let moved = match row.checked_sub(1) {
                        Some(row) if column + 2 < columns => {
                            images[at(2, channel, row, column + 2)]
                        }
                        _ => 0.0,
                    };
                    assert_eq!(found[at(2, channel, row, column)], moved);
                }
            }
        }
    }

    #[test]
    fn the_gradient_is_the_transpose() {
        let (images, gradients) = (numbers(count()), numbers(count() + 5)[5..].to_vec());
        let product = |a: &[f32], b: &[f32]| {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
        };
        let forward = product(&affine_sampled(SHAPE, &images, &MAPS), &gradients);
        let backward = product(&images, &affine_sampled_gradient(SHAPE, &gradients, &MAPS));
        assert!(forward.abs() > 1.0, "{forward}");
        assert!((forward - backward).abs() < 1e-4 * forward.abs(), "{forward}, not {backward}");
    }

    #[test]
    fn maps_that_read_far_outside_give_zeros() {
        for far in [1e9, -1e30, f32::INFINITY] {
            let maps = [1.0, 0.0, far, 0.0, 1.0, far].repeat(3);
            let found = affine_sampled(SHAPE, &numbers(count()), &maps);
            assert!(found.iter().all(|x| *x == 0.0), "{far}");
        }
    }
}
