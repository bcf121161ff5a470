//! Shows a sweep: its setting and values, how far its runs are, and what each came to.

use std::collections::BTreeMap;

use gan_protocol::{RunSpec, Score};
use leptos::html;
use leptos::prelude::*;

use super::chart::{height_px, picture as chart_svg};
use super::runs::{self, Outcome};
use super::values::{Fault, MOST_VALUES, Setting, Variant, variants};
use crate::driving;
use crate::figures::score_text;
use crate::findings::ailment_name;
use crate::observation::{self, Run};
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::playground;
use crate::refusals::refusal;
use crate::settings::setting_name;
use crate::ticks::every_ms;
use crate::timeline::animation::{for_file, picture, square_around};
use crate::words::{key, say, say_with, t};

/// Time between two readings.
const LOOK_EVERY_MS: i32 = 500;
/// Steps of each run where nobody says.
const POINT_STEPS: u32 = 1_500;
const IMAGE_STEPS: u32 = 400;
const MOST_STEPS: u32 = 100_000;
const WIDTH_PX: f64 = 480.0;
/// Images of a run that are shown.
const SHOWN_IMAGES: usize = 16;

/// The scores that a sweep may be judged by, and the keys of their names; the first that is there is
/// the first choice.
const SCORES: [(Score, &str); 4] = [
    (Score::ModesCovered, key("score-modes")),
    (Score::Digits, key("sweep-digits")),
    (Score::HighQuality, key("score-quality")),
    (Score::Diversity, key("score-diversity")),
];

/// A run of the sweep.
#[derive(Clone, Debug, PartialEq)]
struct Try {
    variant: Variant,
    /// Its number among the runs under way; `None` before it begins.
    id: Option<u32>,
    step: u32,
    outcome: Option<Outcome>,
}

#[derive(Clone, Copy)]
struct Sweep {
    setting: RwSignal<Setting>,
    typed: RwSignal<String>,
    steps: RwSignal<u32>,
    /// The run that was varied.
    of: RwSignal<Run>,
    tries: RwSignal<Vec<Try>>,
    running: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    /// Number of runs begun in all sweeps.
    begun: StoredValue<u32>,
}

fn fault_text(fault: Fault) -> String {
    match fault {
        Fault::Word(word) => say_with(key("sweep-no-value"), &[("word", word)]),
        Fault::Count => say_with(key("sweep-count"), &[("most", MOST_VALUES.to_string())]),
        Fault::Refused { value, message } => format!("{value}: {message}"),
    }
}

fn usual_steps(run: &Run) -> u32 {
    if run.on_points { POINT_STEPS } else { IMAGE_STEPS }
}

impl Sweep {
    fn new() -> Self {
        let run = observation::run();
        Self {
            setting: RwSignal::new(Setting::DiscriminatorRate),
            typed: RwSignal::new(String::new()),
            steps: RwSignal::new(usual_steps(&run)),
            of: RwSignal::new(run),
            tries: RwSignal::new(Vec::new()),
            running: RwSignal::new(false),
            failed: RwSignal::new(None),
            begun: StoredValue::new(0),
        }
    }

    /// Proposes values around those of the page's run.
    fn propose(self) {
        if let Ok(spec) = RunSpec::from_value(playground::spec()) {
            self.typed.set(self.setting.get_untracked().proposed(&spec));
        }
    }

    fn begin(self) {
        let spec = playground::spec();
        let found = variants(&spec, self.setting.get_untracked(), &self.typed.get_untracked());
        let variants = match found {
            Ok(variants) => variants,
            Err(fault) => return self.failed.set(Some(fault_text(fault))),
        };
        self.failed.set(None);
        self.of.set(observation::run());
        let fresh = |variant| Try { variant, id: None, step: 0, outcome: None };
        self.tries.set(variants.into_iter().map(fresh).collect());
        self.running.set(true);
        // The page's run would take a processor from them.
        playground::pause(move || {
            for _ in 0..runs::at_once() {
                self.next();
            }
        });
    }

    /// Begins the next run, if there is one left.
    fn next(self) {
        if !self.running.get_untracked() {
            return;
        }
        let waiting = self.tries.with_untracked(|tries| {
            let place = tries.iter().position(|one| one.id.is_none())?;
            Some((place, tries[place].variant.spec.clone()))
        });
        let Some((place, spec)) = waiting else {
            let is_over =
                self.tries.with_untracked(|all| all.iter().all(|one| one.outcome.is_some()));
            if is_over {
                self.running.set(false);
            }
            return;
        };
        self.begun.update_value(|begun| *begun += 1);
        let id = self.begun.get_value();
        self.tries.update(|tries| tries[place].id = Some(id));
        let (steps, run) = (self.steps.get_untracked(), self.of.get_untracked());
        runs::train(id, &spec, steps, &run, move |outcome| {
            // The sweep may have ended, and another begun.
            let is_its = self
                .tries
                .with_untracked(|all| all.get(place).is_some_and(|one| one.id == Some(id)));
            if let Some(outcome) = outcome.filter(|_| is_its) {
                self.tries.update(|tries| tries[place].outcome = Some(outcome));
                self.next();
            }
        });
    }

