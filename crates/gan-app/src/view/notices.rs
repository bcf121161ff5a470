//! What the user is told, with what usually helps.

use gan_protocol::Tuning;
use leptos::prelude::*;

use crate::effects::display::Display;
use crate::effects::page::with;
use crate::effects::requests;
use crate::model::notice::{Notice, Weight};
use crate::model::supervisor::{Ask, Variant};
use crate::view::events::click;
use crate::view::numbers::grouped;
use crate::view::words::{derived, key, say, say_with, t};

/// The notices on the screen.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let notices = expect_context::<Display>().notices;
    view! {
        <div class="notices">
            <For each=move || notices.get() key=|shown| shown.id let:shown>
                {
                    let id = shown.id;
                    let notice = shown.notice;
                    let (class, role) = match notice.weight() {
                        Weight::Info => ("notice info", "status"),
                        Weight::Warning => ("notice warning", "status"),
                        Weight::Alert => ("notice alert", "alert"),
                    };
                    let diverged = matches!(notice, Notice::Diverged { .. });
                    let dismiss = click(move || {
                        notices.update(|shown| shown.retain(|other| other.id != id));
                    });
                    view! {
                        <div class=class role=role>
                            <p>{derived(move || told(&notice))}</p>
                            {diverged.then(|| view! { <Remedies/> })}
                            <button class="quiet icon" on:click=dismiss aria-label=t("dismiss")>
                                <svg viewBox="0 0 16 16" aria-hidden="true">
                                    <path
                                        d="M4 4l8 8M12 4l-8 8"
                                        stroke="currentColor"
                                        stroke-width="1.6"
                                        stroke-linecap="round"
                                    />
                                </svg>
                            </button>
                        </div>
                    }
                }
            </For>
        </div>
    }
}

/// What usually helps against divergence.
#[component]
fn Remedies() -> impl IntoView {
    let halve = click(|| {
        let (generator, discriminator) = with(|page| {
            let spec = &page.supervisor.run().spec;
            (spec.generator_optimizer.learning_rate, spec.discriminator_optimizer.learning_rate)
        });
        requests::tune(Tuning {
            generator_learning_rate: Some(generator / 2.0),
            discriminator_learning_rate: Some(discriminator / 2.0),
            ..Tuning::default()
        });
        requests::ask(Ask::Start);
    });
    let smooth = click(|| {
        requests::tune(Tuning { label_smoothing: Some(0.1), ..Tuning::default() });
        requests::ask(Ask::Start);
    });
    view! {
        <div class="remedies">
            <button on:click=halve>{t("remedy-halve-rates")}</button>
            <button on:click=smooth>{t("remedy-smooth-labels")}</button>
        </div>
    }
}

fn told(notice: &Notice) -> String {
    let with_message = |key, message: &str| say_with(key, &[("message", message.to_string())]);
    match notice {
        Notice::Refused(refusal) => with_message(key("notice-refused"), &refusal.message),
        Notice::AddressRefused(refusal) => {
            with_message(key("notice-address-refused"), &refusal.message)
        }
        Notice::DataMissing { message } => with_message(key("notice-data-missing"), message),
        Notice::Diverged { step, restored_step } => say_with(
            key("notice-diverged"),
            &[("step", grouped(*step)), ("restored", grouped(*restored_step))],
        ),
        Notice::Restarted { variant, step, message } => {
            let which = match variant {
                Variant::Cpu => key("notice-restarted-cpu"),
                Variant::Gpu => key("notice-restarted-gpu"),
            };
            let step = grouped(step.unwrap_or(0));
            say_with(which, &[("step", step), ("message", message.clone())])
        }
        Notice::StartedOver { message } => with_message(key("notice-started-over"), message),
        Notice::MovedToGpu { adapter } => {
            say_with("notice-moved-to-gpu", &[("adapter", adapter.clone())])
        }
        Notice::GpuRejected { message } => with_message(key("notice-gpu-rejected"), message),
        Notice::GpuMissing { message } => with_message(key("notice-gpu-missing"), message),
        Notice::LinkCopied => say("notice-link-copied"),
        Notice::LinkNotCopied { link } => {
            say_with("notice-link-not-copied", &[("link", link.clone())])
        }
        Notice::Saved { name } => say_with("notice-saved", &[("name", name.clone())]),
        Notice::Opened { name, step } => {
            say_with("notice-opened", &[("name", name.clone()), ("step", grouped(*step))])
        }
    }
}
