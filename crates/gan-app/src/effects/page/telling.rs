//! Shows notices and refusals to the user, each at the control that it is about.

use js_sys::Uint8Array;
use leptos::prelude::{Update as _, WithUntracked as _};
use wasm_bindgen_futures::spawn_local;

use super::{Page, with};
use crate::effects::browser::sleep_ms;
use crate::effects::display::ShownNotice;
use crate::model::notice::{Notice, Place, Weight};
use crate::model::refusal::Refusal;
use crate::model::supervisor::{Ask, Outcome, Run};

/// Most notices at one place.
const MOST_NOTICES: usize = 4;

impl Page {
    /// Shows a notice at `place`.
    pub fn notify(&mut self, place: Place, notice: Notice) {
        let id = self.next_notice;
        self.next_notice += 1;
        let weight = notice.weight();
        let replacements = self.supervisor.state.replacements;
        self.display.notices.update(|shown| {
            // A repeated notice replaces the earlier one; and a control shows only its newest
            // refusal.
            shown.retain(|other| other.place != place || other.notice != notice);
            shown.push(ShownNotice { id, place, replacements, notice });
            // Old notices are removed, because nobody reads ten.
            let there = shown.iter().filter(|other| other.place == place).count();
            if let Some(oldest) = shown.iter().position(|other| other.place == place)
                && there > MOST_NOTICES
            {
                shown.remove(oldest);
            }
        });
        if weight == Weight::Info {
            let notices = self.display.notices;
            spawn_local(async move {
                sleep_ms(8_000).await;
                notices.update(|shown| shown.retain(|other| other.id != id));
            });
        }
    }

    /// Shows at `place` the refusal of a request made there, instead of an earlier one.
    pub fn tell(&mut self, place: Place, result: Result<(), Refusal>) {
        self.display.notices.update(|shown| {
            shown.retain(|one| one.place != place || one.notice.weight() != Weight::Alert);
        });
        if let Err(refusal) = result {
            self.notify(place, Notice::Refused(refusal));
            self.show_settings_again();
        }
    }

    /// Sends a request whose refusal is shown at `place`.
    pub fn ask_at(&mut self, place: Place, ask: Ask<Uint8Array>) {
        let callback = move |result: Result<_, _>| {
            with(|page| page.tell(place, result.map(|_: Outcome<_>| ())));
        };
        self.ask(ask, Some(Box::new(callback)));
    }

    /// Shows at `place` that `run` waits for the user's files.
    pub fn wait_for_files(
        &mut self,
        place: Place,
        run: Run<Uint8Array>,
        name: String,
        notice: Notice,
    ) {
        self.waiting = Some((run, name));
        self.display.notices.update(|shown| shown.retain(|one| !one.notice.is_wish()));
        self.tell(place, Ok(()));
        self.notify(place, notice);
        self.write_address();
    }

    /// The run that waits for the user's files, and the name of its checkpoint.
    pub fn waiting(&self) -> Option<(Run<Uint8Array>, String)> {
        let is_shown = |shown: &Vec<ShownNotice>| shown.iter().any(|one| one.notice.is_wish());
        self.waiting.clone().filter(|_| self.display.notices.with_untracked(is_shown))
    }

    /// Shows the current setting in every control.
    pub fn show_settings_again(&self) {
        self.display.shown_again.update(|count| *count += 1);
    }
}
