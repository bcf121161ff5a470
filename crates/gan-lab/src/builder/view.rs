//! Shows the editor of the nets.

use gan_protocol::{ActivationKind, LayerSpec, RunSpec, Shape, Tagged as _};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::draft::{
    Field, Nets, Said, fields, fresh, fresh_function, number_in, run_with, said, set, shown,
};
use crate::driving;
use crate::focus;
use crate::places::{Place, Places};
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 500;

/// A layer in the list; its id stays when it is moved.
#[derive(Clone, Copy, PartialEq)]
struct Row {
    id: u32,
    layer: RwSignal<Value>,
}

/// One net.
#[derive(Clone, Copy)]
struct Net {
    rows: RwSignal<Vec<Row>>,
    input: RwSignal<Shape>,
    next: StoredValue<u32>,
}

impl Net {
    fn new() -> Self {
        let shape = Shape::flat(1);
        Self {
            rows: RwSignal::new(Vec::new()),
            input: RwSignal::new(shape),
            next: StoredValue::new(0),
        }
    }

    fn row(self, layer: Value) -> Row {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        Row { id, layer: RwSignal::new(layer) }
    }

    fn fill(self, layers: Vec<Value>, input: Shape) {
        self.rows.set(layers.into_iter().map(|layer| self.row(layer)).collect());
        self.input.set(input);
    }

    fn layers(self) -> Vec<Value> {
        self.rows.get().iter().map(|row| row.layer.get()).collect()
    }

    fn place(self, id: u32) -> Option<usize> {
        self.rows.with(|rows| rows.iter().position(|row| row.id == id))
    }

    fn shift(self, id: u32, by: isize) {
        let Some(place) = untrack(|| self.place(id)) else { return };
        self.rows.update(|rows| {
            if let Some(other) = place.checked_add_signed(by).filter(|other| *other < rows.len()) {
                rows.swap(place, other);
            }
        });
    }
}

#[component]
pub(crate) fn Builder(places: Places) -> impl IntoView {
    let spec = RwSignal::new(None::<Value>);
    let (generator, discriminator, encoder) = (Net::new(), Net::new(), Net::new());
    let encodes = RwSignal::new(false);
    let nets = move || Nets {
        generator: generator.layers(),
        discriminator: discriminator.layers(),
        encoder: encodes.get().then(|| encoder.layers()),
    };
    let take = move || {
        let value = playground::spec();
        let Ok(run) = RunSpec::from_value(value.clone()) else { return };
        let nets = Nets::of(&value);
        generator.fill(nets.generator, run.generator_input());
        discriminator.fill(nets.discriminator, run.discriminator_input());
        encodes.set(nets.encoder.is_some());
        encoder.fill(nets.encoder.unwrap_or_default(), run.data.shape());
        spec.set(Some(value));
    };
    // Nets that nobody has changed here follow the run.
    let is_as_taken = move || {
        untrack(|| spec.with(|spec| spec.as_ref().is_none_or(|spec| Nets::of(spec) == nets())))
    };
    let follow = move || {
        let is_other = || spec.with_untracked(|spec| spec.as_ref() != Some(&playground::spec()));
        if places.is_shown(Place::Build) && is_as_taken() && is_other() {
            take();
        }
    };
    every_ms(LOOK_EVERY_MS, follow);
    // Not within the effect, whose next run would dispose of the layers' signals.
    Effect::new(move |_| {
        places.shown();
        request_animation_frame(follow);
    });
    let whole = Memo::new(move |_| {
        let spec = spec.get()?;
        Some(run_with(&spec, &nets()))
    });
    let load = move |_| {
        if let Some(Ok(_)) = whole.get_untracked() {
            driving::begin_anew(&untrack(nets).patch().to_string());
        }
    };
    let error = move || whole.get().and_then(Result::err);
    let is_open = move || spec.with(Option::is_some);
    view! {
        <section class="lab-builder" aria-label=t("builder-title")>
            <h2>{t("builder-title")}</h2>
            <p class="hint">{t("builder-hint")}</p>
            <div class="lab-remedies">
                <button on:click=move |_| take()>{t("builder-take")}</button>
            </div>
            <div class="lab-nets" hidden=move || !is_open()>
                <NetView title=key("builder-generator") class="generator" net=generator/>
                <NetView title=key("builder-discriminator") class="discriminator" net=discriminator/>
                {move || encodes.get().then(|| view! {
                    <NetView title=key("builder-encoder") class="encoder" net=encoder/>
                })}
            </div>
            <p role="status" hidden=move || error().is_none()>{error}</p>
            <div class="lab-remedies" hidden=move || !is_open()>
                <button
                    disabled=move || !matches!(whole.get(), Some(Ok(_)))
                    on:click=load
                >
                    {t("builder-load")}
                </button>
            </div>
        </section>
    }
}

