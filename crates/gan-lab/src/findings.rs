//! How the run does: its scores, what it seems to suffer from, and what usually helps.

use leptos::prelude::*;

use crate::playground::{self, Observed};
use crate::remedies::{Remedy, remedies};
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

/// Scores and diagnoses, followed as the run goes.
#[component]
pub(crate) fn Findings() -> impl IntoView {
    let seen = RwSignal::new(Observed::default());
    playground::every_ms(500, move || {
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
                        <Found seen=seen kind=finding.kind/>
                    </For>
                </ul>
            </div>
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
    // What as many real samples have: no generator is better.
    let floor = move |name: &'static str, told: fn(f64) -> String| {
        let said = move |value: f64| say_with(key("score-of-reals"), &[("value", told(value))]);
        let text = move || of(name).map_or_else(String::new, said);
        view! { <span class="hint">{text}</span> }
    };
    view! {
        <dl>
            <div hidden=without_modes>
                <dt>{t("score-modes")}</dt>
                <dd class="number">
                    {covered}{floor("modesCoveredOfReals", |count| format!("{count:.0}"))}
                </dd>
            </div>
            <div hidden=without_modes>
                <dt>{t("score-quality")}</dt>
                <dd class="number">
                    {share("highQuality")}{floor("highQualityOfReals", percent)}
                </dd>
            </div>
            <div hidden=without_copies>
                <dt>{t("score-copies")}</dt>
                <dd class="number">{share("copies")}{floor("copiesOfReals", percent)}</dd>
            </div>
            <div><dt>{t("score-diversity")}</dt><dd class="number">{share("diversity")}</dd></div>
        </dl>
    }
}

#[component]
fn Found(seen: RwSignal<Observed>, kind: String) -> impl IntoView {
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
    let buttons =
        remedies(&kind, playground::run().on_points).iter().map(|remedy: &'static Remedy| {
            view! {
                <button on:click=move |_| playground::apply(remedy.change)>{t(remedy.name)}</button>
            }
        });
    view! {
        <li class="lab-found">
            <h3>{title}</h3>
            <p>{meaning}</p>
            <p class="hint number" aria-live="off">{figures}</p>
            <div class="lab-remedies">
                <span class="hint">{t("remedies")}</span>
                {buttons.collect_view()}
            </div>
        </li>
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
