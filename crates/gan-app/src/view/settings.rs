//! The settings: those that restart the run, and those that change during the run; and the run as a file.

use gan_protocol::{Backend, DataSource, Named as _, Objective, Tuning, preset_names};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::effects::display::{Display, Settings};
use crate::effects::link;
use crate::effects::page::with;
use crate::effects::requests;
use crate::model::address::{preference, preference_name};
use crate::model::backends::{Gpu, Preference};
use crate::model::notice::{AT_FILES, Place};
use crate::model::settings::{OWN_NETS, shown_nets};
use crate::view::events::{Click, change, click};
use crate::view::fields::{NumberField, SelectField, SliderField};
use crate::view::labels::kind;
use crate::view::notices::Notices;
use crate::view::words::{key, say, say_with, t};

/// The panel.
#[component]
pub(crate) fn SettingsPanel() -> impl IntoView {
    view! {
        <aside class="settings" aria-label=t("settings")>
            <MostUsed/>
            <Regularisation/>
            <Start/>
        </aside>
    }
}

fn watched<T: Send + Sync + 'static>(pick: fn(&Settings) -> T) -> Signal<T> {
    let settings = expect_context::<Display>().settings;
    Signal::derive(move || settings.with(pick))
}

fn opens(picker: NodeRef<html::Input>) -> Click {
    click(move || {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    })
}

#[component]
fn MostUsed() -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let files = watched(|settings| settings.files.clone());
    let choose_data = move |name: String| match DataSource::named(&name) {
        Some(source) if source.is_users_files() && !with(|page| page.has_files()) => {
            if let Some(picker) = picker.get_untracked() {
                picker.click();
            }
            // Until files are chosen, the current data are shown.
            with(|page| page.show_settings_again());
        }
        Some(source) => requests::choose_data("dataset", source),
        None => {}
    };
    let sources = |is_offered: bool| {
        let chosen = move |source: &&DataSource| source.facts().is_offered == is_offered;
        DataSource::ALL.iter().filter(chosen).map(|source| source.name()).collect::<Vec<_>>()
    };
    let data_hint = Signal::derive(move || {
        let files = files.get();
        if files.is_empty() {
            say("data-hint")
        } else {
            say_with("data-files", &[("names", files.join(", "))])
        }
    });
    view! {
        <section>
            <h2>{t("settings-most-used")}</h2>
            <SelectField
                id="preset"
                label=key("preset")
                kind=kind("preset")
                restarts=true
                choices=preset_names().collect()
                others=vec![OWN_NETS]
                value=watched(|settings| shown_nets(&settings.preset, &settings.spec))
                choose=Box::new(|name| requests::choose_preset("preset", &name))
            />
            <SelectField
                id="dataset"
                label=key("data")
                kind=kind("data")
                restarts=true
                hint=data_hint
                choices=sources(true)
                others=sources(false)
                value=watched(|settings| settings.spec.data.source.name().to_string())
                choose=Box::new(choose_data)
            />
            <button class="full" on:click=opens(picker)>{t("choose-idx")}</button>
            <FilePicker place=picker told="dataset" accept=".idx,.gz,.idx3-ubyte,.idx1-ubyte,*"/>
            <SelectField
                id="objective"
                label=key("objective")
                kind=kind("objective")
                choices=Objective::NAMES.to_vec()
                value=watched(|settings| settings.spec.objective.name().to_string())
                choose=Box::new(|name| {
                    let objective = Objective::named(&name);
                    requests::tune("objective", Tuning { objective, ..Tuning::default() });
                })
            />
            <SliderField
                id="generator-rate"
                label=key("generator-rate")
                class="generator"
                ends=(-6.0, -1.0)
                step=0.05
                logarithmic=true
                value=watched(|settings| settings.spec.generator_optimizer.learning_rate)
                choose=|rate| requests::tune("generator-rate", Tuning {
                    generator_learning_rate: Some(rate),
                    ..Tuning::default()
                })
            />
            <SliderField
                id="discriminator-rate"
                label=key("discriminator-rate")
                class="discriminator"
                ends=(-6.0, -1.0)
                step=0.05
                logarithmic=true
                value=watched(|settings| settings.spec.discriminator_optimizer.learning_rate)
                choose=|rate| requests::tune("discriminator-rate", Tuning {
                    discriminator_learning_rate: Some(rate),
                    ..Tuning::default()
                })
            />
        </section>
    }
}

