//! Colours the plane by a discriminator's outputs.

/// The meaning of a discriminator's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdicts {
    /// A logit: its logistic function is a probability of being real.
    Logits,
    /// 0 for fakes, 1 for reals.
    Targets,
    /// Larger for reals, without a zero or a unit of its own.
    Scores,
}

/// Places with a share of realness each, from 0 (fake) to 1 (real).
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// One a place, in the order of the outputs.
    pub shares: Vec<f32>,
    /// The outputs at the shares 0 and 1; for logits their logistic function.
    pub ends: [f32; 2],
}

impl Heat {
    /// The shares of `outputs`. Scores are scaled between their 2nd and 98th percentile, so that a
    /// few extreme places leave colours for the others; NaN lies in the middle.
    pub fn of(outputs: &[f32], verdicts: Verdicts) -> Self {
        let middle = |share: f32| if share.is_nan() { 0.5 } else { share.clamp(0.0, 1.0) };
        let ends = match verdicts {
            Verdicts::Logits | Verdicts::Targets => [0.0, 1.0],
            Verdicts::Scores => inner_range(outputs),
        };
        let share = |output: &f32| match verdicts {
            Verdicts::Logits => 1.0 / (1.0 + (-output).exp()),
            Verdicts::Targets => *output,
            Verdicts::Scores => (output - ends[0]) / (ends[1] - ends[0]),
        };
        Self { shares: outputs.iter().map(|output| middle(share(output))).collect(), ends }
    }

    /// A colour for each place as RGBA bytes: `real` or `fake` (red, green, blue), the more opaque
    /// the surer. Undecided places are transparent; sure ones have the opacity `most` (0 to 1).
    pub fn rgba(&self, real: [u8; 3], fake: [u8; 3], most: f32) -> Vec<u8> {
        let colour = |share: &f32| {
            let [r, g, b] = if *share >= 0.5 { real } else { fake };
            let alpha = (2.0 * share - 1.0).abs() * most.clamp(0.0, 1.0) * 255.0;
            [r, g, b, alpha.round() as u8]
        };
        self.shares.iter().flat_map(colour).collect()
    }
}

/// The 2nd and the 98th percentile, at least a little apart.
fn inner_range(values: &[f32]) -> [f32; 2] {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).collect();
    if sorted.is_empty() {
        return [0.0, 1.0];
    }
    sorted.sort_unstable_by(f32::total_cmp);
    let at = |share: f32| sorted[((sorted.len() - 1) as f32 * share).round() as usize];
    let (low, high) = (at(0.02), at(0.98));
    // A flat surface is drawn flat, without its rounding errors.
    let least = 1e-4 * low.abs().max(high.abs()).max(1e-3);
    if high - low < least {
        let middle = f32::midpoint(low, high);
        return [middle - least / 2.0, middle + least / 2.0];
    }
    [low, high]
}

/// Area of the quadrilateral with these corners in order; if it is folded, the larger sum of two
/// halves.
pub fn quadrilateral_area(corners: [[f32; 2]; 4]) -> f32 {
    let [a, b, c, d] = corners;
    let triangle = |p: [f32; 2], q: [f32; 2], r: [f32; 2]| {
        0.5 * ((q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1])).abs()
    };
    (triangle(a, b, c) + triangle(a, c, d)).max(triangle(a, b, d) + triangle(b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_become_probabilities_and_targets_are_cut_off() {
        let heat = Heat::of(&[0.0, 1.0_f32.ln(), 3.0_f32.ln(), -40.0], Verdicts::Logits);
        assert_eq!(heat.ends, [0.0, 1.0]);
        for (found, expected) in heat.shares.iter().zip([0.5, 0.5, 0.75, 0.0]) {
            assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
        }
        assert_eq!(Heat::of(&[-0.5, 0.25, 1.5], Verdicts::Targets).shares, [0.0, 0.25, 1.0]);
    }

    #[test]
    fn a_few_extreme_scores_leave_the_others_a_colour() {
        let mut outputs: Vec<f32> = (0..=98).map(|i| i as f32).collect();
        outputs.extend([1e6, f32::NAN]);
        let heat = Heat::of(&outputs, Verdicts::Scores);
        assert!(heat.ends[0] >= 1.0 && heat.ends[1] <= 98.0, "{:?}", heat.ends);
        assert!((heat.shares[49] - 0.5).abs() < 0.02, "{}", heat.shares[49]);
        assert_eq!((heat.shares[99], heat.shares[100]), (1.0, 0.5));
    }

    #[test]
    fn a_flat_surface_is_undecided() {
        let heat = Heat::of(&[7.0; 9], Verdicts::Scores);
        assert!(heat.shares.iter().all(|share| (share - 0.5).abs() < 1e-3), "{:?}", heat.shares);
        assert_eq!(Heat::of(&[], Verdicts::Scores).ends, [0.0, 1.0]);
    }

    #[test]
    fn colours_say_which_side_and_how_sure() {
        let heat = Heat { shares: vec![0.0, 0.5, 0.75, 1.0], ends: [0.0, 1.0] };
        let rgba = heat.rgba([0, 0, 255], [255, 128, 0], 0.8);
        assert_eq!(rgba[..4], [255, 128, 0, 204]);
        assert_eq!((rgba[7], rgba[11]), (0, 102));
        assert_eq!(rgba[12..], [0, 0, 255, 204]);
    }

    #[test]
    fn areas_of_squares_and_folds() {
        let square = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];
        assert_eq!(quadrilateral_area(square), 4.0);
        assert_eq!(quadrilateral_area([[1.0, 1.0]; 4]), 0.0);
        // A bow tie: two triangles of area 1.
        let folded = quadrilateral_area([[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]]);
        assert!(folded > 1.9, "{folded}");
    }
}
