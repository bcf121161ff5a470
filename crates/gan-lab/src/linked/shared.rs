//! Says how the run of a shared link differs from its preset.

use gan_protocol::{Preset, RunSpec, preset};
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

/// The preset of the page's run and the run, if a link has brought one that differs from its preset.
fn differing() -> Option<(Preset, RunSpec)> {
    if address::value(&address::hash(), SPEC).is_none() || !is_opened() {
        return None;
    }
    let of = preset(&playground::names().0)?;
    let run = RunSpec::from_value(playground::spec()).ok()?;
    (!changed(&of.spec, &run).is_empty()).then_some((of, run))
}

/// The differences, until another run is on the page.
#[component]
pub(crate) fn SharedRun() -> impl IntoView {
    let number = run_number();
    let differing = RwSignal::new(differing());
    every_ms(LOOK_EVERY_MS, move || {
        if differing.with_untracked(Option::is_some) && run_number() != number {
            differing.set(None);
        }
    });
    // In words only here, so that they follow the page's language.
    let told = move || {
        differing.with(|differing| {
            let (of, run) = differing.as_ref()?;
            let changes = lines(&changed(&of.spec, run)).join(" · ");
            let facts = [("preset", preset_name(of.name)), ("changes", changes)];
            Some(say_with(key("shared-differs"), &facts))
        })
    };
    view! {
        <p class="hint lab-shared" hidden=move || differing.with(Option::is_none)>{told}</p>
    }
}
