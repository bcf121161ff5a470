//! Shows the list of lessons, and the current lesson.

use gan_lessons::{Lesson, Question, Step};
use leptos::prelude::*;

use super::scripts::{Settling, offer_lessons};
use crate::driving;
use crate::focus;
use crate::observation;
use crate::plane::draw::Layers;
use crate::ticks::every_ms;
use crate::words::{key, language, say, say_with, t};

/// Time between two checks of a step's condition.
const LOOK_EVERY_MS: i32 = 300;
/// Checks until a lesson that a script started goes on by itself.
const LOOKS_BY_ITSELF: u32 = 5;

/// The position in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    lesson: usize,
    step: usize,
}

/// The current lesson. Lessons that scripts start go on by themselves.
#[derive(Clone, Copy)]
struct Course {
    lessons: StoredValue<Vec<Lesson>>,
    place: RwSignal<Option<Place>>,
    /// Whether the step's condition has been met.
    reached: RwSignal<bool>,
    /// The answer that was chosen.
    answered: RwSignal<Option<usize>>,
    /// Whether the page is still loading or starting the step's run.
    driving: RwSignal<bool>,
    layers: RwSignal<Layers>,
    /// The script that waits for the lesson's end.
    waiting: StoredValue<Option<Settling>, LocalStorage>,
    /// Number of checks in this step so far.
    looks: StoredValue<u32>,
}

impl Course {
    fn step_at(self, place: Place) -> Option<Step> {
        self.lessons.with_value(|lessons| lessons.get(place.lesson)?.steps.get(place.step).cloned())
    }

    /// Begins a lesson; an earlier one is left.
    fn begin(self, lesson: usize, waiting: Option<Settling>) {
        self.leave();
        self.waiting.set_value(waiting);
        self.enter(Place { lesson, step: 0 });
    }

    fn enter(self, place: Place) {
        let Some(step) = self.step_at(place) else { return self.finish() };
        self.answered.set(None);
        self.looks.set_value(0);
        self.reached.set(step.until.is_none() && step.question.is_none());
        if let Some(names) = &step.layers {
            self.layers.set(Layers::only(names));
        }
        self.place.set(Some(place));
        self.driving.set(step.load.is_some());
        let load = step.load.map(|load| serde_json::Value::Object(load).to_string());
        driving::follow(load.as_deref(), step.start, move || self.driving.set(false));
    }

    /// Goes to the next step, or to the end.
    fn go_on(self) {
        if let Some(Place { lesson, step }) = self.place.get_untracked() {
            self.enter(Place { lesson, step: step + 1 });
        }
    }

    /// Ends the lesson at its last step.
    fn finish(self) {
        self.place.set(None);
        if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
            waiting.done();
        }
    }

    /// Leaves the lesson before its end.
    fn leave(self) {
        self.place.set(None);
        if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
            waiting.refused("left", "the lesson was left before its end");
        }
    }

    /// Checks the step's condition.
    fn look(self) {
        let Some(place) = self.place.get_untracked() else { return };
        if self.driving.get_untracked() {
            return;
        }
        let until = self.step_at(place).and_then(|step| step.until);
        if let Some(until) = until
            && !self.reached.get_untracked()
        {
            self.reached.set(until.holds(&observation::observed().seen()));
        }
        let by_itself = self.waiting.with_value(Option::is_some);
        let asks = self.step_at(place).is_some_and(|step| step.question.is_some());
        self.looks.update_value(|looks| *looks += 1);
        let seen = self.looks.get_value() >= LOOKS_BY_ITSELF;
        if by_itself && seen && (asks || self.reached.get_untracked()) {
            self.go_on();
        }
    }
}

/// The lessons. `asked` is one to begin at once.
#[component]
pub(crate) fn Lessons(layers: RwSignal<Layers>, asked: Option<String>) -> impl IntoView {
    // A test reads all lessons, so none is unreadable.
    let course = Course {
        lessons: StoredValue::new(gan_lessons::all().unwrap_or_default()),
        place: RwSignal::new(None),
        reached: RwSignal::new(false),
        answered: RwSignal::new(None),
        driving: RwSignal::new(false),
        layers,
        waiting: StoredValue::new_local(None),
        looks: StoredValue::new(0),
    };
    every_ms(LOOK_EVERY_MS, move || course.look());
    offer_to_scripts(course);
    let first = asked.as_ref().and_then(|id| numbered(course, id));
    if let Some(first) = first {
        course.begin(first, None);
    }
    let lesson = Memo::new(move |_| course.place.get().map(|place| place.lesson));
    let unknown = asked.filter(|_| first.is_none()).map(|id| {
        let told = move || say_with(key("lesson-unknown"), &[("id", id.clone())]);
        view! { <p class="hint" role="status">{told}</p> }
    });
    view! {
        <section class="lab-lessons" aria-label=t("lessons")>
            {unknown}
            {move || match lesson.get() {
                Some(lesson) => view! { <Given course=course lesson=lesson/> }.into_any(),
                None => view! { <Offered course=course/> }.into_any(),
            }}
        </section>
    }
}

fn numbered(course: Course, id: &str) -> Option<usize> {
    course.lessons.with_value(|lessons| lessons.iter().position(|lesson| lesson.id == id))
}

