//! Labelled controls. A refusal is shown beneath its control; a refused number stays as it was
//! typed.

use gan_protocol::{decimal, typed_number, typed_whole};
use leptos::html;
use leptos::prelude::*;

use crate::effects::display::Display;
use crate::effects::page::with;
use crate::model::notice::{Notice, Place};
use crate::view::events::{Change, change};
use crate::view::labels;
use crate::view::notices::{Notices, has_alert};
use crate::view::numbers;
use crate::view::words::{derived, t};

/// A labelled select.
#[component]
pub(crate) fn SelectField(
    id: &'static str,
    label: &'static str,
    /// First part of the keys of the choices' texts.
    kind: &'static str,
    #[prop(optional)] hint: Option<Signal<String>>,
    #[prop(optional)] restarts: bool,
    /// The names of the choices.
    choices: Vec<&'static str>,
    /// Values that may be current but cannot be chosen here; without them the field would be blank.
    #[prop(optional)]
    others: Vec<&'static str>,
    value: Signal<String>,
    choose: Box<dyn Fn(String)>,
) -> impl IntoView {
    let option = |is_other: bool| {
        move |name| {
            let words = derived(move || labels::named(kind, name));
            view! { <option value=name hidden=is_other>{words}</option> }
        }
    };
    let options =
        choices.into_iter().map(option(false)).chain(others.into_iter().map(option(true)));
    let options = options.collect_view();
    let place = NodeRef::<html::Select>::new();
    let show = move |text: &str| place.get().map(|field| field.set_value(text)).is_some();
    in_force(value, Box::new(show));
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
            <Notices place=id/>
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
    let text = derived(move || value.get().to_string());
    let commit = typing(id, text, Some((minimum, maximum)), move |typed| {
        let number = typed_whole(typed).filter(|number| (minimum..=maximum).contains(number))?;
        let is_other = number != value.get_untracked();
        if is_other {
            choose(number);
        }
        Some(is_other)
    });
    view! {
        <div class="field row">
            <FieldLabel id=id label=label restarts=restarts/>
            <TypedInput id=id label=label mode="numeric" text=text commit=commit/>
            <Notices place=id/>
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
    /// The slider's ends; if `logarithmic`, of the exponent of ten.
    ends: (f64, f64),
    step: f64,
    #[prop(optional)] logarithmic: bool,
    value: Signal<f64>,
    choose: fn(f64),
) -> impl IntoView {
    let to_slider = move |value: f64| {
        if logarithmic { value.max(1e-12).log10().max(ends.0).min(ends.1) } else { value }
    };
    let from_slider = move |position: f64| {
        if logarithmic { numbers::rounded(js_sys::Math::pow(10.0, position)) } else { position }
    };
    let slider = NodeRef::<html::Input>::new();
    let show = move |text: &str| slider.get().map(|field| field.set_value(text)).is_some();
    in_force(derived(move || decimal(to_slider(value.get()))), Box::new(show));
    let text = derived(move || numbers::rate(value.get()));
    let slid = change(move |event| {
        let slider = event_target::<web_sys::HtmlInputElement>(&event);
        let position = slider.value_as_number();
        if position.is_finite() {
            choose(from_slider(position));
        }
    });
    let entered = typing(id, text, None, move |typed| {
        let number = typed_number(typed)?;
        let is_other = number != value.get_untracked();
        if is_other {
            choose(number);
        }
        Some(is_other)
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
                    aria-valuetext=text
                    on:input=slid
                />
                <TypedInput id=id label=label mode="decimal" text=text commit=entered/>
            </div>
            <Notices place=id/>
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

/// A text input for a number, because browsers' own inputs for numbers drop a comma silently.
/// `mode` is `numeric` for the input of the field's label, or `decimal` for one beside a slider.
#[component]
fn TypedInput(
    id: Place,
    label: &'static str,
    mode: &'static str,
    text: Signal<String>,
    commit: Change,
) -> impl IntoView {
    let place = NodeRef::<html::Input>::new();
    let notices = expect_context::<Display>().notices;
    let refused = Signal::derive(move || has_alert(notices, id));
    let mut shown = (false, String::new());
    Effect::new(move |_| {
        let now = (refused.get(), text.get());
        // Refused text stays until the value changes, or until the refusal is dismissed.
        let is_other = now.1 != shown.1;
        if (is_other || (shown.0 && !now.0)) && place.get().is_some() {
            if let Some(field) = place.get() {
                field.set_value(&now.1);
            }
            if now.0 {
                notices.update(|shown| shown.retain(|one| one.place != id));
            }
        }
        if place.get().is_some() {
            shown = now;
        }
    });
    let is_labelled = mode == "numeric";
    view! {
        <input
            node_ref=place
            id=is_labelled.then_some(id)
            aria-label=(!is_labelled).then(|| t(label))
            type="text"
            inputmode=mode
            autocomplete="off"
            aria-invalid=derived(move || refused.get().to_string())
            on:change=commit
        />
    }
}

/// Handles typing at `place`. `take` requests the typed number and returns whether it differs from
/// the current one, whose text is `text`; it returns `None` for text that is not accepted, which is
/// reported here.
fn typing(
    place: Place,
    text: Signal<String>,
    whole: Option<(u64, u64)>,
    take: impl Fn(&str) -> Option<bool> + 'static,
) -> Change {
    change(move |event| {
        let typed = event_target_value(&event);
        // An empty field means the current value.
        let taken = if typed.trim().is_empty() { Some(false) } else { take(&typed) };
        // The outcome of a request is reported by its callback.
        if taken == Some(true) {
            return;
        }
        let in_force = text.get_untracked();
        with(|page| page.tell(place, Ok(())));
        if taken.is_none() {
            with(|page| page.notify(place, Notice::NotTaken { typed, whole, in_force }));
        } else {
            event_target::<web_sys::HtmlInputElement>(&event).set_value(&in_force);
        }
    })
}

/// Shows the current value: when it changes, and again after another choice was refused. Changes of
/// other settings must not update the field, because that would undo a choice being made. `show`
/// returns whether the field exists yet.
fn in_force(text: Signal<String>, show: Box<dyn Fn(&str) -> bool>) {
    let again = expect_context::<Display>().shown_again;
    let mut shown = (u32::MAX, String::new());
    Effect::new(move |_| {
        let now = (again.get(), text.get());
        if now != shown && show(&now.1) {
            shown = now;
        }
    });
}
