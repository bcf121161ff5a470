//! Shows two runs side by side: their differences, samples, losses and scores.

use gan_protocol::{RunSpec, Score};
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;

use super::change::{OFFERS, changed};
use super::chart::{Curve, PairChart};
use super::second::{self, State};
use crate::driving;
use crate::findings::ailment_name;
use crate::observation;
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::playground;
use crate::settings::{self, lines};
use crate::ticks::every_ms;
use crate::timeline::animation::{for_file, picture, square_around};
use crate::timeline::record::Samples;
use crate::words::{key, say, say_with, t};

/// Time between two updates.
const LOOK_EVERY_MS: i32 = 500;
/// Samples of each run.
const IMAGES: u32 = 16;
const POINTS: u32 = 500;
/// Seed of the latents of both runs' samples.
const SEED: u32 = 3 << 20;
/// Name of the list's entry for a change that the user types.
const OWN: &str = "own";
/// The compared figures: the keys of their names, and the colours of their nets.
const CHARTS: [(&str, &str); 4] = [
    (key("beside-generator-loss"), "generator"),
    (key("beside-discriminator-loss"), "discriminator"),
    (key("beside-diversity"), "neutral"),
    (key("beside-modes"), "neutral"),
];

/// The state of the comparison.
#[derive(Clone, Copy)]
struct Comparison {
    /// The fields in which the runs differ; `None` without a comparison.
    differs: RwSignal<Option<Vec<String>>>,
    states: [RwSignal<State>; 2],
    samples: [RwSignal<Option<Samples>>; 2],
    curves: [[RwSignal<Curve>; 2]; CHARTS.len()],
    failed: RwSignal<Option<String>>,
    /// The second run's spec.
    second: StoredValue<serde_json::Value>,
    /// Whether both runs have begun; before that the page still shows the old run.
    begun: StoredValue<bool>,
    /// Whether the second run trains, according to the last command.
    second_runs: StoredValue<bool>,
    /// Whether samples of each run are under way.
    asked: StoredValue<[bool; 2]>,
}

impl Comparison {
    fn new() -> Self {
        let pair = || [(); 2].map(|()| RwSignal::new(Curve::default()));
        Self {
            differs: RwSignal::new(None),
            states: [(); 2].map(|()| RwSignal::new(State::default())),
            samples: [(); 2].map(|()| RwSignal::new(None)),
            curves: CHARTS.map(|_| pair()),
            failed: RwSignal::new(None),
            second: StoredValue::new(serde_json::Value::Null),
            begun: StoredValue::new(false),
            second_runs: StoredValue::new(false),
            asked: StoredValue::new([false; 2]),
        }
    }

    /// Restarts the page's run, and trains beside it the run that `patch` makes of it.
    fn begin(self, patch: &str) {
        let first = playground::spec();
        let second = changed(&first, patch);
        let checked = second.and_then(|second| {
            let read = RunSpec::from_value(second.clone());
            read.map(|_| second).map_err(|error| error.to_string())
        });
        let second = match checked {
            Ok(second) => second,
            Err(message) => return self.failed.set(Some(message)),
        };
        self.forget();
        self.failed.set(None);
        self.differs.set(Some(differences(&first, &second)));
        self.second.set_value(second.clone());
        second::begin(&second, move |begun| match begun {
            Ok(()) => {
                self.second_runs.set_value(true);
                driving::train_anew(move |begun| match begun {
                    Ok(()) => self.begun.set_value(true),
                    Err(message) => {
                        self.end();
                        self.failed.set(Some(message));
                    }
                });
            }
            Err(message) => {
                self.differs.set(None);
                self.failed.set(Some(message));
            }
        });
    }

    fn end(self) {
        second::end();
        self.differs.set(None);
    }

    fn forget(self) {
        self.begun.set_value(false);
        self.second_runs.set_value(false);
        self.asked.set_value([false; 2]);
        self.states.iter().for_each(|state| state.set(State::default()));
        self.samples.iter().for_each(|samples| samples.set(None));
        self.curves.iter().flatten().for_each(|curve| curve.set(Curve::default()));
    }

    /// Updates the state of both runs.
    fn look(self) {
        if self.differs.with_untracked(Option::is_none) || !self.begun.get_value() {
            return;
        }
        self.follow_phase();
        let now = [second::state_of_first(), second::state()];
        if let Some(error) = now[1].error.clone() {
            self.end();
            return self.failed.set(Some(error));
        }
        // The page has loaded another run, or restarted this one.
        if now[0].seen.step < self.states[0].with_untracked(|before| before.seen.step) {
            return self.end();
        }
        // Settings that change during a run are changed in the first run alone.
        let differs =
            Some(self.second.with_value(|second| differences(&playground::spec(), second)));
        if self.differs.with_untracked(|before| *before != differs) {
            self.differs.set(differs);
        }
        for (place, state) in now.iter().enumerate() {
            let step = state.seen.step;
            let score = |score: Score| state.seen.scores.get(&score).copied();
            let figures = [
                state.generator_loss,
                state.discriminator_loss,
                score(Score::Diversity),
                score(Score::ModesCovered),
            ];
            for (curves, figure) in self.curves.iter().zip(figures) {
                curves[place].update(|curve| curve.note(step, figure));
            }
        }
        for (signal, state) in self.states.iter().zip(now) {
            signal.set(state);
        }
        self.take_samples();
    }

