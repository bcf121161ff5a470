//! The page: model, view, effects.
//!
//! [`model`] holds what is known and decided, without a browser; [`effects`] carry out what it
//! wants in the browser; [`view`] shows it. The page never links Burn: what trains runs in a
//! worker, and reaches the page by the messages of `gan-protocol` only.
//!
//! `docs/page-api.md` documents the page's address ([`model::address`]) and `window.ganPlayground` ([`effects::api`]).

pub mod effects;
pub mod model;
pub mod view;

use effects::{api, browser, page, requests};
use model::address::Address;
use model::notice::{AT_RUN, Notice};
use model::settings;
use model::supervisor::Supervisor;

/// Opens the page that the address asks for.
pub fn open() {
    console_error_panic_hook::set_once();
    let (address, refusals) = Address::parse(&browser::hash());
    let (run, refusal) = address.run();
    // Nobody sends files by a link: the run that needs some waits for them.
    let waiting = settings::lacks_files(&run).then(|| run.clone());
    let run = if waiting.is_some() { settings::default_run() } else { run };
    let begins = address.autostart && waiting.is_none();
    let supervisor = Supervisor::new(run, address.backend, begins);
    let display = page::put_up(supervisor, &address);
    view::mount(display, address.language.as_deref());
    page::with(|page| {
        for refusal in refusals.into_iter().chain(refusal) {
            page.notify(AT_RUN, Notice::AddressRefused(refusal));
        }
        if let Some(run) = waiting {
            page.wait_for_link(run);
        }
    });
    // Without the scripting interface the page is whole for everyone else.
    if api::put_up().is_err() {
        leptos::logging::warn!("window.ganPlayground could not be put up");
    }
    page::begin();
    browser::on_window("hashchange", |_| requests::follow_address(&browser::hash()));
}
