//! The picture that a generator is given: a degraded version of a real sample, which it learns to
//! give back whole, or the other half of a pair.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::mask::Mask;
use crate::names::named;
use crate::read::{reads_struct, reads_tagged};
use crate::shape::Shape;

/// What a generator is given beside its latent, and who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ConditionSpec {
    /// How the picture is made from the real sample.
    pub picture: Degradation,
    /// Whether the discriminator sees the picture beside the sample, as further channels, and so
    /// judges whether the two belong together (pix2pix, Isola et al. 2017, equation 1). Otherwise it
    /// judges the sample alone (SRGAN, Ledig et al. 2017).
    pub shown: bool,
}

/// A picture made from a real sample. Samples are in [-1, 1], black to white.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Degradation {
    /// Height and width divided by `factor`: the task is super-resolution.
    Downscaled {
        /// 2, 4 or 8.
        factor: usize,
        /// How pixels are weighted.
        filter: Filter,
    },
    /// `x + sd * N(0, 1)` for each number, not clipped: the task is denoising.
    Noised {
        /// Standard deviation; 1 is half of the range.
        sd: f32,
    },
    /// A part of the pixels is 0, the middle of the range. A last channel is 1 there and -1
    /// elsewhere. The task is inpainting.
    Masked {
        /// Which part.
        hole: Hole,
    },
    /// One channel, 1 on outlines and -1 elsewhere: on pixels brighter than the middle between the
    /// sample's darkest and brightest that have a neighbour (above, below, left or right) which is
    /// not. The brightness of colours is their luma.
    Edges {},
    /// One channel, the luma of a colour sample (ITU-R BT.601: 0.299, 0.587, 0.114): the task is
    /// colourisation.
    Grey {},
    /// Another image, of the sample's shape: that of the same place among the images of a class, as
    /// the data are the images of other classes. The task is translation by pairs (pix2pix, Isola et
    /// al. 2017).
    Paired {
        /// The class of the pictures.
        class: u8,
    },
}

named! {
    /// The kernel of a reduction, as wide as the pixels of the result: what Pillow's and torchvision's
    /// `resize` do with anti-aliasing.
    pub enum Filter {
        /// The mean of the pixels covered.
        Box = "box",
        /// A triangle.
        Bilinear = "bilinear",
        /// The cubic convolution kernel with a = -1/2 (Keys 1981).
        Bicubic = "bicubic",
    }
}

/// The missing part of a masked picture. All but [`Hole::Drawn`] are drawn anew for each sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hole {
    /// A square, wholly inside the picture.
    Square {
        /// Its side, in pixels.
        side: usize,
    },
    /// The left, right, upper or lower half.
    Half {},
    /// Straight strokes between points of the picture.
    Strokes {
        /// Number of strokes.
        count: usize,
        /// Their width, in pixels.
        width: usize,
    },
    /// What was drawn, the same in every picture.
    Drawn {
        /// Which cells.
        rows: Mask,
    },
}

impl ConditionSpec {
    /// The shape of the picture of a sample of shape `sample`.
    ///
    /// # Errors
    /// The field that does not fit such samples, as `picture.field`.
    pub fn shape(&self, sample: Shape) -> Result<Shape, SpecError> {
        self.picture.shape(sample).map_err(|error| error.within("picture"))
    }
}

impl Degradation {
    /// The shape of the picture of a sample of shape `sample`.
    ///
    /// # Errors
    /// The field that does not fit such samples, and what would.
    pub fn shape(&self, sample: Shape) -> Result<Shape, SpecError> {
        let Shape::Image { channels, height, width } = sample else {
            let message = "is made from an image; the data are points";
            return Err(SpecError::new("kind", message));
        };
        match *self {
            Self::Downscaled { factor, .. } => {
                if !matches!(factor, 2 | 4 | 8) {
                    let message = format!("is {factor}; allowed is 2, 4 and 8");
                    return Err(SpecError::new("factor", message));
                }
                if !height.is_multiple_of(factor) || !width.is_multiple_of(factor) {
                    let message = format!("is {factor}; {sample} is no multiple of it");
                    return Err(SpecError::new("factor", message));
                }
                Ok(Shape::image(channels, height / factor, width / factor))
            }
            Self::Noised { sd } => {
                in_range("sd", sd, 0.0, 100.0)?;
                Ok(sample)
            }
            Self::Masked { hole } => {
                hole.validate([height, width]).map_err(|error| error.within("hole"))?;
                Ok(Shape::image(channels + 1, height, width))
            }
            Self::Edges {} => Ok(Shape::image(1, height, width)),
            Self::Grey {} if channels == 1 => {
                Err(SpecError::new("kind", "is for colour samples; these are grey already"))
            }
            Self::Grey {} => Ok(Shape::image(1, height, width)),
            Self::Paired { .. } => Ok(sample),
        }
    }

