//! Changes the size of a plane of numbers, by the kernels of Pillow's `resize` (whose results in
//! 32-bit floats are the reference): for a reduction, a kernel is widened to the pixels of the result.

use gan_protocol::Filter;

/// The first pixel that contributes to a new one, and the weight of that and of the following ones.
type Weights = (usize, Vec<f32>);

/// `plane` (`height × width` px, row by row) in the size `[rows, columns]`.
///
/// # Panics
/// If `plane` is not `height × width`, or a size is 0.
pub fn resampled(
    plane: &[f32],
    [height, width]: [usize; 2],
    [rows, columns]: [usize; 2],
    filter: Filter,
) -> Vec<f32> {
    assert_eq!(plane.len(), height * width, "a plane of {height} x {width}");
    let across = weights(width, columns, filter);
    let narrow: Vec<f32> = plane
        .chunks_exact(width)
        .flat_map(|row| across.iter().map(|one| sum(row, 1, one)))
        .collect();
    let down = weights(height, rows, filter);
    let mut into = Vec::with_capacity(rows * columns);
    for one in &down {
        into.extend((0..columns).map(|column| sum(&narrow[column..], columns, one)));
    }
    into
}

/// The weighted sum of numbers `stride` apart.
fn sum(values: &[f32], stride: usize, (first, weights): &Weights) -> f32 {
    weights.iter().enumerate().map(|(i, weight)| weight * values[(first + i) * stride]).sum()
}

/// How each of `new` pixels is made of `old` ones. Weights beyond the border are left out, and the
/// rest scaled to a sum of 1.
fn weights(old: usize, new: usize, filter: Filter) -> Vec<Weights> {
    assert!(old > 0 && new > 0, "no pixels");
    let (support, kernel): (f64, fn(f64) -> f64) = match filter {
        Filter::Box => (0.5, |x| f64::from(u8::from(x > -0.5 && x <= 0.5))),
        Filter::Bilinear => (1.0, |x| (1.0 - x.abs()).max(0.0)),
        Filter::Bicubic => (2.0, cubic),
    };
    let scale = old as f64 / new as f64;
    let spread = scale.max(1.0);
    let reach = support * spread;
    let row = |place: usize| {
        let centre = (place as f64 + 0.5) * scale;
        let first = ((centre - reach + 0.5).max(0.0)) as usize;
        let end = ((centre + reach + 0.5) as usize).min(old);
        let raw: Vec<f64> =
            (first..end).map(|x| kernel((x as f64 - centre + 0.5) / spread)).collect();
        let total: f64 = raw.iter().sum();
        (first, raw.into_iter().map(|weight| (weight / total) as f32).collect())
    };
    (0..new).map(row).collect()
}

/// Keys's cubic convolution kernel with a = -1/2.
fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}
