//! Shows the past: a slider through it, and files of it.

use leptos::html;
use leptos::prelude::*;

use super::animation::{animation, for_file, picture, square};
use super::record::{Figures, Moment, Samples, Timeline};
use gan_protocol::Score;

use crate::observation;
use crate::pictures::points::csv;
use crate::playground;
use crate::saving::{save, save_address};
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 500;
/// Samples of a moment.
const IMAGES: u32 = 16;
const POINTS: u32 = 500;
/// Seed of the latents of all moments.
const SEED: u32 = 1 << 21;

#[component]
pub(crate) fn TimelineView() -> impl IntoView {
    let kept = RwSignal::new(Timeline::default());
    let run = RwSignal::new(observation::run());
    // The moment shown; `None` for the newest.
    let chosen = RwSignal::new(None::<usize>);
    let asked = StoredValue::new(false);
    every_ms(LOOK_EVERY_MS, move || {
        let (now, run_now) = (observation::observed(), observation::run());
        if run_now != run.get_untracked() || kept.with_untracked(|kept| kept.is_outrun_by(now.step))
        {
            run.set(run_now);
            kept.set(Timeline::default());
            chosen.set(None);
        }
        if now.step > 0 {
            let (step, scores) = (now.step, now.scores.clone());
            let figures = Figures { step, losses: observation::losses(), scores };
            // Figures are not shown, so that no update is needed.
            kept.update_untracked(|kept| kept.note(figures));
        }
        let is_due = kept.with_untracked(|kept| kept.is_due(now.step));
        if asked.get_value() || !is_due || now.step == 0 {
            return;
        }
        asked.set_value(true);
        let count = if run_now.on_points { POINTS } else { IMAGES };
        playground::sample_any(count, SEED, move |samples| {
            asked.set_value(false);
            // The run may have been replaced by now.
            if let Some(samples) = samples
                && observation::run() == run_now
            {
                kept.update(|kept| {
                    kept.keep(Moment { step: now.step, samples, scores: now.scores });
                });
            }
        });
    });
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
