//! Draws a figure of several runs over the steps in one chart. The runs differ by the dashes of their
//! lines, since the colour is that of the figure's net.

use gan_plot::{Axis, Point, RIGHT_PX, Scale, Summary, grid_svg, left_px, line_path};
use leptos::html;
use leptos::prelude::*;

use super::{LETTERS, MOST_RUNS};
use crate::words::{key, say, say_with, t};

const HEIGHT_PX: f64 = 150.0;
const TOP_PX: f64 = 8.0;
const BOTTOM_PX: f64 = 22.0;
const FIRST_WIDTH_PX: f64 = 420.0;
/// Points kept of a figure; beyond this number, every second one is dropped.
const MOST_POINTS: usize = 800;

/// One figure of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Curve(Vec<Point>);

impl Curve {
    /// Adds a value, if the run has made steps since the last one.
    pub(super) fn note(&mut self, step: u64, value: Option<f64>) {
        let is_new = self.0.last().is_none_or(|last| last.x < step as f64);
        let Some(value) = value.filter(|value| is_new && value.is_finite()) else { return };
        if self.0.len() >= MOST_POINTS {
            let mut is_kept = false;
            self.0.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
        }
        self.0.push(Point::new(step as f64, value));
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.0
    }
}

/// The chart; `class` is the colour of the figure's net. Runs that are not there have no points.
#[component]
pub(super) fn RunsChart(
    title: &'static str,
    class: &'static str,
    curves: [RwSignal<Curve>; MOST_RUNS],
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let width_px = RwSignal::new(FIRST_WIDTH_PX);
    let measure = move || {
        if let Some(place) = place.get_untracked().filter(|place| place.client_width() > 0) {
            width_px.set(f64::from(place.client_width()).max(200.0));
        }
    };
    Effect::new(move |_| {
        curves[0].track();
        measure();
    });
    let axes = Memo::new(move |_| {
        let all: Vec<Point> =
            curves.iter().flat_map(|curve| curve.with(|curve| curve.points().to_vec())).collect();
        axes(&all)
    });
    let ends_px = move || [left_px(&axes.get().1), width_px.get() - RIGHT_PX];
    let scales = move || {
        let ((across, up), [left, right]) = (axes.get(), ends_px());
        (
            Scale::new(across.domain, (left, right)),
            Scale::new(up.domain, (HEIGHT_PX - BOTTOM_PX, TOP_PX)),
        )
    };
    let path = move |place: usize| {
        let (across, up) = scales();
        curves[place].with(|curve| line_path(curve.points(), &across, &up))
    };
    let grid = move || {
        let (across, up) = axes.get();
        let (x, y) = scales();
        grid_svg((&across, &x), (&up, &y), ends_px(), HEIGHT_PX)
    };
    let told = Signal::derive(move || {
        let of = |place: usize| {
            let summary = curves[place].with(|curve| Summary::of(curve.points()))?;
            Some(format!("{} {:.3}", LETTERS[place], summary.last))
        };
        let values: Vec<String> = (0..MOST_RUNS).filter_map(of).collect();
        say_with(key("beside-summary"), &[("name", say(title)), ("values", values.join(", "))])
    });
    let lines = LETTERS.iter().enumerate().map(|(place, letter)| {
        let class = format!("run-{}", letter.to_ascii_lowercase());
        view! { <path class=class d=move || path(place)/> }
    });
    view! {
        <figure class=format!("chart lab-runs-chart {class}")>
            <figcaption><h3>{t(title)}</h3></figcaption>
            <div node_ref=place class="plot">
                <svg
                    viewBox=move || format!("0 0 {:.0} {HEIGHT_PX:.0}", width_px.get())
                    height=format!("{HEIGHT_PX:.0}")
                    role="img"
                    aria-label=told
                >
                    <g class="grid" inner_html=grid></g>
                    {lines.collect_view()}
                </svg>
            </div>
        </figure>
    }
}

/// Axes that cover all points.
fn axes(points: &[Point]) -> (Axis, Axis) {
    let last = points.iter().map(|point| point.x).fold(1.0, f64::max);
    let (least, most) = points
        .iter()
        .fold((0.0_f64, f64::NEG_INFINITY), |(a, b), point| (a.min(point.y), b.max(point.y)));
    let most = if most.is_finite() { most } else { 1.0 };
    (Axis::exact(0.0, last, 4), Axis::nice(least, (most * 1.1).max(least + 1e-6), 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_takes_each_step_once() {
        let mut curve = Curve::default();
        curve.note(1, Some(2.0));
        curve.note(1, Some(3.0));
        curve.note(2, None);
        curve.note(3, Some(f64::NAN));
        curve.note(4, Some(4.0));
        assert_eq!(curve.points(), [Point::new(1.0, 2.0), Point::new(4.0, 4.0)]);
        for step in 5..5_000 {
            curve.note(step, Some(1.0));
        }
        assert!((400..=800).contains(&curve.points().len()));
        assert_eq!(curve.points().last(), Some(&Point::new(4_999.0, 1.0)));
    }

    #[test]
    fn axes_hold_all_runs() {
        let (across, up) = axes(&[Point::new(10.0, -0.5), Point::new(200.0, 3.0)]);
        assert_eq!(across.domain, (0.0, 200.0));
        assert!(up.domain.0 <= -0.5 && up.domain.1 >= 3.0);
        axes(&[]);
    }
}
