//! Shows the user's own pictures: choosing and reading them, and training on them.

use std::time::Duration;

use gan_protocol::POINTS_PRESET;
use leptos::html;
use leptos::prelude::*;

use super::data_files::{DataFiles, OwnDataFiles};
use super::form::{Classes, Form};
use super::reading::{AT_ONCE, Pictures};
use super::task::Side;
use crate::before::refused;
use crate::focus;
use crate::observation;
use crate::picture::Picture;
use crate::places::{Place, Places};
use crate::playground;
use crate::refusals::failure;
use crate::words::{key, say_with, t};

/// Pictures that are shown.
const SHOWN: usize = 48;
const SHOWN_COLUMNS: usize = 12;
/// Least number of pictures to train on.
const FEWEST: usize = 2;

/// Looks for the plane, which takes the place of the sheets when the run is there; time between two.
const LOOKS: u32 = 50;
const LOOK_MS: u64 = 100;

/// Begins a drawing on the plane, of a run on points.
fn draw(places: Places) {
    if observation::run().on_points {
        places.lead_to(Place::Run);
        return press_draw(LOOKS);
    }
    playground::load(&POINTS_PRESET.into(), move |loaded| match loaded {
        Ok(()) => {
            places.lead_to(Place::Run);
            press_draw(LOOKS);
        }
        Err(message) => refused(message),
    });
}

/// Presses the plane's button for drawing once it is in sight.
fn press_draw(looks: u32) {
    let button = focus::found(".lab-draw-begin").filter(|button| button.offset_parent().is_some());
    match button {
        Some(button) => button.click(),
        None if looks > 0 => {
            set_timeout(move || press_draw(looks - 1), Duration::from_millis(LOOK_MS));
        }
        None => {}
    }
}

/// The user's pictures and data files.
#[derive(Clone, Copy)]
pub(crate) struct OwnData {
    pictures: Pictures,
    files: DataFiles,
}

impl OwnData {
    /// Takes what is dropped anywhere on the page, or chosen by the page's button, from now on; the
    /// panel need not be there.
    pub(crate) fn follow(places: Places) -> Self {
        let (pictures, files) = (Pictures::new(places), DataFiles::new(places));
        pictures.follow_drops();
        files.follow();
        Self { pictures, files }
    }
}

#[component]
pub(crate) fn OwnPictures(own: OwnData, places: Places) -> impl IntoView {
    let OwnData { pictures, files } = own;
    let none = Signal::derive(move || pictures.paths.with(Vec::is_empty));
    let failed = pictures.failed;
    let classes = Memo::new(move |_| pictures.classes());
    let too_few = Signal::derive(move || !pictures.is_read() || pictures.count() < FEWEST);
    let enough = move || !pictures.is_read() || pictures.count() >= FEWEST;
    let reads = move || (!pictures.is_read()).to_string();
    let folders = move || {
        let counts = classes.get().counts();
        let counts = counts.into_iter().map(|(name, count)| format!("{name} {count}"));
        counts.collect::<Vec<_>>().join(" · ")
    };
    view! {
        <section class="lab-pictures" aria-label=t("pictures-title")>
            <h2>{t("pictures-title")}</h2>
            <p class="hint">{t("pictures-hint")}</p>
            <div class="lab-remedies">
                <button on:click=move |_| pictures.choose(true)>{t("pictures-folder")}</button>
                <button on:click=move |_| pictures.choose(false)>{t("pictures-files")}</button>
            </div>
            {failure(move || failed.get())}
            <div class="lab-pictures-taken" hidden=none>
                <Choices pictures=pictures classes=classes/>
                <p class="hint number" role="status" aria-busy=reads>{move || pictures.told()}</p>
                <p class="hint number" hidden=move || classes.with(|it| it.names.is_empty())>
                    {t("pictures-by-folder")} " " {folders}
                </p>
                <Shown pictures=pictures/>
                <p class="hint" hidden=enough>{t("pictures-few")}</p>
                <div class="lab-remedies">
                    <button disabled=too_few on:click=move |_| pictures.train()>
                        {t("pictures-train")}
                    </button>
                </div>
            </div>
            <h3>{t("data-title")}</h3>
            <p class="hint">{t("data-hint")}</p>
            <OwnDataFiles files=files/>
            <p class="hint">{t("data-draw-hint")}</p>
            <div class="lab-remedies">
                <button on:click=move |_| draw(places)>{t("data-draw")}</button>
            </div>
        </section>
    }
}

#[component]
fn Choices(pictures: Pictures, classes: Memo<Classes>) -> impl IntoView {
    let choose = move |event| {
        if let Some(form) = Form::of_name(&event_target_value(&event)) {
            pictures.form.set(form);
            pictures.read_anew();
        }
    };
    let task = move || match pictures.form.get() {
        Form::Given(task, _) => Some(task),
        _ => None,
    };
    let size = move |event| {
        let side = event_target_value(&event).parse().ok().and_then(Side::of_pixels);
        if let (Some(task), Some(side)) = (untrack(task), side) {
            pictures.form.set(Form::Given(task, side));
            pictures.read_anew();
        }
    };
    let fit = move |event| {
        pictures.whole.set(event_target_checked(&event));
        pictures.read_anew();
    };
    let option = move |form: Form| {
        let unsuited = move || !form.suits(classes.with(|classes| classes.names.len()));
        view! { <option value=form.name() disabled=unsuited>{t(form.title())}</option> }
    };
    view! {
        <div class="lab-remedies">
            <label>
                {t("pictures-form")} " "
                <select prop:value=move || pictures.form.get().name() on:change=choose>
                    {Form::all().map(option).collect_view()}
                </select>
            </label>
            <label hidden=move || task().is_none()>
                {t("pictures-side")} " "
                <select
                    class="lab-pictures-side"
                    prop:value=move || pictures.form.get().side().to_string()
                    on:change=size
                >
                    {Side::ALL.map(|side| side.pixels()).map(|side| {
                        view! { <option value=side.to_string()>{format!("{side} × {side}")}</option> }
                    }).collect_view()}
                </select>
            </label>
            <label>
                <input type="checkbox" prop:checked=pictures.whole on:change=fit/>
                " " {t("pictures-whole")}
            </label>
        </div>
    }
}

/// The first pictures, in the form for the nets.
#[component]
fn Shown(pictures: Pictures) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let form = pictures.form.get();
        // After the first pictures the picture does not change any more.
        if pictures.tried.get() > SHOWN + AT_ONCE && !pictures.is_read() {
            return;
        }
        let Some(canvas) = canvas.get() else { return };
        let side = form.side();
        let shown = pictures.pixels.with_value(|pixels| {
            let end = pixels.len().min(3 * side * side * SHOWN);
            // Grey in the nets' form; colour unchanged.
            if form.is_colour() { pixels[..end].to_vec() } else { form.planes(&pixels[..end]) }
        });
        let image = [side, side, form.channels()];
        let count = shown.len() / (side * side * form.channels());
        Picture::of_images(&shown, image, SHOWN_COLUMNS.min(count.max(1))).show(&canvas);
    });
    let label = move || {
        say_with(key("pictures-shown"), &[("count", pictures.count().min(SHOWN).to_string())])
    };
    view! { <canvas node_ref=canvas role="img" aria-label=label></canvas> }
}
