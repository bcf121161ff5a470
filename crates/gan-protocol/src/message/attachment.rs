//! The layout of the attachments of messages.

use serde::{Deserialize, Serialize};

/// The layout of the bytes of samples: `count` images one after another, each row by row, the
/// channels of a pixel side by side, 0 black to 255 white. Points have a width and height of 0: two
/// little-endian f32 each, x and y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleSet {
    /// Count of images.
    pub count: usize,
    /// Columns of one image, in pixels.
    pub width: usize,
    /// Rows of one image, in pixels.
    pub height: usize,
    /// Bytes a pixel.
    pub channels: usize,
    /// Images that belong together, one after another: 1, or 3 where the generator is given a picture,
    /// namely the picture, what the generator makes of it, and the sample from which it was made.
    #[serde(default = "single", skip_serializing_if = "is_single")]
    pub parts: usize,
}

fn single() -> usize {
    1
}
fn is_single(parts: &usize) -> bool {
    *parts == 1
}

/// How to read the bytes of a plane: little-endian f32, part after part in this order. First the
/// view, three numbers: the middle of a square (x, y) and half its side. A count of 0 says that the
/// part is not in this plane, and the one before still holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaneSet {
    /// Real points: x, y, x, y …
    pub reals: usize,
    /// Points that the generator makes from the fixed latents, likewise.
    pub fakes: usize,
    /// The pull on the first of those: the negative gradient of the generator's loss with respect
    /// to each point, times their count; x, y, x, y …
    pub pulls: usize,
    /// The coordinates of a lattice of latents, followed by the points that the generator makes
    /// from its nodes: `lattice` nodes along a side, row after row, x, y, x, y …. For latents of
    /// one number the lattice is one row.
    pub lattice: usize,
    /// Rows of the lattice.
    pub lattice_rows: usize,
    /// The discriminator's output at the centres of `surface × surface` equal squares that fill the
    /// view, row after row from the top left.
    pub surface: usize,
}

impl PlaneSet {
    /// How many numbers there are in all.
    pub fn numbers(&self) -> usize {
        let lattice = self.lattice + 2 * self.lattice * self.lattice_rows;
        3 + 2 * (self.reals + self.fakes + self.pulls) + lattice + self.surface * self.surface
    }
}
