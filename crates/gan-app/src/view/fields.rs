//! Labelled controls.

use leptos::prelude::*;

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
        .map(|(name, words)| {
            let selected = Signal::derive(move || value.get() == name);
            view! { <option value=name selected=selected>{t(words)}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <FieldLabel id=id label=label restarts=restarts/>
            <select
                id=id
                prop:value=value
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
    let commit = change(move |event| {
        let number = typed(&event);
        if number >= 0.0 && number.fract() == 0.0 {
            choose(number as u64);
        } else {
            // What is no number goes back to what is in force.
            set_input(&event, &value.get_untracked().to_string());
        }
    });
    view! {
        <div class="field row">
            <FieldLabel id=id label=label restarts=restarts/>
            <input
                id=id
                type="number"
                inputmode="numeric"
                min=minimum.to_string()
                max=maximum.to_string()
                prop:value=derived(move || value.get().to_string())
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
        if logarithmic { numbers::rounded(10f64.powf(position)) } else { position }
    };
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
            set_input(&event, &numbers::rate(value.get_untracked()));
        }
    });
    view! {
        <div class=format!("field {class}")>
            <FieldLabel id=id label=label restarts=false/>
            <div class="slider">
                <input
                    id=id
                    type="range"
                    min=ends.0.to_string()
                    max=ends.1.to_string()
                    step=step.to_string()
                    prop:value=derived(move || to_slider(value.get()).to_string())
                    aria-valuetext=derived(move || numbers::rate(value.get()))
                    on:input=slid
                />
                <input
                    type="number"
                    step="any"
                    inputmode="decimal"
                    aria-label=t(label)
                    prop:value=derived(move || numbers::rate(value.get()))
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

fn set_input(event: &leptos::ev::Event, text: &str) {
    event_target::<web_sys::HtmlInputElement>(event).set_value(text);
}
