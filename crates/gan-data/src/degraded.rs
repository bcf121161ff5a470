//! Makes the picture that a generator is given from each real sample. The formulas stand at
//! [`Degradation`].
//!
//! The picture is a pure function of the seed, the sample's position among all that are drawn, and
//! the sample. Noise and holes have a stream of random numbers of their own, so that the order of the
//! samples is the same with pictures and without.

use gan_protocol::{Degradation, Hole, RealBatch, Shape};
use gan_random::{Purpose, standard_normal, stream};

use crate::batches::positions;
use crate::chance::Chance;
use crate::resample::resampled;

/// The value of a missing pixel: the middle of the range.
const MISSING: f32 = 0.0;
/// Weights of red, green and blue in the luma of a colour (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Adds to `batch`, that of `step` in the run seeded with `seed`, the picture of each of its samples,
/// which are of shape `shape`.
///
/// # Panics
/// If [`Degradation::shape`] refuses `shape`. The other halves of pairs are in the data: see
/// [`degrade`].
pub fn add_pictures(
    batch: &mut RealBatch,
    degradation: Degradation,
    shape: Shape,
    [seed, step]: [u64; 2],
) {
    let size = shape.size().unwrap_or(1).max(1);
    let positions = positions(step, batch.values.len() / size);
    for (sample, position) in batch.values.chunks_exact(size).zip(positions) {
        batch.pictures.extend(degrade(degradation, sample, shape, seed, position));
    }
}

/// The picture of `sample`, an image of shape `shape`, channels first. `seed` and `position` determine
/// noise and holes. Nobody can make the other half of a pair: there the picture is `sample` itself, as
/// whoever has an image to be translated gives it.
///
/// # Panics
/// If [`Degradation::shape`] refuses `shape`, or `sample` has another one.
pub fn degrade(
    degradation: Degradation,
    sample: &[f32],
    shape: Shape,
    seed: u64,
    position: u64,
) -> Vec<f32> {
    let Shape::Image { channels, height, width } = shape else {
        unreachable!("pictures are made of images: `Degradation::shape` has been asked");
    };
    let area = height * width;
    assert_eq!(sample.len(), channels * area, "a sample of {shape}");
    let randomness = || stream(seed, Purpose::Degradation, position);
    match degradation {
        Degradation::Downscaled { factor, filter } => {
            let small = [height / factor, width / factor];
            let planes = sample.chunks_exact(area);
            planes.flat_map(|plane| resampled(plane, [height, width], small, filter)).collect()
        }
        Degradation::Noised { sd } => {
            let noise = standard_normal(&mut randomness(), sample.len());
            sample.iter().zip(noise).map(|(x, noise)| x + sd * noise).collect()
        }
        Degradation::Masked { hole } => {
            let mut chance = Chance::new(randomness());
            masked(sample, &missing(hole, [height, width], &mut chance))
        }
        Degradation::Edges {} => edges(&luma(sample, area), [height, width]),
        Degradation::Grey {} => luma(sample, area),
        Degradation::Paired { .. } => sample.to_vec(),
    }
}

/// The picture of `sample`, channels first, whose pixels in `missing` are missing ([`Degradation::Masked`]).
pub(crate) fn masked(sample: &[f32], missing: &[bool]) -> Vec<f32> {
    let masks = missing.iter().map(|missing| if *missing { 1.0 } else { -1.0 });
    let kept = sample.iter().zip(missing.iter().cycle());
    let kept = kept.map(|(x, missing)| if *missing { MISSING } else { *x });
    kept.chain(masks).collect()
}

/// A drawing of outlines as a picture ([`Degradation::Edges`]): 1 where `sample`, channels first, is
/// brighter than the middle of the range.
pub(crate) fn outlined(sample: &[f32], area: usize) -> Vec<f32> {
    luma(sample, area).into_iter().map(|x| if x > 0.0 { 1.0 } else { -1.0 }).collect()
}

