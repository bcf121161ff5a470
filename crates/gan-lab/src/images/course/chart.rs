//! Draws the curves of a course.

use gan_plot::{Axis, Point, RIGHT_PX, Scale, grid_svg, left_px, line_path};
use gan_protocol::{Diet, Named as _};
use leptos::prelude::*;

use super::name_of;
use super::taught::{STEPS, Taught};
use crate::words::{say, t};

const WIDTH_PX: f64 = 480.0;
const HEIGHT_PX: f64 = 190.0;
const TOP_PX: f64 = 8.0;
const BOTTOM_PX: f64 = 22.0;
/// Curves begin in the middle of the way: the axis goes down to the lowest of them, in steps of ten percent.
const STEP_PERCENT: f64 = 10.0;

/// The picture of curves, in percent, as the content of an SVG.
fn picture(curves: &[Vec<Point>]) -> String {
    let lowest = curves.iter().flatten().map(|point| point.y).fold(100.0_f64, f64::min);
    let lowest = (lowest / STEP_PERCENT).floor() * STEP_PERCENT;
    let up = Axis::nice(lowest.min(90.0), 100.0, 4);
    let across = Axis::nice(0.0, f64::from(STEPS), 5);
    let ends_px = [left_px(&up), WIDTH_PX - RIGHT_PX];
    let x = Scale::new(across.domain, (ends_px[0], ends_px[1]));
    let y = Scale::new(up.domain, (HEIGHT_PX - BOTTOM_PX, TOP_PX));
    let grid = grid_svg((&across, &x), (&up, &y), ends_px, HEIGHT_PX);
    let mut markup = format!("<g class='grid'>{grid}</g>");
    for (diet, curve) in Diet::ALL.iter().zip(curves) {
        let path = line_path(curve, &x, &y);
        markup.push_str(&format!("<path class='lab-diet-{}' d='{path}'/>", diet.name()));
    }
    markup
}

/// The curves with their names and last values.
#[component]
pub(super) fn Curves(taught: Taught) -> impl IntoView {
    let last = move |place: usize| {
        let last = taught.curves.with(|curves| curves.get(place)?.last().copied());
        last.map_or_else(String::new, |point| format!("{:.1} %", point.y))
    };
    let described = move || {
        let told = taught.diets().enumerate();
        let told = told.map(|(place, diet)| format!("{} {}", say(name_of(diet)), last(place)));
        told.collect::<Vec<_>>().join("; ")
    };
    let names = move || {
        let named = taught.diets().enumerate().map(|(place, diet)| {
            view! {
                <li>
                    <svg viewBox="0 0 24 8" aria-hidden="true">
                        <path class=format!("lab-diet-{}", diet.name()) d="M0 4H24"/>
                    </svg>
                    <span>{t(name_of(diet))}</span>
                    <strong class="number">{move || last(place)}</strong>
                </li>
            }
        });
        named.collect_view()
    };
    view! {
        <figure class="chart" hidden=move || taught.curves.with(Vec::is_empty)>
            <figcaption>{t("course-chart")}</figcaption>
            <svg
                class="lab-course-chart"
                viewBox=format!("0 0 {WIDTH_PX:.0} {HEIGHT_PX:.0}")
                role="img"
                aria-label=described
                inner_html=move || taught.curves.with(|curves| picture(curves))
            ></svg>
            <ul class="lab-diets">{names}</ul>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_is_drawn_above_the_lowest_ten_percent() {
        let curve =
            |values: [f64; 2]| vec![Point::new(15.0, values[0]), Point::new(30.0, values[1])];
        let markup = picture(&[curve([43.0, 80.0]), curve([61.0, 99.0])]);
        assert_eq!(markup.matches("class='lab-diet-").count(), 2);
        assert!(markup.contains(">40</text>") && markup.contains(">100</text>"), "{markup}");
        assert!(!markup.contains("NaN"));
        picture(&[]);
    }
}
