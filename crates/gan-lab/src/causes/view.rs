//! Shows the last change and the differences from the preset, with the ways back.

use gan_protocol::{Named as _, Phase, RunSpec, preset};
use leptos::html;
use leptos::prelude::*;

use super::changes::{Changes, Look};
use crate::leaving::run_number;
use crate::playground;
use crate::remedies::{Effect, back_to_preset, way_back};
use crate::settings::{Changed, changed, lines, preset_name};
use crate::words::{key, say_with, t};

/// The settings that may be the cause of a failure, and the ways back from them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    /// The last change and its step.
    last: Option<(Vec<Changed>, u64)>,
    /// The way back from it.
    undo: Option<Effect>,
    /// The name of the run's preset, if it is known, and the differences from it.
    preset: Option<(String, Vec<Changed>)>,
    /// The run with the preset's settings, if these can be had for its data.
    to_preset: Option<Effect>,
    /// The same run from its start, if settings were changed since: its weights are those that other
    /// settings have left.
    anew: Option<Effect>,
}

impl Found {
    fn of(changes: &Changes, look: &Look) -> Self {
        let last = changes.last();
        let preset = preset(&look.preset);
        Self {
            last: last.map(|last| (changed(&last.before, &last.after), last.step)),
            undo: last.and_then(|last| way_back(&look.spec, &last.before)),
            preset: preset.map(|of| (look.preset.clone(), changed(&of.spec, &look.spec))),
            to_preset: back_to_preset(&look.spec, &look.preset).map(Effect::Anew),
            anew: (changes.unchanged_since() > 0).then(|| Effect::Anew(look.spec.to_value())),
        }
    }
}

/// The changed settings in one line.
fn text(changed: &[Changed]) -> String {
    lines(changed).join(" · ")
}

/// The changes of the run on the page.
#[derive(Clone, Copy)]
pub(crate) struct Causes {
    changes: StoredValue<Changes>,
    found: RwSignal<Found>,
    /// The step since which the run goes on with its settings.
    unchanged_since: RwSignal<u64>,
}

impl Causes {
    pub(crate) fn new() -> Self {
        Self {
            changes: StoredValue::new(Changes::default()),
            found: RwSignal::new(Found::default()),
            unchanged_since: RwSignal::new(0),
        }
    }

    /// Looks at the run on the page, whose settings are `spec`.
    pub(crate) fn look(self, spec: RunSpec) {
        let snapshot = playground::snapshot();
        let text = |name| playground::member(&snapshot, name).as_string().unwrap_or_default();
        // What a run that is still loading will be is not yet known: its step, above all.
        if text("phase") == Phase::Loading.name() {
            return;
        }
        let look = Look {
            run: run_number(),
            preset: text("preset"),
            step: playground::count(&snapshot, "step") as u64,
            is_running: text("phase") == Phase::Running.name(),
            spec,
        };
        let found = self.changes.try_update_value(|changes| {
            let is_news = changes.note(look.clone());
            is_news.then(|| (Found::of(changes, &look), changes.unchanged_since()))
        });
        if let Some((found, since)) = found.flatten() {
            self.found.set(found);
            self.unchanged_since.set(since);
        }
    }

    /// Steps that the run has made with its settings when it stands at `step`.
    pub(crate) fn steps_at(self, step: u64) -> u64 {
        step.saturating_sub(self.unchanged_since.get())
    }
}

