//! Draws the rules and labels of a chart as SVG.

use crate::axis::Axis;
use crate::notes::append;
use crate::scale::Scale;

/// Distance from the rules to the labels of the vertical axis, and to the name of the horizontal one.
const GAP_PX: f64 = 8.0;
/// Distance from the labels of the horizontal axis to the bottom.
const BOTTOM_PX: f64 = 4.0;
/// Largest width of a label's character, for letters of 11 px.
const CHARACTER_PX: f64 = 7.0;
/// Distance from the middle of a name to the line on which its letters stand.
const TO_BASELINE_PX: f64 = 4.0;
/// The least room to the left of the rules, so that the rules of charts above one another are
/// aligned.
const LEAST_LEFT_PX: f64 = 40.0;

/// The room to the right of the rules. A label centred on a tick at their end needs more: it is
/// moved to the left, as one at their beginning is moved to the right.
pub const RIGHT_PX: f64 = 8.0;

/// The room that the labels of `up`, the vertical axis, need to the left of the rules.
pub fn left_px(up: &Axis) -> f64 {
    let widest = up.ticks.iter().map(|tick| width_px(&tick.label)).fold(0.0, f64::max);
    (widest + GAP_PX).max(LEAST_LEFT_PX)
}

fn width_px(label: &str) -> f64 {
    CHARACTER_PX * label.chars().count() as f64
}

/// The rules and labels as the content of an SVG group: numbers only, no text of a user. Each axis
/// comes with its scale; `left_px` and `right_px` are the ends of the rules, and `height_px` is the
/// height of the chart, which extends [`RIGHT_PX`] beyond the rules.
pub fn grid_svg(
    (across, x): (&Axis, &Scale),
    (up, y): (&Axis, &Scale),
    [left_px, right_px]: [f64; 2],
    height_px: f64,
) -> String {
    let mut markup = String::new();
    for tick in &up.ticks {
        let at = y.to_px(tick.value);
        append(
            &mut markup,
            &[
                "<line class='rule' x1='",
                "' x2='",
                "' y1='",
                "' y2='",
                "'/><text text-anchor='end' dominant-baseline='central' x='",
                "' y='",
                "'>",
            ],
            &[left_px, right_px, at, at, left_px - GAP_PX, at],
        );
        append(&mut markup, &[&tick.label, "</text>"], &[]);
    }
    for tick in &across.ticks {
        let half = width_px(&tick.label) / 2.0;
        let at = x.to_px(tick.value).min(right_px + RIGHT_PX - half).max(left_px - GAP_PX + half);
        let low = height_px - BOTTOM_PX;
        append(&mut markup, &["<text text-anchor='middle' x='", "' y='", "'>"], &[at, low]);
        append(&mut markup, &[&tick.label, "</text>"], &[]);
    }
    markup
}

