//! Converts an array's numbers to the pixels of images.

use crate::array::{Array, Numbers};
use crate::choice::{Choice, Order};
use crate::error::FileError;
use crate::labels::label_place;
use crate::range::Range;
use crate::source::ArrayInfo;

/// The layout of an image's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageShape {
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels_last: bool,
}

/// The shape of images in an array's rows; `None` if they cannot be images.
pub(crate) fn image_shape(info: &ArrayInfo, order: Option<Order>) -> Option<ImageShape> {
    let is_channels = |length: usize| matches!(length, 1 | 3);
    let side =
        |pixels: usize| Some(pixels.isqrt()).filter(|side| side * side == pixels && *side > 1);
    let shape = |channels, height, width, channels_last| {
        Some(ImageShape { channels, height, width, channels_last })
    };
    match info.shape[..] {
        [_, height, width] => shape(1, height, width, false),
        [_, a, b, c] => match order {
            Some(Order::ChannelsFirst) if is_channels(a) => shape(a, b, c, false),
            Some(Order::ChannelsLast) if is_channels(c) => shape(c, a, b, true),
            None if is_channels(a) => shape(a, b, c, false),
            None if is_channels(c) => shape(c, a, b, true),
            _ => None,
        },
        [_, mut pixels] => {
            if label_place(info).is_some() {
                pixels -= 1;
            }
            match (side(pixels), pixels.is_multiple_of(3).then(|| side(pixels / 3)).flatten()) {
                // With fewer pixels a row is no picture, but numbers.
                (Some(side), _) if side >= 4 => shape(1, side, side, false),
                (_, Some(side)) if side >= 4 => {
                    shape(3, side, side, order == Some(Order::ChannelsLast))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The values of black and white.
pub(crate) fn range_of(array: &Array, choice: &Choice) -> Result<Range, FileError> {
    let declared = array.declared.map(|[low, high]| Range { low, high });
    if let Some(range) = choice.range.or(declared) {
        return Ok(range);
    }
    Range::found(&array.numbers).ok_or_else(|| {
        let found = crate::range::extremes(&array.numbers);
        let message = match found {
            Some([least, most]) => format!(
                "its numbers run from {least} to {most}, which no range of pixels in use holds (0 to 1, -1 to 1, \
                 0 to 16, 0 to 255): say what black and white are"
            ),
            None => "holds NaN or infinity, or nothing".to_owned(),
        };
        FileError::new(&array.path, message)
    })
}

/// One byte for each number: 0 for black, 255 for white.
pub(crate) fn bytes(numbers: &Numbers, range: Range) -> Vec<u8> {
    match numbers {
        Numbers::Bytes(bytes) if range == Range::BYTES => bytes.clone(),
        _ => numbers.iter().map(|value| range.byte(value)).collect(),
    }
}

/// The pixels with channels first, and with rows and columns exchanged if images lie on their side.
pub(crate) fn planes<T: Copy>(pixels: Vec<T>, shape: ImageShape, upright: bool) -> Vec<T> {
    let ImageShape { channels, height, width, channels_last } = shape;
    if !upright && (!channels_last || channels == 1) {
        return pixels;
    }
    let [rows, columns] = if upright { [width, height] } else { [height, width] };
    let mut turned = Vec::with_capacity(pixels.len());
    for image in pixels.chunks_exact(channels * height * width) {
        for channel in 0..channels {
            for row in 0..rows {
                for column in 0..columns {
                    let [y, x] = if upright { [column, row] } else { [row, column] };
                    let place = y * width + x;
                    turned.push(if channels_last {
                        image[place * channels + channel]
                    } else {
                        image[channel * height * width + place]
                    });
                }
            }
        }
    }
    turned
}
