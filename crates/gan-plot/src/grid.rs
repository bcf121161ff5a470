//! Rules and labels of a chart.

use crate::axis::Axis;
use crate::scale::Scale;

/// From the rules to the labels of the axis that runs up.
const GAP_PX: f64 = 8.0;
/// From the labels of the axis that runs across to the bottom.
const BOTTOM_PX: f64 = 4.0;

/// The rules and labels as SVG, to stand in a group: numbers only, nothing that a user wrote. Each
/// axis comes with its scale; `left_px` and `right_px` are where rules begin and end, `height_px` is
/// the chart's.
pub fn grid_svg(
    (across, x): (&Axis, &Scale),
    (up, y): (&Axis, &Scale),
    [left_px, right_px]: [f64; 2],
    height_px: f64,
) -> String {
    let mut markup = String::new();
    for tick in &up.ticks {
        let (at, label_px, label) = (y.to_px(tick.value), left_px - GAP_PX, &tick.label);
        markup += &format!(
            "<line class='rule' x1='{left_px:.0}' x2='{right_px:.0}' y1='{at:.1}' y2='{at:.1}'/>\
             <text x='{label_px:.1}' y='{at:.1}' text-anchor='end' dominant-baseline='central'>\
             {label}</text>"
        );
    }
    for tick in &across.ticks {
        let (at, low_px, label) = (x.to_px(tick.value), height_px - BOTTOM_PX, &tick.label);
        markup += &format!("<text x='{at:.1}' y='{low_px:.1}' text-anchor='middle'>{label}</text>");
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
        assert!(markup.contains("x1='40' x2='400' y1='140.0'"), "{markup}");
        assert!(markup.contains("y='156.0' text-anchor='middle'>100</text>"), "{markup}");
    }
}
