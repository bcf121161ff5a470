//! Reads the user's own pictures, and gives them to a run.

use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::form::{Classes, Form};
use super::task::Task;
use crate::driving;
use crate::places::{Place, Places};
use crate::playground::settle;
use crate::words::{key, say, say_with};
use crate::workers;

/// Pictures that are read in one go, between two updates of the screen.
pub(super) const AT_ONCE: usize = 16;
/// Number of unreadable pictures whose names are shown.
const NAMED: usize = 3;

fn ask(
    kind: &str,
    fields: &[(&str, JsValue)],
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    settle(&workers::ask("pictures", kind, fields), done);
}

/// Own pictures: which were chosen, in which form they are wanted, and what was read so far.
#[derive(Clone, Copy)]
pub(super) struct Pictures {
    /// Paths of all chosen pictures.
    pub(super) paths: RwSignal<Vec<String>>,
    pub(super) form: RwSignal<Form>,
    /// Whether pictures are fitted as a whole instead of cut to a square.
    pub(super) whole: RwSignal<bool>,
    /// Number of pictures tried so far.
    pub(super) tried: RwSignal<usize>,
    /// Number of pictures beyond the limit.
    left_out: RwSignal<usize>,
    /// Number of hidden files, and of files that are not pictures, by kind.
    hidden: RwSignal<usize>,
    others: RwSignal<Vec<(String, usize)>>,
    /// The numbers of unreadable pictures, in order.
    unread: RwSignal<Vec<usize>>,
    /// RGB pixels of the readable ones.
    pub(super) pixels: StoredValue<Vec<u8>>,
    /// Number of the current reading; a new reading ends earlier ones.
    reading: StoredValue<u32>,
    pub(super) failed: RwSignal<Option<String>>,
    places: Places,
}

impl Pictures {
    pub(super) fn new(places: Places) -> Self {
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

    pub(super) fn choose(self, folder: bool) {
        ask("choose", &[("folder", folder.into())], move |answer| match answer {
            Ok(chosen) => self.take(&chosen),
            Err(message) => self.failed.set(Some(message)),
        });
    }

    /// Takes pictures that are dropped anywhere on the page.
    pub(super) fn follow_drops(self) {
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

    pub(super) fn read_anew(self) {
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

    pub(super) fn is_read(self) -> bool {
        self.paths.with(|paths| !paths.is_empty() && paths.len() == self.tried.get())
    }

    /// Number of readable pictures so far.
    pub(super) fn count(self) -> usize {
        self.tried.get() - self.unread.with(Vec::len)
    }

    /// Classes of the readable pictures.
    pub(super) fn classes(self) -> Classes {
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

    pub(super) fn train(self) {
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
    pub(super) fn told(self) -> String {
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