    /// A picture of each kind.
    pub fn examples() -> Vec<Self> {
        vec![
            Self::Downscaled { factor: 4, filter: Filter::Box },
            Self::Noised { sd: 0.8 },
            Self::Masked { hole: Hole::Square { side: 12 } },
            Self::Edges {},
            Self::Grey {},
            Self::Paired { class: 1 },
        ]
    }
}

impl Hole {
    /// Checks the hole for pictures of `[height, width]`, in pixels.
    fn validate(self, [height, width]: [usize; 2]) -> Result<(), SpecError> {
        let least = height.min(width);
        match self {
            Self::Square { side } => in_range("side", side, 1, least),
            Self::Half {} if least < 2 => {
                Err(SpecError::new("kind", "needs pictures of at least 2 pixels a side"))
            }
            Self::Half {} => Ok(()),
            Self::Strokes { count, width } => {
                in_range("count", count, 1, 64)?;
                in_range("width", width, 1, least)
            }
            Self::Drawn { rows } => rows.validate([height, width]),
        }
    }
}

reads_struct!(ConditionSpec { picture, shown = true });
reads_tagged!(Degradation by "kind" {
    "downscaled" => Downscaled { factor, filter = Filter::Box },
    "noised" => Noised { sd },
    "masked" => Masked { hole },
    "edges" => Edges {},
    "grey" => Grey {},
    "paired" => Paired { class },
});
reads_tagged!(Hole by "kind" {
    "square" => Square { side },
    "half" => Half {},
    "strokes" => Strokes { count = 4, width = 3 },
    "drawn" => Drawn { rows },
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::tests::every_kind_is_there;

    #[test]
    fn every_kind_of_picture_has_an_example_with_a_shape() {
        every_kind_is_there(&Degradation::examples());
        let shapes: Vec<String> = Degradation::examples()
            .iter()
            .map(|picture| picture.shape(Shape::image(3, 28, 28)).expect("fits").to_string())
            .collect();
        assert_eq!(shapes, ["3x7x7", "3x28x28", "4x28x28", "1x28x28", "1x28x28", "3x28x28"]);
    }

    #[test]
    fn a_picture_that_cannot_be_made_is_refused_by_field() {
        let grey = Shape::image(1, 28, 28);
        let downscaled = |factor| Degradation::Downscaled { factor, filter: Filter::Bicubic };
        let masked = |hole| Degradation::Masked { hole };
        for (picture, sample, path) in [
            (downscaled(3), grey, "factor"),
            (downscaled(8), grey, "factor"),
            (Degradation::Noised { sd: -1.0 }, grey, "sd"),
            (Degradation::Noised { sd: f32::NAN }, grey, "sd"),
            (masked(Hole::Square { side: 0 }), grey, "hole.side"),
            (masked(Hole::Square { side: 29 }), grey, "hole.side"),
            (masked(Hole::Strokes { count: 0, width: 3 }), grey, "hole.count"),
            (masked(Hole::Strokes { count: 1, width: 0 }), grey, "hole.width"),
            (masked(Hole::Half {}), Shape::image(1, 1, 9), "hole.kind"),
            (Degradation::Grey {}, grey, "kind"),
            (Degradation::Edges {}, Shape::flat(2), "kind"),
        ] {
            let error = picture.shape(sample).expect_err(path);
            assert_eq!(error.path, path, "{picture:?}: {error}");
        }
    }
}
