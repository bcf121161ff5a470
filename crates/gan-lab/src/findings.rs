//! Shows the run's scores, its diagnoses, and remedies.

use leptos::prelude::*;

use gan_protocol::{Ailment, Figure, RunSpec, Score, Tuning};

use crate::beside::change::{Difference, differences};
use crate::leaving::run_number;
use crate::observation::{self, Observed};
use crate::playground;
use crate::remedies::{Effect as Made, Remedy, back_to_preset, remedies};
use crate::ticks::every_ms;
use crate::words::{key, say, say_with, t};

/// The key of an ailment's name.
pub(crate) fn ailment_name(ailment: Ailment) -> &'static str {
    words_of(ailment).0
}

/// The keys of an ailment's name and of its explanation.
fn words_of(ailment: Ailment) -> (&'static str, &'static str) {
    match ailment {
        Ailment::Collapse => (key("collapse"), key("collapse-means")),
        Ailment::PartialCollapse => (key("partial-collapse"), key("partial-collapse-means")),
        Ailment::VanishingGradient => (key("vanishing-gradient"), key("vanishing-gradient-means")),
        Ailment::DiscriminatorWins => (key("discriminator-wins"), key("discriminator-wins-means")),
        Ailment::DiscriminatorBlind => {
            (key("discriminator-blind"), key("discriminator-blind-means"))
        }
        Ailment::Oscillation => (key("oscillation"), key("oscillation-means")),
        Ailment::Divergence => (key("divergence"), key("divergence-means")),
        Ailment::Memorisation => (key("memorisation"), key("memorisation-means")),
    }
}

/// The key of a figure's name; `None` for figures that only the diagnosis needs.
fn figure_name(figure: Figure) -> Option<&'static str> {
    Some(match figure {
        Figure::Diversity => key("figure-diversity"),
        Figure::Occupied => key("figure-occupied"),
        Figure::Separation => key("figure-separation"),
        Figure::GradientLeft => key("figure-gradient-left"),
        Figure::HighQuality => key("figure-high-quality"),
        Figure::Stride => key("figure-stride"),
        Figure::Loss => key("figure-loss"),
        Figure::Copies => key("figure-copies"),
        Figure::Way | Figure::Net | Figure::LossBefore => return None,
    })
}

/// A share in percent; other figures with two decimals.
fn figure_text(figure: Figure, value: f64) -> String {
    match figure {
        Figure::Copies
        | Figure::Occupied
        | Figure::GradientLeft
        | Figure::HighQuality
        | Figure::Diversity => percent(value),
        Figure::Separation
        | Figure::Stride
        | Figure::Way
        | Figure::Net
        | Figure::Loss
        | Figure::LossBefore => format!("{value:.2}"),
    }
}

pub(crate) fn percent(share: f64) -> String {
    // NaN is not a share: the figure is unknown.
    if share.is_nan() { "–".to_string() } else { format!("{:.0} %", 100.0 * share) }
}

/// Longest value that is shown.
const LONGEST_VALUE: usize = 24;

/// The outcome of a remedy.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    /// Settings were changed: the remedy's name, the change, and the change back.
    Tuned { name: &'static str, tuning: Tuning, back: Tuning },
    /// The remedy was refused.
    Refused(String),
}

/// The run that remedies change.
#[derive(Clone, Copy)]
struct Treated {
    spec: RwSignal<Option<RunSpec>>,
    /// The outcome of the last remedy, with the number of its run.
    outcome: RwSignal<Option<(u32, Outcome)>>,
    /// The differences from the preset, and the run without them.
    preset: RwSignal<Option<(Vec<Difference>, serde_json::Value)>>,
}

