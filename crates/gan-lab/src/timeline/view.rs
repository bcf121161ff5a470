//! Shows the past: a slider through it, and files of it.

use leptos::html;
use leptos::prelude::*;

use super::animation::{animation, for_file, picture, square};
use super::chart::{LossChart, height_px};
use super::record::{Moment, Samples, Timeline};
use super::recording::Past;
use gan_protocol::Score;

use crate::pictures::points::csv;
use crate::saving::{save, save_address};
use crate::words::{key, say_with, t};

const FIRST_WIDTH_PX: f64 = 420.0;

#[component]
pub(crate) fn TimelineView(past: Past) -> impl IntoView {
    let Past { kept, run, chosen } = past;
    let canvas = NodeRef::<html::Canvas>::new();
    let last = Signal::derive(move || kept.with(|kept| kept.moments.len().saturating_sub(1)));
    let at = move || chosen.get().map_or(last.get(), |chosen| chosen.min(last.get()));
    Effect::new(move |_| {
        let (Some(canvas), at) = (canvas.get(), at()) else { return };
        let image = run.get_untracked().image;
        kept.with(|kept| {
            if let Some(moment) = kept.moments.get(at) {
                for_file(&picture(&moment.samples, image, square(kept))).show(&canvas);
            }
        });
    });
    let told = Signal::derive(move || {
        let at = at();
        kept.with(|kept| {
            let Some(moment) = kept.moments.get(at) else { return String::new() };
            let mut facts = vec![("step", moment.step.to_string())];
            let diversity = moment.scores.get(&Score::Diversity);
            facts
                .push(("diversity", diversity.map_or("–".into(), |d| format!("{:.0}", 100.0 * d))));
            for (name, loss) in
                ["generator", "discriminator"].into_iter().zip(losses_at(kept, moment))
            {
                facts.push((name, loss.map_or("–".into(), |loss| format!("{loss:.3}"))));
            }
            say_with(key("timeline-moment"), &facts)
        })
    });
    let hidden = Signal::derive(move || kept.with(|kept| kept.moments.is_empty()));
    let is_alone = Signal::derive(move || last.get() == 0);
    let slid = move |event| {
        if let Ok(place) = event_target_value(&event).parse::<usize>() {
            chosen.set((place < last.get_untracked()).then_some(place));
        }
    };
    let save_gif = move |_| {
        let bytes = kept.with_untracked(|kept| animation(kept, run.get_untracked().image));
        if let Some(bytes) = bytes {
            save(&bytes, "image/gif", "run.gif");
        }
    };
    let save_csv =
        move |_| save(kept.with_untracked(Timeline::csv).as_bytes(), "text/csv", "run.csv");
    let save_points = move |_| {
        let samples = kept.with_untracked(|kept| {
            kept.moments
                .get(chosen.get_untracked().unwrap_or(last.get_untracked()))
                .map(|it| it.samples.clone())
        });
        if let Some(Samples::Points(points)) = samples {
            save(csv(&points).as_bytes(), "text/csv", "points.csv");
        }
    };
    let save_png = move |_| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let address = canvas.to_data_url_with_type("image/png");
        if let Ok(address) = address {
            save_address(&address, "samples.png");
        }
    };
    view! {
        <section class="lab-timeline" hidden=hidden aria-label=t("timeline-title")>
            <h2>{t("timeline-title")}</h2>
            <p class="hint">{t("timeline-hint")}</p>
            <canvas node_ref=canvas role="img" aria-label=told></canvas>
            <label for="lab-timeline-moment" hidden=is_alone>{t("timeline-slider")}</label>
            <input
                id="lab-timeline-moment"
                type="range"
                hidden=is_alone
                min="0"
                max=move || last.get().to_string()
                step="1"
                prop:value=move || at().to_string()
                aria-valuetext=told
                on:input=slid
            />
            <p class="hint number">{told}</p>
            <Losses past=past at=Signal::derive(at)/>
            <div class="lab-remedies">
                <button on:click=save_gif>"GIF"</button>
                <button on:click=save_png>"PNG"</button>
                <button on:click=save_csv>"CSV"</button>
                <button hidden=move || !run.get().on_points on:click=save_points>
                    {t("timeline-points")}
                </button>
            </div>
        </section>
    }
}

/// The losses at a moment.
fn losses_at(kept: &Timeline, moment: &Moment) -> [Option<f64>; 2] {
    kept.figures_at(moment.step).map_or([None; 2], |figures| figures.losses)
}

/// Both losses over the steps, with a line at the moment `at`; a press shows the nearest moment. The
/// slider does the same by the keyboard.
#[component]
fn Losses(past: Past, at: Signal<usize>) -> impl IntoView {
    let Past { kept, chosen, .. } = past;
    let place = NodeRef::<html::Div>::new();
    let width_px = RwSignal::new(FIRST_WIDTH_PX);
    Effect::new(move |_| {
        kept.track();
        if let Some(place) = place.get().filter(|place| place.client_width() > 0) {
            let now = f64::from(place.client_width());
            if width_px.get_untracked() != now {
                width_px.set(now);
            }
        }
    });
    let chart = move || kept.with(|kept| LossChart::of(kept, width_px.get()));
    let picture = move || {
        let losses = kept.with(|kept| {
            let moment = kept.moments.get(at.get())?;
            Some((moment.step, losses_at(kept, moment)))
        });
        chart()
            .zip(losses)
            .map_or_else(String::new, |(chart, (step, losses))| chart.picture(step, losses))
    };
    let is_empty = Memo::new(move |_| chart().is_none());
    let press = move |event: leptos::ev::PointerEvent| {
        if event.buttons() == 0 {
            return;
        }
        let step = untrack(chart).map(|chart| chart.step_at(f64::from(event.offset_x())));
        let nearest = step.and_then(|step| kept.with_untracked(|kept| kept.nearest_moment(step)));
        if let Some(nearest) = nearest {
            let last = kept.with_untracked(|kept| kept.moments.len() - 1);
            chosen.set((nearest < last).then_some(nearest));
        }
    };
    view! {
        <figure class="chart lab-past-losses" hidden=is_empty>
            <figcaption>
                <h3>{t("timeline-losses")}</h3>
                <p class="lab-past-nets">
                    <span class="generator">{t("timeline-generator")}</span>
                    " "
                    <span class="discriminator">{t("timeline-discriminator")}</span>
                </p>
            </figcaption>
            <div node_ref=place class="plot" on:pointerdown=press on:pointermove=press>
                <svg
                    viewBox=move || format!("0 0 {:.0} {:.0}", width_px.get(), height_px())
                    height=format!("{:.0}", height_px())
                    aria-hidden="true"
                    inner_html=picture
                ></svg>
            </div>
        </figure>
    }
}
