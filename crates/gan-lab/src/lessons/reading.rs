//! A reader's way through a lesson, apart from the page that carries it out.

use gan_lessons::{Event, Lesson, Seen, Step};

/// The reader's place in a lesson, and how far the lesson has been carried out.
///
/// *Back* changes the place alone. Steps that the reader returns to are shown and not carried out
/// again, so that the run goes on as it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// The lesson's place in the list.
    pub(super) lesson: usize,
    /// The step that is shown; the number of steps at the lesson's end.
    pub(super) step: usize,
    /// The last step that was carried out: its run is on the page, its condition is waited for.
    pub(super) furthest: usize,
    /// The events of `furthest` that are still to come. Once none was missing, none is again.
    missing: Vec<Event>,
    /// The answer that was chosen at each step.
    answers: Vec<Option<usize>>,
}

/// Something that a step waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wait {
    /// The step's run, which is being loaded or started.
    Run,
    /// An event of the run.
    Event(Event),
    /// An answer to the step's question.
    Answer,
}

/// The outcome of going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Onward {
    /// A step is shown that was carried out before.
    Shown,
    /// A step is shown that is to be carried out.
    New,
    /// The lesson has come to its end.
    End,
}

impl Reading {
    /// Begins a lesson, `of` the list's place `lesson`, at a step.
    pub(super) fn at(lesson: usize, of: &Lesson, step: usize) -> Self {
        let answers = vec![None; of.steps.len()];
        let mut reading = Self { lesson, step, furthest: step, missing: Vec::new(), answers };
        reading.wait_for(of.steps.get(step));
        reading
    }

    fn wait_for(&mut self, step: Option<&Step>) {
        let until = step.and_then(|step| step.until.as_ref());
        self.missing = until.map_or_else(Vec::new, |until| until.events().to_vec());
    }

    /// Whether the last step is past.
    pub(super) fn is_over(&self) -> bool {
        self.step >= self.answers.len()
    }

    /// The answer that was chosen at the step that is shown.
    pub(super) fn answer(&self) -> Option<usize> {
        self.answers.get(self.step).copied().flatten()
    }

    /// Chooses an answer at the step that is shown.
    pub(super) fn choose(&mut self, answer: usize) {
        if let Some(chosen) = self.answers.get_mut(self.step) {
            *chosen = Some(answer);
        }
    }

    /// Checks the condition of the last step that was carried out.
    pub(super) fn observe(&mut self, of: &Lesson, run: &Seen) {
        let until = of.steps.get(self.furthest).and_then(|step| step.until.as_ref());
        if let Some(until) = until.filter(|_| !self.missing.is_empty()) {
            self.missing = until.missing(run);
        }
    }

    /// Everything that the step that is shown waits for. `is_driving`: the page is loading or
    /// starting the run of the last step that was carried out.
    pub(super) fn waits(&self, of: &Lesson, is_driving: bool) -> Vec<Wait> {
        // A step that the reader returns to has had what it waited for.
        if self.step < self.furthest {
            return Vec::new();
        }
        let Some(step) = of.steps.get(self.step) else { return Vec::new() };
        // Its condition would be checked against the run before.
        if is_driving {
            return vec![Wait::Run];
        }
        let mut waits: Vec<_> = self.missing.iter().copied().map(Wait::Event).collect();
        if step.question.is_some() && self.answer().is_none() {
            waits.push(Wait::Answer);
        }
        waits
    }

    /// Whether the condition of the step that is shown has been met; `None` if it has none.
    pub(super) fn is_met(&self, of: &Lesson) -> Option<bool> {
        of.steps.get(self.step)?.until.as_ref()?;
        Some(self.step < self.furthest || self.missing.is_empty())
    }

    /// Goes to the next step, or to the end.
    pub(super) fn go_on(&mut self, of: &Lesson) -> Onward {
        self.step = (self.step + 1).min(of.steps.len());
        if self.is_over() {
            return Onward::End;
        }
        if self.step <= self.furthest {
            return Onward::Shown;
        }
        self.furthest = self.step;
        self.wait_for(of.steps.get(self.step));
        Onward::New
    }

    /// Goes to the step before.
    pub(super) fn go_back(&mut self) {
        self.step = self.step.saturating_sub(1);
    }