#[component]
fn NetView(title: &'static str, class: &'static str, net: Net) -> impl IntoView {
    let checked = Memo::new(move |_| said(&net.layers(), net.input.get()));
    let add = move |event: leptos::ev::Event| {
        let list: web_sys::HtmlSelectElement = event_target(&event);
        let kind = list.value();
        // The same kind may be added again.
        list.set_value("");
        if !kind.is_empty() {
            let row = net.row(fresh(&kind));
            net.rows.update(|rows| rows.push(row));
        }
    };
    let sum = move || {
        let count: usize = checked.with(|said| said.iter().filter_map(|one| one.parameters).sum());
        say_with(key("builder-sum"), &[("count", count.to_string())])
    };
    let kinds = LayerSpec::examples().into_iter().map(|layer| {
        let kind = layer.kind();
        view! { <option value=kind>{kind}</option> }
    });
    view! {
        <fieldset class=format!("lab-net {class}")>
            <legend>{t(title)}</legend>
            <p class="hint number">
                {t("builder-input")} " " {move || net.input.get().to_string()}
            </p>
            <ol>
                <For
                    each=move || net.rows.get()
                    key=|row| row.id
                    children=move |row| view! { <RowView net=net row=row checked=checked/> }
                />
            </ol>
            <p class="hint number">{sum}</p>
            <select aria-label=t("builder-add") on:change=add>
                <option value="">{t("builder-add")}</option>
                {kinds.collect_view()}
            </select>
        </fieldset>
    }
}

#[component]
fn RowView(net: Net, row: Row, checked: Memo<Vec<Said>>) -> impl IntoView {
    let kind =
        Memo::new(move |_| row.layer.with(|layer| layer["kind"].as_str().unwrap_or("").to_owned()));
    let parts = Memo::new(move |_| row.layer.with(fields));
    let of = move || {
        let place = net.place(row.id)?;
        checked.with(|said| said.get(place).cloned())
    };
    let told = move || {
        let said = of().unwrap_or_default();
        match (said.shape, said.parameters) {
            (Some(shape), Some(0) | None) => format!("→ {shape}"),
            (Some(shape), Some(count)) => {
                format!(
                    "→ {shape} · {}",
                    say_with(key("builder-count"), &[("count", count.to_string())])
                )
            }
            (None, _) => String::new(),
        }
    };
    let error = move || of().and_then(|said| said.error);
    let named = move |text: &'static str| {
        Signal::derive(move || {
            let number = net.place(row.id).map_or(0, |place| place + 1).to_string();
            say_with(text, &[("number", number), ("kind", kind.get())])
        })
    };
    let is_first = move || net.place(row.id) == Some(0);
    let is_last = move || net.rows.with(Vec::len) == net.place(row.id).map_or(0, |place| place + 1);
    // The document removes and reinserts a row that is moved, which loses the focus.
    let shift = move |event: &MouseEvent, by: isize| {
        let pressed = pressed(event);
        net.shift(row.id, by);
        focus::soon(move || pressed);
    };
    let remove = move |event: MouseEvent| {
        let net_view = pressed(&event).and_then(|button| button.closest("fieldset").ok()?);
        let place = untrack(|| net.place(row.id)).unwrap_or_default();
        net.rows.update(|rows| rows.retain(|one| one.id != row.id));
        let left = net.rows.with_untracked(Vec::len);
        focus::soon(move || after_removal(&net_view?, place, left));
    };
    view! {
        <li class:wrong=move || error().is_some()>
            <div class="lab-layer">
                <code>{kind}</code>
                <For
                    each=move || parts.get()
                    key=|field| format!("{field:?}")
                    children=move |field| view! { <FieldView row=row field=field/> }
                />
                <span class="lab-moves">
                    // Not disabled: at the list's end a layer's button keeps the focus.
                    <button
                        aria-label=named(key("builder-up"))
                        aria-disabled=move || is_first().to_string()
                        on:click=move |event| shift(&event, -1)
                    >
                        "↑"
                    </button>
                    <button
                        aria-label=named(key("builder-down"))
                        aria-disabled=move || is_last().to_string()
                        on:click=move |event| shift(&event, 1)
                    >
                        "↓"
                    </button>
                    <button aria-label=named(key("builder-remove")) on:click=remove>
                        "×"
                    </button>
                </span>
            </div>
            <p class="hint number">{told}</p>
            <p role="status" hidden=move || error().is_none()>{error}</p>
        </li>
    }
}