fn offer_to_scripts(course: Course) {
    let list = move || {
        course.lessons.with_value(|lessons| {
            let language = language();
            let titled = |lesson: &Lesson| {
                (lesson.id.clone(), lesson.title.in_language(language).to_string())
            };
            lessons.iter().map(titled).collect::<Vec<_>>()
        })
    };
    let begin = move |id: &str, settling: Settling| match numbered(course, id) {
        Some(lesson) => course.begin(lesson, Some(settling)),
        None => settling.refused("usage", &format!("there is no lesson `{id}`")),
    };
    offer_lessons(list, begin);
}

#[component]
fn Offered(course: Course) -> impl IntoView {
    let buttons = course.lessons.with_value(|lessons| {
        let titles = lessons.iter().map(|lesson| lesson.title.clone()).enumerate();
        titles
            .map(|(number, title)| {
                let title = move || title.in_language(language()).to_string();
                let begin = move |_| {
                    course.begin(number, None);
                    focus::soon(|| focus::found(".lab-lesson h2"));
                };
                view! { <li><button on:click=begin>{title}</button></li> }
            })
            .collect_view()
    });
    view! {
        <h2>{t("lessons")}</h2>
        <ul>{buttons}</ul>
    }
}

/// The button of a finished lesson in the list, where its reader came from.
fn focus_offer(lesson: usize) {
    let button = format!(".lab-lessons li:nth-child({}) button", lesson + 1);
    focus::soon(move || focus::found(&button));
}

/// A lesson from its first step to its last: its buttons stay in place.
#[component]
fn Given(course: Course, lesson: usize) -> impl IntoView {
    let (title, steps) = course.lessons.with_value(|lessons| {
        let lesson = &lessons[lesson];
        (lesson.title.clone(), lesson.steps.len())
    });
    // After the last step the view keeps its content until it disappears.
    let place = Memo::new(move |before| {
        let place = course.place.get().filter(|place| place.lesson == lesson);
        place.map(|place| place.step).or(before.copied()).unwrap_or(0)
    });
    let step = Memo::new(move |_| course.step_at(Place { lesson, step: place.get() }));
    let title = move || title.in_language(language()).to_string();
    let count = move || {
        let numbers = [("step", (place.get() + 1).to_string()), ("steps", steps.to_string())];
        say_with(key("lesson-step"), &numbers)
    };
    let text = move || {
        step.with(|step| step.as_ref().map(|step| step.text.in_language(language()).to_string()))
    };
    let waits = move || step.with(|step| step.as_ref().is_some_and(|step| step.until.is_some()));
    let state = move || match (waits(), course.reached.get()) {
        (true, false) => say(key("lesson-waits")),
        (true, true) => say(key("lesson-seen")),
        (false, _) => String::new(),
    };
    // While the step's run is loading, the condition would be checked against the previous run.
    let stopped = Signal::derive(move || !course.reached.get() || course.driving.get());
    let is_last = move || place.get() + 1 == steps;
    let next = move || say(if is_last() { key("lesson-finish") } else { key("lesson-next") });
    let go_on = move |_| {
        if stopped.get_untracked() {
            return;
        }
        course.go_on();
        if course.place.with_untracked(Option::is_none) {
            focus_offer(lesson);
        }
    };
    let leave = move |_| {
        course.leave();
        focus_offer(lesson);
    };
    let asked = move || {
        let question = step.with(|step| step.as_ref().and_then(|step| step.question.clone()));
        question.map(|question| view! { <Asked course=course question=question/> })
    };
    view! {
        <div class="lab-lesson">
            <div class="lab-lesson-head">
                <h2 tabindex="-1">{title}</h2>
                <span class="hint number">{count}</span>
            </div>
            <p class="lab-lesson-text" aria-live="polite">{text}</p>
            {asked}
            <div class="lab-lesson-foot">
                // Not disabled: while the lesson waits, the pressed button keeps the focus.
                <button
                    class="primary"
                    aria-disabled=move || stopped.get().to_string()
                    on:click=go_on
                >
                    {next}
                </button>
                <button on:click=leave>{t("lesson-leave")}</button>
                <span class="hint" role="status">{state}</span>
            </div>
        </div>
    }
}

/// The question of a step.
#[component]
fn Asked(course: Course, question: Question) -> impl IntoView {
    let asked = question.text.clone();
    let replies: Vec<_> = question.answers.iter().map(|answer| answer.reply.clone()).collect();
    let answers = question.answers.into_iter().enumerate().map(|(number, answer)| {
        let words = answer.text.clone();
        let choose = move |_| {
            course.answered.set(Some(number));
            course.reached.set(true);
        };
        let class = move || match course.answered.get() {
            Some(chosen) if chosen == number && answer.right => "right",
            Some(chosen) if chosen == number => "wrong",
            _ => "",
        };
        view! {
            <button class=class on:click=choose>
                {move || words.in_language(language()).to_string()}
            </button>
        }
    });
    let answers = answers.collect_view();
    let reply = move || {
        let reply = course.answered.get().and_then(|number| replies.get(number).cloned());
        reply.map_or_else(String::new, |reply| reply.in_language(language()).to_string())
    };
    view! {
        <p><strong>{move || asked.in_language(language()).to_string()}</strong></p>
        <div class="lab-answers">{answers}</div>
        <p role="status">{reply}</p>
    }
}
