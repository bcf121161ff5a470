//! Keeps runs in the browser: at intervals, when they stop, before others replace them, and when
//! the page goes out of sight.

use std::cell::Cell;
use std::rc::Rc;

use gan_protocol::InitialNets;
use js_sys::{Array, Date, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::keeper::{Keeper, Kept, Stored};
use crate::before::Before;
use crate::leaving::{Left, Reason, leaving, run_number};
use crate::observation;
use crate::playground::{self, settle};
use crate::pretrained;
use crate::saving::save;
use crate::ticks::every_ms;
use crate::timeline::animation::{picture, square_around};
use crate::timeline::record::Samples;
use crate::words::key;
use crate::workers;

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 250;
/// Largest checkpoint that is kept automatically.
const MOST_BYTES: u64 = 48 << 20;
/// Largest files of the user that are kept; a run cannot continue without its files.
const MOST_FILE_BYTES: u64 = 64_000_000;
/// Samples of the picture.
const IMAGES: u32 = 16;
const POINTS: u32 = 300;
const SEED: u32 = 7 << 20;

#[derive(Clone, Copy)]
pub(crate) struct Shelf {
    pub(super) runs: RwSignal<Vec<Kept>>,
    /// The last error: the key of a sentence, and the message.
    pub(super) told: RwSignal<Option<(&'static str, String)>>,
    /// The id of the run that was deleted last.
    pub(super) dropped: RwSignal<Option<String>>,
    keeper: StoredValue<Keeper>,
    busy: StoredValue<bool>,
    before: Before,
}

fn ask(
    kind: &str,
    fields: &[(&str, JsValue)],
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    settle(&workers::ask("shelf", kind, fields), done);
}

impl Shelf {
    pub(crate) fn new(before: Before) -> Self {
        Self {
            runs: RwSignal::new(Vec::new()),
            told: RwSignal::new(None),
            dropped: RwSignal::new(None),
            keeper: StoredValue::new(Keeper::default()),
            busy: StoredValue::new(false),
            before,
        }
    }

    /// Keeps runs from now on, for the lifetime of the page.
    pub(crate) fn follow(self) {
        self.list();
        self.keep_what_is_left();
        every_ms(LOOK_EVERY_MS, move || self.look());
        // A page that goes out of sight may never return.
        let hides =
            || web_sys::window().and_then(|window| window.document()).is_some_and(|it| it.hidden());
        let hidden = window_event_listener(leptos::ev::visibilitychange, move |_| {
            if hides() {
                self.keep_now();
            }
        });
        let left = window_event_listener(leptos::ev::beforeunload, move |_| self.keep_now());
        std::mem::forget([hidden, left]);
    }

    /// Reads the list again.
    pub(super) fn list(self) {
        ask("list", &[], move |answer| match answer {
            Ok(list) => {
                let list = list.as_string().unwrap_or_default();
                self.runs.set(serde_json::from_str(&list).unwrap_or_default());
            }
            // In a sandboxed frame, for example, nothing can be stored, so no runs will be kept
            // either.
            Err(message) => {
                self.runs.set(Vec::new());
                self.told.set(Some((key("shelf-failed"), message)));
            }
        });
    }

    /// Keeps the run on the page if it is due.
    pub(super) fn look(self) {
        if let Some(reopened) = self.before.take_reopened() {
            self.keeper.update_value(|keeper| {
                keeper.opened(reopened.number, reopened.id, reopened.step, Date::now());
            });
        }
        let (step, runs, now_ms) =
            (observation::observed().step, playground::is_running(), Date::now());
        let is_due =
            self.keeper.try_update_value(|keeper| keeper.is_due(run_number(), step, runs, now_ms));
        if is_due == Some(true) {
            self.keep();
        }
    }

    /// Keeps the run on the page if it has made steps since it was kept.
    pub(super) fn keep_now(self) {
        let step = observation::observed().step;
        let is_at_risk =
            self.keeper.try_update_value(|keeper| keeper.is_at_risk(run_number(), step));
        if is_at_risk == Some(true) {
            self.keep();
        }
    }

    fn keep(self) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        let (number, run) = (run_number(), observation::run());
        let ((preset, dataset), files) = (playground::names(), playground::run_files());
        let count = if run.on_points { POINTS } else { IMAGES };
        // Both are requested at once and answered in this order, because another run may be about
        // to replace this one.
        let drawn = Rc::new(Cell::new(None));
        let samples = drawn.clone();
        playground::sample_any(count, SEED, move |found| samples.set(found));
        playground::checkpoint(move |checkpoint| {
            let is_its_own = self.keeper.with_value(|keeper| keeper.is_at(number));
            match checkpoint {
                Ok(checkpoint) if is_its_own && number == run_number() => {
                    let shown = shown(drawn.take(), run.image);
                    let kept = Kept { preset, dataset, picture: shown, ..Kept::default() };
                    self.store(kept, &checkpoint, &files, |_| ());
                }
                // The run has been replaced meanwhile, and was kept at that moment.
                _ => self.busy.set_value(false),
            }
        });
    }

    /// Keeps every run that another is about to replace.
    pub(super) fn keep_what_is_left(self) {
        leaving(move |left| {
            if left.reason == Reason::HalfStep {
                return;
            }
            self.before.note(&left);
            let is_at_risk =
                self.keeper.try_update_value(|keeper| keeper.is_at_risk(left.number, left.step));
            if is_at_risk == Some(true) {
                self.keep_left(left);
            } else if let Some(id) = self.keeper.with_value(Keeper::id) {
                self.before.kept(left.number, id);
            }
        });
    }

    fn keep_left(self, left: Left) {
        let (number, picture) = (left.number, shown(left.samples, left.image));
        let (preset, dataset) = (left.preset, left.source);
        let kept = Kept { preset, dataset, picture, ..Kept::default() };
        self.store(kept, &left.checkpoint, &left.files, move |id| self.before.kept(number, id));
    }

    /// Keeps a checkpoint of the keeper's run, with the `files` that it learns from; `done` is
    /// called with its id in the list.
    fn store(
        self,
        kept: Kept,
        checkpoint: &Uint8Array,
        files: &Array,
        done: impl FnOnce(String) + 'static,
    ) {
        let bytes = u64::from(checkpoint.length());
        let length = checkpoint.slice(0, 8).to_vec();
        let length = length.try_into().map_or(0, u64::from_le_bytes).min(bytes);
        let header = checkpoint.slice(0, 8 + length as u32).to_vec();
        let Stored { step, digest } = Stored::of(&header).unwrap_or_default();
        let now_ms = Date::now();
        let fresh = format!("{:x}-{:x}", now_ms as u64, (js_sys::Math::random() * 4e9) as u64);
        let id = self.keeper.try_update_value(|keeper| keeper.begin(step, now_ms, fresh));
        let Some(id) = id else { return self.busy.set_value(false) };
        let file_bytes = playground::size_of(files);
        let too_large = if bytes > MOST_BYTES {
            Some((key("shelf-too-large"), bytes))
        } else if file_bytes > MOST_FILE_BYTES {
            Some((key("shelf-files-too-large"), file_bytes))
        } else {
            None
        };
        if let Some((words, bytes)) = too_large {
            self.told.set(Some((words, format!("{:.0}", bytes as f64 / 1e6))));
            return self.busy.set_value(false);
        }
        let data = (file_bytes > 0).then(|| digest.unwrap_or_else(|| id.clone()));
        let known =
            Kept { id: id.clone(), step, saved_ms: now_ms, bytes, data, file_bytes, ..kept };
        let known = serde_json::to_string(&known).unwrap_or_default();
        let fields =
            [("known", known.into()), ("checkpoint", checkpoint.into()), ("files", files.into())];
        ask("keep", &fields, move |answer| {
            self.busy.set_value(false);
            if answer.is_ok() {
                done(id);
            }
            self.came_to(key("shelf-failed"), answer);
        });
    }

    /// Shows an error, or removes the last one, and reads the list again.
    fn came_to(self, words: &'static str, answer: Result<JsValue, String>) {
        self.told.set(answer.err().map(|message| (words, message)));
        self.list();
    }

    /// Continues a kept run.
    pub(super) fn open(self, kept: Kept) {
        ask("take", &[("id", kept.id.clone().into())], move |answer| match answer {
            Ok(stored) => playground::restore_stored(&stored, move |restored| {
                if restored.is_ok() {
                    self.keeper.update_value(|keeper| {
                        keeper.opened(run_number(), kept.id, kept.step, Date::now());
                    });
                }
                self.came_to(key("shelf-not-opened"), restored.map(|()| JsValue::UNDEFINED));
            }),
            Err(message) => self.came_to(key("shelf-not-opened"), Err(message)),
        });
    }

    /// Begins the run on the page anew, with `nets` of a kept run.
    pub(super) fn begin_with(self, kept: &Kept, nets: InitialNets) {
        ask("take", &[("id", kept.id.clone().into())], move |answer| match answer {
            Ok(stored) => {
                let checkpoint = Uint8Array::new(&playground::member(&stored, "checkpoint"));
                pretrained::begin(&checkpoint, nets, move |begun| {
                    self.came_to(key("shelf-not-begun"), begun);
                });
            }
            Err(message) => self.came_to(key("shelf-not-begun"), Err(message)),
        });
    }

    pub(super) fn save_file(self, kept: &Kept) {
        let name = format!("{}-{}.safetensors", kept.preset, kept.step);
        ask("take", &[("id", kept.id.clone().into())], move |answer| {
            if let Ok(stored) = &answer {
                let checkpoint = playground::member(stored, "checkpoint");
                save(&Uint8Array::new(&checkpoint).to_vec(), "application/octet-stream", &name);
            }
            self.came_to(key("shelf-not-opened"), answer);
        });
    }

    /// Sets the name and the pin of a run to those in `kept`.
    pub(super) fn mark(self, kept: Kept) {
        let fields =
            [("id", kept.id.into()), ("name", kept.name.into()), ("pinned", kept.pinned.into())];
        ask("mark", &fields, move |answer| self.came_to(key("shelf-not-changed"), answer));
    }

    pub(super) fn drop_run(self, kept: Kept) {
        ask("drop", &[("id", kept.id.clone().into())], move |answer| {
            if answer.is_ok() {
                self.keeper.update_value(|keeper| keeper.forget(&kept.id));
                let usual = kept.usual_name();
                self.dropped.set(Some(if kept.name.is_empty() { usual } else { kept.name }));
            }
            self.came_to(key("shelf-not-changed"), answer);
        });
    }

    /// Undoes the last deletion.
    pub(super) fn undrop(self) {
        ask("undrop", &[], move |answer| {
            self.dropped.set(None);
            self.came_to(key("shelf-not-changed"), answer);
        });
    }
}

/// Samples as a `data:` address; empty if there are none.
fn shown(samples: Option<Samples>, image: [usize; 3]) -> String {
    let Some(samples) = samples else { return String::new() };
    let square = square_around([&samples]);
    picture(&samples, image, square).address().unwrap_or_default()
}
