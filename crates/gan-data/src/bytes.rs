//! Converts images to bytes, to be looked at, and back.

/// Bytes of `values` (`[count, channels, height, width]`, -1 black to 1 white): image after image,
/// row by row, the channels of a pixel side by side. Values outside of the range are clipped.
pub fn image_bytes(values: &[f32], [channels, height, width]: [usize; 3]) -> Vec<u8> {
    let plane = width * height;
    let mut bytes = Vec::with_capacity(values.len());
    for image in values.chunks_exact((channels * plane).max(1)) {
        for pixel in 0..plane {
            for channel in 0..channels {
                // NaN becomes 0: a diverged run is drawn black.
                bytes.push(((image[channel * plane + pixel] + 1.0) * 127.5).round() as u8);
            }
        }
    }
    bytes
}

/// The numbers of images whose bytes are laid out as those of [`image_bytes`].
pub fn image_values(bytes: &[u8], [channels, height, width]: [usize; 3]) -> Vec<f32> {
    let mut values = Vec::with_capacity(bytes.len());
    for image in bytes.chunks_exact((channels * height * width).max(1)) {
        for channel in 0..channels {
            let of_channel = image.iter().skip(channel).step_by(channels);
            values.extend(of_channel.map(|byte| f32::from(*byte) / 127.5 - 1.0));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_the_numbers_that_they_were_made_of() {
        let bytes: Vec<u8> = (0..48).map(|i| (i * 5) as u8).collect();
        let values = image_values(&bytes, [3, 2, 4]);
        assert_eq!(values[..2], [-1.0, 15.0 / 127.5 - 1.0]);
        assert_eq!(image_bytes(&values, [3, 2, 4]), bytes);
    }

    #[test]
    fn channels_of_a_pixel_come_to_stand_side_by_side() {
        let values = [-1.0, 1.0, 0.0, -1.0, 1.0, 3.0];
        assert_eq!(image_bytes(&values, [3, 1, 2]), [0, 128, 255, 255, 0, 255]);
    }
}