    /// The step whose run is on the page, where the step that is shown speaks of an earlier run.
    pub(super) fn other_run(&self, of: &Lesson) -> Option<usize> {
        let on_page = of.loading_step(self.furthest);
        on_page.filter(|_| !self.is_over() && on_page != of.loading_step(self.step))
    }
}

#[cfg(test)]
mod tests {
    use gan_lessons::all;
    use gan_protocol::{Ailment, Score};

    use super::*;

    fn lesson(id: &str) -> Lesson {
        let mut lessons = all().expect("readable").into_iter();
        lessons.find(|lesson| lesson.id == id).expect("there")
    }

    fn collapsed() -> Seen {
        Seen { diagnoses: vec![Ailment::Collapse], ..Seen::default() }
    }

    #[test]
    fn a_step_waits_for_its_run_its_event_and_an_answer_in_turn() {
        let lesson = lesson("collapse-on-a-ring");
        let mut reading = Reading::at(0, &lesson, 0);
        assert_eq!(reading.waits(&lesson, true), [Wait::Run]);
        assert_eq!(
            reading.waits(&lesson, false),
            [Wait::Event(Event::Diagnosis(Ailment::Collapse))]
        );
        assert_eq!(reading.is_met(&lesson), Some(false));
        reading.observe(&lesson, &Seen::default());
        assert_eq!(reading.is_met(&lesson), Some(false));
        reading.observe(&lesson, &collapsed());
        assert_eq!((reading.waits(&lesson, false), reading.is_met(&lesson)), (vec![], Some(true)));
        // A diagnosis that goes again was there.
        reading.observe(&lesson, &Seen::default());
        assert_eq!(reading.waits(&lesson, false), []);
        assert_eq!(reading.go_on(&lesson), Onward::New);
        assert_eq!(
            (reading.waits(&lesson, false), reading.is_met(&lesson)),
            (vec![Wait::Answer], None)
        );
        reading.choose(0);
        assert_eq!((reading.waits(&lesson, false), reading.answer()), (vec![], Some(0)));
    }

    #[test]
    fn back_shows_the_step_before_and_forgets_nothing() {
        let lesson = lesson("collapse-on-a-ring");
        let mut reading = Reading::at(0, &lesson, 0);
        reading.observe(&lesson, &collapsed());
        reading.go_on(&lesson);
        reading.choose(1);
        assert_eq!(reading.go_on(&lesson), Onward::New);
        assert_eq!(reading.other_run(&lesson), None);
        reading.go_back();
        // The repair's run is on the page, not the one that the text speaks of.
        assert_eq!((reading.step, reading.furthest, reading.answer()), (1, 2, Some(1)));
        assert_eq!(reading.other_run(&lesson), Some(2));
        assert_eq!(reading.waits(&lesson, true), []);
        reading.go_back();
        reading.go_back();
        assert_eq!((reading.step, reading.is_met(&lesson)), (0, Some(true)));
        assert_eq!([reading.go_on(&lesson), reading.go_on(&lesson)], [Onward::Shown; 2]);
        // At the furthest step again: it waits as before.
        assert!(matches!(reading.waits(&lesson, false)[..], [Wait::Event(Event::Modes { .. })]));
    }

    #[test]
    fn the_event_of_the_run_is_seen_while_the_reader_looks_back() {
        let lesson = lesson("collapse-on-a-ring");
        let mut reading = Reading::at(0, &lesson, 2);
        reading.go_back();
        let scores = [(Score::ModesCovered, 8.0), (Score::HighQuality, 0.9)].into();
        reading.observe(&lesson, &Seen { scores, ..Seen::default() });
        assert_eq!(reading.go_on(&lesson), Onward::Shown);
        assert_eq!(reading.waits(&lesson, false), []);
    }

    #[test]
    fn a_lesson_ends_behind_its_last_step_and_leads_back_to_it() {
        let lesson = lesson("repairs");
        let last = lesson.steps.len() - 1;
        let mut reading = Reading::at(0, &lesson, last);
        assert_eq!(reading.go_on(&lesson), Onward::End);
        assert!(reading.is_over());
        assert_eq!((reading.waits(&lesson, false), reading.other_run(&lesson)), (vec![], None));
        assert_eq!(reading.go_on(&lesson), Onward::End);
        reading.go_back();
        assert_eq!((reading.step, reading.waits(&lesson, false)), (last, vec![Wait::Answer]));
    }
}
