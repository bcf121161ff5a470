//! Fetches a linked checkpoint, with a line in the bar at the top.

use js_sys::Array;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::{CHECKPOINT, base, host, resolved, written};
use crate::address::{self, mark};
use crate::leaving::run_number;
use crate::playground::{self, settle};
use crate::refusals::refusal;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};
use crate::workers;

/// Time between two readings of the page's run.
const LOOK_EVERY_MS: i32 = 500;

/// How far the linked run is.
#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    /// Nothing is linked, or it is there.
    #[default]
    Idle,
    /// It is being fetched: bytes so far and in all, which may be 0.
    Fetching { host: String, loaded: f64, total: f64 },
    /// It was refused, for a reason in words.
    Refused(String),
}

#[derive(Clone, Copy)]
struct Link {
    state: RwSignal<State>,
    /// The address that was opened last.
    opened: StoredValue<Option<String>>,
    /// The number of its run on the page.
    number: StoredValue<Option<u32>>,
    /// The mark of the browser's entry: entries with one mark belong to one run.
    mark: StoredValue<Option<f64>>,
}

/// The reason of a refusal in words, by the script's or the page's message.
fn reason(host: &str, message: &str) -> String {
    let facts = |more: &str| vec![("host", host.to_string()), ("more", more.to_string())];
    match message {
        "unreachable" => say_with(key("linked-unreachable"), &facts("")),
        "large" => say_with(key("linked-large"), &facts("")),
        other => match other.strip_prefix("status ") {
            Some(status) => say_with(key("linked-status"), &facts(status)),
            None => say_with(key("linked-refused"), &facts(&refusal(other))),
        },
    }
}

impl Link {
    /// Follows the browser to another entry of its history. Among entries of one run the run stays, and
    /// the entry names what is on the page.
    fn follow_history(self) {
        let now = mark().as_f64();
        if now != self.mark.get_value() {
            self.mark.set_value(now);
            return self.follow();
        }
        let is_there = self.number.get_value() == Some(run_number());
        let part = self.opened.get_value().filter(|_| is_there || self.is_fetching());
        address::write(&[(CHECKPOINT, part)], false);
    }

    fn is_fetching(self) -> bool {
        self.state.with_untracked(|state| matches!(state, State::Fetching { .. }))
    }

    /// Opens what the address names, unless that is what was opened last.
    fn follow(self) {
        let named = written(CHECKPOINT);
        let found = named.as_ref().map(|written| resolved(written, &base()));
        if named == self.opened.get_value() {
            return;
        }
        self.opened.set_value(named);
        match found {
            None => self.state.set(State::Idle),
            Some(Err(written)) => {
                let told = say_with(key("linked-no-web"), &[("address", written)]);
                self.state.set(State::Refused(told));
            }
            Some(Ok(address)) => self.open(address),
        }
    }

    fn open(self, address: String) {
        let host = host(&address).to_string();
        let begun = State::Fetching { host: host.clone(), loaded: 0.0, total: 0.0 };
        self.state.set(begun);
        let (told, named) = (host.clone(), self.opened.get_value());
        let begun_beside = run_number();
        let is_last = move || self.opened.with_value(|opened| *opened == named);
        let is_still_last = is_last.clone();
        let progress = Closure::<dyn Fn(f64, f64)>::new(move |loaded: f64, total: f64| {
            if is_still_last() {
                self.state.set(State::Fetching { host: told.clone(), loaded, total });
            }
        });
        let fields = [("url", address.as_str().into()), ("progress", progress.into_js_value())];
        settle(&workers::ask("linked", "fetch", &fields), move |answer| {
            // Another address may have been opened since, or another run begun.
            if !is_last() {
                return;
            }
            if run_number() != begun_beside {
                self.state.set(State::Idle);
                return self.forget();
            }
            let bytes = match answer {
                Ok(bytes) => bytes,
                Err(message) => return self.state.set(State::Refused(reason(&host, &message))),
            };
            playground::restore(&bytes, &Array::new(), move |restored| {
                self.state.set(match restored {
                    Ok(()) => {
                        self.number.set_value(Some(run_number()));
                        State::Idle
                    }
                    Err(message) => State::Refused(reason(&host, &message)),
                });
            });
        });
    }

    /// A run that takes the linked one's place is not what the address names.
    fn look(self) {
        if self.number.get_value().is_some_and(|number| number != run_number()) {
            self.forget();
        }
    }

    fn forget(self) {
        self.number.set_value(None);
        self.opened.set_value(None);
        address::write(&[(CHECKPOINT, None)], false);
    }
}

/// The line: progress, or the reason of a refusal.
#[component]
pub(crate) fn Linked() -> impl IntoView {
    let link = Link {
        state: RwSignal::new(State::Idle),
        opened: StoredValue::new(None),
        number: StoredValue::new(None),
        mark: StoredValue::new(mark().as_f64()),
    };
    link.follow();
    let follows = window_event_listener(ev::hashchange, move |_| link.follow_history());
    on_cleanup(move || follows.remove());
    every_ms(LOOK_EVERY_MS, move || link.look());
    let fetched = move || match link.state.get() {
        State::Fetching { host, loaded, total } => {
            let megabytes = |bytes: f64| format!("{:.1}", bytes / 1e6);
            let facts =
                [("host", host), ("loaded", megabytes(loaded)), ("total", megabytes(total))];
            let name = if total > 0.0 { key("linked-fetching-of") } else { key("linked-fetching") };
            say_with(name, &facts)
        }
        _ => String::new(),
    };
    let refused = move || match link.state.get() {
        State::Refused(told) => told,
        _ => String::new(),
    };
    view! {
        <div
            class="notice info"
            role="status"
            hidden=move || !matches!(link.state.get(), State::Fetching { .. })
        >
            <p class="number">{fetched}</p>
        </div>
        <div
            class="notice alert"
            role="alert"
            hidden=move || !matches!(link.state.get(), State::Refused(_))
        >
            <p>{refused}</p>
            <button class="quiet" on:click=move |_| link.state.set(State::Idle)>{t("dismiss")}</button>
        </div>
    }
}
