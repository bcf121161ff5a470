//! Computes convolutions of images and their gradients, as contractions.
//!
//! Images are `[batch, channels, rows, columns]`, the last running fastest. A transposed
//! convolution is computed by [`image_gradient`]; its gradients are a convolution and a
//! [`weight_gradient`].
//!
//! Large convolutions are shared among several workers ([`sharing`]).

use std::borrow::Cow;
use std::ops::Range;

use crate::contraction::{Axis, Bias, Contraction, Operand};

pub mod sharing;

pub use self::sharing::{convolved, image_gradient, weight_gradient};

/// The shapes of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Number of images.
    pub batch: usize,
    /// Channels of the images.
    pub inputs: usize,
    /// Rows and columns of the images.
    pub image: [usize; 2],
    /// Channels of the maps, the convolution's output.
    pub outputs: usize,
    /// Rows and columns of the maps.
    pub map: [usize; 2],
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Steps of the kernel over rows and columns.
    pub stride: [usize; 2],
    /// Rows of zeros above (and as many below), columns of zeros to the left (and to the right).
    pub padding: [usize; 2],
}

impl Convolution {
    fn map_len(&self) -> usize {
        self.map[0] * self.map[1]
    }

    fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// The steps of the kernel, along one side, for which tap `tap` lies on the image.
    fn steps_on_image(&self, side: usize, tap: usize) -> Range<usize> {
        let [stride, padding] = [self.stride[side], self.padding[side]];
        let first = padding.saturating_sub(tap).div_ceil(stride).min(self.map[side]);
        let end = (self.image[side] + padding).saturating_sub(tap).div_ceil(stride);
        first..end.clamp(first, self.map[side])
    }

    /// Zeros below and to the right that the kernel's last step covers; 0 where the step ends on
    /// the image.
    pub fn padding_after(&self) -> [usize; 2] {
        [0, 1].map(|side| {
            let covered = (self.map[side] - 1) * self.stride[side] + self.kernel[side];
            covered.saturating_sub(self.image[side] + self.padding[side])
        })
    }
}

/// Maps of `images` by `weight`, `[outputs, inputs, rows, columns]`, plus a `bias` for each output
/// channel.
fn convolve(
    shape: &Convolution,
    images: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    maps: &mut [f32],
) {
    let padded =
        Padded::new(images, shape.inputs, shape.image, shape.padding, shape.padding_after());
    let depth = shape.inputs * shape.taps();
    let contraction = Contraction {
        a: Operand::new(weight, 0, Axis::line(shape.outputs, depth as isize), Axis::line(depth, 1)),
        b: Operand::new(&padded.numbers, 0, padded.steps(shape), padded.taps(shape)),
        bias: bias.map_or(Bias::None, Bias::Rows),
        start: 0,
        rows: Axis::line(shape.outputs, shape.map_len() as isize),
        columns: map_places(shape),
    };
    contraction.run(maps);
}

/// The gradient with respect to `weight`, from `images` and the gradient with respect to `maps`.
fn differentiate_by_weight(shape: &Convolution, images: &[f32], maps: &[f32], weight: &mut [f32]) {
    let padded =
        Padded::new(images, shape.inputs, shape.image, shape.padding, shape.padding_after());
    let depth = shape.inputs * shape.taps();
    let channels = Axis::line(shape.outputs, shape.map_len() as isize);
    let contraction = Contraction {
        a: Operand::new(maps, 0, channels, map_places(shape)),
        b: Operand::new(&padded.numbers, 0, padded.taps(shape), padded.steps(shape)),
        bias: Bias::None,
        start: 0,
        rows: Axis::line(shape.outputs, depth as isize),
        columns: Axis::line(depth, 1),
    };
    contraction.run(weight);
}

/// The gradient with respect to `images`, from the gradient with respect to `maps`, plus a `bias`
/// for each of the images' channels; or a transposed convolution of `maps` with `weight`. `images`
/// must be zero before.
fn differentiate_by_images(
    shape: &Convolution,
    maps: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    images: &mut [f32],
) {
    if shape.inputs <= FEW_CHANNELS {
        scatter(shape, maps, weight, bias, images);
    } else {
        gather(shape, maps, weight, bias, images);
    }
}

