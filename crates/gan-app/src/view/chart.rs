//! A line chart: two series over the steps, with axes, legend, the values of a step under a cursor, and a summary in
//! words for users who cannot see it.

mod axes;
mod cursor;
mod texts;

use gan_plot::{Point, edge_marks, fixed, line_path};
use leptos::html;
use leptos::prelude::*;

use crate::effects::browser::on_resize;
use crate::effects::display::{Display, Series};
use crate::model::run_state::Column;
use crate::view::numbers;
use crate::view::words::{derived, key, say, t};
pub(crate) use axes::Measure;
use axes::{Axes, HEIGHT_PX, levels};
use cursor::Cursor;

/// Width until the chart has been measured.
const FIRST_WIDTH_PX: f64 = 420.0;

/// A series with its name and style.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    /// The key of its name.
    pub(crate) name: &'static str,
    /// Its colour, as a class of the style sheet.
    pub(crate) class: &'static str,
    /// Its place in the history.
    pub(crate) column: Column,
}

/// The chart.
#[component]
pub(crate) fn Chart(
    title: &'static str,
    explained: &'static str,
    lines: [Line; 2],
    measure: Measure,
) -> impl IntoView {
    let display = expect_context::<Display>();
    let series = lines.map(|line| display.series[line.column as usize]);
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
    let axes = Memo::new(move |_| {
        let levels =
            display.settings.with(|settings| levels(&settings.spec.equilibrium(), measure));
        series[0].with(|first| {
            series[1].with(|second| {
                Axes::of(width_px.get(), [&first.average, &second.average], measure, levels)
            })
        })
    });
    let has_points = Signal::derive(move || {
        series.iter().any(|series| series.with(|series| !series.measured.is_empty()))
    });
    let grid = move || {
        let changes = display.settings.with(|settings| settings.changes.clone());
        let name = match measure {
            Measure::Loss => key("axis-loss"),
            Measure::Score => key("axis-score"),
        };
        axes.get().grid_svg(&changes, [key("status-step"), name].map(say))
    };
    let reading = move || {
        let Some((step, values)) = display.reading.get() else { return String::new() };
        let dots = lines.map(|line| (line.class, values[line.column as usize]));
        axes.get().reading_svg(step, dots, &texts::note(display, axes, step))
    };
    view! {
        <figure class="chart">
            <figcaption>
                <h2>{t(title)}</h2>
                <span class="tip" tabindex="0" role="note" aria-label=t(explained)>
                    "?"<span class="tip-text" aria-hidden="true">{t(explained)}</span>
                </span>
                <span class="at number">{derived(move || texts::step(display.reading.get()))}</span>
                <ul class="legend">
                    {lines.map(|line| view! { <LegendEntry line=line/> }).collect_view()}
                </ul>
            </figcaption>
            <div node_ref=place class="plot">
                <svg
                    viewBox=derived(move || format!("0 0 {} {HEIGHT_PX}", fixed(width_px.get(), 0)))
                    height=HEIGHT_PX.to_string()
                    role="img"
                    aria-label=derived(move || summary(lines.map(|line| line.name), series))
                >
                    <g class="grid" inner_html=derived(grid)></g>
                    {[0, 1].map(|one| view! {
                        <Curve class=lines[one].class series=series[one] axes=axes/>
                    }).collect_view()}
                    <g inner_html=derived(move || axes.get().levels_svg(&say(key("equilibrium"))))></g>
                    <g class="reading" inner_html=derived(reading)></g>
                </svg>
                <p class="empty" hidden=has_points>{t("chart-empty")}</p>
                <Cursor title=title lines=lines axes=axes has_points=has_points/>
            </div>
        </figure>
    }
}

#[component]
fn LegendEntry(line: Line) -> impl IntoView {
    let display = expect_context::<Display>();
    let current = derived(move || {
        let place = line.column as usize;
        let value = match display.reading.get() {
            Some((_, values)) => Some(values[place]),
            None => display.series[place].with(|series| series.average.last().map(|last| last.y)),
        };
        value.map_or_else(|| "–".to_string(), numbers::measured)
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
fn Curve(class: &'static str, series: RwSignal<Series>, axes: Memo<Axes>) -> impl IntoView {
    let path = move |pick: fn(&Series) -> &Vec<Point>| {
        let (across, up) = axes.get().scales();
        series.with(|series| line_path(pick(series), &across, &up))
    };
    let beyond = move || {
        let (across, up) = axes.get().scales();
        series.with(|series| {
            edge_marks(&series.measured, &across, &up) + &edge_marks(&series.average, &across, &up)
        })
    };
    view! {
        <g class=format!("curve {class}")>
            <path class="measured" d=derived(move || path(|series| &series.measured))/>
            <path class="average" d=derived(move || path(|series| &series.average))/>
            <path class="beyond" d=derived(beyond)/>
        </g>
    }
}

fn summary(names: [&'static str; 2], series: [RwSignal<Series>; 2]) -> String {
    let sentences: Vec<_> = names
        .into_iter()
        .zip(series)
        .filter_map(|(name, series)| series.with(|series| texts::summary(name, &series.average)))
        .collect();
    if sentences.is_empty() { say(key("chart-empty")) } else { sentences.join(" ") }
}
