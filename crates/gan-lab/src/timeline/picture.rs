//! A moment's samples as pixels, and a whole run as one moving picture.

use gif::{Encoder, Frame, Repeat};

use super::record::{Samples, Timeline};

/// Images in a row.
const COLUMNS: usize = 4;
/// Between two images, in their pixels.
const GAP: usize = 1;
/// Side of a picture of points, in pixels.
const POINTS_SIDE: usize = 240;
/// Each pixel of small images is shown as so many.
const LARGEST_SIDE: usize = 240;
/// How long a moment is shown, in hundredths of a second; the last one longer.
const FRAME_CS: u16 = 20;
const LAST_CS: u16 = 200;

/// Pixels, RGBA, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Picture {
    fn new(width: usize, height: usize, colour: [u8; 3]) -> Self {
        let pixel = [colour[0], colour[1], colour[2], 255];
        Self { width, height, pixels: pixel.repeat(width * height) }
    }

    fn set(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.width && y < self.height {
            self.pixels[4 * (y * self.width + x)..][..3].copy_from_slice(&colour);
        }
    }
}

/// The samples as a picture: a sheet of images of `[width, height, channels]`, or points within
/// `reach` of the origin.
pub(super) fn picture(samples: &Samples, image: [usize; 3], reach: f32) -> Picture {
    match samples {
        Samples::Images(pixels) => sheet(pixels, image),
        Samples::Points(points) => scatter(points, reach),
    }
}

fn sheet(pixels: &[u8], [width, height, channels]: [usize; 3]) -> Picture {
    let size = (width * height * channels).max(1);
    let count = pixels.len() / size;
    let rows = count.div_ceil(COLUMNS);
    let side = COLUMNS * (width + GAP);
    let scale = (LARGEST_SIDE / side.max(1)).max(1);
    let whole = [side - GAP, (rows * (height + GAP)).saturating_sub(GAP)].map(|n| n * scale);
    let mut picture = Picture::new(whole[0], whole[1], [40, 42, 48]);
    for (number, image) in pixels.chunks_exact(size).enumerate() {
        let left = (number % COLUMNS) * (width + GAP);
        let top = (number / COLUMNS) * (height + GAP);
        for (place, pixel) in image.chunks_exact(channels.max(1)).enumerate() {
            let channel = |at: usize| *pixel.get(at).unwrap_or(&pixel[0]);
            let colour = [channel(0), channel(1), channel(2)];
            let (x, y) = (left + place % width, top + place / width);
            for down in 0..scale {
                for along in 0..scale {
                    picture.set(x * scale + along, y * scale + down, colour);
                }
            }
        }
    }
    picture
}

fn scatter(points: &[f32], reach: f32) -> Picture {
    let mut picture = Picture::new(POINTS_SIDE, POINTS_SIDE, [251, 250, 248]);
    let place = |x: f32| (0.5 + 0.5 * x / reach) * POINTS_SIDE as f32;
    for point in points.chunks_exact(2) {
        let (x, y) = (place(point[0]), place(-point[1]));
        if !(x >= 0.0 && y >= 0.0) {
            continue;
        }
        for (down, along) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            picture.set(x as usize + along, y as usize + down, [184, 74, 0]);
        }
    }
    picture
}

/// How far most of the points lie from the origin along either axis, with room around them.
pub(super) fn reach(timeline: &Timeline) -> f32 {
    let mut sizes: Vec<f32> = Vec::new();
    for moment in &timeline.moments {
        if let Samples::Points(points) = &moment.samples {
            sizes.extend(points.iter().map(|x| x.abs()).filter(|x| x.is_finite()));
        }
    }
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() * 98 / 100).map_or(1.0, |size| (size * 1.2).max(1e-3))
}

/// All moments as an animated GIF that repeats.
pub(super) fn animation(timeline: &Timeline, image: [usize; 3]) -> Option<Vec<u8>> {
    let reach = reach(timeline);
    let pictures: Vec<Picture> =
        timeline.moments.iter().map(|moment| picture(&moment.samples, image, reach)).collect();
    let first = pictures.first()?;
    let side = |length: usize| u16::try_from(length).ok();
    let mut bytes = Vec::new();
    let mut encoder =
        Encoder::new(&mut bytes, side(first.width)?, side(first.height)?, &[]).ok()?;
    encoder.set_repeat(Repeat::Infinite).ok()?;
    for (number, picture) in pictures.iter().enumerate() {
        let mut pixels = picture.pixels.clone();
        let (width, height) = (side(picture.width)?, side(picture.height)?);
        let mut frame = Frame::from_rgba_speed(width, height, &mut pixels, 10);
        frame.delay = if number + 1 == pictures.len() { LAST_CS } else { FRAME_CS };
        encoder.write_frame(&frame).ok()?;
    }
    drop(encoder);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::record::Moment;
    use super::*;

    fn timeline(samples: Vec<Samples>) -> Timeline {
        let moment =
            |(step, samples)| Moment { step: step as u64, samples, scores: BTreeMap::new() };
        Timeline { moments: samples.into_iter().enumerate().map(moment).collect() }
    }

    #[test]
    fn images_stand_beside_each_other_enlarged() {
        let two = Samples::Images([vec![255; 4], vec![9; 4]].concat());
        let picture = picture(&two, [2, 2, 1], 1.0);
        // Four columns of 2 + 1 pixels, each pixel as 20.
        assert_eq!((picture.width, picture.height), (220, 40));
        let at = |x: usize, y: usize| picture.pixels[4 * (y * picture.width + x)];
        assert_eq!((at(0, 0), at(39, 39), at(50, 0), at(60, 39)), (255, 255, 40, 9));
    }

    #[test]
    fn points_are_drawn_where_they_lie() {
        let picture = picture(&Samples::Points(vec![0.5, 0.5, 9.0, f32::NAN]), [0; 3], 1.0);
        let at = |x: usize, y: usize| picture.pixels[4 * (y * POINTS_SIDE + x)];
        assert_eq!(at(180, 60), 184, "up and to the right");
        let drawn = picture.pixels.chunks_exact(4).filter(|pixel| pixel[0] == 184).count();
        assert_eq!(drawn, 4);
    }

    #[test]
    fn the_reach_leaves_out_a_few_that_fly_far() {
        let mut points = vec![2.0; 200];
        points[0] = 1e6;
        assert!((reach(&timeline(vec![Samples::Points(points)])) - 2.4).abs() < 1e-6);
        assert_eq!(reach(&Timeline::default()), 1.0);
    }

    #[test]
    fn an_animation_has_a_frame_a_moment() {
        let moments = timeline(vec![Samples::Images(vec![0; 16]), Samples::Images(vec![200; 16])]);
        let bytes = animation(&moments, [2, 2, 1]).expect("two moments");
        let mut decoder = gif::DecodeOptions::new().read_info(&bytes[..]).expect("a GIF");
        let mut frames = 0;
        while decoder.read_next_frame().expect("a frame").is_some() {
            frames += 1;
        }
        assert_eq!(frames, 2);
        assert_eq!(animation(&Timeline::default(), [2, 2, 1]), None);
    }
}