#[component]
fn Regularisation() -> impl IntoView {
    view! {
        <section>
            <h2>{t("settings-live")}</h2>
            <SliderField
                id="label-smoothing"
                label=key("label-smoothing")
                hint=key("label-smoothing-hint")
                ends=(0.0, 0.5)
                step=0.01
                value=watched(|settings| f64::from(settings.spec.label_smoothing))
                choose=|smoothing| requests::tune("label-smoothing", Tuning {
                    label_smoothing: Some(smoothing as f32),
                    ..Tuning::default()
                })
            />
            <NumberField
                id="discriminator-steps"
                label=key("discriminator-steps")
                minimum=1
                maximum=100
                value=watched(|settings| settings.spec.discriminator_steps as u64)
                choose=Box::new(|steps| requests::tune("discriminator-steps", Tuning {
                    discriminator_steps: Some(steps as usize),
                    ..Tuning::default()
                }))
            />
        </section>
    }
}

#[component]
fn Start() -> impl IntoView {
    let status = expect_context::<Display>().status;
    let backend_hint = Signal::derive(move || {
        say(match status.with(|status| status.gpu) {
            Gpu::Unasked | Gpu::Usable => key("backend-hint"),
            Gpu::Asked | Gpu::AwaitingBuild | Gpu::WithoutBuild => key("backend-hint-waiting"),
            Gpu::Unusable => key("backend-hint-unusable"),
        })
    });
    view! {
        <section>
            <h2>{t("settings-start")}</h2>
            <SelectField
                id="backend"
                label=key("backend")
                kind=kind("backend")
                hint=backend_hint
                choices=[preference_name(Preference::Auto)].iter().chain(Backend::NAMES).copied().collect()
                value=watched(|settings| preference_name(settings.preference).to_string())
                choose=Box::new(|name| with(|page| {
                    page.prefer(preference(&name).unwrap_or(Preference::Auto));
                }))
            />
            <NumberField
                id="seed"
                label=key("seed")
                restarts=true
                minimum=0
                maximum=(1 << 53) - 1
                value=watched(|settings| settings.spec.seed)
                choose=Box::new(|seed| requests::change_run("seed", |spec| spec.seed = seed))
            />
            <NumberField
                id="batch-size"
                label=key("batch-size")
                restarts=true
                minimum=2
                maximum=1024
                value=watched(|settings| settings.spec.batch_size as u64)
                choose=Box::new(|size| {
                    requests::change_run("batch-size", |spec| spec.batch_size = size as usize);
                })
            />
        </section>
    }
}

/// The run as a file and as a link.
#[component]
pub(crate) fn Files() -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    view! {
        <section class="keep">
            <h2>{t("settings-keep")}</h2>
            <div class="buttons">
                <button on:click=click(requests::save_checkpoint)>{t("save-checkpoint")}</button>
                <button on:click=opens(picker)>{t("open-checkpoint")}</button>
                <button on:click=click(|| spawn_local(link::copy_link()))>{t("copy-link")}</button>
            </div>
            <p class="hint">{t("keep-hint")}</p>
            <Notices place=AT_FILES/>
            <FilePicker place=picker told=AT_FILES accept=".safetensors"/>
        </section>
    }
}

#[component]
fn FilePicker(place: NodeRef<html::Input>, told: Place, accept: &'static str) -> impl IntoView {
    let chosen = change(move |event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        if let Some(files) = input.files() {
            spawn_local(async move {
                requests::open_files(told, files).await;
                // The same file may be chosen again.
                input.set_value("");
            });
        }
    });
    view! {
        <input
            node_ref=place
            type="file"
            multiple
            hidden
            accept=accept
            on:change=chosen
        />
    }
}
