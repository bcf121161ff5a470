//! Draws a score against the values of a setting, at equal distances in the order of the values.

use gan_plot::{Axis, Point, RIGHT_PX, Scale, Tick, grid_svg, left_px, line_path};

const HEIGHT_PX: f64 = 170.0;
const TOP_PX: f64 = 10.0;
const BOTTOM_PX: f64 = 22.0;

/// The picture of `scores`, each with its value's text, as the content of an SVG of this width and
/// [`height_px`]. Values without a score leave a gap.
pub(super) fn picture(scores: &[(String, Option<f64>)], width_px: f64) -> String {
    let most = scores.iter().filter_map(|(_, score)| *score).fold(0.0_f64, f64::max);
    let up = Axis::nice(0.0, if most > 0.0 { most } else { 1.0 }, 4);
    let last = scores.len().saturating_sub(1).max(1) as f64;
    let ticks = scores
        .iter()
        .enumerate()
        .map(|(place, (value, _))| Tick { value: place as f64, label: shown(value) });
    // Half a place on either side.
    let across = Axis { domain: (-0.5, last + 0.5), ticks: ticks.collect() };
    let ends_px = [left_px(&up), width_px - RIGHT_PX];
    let x = Scale::new(across.domain, (ends_px[0], ends_px[1]));
    let y = Scale::new(up.domain, (HEIGHT_PX - BOTTOM_PX, TOP_PX));
    let points: Vec<Point> = scores
        .iter()
        .enumerate()
        .map(|(place, (_, score))| Point::new(place as f64, score.unwrap_or(f64::NAN)))
        .collect();
    let mut markup = format!(
        "<g class='grid'>{}</g><path class='line' d='{}'/>",
        grid_svg((&across, &x), (&up, &y), ends_px, HEIGHT_PX),
        line_path(&points, &x, &y)
    );
    for point in points.iter().filter(|point| point.y.is_finite()) {
        let (left, top) = (x.to_px(point.x), y.to_px(point.y));
        markup.push_str(&format!("<circle cx='{left:.1}' cy='{top:.1}' r='4'/>"));
    }
    markup
}

/// A value's text without signs that have a meaning in SVG. Only numbers and names of objectives come
/// here.
fn shown(value: &str) -> String {
    value.chars().filter(|sign| sign.is_alphanumeric() || "._-+,".contains(*sign)).collect()
}

pub(super) fn height_px() -> f64 {
    HEIGHT_PX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_label_and_every_score_a_dot() {
        let scores = [
            ("0.001".to_string(), Some(4.0)),
            ("0.002".to_string(), None),
            ("0.004".into(), Some(8.0)),
        ];
        let markup = picture(&scores, 400.0);
        for (value, _) in &scores {
            assert!(markup.contains(&format!(">{value}</text>")), "{value}");
        }
        assert_eq!(markup.matches("<circle").count(), 2);
        // The highest score is at the top, the axis begins at zero.
        assert!(markup.contains(">8</text>") && markup.contains(">0</text>"), "{markup}");
        picture(&[], 400.0);
    }

    #[test]
    fn a_value_is_no_markup() {
        assert_eq!(shown("<b>1e-3</b>"), "b1e-3b");
    }
}
