//! Draws digits like handwritten ones at run time, with a randomly bent pen path.
//!
//! They stand in for MNIST where it is not loaded: 28 × 28 px, white ink on black, about 20 px
//! tall, strokes of 2 to 3 px. The sequence is endless: digit `index` is a pure function of the
//! seed and the index. Apart from the random numbers only arithmetic with exactly defined rounding
//! is used, so that a seed gives the same digits in every browser.

use gan_random::{Purpose, stream};

use crate::chance::Chance;
use crate::raster::{Canvas, Point, flatten};
use crate::sources::drawn::DrawnImages;
use crate::strokes::{GLYPHS, Glyph, MAX_POINTS};

/// Height and width of a drawn digit.
pub const DIGIT_SIDE_PX: usize = 28;

/// Pixels of a drawn digit.
pub const DIGIT_PIXELS: usize = DIGIT_SIDE_PX * DIGIT_SIDE_PX;

/// Largest height and width of a digit's ink.
const INK_BOX_PX: f32 = 20.0;

/// Height and width of the box in the middle that the ink never leaves, wherever the digit is
/// shifted.
const FRAME_PX: f32 = 24.0;

/// Largest shift of a digit's centre of mass, on each axis.
const SHIFT_PX: f32 = 1.0;

/// Straight pieces for each span of a curve: enough to look smooth at 28 px.
const PIECES_PER_SPAN: usize = 5;

/// Drawn digits 0 to 9, without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnDigits {
    /// Seed of the handwriting, which determines all digits.
    pub seed: u64,
}

impl DrawnDigits {
    /// Digit `index`: its label, 0 to 9 with equal probability, and its grey pixels, row by row,
    /// 255 for ink. `index` must be below 2^56.
    pub fn sample(&self, index: u64) -> (u8, [u8; DIGIT_PIXELS]) {
        let mut chance = Chance::new(stream(self.seed, Purpose::DataSample, index));
        let label = chance.below(GLYPHS.len() as u32) as u8;
        let glyphs = GLYPHS[usize::from(label)];
        (label, draw(choose(glyphs, &mut chance), &mut chance))
    }
}

impl DrawnImages for DrawnDigits {
    const NAME: &'static str = "drawn digits";
    const DIMENSIONS: [usize; 3] = [1, DIGIT_SIDE_PX, DIGIT_SIDE_PX];
    const CLASSES: usize = 10;
    type Pixels = [u8; DIGIT_PIXELS];

    fn drawn(seed: u64, index: u64) -> (u8, Self::Pixels) {
        Self { seed }.sample(index)
    }
}

