//! Shows the user's own pictures: choosing and reading them, and training on them.

use std::time::Duration;

use gan_protocol::POINTS_PRESET;
use js_sys::{Array, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::data_files::{DataFiles, OwnDataFiles};
use super::form::{Classes, Form};
use super::task::{Side, Task};
use crate::before::refused;
use crate::driving;
use crate::focus;
use crate::observation;
use crate::picture::Picture;
use crate::places::{Place, Places};
use crate::playground::{self, settle};
use crate::words::{key, say, say_with, t};
use crate::workers;

/// Pictures that are read in one go, between two updates of the screen.
const AT_ONCE: usize = 16;
/// Pictures that are shown.
const SHOWN: usize = 48;
const SHOWN_COLUMNS: usize = 12;
/// Least number of pictures to train on.
const FEWEST: usize = 2;
/// Number of unreadable pictures whose names are shown.
const NAMED: usize = 3;

fn ask(
    kind: &str,
    fields: &[(&str, JsValue)],
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    settle(&workers::ask("pictures", kind, fields), done);
}

#[derive(Clone, Copy)]
struct Pictures {
    /// Paths of all chosen pictures.
    paths: RwSignal<Vec<String>>,
    form: RwSignal<Form>,
    /// Whether pictures are fitted as a whole instead of cut to a square.
    whole: RwSignal<bool>,
    /// Number of pictures tried so far.
    tried: RwSignal<usize>,
    /// Number of pictures beyond the limit.
    left_out: RwSignal<usize>,
    /// Number of hidden files, and of files that are not pictures, by kind.
    hidden: RwSignal<usize>,
    others: RwSignal<Vec<(String, usize)>>,
    /// The numbers of unreadable pictures, in order.
    unread: RwSignal<Vec<usize>>,
    /// RGB pixels of the readable ones.
    pixels: StoredValue<Vec<u8>>,
    /// Number of the current reading; a new reading ends earlier ones.
    reading: StoredValue<u32>,
    failed: RwSignal<Option<String>>,
    places: Places,
}

impl Pictures {
    fn new(places: Places) -> Self {
        Self {
            places,
            paths: RwSignal::new(Vec::new()),
            form: RwSignal::new(Form::default()),
            whole: RwSignal::new(false),
            tried: RwSignal::new(0),
            left_out: RwSignal::new(0),
            hidden: RwSignal::new(0),
            others: RwSignal::new(Vec::new()),
            unread: RwSignal::new(Vec::new()),
            pixels: StoredValue::new(Vec::new()),
            reading: StoredValue::new(0),
            failed: RwSignal::new(None),
        }
    }

    fn choose(self, folder: bool) {
        ask("choose", &[("folder", folder.into())], move |answer| match answer {
            Ok(chosen) => self.take(&chosen),
            Err(message) => self.failed.set(Some(message)),
        });
    }

    /// Takes pictures that are dropped anywhere on the page.
    fn follow_drops(self) {
        let taken = Closure::<dyn Fn(JsValue)>::new(move |dropped| self.take(&dropped));
        ask("follow", &[("taken", taken.into_js_value())], |_| ());
    }

    fn take(self, chosen: &JsValue) {
        if !chosen.is_object() {
            // Cancelled.
            return;
        }
        // Pictures may be dropped while another panel is shown.
        self.places.lead_to(Place::Data);
        let member = |name: &str| Reflect::get(chosen, &name.into()).unwrap_or_default();
        let paths: Vec<String> =
            Array::from(&member("paths")).iter().filter_map(|path| path.as_string()).collect();
        self.left_out.set(member("leftOut").as_f64().unwrap_or(0.0) as usize);
        self.hidden.set(member("hidden").as_f64().unwrap_or(0.0) as usize);
        let others = Array::from(&member("others"));
        self.others.set(others.iter().filter_map(|kind| kind_and_count(&kind)).collect());
        if paths.is_empty() {
            // A folder without pictures.
            self.failed.set(Some(say(key("pictures-none"))));
            return;
        }
        self.suit(&Classes::of(&paths));
        self.paths.set(paths);
        self.read_anew();
    }

    /// Takes a form of the same pixels, without folders, if the present one needs other folders than
    /// `classes`.
    fn suit(self, classes: &Classes) {
        let form = self.form.get_untracked();
        if !form.suits(classes.names.len()) {
            self.form.set(if form.is_colour() { Form::Colour } else { Form::Grey });
        }
    }

    fn read_anew(self) {
        self.failed.set(None);
        // In this order, so that there are never more unreadable pictures than tried ones.
        self.unread.set(Vec::new());
        self.tried.set(0);
        self.pixels.set_value(Vec::new());
        self.reading.update_value(|reading| *reading += 1);
        self.read_on();
    }

    fn read_on(self) {
        let (from, reading) = (self.tried.get_untracked(), self.reading.get_value());
        let left = self.paths.with_untracked(Vec::len) - from;
        if left == 0 {
            // There may be enough folders, but not among the readable pictures.
            self.suit(&self.classes());
            return;
        }
        let count = left.min(AT_ONCE);
        let fields = [
            ("from", from.into()),
            ("count", count.into()),
            ("side", self.form.get_untracked().side().into()),
            ("whole", self.whole.get_untracked().into()),
        ];
        ask("read", &fields, move |answer| {
            if self.reading.get_value() != reading {
                return;
            }
            match answer {
                Ok(answer) => {
                    self.add(&answer);
                    self.tried.set(from + count);
                    self.read_on();
                }
                Err(message) => self.failed.set(Some(message)),
            }
        });
    }

    fn add(self, answer: &JsValue) {
        let member = |name: &str| Reflect::get(answer, &name.into()).unwrap_or_default();
        let pixels = Uint8Array::new(&member("pixels")).to_vec();
        self.pixels.update_value(|all| all.extend(pixels));
        let unread = Array::from(&member("unread"));
        let unread = unread.iter().filter_map(|number| number.as_f64());
        let unread: Vec<usize> = unread.map(|number| number as usize).collect();
        // An update of this list recomputes all paths, so it is made only if needed.
        if !unread.is_empty() {
            self.unread.update(|all| all.extend(unread));
        }
    }

    fn is_read(self) -> bool {
        self.paths.with(|paths| !paths.is_empty() && paths.len() == self.tried.get())
    }

    /// Number of readable pictures so far.
    fn count(self) -> usize {
        self.tried.get() - self.unread.with(Vec::len)
    }

    /// Classes of the readable pictures.
    fn classes(self) -> Classes {
        let unread = self.unread.get();
        let read = self.paths.with(|paths| {
            let read = paths
                .iter()
                .enumerate()
                .filter(|(number, _)| unread.binary_search(number).is_err());
            read.map(|(_, path)| path.clone()).collect::<Vec<_>>()
        });
        Classes::of(&read)
    }

    fn train(self) {
        let (form, mut classes) = (self.form.get_untracked(), self.classes());
        let images = if matches!(form, Form::Given(Task::Paired, _)) {
            let unread = self.unread.get_untracked();
            let kept = self.paths.with_untracked(|paths| Classes::in_pairs(paths, &unread));
            let mut marks = kept.iter();
            classes.labels.retain(|_| marks.next() == Some(&true));
            let size = 3 * form.side() * form.side();
            self.pixels.with_value(|pixels| {
                let pictures = pixels.chunks_exact(size).zip(&kept);
                let whole = pictures.filter(|(_, kept)| **kept).flat_map(|(picture, _)| picture);
                form.file(&whole.copied().collect::<Vec<u8>>())
            })
        } else {
            self.pixels.with_value(|pixels| form.file(pixels))
        };
        let mut files = vec![("pictures.idx", images)];
        files.extend(classes.file().map(|labels| ("folders.idx", labels)));
        if let Some(run) = form.run(classes.names.len()) {
            driving::train_on_files(&files, &run);
        }
    }

    /// The progress of the reading, in words.
    fn told(self) -> String {
        let all = self.paths.with(Vec::len);
        let (count, unread) = (self.count(), self.unread.get());
        let mut told = say_with(
            key("pictures-read"),
            &[("count", count.to_string()), ("all", all.to_string())],
        );
        if !unread.is_empty() {
            let names = self.paths.with(|paths| {
                let names = unread.iter().take(NAMED).filter_map(|number| paths.get(*number));
                names.cloned().collect::<Vec<_>>().join(", ")
            });
            let more = if unread.len() > NAMED { " …" } else { "" };
            let facts = [("count", unread.len().to_string()), ("names", names + more)];
            told = format!("{told} {}", say_with(key("pictures-unread"), &facts));
        }
        for (count, text) in [
            (self.left_out.get(), key("pictures-left-out")),
            (self.hidden.get(), key("data-hidden")),
        ] {
            if count > 0 {
                told = format!("{told} {}", say_with(text, &[("count", count.to_string())]));
            }
        }
        let kinds: Vec<String> =
            self.others.get().iter().map(|(name, count)| format!("{count} {name}")).collect();
        if !kinds.is_empty() {
            let facts = [("kinds", kinds.join(", "))];
            told = format!("{told} {}", say_with(key("pictures-others"), &facts));
        }
        told
    }
}

/// A kind of files and their number.
fn kind_and_count(kind: &JsValue) -> Option<(String, usize)> {
    let member = |name: &str| Reflect::get(kind, &name.into()).ok();
    Some((member("name")?.as_string()?, member("count")?.as_f64()? as usize))
}

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
            <p role="alert" hidden=move || failed.with(Option::is_none)>{move || failed.get()}</p>
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
