//! The page: controls a run in a worker, and shows it.
//!
//! [`model`] holds the state and the decisions, without a browser; [`effects`] carry out the
//! model's effects in the browser; [`view`] shows the state. The page never links Burn: training
//! runs in a worker, and exchanges only the messages of `gan-protocol` with the page.
//!
//! `docs/page-api.md` documents the page's address ([`model::address`]) and `window.ganPlayground` ([`effects::api`]).

pub mod effects;
pub mod model;
pub mod view;

use effects::{api, browser, history, page};
use model::address::Address;
use model::notice::{AT_RUN, Notice};
use model::settings;
use model::supervisor::Supervisor;

/// Opens the page with the run in its address.
pub fn open() {
    console_error_panic_hook::set_once();
    let (address, refusals) = Address::parse(&browser::hash());
    let (run, refusal) = address.run();
    // A link brings no files, so a run that needs files waits for them.
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
            page.wait_for_own_files(run);
        }
    });
    // For users without scripts the page is complete without the interface.
    if api::put_up().is_err() {
        leptos::logging::warn!("window.ganPlayground could not be put up");
    }
    page::begin();
    history::follow();
}
