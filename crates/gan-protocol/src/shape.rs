//! The shape of one sample on its way through a net, without the batch dimension.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The shape of one sample. Tensors hold the batch in front: `[batch, size]` and
/// `[batch, channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// A vector of `size` numbers.
    Flat {
        /// Count of numbers.
        size: usize,
    },
    /// An image (or feature map).
    Image {
        /// Count of channels.
        channels: usize,
        /// Rows, in pixels.
        height: usize,
        /// Columns, in pixels.
        width: usize,
    },
}

impl Shape {
    /// A vector of `size` numbers.
    pub const fn flat(size: usize) -> Self {
        Self::Flat { size }
    }

    /// An image of `channels` x `height` x `width`.
    pub const fn image(channels: usize, height: usize, width: usize) -> Self {
        Self::Image { channels, height, width }
    }

    /// Number of features: the numbers of a vector, the channels of an image.
    pub const fn features(&self) -> usize {
        match *self {
            Self::Flat { size } => size,
            Self::Image { channels, .. } => channels,
        }
    }

    /// Number of pixels of an image; 1 for a vector, and `usize::MAX` on overflow.
    pub const fn pixels(&self) -> usize {
        match *self {
            Self::Flat { .. } => 1,
            Self::Image { height, width, .. } => height.saturating_mul(width),
        }
    }

    /// Number of numbers in one sample; `None` on overflow.
    pub fn size(&self) -> Option<usize> {
        match *self {
            Self::Flat { size } => Some(size),
            Self::Image { channels, height, width } => {
                channels.checked_mul(height)?.checked_mul(width)
            }
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat { size } => write!(f, "{size}"),
            Self::Image { channels, height, width } => write!(f, "{channels}x{height}x{width}"),
        }
    }
}
