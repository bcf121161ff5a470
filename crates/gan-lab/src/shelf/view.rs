//! The kept runs on the screen.

use js_sys::{Date, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::keeper::{Keeper, Kept};
use crate::playground::{self, settle};
use crate::saving::save;
use crate::timeline::animation::{picture, square_around};
use crate::words::{key, language, say, say_with, t};
use crate::workers;

/// How often the run is looked at.
const LOOK_EVERY_MS: i32 = 250;
/// A larger checkpoint is not kept by itself.
const MOST_BYTES: u64 = 48 << 20;
/// Samples of the picture.
const IMAGES: u32 = 16;
const POINTS: u32 = 300;
const SEED: u32 = 7 << 20;

#[derive(Clone, Copy)]
struct Shelf {
    runs: RwSignal<Vec<Kept>>,
    keeper: StoredValue<Keeper>,
    busy: StoredValue<bool>,
    failed: RwSignal<Option<String>>,
}

fn ask(
    kind: &str,
    fields: &[(&str, JsValue)],
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    settle(&workers::ask("shelf", kind, fields), done);
}

impl Shelf {
    /// Reads the list anew.
    fn list(self) {
        ask("list", &[], move |answer| match answer {
            Ok(list) => {
                let list = list.as_string().unwrap_or_default();
                self.runs.set(serde_json::from_str(&list).unwrap_or_default());
            }
            // In a sandboxed frame, for one, nothing can be stored: none will be kept either.
            Err(message) => {
                self.runs.set(Vec::new());
                self.failed.set(Some(message));
            }
        });
    }

    fn look(self) {
        let (step, runs, now_ms) =
            (playground::observed().step, playground::is_running(), Date::now());
        let (preset, dataset) = playground::names();
        let called = format!("{preset} {dataset}");
        let is_due =
            self.keeper.try_update_value(|keeper| keeper.is_due(&called, step, runs, now_ms));
        if self.busy.get_value() || is_due != Some(true) || playground::has_own_files() {
            return;
        }
        self.busy.set_value(true);
        let run = playground::run();
        let count = if run.on_points { POINTS } else { IMAGES };
        playground::sample_any(count, SEED, move |samples| {
            let Some(samples) = samples else { return self.busy.set_value(false) };
            let square = square_around([&samples]);
            let shown = picture(&samples, run.image, square).address().unwrap_or_default();
            playground::checkpoint(move |checkpoint| match checkpoint {
                Ok(checkpoint) => self.keep(checkpoint, shown),
                Err(_) => self.busy.set_value(false),
            });
        });
    }

    fn keep(self, checkpoint: Uint8Array, picture: String) {
        let bytes = u64::from(checkpoint.length());
        let (step, now_ms) = (playground::observed().step, Date::now());
        let fresh = format!("{:x}-{:x}", now_ms as u64, (js_sys::Math::random() * 4e9) as u64);
        let id = self.keeper.try_update_value(|keeper| keeper.begin(step, now_ms, fresh));
        let Some(id) = id.filter(|_| bytes <= MOST_BYTES) else {
            return self.busy.set_value(false);
        };
        let (preset, dataset) = playground::names();
        let known = Kept { id, preset, dataset, step, saved_ms: now_ms, bytes, picture };
        let known = serde_json::to_string(&known).unwrap_or_default();
        let fields = [("known", known.into()), ("checkpoint", checkpoint.into())];
        ask("keep", &fields, move |answer| {
            self.busy.set_value(false);
            self.failed.set(answer.err());
            self.list();
        });
    }

    /// Goes on with a kept run.
    fn open(self, kept: Kept) {
        ask("take", &[("id", kept.id.clone().into())], move |answer| match answer {
            Ok(bytes) => playground::restore(&bytes, move |restored| match restored {
                Ok(()) => {
                    self.keeper.update_value(|keeper| {
                        keeper.opened(kept.id, kept.step, Date::now());
                    });
                    self.list();
                }
                Err(message) => self.failed.set(Some(message)),
            }),
            Err(message) => self.failed.set(Some(message)),
        });
    }

    fn save_file(self, kept: &Kept) {
        let name = format!("{}-{}.safetensors", kept.preset, kept.step);
        ask("take", &[("id", kept.id.clone().into())], move |answer| match answer {
            Ok(bytes) => {
                save(&Uint8Array::new(&bytes).to_vec(), "application/octet-stream", &name);
            }
            Err(message) => self.failed.set(Some(message)),
        });
    }

    fn drop_run(self, id: String) {
        ask("drop", &[("id", id.clone().into())], move |answer| {
            self.failed.set(answer.err());
            self.keeper.update_value(|keeper| keeper.forget(&id));
            self.list();
        });
    }
}

#[component]
pub(crate) fn ShelfView() -> impl IntoView {
    let shelf = Shelf {
        runs: RwSignal::new(Vec::new()),
        keeper: StoredValue::new(Keeper::default()),
        busy: StoredValue::new(false),
        failed: RwSignal::new(None),
    };
    shelf.list();
    playground::every_ms(LOOK_EVERY_MS, move || shelf.look());
    let none = Signal::derive(move || shelf.runs.with(Vec::is_empty));
    let failed = move || {
        let message = shelf.failed.get()?;
        Some(format!("{} {message}", say(key("shelf-failed"))))
    };
    view! {
        <section class="lab-shelf" aria-label=t("shelf-title")>
            <h2>{t("shelf-title")}</h2>
            <p class="hint">{t("shelf-hint")}</p>
            <p role="alert" hidden=move || shelf.failed.with(Option::is_none)>{failed}</p>
            <p class="hint" hidden=move || !none.get()>{t("shelf-none")}</p>
            <ul class="lab-kept">
                <For
                    each=move || shelf.runs.get()
                    key=|kept| (kept.id.clone(), kept.step)
                    children=move |kept| view! { <KeptRun shelf=shelf kept=kept/> }
                />
            </ul>
        </section>
    }
}

#[component]
fn KeptRun(shelf: Shelf, kept: Kept) -> impl IntoView {
    let saved_ms = kept.saved_ms;
    let date = move || {
        let date = Date::new(&saved_ms.into());
        String::from(date.to_locale_string(language().code(), &JsValue::UNDEFINED))
    };
    let facts = {
        let step = kept.step.to_string();
        let size = format!("{:.1}", kept.bytes as f64 / 1e6);
        move || {
            let facts = [("step", step.clone()), ("date", date()), ("size", size.clone())];
            say_with(key("shelf-facts"), &facts)
        }
    };
    let name = format!("{} · {}", kept.preset, kept.dataset.replace('_', " "));
    let [to_open, to_save] = [kept.clone(), kept.clone()];
    let id = kept.id;
    view! {
        <li>
            <img src=kept.picture alt=""/>
            <div>
                <strong>{name}</strong>
                <span class="hint number">{facts}</span>
            </div>
            <div class="lab-remedies">
                <button on:click=move |_| shelf.open(to_open.clone())>{t("shelf-open")}</button>
                <button on:click=move |_| shelf.save_file(&to_save)>{t("shelf-file")}</button>
                <button on:click=move |_| shelf.drop_run(id.clone())>{t("shelf-drop")}</button>
            </div>
        </li>
    }
}
