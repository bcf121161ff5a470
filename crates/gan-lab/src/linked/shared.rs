//! Says how the run of a shared link differs from its preset.

use gan_protocol::{RunSpec, preset};
use leptos::prelude::*;

use crate::address;
use crate::leaving::run_number;
use crate::playground::{self, member};
use crate::settings::{changed, lines, preset_name};
use crate::ticks::every_ms;
use crate::words::{key, say_with};

/// Time between two readings of the page's run.
const LOOK_EVERY_MS: i32 = 500;
/// The part of the address that holds a run's differences from its preset.
const SPEC: &str = "spec";

/// Whether the page was opened by an address, and neither reloaded nor returned to: the reader knows
/// those runs.
fn is_opened() -> bool {
    let performance = web_sys::window().and_then(|window| window.performance());
    let entries = performance.map(|performance| performance.get_entries_by_type("navigation"));
    let kind = entries.map(|entries| member(&entries.get(0), "type"));
    kind.and_then(|kind| kind.as_string()).as_deref() == Some("navigate")
}

/// The differences of the page's run from its preset in words, if a link has brought them.
fn told_of_link() -> Option<String> {
    let hash = address::hash();
    if address::value(&hash, SPEC).is_none() || !is_opened() {
        return None;
    }
    let (name, _) = playground::names();
    let run = RunSpec::from_value(playground::spec()).ok()?;
    let changes = lines(&changed(&preset(&name)?.spec, &run)).join(" · ");
    let facts = [("preset", preset_name(&name)), ("changes", changes)];
    (!facts[1].1.is_empty()).then(|| say_with(key("shared-differs"), &facts))
}

/// The differences, until another run is on the page.
#[component]
pub(crate) fn SharedRun() -> impl IntoView {
    let number = run_number();
    let told = RwSignal::new(told_of_link());
    every_ms(LOOK_EVERY_MS, move || {
        if told.with_untracked(Option::is_some) && run_number() != number {
            told.set(None);
        }
    });
    view! {
        <p class="hint lab-shared" hidden=move || told.with(Option::is_none)>
            {move || told.get()}
        </p>
    }
}
