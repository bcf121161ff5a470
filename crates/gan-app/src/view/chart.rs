//! A line chart: two series over the steps, with axes, legend, the values of a step under a cursor, and a summary in
//! words for users who cannot see it.

mod axes;
mod cursor;
mod texts;

use gan_plot::fixed;
use leptos::html;
use leptos::prelude::*;

use crate::effects::browser::on_resize;
use crate::effects::display::{Display, Series};
use crate::effects::page::with;
use crate::model::run_state::Column;
use crate::view::events::click;
use crate::view::numbers;
use crate::view::words::{derived, key, say, t};
pub(crate) use axes::Measure;
use axes::{Axes, HEIGHT_PX, Marks, levels};

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

/// What a chart draws. Its functions read signals; one function for each kind of thing that is read, as each place where
/// a signal is read adds to the download.
#[derive(Clone, Copy)]
struct Plot {
    display: Display,
    width_px: RwSignal<f64>,
    lines: [Line; 2],
    measure: Measure,
}

impl Plot {
    fn series(&self, line: usize) -> Series {
        self.display.series[self.lines[line].column as usize].get()
    }

    /// The axes, and what is to be marked on them.
    fn axes(&self, [first, second]: [&Series; 2]) -> (Axes, Marks) {
        let (equilibrium, marks) = self.display.settings.with(|settings| {
            let (changes, findings) = (settings.changes.clone(), settings.findings.clone());
            (settings.spec.equilibrium(), Marks { changes, findings })
        });
        let levels = levels(&equilibrium, self.measure);
        let averages = [&*first.average, &*second.average];
        (Axes::of(self.width_px.get(), averages, self.measure, levels), marks)
    }

    /// All that does not change while a step is read.
    fn picture(&self) -> String {
        let (first, second) = (self.series(0), self.series(1));
        let (axes, marks) = self.axes([&first, &second]);
        let name = match self.measure {
            Measure::Loss => key("axis-loss"),
            Measure::Score => key("axis-score"),
        };
        let [one, other] = self.lines;
        axes.picture_svg(
            [(one.class, &first), (other.class, &second)],
            &marks,
            [&say(key("status-step")), &say(name), &say(key("equilibrium"))],
        )
    }

    /// The step that is read, with its values and what is marked near it: as a picture and in words. Empty
    /// where no step is read.
    fn reading(&self) -> (String, String) {
        let Some((step, values)) = self.display.reading.get() else { return Default::default() };
        let (axes, marks) = self.axes([&self.series(0), &self.series(1)]);
        let note = match (axes.change_near(&marks, step), axes.has_finding_near(&marks, step)) {
            (Some(change), _) => texts::change(change),
            (None, true) => say(key("chart-finding")),
            (None, false) => String::new(),
        };
        let [one, other] = self.lines;
        let [first, second] = [values[one.column as usize], values[other.column as usize]];
        let dots = [(one.class, first), (other.class, second)];
        let told = [(one.name, first), (other.name, second)];
        (axes.reading_svg(step, dots, &note), texts::reading(step, told, &note))
    }

    fn summary(&self) -> String {
        let told = |line: usize| texts::summary(self.lines[line].name, &self.series(line).average);
        match (told(0), told(1)) {
            (Some(first), Some(second)) => [&first, " ", &second].concat(),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => say(key("chart-empty")),
        }
    }
}

/// The chart. The place that takes pointers and keys is a slider along the steps. It lies beside the picture, as
/// assistive technology leaves out what is inside a slider.
#[component]
pub(crate) fn Chart(
    title: &'static str,
    explained: &'static str,
    lines: [Line; 2],
    measure: Measure,
) -> impl IntoView {
    let display = expect_context::<Display>();
    let width_px = RwSignal::new(FIRST_WIDTH_PX);
    let plot = Plot { display, width_px, lines, measure };
    let [place, slider] = [NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new()];
    Effect::new(move |is_followed: Option<bool>| {
        let (Some(place), Some(slider)) = (place.get(), slider.get()) else { return false };
        if is_followed != Some(true) {
            let measured = place.clone();
            on_resize(&place, move || {
                width_px.set(f64::from(measured.client_width()).max(200.0));
            });
            cursor::follow(&slider, plot);
        }
        cursor::tell(&slider, &plot);
        true
    });
    let has_points = Signal::derive(move || {
        !(plot.series(0).measured.is_empty() && plot.series(1).measured.is_empty())
    });
    view! {
        <figure class="chart">
            <figcaption>
                <h2>{t(title)}</h2>
                <span class="tip" tabindex="0" role="note" aria-label=t(explained)>
                    "?"<span class="tip-text" aria-hidden="true">{t(explained)}</span>
                </span>
                {(measure == Measure::Loss).then(|| view! { <ZoomButtons display=display/> })}
                <span class="at number">{derived(move || {
                    display.reading.get().map_or_else(String::new, |(step, _)| texts::step_measured(step))
                })}</span>
                <ul class="legend">
                    {lines.map(|line| view! { <LegendEntry line=line/> }).collect_view()}
                </ul>
            </figcaption>
            <div node_ref=place class="plot">
                <svg
                    viewBox=derived(move || format!("0 0 {} {HEIGHT_PX}", fixed(width_px.get(), 0)))
                    height=HEIGHT_PX.to_string()
                    role="img"
                    aria-label=derived(move || plot.summary())
                >
                    <g inner_html=derived(move || plot.picture())></g>
                    <g class="reading" inner_html=derived(move || plot.reading().0)></g>
                </svg>
                <p class="empty" hidden=has_points>{t("chart-empty")}</p>
                <div node_ref=slider class="cursor" role="slider" tabindex="0" aria-label=t(title) title=t("chart-keys")></div>
            </div>
        </figure>
    }
}

/// Both charts show the same steps: one pair of buttons for both.
#[component]
fn ZoomButtons(display: Display) -> impl IntoView {
    let button = |label: &'static str, sign: &'static str, closer: bool| {
        let is_useless = Signal::derive(move || {
            let can = if closer { display.can_zoom.get() } else { !display.zoom.get().is_whole() };
            !can
        });
        view! {
            <button
                class="quiet icon"
                aria-label=t(label)
                title=t(label)
                aria-disabled=derived(move || is_useless.get().to_string())
                on:click=click(move || with(|page| page.zoom(closer)))
            >
                <svg viewBox="0 0 20 20" aria-hidden="true">
                    <path d=sign fill="none" stroke="currentColor" stroke-width="1.6"/>
                </svg>
            </button>
        }
    };
    view! {
        <span class="zoom">
            {button(key("zoom-out"), "M4 10h12", false)}
            {button(key("zoom-in"), "M4 10h12M10 4v12", true)}
        </span>
    }
}

#[component]
fn LegendEntry(line: Line) -> impl IntoView {
    let display = expect_context::<Display>();
    let place = line.column as usize;
    let current = derived(move || {
        let value = match display.reading.get() {
            Some((_, values)) => Some(values[place]),
            None => display.series[place].get().average.last().map(|last| last.y),
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