    fn end(self) {
        self.running.set(false);
        runs::end();
        // What has come to its end stays.
        self.tries.update(|tries| tries.retain(|one| one.outcome.is_some()));
    }

    fn look(self) {
        if !self.running.get_untracked() {
            return;
        }
        let steps: Vec<u32> = self
            .tries
            .with_untracked(|tries| tries.iter().map(|one| one.id.map_or(0, runs::step)).collect());
        let is_other = self
            .tries
            .with_untracked(|tries| tries.iter().zip(&steps).any(|(one, step)| one.step != *step));
        if is_other {
            self.tries.update(|tries| {
                tries.iter_mut().zip(steps).for_each(|(one, step)| one.step = step);
            });
        }
    }
}

/// The scores of a try; none before it has come to its end.
fn scores_of(one: &Try) -> BTreeMap<Score, f64> {
    one.outcome.as_ref().map(|outcome| outcome.seen.scores.clone()).unwrap_or_default()
}

#[component]
pub(crate) fn SweepView() -> impl IntoView {
    let sweep = Sweep::new();
    sweep.propose();
    let run = RwSignal::new(observation::run());
    every_ms(LOOK_EVERY_MS, move || {
        sweep.look();
        let now = observation::run();
        if run.get_untracked() != now {
            run.set(now);
            if !sweep.running.get_untracked() {
                sweep.propose();
                sweep.steps.set(usual_steps(&now));
            }
        }
    });
    let choose = move |event| {
        let path = event_target_value(&event);
        if let Some(setting) = Setting::ALL.into_iter().find(|one| one.path() == path) {
            sweep.setting.set(setting);
            sweep.propose();
        }
    };
    let type_steps = move |event| {
        let typed = gan_protocol::typed_whole(&event_target_value(&event));
        let steps = typed.map(|steps| steps.clamp(1, u64::from(MOST_STEPS)) as u32);
        // What is no number leaves the steps, and the field shows them again.
        sweep.steps.set(steps.unwrap_or_else(|| sweep.steps.get_untracked()));
        sweep.steps.notify();
    };
    let options = Setting::ALL.map(|setting| {
        let name = move || setting_name(setting.path());
        let is_chosen = move || sweep.setting.get() == setting;
        let is_useless = move || {
            run.with(|_| {
                RunSpec::from_value(playground::spec()).is_ok_and(|spec| !setting.is_offered(&spec))
            })
        };
        view! {
            <option value=setting.path() selected=is_chosen disabled=is_useless>{name}</option>
        }
    });
    let none = move || sweep.tries.with(Vec::is_empty);
    view! {
        <section class="lab-sweep" aria-label=t("sweep-title")>
            <h2>{t("sweep-title")}</h2>
            <p class="hint">{t("sweep-hint")}</p>
            <WhyNoCopy run=run/>
            <div class="lab-sweep-choice" hidden=move || run.with(cannot_copy)>
                <label for="lab-sweep-setting">{t("sweep-setting")}</label>
                <select id="lab-sweep-setting" disabled=sweep.running on:change=choose>
                    {options.into_iter().collect_view()}
                </select>
                <label for="lab-sweep-values">{t("sweep-values")}</label>
                <input
                    id="lab-sweep-values"
                    type="text"
                    inputmode="text"
                    spellcheck="false"
                    disabled=sweep.running
                    prop:value=sweep.typed
                    on:input=move |event| sweep.typed.set(event_target_value(&event))
                />
                <label for="lab-sweep-steps">{t("sweep-steps")}</label>
                <input
                    id="lab-sweep-steps"
                    type="text"
                    inputmode="numeric"
                    disabled=sweep.running
                    prop:value=move || sweep.steps.get().to_string()
                    on:change=type_steps
                />
            </div>
            <div class="lab-remedies" hidden=move || run.with(cannot_copy)>
                <button disabled=sweep.running on:click=move |_| sweep.begin()>
                    {t("sweep-begin")}
                </button>
                <button hidden=move || !sweep.running.get() on:click=move |_| sweep.end()>
                    {t("sweep-end")}
                </button>
            </div>
            <p class="lab-refusal" role="alert" hidden=move || sweep.failed.with(Option::is_none)>
                {move || sweep.failed.get().map(|message| refusal(&message))}
            </p>
            <div class="lab-sweep-found" hidden=none>
                <ScoreChart sweep=sweep/>
                <Tries sweep=sweep/>
            </div>
        </section>
    }
}

