//! Shows the run's scores, its diagnoses, their likely causes, and remedies.

use leptos::prelude::*;

use gan_protocol::{Ailment, RunSpec, Score, Tuning, Verdict};

use crate::causes::{Causes, CausesView};
use crate::figures::{figures_text, score_text};
use crate::leaving::run_number;
use crate::observation::{self, Observed};
use crate::playground;
use crate::refusals::refusal;
use crate::remedies::{Effect as Made, Remedy, remedies};
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

/// The outcome of a remedy.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    /// Settings were changed: the remedy's name, and the change.
    Tuned { name: &'static str, tuning: Tuning },
    /// The remedy was refused.
    Refused(String),
}

/// The run that remedies change.
#[derive(Clone, Copy)]
struct Treated {
    spec: RwSignal<Option<RunSpec>>,
    /// The outcome of the last remedy, with the number of its run.
    outcome: RwSignal<Option<(u32, Outcome)>>,
    causes: Causes,
}

impl Treated {
    /// Reads the current settings.
    fn look(self) {
        let spec = RunSpec::from_value(playground::spec()).ok();
        if let Some(spec) = &spec {
            self.causes.look(spec.clone());
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
        if self.spec.with_untracked(|before| *before != spec) {
            self.spec.set(spec);
        }
    }

    fn apply(self, remedy: &'static Remedy) {
        let spec = RunSpec::from_value(playground::spec()).ok();
        if let Some(effect) = spec.and_then(|spec| remedy.change.on(&spec)) {
            self.make(effect, Some(remedy.name));
        }
    }

    /// Changes the run: by the remedy of this name, or back to settings that it had. A run that
    /// restarts is kept before, as every run that another replaces.
    fn make(self, effect: Made, name: Option<&'static str>) {
        match effect {
            Made::Tuned(tuning) => playground::tune(&tuning.clone(), move |answer| {
                let done = name.map(|name| Outcome::Tuned { name, tuning });
                let outcome =
                    answer.map_or_else(|message| Some(Outcome::Refused(message)), |()| done);
                self.look();
                self.outcome.set(outcome.map(|outcome| (run_number(), outcome)));
            }),
            Made::Anew(run) => playground::load(&run, move |answer| {
                let refused = answer.err().map(|message| (run_number(), Outcome::Refused(message)));
                self.outcome.set(refused);
            }),
        }
    }
}

/// Scores and diagnoses, updated during the run. Diagnoses of the run that a lesson has loaded,
/// `of_lesson`, are what the lesson is about: they are folded.
#[component]
pub(crate) fn Findings(of_lesson: RwSignal<Option<RunSpec>>) -> impl IntoView {
    let seen = RwSignal::new(Observed::default());
    let treated =
        Treated { spec: RwSignal::new(None), outcome: RwSignal::new(None), causes: Causes::new() };
    every_ms(500, move || {
        treated.look();
        let now = observation::observed();
        if seen.with_untracked(|before| *before != now) {
            seen.set(now);
        }
    });
    let diversity = move || seen.with(|seen| seen.scores.get(&Score::Diversity).copied());
    let verdict = Memo::new(move |_| {
        let (has_findings, step) = seen.with(|seen| (!seen.findings.is_empty(), seen.step));
        let steps = treated.causes.steps_at(step);
        let are_images = !observation::run().on_points;
        Verdict::of(has_findings, steps, diversity().unwrap_or_default(), are_images)
    });
    let told = move || match verdict.get() {
        Verdict::TooEarly => say(key("findings-early")),
        Verdict::Unlike => say(key("findings-unlike")),
        Verdict::NothingStandsOut => say(key("findings-none")),
        Verdict::Findings => String::new(),
    };
    let ill = move || verdict.get() == Verdict::Findings;
    let folded = Memo::new(move |_| {
        of_lesson.with(|run| run.is_some() && treated.spec.with(|spec| spec == run))
    });
    let count = move || match seen.with(|seen| seen.findings.len()) {
        1 => say(key("finding-of-lesson")),
        count => say_with(key("findings-of-lesson"), &[("count", count.to_string())]),
    };
    // A remedy may have ended the finding: the way back from it stays in sight.
    let has_causes = Memo::new(move |_| {
        let is_tuned =
            treated.outcome.with(|outcome| matches!(outcome, Some((_, Outcome::Tuned { .. }))));
        (ill() && !folded.get()) || is_tuned
    });
    view! {
        <section
            class="lab-findings"
            hidden=move || diversity().is_none()
            aria-label=t("findings-title")
        >
            <h2>{t("findings-title")}</h2>
            <ScoreList seen=seen/>
            <p class="hint" aria-live="polite" hidden=ill>{told}</p>
            <CausesView
                causes=treated.causes
                open=has_causes
                make=move |effect| treated.make(effect, None)
            />
            <div aria-live="polite">
                <details class="lab-diagnoses" prop:open=move || !folded.get()>
                    <summary hidden=move || !folded.get() || !ill()>{count}</summary>
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
        </section>
    }
}

#[component]
fn ScoreList(seen: RwSignal<Observed>) -> impl IntoView {
    let text = move |score: Score| seen.with(|seen| score_text(&seen.scores, score));
    let or_dash = move |score: Score| move || text(score).unwrap_or_else(|| "–".to_string());
    let is_missing = move |score: Score| Signal::derive(move || text(score).is_none());
    let (without_modes, without_copies) = (is_missing(Score::Modes), is_missing(Score::Copies));
    let without_pictures = is_missing(Score::Psnr);
    let without_way_back = is_missing(Score::PsnrThereAndBack);
    let without_classes = is_missing(Score::ClassAccuracy);
    let without_encoder = is_missing(Score::PsnrOfReconstructions);
    let of_pictures = move || {
        let said = |value| say_with(key("score-of-pictures"), &[("value", value)]);
        text(Score::PsnrOfPictures).map_or_else(String::new, said)
    };
    let covered = move || {
        let count = |score: Score| text(score).unwrap_or_default();
        let counts = [("covered", count(Score::ModesCovered)), ("all", count(Score::Modes))];
        say_with(key("score-modes-value"), &counts)
    };
    // The scores of as many real samples: no generator is better.
    let floor = move |score: Score| {
        let told = move || {
            let said = |value| say_with(key("score-of-reals"), &[("value", value)]);
            text(score).map_or_else(String::new, said)
        };
        view! { <span class="hint">{told}</span> }
    };
    view! {
        <dl>
            <div hidden=without_modes>
                <dt>{t("score-modes")}</dt>
                <dd class="number">{covered}{floor(Score::ModesCoveredOfReals)}</dd>
            </div>
            <div hidden=without_modes>
                <dt>{t("score-quality")}</dt>
                <dd class="number">
                    {or_dash(Score::HighQuality)}{floor(Score::HighQualityOfReals)}
                </dd>
            </div>
            <div hidden=without_copies>
                <dt>{t("score-copies")}</dt>
                <dd class="number">{or_dash(Score::Copies)}{floor(Score::CopiesOfReals)}</dd>
            </div>
            <div hidden=without_pictures>
                <dt>{t("score-psnr")}</dt>
                <dd class="number">
                    {or_dash(Score::Psnr)} <span class="hint">{of_pictures}</span>
                </dd>
            </div>
            <div hidden=without_way_back>
                <dt>{t("score-there-and-back")}</dt>
                <dd class="number">{or_dash(Score::PsnrThereAndBack)}</dd>
            </div>
            <div hidden=without_classes>
                <dt>{t("score-class-accuracy")}</dt>
                <dd class="number">{or_dash(Score::ClassAccuracy)}</dd>
            </div>
            <div hidden=without_encoder>
                <dt>{t("score-reconstructions")}</dt>
                <dd class="number">{or_dash(Score::PsnrOfReconstructions)}</dd>
            </div>
            <div>
                <dt>{t("score-diversity")}</dt>
                <dd class="number">{or_dash(Score::Diversity)}</dd>
            </div>
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
            now.map_or_else(String::new, |one| figures_text(&one.figures, &seen.scores))
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

/// The outcome of the last remedy.
#[component]
fn Told(treated: Treated) -> impl IntoView {
    let outcome = move || treated.outcome.get().map(|(_, outcome)| outcome);
    let told = move || match outcome() {
        Some(Outcome::Tuned { name, .. }) => say_with(key("remedy-done"), &[("name", say(name))]),
        Some(Outcome::Refused(message)) => {
            say_with(key("refused"), &[("message", refusal(&message))])
        }
        None => String::new(),
    };
    let is_refusal = move || matches!(outcome(), Some(Outcome::Refused(_)));
    view! { <p role="status" class:lab-refusal=is_refusal>{told}</p> }
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
}
