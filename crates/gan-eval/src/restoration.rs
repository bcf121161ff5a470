//! Compares restored images with the true ones, pixel by pixel: how much of what was lost is back.
//!
//! Both scores reward the mean of all images that would fit; a sharp guess scores less than a blurred
//! one. Read them beside a score of what can be recognised (Ledig et al. 2017, section 4).

use crate::error::{EvalError, at_least};
use crate::samples::{Number, Samples};

/// Side of the square in which structural similarity compares, in pixels.
const WINDOW: usize = 7;
/// Constants of structural similarity, as shares of the range (Wang et al. 2004, section III.B).
const K: [f64; 2] = [0.01, 0.03];

/// Mean over the images of the peak signal-to-noise ratio, in dB: `10 log10(range² / mean squared
/// error)`. `range` is the distance from black to white. Infinite if an image is equal to its true one.
///
/// # Errors
/// If there are no images, or not as many of the same size.
pub fn psnr<T: Number>(
    found: &Samples<'_, T>,
    truth: &Samples<'_, T>,
    range: f64,
) -> Result<f64, EvalError> {
    mean_of_pairs(found, truth, |a, b| {
        let errors = a.iter().zip(b).map(|(a, b)| ((*a).into() - (*b).into()).powi(2));
        let mean = errors.sum::<f64>() / a.len() as f64;
        10.0 * (range * range / mean).log10()
    })
}

/// Mean over the images of structural similarity (Wang et al. 2004, equation 13): 1 for equal images.
/// Windows of 7 x 7 pixels, all of one weight, wholly inside the image; variances of samples
/// (`n - 1`); the mean over the channels: the defaults of scikit-image. `shape` is channels, height and
/// width of an image.
///
/// # Errors
/// As [`psnr`]; if a side is shorter than a window.
///
/// # Panics
/// If the images' size is not that of `shape`.
pub fn ssim<T: Number>(
    found: &Samples<'_, T>,
    truth: &Samples<'_, T>,
    shape: [usize; 3],
    range: f64,
) -> Result<f64, EvalError> {
    let [channels, height, width] = shape;
    assert_eq!(found.size(), channels * height * width, "images of another shape");
    at_least("pixels of a side", height.min(width), WINDOW)?;
    let constants = K.map(|k| (k * range).powi(2));
    mean_of_pairs(found, truth, |a, b| {
        let planes = a.chunks_exact(height * width).zip(b.chunks_exact(height * width));
        let sum: f64 = planes.map(|(a, b)| of_planes(a, b, [height, width], constants)).sum();
        sum / channels as f64
    })
}

fn of_planes<T: Number>(a: &[T], b: &[T], [height, width]: [usize; 2], c: [f64; 2]) -> f64 {
    let count = (WINDOW * WINDOW) as f64;
    let mut sum = 0.0;
    for top in 0..=height - WINDOW {
        for left in 0..=width - WINDOW {
            let mut sums = [0.0; 5];
            for row in top..top + WINDOW {
                for at in row * width + left..row * width + left + WINDOW {
                    let (x, y): (f64, f64) = (a[at].into(), b[at].into());
                    let terms = [x, y, x * x, y * y, x * y];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                }
            }
            let [x, y, xx, yy, xy] = sums.map(|sum| sum / count);
            let unbiased = count / (count - 1.0);
            let (vx, vy) = (unbiased * (xx - x * x), unbiased * (yy - y * y));
            let covariance = unbiased * (xy - x * y);
            let alike = (2.0 * x * y + c[0]) * (2.0 * covariance + c[1]);
            sum += alike / ((x * x + y * y + c[0]) * (vx + vy + c[1]));
        }
    }
    sum / ((height - WINDOW + 1) * (width - WINDOW + 1)) as f64
}

/// Each pixel of `plane` as the median of the 3 x 3 pixels around it; beyond the border lie copies of
/// the border's pixels. The classical filter against noise.
///
/// # Panics
/// If `plane` is not `height × width`.
pub fn median_filtered(plane: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
    assert_eq!(plane.len(), height * width, "a plane of {height} x {width}");
    let pixel = |at: usize| {
        let [row, column] = [at / width, at % width];
        let mut around = [0.0; 9];
        for (place, value) in around.iter_mut().enumerate() {
            let near = |middle: usize, by: usize, side: usize| (middle + by).clamp(1, side) - 1;
            *value = plane[near(row, place / 3, height) * width + near(column, place % 3, width)];
        }
        around.sort_unstable_by(f32::total_cmp);
        around[4]
    };
    (0..plane.len()).map(pixel).collect()
}

/// Mean absolute difference of neighbours, one in a hole and one outside, over the borders of all holes
/// and all channels: where a restored part meets the rest. Images whose parts fit have that of the true
/// ones; a visible seam has more. `missing` says of each pixel of each image whether it is in the hole.
/// `None` if no hole has a border.
///
/// # Panics
/// If the images' size is not that of `shape` (channels, height and width), or `missing` of another number
/// of pixels.
pub fn border_difference<T: Number>(
    images: &Samples<'_, T>,
    missing: &[bool],
    [channels, height, width]: [usize; 3],
) -> Option<f64> {
    let area = height * width;
    assert_eq!(images.size(), channels * area, "images of another shape");
    assert_eq!(images.count() * area, missing.len(), "a mask for each image");
    let (mut sum, mut count) = (0.0, 0_usize);
    for (image, missing) in images.rows().zip(missing.chunks_exact(area)) {
        for at in 0..area {
            let right = (at % width + 1 < width).then_some(at + 1);
            let below = (at + width < area).then_some(at + width);
            for next in
                [right, below].into_iter().flatten().filter(|next| missing[at] != missing[*next])
            {
                for plane in image.chunks_exact(area) {
                    let (here, there): (f64, f64) = (plane[at].into(), plane[next].into());
                    sum += (here - there).abs();
                    count += 1;
                }
            }
        }
    }
    (count > 0).then(|| sum / count as f64)
}

/// The mean of `score` over equally placed rows.
fn mean_of_pairs<T: Number>(
    found: &Samples<'_, T>,
    truth: &Samples<'_, T>,
    score: impl Fn(&[T], &[T]) -> f64,
) -> Result<f64, EvalError> {
    found.same_size(truth)?;
    at_least("images", found.count(), 1)?;
    at_least("true images", truth.count(), found.count())?;
    at_least("restored images", found.count(), truth.count())?;
    let sum: f64 = found.rows().zip(truth.rows()).map(|(a, b)| score(a, b)).sum();
    Ok(sum / found.count() as f64)
}