fn choose(glyphs: &'static [Glyph], chance: &mut Chance) -> &'static Glyph {
    let mut left = chance.below(glyphs.iter().map(|glyph| glyph.weight).sum());
    for glyph in glyphs {
        if left < glyph.weight {
            return glyph;
        }
        left -= glyph.weight;
    }
    &glyphs[0]
}

fn draw(glyph: &Glyph, chance: &mut Chance) -> [u8; DIGIT_PIXELS] {
    let hand = Hand::new(chance);
    let mut points = [[0.0; 2]; MAX_POINTS];
    for (moved, &point) in points.iter_mut().zip(glyph.points) {
        let jitter = [0.036 * chance.bell(), 0.036 * chance.bell()];
        *moved = hand.bend([point[0] + jitter[0], point[1] + jitter[1]]);
    }
    let path = Path::new(glyph, &points);
    let placement = Placement::new(&path, chance);
    let mut canvas = Canvas::<DIGIT_SIDE_PX, DIGIT_PIXELS>::blank();
    // The pen presses harder at one end of the digit than at the other.
    let pressure = 0.15 * chance.bell();
    let count = path.pieces.len() as f32;
    for (i, &[from, to]) in path.pieces.iter().enumerate() {
        let radius = |at: f32| placement.radius_px * (1.0 + pressure * (2.0 * at / count - 1.0));
        let radii = [radius(i as f32), radius(i as f32 + 1.0)];
        canvas.line(placement.pixel(from), placement.pixel(to), radii);
    }
    shade(&canvas.coverage(0.6 + 0.15 * chance.bell()), chance)
}

/// Grey levels of `coverage`, with slightly uneven ink as on paper. Pixels without ink stay 0.
fn shade(coverage: &[f32; DIGIT_PIXELS], chance: &mut Chance) -> [u8; DIGIT_PIXELS] {
    let mut pixels = [0; DIGIT_PIXELS];
    let mut grain = 0_u32;
    for (i, (pixel, &ink)) in pixels.iter_mut().zip(coverage).enumerate() {
        // One random number serves four pixels.
        grain = if i % 4 == 0 { chance.bits() } else { grain >> 8 };
        // Squared, so that most of the ink stays almost white.
        let loss = (grain & 0xff) as f32 / 255.0;
        *pixel = (255.0 * ink * (1.0 - 0.15 * loss * loss) + 0.5) as u8;
    }
    pixels
}

/// The random deformation of one digit, which depends on the hand.
struct Hand {
    /// Cosine and sine of the rotation.
    rotation: [f32; 2],
    /// Shift of x for each unit of height: handwriting leans to the right.
    slant: f32,
    /// Width over height; 1 is the glyph's own.
    aspect: f32,
    /// Weights of the four quadratic terms in [`Self::bend`], which bow and fan out the digit.
    bow: [f32; 4],
}

impl Hand {
    fn new(chance: &mut Chance) -> Self {
        // The tangent of half the angle gives cosine and sine without a library's rounding.
        let half = 0.11 * chance.bell();
        let scale = 1.0 / (1.0 + half * half);
        Self {
            rotation: [(1.0 - half * half) * scale, 2.0 * half * scale],
            slant: 0.24 + 0.6 * chance.bell(),
            aspect: 1.1 + 0.48 * chance.bell(),
            bow: [0.36, 0.30, 0.26, 0.26].map(|most| most * chance.bell()),
        }
    }

    /// Deforms a point of the glyph's box; the result is centred on 0, with a height of about 1.
    fn bend(&self, point: Point) -> Point {
        let (x, y) = (point[0] - 0.32, point[1] - 0.5);
        let [bow_x, fan_x, bow_y, fan_y] = self.bow;
        let bent_x = x + bow_x * y * y + fan_x * x * y;
        let bent_y = y + bow_y * x * x + fan_y * x * y;
        let wide_x = self.aspect * bent_x - self.slant * bent_y;
        let [cosine, sine] = self.rotation;
        [cosine * wide_x - sine * bent_y, sine * wide_x + cosine * bent_y]
    }
}

/// The straight pieces of a deformed glyph, and their bounding box.
struct Path {
    pieces: Vec<[Point; 2]>,
    low: Point,
    high: Point,
}

impl Path {
    fn new(glyph: &Glyph, points: &[Point; MAX_POINTS]) -> Self {
        let mut path =
            Self { pieces: Vec::with_capacity(96), low: [f32::MAX; 2], high: [f32::MIN; 2] };
        let mut smooth = Vec::with_capacity(MAX_POINTS);
        for stroke in glyph.strokes {
            smooth.clear();
            for &index in *stroke {
                // A point that is repeated ends one smooth run and begins the next.
                if smooth.last() == Some(&points[index]) {
                    path.run(&smooth);
                    smooth.clear();
                }
                smooth.push(points[index]);
            }
            path.run(&smooth);
        }
        path
    }

    /// The mean of all points along the path.
    fn centre_of_mass(&self) -> Point {
        let mut total = 0.0;
        let mut sum = [0.0; 2];
        for [from, to] in &self.pieces {
            let along = [to[0] - from[0], to[1] - from[1]];
            let length = (along[0] * along[0] + along[1] * along[1]).sqrt();
            total += length;
            sum = [0, 1].map(|axis| sum[axis] + length * 0.5 * (from[axis] + to[axis]));
        }
        sum.map(|moment| moment / total.max(1e-6))
    }

    fn run(&mut self, points: &[Point]) {
        flatten(points, PIECES_PER_SPAN, |from, to| {
            for point in [from, to] {
                self.low = [0, 1].map(|axis| self.low[axis].min(point[axis]));
                self.high = [0, 1].map(|axis| self.high[axis].max(point[axis]));
            }
            self.pieces.push([from, to]);
        });
    }
}

/// Position, scale and thickness of a path on the canvas.
struct Placement {
    scale_px: Point,
    offset_px: Point,
    radius_px: f32,
}

impl Placement {
    fn new(path: &Path, chance: &mut Chance) -> Self {
        let pen_px = 1.2 + 0.6 * chance.bell();
        // As in MNIST, the larger side of the ink fills the box, or nearly, and the centre of mass
        // is in the middle of pixel (14, 14), or nearly: half a pixel off the image's middle.
        let shrink = 1.0 - 0.16 * chance.unit() * chance.unit();
        let box_px = INK_BOX_PX * shrink;
        let [width, height] = [0, 1].map(|axis| path.high[axis] - path.low[axis]);
        // A digit that came out low and wide is made narrower, and its pen no thicker than its
        // loops allow.
        let narrowing = (1.1 * height / width.max(0.01)).min(1.0);
        let unit_px = (box_px - 2.0 * pen_px) / height.max(width * narrowing).max(0.1);
        let scale_px = [unit_px * narrowing, unit_px];
        let radius_px = pen_px.min(0.085 * unit_px * height);
        let mass = path.centre_of_mass();
        let offset_px = [0, 1].map(|axis| {
            let centre = 0.5 * (path.low[axis] + path.high[axis]);
            let room = 0.5 * (FRAME_PX - box_px);
            let wanted =
                0.5 + scale_px[axis] * (centre - mass[axis]) + SHIFT_PX * chance.symmetric();
            0.5 * DIGIT_SIDE_PX as f32 - scale_px[axis] * centre + wanted.clamp(-room, room)
        });
        Self { scale_px, offset_px, radius_px }
    }

    fn pixel(&self, point: Point) -> Point {
        [0, 1].map(|axis| self.scale_px[axis] * point[axis] + self.offset_px[axis])
    }
}
