//! Augments real images: shifts, rotates, scales or mirrors each at random whenever it is drawn.
//!
//! The change of an image is a pure function of the seed, the step and the image's place in the
//! batch. It has a stream of random numbers of its own, so that the order of the images is the same
//! with augmentation and without. The module moves pixels; it knows neither their source nor their
//! meaning.

use gan_protocol::{AugmentationSpec, RealBatch, Shape, SpecError};
use gan_random::{Purpose, stream};

use crate::batches::{POSITIONS, RealSamples};
use crate::chance::Chance;

/// Value outside of an image: black.
const BACKGROUND: f32 = -1.0;

/// One image's change: where each new pixel is read.
struct Motion {
    /// Shift to the right and down, in pixels.
    shift: [f32; 2],
    /// Cosine and sine of the rotation, divided by the enlargement.
    turn: [f32; 2],
    mirror: bool,
}

impl Motion {
    /// The next image's change. Always draws five words, whatever is enabled, so that one kind of
    /// change does not depend on the others.
    fn draw(most: &AugmentationSpec, chance: &mut Chance) -> Self {
        let shifts = 2 * most.shift_px + 1;
        let mut shift = || chance.below(shifts) as f32 - most.shift_px as f32;
        let shift = [shift(), shift()];
        let (sine, cosine) = (most.rotation_degrees.to_radians() * chance.symmetric()).sin_cos();
        let shrink = (most.scale.ln() * chance.symmetric()).exp();
        let mirror = chance.below(2) == 1 && most.flip;
        Self { shift, turn: [shrink * cosine, shrink * sine], mirror }
    }

    /// The point that moves to `x`, `y`. Both are measured from the middle of the image.
    fn origin(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = [x - self.shift[0], y - self.shift[1]];
        let [cosine, sine] = self.turn;
        let across = cosine * x + sine * y;
        [if self.mirror { -across } else { across }, cosine * y - sine * x]
    }

    /// Appends the changed `image`, of `height` × `width` px, to `into`.
    fn apply(&self, image: &[f32], [height, width]: [usize; 2], into: &mut Vec<f32>) {
        let area = height * width;
        let start = into.len();
        into.resize(start + image.len(), BACKGROUND);
        let moved = &mut into[start..];
        // Distance between the centres of the first pixel and of the image.
        let middle = [width, height].map(|side| 0.5 * (side as f32 - 1.0));
        for at in 0..area {
            let place = [(at % width) as f32 - middle[0], (at / width) as f32 - middle[1]];
            let from = self.origin(place);
            let corners = Corners::around([from[0] + middle[0], from[1] + middle[1]]);
            for (plane, channel) in image.chunks_exact(area).enumerate() {
                moved[plane * area + at] = corners.read(channel, [height, width]);
            }
        }
    }
}

/// The four pixels around a point, for bilinear interpolation.
struct Corners {
    /// Column and row of the upper left pixel; may lie outside of the image.
    first: [i32; 2],
    /// Distance of the point to the right of that pixel and below it, 0 to 1.
    part: [f32; 2],
}

impl Corners {
    fn around(point: [f32; 2]) -> Self {
        let floor = point.map(f32::floor);
        Self { first: floor.map(|x| x as i32), part: [point[0] - floor[0], point[1] - floor[1]] }
    }

    fn read(&self, plane: &[f32], [height, width]: [usize; 2]) -> f32 {
        let [column, row] = self.first;
        let pixel = |right: i32, down: i32| {
            let (column, row) = (column + right, row + down);
            let inside = (0..width as i32).contains(&column) && (0..height as i32).contains(&row);
            if inside { plane[row as usize * width + column as usize] } else { BACKGROUND }
        };
        let [x, y] = self.part;
        let upper = (1.0 - x) * pixel(0, 0) + x * pixel(1, 0);
        let lower = (1.0 - x) * pixel(0, 1) + x * pixel(1, 1);
        (1.0 - y) * upper + y * lower
    }
}

/// The images of another source, augmented, with unchanged labels. Interpolates bilinearly between
/// pixels; the area that an image leaves free is black.
#[derive(Clone, Debug)]
pub struct Augmented<S> {
    samples: S,
    augmentation: AugmentationSpec,
}

impl<S: RealSamples> Augmented<S> {
    /// The images of `samples`, changed by `augmentation`.
    ///
    /// # Errors
    ///
    /// As [`AugmentationSpec::validate`].
    pub fn new(samples: S, augmentation: AugmentationSpec) -> Result<Self, SpecError> {
        augmentation.validate(samples.shape())?;
        Ok(Self { samples, augmentation })
    }
}

impl<S: RealSamples> RealSamples for Augmented<S> {
    fn shape(&self) -> Shape {
        self.samples.shape()
    }

    fn len(&self) -> Option<u64> {
        self.samples.len()
    }

    fn classes(&self) -> Option<usize> {
        self.samples.classes()
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let plain = self.samples.batch(seed, step, size);
        let Shape::Image { channels, height, width } = self.shape() else { return plain };
        let mut values = Vec::with_capacity(plain.values.len());
        let mut chance = Chance::new(stream(seed, Purpose::Augmentation, step % POSITIONS));
        for image in plain.values.chunks_exact(channels * height * width) {
            let motion = Motion::draw(&self.augmentation, &mut chance);
            motion.apply(image, [height, width], &mut values);
        }
        RealBatch { values, ..plain }
    }
}