/// Up to so many channels of images do not fill the innermost loop of a contraction.
const FEW_CHANNELS: usize = 4;

/// Computes the contribution of each kernel step to each pixel first, then adds it to the pixel.
fn scatter(
    shape: &Convolution,
    maps: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    images: &mut [f32],
) {
    let depth = shape.inputs * shape.taps();
    let steps = shape.batch * shape.map_len();
    let channels = Axis::line(shape.outputs, shape.map_len() as isize);
    let mut parts = vec![0.0; depth * steps];
    let contraction = Contraction {
        a: Operand::new(weight, 0, Axis::line(depth, 1), Axis::line(shape.outputs, depth as isize)),
        b: Operand::new(maps, 0, map_places(shape), channels),
        bias: Bias::None,
        start: 0,
        rows: Axis::line(depth, steps as isize),
        columns: Axis::line(steps, 1),
    };
    contraction.run(&mut parts);

    let [height, width] = shape.image;
    if let Some(bias) = bias {
        for (plane, bias) in images.chunks_exact_mut(height * width).zip(bias.iter().cycle()) {
            plane.fill(*bias);
        }
    }
    for (index, parts) in parts.chunks_exact(steps).enumerate() {
        let (channel, tap) = (index / shape.taps(), index % shape.taps());
        let tap = [tap / shape.kernel[1], tap % shape.kernel[1]];
        let seen = [0, 1].map(|side| shape.steps_on_image(side, tap[side]));
        if seen.iter().any(Range::is_empty) {
            continue;
        }
        let first = seen[1].start * shape.stride[1] + tap[1] - shape.padding[1];
        for (image, parts) in parts.chunks_exact(shape.map_len()).enumerate() {
            let plane =
                &mut images[(image * shape.inputs + channel) * height * width..][..height * width];
            for row in seen[0].clone() {
                let y = row * shape.stride[0] + tap[0] - shape.padding[0];
                let line = &mut plane[y * width..][..width];
                let parts = &parts[row * shape.map[1]..][..shape.map[1]][seen[1].clone()];
                let pixels = line[first..].iter_mut().step_by(shape.stride[1]);
                for (pixel, part) in pixels.zip(parts) {
                    *pixel += part;
                }
            }
        }
    }
}

/// Computes the pixels in sets: pixels at a distance of the stride are reached by the same taps of
/// the kernel, so that a plain convolution with these taps alone gives them. Each side has as many
/// sets as its stride has steps.
fn gather(
    shape: &Convolution,
    maps: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    images: &mut [f32],
) {
    let phases = [0, 1].map(|side| phases(shape, side));
    let most = |side: usize, part: fn(&Phase) -> usize| {
        phases[side].iter().map(part).max().unwrap_or_default()
    };
    let before = [0, 1].map(|side| most(side, |phase| phase.before));
    let after = [0, 1].map(|side| most(side, |phase| phase.after));
    let padded = Padded::new(maps, shape.outputs, shape.map, before, after);
    let [height, width] = shape.image;
    let depth = shape.inputs * shape.taps();
    for rows in &phases[0] {
        for columns in &phases[1] {
            let first = rows.first_tap * shape.kernel[1] + columns.first_tap;
            let taps = |outputs: isize, row: isize, column: isize| {
                Axis::nested([(shape.outputs, outputs), (rows.taps, row), (columns.taps, column)])
            };
            let stride = shape.stride.map(|stride| stride as isize);
            let lines = [stride[0] * shape.kernel[1] as isize, stride[1]];
            let [padded_height, padded_width] = padded.size.map(|side| side as isize);
            let area = padded_height * padded_width;
            let start =
                (rows.first_step + before[0]) * padded.size[1] + columns.first_step + before[1];
            let contraction = Contraction {
                a: Operand::new(
                    weight,
                    first,
                    Axis::line(shape.inputs, shape.taps() as isize),
                    taps(depth as isize, lines[0], lines[1]),
                ),
                b: Operand::new(
                    &padded.numbers,
                    start,
                    Axis::nested([
                        (shape.batch, shape.outputs as isize * area),
                        (rows.pixels, padded_width),
                        (columns.pixels, 1),
                    ]),
                    // The next tap of the kernel reached the pixel one step earlier.
                    taps(area, -padded_width, -1),
                ),
                bias: bias.map_or(Bias::None, Bias::Rows),
                start: rows.first_pixel * width + columns.first_pixel,
                rows: Axis::line(shape.inputs, (height * width) as isize),
                columns: Axis::nested([
                    (shape.batch, (shape.inputs * height * width) as isize),
                    (rows.pixels, stride[0] * width as isize),
                    (columns.pixels, stride[1]),
                ]),
            };
            contraction.run(images);
        }
    }
}

