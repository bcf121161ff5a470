//! What is written into a chart beside its curves, as SVG: levels, marks at the edges and on the axis, and a reading.
//! Classes and names are the caller's own words, never a user's.

use crate::axis::fixed;
use crate::{Point, Scale};

/// Distance from a name to the line that it belongs to, and to the plot's sides.
const GAP_PX: f64 = 4.0;
/// Height of a name.
const NAME_PX: f64 = 11.0;
/// Marks at an edge that are closer are one.
const LEAST_APART_PX: f64 = 7.0;
/// Distance from an edge of the plot to the tip of a mark outside.
const MARK_PX: f64 = 6.0;
/// Height of a mark on the horizontal axis.
const TICK_PX: f64 = 6.0;

/// A line across the plot at `value` with its name at the right end: above if `is_above`, else beneath, or on the other
/// side where there is no room. Nothing for a value outside the scale's domain.
pub fn level_svg(
    value: f64,
    [left_px, right_px]: [f64; 2],
    vertical: &Scale,
    class: &str,
    (name, is_above): (&str, bool),
) -> String {
    let (at_px, [top_px, bottom_px]) = (vertical.to_px(value), vertical.edges_px());
    // The ends of an axis are exact only to rounding.
    if !(top_px - 0.1..=bottom_px + 0.1).contains(&at_px) {
        return String::new();
    }
    let has_room_above = at_px - GAP_PX - NAME_PX >= top_px;
    let has_room_beneath = at_px + GAP_PX + NAME_PX <= bottom_px;
    let is_above = if is_above { has_room_above } else { !has_room_beneath };
    let name_px = if is_above { at_px - GAP_PX } else { at_px + NAME_PX };
    let [from, to, name_at] = [left_px, right_px, right_px - GAP_PX].map(|px| fixed(px, 0));
    let [at, name_px] = [at_px, name_px].map(|px| fixed(px, 1));
    format!(
        "<g class='level {class}'><path d='M{from} {at}H{to}'/>\
         <text x='{name_at}' y='{name_px}' text-anchor='end'>{name}</text></g>"
    )
}

/// The `d` of an SVG path with a triangle outside the plot's upper or lower edge for each point beyond that edge.
pub fn edge_marks(points: &[Point], horizontal: &Scale, vertical: &Scale) -> String {
    let (low, high) = vertical.domain();
    let [top_px, bottom_px] = vertical.edges_px();
    let mut path = String::new();
    let mut last_px = [f64::NEG_INFINITY; 2];
    for point in points.iter().filter(|point| point.y.is_finite()) {
        let (edge, tip_px, foot) = if point.y > high {
            (0, top_px - MARK_PX, "l3 5h-6z")
        } else if point.y < low {
            (1, bottom_px + MARK_PX, "l3-5h-6z")
        } else {
            continue;
        };
        let at_px = horizontal.to_px(point.x);
        if at_px - last_px[edge] >= LEAST_APART_PX {
            last_px[edge] = at_px;
            push(&mut path, &["M", &fixed(at_px, 1), " ", &fixed(tip_px, 1), foot]);
        }
    }
    path
}

/// The `d` of an SVG path with a short line on the horizontal axis at each position within its domain; `bottom_px` is
/// the height of the axis.
pub fn axis_marks(
    positions: impl Iterator<Item = f64>,
    horizontal: &Scale,
    bottom_px: f64,
) -> String {
    let (low, high) = horizontal.domain();
    let mut path = String::new();
    for position in positions.filter(|position| (low..=high).contains(position)) {
        let at = fixed(horizontal.to_px(position), 1);
        push(&mut path, &["M", &at, " ", &fixed(bottom_px, 1), "v-", &fixed(TICK_PX, 1)]);
    }
    path
}

/// A hair line at `position`, a dot on it for each value with its class, and `note` at the plot's lower left. A dot for
/// a value outside the scale's domain lies at the edge, and a value that is not finite has none. Nothing for a position
/// outside the domain.
pub fn reading_svg(
    position: f64,
    values: [(&str, f64); 2],
    (horizontal, vertical): (&Scale, &Scale),
    note: &str,
) -> String {
    let (at_px, [left_px, right_px]) = (horizontal.to_px(position), horizontal.edges_px());
    if !(left_px - 0.1..=right_px + 0.1).contains(&at_px) {
        return String::new();
    }
    let [top_px, bottom_px] = vertical.edges_px();
    let [at, top, bottom] = [at_px, top_px, bottom_px].map(|px| fixed(px, 1));
    let mut markup = format!("<path d='M{at} {top}V{bottom}'/>");
    for (class, value) in values.into_iter().filter(|(_, value)| value.is_finite()) {
        let height = fixed(vertical.to_px(value).max(top_px).min(bottom_px), 1);
        push(
            &mut markup,
            &["<circle class='", class, "' cx='", &at, "' cy='", &height, "' r='4'/>"],
        );
    }
    if !note.is_empty() {
        let [x, y] = [left_px + GAP_PX, bottom_px - TICK_PX - GAP_PX].map(|px| fixed(px, 1));
        push(&mut markup, &["<text x='", &x, "' y='", &y, "'>", note, "</text>"]);
    }
    markup
}

