//! The lab: panels that help to understand a run, beside the page that trains it.
//!
//! The lab is loaded after the page works, by its own script, and knows the page only by
//! [`playground`], the interface that every script has. The page therefore opens as fast as without
//! the lab, and the lab cannot disturb a training run.
//!
//! `places` gives each panel a tab beside the samples; `anatomy` is the picture of the game, and a way
//! into the places. [`plane`] shows what the two nets do in the plane, `images` their images,
//! `timeline` a run's past, `microscope` one step taken apart, `beside` up to three further runs,
//! `sweep` runs with several values of a setting, `builder` the nets layer by layer, `pictures` the
//! user's own data, `code` the run as a program, `shelf` the kept runs, `findings` scores, diagnoses,
//! their likely causes (`causes`) and remedies ([`remedies`]); [`lessons`] lead through all of this.

mod address;
mod anatomy;
mod before;
mod beside;
mod builder;
mod causes;
mod choices;
mod code;
mod copy;
mod copying;
mod dialog;
mod driving;
mod enlarged;
mod figures;
mod findings;
mod focus;
mod framed;
mod images;
mod importing;
mod inspector;
mod leaving;
pub mod lessons;
mod linked;
mod microscope;
mod observation;
mod own_files;
mod picture;
mod pictures;
mod places;
pub mod plane;
pub mod playground;
mod pretrained;
mod refusals;
pub mod remedies;
mod sampler;
mod saving;
mod settings;
mod sheet;
mod shelf;
mod spec;
mod sweep;
mod tasks;
mod teacher;
mod ticks;
mod timeline;
mod unopened;
mod welcome;
pub mod words;
mod workers;

use gan_protocol::RunSpec;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use images::DigitCounts;
use importing::Import;
use lessons::course::{Course, Effects};
use pictures::view::OwnData;
use places::tabs::Tabs;
use places::{Place, Places};
use plane::state::Points;
use shelf::Shelf;
use tasks::Tasks;
use timeline::recording::Past;

/// Mounts the lab in the elements that the page keeps for it, shows the place in the page's address,
/// and begins its lesson. `workers` holds the functions that send requests to the lab's own workers
/// (`web/lab`): `ask` (examines nets), `second` (a run beside the page's), `microscope` (a copy of the
/// page's run), `shelf` (kept runs), `pictures` and `reader` (the user's files).
#[wasm_bindgen]
pub fn open(workers: js_sys::Object) {
    console_error_panic_hook::set_once();
    workers::set_up(workers);
    // First of all, because a text that is created without a language stays as it is.
    words::follow_document();
    refusals::lend();
    let before = before::Before::new();
    let shelf = Shelf::new(before);
    let places = Places::follow_address();
    let (layers, of_lesson) = (RwSignal::default(), RwSignal::new(None));
    let opened = RwSignal::new(None);
    if let Some(line) = line_in_bar() {
        mount(line, move || {
            view! {
                <before::BeforeView before=before/>
                <shelf::last::LastRun shelf=shelf/>
                <linked::Linked/>
                <unopened::Unopened opened=opened places=places/>
            }
        });
    }
    let parts = Parts {
        places,
        shelf,
        layers,
        of_lesson,
        course: Course::new(Effects { layers, run: of_lesson, places }),
        points: StoredValue::new(Points::default()),
        past: Past::follow(),
        // Before the data: files of generators are none.
        import: Import::follow(places, opened),
        own: OwnData::follow(places),
        digits: DigitCounts::follow(places),
        opened,
    };
    shelf.follow();
    pretrained::put_up();
    // The tabs put all panels but one out of sight.
    if let Some(row) = found("places") {
        row.set_inner_html("");
        mount(row, move || view! { <Tabs places=places/> });
    }
    for place in Place::ALL {
        if let Some(panel) = place.element() {
            let fill = move || mount(panel, move || content(place, parts));
            places.once_shown(place, fill);
        }
    }
    let mut tasks = Tasks::default();
    let mut at = |place: Option<web_sys::HtmlElement>, view: fn(Parts) -> AnyView| {
        if let Some(place) = place {
            tasks.add(move || mount(place, move || view(parts)));
        }
    };
    at(focus::found(".sheet:first-child figcaption div"), |_| {
        view! { <welcome::narration::Narration/> <enlarged::Enlarged/> }.into_any()
    });
    at(found("lessons"), |Parts { course, .. }| {
        view! { <framed::Framed/> <lessons::view::Lessons course=course/> }.into_any()
    });
    at(found("plane"), |Parts { layers, points, .. }| {
        view! { <plane::view::PlaneView layers=layers points=points/> }.into_any()
    });
    at(found("anatomy"), |Parts { places, points, .. }| {
        view! { <anatomy::view::Anatomy places=places points=points/> }.into_any()
    });
    at(found("diagnosis"), |Parts { of_lesson, .. }| {
        view! { <linked::SharedRun/> <findings::Findings of_lesson=of_lesson/> }.into_any()
    });
    // Last, since its digits and the measured step occupy a small machine.
    at(focus::found(".sheet:first-child .frame"), |_| {
        view! { <welcome::view::Welcome/> }.into_any()
    });
    // Scripts that ask for a panel find the lab whole.
    tasks.add(move || places.offer_to_scripts());
    tasks.run();
}

