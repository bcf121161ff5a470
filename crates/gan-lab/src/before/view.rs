//! Shows the way back to the previous run, as a line in the bar at the top.

use std::cell::Cell;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;

use super::succession::Succession;
use crate::leaving::{Left, Reason, run_number};
use crate::playground;
use crate::refusals::refusal;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Least number of steps of a run that is worth a way back.
pub(crate) const FIRST_STEP: u64 = 20;
/// Time between two updates of the line.
const LOOK_EVERY_MS: i32 = 500;
/// Number of updates after which the line disappears if the run is in the list of kept runs as
/// well.
const LOOKS: u32 = 180;

/// The previous run, held in memory, so that the way back exists even where nothing can be stored.
#[derive(Clone)]
struct Past {
    /// Its number among the page's runs.
    number: u32,
    step: u64,
    checkpoint: Uint8Array,
    files: Array,
    by_lesson: bool,
    /// Its id in the list of kept runs.
    id: Option<String>,
}

/// A run that was brought back to the page.
pub(crate) struct Reopened {
    /// Its number among the page's runs now.
    pub(crate) number: u32,
    /// Its id in the list of kept runs.
    pub(crate) id: String,
    pub(crate) step: u64,
}

/// The run that was on the page at a refusal, and the refusal's message.
type Refused = Option<(u32, String)>;

/// The state of the line.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    runs: StoredValue<Succession<Past>, LocalStorage>,
    past: RwSignal<Option<Past>, LocalStorage>,
    /// A refused request of the lab to the page.
    refused: RwSignal<Refused>,
    reopened: StoredValue<Option<Reopened>>,
    looks: StoredValue<u32>,
}

thread_local! {
    static REFUSED: Cell<Option<RwSignal<Refused>>> = const { Cell::new(None) };
}

/// Shows a refusal of a request whose control has no place for messages.
pub(crate) fn refused(message: String) {
    if let Some(signal) = REFUSED.get() {
        signal.set(Some((run_number(), message)));
    }
}

impl Before {
    pub(crate) fn new() -> Self {
        let refused = RwSignal::new(None);
        REFUSED.set(Some(refused));
        Self {
            runs: StoredValue::new_local(Succession::default()),
            past: RwSignal::new_local(None),
            refused,
            reopened: StoredValue::new(None),
            looks: StoredValue::new(0),
        }
    }

    /// A run is being replaced.
    pub(crate) fn note(self, left: &Left) {
        self.settle();
        let by_lesson = left.reason == Reason::Lesson;
        let (checkpoint, files) = (left.checkpoint.clone(), left.files.clone());
        let (number, step) = (left.number, left.step);
        let past = Past { number, step, checkpoint, files, by_lesson, id: None };
        let past = (left.step >= FIRST_STEP).then_some(past);
        self.runs.update_value(|runs| runs.left(number, by_lesson, past));
    }

    /// Checks whether another run is on the page now.
    fn settle(self) {
        let past = self.runs.try_update_value(|runs| runs.now(run_number())).flatten();
        if past.is_some() {
            self.looks.set_value(0);
            self.past.set(past);
        }
    }

    /// Records the previous run's id in the list of kept runs.
    pub(crate) fn kept(self, number: u32, id: String) {
        let note = |past: &mut Past| {
            if past.number == number {
                past.id = Some(id.clone());
            }
        };
        self.runs.update_value(|runs| runs.leaving().into_iter().for_each(note));
        self.past.update(|past| past.iter_mut().for_each(note));
    }

    /// The run that this line has brought back since the last call.
    pub(crate) fn take_reopened(self) -> Option<Reopened> {
        self.reopened.try_update_value(Option::take).flatten()
    }

    fn back(self) {
        let Some(past) = self.past.get_untracked() else { return };
        // The run on the page is replaced by this one, and is then offered in the line.
        self.past.set(None);
        self.refused.set(None);
        let (checkpoint, files) = (past.checkpoint.clone().into(), past.files.clone());
        playground::restore(&checkpoint, &files, move |restored| match restored {
            Ok(()) => {
                let (number, step) = (run_number(), past.step);
                self.reopened.set_value(past.id.map(|id| Reopened { number, id, step }));
            }
            Err(message) => {
                self.past.set(Some(past));
                refused(message);
            }
        });
    }

    fn look(self) {
        self.settle();
        let is_over = |(number, _): &(u32, String)| *number != run_number();
        if self.refused.with_untracked(|refused| refused.as_ref().is_some_and(is_over)) {
            self.refused.set(None);
        }
        if self.past.with_untracked(Option::is_none) {
            return;
        }
        let is_kept = |past: &Option<Past>| past.as_ref().is_some_and(|past| past.id.is_some());
        if self.past.with_untracked(is_kept) {
            self.looks.update_value(|looks| *looks += 1);
            if self.looks.get_value() >= LOOKS {
                self.past.set(None);
            }
        }
    }
}

/// The line.
#[component]
pub(crate) fn BeforeView(before: Before) -> impl IntoView {
    every_ms(LOOK_EVERY_MS, move || before.look());
    let told = move || {
        let Some(past) = before.past.get() else { return String::new() };
        let words = if past.by_lesson { key("before-lesson") } else { key("before-told") };
        say_with(words, &[("step", past.step.to_string())])
    };
    let refusal = move || {
        let message = before.refused.get().map(|(_, message)| message).unwrap_or_default();
        say_with(key("refused"), &[("message", refusal(&message))])
    };
    view! {
        <div class="notice info" role="status" hidden=move || before.past.with(Option::is_none)>
            <p>{told}</p>
            <button on:click=move |_| before.back()>{t("before-back")}</button>
            <Dismiss on_press=move || before.past.set(None)/>
        </div>
        <div class="notice alert" role="alert" hidden=move || before.refused.with(Option::is_none)>
            <p>{refusal}</p>
            <Dismiss on_press=move || before.refused.set(None)/>
        </div>
    }
}

#[component]
fn Dismiss(on_press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button class="quiet icon" aria-label=t("dismiss") on:click=move |_| on_press()>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M4 4l8 8M12 4l-8 8" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>
            </svg>
        </button>
    }
}
