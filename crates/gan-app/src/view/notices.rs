//! Shows notices at their places, with remedies.

use gan_protocol::{DataOrigin, DataSource, Named as _, Tuning};
use leptos::prelude::*;

use crate::effects::display::{Display, ShownNotice};
use crate::effects::page::with;
use crate::effects::requests;
use crate::model::backends::Variant;
use crate::model::notice::{AT_RUN, Link, Notice, Place, Weight};
use crate::view::events::click;
use crate::view::labels::{self, kind};
use crate::view::numbers::grouped;
use crate::view::status::with_count;
use crate::view::words::{derived, key, refusal, say, say_with, t};

/// Whether a request at `place` was refused.
pub(crate) fn has_alert(notices: RwSignal<Vec<ShownNotice>>, place: Place) -> bool {
    let is_it = |one: &ShownNotice| one.place == place && one.notice.weight() == Weight::Alert;
    notices.with(|shown| shown.iter().any(is_it))
}

/// The notices at `place`.
#[component]
pub(crate) fn Notices(place: Place) -> impl IntoView {
    let notices = expect_context::<Display>().notices;
    let here = move || {
        let mut shown = notices.get();
        shown.retain(|one| one.place == place);
        shown
    };
    view! {
        <div class=if place == AT_RUN { "notices of-run" } else { "notices" }>
            <For each=here key=|shown| shown.id let:shown>
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

/// The usual remedies against divergence.
#[component]
fn Remedies() -> impl IntoView {
    let halve = click(|| {
        let (generator, discriminator) = with(|page| {
            let spec = &page.supervisor.run().spec;
            (spec.generator_optimizer.learning_rate, spec.discriminator_optimizer.learning_rate)
        });
        requests::tune_and_go_on(Tuning {
            generator_learning_rate: Some(generator / 2.0),
            discriminator_learning_rate: Some(discriminator / 2.0),
            ..Tuning::default()
        });
    });
    let smooth = click(|| {
        requests::tune_and_go_on(Tuning { label_smoothing: Some(0.1), ..Tuning::default() });
    });
    view! {
        <div class="remedies">
            <button on:click=halve>{t("remedy-halve-rates")}</button>
            <button on:click=smooth>{t("remedy-smooth-labels")}</button>
        </div>
    }
}

fn told(notice: &Notice) -> String {
    let with_message = |key, message: &str| say_with(key, &[("message", refusal(message))]);
    match notice {
        Notice::Refused(refusal) => with_message(key("notice-refused"), &refusal.message),
        Notice::NotTaken { typed, whole, in_force } => {
            let (which, (minimum, maximum)) = match whole {
                Some(ends) => (key("notice-not-whole"), *ends),
                None => (key("notice-not-a-number"), (0, 0)),
            };
            let arguments = [
                ("typed", typed.clone()),
                ("value", in_force.clone()),
                ("minimum", minimum.to_string()),
                ("maximum", maximum.to_string()),
            ];
            say_with(which, &arguments)
        }
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
            say_with(which, &[("step", step), ("message", refusal(message))])
        }
        Notice::StartedOver { message } => with_message(key("notice-started-over"), message),
        Notice::MovedToGpu { adapter } => {
            say_with("notice-moved-to-gpu", &[("adapter", adapter.clone())])
        }
        Notice::GpuRejected { message } => with_message(key("notice-gpu-rejected"), message),
        Notice::GpuMissing { message } => with_message(key("notice-gpu-missing"), message),
        Notice::OtherData { before, now } => {
            say_with(key("notice-other-data"), &[("before", origin(before)), ("now", origin(now))])
        }
        Notice::FilesWanted { checkpoint: None } => say("notice-run-wants-files"),
        Notice::FilesWanted { checkpoint: Some((name, step, files)) } => {
            let files = listed(files, DataSource::IdxFiles);
            let arguments = [("name", name.clone()), ("step", grouped(*step)), ("files", files)];
            say_with(key("notice-files-wanted"), &arguments)
        }
        Notice::LinkCopied(Link::Whole) => say("notice-link-copied"),
        Notice::LinkCopied(Link::WithoutFiles) => say("notice-link-without-files"),
        Notice::LinkCopied(Link::Long) => say("notice-link-long"),
        Notice::LinkNotCopied { link } => {
            say_with("notice-link-not-copied", &[("link", link.clone())])
        }
        Notice::Saved { name } => say_with("notice-saved", &[("name", name.clone())]),
        Notice::Opened { name, step } => {
            say_with("notice-opened", &[("name", name.clone()), ("step", grouped(*step))])
        }
    }
}

/// Data in words.
fn origin(of: &DataOrigin) -> String {
    with_count(listed(&of.files, of.source), of.samples)
}

/// The names of files, or the name of their kind.
fn listed(files: &[String], source: DataSource) -> String {
    if files.is_empty() { labels::named(kind("data"), source.name()) } else { files.join(", ") }
}
