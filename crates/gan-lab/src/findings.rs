//! How the run does: its scores, what it seems to suffer from, and what usually helps.

use leptos::prelude::*;

use gan_protocol::{RunSpec, Tuning};

use crate::beside::change::{Difference, differences};
use crate::leaving::run_number;
use crate::playground::{self, Observed};
use crate::remedies::{Effect as Made, Remedy, back_to_preset, remedies};
use crate::words::{key, say, say_with, t};

/// The key of a diagnosis's name, and of what it means.
fn words_of(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "collapse" => (key("collapse"), key("collapse-means")),
        "partial_collapse" => (key("partial-collapse"), key("partial-collapse-means")),
        "vanishing_gradient" => (key("vanishing-gradient"), key("vanishing-gradient-means")),
        "discriminator_wins" => (key("discriminator-wins"), key("discriminator-wins-means")),
        "discriminator_blind" => (key("discriminator-blind"), key("discriminator-blind-means")),
        "oscillation" => (key("oscillation"), key("oscillation-means")),
        "divergence" => (key("divergence"), key("divergence-means")),
        "memorisation" => (key("memorisation"), key("memorisation-means")),
        _ => return None,
    })
}

/// The key of a figure's name.
fn figure_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "diversity" => key("figure-diversity"),
        "occupied" => key("figure-occupied"),
        "separation" => key("figure-separation"),
        "gradient_left" => key("figure-gradient-left"),
        "high_quality" => key("figure-high-quality"),
        "stride" => key("figure-stride"),
        "loss" => key("figure-loss"),
        "copies" => key("figure-copies"),
        _ => return None,
    })
}

/// A share in percent, or a number with two decimals where it is none.
fn figure_text(name: &str, value: f64) -> String {
    match name {
        "copies" | "occupied" | "gradient_left" | "high_quality" | "diversity" => percent(value),
        _ => format!("{value:.2}"),
    }
}

fn percent(share: f64) -> String {
    // NaN is no share: the figure is not known.
    if share.is_nan() { "–".to_string() } else { format!("{:.0} %", 100.0 * share) }
}

/// A value that is longer is not shown.
const LONGEST_VALUE: usize = 24;

/// What came of a remedy.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    /// Settings were changed: the remedy's name, and what takes them back.
    Tuned { name: &'static str, tuning: Tuning, back: Tuning },
    /// It was refused.
    Refused(String),
}

/// The run that remedies change.
#[derive(Clone, Copy)]
struct Treated {
    spec: RwSignal<Option<RunSpec>>,
    /// What came of the last remedy, and of which run.
    outcome: RwSignal<Option<(u32, Outcome)>>,
    /// What differs from the preset, and the run without that.
    preset: RwSignal<Option<(Vec<Difference>, serde_json::Value)>>,
}

impl Treated {
    /// Looks at the settings in force.
    fn look(self) {
        let value = playground::spec();
        let spec = RunSpec::from_value(value.clone()).ok();
        let is_other = self.spec.with_untracked(|before| *before != spec);
        if let Some(spec) = spec.as_ref().filter(|_| is_other) {
            let back = back_to_preset(spec, &playground::names().0);
            self.preset.set(back.map(|back| (differences(&value, &back), back)));
        }
        // It is over when the run is another, or when what it changed is changed again.
        let is_over = |(number, outcome): &(u32, Outcome)| {
            let is_changed = match (outcome, &spec) {
                (Outcome::Tuned { tuning, .. }, Some(spec)) => {
                    tuning.applied_to(spec).as_ref() != Ok(spec)
                }
                _ => false,
            };
            *number != run_number() || is_changed
        };
        if self.outcome.with_untracked(|outcome| outcome.as_ref().is_some_and(is_over)) {
            self.outcome.set(None);
        }
        if is_other {
            self.spec.set(spec);
        }
    }

    fn apply(self, remedy: &'static Remedy) {
        let made = RunSpec::from_value(playground::spec()).ok();
        match made.and_then(|spec| remedy.change.on(&spec)) {
            Some(Made::Tuned { tuning, back }) => {
                let done = Outcome::Tuned { name: remedy.name, tuning: tuning.clone(), back };
                self.tune(&tuning, Some(done));
            }
            Some(Made::Anew(run)) => self.load(&run),
            None => {}
        }
    }

