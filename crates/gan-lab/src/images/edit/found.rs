//! Sliders along directions that nobody named: those that stand in the generator's weights, or in what its first
//! layers make of latents.

use leptos::prelude::*;

use crate::words::{key, say_with, t};

/// Directions of a kind.
const COUNT: usize = 4;
/// Ends of a slider, in units of a latent.
const MOST: f64 = 3.0;

/// How far a sample is moved along the directions of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Found {
    pub(super) by_activations: bool,
    pub(super) amounts: [f64; COUNT],
}

impl Found {
    /// Back to where the sample was.
    pub(super) fn rest(&mut self) {
        self.amounts = [0.0; COUNT];
    }
}

#[component]
pub(super) fn FoundSliders(
    found: RwSignal<Found>,
    hidden: Signal<bool>,
    asked: impl Fn(Found) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let choose = move |by_activations: bool| {
        found.set(Found { by_activations, ..Found::default() });
        asked(found.get_untracked());
    };
    let kind = move |name: &'static str, by_activations: bool| {
        let pressed = move || (found.get().by_activations == by_activations).to_string();
        view! {
            <button aria-pressed=pressed on:click=move |_| choose(by_activations)>{t(name)}</button>
        }
    };
    let slider = move |which: usize| {
        let id = format!("lab-found-{which}");
        let number = (which + 1).to_string();
        let value = move || format!("{:.1}", found.get().amounts[which]);
        let slid = move |event| {
            let Ok(amount) = event_target_value(&event).parse::<f64>() else { return };
            found.update(|found| found.amounts[which] = amount);
            asked(found.get_untracked());
        };
        view! {
            <label for=id.clone()>{move || say_with(key("edit-direction"), &[("number", number.clone())])}</label>
            <input
                id=id
                type="range"
                min=(-MOST).to_string()
                max=MOST.to_string()
                step="0.1"
                prop:value=value
                on:input=slid
            />
            <span class="number">{value}</span>
        }
    };
    view! {
        <details class="lab-edit-found" hidden=hidden>
            <summary>{t("edit-found")}</summary>
            <p class="hint">{t("edit-found-hint")}</p>
            <div class="lab-remedies">
                {kind(key("edit-by-weights"), false)} {kind(key("edit-by-activations"), true)}
            </div>
            <div class="lab-edit-sliders">{(0..COUNT).map(slider).collect_view()}</div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_at_rest_keeps_the_kind_of_its_directions() {
        let mut found = Found { by_activations: true, amounts: [1.0, 0.0, -2.0, 0.0] };
        found.rest();
        assert_eq!(found, Found { by_activations: true, amounts: [0.0; COUNT] });
    }
}
