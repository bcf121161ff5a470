//! Offers, after a reload, to go on with the run that was kept last.

use js_sys::{Date, Reflect};
use leptos::prelude::*;

use super::keeper::Kept;
use super::keeping::Shelf;
use crate::leaving::run_number;
use crate::observation;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 400;
/// A run that was kept longer ago than this is not what the reload has ended.
const RECENT_MS: f64 = 30.0 * 60e3;

/// Whether the page was loaded again.
fn is_reloaded() -> bool {
    let performance = web_sys::window().and_then(|window| window.performance());
    let entry = performance.map(|it| it.get_entries_by_type("navigation").get(0));
    let kind = entry.and_then(|entry| Reflect::get(&entry, &"type".into()).ok());
    kind.and_then(|kind| kind.as_string()).is_some_and(|kind| kind == "reload")
}

/// The run that was kept last, if that was a short time before `opened_ms`.
fn newest(runs: &[Kept], opened_ms: f64) -> Option<&Kept> {
    let last = runs.iter().max_by(|a, b| a.saved_ms.total_cmp(&b.saved_ms))?;
    (0.0..RECENT_MS).contains(&(opened_ms - last.saved_ms)).then_some(last)
}

/// The line, until the page's run trains or is another one.
#[component]
pub(crate) fn LastRun(shelf: Shelf) -> impl IntoView {
    let offered = RwSignal::new(None::<Kept>);
    let (opened_ms, number) = (Date::now(), run_number());
    if is_reloaded() {
        // The list comes once; whatever is kept later is of this page.
        Effect::new(move |is_seen: Option<bool>| {
            let is_there = shelf.runs.with(|runs| !runs.is_empty());
            if is_there && is_seen != Some(true) {
                offered.set(shelf.runs.with(|runs| newest(runs, opened_ms).cloned()));
            }
            is_there || is_seen == Some(true)
        });
    }
    every_ms(LOOK_EVERY_MS, move || {
        let is_over = observation::observed().step > 0 || run_number() != number;
        if is_over && offered.with_untracked(Option::is_some) {
            offered.set(None);
        }
    });
    let told = move || {
        let Some(run) = offered.get() else { return String::new() };
        let name = if run.name.is_empty() { run.usual_name() } else { run.name.clone() };
        say_with(key("last-run"), &[("name", name), ("step", run.step.to_string())])
    };
    let go_on = move |_| {
        if let Some(run) = offered.get_untracked() {
            shelf.open(run);
        }
    };
    view! {
        <div class="notice info" role="status" hidden=move || offered.with(Option::is_none)>
            <p>{told}</p>
            <button on:click=go_on>{t("shelf-open")}</button>
            <button class="quiet" on:click=move |_| offered.set(None)>{t("dismiss")}</button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_that_was_kept_shortly_before_is_offered() {
        let kept = |id: &str, saved_ms| Kept { id: id.to_string(), saved_ms, ..Kept::default() };
        let runs = [kept("old", 1e6), kept("new", 5e6)];
        let id = |opened_ms| newest(&runs, opened_ms).map(|run| run.id.as_str());
        assert_eq!(id(5e6 + 1_000.0), Some("new"));
        assert_eq!(id(5e6 + RECENT_MS), None);
        // Kept by this page already.
        assert_eq!(id(5e6 - 1_000.0), None);
        assert_eq!(newest(&[], 5e6), None);
    }
}
