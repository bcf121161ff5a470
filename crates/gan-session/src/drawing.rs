//! Converts samples to the bytes of a sheet: images to 8-bit pixels, points to a picture or to f32.

use gan_data::image_bytes;
use gan_plot::{Ink, SCATTER_SIDE_PX, Square, scatter_rgba};
use gan_protocol::{DataSpec, SampleSet, Shape};

/// The page's colours of reals and fakes, told apart by colour-blind eyes too.
const REAL: Ink = Ink { rgb: [86.0, 180.0, 233.0], opacity: 0.55 };
const FAKE: Ink = Ink { rgb: [255.0, 140.0, 40.0], opacity: 0.9 };

/// Bytes of images of the layout `set`, as [`gan_data::image_bytes`] makes them.
pub fn pixels(values: &[f32], set: SampleSet) -> Vec<u8> {
    image_bytes(values, [set.channels, set.height, set.width])
}

/// The layout of `count` samples of `data`: width and height are 0 for points.
pub(crate) fn set_of(data: &DataSpec, count: usize) -> SampleSet {
    if data.shape() == Shape::flat(2) {
        return SampleSet { count, width: 0, height: 0, channels: 2, parts: 1 };
    }
    SampleSet { count, width: data.width, height: data.height, channels: data.channels, parts: 1 }
}

/// The bytes of samples, in the layout `set`.
pub(crate) fn bytes_of(values: &[f32], set: SampleSet) -> Vec<u8> {
    if set.width == 0 { point_bytes(values) } else { pixels(values, set) }
}

/// The bytes of points (x, y, x, y …), little-endian.
pub(crate) fn point_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// One RGBA image of the points within `view`, generated points in front of real ones.
pub(crate) fn picture(view: Square, reals: &[f32], fakes: &[f32]) -> (SampleSet, Vec<u8>) {
    let side = SCATTER_SIDE_PX;
    let set = SampleSet { count: 1, width: side, height: side, channels: 4, parts: 1 };
    (set, scatter_rgba(view, &[(reals, REAL), (fakes, FAKE)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_points_shows_both_kinds() {
        let reals = [-1.0, -1.0, 1.0, 1.0];
        let (set, bytes) = picture(Square::around(&reals), &reals, &[1.0, -1.0]);
        assert_eq!(bytes.len(), set.width * set.height * set.channels);
        let brightest = |channel: usize| {
            bytes.chunks_exact(4).map(|pixel| pixel[channel]).max().expect("pixels")
        };
        assert!(brightest(0) > 200 && brightest(2) > 100);
        assert_eq!(point_bytes(&[1.0]), 1.0_f32.to_le_bytes());
    }
}
