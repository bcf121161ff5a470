//! Teaches small classifiers with few labelled images, with and without the generator's samples among them,
//! and draws how many of other images each names rightly.

mod chart;
mod taught;

use gan_protocol::Diet;
use leptos::prelude::*;

use self::chart::Curves;
use self::taught::Taught;
use crate::observation::Run;
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::playground;
use crate::refusals::failure;
use crate::words::{key, say, say_with, t};

/// Labelled images of each class to choose from.
const CHOICES: [u32; 3] = [10, 50, 100];

/// The key of a diet's name.
fn name_of(diet: Diet) -> &'static str {
    match diet {
        Diet::Plain => key("course-plain"),
        Diet::Augmented => key("course-augmented"),
        Diet::Generated => key("course-generated"),
        Diet::Both => key("course-both"),
    }
}

/// What is to be known of the run's generator before its samples are taught with.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    /// It is told no class.
    Untold,
    /// It learned from more images than are labelled.
    SawMore,
    /// It learned from the labelled images alone.
    Fair,
}

fn standing(run: &Run, per_class: u32) -> Standing {
    // Nets of another run may have seen anything.
    let is_alone = run.per_class == Some(per_class) && !run.begun_with_others;
    match (run.classes, is_alone) {
        (0, _) => Standing::Untold,
        (_, false) => Standing::SawMore,
        (_, true) => Standing::Fair,
    }
}

#[component]
pub(super) fn CourseView(run: RwSignal<Run>, #[prop(into)] hidden: Signal<bool>) -> impl IntoView {
    view! {
        <div class="lab-course" hidden=hidden>
            <h2>{t("course-title")}</h2>
            <p class="hint">{t("course-hint")}</p>
            {move || (!hidden.get()).then(|| view! { <Teaching run=run/> })}
        </div>
    }
}

#[component]
fn Teaching(run: RwSignal<Run>) -> impl IntoView {
    let taught = Taught::new();
    let first = run.with_untracked(|run| run.per_class).filter(|count| CHOICES.contains(count));
    let per_class = RwSignal::new(first.unwrap_or(CHOICES[0]));
    let failed = RwSignal::new(None::<String>);
    // Another run is another generator.
    Effect::new(move |before: Option<u32>| {
        let number = run.with(|run| run.number);
        if before.is_some_and(|before| before != number) {
            taught.end();
            taught.forget();
        }
        number
    });
    on_cleanup(move || taught.end());
    let how = Memo::new(move |_| run.with(|run| standing(run, per_class.get())));
    let told = move || {
        let name = match how.get() {
            Standing::Untold => key("course-untold"),
            Standing::SawMore => key("course-saw-more"),
            Standing::Fair => key("course-fair"),
        };
        say_with(name, &[("count", per_class.get().to_string())])
    };
    let retrain = move |_| {
        let load = taught::fair_run(&playground::spec(), per_class.get_untracked());
        playground::load(&load, move |done| failed.set(done.err()));
    };
    // A preset by class is for digits; a run that is told classes goes on with its own data.
    let can_retrain = move || match how.get() {
        Standing::Fair => false,
        Standing::SawMore => true,
        Standing::Untold => run.with(|run| run.on_own_digits),
    };
    let options = CHOICES.map(|count| {
        let chosen = move || per_class.get() == count;
        view! { <option value=count.to_string() selected=chosen>{count.to_string()}</option> }
    });
    let choose = move |event| {
        if let Ok(count) = event_target_value(&event).parse() {
            per_class.set(count);
        }
    };
    let progress = move || {
        taught.counts.get().map(|[labelled, held_out]| {
            let facts = [
                ("step", taught.step.get().to_string()),
                ("steps", taught::STEPS.to_string()),
                ("labelled", labelled.to_string()),
                ("others", held_out.to_string()),
            ];
            say_with(key("course-progress"), &facts)
        })
    };
    let failed = move || taught.failed.get().or_else(|| failed.get());
    view! {
        <div class="lab-course-choice">
            <label for="lab-course-count">{t("course-count")}</label>
            <select id="lab-course-count" on:change=choose disabled=taught.busy>{options.into_iter().collect_view()}</select>
        </div>
        <p class="hint">{told}</p>
        <div class="lab-remedies">
            <button
                class="primary"
                hidden=taught.busy
                disabled=move || run.with(cannot_copy)
                on:click=move |_| taught.begin(per_class.get_untracked())
            >
                {move || match how.get() {
                    Standing::Untold => say(key("course-begin-two")),
                    _ => say(key("course-begin")),
                }}
            </button>
            <button hidden=move || !taught.busy.get() on:click=move |_| taught.end()>
                {t("course-end")}
            </button>
            <button hidden=move || !can_retrain() || taught.busy.get() on:click=retrain>
                {move || say_with(key("course-retrain"), &[("count", per_class.get().to_string())])}
                " " <span class="restarts">{t("from-step-0")}</span>
            </button>
        </div>
        <WhyNoCopy run=run/>
        {failure(failed)}
        <Curves taught=taught/>
        <p class="hint number" role="status">{progress}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_fair_if_the_generator_saw_the_labelled_images_alone() {
        let of = |classes, per_class| standing(&Run { classes, per_class, ..Run::default() }, 10);
        assert!(of(0, Some(10)) == Standing::Untold);
        assert!(of(10, None) == Standing::SawMore);
        assert!(of(10, Some(50)) == Standing::SawMore);
        assert!(of(10, Some(10)) == Standing::Fair);
        let begun =
            Run { classes: 10, per_class: Some(10), begun_with_others: true, ..Run::default() };
        assert!(standing(&begun, 10) == Standing::SawMore);
    }
}
