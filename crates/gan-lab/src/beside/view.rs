//! Shows runs side by side: their differences, samples, losses and scores.

use gan_protocol::{RunSpec, Score};
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;

use super::change::{OFFERS, changed};
use super::chart::RunsChart;
use super::comparison::{CHARTS, Comparison};
use super::others::MOST_OTHERS;
use super::{LETTERS, MOST_RUNS};
use crate::findings::ailment_name;
use crate::observation;
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::playground;
use crate::refusals::failure;
use crate::ticks::every_ms;
use crate::timeline::animation::{for_file, picture, square_around};
use crate::words::{key, say, say_with, t};

/// Time between two updates.
const LOOK_EVERY_MS: i32 = 500;
/// Name of the list's entry for a change that the user types.
const OWN: &str = "own";

/// What is to be changed in a run beside the page's.
#[derive(Clone, Copy)]
struct Choice {
    /// Name of the offer, or [`OWN`].
    chosen: RwSignal<String>,
    typed: RwSignal<String>,
}

impl Choice {
    fn patch(self) -> String {
        let chosen = self.chosen.get_untracked();
        let offer = OFFERS.iter().find(|offer| offer.name == chosen);
        offer.map_or_else(|| self.typed.get_untracked(), |offer| offer.patch.to_string())
    }
}

/// The names of the first offers that change the run `spec`, one for each other run.
fn first_useful(spec: &Value) -> [String; MOST_OTHERS] {
    let mut useful = OFFERS.iter().filter(|offer| is_useful(spec, offer.patch));
    [(); MOST_OTHERS].map(|()| useful.next().unwrap_or(&OFFERS[0]).name.to_string())
}

/// Whether a change gives another run, and a valid one.
fn is_useful(spec: &Value, patch: &str) -> bool {
    changed(spec, patch).is_ok_and(|other| other != *spec && RunSpec::from_value(other).is_ok())
}

/// The device's processors, as far as the browser tells.
fn processors() -> usize {
    web_sys::window().map_or(1, |window| window.navigator().hardware_concurrency() as usize)
}