    /// Pauses and resumes the second run with the page's.
    fn follow_phase(self) {
        let runs = playground::is_running();
        if runs != self.second_runs.get_value() {
            self.second_runs.set_value(runs);
            second::let_run(runs);
        }
    }

    fn take_samples(self) {
        let count = if observation::run().on_points { POINTS } else { IMAGES };
        let done = move |place: usize| {
            move |samples: Option<Samples>| {
                self.asked.update_value(|asked| asked[place] = false);
                if samples.is_some() && self.differs.with_untracked(Option::is_some) {
                    self.samples[place].set(samples);
                }
            }
        };
        let asked = self.asked.get_value();
        self.asked.set_value([true; 2]);
        if !asked[0] {
            playground::sample_any(count, SEED, done(0));
        }
        if !asked[1] {
            second::sample(count, SEED, done(1));
        }
    }
}

#[component]
pub(crate) fn Beside() -> impl IntoView {
    let comparison = Comparison::new();
    let chosen = RwSignal::new(OFFERS[0].name.to_string());
    let typed = RwSignal::new(r#"{"batch_size": 128}"#.to_string());
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
    let is_open = Signal::derive(move || comparison.differs.with(Option::is_some));
    let begin = move |_| {
        let chosen = chosen.get_untracked();
        let offer = OFFERS.iter().find(|offer| offer.name == chosen);
        match offer {
            Some(offer) => comparison.begin(offer.patch),
            None => comparison.begin(&typed.get_untracked()),
        }
    };
    view! {
        <section class="lab-beside" aria-label=t("beside-title")>
            <h2>{t("beside-title")}</h2>
            <p class="hint">{t("beside-hint")}</p>
            <WhyNoCopy run=run/>
            <div class="lab-beside-choice" hidden=move || run.with(cannot_copy)>
                <label for="lab-beside-change">{t("beside-change")}</label>
                <select
                    id="lab-beside-change"
                    on:change=move |event| chosen.set(event_target_value(&event))
                >
                    {OFFERS.map(|offer| {
                        let useless = move || spec.with(|spec| !is_useful(spec, offer.patch));
                        view! { <option value=offer.name disabled=useless>{t(offer.name)}</option> }
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
                <button on:click=begin>{t("beside-begin")}</button>
                <button hidden=move || !is_open.get() on:click=move |_| comparison.end()>
                    {t("beside-end")}
                </button>
            </div>
            <p role="alert" hidden=move || comparison.failed.with(Option::is_none)>
                {move || comparison.failed.get()}
            </p>
            <div class="lab-beside-runs" hidden=move || !is_open.get()>
                <Differences differs=comparison.differs/>
                <RunPicture comparison=comparison place=0/>
                <RunPicture comparison=comparison place=1/>
                <p class="hint lab-beside-legend" aria-hidden="true">
                    <span class="lab-solid"></span>{t("beside-first")}
                    <span class="lab-dashed"></span>{t("beside-second")}
                </p>
                {CHARTS.iter().zip(comparison.curves).map(|((title, class), curves)| {
                    let empty = move || curves[0].with(|curve| curve.points().is_empty());
                    view! {
                        <div hidden=empty><PairChart title=title class=class curves=curves/></div>
                    }
                }).collect_view()}
            </div>
        </section>
    }
}

/// The differences of two runs in words, by the names of the settings.
fn differences(first: &Value, second: &Value) -> Vec<String> {
    let read = |value: &Value| RunSpec::from_value(value.clone()).ok();
    let both = read(first).zip(read(second));
    both.map_or_else(Vec::new, |(first, second)| lines(&settings::changed(&first, &second)))
}

/// Whether a change gives another run, and a valid one.
fn is_useful(spec: &Value, patch: &str) -> bool {
    changed(spec, patch).is_ok_and(|other| other != *spec && RunSpec::from_value(other).is_ok())
}

#[component]
fn Differences(differs: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let list = move || {
        let all = differs.get().unwrap_or_default();
        if all.is_empty() {
            return view! { <p>{t("beside-same")}</p> }.into_any();
        }
        let row = |one: String| view! { <li>{one}</li> };
        view! { <ul>{all.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="lab-differences">
            <h3>{t("beside-differs")}</h3>
            {list}
        </div>
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
    let name = if place == 0 { key("beside-first") } else { key("beside-second") };
    let told = Signal::derive(move || {
        let state = comparison.states[place].get();
        let score = |score: Score| state.seen.scores.get(&score).copied();
        let mut facts = vec![("name", say(name)), ("step", state.seen.step.to_string())];
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
    view! {
        <figure class="lab-run">
            <canvas node_ref=canvas role="img" aria-label=told></canvas>
            <figcaption>
                <span class="number">{told}</span>
                <strong>{ills}</strong>
            </figcaption>
        </figure>
    }
}