impl Treated {
    /// Reads the current settings.
    fn look(self) {
        let value = playground::spec();
        let spec = RunSpec::from_value(value.clone()).ok();
        let is_other = self.spec.with_untracked(|before| *before != spec);
        if let Some(spec) = spec.as_ref().filter(|_| is_other) {
            let back = back_to_preset(spec, &playground::names().0);
            self.preset.set(back.map(|back| (differences(&value, &back), back)));
        }
        // An outcome is over when another run is on the page, or when its settings have changed
        // again.
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

/// Scores and diagnoses, updated during the run. Diagnoses of the run that a lesson has loaded,
/// `of_lesson`, are what the lesson is about: they are folded.
#[component]
pub(crate) fn Findings(of_lesson: RwSignal<Option<RunSpec>>) -> impl IntoView {
    let seen = RwSignal::new(Observed::default());
    let treated = Treated {
        spec: RwSignal::new(None),
        outcome: RwSignal::new(None),
        preset: RwSignal::new(None),
    };
    every_ms(500, move || {
        treated.look();
        let now = observation::observed();
        if seen.with_untracked(|before| *before != now) {
            seen.set(now);
        }
    });
    let hidden = Signal::derive(move || seen.with(|seen| score(seen, Score::Diversity).is_none()));
    let ill = Signal::derive(move || seen.with(|seen| !seen.findings.is_empty()));
    let folded = Memo::new(move |_| {
        of_lesson.with(|run| run.is_some() && treated.spec.with(|spec| spec == run))
    });
    let count = move || match seen.with(|seen| seen.findings.len()) {
        1 => say(key("finding-of-lesson")),
        count => say_with(key("findings-of-lesson"), &[("count", count.to_string())]),
    };
    view! {
        <section class="lab-findings" hidden=hidden aria-label=t("findings-title")>
            <h2>{t("findings-title")}</h2>
            <ScoreList seen=seen/>
            <div aria-live="polite">
                <p class="hint" hidden=ill>{t("findings-none")}</p>
                <details prop:open=move || !folded.get()>
                    <summary hidden=move || !folded.get() || !ill.get()>{count}</summary>
                    <ul>
                        // An entry is created, and read aloud, only when another diagnosis is made.
                        <For
                            each=move || seen.with(|seen| seen.findings.clone())
                            key=|one| one.kind
                            let:finding
                        >
                            <Found seen=seen treated=treated ailment=finding.kind/>
                        </For>
                    </ul>
                </details>
            </div>
            <Told treated=treated/>
            <BackToPreset
                treated=treated
                hidden=Signal::derive(move || !ill.get() || folded.get())
            />
        </section>
    }
}

fn score(seen: &Observed, score: Score) -> Option<f64> {
    seen.scores.get(&score).copied()
}

#[component]
fn ScoreList(seen: RwSignal<Observed>) -> impl IntoView {
    let of = move |one: Score| seen.with(|seen| score(seen, one));
    let without_modes = Signal::derive(move || of(Score::Modes).is_none());
    let without_copies = Signal::derive(move || of(Score::Copies).is_none());
    let covered = move || {
        let whole = |one: Score| of(one).map_or_else(String::new, |count| format!("{count:.0}"));
        let counts = [("covered", whole(Score::ModesCovered)), ("all", whole(Score::Modes))];
        say_with(key("score-modes-value"), &counts)
    };
    let share = move |one: Score| move || percent(of(one).unwrap_or(f64::NAN));
    // The scores of as many real samples: no generator is better.
    let floor = move |one: Score, told: fn(f64) -> String| {
        let said = move |value: f64| say_with(key("score-of-reals"), &[("value", told(value))]);
        let text = move || of(one).map_or_else(String::new, said);
        view! { <span class="hint">{text}</span> }
    };
    view! {
        <dl>
            <div hidden=without_modes>
                <dt>{t("score-modes")}</dt>
                <dd class="number">
                    {covered}{floor(Score::ModesCoveredOfReals, |count| format!("{count:.0}"))}
                </dd>
            </div>
            <div hidden=without_modes>
                <dt>{t("score-quality")}</dt>
                <dd class="number">
                    {share(Score::HighQuality)}{floor(Score::HighQualityOfReals, percent)}
                </dd>
            </div>
            <div hidden=without_copies>
                <dt>{t("score-copies")}</dt>
                <dd class="number">{share(Score::Copies)}{floor(Score::CopiesOfReals, percent)}</dd>
            </div>
            <div><dt>{t("score-diversity")}</dt><dd class="number">{share(Score::Diversity)}</dd></div>
        </dl>
    }
}

#[component]
fn Found(seen: RwSignal<Observed>, treated: Treated, ailment: Ailment) -> impl IntoView {
    let (name, meaning) = words_of(ailment);
    // Figures vary during the run: they are shown, but not read aloud each time.
    let figures = move || {
        seen.with(|seen| {
            let now = seen.findings.iter().find(|one| one.kind == ailment);
            let told = now.into_iter().flat_map(|one| &one.figures);
            let told = told.filter_map(|(figure, value)| {
                Some(format!("{} {}", say(figure_name(*figure)?), figure_text(*figure, *value)))
            });
            told.collect::<Vec<_>>().join(" · ")
        })
    };
    let offered = remedies(ailment, observation::run().on_points);
    // A remedy that changes nothing, or gives an invalid run, is useless.
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
            <h3>{t(name)}</h3>
            <p>{t(meaning)}</p>
            <p class="hint number" aria-live="off">{figures}</p>
            <div class="lab-remedies" hidden=none>
                <span class="hint">{t("remedies")}</span>
                {buttons.collect_view()}
            </div>
        </li>
    }
}

/// The outcome of the last remedy, with a way back.
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

/// The differences from the preset, and a button to go back to it.
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
    use gan_protocol::Named as _;

    #[test]
    fn every_ailment_has_remedies() {
        for &ailment in Ailment::ALL {
            for on_points in [true, false] {
                assert!(!remedies(ailment, on_points).is_empty(), "{ailment:?}");
            }
        }
    }

    #[test]
    fn figures_are_told_in_their_units() {
        assert_eq!(figure_text(Figure::Occupied, 0.125), "12 %");
        assert_eq!(figure_text(Figure::Separation, 0.97), "0.97");
        assert_eq!(percent(f64::NAN), "–");
    }
}