fn push(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps 0 to 100 on 40 to 240 px, values 0 to 2 on 108 to 8 px.
    fn scales() -> (Scale, Scale) {
        (Scale::new((0.0, 100.0), (40.0, 240.0)), Scale::new((0.0, 2.0), (108.0, 8.0)))
    }

    fn series(values: &[f64]) -> Vec<Point> {
        values.iter().enumerate().map(|(x, y)| Point::new(10.0 * x as f64, *y)).collect()
    }

    #[test]
    fn a_level_lies_at_its_value_with_its_name_inside_the_plot() {
        let named = |value, is_above| {
            level_svg(value, [40.0, 240.0], &scales().1, "generator", ("ln 2", is_above))
        };
        let level = |value| named(value, true);
        assert_eq!(
            level(0.5),
            "<g class='level generator'><path d='M40 83.0H240'/>\
             <text x='236' y='79.0' text-anchor='end'>ln 2</text></g>"
        );
        // Beneath the line if wanted, or where there is no room above; above where there is none beneath.
        assert!(named(0.5, false).contains("y='94.0'"));
        assert!(level(1.9).contains("M40 13.0H240") && level(1.9).contains("y='24.0'"));
        assert!(
            named(0.1, false).contains("M40 103.0H240") && named(0.1, false).contains("y='99.0'")
        );
        assert!(level(0.0).contains("M40 108.0H240") && level(2.0).contains("M40 8.0H240"));
        assert_eq!([level(2.1), level(-0.1), level(f64::NAN)], ["", "", ""]);
    }

    #[test]
    fn points_beyond_an_edge_are_marked_there_and_no_others() {
        let (x, y) = scales();
        let marks = |values: &[f64]| edge_marks(&series(values), &x, &y);
        assert_eq!(marks(&[0.0, 2.0, 1.0, f64::NAN]), "");
        assert_eq!(marks(&[1.0, 5.0, 1.0]), "M60.0 2.0l3 5h-6z");
        assert_eq!(marks(&[1.0, -0.1, 1.0]), "M60.0 114.0l3-5h-6z");
        assert_eq!(marks(&[9.0, 1.0, 1e300]), "M40.0 2.0l3 5h-6zM80.0 2.0l3 5h-6z");
    }

    #[test]
    fn marks_at_one_edge_do_not_touch_and_do_not_hide_those_at_the_other() {
        let (x, y) = scales();
        let dense: Vec<_> = (0..100).map(|step| Point::new(f64::from(step), 3.0)).collect();
        // 200 px with a mark every 8.
        assert_eq!(edge_marks(&dense, &x, &y).matches('M').count(), 25);
        let alternating: Vec<_> = (0..4)
            .map(|step| Point::new(f64::from(step), [3.0, -3.0][step as usize % 2]))
            .collect();
        assert_eq!(edge_marks(&alternating, &x, &y), "M40.0 2.0l3 5h-6zM42.0 114.0l3-5h-6z");
    }

    #[test]
    fn marks_on_the_axis_lie_at_their_steps() {
        let marks = axis_marks([-1.0, 0.0, 25.0, 101.0].into_iter(), &scales().0, 108.0);
        assert_eq!(marks, "M40.0 108.0v-6.0M90.0 108.0v-6.0");
    }

    #[test]
    fn a_reading_has_a_hair_line_and_a_dot_for_each_value() {
        let (x, y) = scales();
        let reading = |position, values: [f64; 2], note| {
            reading_svg(position, [("real", values[0]), ("fake", values[1])], (&x, &y), note)
        };
        assert_eq!(
            reading(25.0, [0.5, 1.0], ""),
            "<path d='M90.0 8.0V108.0'/><circle class='real' cx='90.0' cy='83.0' r='4'/>\
             <circle class='fake' cx='90.0' cy='58.0' r='4'/>"
        );
        // A spike's dot lies at the edge; a gap has none.
        let spike = reading(25.0, [f64::NAN, 7.0], "");
        assert!(spike.contains("cy='8.0'") && !spike.contains("real"), "{spike}");
        let noted = reading(25.0, [0.5, 1.0], "0.1 → 0.2");
        assert!(noted.ends_with("<text x='44.0' y='98.0'>0.1 → 0.2</text>"), "{noted}");
        assert_eq!(reading(101.0, [0.5, 1.0], "far"), "");
    }
}
