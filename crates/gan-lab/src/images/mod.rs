//! A closer look at samples: the digits drawn, the discriminator's verdicts on images and on a
//! drawing, a game against it, a map of the data, mixtures of styles,
//! the nearest real images, edits of a digit, and classifiers that are taught with samples; and the generator itself, of images or
//! points, to explore and to download.

mod board;
mod course;
mod digits;
mod drawing;
mod edit;
mod game;
mod generator;
mod map;
mod nearest;
mod restoring;
mod styles;
mod verdicts;

pub(crate) use digits::{DigitCounts, digit_shares};
pub(crate) use generator::{give_back_later, object_url};
use leptos::html;
use leptos::prelude::*;

use crate::importing::{Import, ImportView};
use crate::observation::{self, Run};
use crate::picture::Picture;
use crate::ticks::every_ms;
use crate::unopened::Opened;
use crate::words::t;

/// Time between two readings of the run's description.
const LOOK_EVERY_MS: i32 = 500;

/// The current run, read at intervals.
fn followed_run() -> RwSignal<Run> {
    let run = RwSignal::new(observation::run());
    every_ms(LOOK_EVERY_MS, move || {
        let now = observation::run();
        if run.get_untracked() != now {
            run.set(now);
        }
    });
    run
}

/// The generator, to explore and to download.
#[component]
pub(crate) fn TakeGenerator(opened: Opened, import: Import) -> impl IntoView {
    let run = followed_run();
    view! {
        <section class="lab-images" aria-label=t("generator-title")>
            <generator::Generator run=run opened=opened/>
            <ImportView import=import/>
        </section>
    }
}

/// A closer look at images; the plane shows as much of points.
#[component]
pub(crate) fn Images(digits: DigitCounts) -> impl IntoView {
    let run = followed_run();
    let on_points = Signal::derive(move || run.get().on_points);
    // A discriminator that sees the picture beside the sample cannot be asked about the sample alone.
    let unjudged = Signal::derive(move || {
        let run = run.get();
        run.on_points || run.judges_pairs
    });
    // Classifiers are taught with images of known classes.
    let untaught = Signal::derive(move || {
        let run = run.get();
        run.on_points || run.is_given
    });
    view! {
        <section class="lab-images" aria-label=t("images-title")>
            <restoring::Restoring run=run/>
            <digits::Digits counts=digits run=run/>
            <verdicts::Verdicts run=run hidden=unjudged/>
            <game::GameView run=run hidden=unjudged/>
            <styles::Styles run=run/>
            <map::MapView run=run hidden=on_points/>
            <nearest::NearestReals run=run hidden=on_points/>
            <edit::Edit run=run hidden=on_points/>
            <course::CourseView run=run hidden=untaught/>
            <p class="hint" hidden=move || !on_points.get()>{t("look-points")}</p>
        </section>
    }
}

/// Pixels of one image, under their name.
#[component]
fn Pictured(name: &'static str, pixels: Signal<Vec<u8>>, image: [usize; 3]) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            pixels.with(|pixels| Picture::of_images(pixels, image, 1).show(&canvas));
        }
    });
    view! {
        <figure>
            <canvas node_ref=canvas role="img" aria-label=t(name)></canvas>
            <figcaption aria-hidden="true">{t(name)}</figcaption>
        </figure>
    }
}

/// A discriminator's output in words: a percentage for a probability or an output with targets,
/// else the number; a dash for NaN.
pub(crate) fn verdict_text(run: &Run, output: f32) -> String {
    if output.is_nan() {
        return "–".to_string();
    }
    match run.objective {
        Some(objective) if objective.gives_probability() => {
            format!("{:.0} %", 100.0 / (1.0 + (-output).exp()))
        }
        Some(objective) if objective.has_targets() => {
            format!("{:.0} %", 100.0 * output.clamp(0.0, 1.0))
        }
        // Avoids a minus sign before zero.
        _ => format!("{:.2}", (100.0 * output).round() / 100.0 + 0.0),
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::Objective;

    use super::*;

    #[test]
    fn verdicts_are_shares_where_they_stand_for_some() {
        let told = |objective, output| {
            verdict_text(&Run { objective: Some(objective), ..Run::default() }, output)
        };
        assert_eq!(told(Objective::NonSaturating, 0.0), "50 %");
        assert_eq!(told(Objective::LeastSquares, 1.3), "100 %");
        assert_eq!(told(Objective::Hinge, -1.25), "-1.25");
        assert_eq!(told(Objective::Linear, -0.001), "0.00");
        assert_eq!(told(Objective::NonSaturating, f32::NAN), "–");
    }
}
