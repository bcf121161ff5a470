//! Shows the past: a slider through it, and files of it.

use leptos::html;
use leptos::prelude::*;

use super::animation::{animation, for_file, picture, square};
use super::record::{Samples, Timeline};
use super::recording::Past;
use gan_protocol::Score;

use crate::pictures::points::csv;
use crate::saving::{save, save_address};
use crate::words::{key, say_with, t};

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
