//! The state of the run in one line, and tasks under way.

use gan_plot::fixed;
use gan_protocol::{Named as _, Phase};
use leptos::prelude::*;

use crate::effects::display::Display;
use crate::model::run_state::{ActiveTask, Actor};
use crate::view::labels::{self, kind};
use crate::view::numbers;
use crate::view::words::{derived, key, refusal, say, say_with, t};

/// The name of data with the number of samples, if that is limited.
pub(crate) fn with_count(name: String, count: Option<u64>) -> String {
    let Some(count) = count else { return name };
    say_with("data-count", &[("name", name), ("count", numbers::grouped(count))])
}

/// Phase, step, speed, device, data.
#[component]
pub(crate) fn StatusLine() -> impl IntoView {
    let display = expect_context::<Display>();
    let status = display.status;
    let phase = Signal::derive(move || status.with(|status| status.phase));
    let has_not_failed = Signal::derive(move || phase.get() != Phase::Failed);
    let step = move || numbers::grouped(status.with(|status| status.step));
    let speed = move || {
        let speed = status.with(|status| status.steps_per_second);
        (speed > 0.0).then(|| numbers::speed(speed))
    };
    let device = move || {
        status.with(|status| {
            let name = labels::named(kind("backend"), status.backend?.name());
            Some(match status.adapter.as_str() {
                // The CPU has no further name.
                "" | "CPU" => name,
                adapter => format!("{name} · {adapter}"),
            })
        })
    };
    let data = move || {
        status.with(|status| {
            let name = labels::named(kind("data"), status.dataset?.name());
            Some(with_count(name, status.samples))
        })
    };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_string());
    view! {
        <dl class="status">
            <div>
                <dt>{t("status-phase")}</dt>
                <dd class=derived(move || format!("phase {}", phase.get().name()))>
                    <span role="status">{derived(move || labels::named(kind("phase"), phase.get().name()))}</span>
                </dd>
            </div>
            <div><dt>{t("status-step")}</dt><dd class="number">{derived(step)}</dd></div>
            <div>
                <dt>{t("status-speed")}</dt>
                <dd class="number">{derived(move || or_dash(speed()))}</dd>
            </div>
            <div class="wide"><dt>{t("status-device")}</dt><dd>{derived(move || or_dash(device()))}</dd></div>
            <div class="wide"><dt>{t("status-data")}</dt><dd>{derived(move || or_dash(data()))}</dd></div>
        </dl>
        <Tasks/>
        <p class="failure" role="alert" hidden=has_not_failed>
            {derived(move || {
                let message = status.with(|status| status.error.clone());
                let told = |message: &str| say_with("failed-because", &[("message", refusal(message))]);
                message.map_or_else(String::new, |it| told(&it.message))
            })}
        </p>
    }
}

#[component]
fn Tasks() -> impl IntoView {
    let tasks = expect_context::<Display>().tasks;
    view! {
        <ul class="tasks" aria-label=t("tasks")>
            <For
                each=move || tasks.get()
                key=|active| (active.actor == Actor::Main, active.task.name.clone())
                let:active
            >
                <TaskBar actor=active.actor name=active.task.name/>
            </For>
        </ul>
    }
}

#[component]
fn TaskBar(actor: Actor, name: String) -> impl IntoView {
    let tasks = expect_context::<Display>().tasks;
    let label_key = labels::task(&name);
    let label = {
        let name = name.clone();
        derived(move || {
            let what = label_key.map_or_else(|| name.clone(), say);
            match actor {
                Actor::Main => what,
                Actor::Candidate => say_with("task-for-gpu", &[("task", what)]),
            }
        })
    };
    let share = Signal::derive(move || {
        tasks.with(|tasks| {
            let is_it = |active: &&ActiveTask| active.actor == actor && active.task.name == name;
            let task = &tasks.iter().find(is_it)?.task;
            let total = task.total.filter(|total| *total > 0.0)?;
            Some((task.done / total).clamp(0.0, 1.0))
        })
    });
    let percent = move || share.get().map(|share| fixed(share * 100.0, 0));
    let text = move || match percent() {
        Some(percent) => say_with("task-percent", &[("percent", percent)]),
        None => say(key("task-under-way")),
    };
    view! {
        <li>
            <span>{label}</span>
            <span class="number">{derived(text)}</span>
            <div
                class=derived(move || {
                    String::from(if share.get().is_none() { "meter unknown" } else { "meter" })
                })
                role="progressbar"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=derived(move || percent().unwrap_or_default())
            >
                <div style=derived(move || {
                    format!("width: {}%", fixed(share.get().unwrap_or(0.3) * 100.0, 1))
                })></div>
            </div>
        </li>
    }
}
