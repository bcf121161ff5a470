//! A line chart: two series over the steps, with axes, legend, current values and a summary in
//! words for users who cannot see it.

use gan_plot::{Axis, Point, RIGHT_PX, Scale, Summary, Trend, fixed, grid_svg, left_px, line_path};
use leptos::html;
use leptos::prelude::*;

use crate::effects::browser::on_resize;
use crate::effects::display::Series;
use crate::view::numbers;
use crate::view::words::{derived, key, say, say_with, t};

const HEIGHT_PX: u32 = 168;
const TOP_PX: f64 = 8.0;
const BOTTOM_PX: f64 = 22.0;
/// Width until the chart has been measured.
const FIRST_WIDTH_PX: f64 = 420.0;

/// A series with its name and style.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    /// The key of its name.
    pub(crate) name: &'static str,
    /// Its colour, as a class of the style sheet.
    pub(crate) class: &'static str,
    /// Its points.
    pub(crate) series: RwSignal<Series>,
}

/// The range of the vertical axis.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Range {
    /// From zero, or lower, to the largest value.
    OfData,
    /// 0 to 1, or more if the data exceed that.
    Probability,
}

#[derive(Clone, PartialEq)]
struct Axes {
    width_px: f64,
    across: Axis,
    up: Axis,
}

impl Axes {
    fn of(width_px: f64, lines: &[Line; 2], range: Range) -> Self {
        let mut steps = (f64::INFINITY, f64::NEG_INFINITY);
        let mut values = (f64::INFINITY, f64::NEG_INFINITY);
        let mut spread = |points: &[Point]| {
            if let (Some(first), Some(last)) = (points.first(), points.last()) {
                steps = (steps.0.min(first.x), steps.1.max(last.x));
            }
            for point in points.iter().filter(|point| point.y.is_finite()) {
                values = (values.0.min(point.y), values.1.max(point.y));
            }
        };
        for line in lines {
            // The average determines the range: one spike must not flatten everything else.
            line.series.with(|series| spread(&series.average));
        }
        if steps.0 >= steps.1 {
            steps = if steps.0.is_finite() { (0.0, steps.0.max(1.0)) } else { (0.0, 100.0) };
        }
        let up = match range {
            Range::Probability if !values.0.is_finite() || (values.0 >= 0.0 && values.1 <= 1.0) => {
                Axis::exact(0.0, 1.0, 4)
            }
            _ if !values.0.is_finite() => Axis::exact(0.0, 2.0, 4),
            _ => Axis::nice(values.0.min(0.0), values.1 * 1.1, 4),
        };
        let ticks = (width_px / 90.0) as usize;
        Self { width_px, across: Axis::exact(steps.0, steps.1, ticks.max(2)), up }
    }

    /// Places where the rules begin and end.
    fn ends_px(&self) -> [f64; 2] {
        [left_px(&self.up), self.width_px - RIGHT_PX]
    }

    fn scales(&self) -> (Scale, Scale) {
        let [left, right] = self.ends_px();
        (
            Scale::new(self.across.domain, (left, right)),
            Scale::new(self.up.domain, (f64::from(HEIGHT_PX) - BOTTOM_PX, TOP_PX)),
        )
    }
}

/// The chart.
#[component]
pub(crate) fn Chart(
    title: &'static str,
    explained: &'static str,
    lines: [Line; 2],
    range: Range,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let width_px = RwSignal::new(FIRST_WIDTH_PX);
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            let measured = place.clone();
            on_resize(&place, move || {
                width_px.set(f64::from(measured.client_width()).max(200.0));
            });
        }
    });
    let axes = Memo::new(move |_| Axes::of(width_px.get(), &lines, range));
    let has_points = Signal::derive(move || {
        lines.iter().any(|line| line.series.with(|series| !series.measured.is_empty()))
    });
    view! {
        <figure class="chart">
            <figcaption>
                <h2>{t(title)}</h2>
                <span class="tip" tabindex="0" role="note" aria-label=t(explained)>
                    "?"<span class="tip-text" aria-hidden="true">{t(explained)}</span>
                </span>
                <ul class="legend">
                    {lines.map(|line| view! { <LegendEntry line=line/> }).collect_view()}
                </ul>
            </figcaption>
            <div node_ref=place class="plot">
                <svg
                    viewBox=derived(move || format!("0 0 {} {HEIGHT_PX}", fixed(width_px.get(), 0)))
                    height=HEIGHT_PX.to_string()
                    role="img"
                    aria-label=derived(move || summary(&lines))
                >
                    <Grid axes=axes/>
                    {lines.map(|line| view! { <Curve line=line axes=axes/> }).collect_view()}
                </svg>
                <p class="empty" hidden=has_points>{t("chart-empty")}</p>
            </div>
        </figure>
    }
}

#[component]
fn LegendEntry(line: Line) -> impl IntoView {
    let current = derived(move || {
        let last = line.series.with(|series| series.average.last().map(|point| point.y));
        last.map_or_else(|| "–".to_string(), numbers::measured)
    });
    view! {
        <li class=line.class>
            <span class="swatch" aria-hidden="true"></span>
            {t(line.name)}
            " "
            <span class="number">{current}</span>
        </li>
    }
}

#[component]
fn Curve(line: Line, axes: Memo<Axes>) -> impl IntoView {
    let path = move |pick: fn(&Series) -> &Vec<Point>| {
        let (across, up) = axes.get().scales();
        line.series.with(|series| line_path(pick(series), &across, &up))
    };
    view! {
        <g class=format!("curve {}", line.class)>
            <path class="measured" d=derived(move || path(|series| &series.measured))/>
            <path class="average" d=derived(move || path(|series| &series.average))/>
        </g>
    }
}

/// The rules and labels.
#[component]
fn Grid(axes: Memo<Axes>) -> impl IntoView {
    let markup = move || {
        let axes = axes.get();
        let (across, up) = axes.scales();
        grid_svg((&axes.across, &across), (&axes.up, &up), axes.ends_px(), f64::from(HEIGHT_PX))
    };
    view! { <g class="grid" inner_html=derived(markup)></g> }
}

fn summary(lines: &[Line; 2]) -> String {
    let sentences: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let summary = line.series.with(|series| Summary::of(&series.average))?;
            let trend = match summary.trend {
                Trend::Rising => key("trend-rising"),
                Trend::Falling => key("trend-falling"),
                Trend::Steady => key("trend-steady"),
            };
            Some(say_with(
                key("series-summary"),
                &[
                    ("name", say(line.name)),
                    ("last", numbers::measured(summary.last)),
                    ("trend", say(trend)),
                    ("minimum", numbers::measured(summary.minimum)),
                    ("maximum", numbers::measured(summary.maximum)),
                    ("step", numbers::grouped(summary.last_x as u64)),
                ],
            ))
        })
        .collect();
    if sentences.is_empty() { say(key("chart-empty")) } else { sentences.join(" ") }
}
