//! Generators that other frameworks trained: chosen or dropped, imported in a worker, and shown where generators are.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::images::{give_back_later, object_url};
use crate::places::{Place, Places};
use crate::playground::{member, settle};
use crate::refusals::failure;
use crate::unopened::Opened;
use crate::words::{key, say_with, t};
use crate::workers;

/// The file's name when it is saved.
const FILE_NAME: &str = "generator.safetensors";

/// A generator that is imported, and what no file tells of it.
#[derive(Clone, Copy)]
pub(crate) struct Import {
    places: Places,
    opened: Opened,
    /// The names of the files; empty before any were given.
    name: RwSignal<String>,
    reads: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    /// The net of numbers whose net nobody described, as JSON.
    net: RwSignal<Option<String>>,
    order: RwSignal<String>,
    label_first: RwSignal<bool>,
    uniform: RwSignal<bool>,
    one_hot: RwSignal<String>,
    /// What was taken for granted of the generator that is there: names of words.
    assumed: RwSignal<Vec<String>>,
    /// The address of the generator that is there.
    made: RwSignal<Option<String>>,
    /// Whether that is a file of this program, of which nothing is asked.
    own: RwSignal<bool>,
    /// Number of the current import; a new one ends earlier ones.
    number: StoredValue<u32>,
}

fn ask(
    kind: &str,
    fields: &[(&str, JsValue)],
    done: impl FnOnce(Result<JsValue, String>) + 'static,
) {
    settle(&workers::ask("importer", kind, fields), done);
}

impl Import {
    /// Takes all such files that the page gets.
    pub(crate) fn follow(places: Places, opened: Opened) -> Self {
        let import = Self {
            places,
            opened,
            name: RwSignal::new(String::new()),
            reads: RwSignal::new(false),
            failed: RwSignal::new(None),
            net: RwSignal::new(None),
            order: RwSignal::new(String::new()),
            label_first: RwSignal::new(false),
            uniform: RwSignal::new(false),
            one_hot: RwSignal::new(String::new()),
            assumed: RwSignal::new(Vec::new()),
            made: RwSignal::new(None),
            own: RwSignal::new(false),
            number: StoredValue::new(0),
        };
        let taken = Closure::<dyn Fn(JsValue)>::new(move |files| import.take(&files));
        ask("follow", &[("taken", taken.into_js_value())], |_| ());
        import
    }

    /// Takes the files `[{name, bytes}]`.
    fn take(self, files: &JsValue) {
        let list = Array::from(files);
        let names = list.iter().filter_map(|file| member(&file, "name").as_string());
        self.name.set(names.collect::<Vec<_>>().join(", "));
        self.net.set(None);
        self.order.set(String::new());
        self.label_first.set(false);
        self.uniform.set(false);
        self.one_hot.set(String::new());
        // Files may be dropped while another panel is shown.
        self.places.lead_to(Place::Take);
        let number = self.begin();
        ask("take", &[("files", files.clone())], move |answer| match answer {
            Ok(_) => self.make(),
            Err(message) => self.end(number, Some(message)),
        });
    }

    fn begin(self) -> u32 {
        self.failed.set(None);
        self.assumed.set(Vec::new());
        self.made.set(None);
        self.own.set(false);
        self.reads.set(true);
        self.number.update_value(|number| *number += 1);
        self.number.get_value()
    }

    /// Ends the import of that number, unless another has begun.
    fn end(self, number: u32, failed: Option<String>) {
        if self.number.get_value() == number {
            self.reads.set(false);
            self.failed.set(failed);
        }
    }

    /// Makes the generator of the files by what was said.
    fn make(self) {
        let number = self.begin();
        let net = self.net.get_untracked();
        let net: Value = match net.as_deref().map(serde_json::from_str).transpose() {
            Ok(net) => net.unwrap_or_default(),
            Err(error) => return self.end(number, Some(error.to_string())),
        };
        let order = self.order.get_untracked();
        let order: Vec<&str> =
            order.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let one_hot = self.one_hot.get_untracked().trim().parse::<u32>().unwrap_or(0);
        let choice = json!({
            "uniform": self.uniform.get_untracked(),
            "oneHot": one_hot,
            "net": net,
            "order": order,
            "labelFirst": self.label_first.get_untracked(),
        });
        let fields = [("choice", choice.to_string().into())];
        ask("make", &fields, move |answer| {
            if self.number.get_value() != number {
                return;
            }
            let answer = match answer {
                Ok(answer) => answer,
                Err(message) => return self.end(number, Some(message)),
            };
            let told = member(&answer, "told").as_string().unwrap_or_default();
            let told: Value = serde_json::from_str(&told).unwrap_or_default();
            if !told["proposal"].is_null() {
                self.net.set(Some(format!("{:#}", told["proposal"])));
                return self.end(number, None);
            }
            let file: Uint8Array = member(&answer, "file").unchecked_into();
            let assumed = told["assumed"].as_array().map(Vec::as_slice).unwrap_or_default();
            let assumed = assumed.iter().filter_map(Value::as_str).map(str::to_owned);
            self.assumed.set(assumed.collect());
            self.own.set(told["own"].as_bool().unwrap_or(false));
            if let Some(address) = object_url(&file) {
                let old = self.opened.get_untracked().map(|(_, old)| old);
                self.made.set(Some(address.clone()));
                self.opened.set(Some((self.name.get_untracked(), address)));
                give_back_later(old);
            }
            self.end(number, None);
        });
    }