/// Along one side, the pixels that are reached by the same taps.
struct Phase {
    first_pixel: usize,
    pixels: usize,
    first_tap: usize,
    taps: usize,
    /// The step of the kernel whose first tap of the set is on the first pixel.
    first_step: usize,
    /// Steps missing before the first and after the last one: zeros take their place.
    before: usize,
    after: usize,
}

fn phases(shape: &Convolution, side: usize) -> Vec<Phase> {
    let [image, map, kernel] = [shape.image[side], shape.map[side], shape.kernel[side]];
    let [stride, padding] = [shape.stride[side], shape.padding[side]];
    let phase = |first_pixel: usize| {
        let first_tap = (first_pixel + padding) % stride;
        let pixels = (image - first_pixel).div_ceil(stride);
        let taps = kernel.saturating_sub(first_tap).div_ceil(stride);
        let first_step = (first_pixel + padding) / stride;
        let before = taps.saturating_sub(first_step + 1);
        let after = (first_step + pixels).saturating_sub(map);
        Phase { first_pixel, pixels, first_tap, taps, first_step, before, after }
    };
    (0..stride.min(image)).map(phase).collect()
}

/// Places of the maps' pixels, one image after the other.
fn map_places(shape: &Convolution) -> Axis {
    Axis::nested([
        (shape.batch, (shape.outputs * shape.map_len()) as isize),
        (shape.map[0], shape.map[1] as isize),
        (shape.map[1], 1),
    ])
}

/// Images with a border of zeros.
struct Padded<'numbers> {
    numbers: Cow<'numbers, [f32]>,
    /// Rows and columns, border included.
    size: [usize; 2],
}

impl<'numbers> Padded<'numbers> {
    fn new(
        numbers: &'numbers [f32],
        channels: usize,
        image: [usize; 2],
        before: [usize; 2],
        after: [usize; 2],
    ) -> Self {
        let size = [0, 1].map(|side| before[side] + image[side] + after[side]);
        if size == image {
            return Self { numbers: Cow::Borrowed(numbers), size };
        }
        debug_assert_eq!(numbers.len() % (channels * image[0] * image[1]), 0);
        let planes = numbers.len() / (image[0] * image[1]);
        let mut padded = vec![0.0; planes * size[0] * size[1]];
        let from = numbers.chunks_exact(image[0] * image[1]);
        for (from, to) in from.zip(padded.chunks_exact_mut(size[0] * size[1])) {
            let lines = to.chunks_exact_mut(size[1]).skip(before[0]);
            for (from, to) in from.chunks_exact(image[1]).zip(lines) {
                to[before[1]..before[1] + image[1]].copy_from_slice(from);
            }
        }
        Self { numbers: Cow::Owned(padded), size }
    }

    /// Places at which the kernel begins, step by step, one image after the other.
    fn steps(&self, shape: &Convolution) -> Axis {
        let [height, width] = self.size.map(|side| side as isize);
        let stride = shape.stride.map(|stride| stride as isize);
        Axis::nested([
            (shape.batch, shape.inputs as isize * height * width),
            (shape.map[0], stride[0] * width),
            (shape.map[1], stride[1]),
        ])
    }

    /// Offsets of the kernel's taps from there, channel by channel.
    fn taps(&self, shape: &Convolution) -> Axis {
        let [height, width] = self.size.map(|side| side as isize);
        Axis::nested([
            (shape.inputs, height * width),
            (shape.kernel[0], width),
            (shape.kernel[1], 1),
        ])
    }
}

#[cfg(test)]
mod tests;
