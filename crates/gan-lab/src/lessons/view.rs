//! Shows the list of lessons, and the current step.

use gan_lessons::{Lesson, Question};
use leptos::ev;
use leptos::prelude::*;

use super::course::{Course, Unknown};
use super::end::Ended;
use super::scripts::{Settling, offer_lessons};
use super::waiting;
use crate::focus;
use crate::settings::{changed, lines};
use crate::ticks::every_ms;
use crate::words::{key, language, say, say_with, t};

/// Time between two checks of a step's condition.
const LOOK_EVERY_MS: i32 = 300;
/// The element that says what *Next* waits for.
const WHY: &str = "lesson-why";

/// What the panel shows.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    List,
    Step { lesson: usize },
    End { lesson: usize },
}

/// The lessons. The one in the page's address is begun at once.
#[component]
pub(crate) fn Lessons(course: Course) -> impl IntoView {
    every_ms(LOOK_EVERY_MS, move || course.look());
    offer_to_scripts(course);
    course.follow_address();
    let follows = window_event_listener(ev::hashchange, move |_| course.follow_history());
    on_cleanup(move || follows.remove());
    let shown = Memo::new(move |_| {
        course.reading.with(|reading| match reading {
            None => Shown::List,
            Some(reading) if reading.is_over() => Shown::End { lesson: reading.lesson },
            Some(reading) => Shown::Step { lesson: reading.lesson },
        })
    });
    let nothing = move || shown.get() == Shown::List && course.unknown.with(Option::is_none);
    let unknown = move || {
        course.unknown.get().map_or_else(String::new, |unknown| match unknown {
            Unknown::Lesson { id } => say_with(key("lesson-unknown"), &[("id", id)]),
            Unknown::Step { lesson, step } => {
                let title = title_of(course, lesson);
                say_with(key("lesson-step-unknown"), &[("title", title), ("step", step)])
            }
        })
    };
    view! {
        <section class="lab-lessons" aria-label=t("lesson-here") hidden=nothing>
            <p class="hint" role="status" hidden=move || course.unknown.with(Option::is_none)>
                {unknown}
            </p>
            {move || match shown.get() {
                Shown::List => ().into_any(),
                Shown::Step { lesson } => view! { <Given course=course lesson=lesson/> }.into_any(),
                Shown::End { lesson } => view! { <Ended course=course lesson=lesson/> }.into_any(),
            }}
        </section>
    }
}

/// The title of the lesson at a place in the list.
pub(super) fn title_of(course: Course, lesson: usize) -> String {
    let title = |lesson: &Lesson| lesson.title.in_language(language()).to_string();
    course.with(lesson, title).unwrap_or_default()
}

/// A lesson's number, title and minutes.
pub(super) fn named(course: Course, lesson: usize) -> String {
    let minutes = course.with(lesson, |lesson| lesson.minutes.count()).unwrap_or(0);
    let values = [
        ("number", (lesson + 1).to_string()),
        ("title", title_of(course, lesson)),
        ("minutes", minutes.to_string()),
    ];
    say_with(key("lesson-named"), &values)
}

fn offer_to_scripts(course: Course) {
    let list = move || {
        course.with_all(|lessons| {
            let language = language();
            let titled = |lesson: &Lesson| {
                (lesson.id.clone(), lesson.title.in_language(language).to_string())
            };
            lessons.iter().map(titled).collect::<Vec<_>>()
        })
    };
    let begin = move |id: &str, settling: Settling| match course.place_of(id) {
        Some(lesson) => course.begin(lesson, 0, Some(settling)),
        None => settling.refused("usage", &format!("there is no lesson `{id}`")),
    };
    offer_lessons(list, begin);
}

/// Begins a lesson for a reader who has pressed a button.
pub(super) fn begin(course: Course, lesson: usize) {
    course.show_run();
    course.begin(lesson, 0, None);
    focus_heading();
}

/// The heading of a lesson's card.
pub(super) fn focus_heading() {
    focus::soon(|| focus::found(".lab-lesson h2"));
}

/// Leaves a lesson for its button in the list, where its reader came from.
pub(super) fn leave(course: Course, lesson: usize) {
    course.leave();
    course.show_list();
    let button = format!(".lab-lesson-list li:nth-child({}) button", lesson + 1);
    focus::soon(move || focus::found(&button));
}

/// The lessons to choose from.
#[component]
pub(crate) fn LessonList(course: Course) -> impl IntoView {
    let count = course.with_all(<[Lesson]>::len);
    let buttons = (0..count).map(|lesson| {
        view! {
            <li>
                <button on:click=move |_| begin(course, lesson)>
                    {move || named(course, lesson)}
                </button>
            </li>
        }
    });
    view! {
        <section class="lab-lesson-list" aria-label=t("lessons")>
            <h2>{t("lessons")}</h2>
            <p class="hint">
                {t("lessons-hint")} " "
                <a href=move || format!("worksheets/?lang={}", language().code())>
                    {t("teacher-worksheets")}
                </a>
            </p>
            <ol>{buttons.collect_view()}</ol>
        </section>
    }
}

