//! Shows the user's data files: their images, options for reading them, and a button to train on
//! them.

use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use super::points::{FilePoints, PointsRead};
use super::summary::{Nets, Summary};
use crate::driving;
use crate::picture::Picture;
use crate::places::{Place, Places};
use crate::playground::{self, settle};
use crate::refusals::failure;
use crate::words::{key, say, t};
use crate::workers;

/// Images that are shown.
const SHOWN: usize = 48;
const SHOWN_COLUMNS: usize = 12;
/// Ranges of black and white, each with its name in the document.
const RANGES: [(&str, Option<[f64; 2]>); 5] = [
    ("found", None),
    ("0-255", Some([0.0, 255.0])),
    ("0-1", Some([0.0, 1.0])),
    ("-1-1", Some([-1.0, 1.0])),
    ("0-16", Some([0.0, 16.0])),
];

fn ask(
    kind: &str,
    fields: &[(&str, JsValue)],
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    settle(&workers::ask("reader", kind, fields), done);
}

#[derive(Clone, Copy)]
pub(crate) struct DataFiles {
    summary: RwSignal<Option<Summary>>,
    /// Pixels of the first images, [image, channel, row, column].
    pixels: StoredValue<Vec<u8>>,
    entry: RwSignal<Option<String>>,
    range: RwSignal<&'static str>,
    upright: RwSignal<bool>,
    coarse: RwSignal<bool>,
    nets: RwSignal<Nets>,
    /// Whether files are being read.
    reads: RwSignal<bool>,
    /// Number of the current reading; a new reading ends earlier ones.
    reading: StoredValue<u32>,
    failed: RwSignal<Option<String>>,
    /// Points of the plane, in place of images.
    points: RwSignal<Option<FilePoints>>,
    places: Places,
}

impl DataFiles {
    pub(super) fn new(places: Places) -> Self {
        Self {
            places,
            summary: RwSignal::new(None),
            pixels: StoredValue::new(Vec::new()),
            entry: RwSignal::new(None),
            range: RwSignal::new(RANGES[0].0),
            upright: RwSignal::new(false),
            coarse: RwSignal::new(false),
            nets: RwSignal::new(Nets::Present),
            reads: RwSignal::new(false),
            reading: StoredValue::new(0),
            failed: RwSignal::new(None),
            points: RwSignal::new(None),
        }
    }

    /// Takes all files that the page gets and that are not its checkpoints.
    pub(super) fn follow(self) {
        let taken = Closure::<dyn Fn(JsValue)>::new(move |files| self.take(&files));
        ask("follow", &[("taken", taken.into_js_value())], |_| ());
    }

    fn take(self, files: &JsValue) {
        self.entry.set(None);
        self.range.set(RANGES[0].0);
        self.upright.set(false);
        self.coarse.set(false);
        // Files may be dropped while another panel is shown.
        self.places.lead_to(Place::Data);
        self.points.set(None);
        let number = self.begin();
        ask("take", &[("files", files.clone())], move |answer| match answer {
            Ok(points) if points.is_object() => {
                if self.end(number, None) {
                    let member =
                        |name: &str| Reflect::get(&points, &name.into()).unwrap_or_default();
                    let numbers = Float32Array::new(&member("points")).to_vec();
                    let name = member("name").as_string().unwrap_or_default();
                    self.summary.set(None);
                    self.points.set(Some(FilePoints::of(name, &numbers)));
                }
            }
            Ok(_) => self.look(true),
            Err(message) => drop(self.end(number, Some(message))),
        });
    }

    /// Takes a table that was typed or pasted.
    fn take_text(self, text: &str) {
        let bytes = Uint8Array::from(text.as_bytes());
        let file = Object::new();
        // Setting a member of a new object does not fail.
        let _ = Reflect::set(&file, &"name".into(), &say(key("points-pasted")).into());
        let _ = Reflect::set(&file, &"bytes".into(), &bytes);
        self.take(&Array::of1(&file));
    }

    fn begin(self) -> u32 {
        self.failed.set(None);
        self.reads.set(true);
        self.reading.update_value(|reading| *reading += 1);
        self.reading.get_value()
    }