#[component]
pub(crate) fn Beside() -> impl IntoView {
    let comparison = Comparison::new();
    // Another run may refuse other changes.
    let spec = RwSignal::new(playground::spec());
    let run = RwSignal::new(observation::run());
    every_ms(LOOK_EVERY_MS, move || {
        comparison.look();
        let now = observation::run();
        if run.get_untracked() != now {
            run.set(now);
        }
        let now = playground::spec();
        if spec.with_untracked(|spec| *spec != now) {
            spec.set(now);
        }
    });
    let choices = first_useful(&spec.get_untracked()).map(|name| Choice {
        chosen: RwSignal::new(name),
        typed: RwSignal::new(r#"{"batch_size": 128}"#.to_string()),
    });
    let others = RwSignal::new(1_usize);
    let is_open = Signal::derive(move || comparison.count() > 0);
    let begin = move |_| {
        let patches: Vec<String> =
            choices.iter().take(others.get_untracked()).map(|choice| choice.patch()).collect();
        comparison.begin(&patches);
    };
    let is_full = Signal::derive(move || (others.get() == MOST_OTHERS).to_string());
    let is_least = Signal::derive(move || (others.get() == 1).to_string());
    let shares = move || {
        let facts = [("count", processors().to_string())];
        (others.get() + 1 > processors()).then(|| say_with(key("beside-shares"), &facts))
    };
    view! {
        <section class="lab-beside" aria-label=t("beside-title")>
            <h2>{t("beside-title")}</h2>
            <p class="hint">{t("beside-hint")}</p>
            <WhyNoCopy run=run/>
            <div class="lab-beside-choices" hidden=move || run.with(cannot_copy)>
                {choices.into_iter().enumerate().map(|(at, choice)| view! {
                    <ChoiceRow at=at choice=choice spec=spec others=others/>
                }).collect_view()}
                <p class="hint" hidden=move || shares().is_none()>{shares}</p>
                <div class="lab-remedies">
                    <button class="primary" on:click=begin>{t("beside-begin")}</button>
                    <button
                        aria-disabled=is_full
                        on:click=move |_| others.update(|count| *count = (*count + 1).min(MOST_OTHERS))
                    >
                        {t("beside-add")}
                    </button>
                    <button
                        aria-disabled=is_least
                        on:click=move |_| others.update(|count| *count = (*count - 1).max(1))
                    >
                        {t("beside-remove")}
                    </button>
                    <button hidden=move || !is_open.get() on:click=move |_| comparison.end()>
                        {t("beside-end")}
                    </button>
                </div>
            </div>
            {failure(move || comparison.failed.get())}
            <div class="lab-beside-runs" hidden=move || !is_open.get()>
                <Differences comparison=comparison/>
                <div class="lab-run-pictures">
                    {(0..MOST_RUNS).map(|place| view! {
                        <RunPicture comparison=comparison place=place/>
                    }).collect_view()}
                </div>
                <Legend comparison=comparison/>
                <p class="hint lab-beside-note" hidden=move || !comparison.objectives_differ.get()>
                    {t("beside-objectives")}
                </p>
                {CHARTS.iter().zip(comparison.curves).map(|((title, class), curves)| {
                    let empty = move || curves[0].with(|curve| curve.points().is_empty());
                    view! {
                        <div hidden=empty><RunsChart title=title class=class curves=curves/></div>
                    }
                }).collect_view()}
            </div>
        </section>
    }
}

/// The list of changes for the other run at the place `at`.
#[component]
fn ChoiceRow(
    at: usize,
    choice: Choice,
    spec: RwSignal<Value>,
    others: RwSignal<usize>,
) -> impl IntoView {
    let Choice { chosen, typed } = choice;
    let id =
        if at == 0 { "lab-beside-change".to_string() } else { format!("lab-beside-change-{at}") };
    let label = move || say_with(key("beside-change"), &[("letter", LETTERS[at + 1].to_string())]);
    let is_left_out = Signal::derive(move || at >= others.get());
    view! {
        <div class="lab-beside-choice" hidden=is_left_out>
            <label for=id.clone()>{label}</label>
            <select
                id=id
                prop:value=chosen
                on:change=move |event| chosen.set(event_target_value(&event))
            >
                {OFFERS.map(|offer| {
                    let useless = move || spec.with(|spec| !is_useful(spec, offer.patch));
                    let is_chosen = move || chosen.with(|chosen| chosen == offer.name);
                    view! {
                        <option value=offer.name disabled=useless selected=is_chosen>{t(offer.name)}</option>
                    }
                }).collect_view()}
                <option value=OWN>{t("change-own")}</option>
            </select>
            <input
                type="text"
                spellcheck="false"
                aria-label=t("change-own")
                hidden=move || chosen.with(|chosen| chosen != OWN)
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </div>
    }
}

#[component]
fn Differences(comparison: Comparison) -> impl IntoView {
    let list = move || {
        let row = |(differs, letter): (Vec<String>, &str)| {
            let told = match differs.is_empty() {
                true => say(key("beside-same")),
                false => differs.join(" · "),
            };
            view! { <li><strong>{letter.to_string()}</strong> " " {told}</li> }
        };
        let all = comparison.differs.get().into_iter().zip(LETTERS.into_iter().skip(1));
        view! { <ul>{all.map(row).collect_view()}</ul> }
    };
    view! {
        <div class="lab-differences">
            <h3>{t("beside-differs")}</h3>
            {list}
        </div>
    }
}

/// The dashes of the runs' lines.
#[component]
fn Legend(comparison: Comparison) -> impl IntoView {
    let of = move |place: usize| {
        let name = LETTERS[place];
        let class = format!("run-{}", name.to_ascii_lowercase());
        let is_absent = Signal::derive(move || place >= comparison.count());
        view! {
            <span hidden=is_absent>
                <svg width="40" height="8" class=class><path d="M0 4H40"/></svg>
                {name}
            </span>
        }
    };
    view! {
        <p class="hint lab-beside-legend" aria-hidden="true">
            {(0..MOST_RUNS).map(of).collect_view()}
        </p>
    }
}

#[component]
fn RunPicture(comparison: Comparison, place: usize) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let image = observation::run().image;
        let all = comparison.samples.map(|samples| samples.get());
        if let Some(samples) = &all[place] {
            let square = square_around(all.iter().flatten());
            for_file(&picture(samples, image, square)).show(&canvas);
        }
    });
    let told = Signal::derive(move || {
        let state = comparison.states[place].get();
        let score = |score: Score| state.seen.scores.get(&score).copied();
        let name = match place {
            0 => say(key("beside-first")),
            _ => LETTERS[place].to_string(),
        };
        let mut facts = vec![("name", name), ("step", state.seen.step.to_string())];
        let diversity =
            score(Score::Diversity).map_or("–".into(), |d| format!("{:.0}", 100.0 * d));
        facts.push(("diversity", diversity));
        match score(Score::ModesCovered).zip(score(Score::Modes)) {
            None => say_with(key("beside-run"), &facts),
            Some((covered, all)) => {
                facts.push(("covered", covered.to_string()));
                facts.push(("all", all.to_string()));
                say_with(key("beside-run-modes"), &facts)
            }
        }
    });
    let ills = move || {
        let found = comparison.states[place].with(|state| state.seen.findings.clone());
        let names: Vec<String> = found.iter().map(|one| say(ailment_name(one.kind))).collect();
        names.join(" · ")
    };
    let is_absent = Signal::derive(move || place >= comparison.count());
    view! {
        <figure class="lab-run" hidden=is_absent>
            <canvas node_ref=canvas role="img" aria-label=told></canvas>
            <figcaption>
                <span class="number">{told}</span>
                <strong>{ills}</strong>
            </figcaption>
        </figure>
    }
}