/// Pictures of shape `picture` as images of shape `sample`, to be looked at: enlarged by repeating
/// pixels, a grey one in every channel, without the channel of a mask.
///
/// # Panics
/// If a shape is not that of images.
pub fn visible(pictures: &[f32], picture: Shape, sample: Shape) -> Vec<f32> {
    let (
        Shape::Image { channels, height, width },
        Shape::Image { channels: wanted, height: rows, width: columns },
    ) = (picture, sample)
    else {
        unreachable!("pictures are images, made from images");
    };
    let (own, scale) = (channels.min(wanted), rows / height);
    let mut seen = Vec::new();
    for one in pictures.chunks_exact(channels * height * width) {
        for channel in 0..wanted {
            let plane = &one[channel.min(own - 1) * height * width..][..height * width];
            for row in 0..rows {
                let row = &plane[row / scale * width..][..width];
                seen.extend((0..columns).map(|column| row[column / scale]));
            }
        }
    }
    seen
}

/// The luma of each pixel: of a colour sample's three channels, else the first channel.
fn luma(sample: &[f32], area: usize) -> Vec<f32> {
    if sample.len() != 3 * area {
        return sample[..area].to_vec();
    }
    let value = |pixel: usize| {
        LUMA.iter()
            .enumerate()
            .map(|(channel, weight)| weight * sample[channel * area + pixel])
            .sum()
    };
    (0..area).map(value).collect()
}

fn edges(plane: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
    let darkest = plane.iter().copied().fold(f32::INFINITY, f32::min);
    let brightest = plane.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let middle = 0.5 * (darkest + brightest);
    let is_bright = |row: usize, column: usize| plane[row * width + column] > middle;
    let is_edge = |row: usize, column: usize| {
        // Beyond the border there is no neighbour.
        is_bright(row, column)
            && !((row == 0 || is_bright(row - 1, column))
                && (row + 1 == height || is_bright(row + 1, column))
                && (column == 0 || is_bright(row, column - 1))
                && (column + 1 == width || is_bright(row, column + 1)))
    };
    let value = |at: usize| if is_edge(at / width, at % width) { 1.0 } else { -1.0 };
    (0..height * width).map(value).collect()
}

/// Whether each pixel is missing, row by row.
fn missing(hole: Hole, [height, width]: [usize; 2], chance: &mut Chance) -> Vec<bool> {
    let mut below = |count: usize| chance.below(count as u32) as usize;
    let all = |is_missing: &dyn Fn(usize, usize) -> bool| -> Vec<bool> {
        (0..height * width).map(|at| is_missing(at / width, at % width)).collect()
    };
    match hole {
        Hole::Drawn { rows } => all(&|row, column| rows.is_missing([row, column], [height, width])),
        Hole::Square { side } => {
            let (top, left) = (below(height - side + 1), below(width - side + 1));
            all(&|row, column| {
                (top..top + side).contains(&row) && (left..left + side).contains(&column)
            })
        }
        Hole::Half {} => {
            let side = below(4);
            all(&|row, column| match side {
                0 => row < height / 2,
                1 => row >= height.div_ceil(2),
                2 => column < width / 2,
                _ => column >= width.div_ceil(2),
            })
        }
        Hole::Strokes { count, width: thickness } => {
            let mut place = || [below(height) as f32, below(width) as f32];
            let strokes: Vec<[[f32; 2]; 2]> = (0..count).map(|_| [place(), place()]).collect();
            let reach = 0.5 * thickness as f32;
            all(&|row, column| {
                let point = [row as f32, column as f32];
                strokes.iter().any(|ends| distance(point, *ends) <= reach)
            })
        }
    }
}

/// The distance of a point from the straight line between two others.
fn distance(point: [f32; 2], [from, to]: [[f32; 2]; 2]) -> f32 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let reached = [point[0] - from[0], point[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let share = if length > 0.0 {
        ((reached[0] * along[0] + reached[1] * along[1]) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (reached[0] - share * along[0]).hypot(reached[1] - share * along[1])
}
