//! Carries a lesson out on the page: loads and starts its runs, checks its conditions, and keeps the
//! page's address at the step that is shown.

use gan_lessons::Lesson;
use gan_protocol::RunSpec;
use leptos::prelude::*;

use super::address;
use super::reading::{Onward, Reading, Wait};
use super::scripts::Settling;
use crate::address::{decoded, hash, mark};
use crate::driving;
use crate::observation;
use crate::places::{Place, Places};
use crate::plane::draw::Layers;
use crate::playground;

/// Checks until a lesson that a script started goes on by itself.
const LOOKS_BY_ITSELF: u32 = 5;

/// A part of the address that names nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Unknown {
    /// A lesson that is not there.
    Lesson { id: String },
    /// A step that a lesson does not have: the lesson has been begun at its first.
    Step { lesson: usize, step: String },
}

/// The signals that a lesson sets for other panels.
#[derive(Clone, Copy)]
pub(crate) struct Effects {
    /// What the plane shows.
    pub(crate) layers: RwSignal<Layers>,
    /// The run that the current lesson has loaded; `None` without a lesson.
    pub(crate) run: RwSignal<Option<RunSpec>>,
    /// The places, one of which has the lessons to choose from.
    pub(crate) places: Places,
}

/// The current lesson. Lessons that scripts start go on by themselves.
#[derive(Clone, Copy)]
pub(crate) struct Course {
    lessons: StoredValue<Vec<Lesson>>,
    pub(super) reading: RwSignal<Option<Reading>>,
    /// Whether the page is loading or starting a step's run.
    pub(super) driving: RwSignal<bool>,
    /// Whether the page's run stands still.
    pub(super) is_paused: RwSignal<bool>,
    pub(super) unknown: RwSignal<Option<Unknown>>,
    effects: Effects,
    /// The script that waits for the lesson's end.
    waiting: StoredValue<Option<Settling>, LocalStorage>,
    /// Number of checks in this step so far.
    looks: StoredValue<u32>,
    /// Number of steps carried out so far: an answer of the page may be to an earlier one.
    carried_out: StoredValue<u32>,
    /// The mark of the browser's entry: entries with another mark are of another run.
    mark: StoredValue<Option<f64>>,
}

impl Course {
    pub(crate) fn new(effects: Effects) -> Self {
        Self {
            // A test reads all lessons, so none is unreadable.
            lessons: StoredValue::new(gan_lessons::all().unwrap_or_default()),
            reading: RwSignal::new(None),
            driving: RwSignal::new(false),
            is_paused: RwSignal::new(false),
            unknown: RwSignal::new(None),
            effects,
            waiting: StoredValue::new_local(None),
            looks: StoredValue::new(0),
            carried_out: StoredValue::new(0),
            mark: StoredValue::new(mark().as_f64()),
        }
    }

    /// Reads all lessons.
    pub(super) fn with_all<T>(self, read: impl FnOnce(&[Lesson]) -> T) -> T {
        self.lessons.with_value(|lessons| read(lessons))
    }

    /// Reads the lesson at a place in the list.
    pub(super) fn with<T>(self, lesson: usize, read: impl FnOnce(&Lesson) -> T) -> Option<T> {
        self.with_all(|lessons| lessons.get(lesson).map(read))
    }

    pub(super) fn place_of(self, id: &str) -> Option<usize> {
        self.with_all(|lessons| lessons.iter().position(|lesson| lesson.id == id))
    }

    /// Begins a lesson at a step; an earlier lesson is left.
    pub(super) fn begin(self, lesson: usize, step: usize, waiting: Option<Settling>) {
        self.refuse_waiting();
        self.unknown.set(None);
        self.waiting.set_value(waiting);
        self.reading.set(self.with(lesson, |of| Reading::at(lesson, of, step)));
        self.carry_out(true);
        self.write_address();
    }

    /// Carries out the step that is shown: `from_outside`, whatever steps before it have brought
    /// about, too.
    fn carry_out(self, from_outside: bool) {
        let Some((lesson, step)) = self.place() else { return };
        let found = self.with(lesson, |of| {
            let of_step = of.steps.get(step)?;
            let loading = of.loading_step(step)?;
            let is_loaded = from_outside || loading == step;
            let load = of.steps[loading].load.clone().filter(|_| is_loaded);
            let starts = of_step.start || (from_outside && of.trains_at(step));
            let run = of.steps[loading].run().and_then(Result::ok);
            Some((load, starts, run))
        });
        let Some((load, starts, run)) = found.flatten() else { return };
        self.looks.set_value(0);
        self.show_layers();
        self.effects.run.set(run);
        self.driving.set(load.is_some());
        self.is_paused.set(false);
        self.carried_out.update_value(|number| *number += 1);
        let number = self.carried_out.get_value();
        let load = load.map(|load| serde_json::Value::Object(load).to_string());
        driving::follow(load.as_deref(), starts, move || {
            if self.carried_out.get_value() == number {
                self.driving.set(false);
            }
        });
    }

    fn place(self) -> Option<(usize, usize)> {
        self.reading.with_untracked(|reading| {
            reading.as_ref().map(|reading| (reading.lesson, reading.step))
        })
    }

