//! The lab: panels that help to understand a run, beside the page that trains it.
//!
//! The lab is loaded after the page works, by its own script, and knows the page only by
//! [`playground`], the interface that every script has. The page therefore opens as fast as without
//! the lab, and the lab cannot disturb a training run.
//!
//! [`plane`] shows what the two nets do in the plane, [`images`] their images, `timeline` a run's
//! past, `microscope` one step taken apart, `beside` a second run, `builder` the nets layer by
//! layer, `pictures` the user's own data, `code` the run as a program, `shelf` the kept runs,
//! `findings` scores, diagnoses and remedies ([`remedies`]); [`lessons`] lead through all of this.

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
pub mod plane;
pub mod playground;
pub mod remedies;
mod saving;
mod shelf;
mod spec;
mod teacher;
mod ticks;
mod timeline;
pub mod words;
mod workers;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Mounts the lab in the elements that the page keeps for it, and begins the lesson in the page's address. `workers`
/// holds the functions that send requests to the lab's own workers (`web/lab`): `ask` (examines
/// nets), `second` (a run beside the page's), `microscope` (a copy of the page's run), `shelf`
/// (kept runs), `pictures` and `reader` (the user's files).
#[wasm_bindgen]
pub fn open(workers: js_sys::Object) {
    console_error_panic_hook::set_once();
    workers::set_up(workers);
    // First of all, because a text that is created without a language stays as it is.
    words::follow_document();
    let before = before::Before::new();
    if let Some(line) = line_in_bar() {
        leptos::mount::mount_to(line, move || view! { <before::BeforeView before=before/> })
            .forget();
    }
    if let Some(among) = among_settings() {
        leptos::mount::mount_to(among, || view! { <spec::SpecEditor/> }).forget();
    }
    let layers = RwSignal::new(plane::draw::Layers::default());
    let run = RwSignal::new(None);
    let effects = lessons::course::Effects { layers, run };
    if let Some(place) = place("lessons") {
        let view = move || {
            view! {
                <framed::Framed/>
                <lessons::view::Lessons effects=effects/>
            }
        };
        leptos::mount::mount_to(place, view).forget();
    }
    if let Some(place) = place("plane") {
        leptos::mount::mount_to(place, move || view! { <plane::view::PlaneView layers=layers/> })
            .forget();
    }
    if let Some(place) = place("diagnosis") {
        leptos::mount::mount_to(place, move || view! { <findings::Findings of_lesson=run/> })
            .forget();
    }
    // Panels that need more room than the first screen has go beneath it.
    let beneath = beneath();
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

/// A place in the page's settings, before their last part, which keeps and shares runs.
fn among_settings() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let place = document.create_element("div").ok()?;
    let settings = document.query_selector(".settings").ok()??;
    let last = settings.last_element_child();
    settings.insert_before(&place, last.as_deref()).ok()?;
    place.dyn_into().ok()
}

/// A line in the bar at the top, which always stays in sight.
fn line_in_bar() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let line = document.create_element("div").ok()?;
    line.set_class_name("notices lab-before");
    document.query_selector(".bar").ok()??.append_child(&line).ok()?;
    line.dyn_into().ok()
}

/// A place for panels beneath the first screen.
fn beneath() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let element = |class: &str| {
        let element = document.create_element("div").ok()?;
        element.set_class_name(class);
        Some(element)
    };
    let (below, beneath) = (element("lab-below")?, element("lab-beneath")?);
    below.append_child(&beneath).ok()?;
    document.query_selector(".columns").ok()??.append_child(&below).ok()?;
    beneath.dyn_into().ok()
}

/// An empty element that the page keeps for the lab.
fn place(id: &str) -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id(id)?.dyn_into().ok()
}
