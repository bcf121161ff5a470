//! What a run on digits comes to, in the order in which it usually does.

use crate::words::{key, say, say_with};

/// Something that is seen for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Milestone {
    /// The generator has learned nothing yet.
    Noise,
    /// Black at the edges, brighter in the middle.
    Shapes,
    /// Some kinds of digits.
    Digits,
    /// Every kind of digit.
    AllDigits,
    /// Every real image has been seen once.
    Epoch,
}

/// What decides the milestones.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sight {
    /// Generator steps.
    pub(super) step: u64,
    /// Mean brightness of the samples' outermost pixels and of their middle, 0 (black) to 1.
    pub(super) edge: f64,
    pub(super) middle: f64,
    /// Kinds of digits that are drawn, by the classifier; `None` if unknown.
    pub(super) digits: Option<f64>,
    /// Passes through the data.
    pub(super) epochs: f64,
}

/// Brightness below which an edge is black: a real digit's edge is 0, an untrained sample's 0.5.
const BLACK: f64 = 0.12;
/// By so much the middle is brighter than the edge. Real digits: 0.4.
const CONTRAST: f64 = 0.15;
/// Kinds of digits from which on digits are drawn. A classifier takes noise for two kinds or three.
const SOME_DIGITS: f64 = 6.0;

impl Milestone {
    /// The furthest that a run has come to.
    pub(super) fn reached(sight: &Sight) -> Self {
        let has_shapes = sight.edge < BLACK && sight.middle - sight.edge > CONTRAST;
        let digits = sight.digits.filter(|_| has_shapes).unwrap_or(0.0);
        if sight.epochs >= 1.0 {
            Self::Epoch
        } else if digits >= 10.0 {
            Self::AllDigits
        } else if digits >= SOME_DIGITS {
            Self::Digits
        } else if has_shapes {
            Self::Shapes
        } else {
            Self::Noise
        }
    }

    /// Its sentence.
    pub(super) fn told(self, digits: Option<f64>) -> String {
        match self {
            Self::Noise => say(key("narration-noise")),
            Self::Shapes => say(key("narration-shapes")),
            Self::Digits => {
                let count = digits.unwrap_or(0.0);
                say_with(key("narration-digits"), &[("count", format!("{count:.0}"))])
            }
            Self::AllDigits => say(key("narration-all")),
            Self::Epoch => say(key("narration-epoch")),
        }
    }
}

/// Mean brightness of the outermost pixels and of the middle half, 0 to 1, of grey images of
/// `[width, height]`, one behind another.
pub(super) fn edge_and_middle(pixels: &[u8], [width, height]: [usize; 2]) -> [f64; 2] {
    let (mut edge, mut middle) = ([0.0, 0.0], [0.0, 0.0]);
    for image in pixels.chunks_exact((width * height).max(1)) {
        for (place, value) in image.iter().enumerate() {
            let (row, column) = (place / width, place % width);
            let is_edge = row == 0 || column == 0 || row + 1 == height || column + 1 == width;
            let within = |at: usize, side: usize| at >= side / 4 && at < side - side / 4;
            let sum = if is_edge {
                &mut edge
            } else if within(row, height) && within(column, width) {
                &mut middle
            } else {
                continue;
            };
            sum[0] += f64::from(*value) / 255.0;
            sum[1] += 1.0;
        }
    }
    [edge, middle].map(|[sum, count]: [f64; 2]| if count > 0.0 { sum / count } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: Sight =
        Sight { step: 100, edge: 0.02, middle: 0.4, digits: Some(3.0), epochs: 0.1 };

    #[test]
    fn milestones_follow_what_is_seen() {
        let noise = Sight { edge: 0.5, middle: 0.5, digits: Some(8.0), ..SHAPES };
        assert_eq!(Milestone::reached(&noise), Milestone::Noise);
        assert_eq!(Milestone::reached(&SHAPES), Milestone::Shapes);
        let some = Sight { digits: Some(7.0), ..SHAPES };
        assert_eq!(Milestone::reached(&some), Milestone::Digits);
        let all = Sight { digits: Some(10.0), ..SHAPES };
        assert_eq!(Milestone::reached(&all), Milestone::AllDigits);
        assert_eq!(Milestone::reached(&Sight { epochs: 1.0, ..all }), Milestone::Epoch);
    }

    #[test]
    fn an_image_has_an_edge_and_a_middle() {
        // 8 x 8: black, with a white middle of 4 x 4.
        let image: Vec<u8> = (0..64)
            .map(|place| {
                let (row, column) = (place / 8, place % 8);
                if (2..6).contains(&row) && (2..6).contains(&column) { 255 } else { 0 }
            })
            .collect();
        assert_eq!(edge_and_middle(&image, [8, 8]), [0.0, 1.0]);
        assert_eq!(edge_and_middle(&[255; 128], [8, 8]), [1.0, 1.0]);
        assert_eq!(edge_and_middle(&[], [8, 8]), [0.0, 0.0]);
    }
}
