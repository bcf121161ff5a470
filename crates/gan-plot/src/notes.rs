//! What is written into a chart beside its curves, as SVG: levels, marks at the edges and on the axis, and a reading.
//! Classes and names are the caller's own words, never a user's.

use crate::path::push_px;
use crate::{Point, Scale};

/// Distance from a name to the line that it belongs to, and to the plot's sides.
const GAP_PX: f64 = 4.0;
/// Height of a name.
const NAME_PX: f64 = 11.0;
/// Width that is kept free for a name, as its font is not known here.
const NAME_WIDTH_PX: f64 = 64.0;
/// Marks at an edge that are closer are one.
const LEAST_APART_PX: f64 = 7.0;
/// Distance from an edge of the plot to the tip of a mark outside, and height of a mark on the horizontal axis.
const MARK_PX: f64 = 6.0;

/// Appends texts, each followed by the place of the same number, as far as there are places.
pub(crate) fn append(svg: &mut String, texts: &[&str], places_px: &[f64]) {
    for (index, text) in texts.iter().enumerate() {
        svg.push_str(text);
        if let Some(px) = places_px.get(index) {
            push_px(svg, *px);
        }
    }
}

/// A line across the plot at `value` with its name: at the right end, above if `is_above`, else beneath; at the left
/// end or on the other side of the line where there is no room, or where one of the `curves` is. Nothing for a value
/// outside the scale's domain.
pub fn level_svg(
    value: f64,
    [left_px, right_px]: [f64; 2],
    scales: (&Scale, &Scale),
    class: &str,
    (name, is_above): (&str, bool),
    curves: [&[Point]; 2],
) -> String {
    let (at_px, [top_px, bottom_px]) = (scales.1.to_px(value), scales.1.edges_px());
    let mut svg = String::new();
    if is_within(at_px, top_px, bottom_px) {
        let sides = [(is_above, false), (is_above, true), (!is_above, false), (!is_above, true)];
        // A name's lower edge.
        let foot_px = |is_above| if is_above { at_px - GAP_PX } else { at_px + NAME_PX };
        let has_room = |(is_above, _): &(bool, bool)| match is_above {
            true => at_px - GAP_PX - NAME_PX >= top_px,
            false => at_px + GAP_PX + NAME_PX <= bottom_px,
        };
        let is_free = |&(is_above, is_left): &(bool, bool)| {
            let foot_px = foot_px(is_above);
            let from_px = if is_left { left_px } else { right_px - GAP_PX - NAME_WIDTH_PX };
            !curves.into_iter().flatten().any(|point| {
                let (x_px, y_px) = (scales.0.to_px(point.x), scales.1.to_px(point.y));
                is_within(x_px, from_px, from_px + GAP_PX + NAME_WIDTH_PX)
                    && is_within(y_px, foot_px - NAME_PX, foot_px)
            })
        };
        let with_room = || sides.iter().filter(|side| has_room(side));
        let side = with_room().find(|side| is_free(side)).or_else(|| with_room().next());
        let (is_above, is_left) = *side.unwrap_or(&sides[0]);
        let (anchor, x_px) =
            if is_left { ("start", left_px + GAP_PX) } else { ("end", right_px - GAP_PX) };
        append(&mut svg, &["<g class='level ", class, "'><path d='M"], &[]);
        append(&mut svg, &["", " ", "H", "'/><text text-anchor='"], &[left_px, at_px, right_px]);
        append(&mut svg, &[anchor, "' x='"], &[]);
        append(&mut svg, &["", "' y='", "'>"], &[x_px, foot_px(is_above)]);
        append(&mut svg, &[name, "</text></g>"], &[]);
    }
    svg
}

/// Whether a place lies between two others. The ends of an axis are exact only to rounding.
fn is_within(px: f64, low_px: f64, high_px: f64) -> bool {
    px >= low_px - 0.1 && px <= high_px + 0.1
}

/// The `d` of an SVG path with a triangle outside the plot's upper or lower edge for each point beyond that edge.
pub fn edge_marks(points: &[Point], horizontal: &Scale, vertical: &Scale) -> String {
    let (low, high) = vertical.domain();
    let [top_px, bottom_px] = vertical.edges_px();
    let mut path = String::new();
    let mut last_px = [f64::NEG_INFINITY; 2];
    for point in points {
        let is_low = point.y < low;
        if !point.y.is_finite() || !(is_low || point.y > high) {
            continue;
        }
        let (at_px, last_px) = (horizontal.to_px(point.x), &mut last_px[usize::from(is_low)]);
        if at_px - *last_px >= LEAST_APART_PX {
            *last_px = at_px;
            let tip_px = if is_low { bottom_px + MARK_PX } else { top_px - MARK_PX };
            let foot = if is_low { "l3-5h-6z" } else { "l3 5h-6z" };
            append(&mut path, &["M", " ", foot], &[at_px, tip_px]);
        }
    }
    path
}