    fn show_layers(self) {
        let Some((lesson, step)) = self.place() else { return };
        let layers = self.with(lesson, |of| of.layers_at(step).map(Layers::only));
        if let Some(layers) = layers.flatten() {
            self.effects.layers.set(layers);
        }
    }

    /// The step that is shown stands in the address; at a lesson's end its last step does.
    fn write_address(self) {
        let Some((lesson, step)) = self.place() else { return address::write(None) };
        self.with(lesson, |of| {
            let last = of.steps.len().saturating_sub(1);
            address::write(Some((&of.id, step.min(last))));
        });
    }

    /// Follows the browser to another entry of its history.
    pub(super) fn follow_history(self) {
        let mark = mark().as_f64();
        if mark == self.mark.get_value() {
            // Another panel of the same run: the lesson goes on.
            return self.write_address();
        }
        self.mark.set_value(mark);
        self.follow_address();
    }

    /// Shows the page's own charts, which lessons speak of.
    pub(super) fn show_run(self) {
        self.effects.places.show(Place::Run);
    }

    /// Shows the lessons to choose from.
    pub(super) fn show_list(self) {
        self.effects.places.show(Place::Learn);
    }

    /// Begins what the page's address asks for, if it is not what is shown.
    pub(super) fn follow_address(self) {
        // A teacher's link that hides the lessons begins none: its card could not be seen.
        if !self.effects.places.is_offered(Place::Learn) {
            return;
        }
        let hash = hash();
        let Some((id, step)) = address::asked(&hash) else {
            // Another run has been asked for.
            if self.place().is_some() {
                self.leave();
            }
            return;
        };
        let Some(lesson) = self.place_of(id) else {
            let id = decoded(id);
            return self.unknown.set(Some(Unknown::Lesson { id }));
        };
        let count = self.with(lesson, |of| of.steps.len()).unwrap_or(0);
        let found = address::step_among(step, count);
        if found.is_some() && found.map(|step| (lesson, step)) == self.place() {
            return;
        }
        let asked = step.map(decoded);
        self.begin(lesson, found.unwrap_or(0), None);
        if let Some(step) = asked.filter(|_| found.is_none()) {
            self.unknown.set(Some(Unknown::Step { lesson, step }));
        }
    }

    /// Goes to the next step, or to the end.
    pub(super) fn go_on(self) {
        let Some((lesson, _)) = self.place() else { return };
        self.unknown.set(None);
        let outcome = self.with(lesson, |of| {
            self.reading.try_update(|reading| reading.as_mut().map(|one| one.go_on(of)))
        });
        match outcome.flatten().flatten() {
            Some(Onward::New) => self.carry_out(false),
            Some(Onward::Shown) => self.show_layers(),
            Some(Onward::End) => {
                if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
                    waiting.done();
                }
            }
            None => {}
        }
        self.write_address();
    }

    /// Goes to the step before. The run goes on as it is.
    pub(super) fn go_back(self) {
        self.unknown.set(None);
        self.reading.update(|reading| {
            if let Some(reading) = reading {
                reading.go_back();
            }
        });
        self.show_layers();
        self.write_address();
    }

    /// Leaves the lesson for the list.
    pub(super) fn leave(self) {
        self.reading.set(None);
        self.unknown.set(None);
        self.effects.run.set(None);
        self.refuse_waiting();
        self.write_address();
    }

    fn refuse_waiting(self) {
        if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
            waiting.refused("left", "the lesson was left before its end");
        }
    }

    /// Chooses an answer to the question that is shown.
    pub(super) fn choose(self, answer: usize) {
        self.reading.update(|reading| {
            if let Some(reading) = reading {
                reading.choose(answer);
            }
        });
    }

    /// Everything that the step that is shown waits for; tracked.
    pub(super) fn waits(self) -> Vec<Wait> {
        let is_driving = self.driving.get();
        self.reading.with(|reading| {
            let Some(reading) = reading else { return Vec::new() };
            self.with(reading.lesson, |of| reading.waits(of, is_driving)).unwrap_or_default()
        })
    }

    /// Checks the run.
    pub(super) fn look(self) {
        // Some lessons wait for digits.
        observation::want_digits("lesson", self.reading.with_untracked(Option::is_some));
        let Some(before) = self.reading.get_untracked() else { return };
        if self.driving.get_untracked() {
            return;
        }
        let is_paused = playground::stands_still();
        if self.is_paused.get_untracked() != is_paused {
            self.is_paused.set(is_paused);
        }
        let mut now = before.clone();
        self.with(before.lesson, |of| now.observe(of, &observation::observed().seen()));
        if now != before {
            self.reading.set(Some(now.clone()));
        }
        self.looks.update_value(|looks| *looks += 1);
        let by_itself = self.waiting.with_value(Option::is_some);
        if !by_itself || self.looks.get_value() < LOOKS_BY_ITSELF {
            return;
        }
        // A script does not answer questions.
        let is_ready = |of: &Lesson| now.waits(of, false).iter().all(|wait| *wait == Wait::Answer);
        if self.with(now.lesson, is_ready).unwrap_or(false) {
            self.go_on();
        }
    }
}
