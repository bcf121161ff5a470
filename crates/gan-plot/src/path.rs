//! SVG path data.

use std::fmt::Write as _;

use crate::{Point, Scale};

/// The `d` of an SVG path through `points`, to a tenth of a pixel. A point that is not finite ends
/// the line, and the next one starts another; a point alone between gaps is drawn as a dot (by a
/// line of no length, which round caps show). Nothing to draw gives an empty text.
pub fn line_path(points: &[Point], horizontal: &Scale, vertical: &Scale) -> String {
    let mut path = String::with_capacity(points.len() * 12);
    for run in points.split(|point| !(point.x.is_finite() && point.y.is_finite())) {
        for (index, point) in run.iter().enumerate() {
            path.push(if index == 0 { 'M' } else { 'L' });
            push_px(&mut path, horizontal.to_px(point.x));
            path.push(' ');
            push_px(&mut path, vertical.to_px(point.y));
        }
        if run.len() == 1 {
            path.push_str("h0");
        }
    }
    path
}

fn push_px(path: &mut String, px: f64) {
    // Far outside the picture the exact place does not matter, but the text's length does.
    let tenths = (px.clamp(-99_999.0, 99_999.0) * 10.0).round() as i64;
    let (sign, size) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    let written = if size % 10 == 0 {
        write!(path, "{sign}{}", size / 10)
    } else {
        write!(path, "{sign}{}.{}", size / 10, size % 10)
    };
    written.expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(values: &[f64]) -> String {
        let points: Vec<_> =
            values.iter().enumerate().map(|(x, y)| Point::new(x as f64, *y)).collect();
        line_path(
            &points,
            &Scale::new((0.0, 4.0), (0.0, 40.0)),
            &Scale::new((0.0, 1.0), (10.0, 0.0)),
        )
    }

    #[test]
    fn a_line_runs_through_its_points() {
        assert_eq!(path(&[0.0, 1.0, 0.25]), "M0 10L10 0L20 7.5");
    }

    #[test]
    fn a_gap_starts_another_line() {
        assert_eq!(path(&[0.0, f64::NAN, 0.5, 1.0]), "M0 10h0M20 5L30 0");
    }

    #[test]
    fn nothing_is_an_empty_path() {
        assert_eq!(path(&[]), "");
        assert_eq!(path(&[f64::INFINITY, f64::NAN]), "");
    }

    #[test]
    fn huge_values_stay_short() {
        assert_eq!(path(&[1e300]), "M0 -99999h0");
    }
}
