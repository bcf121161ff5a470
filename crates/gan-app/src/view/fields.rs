//! Labelled controls.

use gan_protocol::decimal;
use leptos::html;
use leptos::prelude::*;

use crate::effects::display::Display;
use crate::effects::page::with;
use crate::view::events::change;
use crate::view::numbers;
use crate::view::words::{derived, t};

/// One choice of a select: its value and the key of its words.
pub(crate) type Choice = (&'static str, &'static str);

/// A labelled select.
#[component]
pub(crate) fn SelectField(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: Option<Signal<String>>,
    #[prop(optional)] restarts: bool,
    choices: Vec<Choice>,
    value: Signal<String>,
    choose: Box<dyn Fn(String)>,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|(name, words)| view! { <option value=name>{t(words)}</option> })
        .collect_view();
    let place = NodeRef::<html::Select>::new();
    in_force(value, Box::new(move |text| place.get().map(|field| field.set_value(text)).is_some()));
    view! {
        <div class="field">
            <FieldLabel id=id label=label restarts=restarts/>
            <select
                node_ref=place
                id=id
                on:change=change(move |event| choose(event_target_value(&event)))
            >
                {options}
            </select>
            {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
        </div>
    }
}

/// A labelled whole number.
#[component]
pub(crate) fn NumberField(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] restarts: bool,
    minimum: u64,
    maximum: u64,
    value: Signal<u64>,
    choose: Box<dyn Fn(u64)>,
) -> impl IntoView {
    let place = shown(derived(move || value.get().to_string()));
    let commit = change(move |event| {
        let number = typed(&event);
        if number >= 0.0 && number.fract() == 0.0 {
            choose(number as u64);
        } else {
            show_again();
        }
    });
    view! {
        <div class="field row">
            <FieldLabel id=id label=label restarts=restarts/>
            <input
                node_ref=place
                id=id
                type="number"
                inputmode="numeric"
                min=minimum.to_string()
                max=maximum.to_string()
                on:change=commit
            />
        </div>
    }
}

/// A labelled slider with a number beside it.
#[component]
pub(crate) fn SliderField(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] class: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    /// The slider's ends; of the exponent of ten, if `logarithmic`.
    ends: (f64, f64),
    step: f64,
    #[prop(optional)] logarithmic: bool,
    value: Signal<f64>,
    choose: fn(f64),
) -> impl IntoView {
    let to_slider = move |value: f64| {
        if logarithmic { value.max(1e-12).log10().clamp(ends.0, ends.1) } else { value }
    };
    let from_slider = move |position: f64| {
        if logarithmic { numbers::rounded(js_sys::Math::pow(10.0, position)) } else { position }
    };
    let slider = shown(derived(move || decimal(to_slider(value.get()))));
    let field = shown(derived(move || numbers::rate(value.get())));
    let slid = change(move |event| {
        let position = typed(&event);
        if position.is_finite() {
            choose(from_slider(position));
        }
    });
    let entered = change(move |event| {
        let number = typed(&event);
        if number.is_finite() {
            choose(number);
        } else {
            show_again();
        }
    });
    view! {
        <div class=format!("field {class}")>
            <FieldLabel id=id label=label restarts=false/>
            <div class="slider">
                <input
                    node_ref=slider
                    id=id
                    type="range"
                    min=decimal(ends.0)
                    max=decimal(ends.1)
                    step=decimal(step)
                    aria-valuetext=derived(move || numbers::rate(value.get()))
                    on:input=slid
                />
                <input
                    node_ref=field
                    type="number"
                    step="any"
                    inputmode="decimal"
                    aria-label=t(label)
                    on:change=entered
                />
            </div>
            {hint.map(|hint| view! { <p class="hint">{t(hint)}</p> })}
        </div>
    }
}

#[component]
fn FieldLabel(id: &'static str, label: &'static str, restarts: bool) -> impl IntoView {
    view! {
        <label for=id>
            {t(label)}
            {restarts.then(|| view! {
                <span class="restarts" title=t("restarts-hint")>
                    {t("restarts")}
                </span>
            })}
        </label>
    }
}

/// The number in a field; NaN if it holds none.
fn typed(event: &leptos::ev::Event) -> f64 {
    event_target::<web_sys::HtmlInputElement>(event).value_as_number()
}

/// An input that shows `text`.
fn shown(text: Signal<String>) -> NodeRef<html::Input> {
    let place = NodeRef::<html::Input>::new();
    in_force(text, Box::new(move |text| place.get().map(|field| field.set_value(text)).is_some()));
    place
}

/// Shows what is in force: when it changes, and again after something else was typed and refused.
/// Not at each change of another setting: that would take away what is being typed. `show` says whether there is a
/// field yet.
fn in_force(text: Signal<String>, show: Box<dyn Fn(&str) -> bool>) {
    let refusals = expect_context::<Display>().refusals;
    let mut shown = (u32::MAX, String::new());
    Effect::new(move |_| {
        let now = (refusals.get(), text.get());
        if now != shown && show(&now.1) {
            shown = now;
        }
    });
}

fn show_again() {
    with(|page| page.show_settings_again());
}