/// The `d` of an SVG path with a short line on the horizontal axis, at the height `bottom_px`, for each position within
/// its domain.
pub fn axis_marks(
    positions: impl Iterator<Item = f64>,
    horizontal: &Scale,
    bottom_px: f64,
) -> String {
    let (low, high) = horizontal.domain();
    let mut path = String::new();
    for position in positions.filter(|position| *position >= low && *position <= high) {
        let at_px = horizontal.to_px(position);
        append(&mut path, &["M", " ", "V"], &[at_px, bottom_px, bottom_px - MARK_PX]);
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
    let [top_px, bottom_px] = vertical.edges_px();
    let mut svg = String::new();
    if !is_within(at_px, left_px, right_px) {
        return svg;
    }
    append(&mut svg, &["<path d='M", " ", "V", "'/>"], &[at_px, top_px, bottom_px]);
    for (class, value) in values {
        if value.is_finite() {
            let height_px = vertical.to_px(value).max(top_px).min(bottom_px);
            append(&mut svg, &["<circle r='4' class='", class], &[]);
            append(&mut svg, &["' cx='", "' cy='", "'/>"], &[at_px, height_px]);
        }
    }
    let low_px = bottom_px - MARK_PX - GAP_PX;
    append(&mut svg, &["<text x='", "' y='", "'>"], &[left_px + GAP_PX, low_px]);
    append(&mut svg, &[note, "</text>"], &[]);
    svg
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
        let (x, y) = scales();
        let named = |value, is_above| {
            let name = ("ln 2", is_above);
            level_svg(value, [40.0, 240.0], (&x, &y), "generator", name, [&[], &[]])
        };
        let level = |value| named(value, true);
        assert_eq!(
            level(0.5),
            "<g class='level generator'><path d='M40 83H240'/>\
             <text text-anchor='end' x='236' y='79'>ln 2</text></g>"
        );
        // Beneath the line if wanted, or where there is no room above; above where there is none beneath.
        assert!(named(0.5, false).contains("y='94'"));
        assert!(level(1.9).contains("M40 13H240") && level(1.9).contains("y='24'"));
        assert!(named(0.1, false).contains("M40 103H240") && named(0.1, false).contains("y='99'"));
        assert!(level(0.0).contains("M40 108H240") && level(2.0).contains("M40 8H240"));
        assert_eq!([level(2.1), level(-0.1), level(f64::NAN)], ["", "", ""]);
    }

    #[test]
    fn the_name_of_a_level_keeps_off_the_curves() {
        let (x, y) = scales();
        let place = |curve: &[Point]| {
            let svg = level_svg(1.0, [40.0, 240.0], (&x, &y), "", ("1", true), [curve, &[]]);
            let from = svg.find("text-anchor").expect("a name");
            svg[from..svg.len() - "1</text></g>".len()].to_string()
        };
        let at = |anchor, x, y| format!("text-anchor='{anchor}' x='{x}' y='{y}'>");
        // The line lies at 58 px, a name above it at 43 to 54.
        let (left, right) = (Point::new(10.0, 1.2), Point::new(95.0, 1.2));
        assert_eq!(place(&[]), at("end", 236, 54));
        assert_eq!(place(&[left]), at("end", 236, 54));
        assert_eq!(place(&[right]), at("start", 44, 54));
        assert_eq!(place(&[left, right]), at("end", 236, 69));
        // Where curves are everywhere it stays where it was.
        let around = [left, right, Point::new(10.0, 0.9), Point::new(95.0, 0.9)];
        assert_eq!(place(&around), at("end", 236, 54));
    }

    #[test]
    fn points_beyond_an_edge_are_marked_there_and_no_others() {
        let (x, y) = scales();
        let marks = |values: &[f64]| edge_marks(&series(values), &x, &y);
        assert_eq!(marks(&[0.0, 2.0, 1.0, f64::NAN]), "");
        assert_eq!(marks(&[1.0, 5.0, 1.0]), "M60 2l3 5h-6z");
        assert_eq!(marks(&[1.0, -0.1, 1.0]), "M60 114l3-5h-6z");
        assert_eq!(marks(&[9.0, 1.0, 1e300]), "M40 2l3 5h-6zM80 2l3 5h-6z");
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
        assert_eq!(edge_marks(&alternating, &x, &y), "M40 2l3 5h-6zM42 114l3-5h-6z");
    }

    #[test]
    fn marks_on_the_axis_lie_at_their_steps() {
        let marks = axis_marks([-1.0, 0.0, 25.0, 101.0].into_iter(), &scales().0, 108.0);
        assert_eq!(marks, "M40 108V102M90 108V102");
    }

    #[test]
    fn a_reading_has_a_hair_line_and_a_dot_for_each_value() {
        let (x, y) = scales();
        let reading = |position, values: [f64; 2], note| {
            reading_svg(position, [("real", values[0]), ("fake", values[1])], (&x, &y), note)
        };
        assert_eq!(
            reading(25.0, [0.5, 1.0], ""),
            "<path d='M90 8V108'/><circle r='4' class='real' cx='90' cy='83'/>\
             <circle r='4' class='fake' cx='90' cy='58'/><text x='44' y='98'></text>"
        );
        // A spike's dot lies at the edge; a gap has none.
        let spike = reading(25.0, [f64::NAN, 7.0], "");
        assert!(spike.contains("cy='8'") && !spike.contains("real"), "{spike}");
        let noted = reading(25.0, [0.5, 1.0], "0.1 → 0.2");
        assert!(noted.ends_with("<text x='44' y='98'>0.1 → 0.2</text>"), "{noted}");
        assert_eq!(reading(101.0, [0.5, 1.0], "far"), "");
    }
}
