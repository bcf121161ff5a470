//! Draws a series as SVG path data.

use std::fmt::Write as _;

use crate::{Point, Scale};

/// Points beyond the picture's edge by less than this are inside, so that rounding does not lose
/// the ends of an axis.
const SLACK_PX: f64 = 0.05;
/// Distance far outside the picture to which places are clamped, so that sums of places stay
/// finite.
const FARTHEST_PX: f64 = 1e9;

/// The `d` of an SVG path through `points`, to a tenth of a pixel, clipped to the scales' ranges: a
/// line that leaves them ends at the edge, and begins again where it returns. A point that is not
/// finite interrupts the line. A single point between gaps is drawn as a dot (a line of no length,
/// which round caps show). The text is empty if there is nothing to draw.
pub fn line_path(points: &[Point], horizontal: &Scale, vertical: &Scale) -> String {
    let picture = [horizontal.edges_px(), vertical.edges_px()];
    let place = |point: &Point| {
        let px = [horizontal.to_px(point.x), vertical.to_px(point.y)];
        px.map(|px| bounded(px, [-FARTHEST_PX, FARTHEST_PX]))
    };
    let mut path = String::with_capacity(points.len() * 12);
    for run in points.split(|point| !(point.x.is_finite() && point.y.is_finite())) {
        if let [alone] = run {
            let at = place(alone);
            if within(at, at, picture).is_some() {
                push_place(&mut path, 'M', at);
                path.push_str("h0");
            }
        }
        // Whether the path has reached the point at which the next piece begins.
        let mut goes_on = false;
        for (from, to) in run.iter().zip(run.iter().skip(1)) {
            let (from, to) = (place(from), place(to));
            let Some((begin, end)) = within(from, to, picture) else {
                goes_on = false;
                continue;
            };
            let at = |share: f64| {
                [0, 1].map(|axis| {
                    bounded(from[axis] + share * (to[axis] - from[axis]), picture[axis])
                })
            };
            if !goes_on || begin > 0.0 {
                push_place(&mut path, 'M', at(begin));
            }
            push_place(&mut path, 'L', at(end));
            goes_on = end >= 1.0;
        }
    }
    path
}

/// `px` within its bounds. The panic message of `clamp` would bring another printer of numbers into
/// the page.
fn bounded(px: f64, [low, high]: [f64; 2]) -> f64 {
    px.max(low).min(high)
}

/// The part of the line `from` one place `to` another that lies within `picture` (the edges of each
/// axis): begin and end as shares of the line. After Liang and Barsky (1984).
fn within(from: [f64; 2], to: [f64; 2], picture: [[f64; 2]; 2]) -> Option<(f64, f64)> {
    let (mut begin, mut end) = (0.0_f64, 1.0_f64);
    for (axis, [low, high]) in picture.into_iter().enumerate() {
        let way = to[axis] - from[axis];
        for (towards, room) in [(-way, from[axis] - low), (way, high - from[axis])] {
            let room = room + SLACK_PX;
            if towards > 0.0 {
                end = end.min(room / towards);
            } else if towards < 0.0 {
                begin = begin.max(room / towards);
            } else if room < 0.0 {
                return None;
            }
        }
    }
    (begin <= end).then_some((begin, end))
}

fn push_place(path: &mut String, command: char, [x, y]: [f64; 2]) {
    path.push(command);
    push_px(path, x);
    path.push(' ');
    push_px(path, y);
}

/// Appends a place to a tenth of a pixel.
pub(crate) fn push_px(path: &mut String, px: f64) {
    let tenths = (px * 10.0).round() as i64;
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
    use proptest::prelude::*;

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
    fn a_spike_is_cut_at_the_edge_and_comes_back_where_it_would() {
        // Twice as high as the picture: half of the way up is seen, and half of the way down.
        assert_eq!(path(&[0.0, 2.0, 0.0]), "M0 10L5 0M15 0L20 10");
        assert_eq!(path(&[0.0, f64::MAX, 0.0]), "M0 10L0 0M20 0L20 10");
        // From below to above in one segment; then out of sight.
        assert_eq!(path(&[-1.0, 2.0, 3.0, 4.0]), "M3.3 10L6.7 0");
        // A dot out of sight is not drawn.
        assert_eq!(path(&[f64::NAN, 1.5]), "");
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside(values in prop::collection::vec(-3.0..4.0f64, 1..40)) {
            let (horizontal, vertical) =
                (Scale::new((2.0, 30.0), (40.0, 400.0)), Scale::new((0.0, 1.0), (140.0, 8.0)));
            let points: Vec<_> =
                values.iter().enumerate().map(|(x, y)| Point::new(x as f64, *y)).collect();
            let path = line_path(&points, &horizontal, &vertical);
            for place in path.split(['M', 'L']).filter(|place| !place.is_empty()) {
                let (x, y) = place.trim_end_matches("h0").split_once(' ').expect("two numbers");
                let [x, y]: [f64; 2] = [x, y].map(|px| px.parse().expect("a number"));
                prop_assert!((40.0..=400.0).contains(&x) && (8.0..=140.0).contains(&y), "{}", path);
            }
        }

        #[test]
        fn what_fits_is_drawn_whole(values in prop::collection::vec(0.0..=1.0f64, 2..5)) {
            let drawn = path(&values);
            prop_assert_eq!(drawn.matches('M').count(), 1);
            prop_assert_eq!(drawn.matches('L').count(), values.len() - 1);
        }
    }
}