    /// Ends the reading of that number, unless another has begun.
    fn end(self, number: u32, failed: Option<String>) -> bool {
        let is_last = self.reading.get_value() == number;
        if is_last {
            self.reads.set(false);
            if failed.is_some() {
                self.summary.set(None);
            }
            self.failed.set(failed);
        }
        is_last
    }

    /// Reads the images with the chosen options. `is_first` for new files, whose name may imply
    /// that the images lie on their side.
    fn look(self, is_first: bool) {
        let number = self.begin();
        let name = self.range.get_untracked();
        let range = RANGES.iter().find(|(one, _)| *one == name).and_then(|(_, range)| *range);
        let choice = json!({
            "entry": self.entry.get_untracked(),
            "range": range,
            "upright": self.upright.get_untracked(),
            "coarse": self.coarse.get_untracked(),
        });
        let fields = [("choice", choice.to_string().into()), ("shown", SHOWN.into())];
        ask("look", &fields, move |answer| {
            let read = answer.and_then(|answer| {
                let member = |name: &str| Reflect::get(&answer, &name.into()).unwrap_or_default();
                let summary = member("summary").as_string().unwrap_or_default();
                let summary: Summary =
                    serde_json::from_str(&summary).map_err(|error| error.to_string())?;
                Ok((summary, Uint8Array::new(&member("pixels")).to_vec()))
            });
            match read {
                Ok((summary, _)) if is_first && summary.lies_on_its_side => {
                    if self.reading.get_value() == number {
                        self.upright.set(true);
                        self.look(false);
                    }
                }
                Ok((summary, pixels)) => {
                    if self.end(number, None) {
                        let present = playground::spec();
                        self.nets.set(Nets::fitting(&summary, &present));
                        self.pixels.set_value(pixels);
                        self.summary.set(Some(summary));
                        self.load(false);
                    }
                }
                Err(message) => drop(self.end(number, Some(message))),
            }
        });
    }

    /// Loads the run on these images; starts it if one was running, or if `start`.
    fn load(self, start: bool) {
        let Some(summary) = self.summary.get_untracked() else { return };
        let present: Value = playground::spec();
        let Some(run) = self.nets.get_untracked().run(&summary, &present) else { return };
        let start = start || playground::is_running();
        let number = self.begin();
        ask("files", &[], move |answer| {
            let failed = answer.as_ref().err().cloned();
            if let (true, Ok(files)) = (self.end(number, failed), answer)
                && files.is_instance_of::<Array>()
            {
                driving::load_with_files(&files, &run, start);
            }
        });
    }

    /// The result of the reading, in words.
    fn told(self) -> String {
        if self.reads.get() {
            return say(key("data-reads"));
        }
        self.summary.with(|summary| summary.as_ref().map(Summary::in_words)).unwrap_or_default()
    }
}