    fn tune(self, tuning: &Tuning, done: Option<Outcome>) {
        playground::tune(tuning, move |answer| {
            let outcome = answer.map_or_else(|message| Some(Outcome::Refused(message)), |()| done);
            self.look();
            self.outcome.set(outcome.map(|outcome| (run_number(), outcome)));
        });
    }

    fn load(self, run: &serde_json::Value) {
        playground::load(run, move |answer| {
            let refused = answer.err().map(|message| (run_number(), Outcome::Refused(message)));
            self.outcome.set(refused);
        });
    }
}

/// Scores and diagnoses, followed as the run goes.
#[component]
pub(crate) fn Findings() -> impl IntoView {
    let seen = RwSignal::new(Observed::default());
    let treated = Treated {
        spec: RwSignal::new(None),
        outcome: RwSignal::new(None),
        preset: RwSignal::new(None),
    };
    playground::every_ms(500, move || {
        treated.look();
        let now = playground::observed();
        if seen.with_untracked(|before| *before != now) {
            seen.set(now);
        }
    });
    let hidden = Signal::derive(move || seen.with(|seen| score(seen, "diversity").is_none()));
    let ill = Signal::derive(move || seen.with(|seen| !seen.findings.is_empty()));
    view! {
        <section class="lab-findings" hidden=hidden aria-label=t("findings-title")>
            <h2>{t("findings-title")}</h2>
            <ScoreList seen=seen/>
            <div aria-live="polite">
                <p class="hint" hidden=ill>{t("findings-none")}</p>
                <ul>
                    // An entry is made anew, and read aloud, only when something else is said.
                    <For
                        each=move || seen.with(|seen| seen.findings.clone())
                        key=|one| one.kind.clone()
                        let:finding
                    >
                        <Found seen=seen treated=treated kind=finding.kind/>
                    </For>
                </ul>
            </div>
            <Told treated=treated/>
            <BackToPreset treated=treated hidden=Signal::derive(move || !ill.get())/>
        </section>
    }
}

fn score(seen: &Observed, name: &str) -> Option<f64> {
    seen.scores.get(name).copied()
}

#[component]
fn ScoreList(seen: RwSignal<Observed>) -> impl IntoView {
    let of = move |name: &str| seen.with(|seen| score(seen, name));
    let without_modes = Signal::derive(move || of("modes").is_none());
    let without_copies = Signal::derive(move || of("copies").is_none());
    let covered = move || {
        let whole = |name: &str| of(name).map_or_else(String::new, |count| format!("{count:.0}"));
        let counts = [("covered", whole("modesCovered")), ("all", whole("modes"))];
        say_with(key("score-modes-value"), &counts)
    };
    let share = move |name: &'static str| move || percent(of(name).unwrap_or(f64::NAN));
    view! {
        <dl>
            <div hidden=without_modes>
                <dt>{t("score-modes")}</dt>
                <dd class="number">{covered}</dd>
            </div>
            <div hidden=without_modes>
                <dt>{t("score-quality")}</dt>
                <dd class="number">{share("highQuality")}</dd>
            </div>
            <div hidden=without_copies>
                <dt>{t("score-copies")}</dt><dd class="number">{share("copies")}</dd>
            </div>
            <div><dt>{t("score-diversity")}</dt><dd class="number">{share("diversity")}</dd></div>
        </dl>
    }
}