/// The causes in words, unfolded while `open`, with a button for each way back; `make` is called with
/// the one that was chosen.
#[component]
pub(crate) fn CausesView(
    causes: Causes,
    open: Memo<bool>,
    make: impl Fn(Effect) + Copy + 'static,
) -> impl IntoView {
    let found = causes.found;
    let last = move || {
        let last = found.with(|found| {
            found.last.as_ref().map(|(changed, step)| (text(changed), step.to_string()))
        });
        last.map_or_else(String::new, |(changes, step)| {
            say_with(key("cause-last"), &[("changes", changes), ("step", step)])
        })
    };
    let differs = move || {
        let differs = found.with(|found| {
            found.preset.as_ref().map(|(name, changed)| (preset_name(name), text(changed)))
        });
        match differs {
            None => String::new(),
            Some((preset, changes)) if changes.is_empty() => {
                say_with(key("cause-preset"), &[("preset", preset)])
            }
            Some((preset, changes)) => {
                say_with(key("cause-differs"), &[("preset", preset), ("changes", changes)])
            }
        }
    };
    let undo = Signal::derive(move || found.with(|found| found.undo.clone()));
    let to_preset = Signal::derive(move || found.with(|found| found.to_preset.clone()));
    // While something is wrong.
    let anew =
        Signal::derive(move || found.with(|found| found.anew.clone()).filter(|_| open.get()));
    let details = NodeRef::<html::Details>::new();
    // Unfolded once there is something to be seen; whoever has unfolded it keeps it so.
    leptos::prelude::Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if let Some(details) = details.get()
            && is_open
            && was_open != Some(true)
        {
            details.set_open(true);
        }
        is_open
    });
    view! {
        <details class="lab-causes" node_ref=details>
            <summary>{t("causes")}</summary>
            <p hidden=move || found.with(|found| found.last.is_none())>{last}</p>
            <p hidden=move || found.with(|found| found.preset.is_none())>{differs}</p>
            <p hidden=move || anew.with(Option::is_none)>{t("cause-weights")}</p>
            <div class="lab-remedies">
                <Way name=t("undo-last") way=undo make=make/>
                <Way name=t("preset-back") way=to_preset make=make/>
                <Way name=t("start-afresh") way=anew make=make/>
            </div>
        </details>
    }
}

/// A button for a way back, if there is one.
#[component]
fn Way(
    name: Signal<String>,
    way: Signal<Option<Effect>>,
    make: impl Fn(Effect) + 'static,
) -> impl IntoView {
    let press = move |_| {
        if let Some(way) = way.get_untracked() {
            make(way);
        }
    };
    let goes_on = move || !way.with(|way| way.as_ref().is_some_and(Effect::restarts));
    view! {
        <button hidden=move || way.with(Option::is_none) on:click=press>
            {name}
            <span class="restarts" hidden=goes_on>" " {t("from-step-0")}</span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(preset: &str, step: u64, rate: f64) -> Look {
        let mut spec = gan_protocol::preset("ring").expect("a preset").spec;
        spec.discriminator_optimizer.learning_rate = rate;
        Look { run: 0, preset: preset.to_owned(), step, is_running: true, spec }
    }

    #[test]
    fn a_run_whose_settings_were_changed_and_changed_back_can_begin_afresh() {
        let mut changes = Changes::default();
        let begun = look("ring", 0, 0.001);
        changes.note(begun.clone());
        assert_eq!(Found::of(&changes, &begun).anew, None);
        changes.note(look("ring", 300, 1.0));
        let back = look("ring", 400, 0.001);
        changes.note(back.clone());
        let found = Found::of(&changes, &back);
        assert_eq!(found.to_preset, None);
        assert_eq!(found.anew, Some(Effect::Anew(back.spec.to_value())));
    }

    fn found(preset: &str, rates: [f64; 2]) -> Found {
        let mut changes = Changes::default();
        changes.note(look(preset, 0, rates[0]));
        let now = look(preset, 812, rates[1]);
        changes.note(now.clone());
        Found::of(&changes, &now)
    }

    #[test]
    fn a_change_is_named_with_both_values_and_is_taken_back_as_the_run_goes() {
        let found = found("ring", [0.001, 0.1]);
        let told = "Discriminator learning rate 0.001 → 0.1";
        let (last, step) = found.last.expect("a change");
        assert_eq!((text(&last).as_str(), step), (told, 812));
        assert_eq!(found.undo.map(|way| way.restarts()), Some(false));
        let (preset, differs) = found.preset.expect("a known preset");
        assert_eq!((preset.as_str(), text(&differs).as_str()), ("ring", told));
        assert_eq!(found.to_preset.map(|way| way.restarts()), Some(true));
    }

    #[test]
    fn without_a_known_preset_there_are_no_differences_and_no_way_back_to_it() {
        let found = found("my-own", [0.001, 0.1]);
        assert!(found.last.is_some() && found.undo.is_some());
        assert_eq!((found.preset, found.to_preset), (None, None));
    }

    #[test]
    fn as_the_preset_has_it_nothing_differs_and_nothing_is_taken_back() {
        let found = found("ring", [0.001, 0.001]);
        assert_eq!((found.last, found.undo, found.to_preset), (None, None, None));
        assert_eq!(found.preset, Some(("ring".to_owned(), Vec::new())));
    }
}