/// The score against the values.
#[component]
fn ScoreChart(sweep: Sweep) -> impl IntoView {
    let chosen = RwSignal::new(None::<Score>);
    let is_there = move |of: Score| {
        sweep.tries.with(|all| all.iter().any(|one| scores_of(one).contains_key(&of)))
    };
    let shown = Memo::new(move |_| {
        let chosen = chosen.get().filter(|chosen| is_there(*chosen));
        chosen.or_else(|| SCORES.iter().map(|(score, _)| *score).find(|score| is_there(*score)))
    });
    let scores = move || -> Vec<(String, Option<f64>)> {
        let Some(shown) = shown.get() else { return Vec::new() };
        sweep.tries.with(|all| {
            all.iter()
                .map(|one| (one.variant.value.clone(), scores_of(one).get(&shown).copied()))
                .collect()
        })
    };
    let described = move || {
        let Some(shown) = shown.get() else { return String::new() };
        let told = sweep.tries.with(|all| {
            let told = all.iter().map(|one| {
                let score = score_text(&scores_of(one), shown).unwrap_or_else(|| "–".to_string());
                format!("{}: {score}", one.variant.value)
            });
            told.collect::<Vec<_>>()
        });
        told.join("; ")
    };
    let buttons = SCORES.map(|(score, name)| {
        view! {
            <button
                hidden=move || !is_there(score)
                aria-pressed=move || (shown.get() == Some(score)).to_string()
                on:click=move |_| chosen.set(Some(score))
            >
                {t(name)}
            </button>
        }
    });
    view! {
        <figure class="chart" hidden=move || shown.get().is_none()>
            <div class="lab-remedies" role="group" aria-label=t("sweep-score")>
                {buttons.into_iter().collect_view()}
            </div>
            <svg
                class="lab-sweep-chart"
                viewBox=format!("0 0 {WIDTH_PX:.0} {:.0}", height_px())
                role="img"
                aria-label=described
                inner_html=move || chart_svg(&scores(), WIDTH_PX)
            ></svg>
        </figure>
    }
}

/// The runs one by one.
#[component]
fn Tries(sweep: Sweep) -> impl IntoView {
    let count = Memo::new(move |_| sweep.tries.with(Vec::len));
    view! {
        <ul class="lab-tries" aria-label=t("sweep-runs")>
            {move || (0..count.get()).map(|place| view! { <TryView sweep=sweep place=place/> }).collect_view()}
        </ul>
    }
}

#[component]
fn TryView(sweep: Sweep, place: usize) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let one = Memo::new(move |_| sweep.tries.with(|all| all.get(place).cloned()));
    Effect::new(move |_| {
        let (Some(canvas), Some(one)) = (canvas.get(), one.get()) else { return };
        let Some(samples) = one.outcome.and_then(|outcome| outcome.samples) else { return };
        let run = sweep.of.get_untracked();
        let all = [samples.first(SHOWN_IMAGES, run.image)];
        for_file(&picture(&all[0], run.image, square_around(&all))).show(&canvas);
    });
    let told = move || {
        let Some(one) = one.get() else { return String::new() };
        match (&one.outcome, one.id) {
            (None, None) => say(key("sweep-waits")),
            (None, Some(_)) => {
                let steps = sweep.steps.get_untracked().to_string();
                say_with(key("sweep-step"), &[("step", one.step.to_string()), ("steps", steps)])
            }
            (Some(Outcome { error: Some(error), .. }), _) => error.clone(),
            (Some(outcome), _) => {
                let scores = SCORES.iter().filter_map(|(kind, name)| {
                    Some(format!("{} {}", say(name), score_text(&outcome.seen.scores, *kind)?))
                });
                let ills = outcome.seen.findings.iter().map(|ill| say(ailment_name(ill.kind)));
                scores.chain(ills).collect::<Vec<_>>().join(" · ")
            }
        }
    };
    let value = move || one.with(|one| one.as_ref().map(|one| one.variant.value.clone()));
    let take = move |_| {
        if let Some(one) = one.get_untracked() {
            // Whole: the page may have another run by now, of which nothing is to stay.
            driving::load_run(&one.variant.spec, playground::is_running());
        }
    };
    let has_samples = move || {
        one.with(|one| {
            one.as_ref()
                .is_some_and(|one| one.outcome.as_ref().is_some_and(|it| it.samples.is_some()))
        })
    };
    view! {
        <li>
            <canvas node_ref=canvas aria-hidden="true" hidden=move || !has_samples()></canvas>
            <div>
                <strong class="number">{value}</strong>
                <span class="hint number" role="status">{told}</span>
                <button
                    hidden=move || one.with(|one| one.as_ref().is_none_or(|one| one.outcome.is_none()))
                    on:click=take
                >
                    {t("sweep-take")} " " <span class="restarts">{t("from-step-0")}</span>
                </button>
            </div>
        </li>
    }
}