#[component]
fn Found(seen: RwSignal<Observed>, treated: Treated, kind: String) -> impl IntoView {
    let words = words_of(&kind);
    let title = {
        let kind = kind.clone();
        move || words.map_or_else(|| kind.clone(), |(name, _)| say(name))
    };
    let meaning = move || words.map_or_else(String::new, |(_, meaning)| say(meaning));
    // They wobble as the run goes on: shown, not read aloud each time.
    let figures = {
        let kind = kind.clone();
        move || {
            seen.with(|seen| {
                let now = seen.findings.iter().find(|one| one.kind == kind);
                let told = now.into_iter().flat_map(|one| &one.figures);
                let told = told.filter_map(|(name, value)| {
                    Some(format!("{} {}", say(figure_name(name)?), figure_text(name, *value)))
                });
                told.collect::<Vec<_>>().join(" · ")
            })
        }
    };
    let offered = remedies(&kind, playground::run().on_points);
    // What would change nothing, or make a run that cannot be, is no remedy.
    let is_useless = move |remedy: &'static Remedy| {
        treated.spec.with(|spec| spec.as_ref().is_some_and(|spec| remedy.change.on(spec).is_none()))
    };
    let none = move || offered.iter().all(is_useless);
    let buttons = offered.iter().map(|remedy: &'static Remedy| {
        let restarts = remedy.change.restarts();
        view! {
            <button hidden=move || is_useless(remedy) on:click=move |_| treated.apply(remedy)>
                {t(remedy.name)}
                {restarts.then(|| view! { " " <span class="restarts">{t("from-step-0")}</span> })}
            </button>
        }
    });
    view! {
        <li class="lab-found">
            <h3>{title}</h3>
            <p>{meaning}</p>
            <p class="hint number" aria-live="off">{figures}</p>
            <div class="lab-remedies" hidden=none>
                <span class="hint">{t("remedies")}</span>
                {buttons.collect_view()}
            </div>
        </li>
    }
}

/// What came of the last remedy, with a way back.
#[component]
fn Told(treated: Treated) -> impl IntoView {
    let outcome = move || treated.outcome.get().map(|(_, outcome)| outcome);
    let told = move || match outcome() {
        Some(Outcome::Tuned { name, .. }) => say_with(key("remedy-done"), &[("name", say(name))]),
        Some(Outcome::Refused(message)) => say_with(key("refused"), &[("message", message)]),
        None => String::new(),
    };
    let undo = move |_| {
        if let Some(Outcome::Tuned { back, .. }) = outcome() {
            treated.tune(&back, None);
        }
    };
    let is_refusal = move || matches!(outcome(), Some(Outcome::Refused(_)));
    view! {
        <div class="lab-remedies" role="status">
            <span class:lab-refusal=is_refusal>{told}</span>
            <button
                hidden=move || !matches!(outcome(), Some(Outcome::Tuned { .. }))
                on:click=undo
            >
                {t("undo")}
            </button>
        </div>
    }
}

/// What differs from the preset, and the way back to that.
#[component]
fn BackToPreset(treated: Treated, hidden: Signal<bool>) -> impl IntoView {
    let is_short = |value: &String| value.chars().count() <= LONGEST_VALUE;
    let told = move || {
        let row = |one: Difference| match [one.second, one.first] {
            [preset, now] if is_short(&preset) && is_short(&now) => {
                format!("{}: {preset} → {now}", one.path)
            }
            _ => one.path,
        };
        let all = treated.preset.get().map(|(differs, _)| differs).unwrap_or_default();
        all.into_iter().map(row).collect::<Vec<_>>().join(" · ")
    };
    let back = move |_| {
        if let Some((_, run)) = treated.preset.get_untracked() {
            treated.load(&run);
        }
    };
    let hidden = move || hidden.get() || treated.preset.with(Option::is_none);
    view! {
        <div class="lab-preset" hidden=hidden>
            <p class="hint">{t("preset-differs")} " " <span class="lab-value">{told}</span></p>
            <button on:click=back>
                {t("preset-back")} " " <span class="restarts">{t("from-step-0")}</span>
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `gan_eval::diagnosis` names them.
    const KINDS: [&str; 8] = [
        "collapse",
        "partial_collapse",
        "discriminator_wins",
        "vanishing_gradient",
        "discriminator_blind",
        "oscillation",
        "divergence",
        "memorisation",
    ];

    #[test]
    fn every_diagnosis_has_words_and_remedies() {
        for kind in KINDS {
            assert!(words_of(kind).is_some(), "{kind}");
            for on_points in [true, false] {
                assert!(!remedies(kind, on_points).is_empty(), "{kind}");
            }
        }
        assert!(words_of("hunger").is_none() && remedies("hunger", true).is_empty());
    }

    #[test]
    fn figures_are_told_in_their_units() {
        assert_eq!(figure_text("occupied", 0.125), "12 %");
        assert_eq!(figure_text("separation", 0.97), "0.97");
        assert_eq!(percent(f64::NAN), "–");
    }
}
