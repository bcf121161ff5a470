//! The lab: what helps to understand a run, beside the page that trains it.
//!
//! It is loaded once the page is there and works, by its own script, and knows the page only by
//! [`playground`], the interface that every script has. So the page opens as fast as without it,
//! and nothing in here can disturb a training run.
//!
//! [`stage`] shows what the two nets do in the plane, [`images`] what they make of images, `timeline` a run's past,
//! `microscope` a step of it taken apart, `beside` another run next to it, `builder` its
//! nets layer by layer, `pictures` the
//! user's own pictures to train on, `code` a
//! program that makes the same, `shelf` the runs that are kept in this browser; `findings` what is good and bad about the run,
//! and what usually helps ([`remedies`]); [`lessons`] lead through it.

mod before;
mod beside;
mod builder;
mod code;
mod copy;
mod copying;
mod driving;
mod findings;
mod focus;
mod framed;
pub mod images;
mod inspector;
mod leaving;
pub mod lessons;
mod microscope;
mod observation;
mod own_files;
mod picture;
mod pictures;
pub mod playground;
pub mod remedies;
mod saving;
mod shelf;
mod spec;
pub mod stage;
mod teacher;
mod ticks;
mod timeline;
pub mod words;
mod workers;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Puts the lab into the element `place`, and begins the `lesson` that the address asked for. `workers`
/// holds the functions that ask the lab's own workers (`web/lab`): `ask`, of the one that looks into
/// nets; `second`, of a run beside the page's; `microscope`, of a copy of the page's run.
#[wasm_bindgen]
pub fn open(place: web_sys::HtmlElement, lesson: Option<String>, workers: js_sys::Object) {
    console_error_panic_hook::set_once();
    workers::set_up(workers);
    // Before anything is put up: a text that is made without a language stays as it is.
    words::follow_document();
    let before = before::Before::new();
    if let Some(line) = line_in_bar() {
        leptos::mount::mount_to(line, move || view! { <before::BeforeView before=before/> })
            .forget();
    }
    if let Some(among) = among_settings() {
        leptos::mount::mount_to(among, || view! { <spec::SpecEditor/> }).forget();
    }
    // What takes more room than the page's charts may have before them stands beneath them.
    let beneath = beneath(&place);
    let handle = leptos::mount::mount_to(place, || {
        let layers = RwSignal::new(stage::draw::Layers::default());
        view! {
            <framed::Framed/>
            <lessons::view::Lessons layers=layers asked=lesson/>
            <stage::view::StageView layers=layers/>
            <findings::Findings/>
        }
    });
    // They stay for as long as the page does.
    handle.forget();
    if let Some(beneath) = beneath {
        let handle = leptos::mount::mount_to(beneath, move || {
            view! {
                <images::Images/>
                <timeline::view::TimelineView/>
                <microscope::view::Microscope/>
                <beside::view::Beside/>
                <builder::view::Builder/>
                <pictures::view::OwnPictures/>
                <code::Code/>
                <shelf::view::ShelfView before=before/>
                <teacher::Teacher/>
            }
        });
        handle.forget();
    }
}

/// A place in the page's settings, before what keeps and shares.
fn among_settings() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let place = document.create_element("div").ok()?;
    let settings = document.query_selector(".settings").ok()??;
    let last = settings.last_element_child();
    settings.insert_before(&place, last.as_deref()).ok()?;
    place.dyn_into().ok()
}

/// A line in the bar at the top, which stays in sight.
fn line_in_bar() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let line = document.create_element("div").ok()?;
    line.set_class_name("notices lab-before");
    document.query_selector(".bar").ok()??.append_child(&line).ok()?;
    line.dyn_into().ok()
}

/// A second place, behind all that stands beside `place`.
fn beneath(place: &web_sys::HtmlElement) -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let element = |class: &str| {
        let element = document.create_element("div").ok()?;
        element.set_class_name(class);
        Some(element)
    };
    let (column, beneath) = (element("column-main")?, element("lab-beneath")?);
    column.append_child(&beneath).ok()?;
    // Behind the settings: where there is one column they come before it.
    place.closest(".columns").ok()??.append_child(&column).ok()?;
    beneath.dyn_into().ok()
}
