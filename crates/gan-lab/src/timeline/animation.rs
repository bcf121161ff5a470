//! Draws a moment's samples as a picture, and a whole run as an animation.

use gan_plot::Square;
use gif::{Encoder, Frame, Repeat};

use super::record::{Samples, Timeline};
use crate::picture::Picture;

/// Images in a row.
const COLUMNS: usize = 4;
/// Approximate side of pictures in files, in pixels.
const FILE_SIDE_PX: usize = 240;
/// Time for which a moment is shown, in hundredths of a second; the last one is shown longer.
const FRAME_CS: u16 = 20;
const LAST_CS: u16 = 200;
/// Share of the points that may lie outside of the picture, at either end of an axis.
const BEYOND: f32 = 0.01;

/// The samples as a picture: images of `[width, height, channels]`, or points within `square`.
pub(crate) fn picture(samples: &Samples, image: [usize; 3], square: Square) -> Picture {
    match samples {
        Samples::Images(pixels) => Picture::of_images(pixels, image, COLUMNS),
        Samples::Points(points) => Picture::of_points(points, square),
    }
}

/// The square around nearly all points of all moments.
pub(super) fn square(timeline: &Timeline) -> Square {
    square_around(timeline.moments.iter().map(|moment| &moment.samples))
}

/// The square around nearly all points.
pub(crate) fn square_around<'a>(all: impl IntoIterator<Item = &'a Samples>) -> Square {
    let mut axes = [Vec::new(), Vec::new()];
    for samples in all {
        let Samples::Points(points) = samples else { continue };
        for point in points.chunks_exact(2).filter(|point| point.iter().all(|x| x.is_finite())) {
            axes[0].push(point[0]);
            axes[1].push(point[1]);
        }
    }
    let corners = axes.map(|mut axis: Vec<f32>| {
        axis.sort_by(f32::total_cmp);
        let at = |share: f32| {
            axis.get((share * axis.len().saturating_sub(1) as f32).round() as usize).copied()
        };
        at(BEYOND).zip(at(1.0 - BEYOND))
    });
    match corners {
        [Some((left, right)), Some((low, high))] => Square::around(&[left, low, right, high]),
        _ => Square::around(&[]),
    }
}

/// The picture enlarged for a file.
pub(crate) fn for_file(picture: &Picture) -> Picture {
    picture.enlarged((FILE_SIDE_PX / picture.width.max(1)).max(1))
}

/// All moments as an animated GIF that repeats; `None` without moments.
pub(super) fn animation(timeline: &Timeline, image: [usize; 3]) -> Option<Vec<u8>> {
    let square = square(timeline);
    let of_moment =
        |moment: &super::record::Moment| for_file(&picture(&moment.samples, image, square));
    let pictures: Vec<Picture> = timeline.moments.iter().map(of_moment).collect();
    let first = pictures.first()?;
    let side = |length: usize| u16::try_from(length).ok();
    let mut bytes = Vec::new();
    let mut encoder =
        Encoder::new(&mut bytes, side(first.width)?, side(first.height)?, &[]).ok()?;
    encoder.set_repeat(Repeat::Infinite).ok()?;
    let last = pictures.len() - 1;
    for (number, mut picture) in pictures.into_iter().enumerate() {
        let (width, height) = (side(picture.width)?, side(picture.height)?);
        let mut frame = Frame::from_rgba_speed(width, height, &mut picture.pixels, 10);
        frame.delay = if number == last { LAST_CS } else { FRAME_CS };
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
        let mut timeline = Timeline::default();
        samples.into_iter().enumerate().map(moment).for_each(|moment| timeline.keep(moment));
        timeline
    }

    #[test]
    fn the_square_leaves_out_a_few_that_fly_far() {
        let mut points: Vec<f32> = (0..=400).flat_map(|i| [i as f32 / 100.0, 6.0]).collect();
        points.extend([1e6, 6.0]);
        let square = square(&timeline(vec![Samples::Points(points)]));
        assert!((square.centre[0] - 2.0).abs() < 0.05 && square.centre[1] == 6.0, "{square:?}");
        assert!(square.half_side > 1.9 && square.half_side < 3.0, "{square:?}");
    }

    #[test]
    fn an_animation_has_a_frame_a_moment() {
        let moments = timeline(vec![Samples::Images(vec![0; 16]), Samples::Images(vec![200; 16])]);
        let bytes = animation(&moments, [2, 2, 1]).expect("two moments");
        let mut decoder = gif::DecodeOptions::new().read_info(&bytes[..]).expect("a GIF");
        // Four images of 2 pixels and the gaps between them, 21 times as large.
        assert_eq!((decoder.width(), decoder.height()), (231, 42));
        let mut frames = 0;
        while decoder.read_next_frame().expect("a frame").is_some() {
            frames += 1;
        }
        assert_eq!(frames, 2);
        assert_eq!(animation(&Timeline::default(), [2, 2, 1]), None);
    }
}