    /// Reads the files of a list, and takes them.
    fn read(self, list: &web_sys::FileList) {
        let files: Vec<web_sys::File> =
            (0..list.length()).filter_map(|index| list.get(index)).collect();
        if files.is_empty() {
            return;
        }
        let names: Vec<String> = files.iter().map(|file| file.name()).collect();
        let contents: Array = files.iter().map(|file| file.array_buffer()).collect();
        settle(&Promise::all(&contents), move |contents| match contents {
            Ok(contents) => {
                let entries = Array::new();
                for (name, buffer) in names.iter().zip(Array::from(&contents).iter()) {
                    let entry = Object::new();
                    // Setting a member of a new object does not fail.
                    let _ = Reflect::set(&entry, &"name".into(), &name.as_str().into());
                    let _ = Reflect::set(&entry, &"bytes".into(), &Uint8Array::new(&buffer));
                    entries.push(&entry);
                }
                self.take(&entries);
            }
            Err(message) => self.failed.set(Some(message)),
        });
    }
}

/// The button, what no file tells, a proposed net, and what came of it.
#[component]
pub(crate) fn ImportView(import: Import) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(files) = input.files() {
            import.read(&files);
        }
        // The same file can be chosen again.
        input.set_value("");
    };
    let nothing = move || import.name.with(String::is_empty);
    let is_proposed = move || import.net.with(Option::is_some);
    let told = move || {
        let facts = [("name", import.name.get())];
        if import.reads.get() {
            return say_with(key("import-reads"), &facts);
        }
        if import.made.with(Option::is_some) {
            let word = if import.own.get() { key("import-own") } else { key("import-made") };
            return say_with(word, &facts);
        }
        String::new()
    };
    let assumption = move |name: &'static str, word: &'static str| {
        let is_told = move || import.assumed.with(|assumed| !assumed.iter().any(|one| one == name));
        view! { <p class="hint" hidden=is_told>{t(word)}</p> }
    };
    let checkbox = move |word: &'static str, signal: RwSignal<bool>, makes: bool| {
        view! {
            <label>
                <input
                    type="checkbox"
                    prop:checked=signal
                    on:change=move |event| {
                        signal.set(event_target_checked(&event));
                        if makes {
                            import.make();
                        }
                    }
                />
                " " {t(word)}
            </label>
        }
    };
    view! {
        <section class="lab-import" aria-label=t("import-title")>
            <h3>{t("import-title")}</h3>
            <p class="hint">{t("import-hint")}</p>
            <div class="lab-remedies">
                <button on:click=choose>{t("import-open")}</button>
                <input
                    node_ref=input
                    type="file"
                    multiple
                    hidden
                    aria-label=t("import-open")
                    on:change=chosen
                />
            </div>
            <p role="status" class="number">{told}</p>
            {failure(move || import.failed.get())}
            {assumption("latent", key("import-latent"))}
            {assumption("range", key("import-range"))}
            <div hidden=move || nothing() || is_proposed() || import.own.get()>
                <p>{checkbox(key("import-uniform"), import.uniform, true)}</p>
                <p>
                    <label>
                        {t("import-one-hot")} " "
                        <input
                            type="text"
                            inputmode="numeric"
                            size="4"
                            prop:value=import.one_hot
                            on:change=move |event| {
                                import.one_hot.set(event_target_value(&event));
                                import.make();
                            }
                        />
                    </label>
                </p>
            </div>
            <div class="spec" hidden=move || !is_proposed()>
                <p>{t("import-proposal")}</p>
                <textarea
                    aria-label=t("import-net")
                    rows="16"
                    spellcheck="false"
                    prop:value=move || import.net.get().unwrap_or_default()
                    on:input=move |event| import.net.set(Some(event_target_value(&event)))
                ></textarea>
                <p>
                    <label>
                        {t("import-order")} " "
                        <input
                            type="text"
                            size="40"
                            prop:value=import.order
                            on:input=move |event| import.order.set(event_target_value(&event))
                        />
                    </label>
                </p>
                <p>{checkbox(key("import-label-first"), import.label_first, false)}</p>
                <div class="lab-remedies">
                    <button on:click=move |_| import.make()>{t("import-with-net")}</button>
                </div>
            </div>
            <div
                class="lab-remedies"
                hidden=move || import.made.with(Option::is_none) || import.own.get()
            >
                <a class="button" href=move || import.made.get() download=FILE_NAME>
                    {t("generator-file")}
                </a>
            </div>
        </section>
    }
}