/// The names of both axes as the content of an SVG group: of the horizontal one before its labels, of the vertical one
/// (`up`, with its scale `y`) between its two highest labels. Neither takes room from the plot. A name of five letters
/// fits.
pub fn axis_names_svg(
    across: &str,
    (name, up, y): (&str, &Axis, &Scale),
    left_px: f64,
    height_px: f64,
) -> String {
    let between = match up.ticks.as_slice() {
        [.., lower, upper] => (y.to_px(lower.value) + y.to_px(upper.value)) / 2.0,
        _ => y.edges_px()[0] + CHARACTER_PX * 2.0,
    };
    let mut markup = String::new();
    for (name, at) in [(across, height_px - BOTTOM_PX), (name, between + TO_BASELINE_PX)] {
        let places_px = [left_px - GAP_PX, at];
        append(
            &mut markup,
            &["<text class='name' text-anchor='end' x='", "' y='", "'>"],
            &places_px,
        );
        append(&mut markup, &[name, "</text>"], &[]);
    }
    markup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tick_has_its_label_and_those_of_the_upward_axis_a_rule() {
        let (across, up) = (Axis::exact(0.0, 100.0, 4), Axis::exact(0.0, 1.0, 4));
        let x = Scale::new(across.domain, (40.0, 400.0));
        let y = Scale::new(up.domain, (140.0, 10.0));
        let markup = grid_svg((&across, &x), (&up, &y), [40.0, 400.0], 160.0);
        assert_eq!(markup.matches("<line").count(), up.ticks.len());
        assert_eq!(markup.matches("<text").count(), up.ticks.len() + across.ticks.len());
        assert!(markup.contains("x1='40' x2='400' y1='140'"), "{markup}");
        assert!(
            markup.contains("<text text-anchor='middle' x='397.5' y='156'>100</text>"),
            "{markup}"
        );
    }

    #[test]
    fn names_stand_where_no_label_does() {
        for (low, high) in [(0.0, 1.0), (-0.008, 0.001), (0.0, 7.0), (0.0, 0.3), (-40.0, 2.0)] {
            for (first, last) in [(0.0, 100.0), (1.0, 20.0), (1_049.0, 1_061.0), (950.0, 1_900.0)] {
                let (across, up) = (Axis::exact(first, last, 4), Axis::nice(low, high, 4));
                let [left, right] = [left_px(&up), 400.0];
                let x = Scale::new(across.domain, (left, right));
                let y = Scale::new(up.domain, (146.0, 8.0));
                let names = axis_names_svg("Step", ("score", &up, &y), left, 168.0);
                let [(step_at, true, _), (score_at, true, _)] = &texts(&names)[..] else {
                    panic!("two names that end at their place: {names}");
                };
                assert!(step_at.max(*score_at) <= left - GAP_PX + 0.05);
                assert!(score_at - width_px("score") >= -3.0, "cut: {names}");
                // Labels are 11 px high, and centred on their ticks.
                let (_, height) = names.rsplit_once("y='").expect("two names");
                let height: f64 =
                    height.split('\'').next().expect("a part").parse().expect("a number");
                for tick in &up.ticks {
                    let apart = (y.to_px(tick.value) - (height - TO_BASELINE_PX)).abs();
                    assert!(apart >= 11.0, "{}: {apart}", tick.label);
                }
                let labels = grid_svg((&across, &x), (&up, &y), [left, right], 168.0);
                for (at, is_end, label) in texts(&labels) {
                    assert!(is_end || at - width_px(&label) / 2.0 >= *step_at - 0.05, "{label}");
                }
            }
        }
    }

    /// The texts of `markup`: position, whether centred, and content.
    fn texts(markup: &str) -> Vec<(f64, bool, String)> {
        let texts = markup.split("<text").skip(1);
        texts
            .map(|text| {
                let (tag, label) = text.split_once('>').expect("a tag's end");
                let (_, at) = tag.split_once("x='").expect("a place");
                let at = at.split('\'').next().expect("a part").parse().expect("a number");
                let label = label.split_once('<').expect("a text's end").0.to_string();
                (at, tag.contains("'end'"), label)
            })
            .collect()
    }

    #[test]
    fn no_label_is_cut() {
        let ups = [(0.0, 1.0), (-0.008, 0.001), (-2_500.0, 0.0), (-3e-5, 2e-5), (0.0, 2e9)];
        for (low, high) in ups {
            for last in [1.0, 8.0, 100.0, 2_000.0, 12_500.0, 1e6] {
                let (across, up) = (Axis::exact(0.0, last, 4), Axis::nice(low, high, 4));
                let [left, right] = [left_px(&up), 400.0];
                let x = Scale::new(across.domain, (left, right));
                let y = Scale::new(up.domain, (140.0, 10.0));
                let markup = grid_svg((&across, &x), (&up, &y), [left, right], 160.0);
                for (at, is_end, label) in texts(&markup) {
                    let width = width_px(&label);
                    let [from, to] = if is_end {
                        [at - width, at]
                    } else {
                        [at - width / 2.0, at + width / 2.0]
                    };
                    assert!(
                        from >= -0.05 && to <= right + RIGHT_PX + 0.05,
                        "{label}: {from} to {to}"
                    );
                }
            }
        }
    }
}