fn pressed(event: &MouseEvent) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

/// The element that gets the focus when the layer at `place` is removed and `left` layers remain:
/// the same button of the next layer, or the list that adds layers.
fn after_removal(net: &web_sys::Element, place: usize, left: usize) -> Option<HtmlElement> {
    let next = match left {
        0 => ":scope > select".to_owned(),
        _ => format!("li:nth-child({}) .lab-moves > :last-child", (place + 1).min(left)),
    };
    net.query_selector(&next).ok()??.dyn_into().ok()
}

#[component]
fn FieldView(row: Row, field: Field) -> impl IntoView {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let at =
        move |path: &str| row.layer.with(|layer| layer.pointer(path).cloned().unwrap_or_default());
    match field {
        Field::Number(path) => {
            let shown = {
                let path = path.clone();
                move || shown(&at(&path))
            };
            let label = name(&path);
            // Text that is not accepted stays as it was typed.
            let untaken = RwSignal::new(None::<String>);
            let change = move |event| {
                let typed = event_target_value(&event);
                let number = number_in(&typed);
                untaken.set(number.is_none().then_some(typed));
                // An update of the layer would replace the typed text by its numbers.
                if let Some(number) = number {
                    row.layer.update(|layer| set(layer, &path, number.into()));
                }
            };
            let refused = move || untaken.with(Option::is_some);
            let told = move || {
                let typed = untaken.get().unwrap_or_default();
                say_with(key("number-not-taken"), &[("typed", typed)])
            };
            view! {
                <label>
                    {label}
                    <input
                        type="text"
                        inputmode="decimal"
                        autocomplete="off"
                        aria-invalid=move || refused().to_string()
                        prop:value=shown
                        on:change=change
                    />
                </label>
                <p class="lab-refusal" role="alert" hidden=move || !refused()>{told}</p>
            }
            .into_any()
        }
        Field::Flag(path) => {
            let shown = {
                let path = path.clone();
                move || at(&path) == true
            };
            let label = name(&path);
            let change = move |event| {
                let on = event_target_checked(&event);
                row.layer.update(|layer| set(layer, &path, on.into()));
            };
            view! {
                <label>
                    <input type="checkbox" prop:checked=shown on:change=change/>
                    {label}
                </label>
            }
            .into_any()
        }
        Field::Function => {
            let shown = move || at("/function/name").as_str().unwrap_or_default().to_owned();
            let change = move |event| {
                let function = fresh_function(&event_target_value(&event));
                row.layer.update(|layer| set(layer, "/function", function));
            };
            view! {
                <select aria-label=t("builder-function") prop:value=shown on:change=change>
                    {ActivationKind::KINDS.iter().map(|name| {
                        let chosen = move || shown() == *name;
                        view! { <option value=*name selected=chosen>{*name}</option> }
                    }).collect_view()}
                </select>
            }
            .into_any()
        }
        Field::Layers(path) => {
            let shown = {
                let path = path.clone();
                move || at(&path).to_string()
            };
            let label = name(&path);
            let change = move |event| {
                let layers = serde_json::from_str::<Vec<Value>>(&event_target_value(&event));
                row.layer.update(|layer| {
                    if let Ok(layers) = layers {
                        set(layer, &path, layers.into());
                    }
                });
            };
            view! {
                <label class="wide">
                    {label}
                    <textarea rows="3" spellcheck="false" prop:value=shown on:change=change></textarea>
                </label>
            }
            .into_any()
        }
    }
}