/// The panel's part for data files.
#[component]
pub(super) fn OwnDataFiles(files: DataFiles) -> impl IntoView {
    let pasted = NodeRef::<html::Textarea>::new();
    let read = move |_| {
        if let Some(field) = pasted.get_untracked() {
            files.take_text(&field.value());
        }
    };
    let none = move || files.summary.with(Option::is_none);
    let failed = files.failed;
    let classes = move || files.summary.with(|it| it.as_ref().and_then(Summary::classes_in_words));
    view! {
        {failure(move || failed.get())}
        <p
            class="hint number lab-data-told"
            role="status"
            aria-busy=move || files.reads.get().to_string()
        >
            {move || files.told()}
        </p>
        <PointsRead found=files.points/>
        <details class="lab-paste">
            <summary>{t("points-paste")}</summary>
            <p class="hint">{t("points-paste-hint")}</p>
            <textarea node_ref=pasted rows="6" spellcheck="false" aria-label=t("points-paste")></textarea>
            <div class="lab-remedies"><button on:click=read>{t("points-read-it")}</button></div>
        </details>
        <div class="lab-pictures-taken lab-data-files" hidden=none>
            <p class="hint number" hidden=move || classes().is_none()>{classes}</p>
            <Choices files=files/>
            <Shown files=files/>
            <div class="lab-remedies">
                <button disabled=files.reads on:click=move |_| files.load(true)>
                    {t("data-train")}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Choices(files: DataFiles) -> impl IntoView {
    let entries = move || files.summary.with(|it| it.as_ref().map(|it| it.entries.clone()));
    let path = move || files.summary.with(|it| it.as_ref().map(|it| it.path.clone()));
    let has_several = move || entries().is_some_and(|entries| entries.len() > 1);
    let choose_entry = move |event| {
        files.entry.set(Some(event_target_value(&event)));
        files.look(false);
    };
    let choose_range = move |event| {
        let name = event_target_value(&event);
        if let Some((name, _)) = RANGES.iter().find(|(one, _)| *one == name) {
            files.range.set(name);
            files.look(false);
        }
    };
    let choose_nets = move |event| {
        if let Some(nets) = Nets::of_name(&event_target_value(&event)) {
            files.nets.set(nets);
            files.load(false);
        }
    };
    let turn = move |event| {
        files.upright.set(event_target_checked(&event));
        files.look(false);
    };
    let merge = move |event| {
        files.coarse.set(event_target_checked(&event));
        files.look(false);
    };
    let fits = move |nets: Nets| {
        let present = playground::spec();
        files.summary.with(|it| it.as_ref().is_some_and(|it| nets.fit(it, &present)))
    };
    // Only CIFAR-100 has coarse classes besides fine ones.
    let has_coarse = move || {
        let named =
            |it: &Summary| it.channels == 3 && it.classes.as_ref().is_some_and(|c| c.len() > 10);
        files.coarse.get() || files.summary.with(|it| it.as_ref().is_some_and(named))
    };
    view! {
        <div class="lab-remedies">
            <label hidden=move || !has_several()>
                {t("data-entry")} " "
                <select prop:value=move || path().unwrap_or_default() on:change=choose_entry>
                    {move || entries().unwrap_or_default().into_iter().map(|entry| {
                        view! { <option value=entry.clone()>{entry.clone()}</option> }
                    }).collect_view()}
                </select>
            </label>
            <label>
                {t("data-nets")} " "
                <select prop:value=move || files.nets.get().name() on:change=choose_nets>
                    {Nets::ALL.map(|nets| view! {
                        <option value=nets.name() disabled=move || !fits(nets)>{t(nets.title())}</option>
                    }).collect_view()}
                </select>
            </label>
            <label>
                {t("data-range")} " "
                <select prop:value=move || files.range.get() on:change=choose_range>
                    {RANGES.map(|(name, range)| {
                        let told = move || match range {
                            None => say(key("data-range-found")),
                            Some([low, high]) => format!("{low} – {high}"),
                        };
                        view! { <option value=name>{told}</option> }
                    }).collect_view()}
                </select>
            </label>
            <label>
                <input type="checkbox" prop:checked=files.upright on:change=turn/>
                " " {t("data-upright")}
            </label>
            <label hidden=move || !has_coarse()>
                <input type="checkbox" prop:checked=files.coarse on:change=merge/>
                " " {t("data-coarse")}
            </label>
        </div>
    }
}

/// The first images, with the chosen options.
#[component]
fn Shown(files: DataFiles) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let (Some(canvas), Some(summary)) = (canvas.get(), files.summary.get()) else { return };
        let Summary { channels, height, width, .. } = summary;
        let pixels =
            files.pixels.with_value(|pixels| interleaved(pixels, [channels, height, width]));
        let count = pixels.len() / (channels * height * width).max(1);
        let columns = SHOWN_COLUMNS.min(count.max(1));
        Picture::of_images(&pixels, [width, height, channels], columns).show(&canvas);
    });
    let label = move || say(key("data-shown"));
    view! { <canvas node_ref=canvas role="img" aria-label=label></canvas> }
}

/// Images with the channels of a pixel side by side, from [image, channel, row, column].
fn interleaved(planes: &[u8], [channels, height, width]: [usize; 3]) -> Vec<u8> {
    let area = height * width;
    let images = planes.chunks_exact((channels * area).max(1));
    let pixels = images.flat_map(|image| {
        (0..area).flat_map(move |at| (0..channels).map(move |channel| image[channel * area + at]))
    });
    pixels.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_of_a_pixel_come_side_by_side() {
        assert_eq!(interleaved(&[1, 2, 3, 4, 5, 6], [3, 1, 2]), [1, 3, 5, 2, 4, 6]);
        assert_eq!(interleaved(&[1, 2, 3, 4], [1, 2, 2]), [1, 2, 3, 4]);
    }
}
