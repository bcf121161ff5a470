//! From a generator's numbers to pixels.

use gan_protocol::SampleSet;

/// Bytes of `values` (`[count, channels, height, width]`, -1 black to 1 white): image after image,
/// row by row, the channels of a pixel side by side. Values outside of the range are clipped.
pub fn pixels(values: &[f32], set: SampleSet) -> Vec<u8> {
    let plane = set.width * set.height;
    let mut bytes = Vec::with_capacity(values.len());
    for image in values.chunks_exact(set.channels * plane) {
        for pixel in 0..plane {
            for channel in 0..set.channels {
                // NaN becomes 0: a diverged run is drawn black.
                bytes.push(((image[channel * plane + pixel] + 1.0) * 127.5).round() as u8);
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_of_a_pixel_come_to_stand_side_by_side() {
        let set = SampleSet { count: 1, width: 2, height: 1, channels: 3 };
        let values = [-1.0, 1.0, 0.0, -1.0, 1.0, 3.0];
        assert_eq!(pixels(&values, set), [0, 128, 255, 255, 0, 255]);
    }
}