/// What the parts of the lab share. It is at work before any of them is shown: files are taken, the run
/// is recorded and kept, digits are counted for lessons.
#[derive(Clone, Copy)]
struct Parts {
    places: Places,
    shelf: Shelf,
    course: Course,
    layers: RwSignal<plane::draw::Layers>,
    /// The newest points of the plane.
    points: StoredValue<Points>,
    /// The run that a lesson is about.
    of_lesson: RwSignal<Option<RunSpec>>,
    past: Past,
    own: OwnData,
    digits: DigitCounts,
    opened: unopened::Opened,
    import: Import,
}

/// The page's element for a part of the lab.
fn found(id: &str) -> Option<web_sys::HtmlElement> {
    focus::found(&format!("#{id}"))
}

/// What the lab adds to a place, made when the place is shown for the first time.
fn content(place: Place, parts: Parts) -> AnyView {
    let Parts { places, shelf, course, past, own, digits, opened, import, .. } = parts;
    match place {
        // The page's own charts and settings, with the diagnosis among them.
        Place::Run => ().into_any(),
        Place::Learn => view! { <lessons::view::LessonList course=course/> }.into_any(),
        Place::Look => view! { <images::Images digits=digits/> }.into_any(),
        Place::Step => view! { <microscope::view::Microscope/> }.into_any(),
        Place::Compare => view! { <beside::view::Beside/> <sweep::view::SweepView/> }.into_any(),
        Place::Build => {
            view! { <builder::view::Builder places=places/> <spec::SpecEditor/> }.into_any()
        }
        Place::Data => view! { <pictures::view::OwnPictures own=own places=places/> }.into_any(),
        Place::Past => {
            view! { <timeline::view::TimelineView past=past/> <shelf::view::ShelfView shelf=shelf/> }
                .into_any()
        }
        Place::Take => {
            view! { <images::TakeGenerator opened=opened import=import/> <code::Code/> }.into_any()
        }
        Place::Teach => view! { <teacher::Teacher/> }.into_any(),
    }
}

/// Mounts a view in an element of the page, for the lifetime of the page.
fn mount<V: IntoView>(element: web_sys::HtmlElement, view: impl FnOnce() -> V + 'static) {
    leptos::mount::mount_to(element, view).forget();
}

/// A line in the bar at the top, which always stays in sight.
fn line_in_bar() -> Option<web_sys::HtmlElement> {
    let document = web_sys::window()?.document()?;
    let line = document.create_element("div").ok()?;
    line.set_class_name("notices lab-before");
    document.query_selector(".bar").ok()??.append_child(&line).ok()?;
    line.dyn_into().ok()
}