/// A lesson from its first step to its last: its buttons stay in place.
#[component]
fn Given(course: Course, lesson: usize) -> impl IntoView {
    let steps = course.with(lesson, |lesson| lesson.steps.len()).unwrap_or(0);
    // The view keeps its content until another takes its place.
    let place = Memo::new(move |before: Option<&usize>| {
        let step = course.reading.with(|reading| {
            let here = reading.as_ref().filter(|one| one.lesson == lesson && !one.is_over());
            here.map(|one| one.step)
        });
        step.or(before.copied()).unwrap_or(0)
    });
    let step = Memo::new(move |_| {
        let place = place.get();
        course.with(lesson, |lesson| lesson.steps.get(place).cloned()).flatten()
    });
    let count = move || {
        let numbers = [("step", (place.get() + 1).to_string()), ("steps", steps.to_string())];
        say_with(key("lesson-step"), &numbers)
    };
    let text = move || {
        step.with(|step| step.as_ref().map(|step| step.text.in_language(language()).to_string()))
    };
    let other_run = move || {
        let other = course.reading.with(|reading| {
            let reading = reading.as_ref()?;
            course.with(reading.lesson, |of| reading.other_run(of)).flatten()
        });
        other.map(|step| say_with(key("lesson-other-run"), &[("step", (step + 1).to_string())]))
    };
    let waits = Memo::new(move |_| course.waits());
    let is_stopped = Signal::derive(move || waits.with(|waits| !waits.is_empty()));
    let why = move || {
        let waits = waits.get();
        let is_met = course.reading.with(|reading| {
            let reading = reading.as_ref()?;
            course.with(reading.lesson, |of| reading.is_met(of)).flatten()
        });
        match is_met {
            Some(true) if waits.is_empty() => say(key("lesson-seen")),
            _ => waiting::told(&waits, course.is_paused.get()),
        }
    };
    let next = move || {
        say(if place.get() + 1 == steps { key("lesson-finish") } else { key("lesson-next") })
    };
    let go_on = move |_| {
        if is_stopped.get_untracked() {
            return;
        }
        course.go_on();
        let is_over = course
            .reading
            .with_untracked(|reading| reading.as_ref().is_some_and(|reading| reading.is_over()));
        if is_over {
            focus_heading();
        }
    };
    let asked = move || {
        let question = step.with(|step| step.as_ref().and_then(|step| step.question.clone()));
        question.map(|question| view! { <Asked course=course question=question/> })
    };
    view! {
        <div class="lab-lesson">
            <div class="lab-lesson-head">
                <h2 tabindex="-1">{move || title_of(course, lesson)}</h2>
                <span class="hint number">{count}</span>
            </div>
            <p class="lab-lesson-text" aria-live="polite">{text}</p>
            <p class="hint" role="status" hidden=move || other_run().is_none()>{other_run}</p>
            <Changes course=course lesson=lesson place=place/>
            {asked}
            // Not disabled: a button that waits or leads nowhere keeps the focus.
            <div class="lab-lesson-foot">
                <button
                    aria-disabled=move || (place.get() == 0).to_string()
                    on:click=move |_| course.go_back()
                >
                    {t("lesson-back")}
                </button>
                <button
                    class="primary"
                    aria-disabled=move || is_stopped.get().to_string()
                    aria-describedby=move || is_stopped.get().then_some(WHY)
                    on:click=go_on
                >
                    {next}
                </button>
                <span class="hint" id=WHY role="status">{why}</span>
                <button on:click=move |_| leave(course, lesson)>{t("lesson-leave")}</button>
            </div>
        </div>
    }
}

/// What the step that is shown changes in the settings.
#[component]
fn Changes(course: Course, lesson: usize, place: Memo<usize>) -> impl IntoView {
    let runs = Memo::new(move |_| {
        let place = place.get();
        course.with(lesson, |lesson| lesson.runs_around(place)).flatten()
    });
    // In the language of the page, which may change.
    let lines = Memo::new(move |_| {
        runs.with(|runs| {
            runs.as_ref().map_or_else(Vec::new, |[before, after]| lines(&changed(before, after)))
        })
    });
    view! {
        <div class="lab-changes" hidden=move || lines.with(Vec::is_empty)>
            <p class="hint">{t("lesson-changes")}</p>
            <ul>
                {move || lines.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
            </ul>
        </div>
    }
}

/// The question of a step.
#[component]
fn Asked(course: Course, question: Question) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        course.reading.with(|reading| reading.as_ref().and_then(|reading| reading.answer()))
    });
    let asked = question.text.clone();
    let replies: Vec<_> = question.answers.iter().map(|answer| answer.reply.clone()).collect();
    let answers = question.answers.into_iter().enumerate().map(|(number, answer)| {
        let words = answer.text.clone();
        let class = move || match chosen.get() {
            Some(chosen) if chosen == number && answer.right => "right",
            Some(chosen) if chosen == number => "wrong",
            _ => "",
        };
        view! {
            <button class=class on:click=move |_| course.choose(number)>
                {move || words.in_language(language()).to_string()}
            </button>
        }
    });
    let answers = answers.collect_view();
    let reply = move || {
        let reply = chosen.get().and_then(|number| replies.get(number).cloned());
        reply.map_or_else(String::new, |reply| reply.in_language(language()).to_string())
    };
    view! {
        <p><strong>{move || asked.in_language(language()).to_string()}</strong></p>
        <div class="lab-answers">{answers}</div>
        <p role="status">{reply}</p>
    }
}
