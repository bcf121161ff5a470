//! Augmentation: real images, a little different each time they are shown.
//!
//! The module moves pixels; it knows neither where images come from nor what they show. How an
//! image is changed is a pure function of the seed, the step and the image's place in the batch,
//! from a stream of random numbers of its own: the order of the images is the same with
//! augmentation and without.

use gan_random::{Purpose, stream};

use crate::batches::{POSITIONS, RealSamples, SampleDims};
use crate::chance::Chance;
use crate::setting::{SettingError, SettingFault, in_range, wrong};

/// What lies outside an image: black.
const BACKGROUND: f32 = -1.0;

/// How much images are changed at most. Each image draws its own change, all of one kind being
/// equally likely; the default changes nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    /// Shift along each axis, in whole pixels so that it does not blur: -`shift_px` to `shift_px`.
    /// At most half of the shorter side.
    pub shift_px: u32,
    /// Rotation around the middle, in either direction; 0 to 180 degrees.
    pub rotation_degrees: f32,
    /// Enlargement around the middle by a factor of 1 / `scale` to `scale`, its logarithm being
    /// uniform; 1 to 2.
    pub scale: f32,
    /// Whether half of the images are mirrored, left for right.
    pub horizontal_flip: bool,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self { shift_px: 0, rotation_degrees: 0.0, scale: 1.0, horizontal_flip: false }
    }
}

impl Augmentation {
    /// Checks every number, for samples of the given shape.
    ///
    /// # Errors
    ///
    /// The first field that is not allowed, and what is; and, of the field `augmentation`, if the
    /// samples are no images.
    pub fn check(&self, shape: SampleDims) -> Result<(), SettingError> {
        let side_px = match shape {
            SampleDims::Flat { size } => {
                return Err(wrong("augmentation", SettingFault::NotImages { size }));
            }
            SampleDims::Image { height, width, .. } => height.min(width),
        };
        in_range("shift_px", self.shift_px, [0.0, (side_px / 2) as f64])?;
        in_range("rotation_degrees", self.rotation_degrees, [0.0, 180.0])?;
        in_range("scale", self.scale, [1.0, 2.0])
    }

    /// The next image's change. Each takes five words, whatever is changed, so that one kind of
    /// change does not depend on the others.
    fn draw(&self, chance: &mut Chance) -> Motion {
        let shifts = 2 * self.shift_px + 1;
        let mut shift = || chance.below(shifts) as f32 - self.shift_px as f32;
        let shift = [shift(), shift()];
        let (sine, cosine) = (self.rotation_degrees.to_radians() * chance.symmetric()).sin_cos();
        let shrink = (self.scale.ln() * chance.symmetric()).exp();
        let mirror = chance.below(2) == 1 && self.horizontal_flip;
        Motion { shift, turn: [shrink * cosine, shrink * sine], mirror }
    }
}

/// Where a changed image's pixels come from.
struct Motion {
    /// To the right and down, in pixels.
    shift: [f32; 2],
    /// Cosine and sine of the rotation, over the enlargement.
    turn: [f32; 2],
    mirror: bool,
}

impl Motion {
    /// The point that is moved to `x`, `y`, both from the middle of the image.
    fn origin(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = [x - self.shift[0], y - self.shift[1]];
        let [cosine, sine] = self.turn;
        let across = cosine * x + sine * y;
        [if self.mirror { -across } else { across }, cosine * y - sine * x]
    }

    /// Appends `image`, of `height` x `width` px, as it is after the motion.
    fn apply(&self, image: &[f32], [height, width]: [usize; 2], into: &mut Vec<f32>) {
        let area = height * width;
        let start = into.len();
        into.resize(start + image.len(), BACKGROUND);
        let moved = &mut into[start..];
        // Of the pixels' centres, from the first pixel's to the middle.
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
    /// Column and row of the upper left one; outside of the image, perhaps.
    first: [i32; 2],
    /// How far the point lies to the right of it and below.
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

/// The images of another source, augmented; bilinear interpolation between pixels, black where an
/// image has moved away. Labels stay.
#[derive(Clone, Debug)]
pub struct Augmented<S> {
    samples: S,
    augmentation: Augmentation,
    /// The batch before it is changed.
    plain: Vec<f32>,
}

impl<S: RealSamples> Augmented<S> {
    /// The images of `samples`, changed by `augmentation`.
    ///
    /// # Errors
    ///
    /// As [`Augmentation::check`].
    pub fn new(samples: S, augmentation: Augmentation) -> Result<Self, SettingError> {
        augmentation.check(samples.shape())?;
        Ok(Self { samples, augmentation, plain: Vec::new() })
    }
}

impl<S: RealSamples> RealSamples for Augmented<S> {
    fn shape(&self) -> SampleDims {
        self.samples.shape()
    }

    fn len(&self) -> Option<u64> {
        self.samples.len()
    }

    fn classes(&self) -> Option<usize> {
        self.samples.classes()
    }

    fn fill_batch(
        &mut self,
        seed: u64,
        step: u64,
        batch_size: usize,
        values: &mut Vec<f32>,
        labels: &mut Vec<u16>,
    ) {
        self.samples.fill_batch(seed, step, batch_size, &mut self.plain, labels);
        values.clear();
        let SampleDims::Image { height, width, .. } = self.shape() else { return };
        let mut chance = Chance::new(stream(seed, Purpose::Augmentation, step % POSITIONS));
        for image in self.plain.chunks_exact(self.samples.shape().value_count()) {
            self.augmentation.draw(&mut chance).apply(image, [height, width], values);
        }
    }
}
