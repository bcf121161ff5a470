//! Makes the picture that a generator is given of an image from the user's hand.

use gan_protocol::{Degradation, Shape};

use crate::degraded::{degrade, masked, outlined};

/// An image that a user has drawn, or a whole one that is to be degraded.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    /// Channels first, in [-1, 1].
    pub values: &'a [f32],
    /// A byte a pixel, not 0 where the pixel is missing. Empty: where pixels are to be missing at all
    /// they are drawn, as in training.
    pub missing: &'a [u8],
    /// Whether `values` are a whole image, whose outlines are taken, and no drawing of outlines.
    pub is_whole: bool,
    /// Determines noise and holes.
    pub seed: u64,
}

impl ByHand<'_> {
    /// The picture; without a degradation, for a generator that translates, the image itself.
    ///
    /// # Panics
    /// If [`Degradation::shape`] refuses `shape`, or `values` are not one image of it.
    pub fn picture(&self, degradation: impl Into<Option<Degradation>>, shape: Shape) -> Vec<f32> {
        let Some(degradation) = degradation.into() else { return self.values.to_vec() };
        match degradation {
            Degradation::Masked { .. } if !self.missing.is_empty() => {
                let missing: Vec<bool> = self.missing.iter().map(|byte| *byte > 0).collect();
                masked(self.values, &missing)
            }
            Degradation::Edges {} if !self.is_whole => {
                let Shape::Image { height, width, .. } = shape else { return Vec::new() };
                outlined(self.values, height * width)
            }
            _ => degrade(degradation, self.values, shape, self.seed, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::Hole;

    use super::*;

    const SHAPE: Shape = Shape::image(1, 3, 3);
    const BRIGHT: ByHand<'_> = ByHand { values: &[1.0; 9], missing: &[], is_whole: false, seed: 1 };

    #[test]
    fn a_hole_is_the_users_or_is_drawn() {
        let degradation = Degradation::Masked { hole: Hole::Square { side: 2 } };
        let cut = ByHand { missing: &[0, 0, 0, 0, 7, 0, 0, 0, 0], ..BRIGHT };
        let picture = cut.picture(degradation, SHAPE);
        assert_eq!(picture[..9], [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(BRIGHT.picture(None, SHAPE), [1.0; 9]);
        let drawn = BRIGHT.picture(degradation, SHAPE);
        assert_eq!(drawn[..9].iter().filter(|x| **x == 0.0).count(), 4);
    }

    #[test]
    fn outlines_are_taken_of_a_whole_image_alone() {
        let mut values = [-1.0; 25];
        for row in 1..4 {
            values[5 * row + 1..5 * row + 4].fill(1.0);
        }
        let (shape, edges) = (Shape::image(1, 5, 5), Degradation::Edges {});
        let drawing = ByHand { values: &values, ..BRIGHT };
        assert_eq!(drawing.picture(edges, shape), values);
        let outlines = ByHand { is_whole: true, ..drawing }.picture(edges, shape);
        assert_eq!((outlines[6], outlines[12]), (1.0, -1.0));
        // The outlines of outlines are the same.
        let again = ByHand { values: &outlines, is_whole: true, ..drawing };
        assert_eq!(again.picture(edges, shape), outlines);
    }
}
