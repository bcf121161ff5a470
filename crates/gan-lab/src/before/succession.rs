//! Decides which run is the one to go back to.

/// A sequence of runs. `P` is the data kept of a replaced run.
#[derive(Debug)]
pub(super) struct Succession<P> {
    /// The run that is being replaced, until it is certain that another takes its place.
    leaving: Option<Leaving<P>>,
    /// Whether a lesson started the run on the page.
    is_lessons: bool,
}

#[derive(Debug)]
struct Leaving<P> {
    number: u32,
    by_lesson: bool,
    past: Option<P>,
}

impl<P> Default for Succession<P> {
    fn default() -> Self {
        Self { leaving: None, is_lessons: false }
    }
}

impl<P> Succession<P> {
    /// Records that the run with this `number` is being replaced, by a lesson or not. `past` is
    /// `None` if the run is not worth a way back.
    pub(super) fn left(&mut self, number: u32, by_lesson: bool, past: Option<P>) {
        self.leaving = Some(Leaving { number, by_lesson, past });
    }

    /// The data of the run that is being replaced.
    pub(super) fn leaving(&mut self) -> Option<&mut P> {
        self.leaving.as_mut()?.past.as_mut()
    }

    /// Reports the `number` of the run on the page. Returns the run to go back to, if another has
    /// just taken its place. A refused load changes nothing.
    pub(super) fn now(&mut self, number: u32) -> Option<P> {
        let left = self.leaving.take_if(|leaving| leaving.number != number)?;
        let was_lessons = std::mem::replace(&mut self.is_lessons, left.by_lesson);
        // Within a lesson, the run to go back to is the one before the lesson.
        left.past.filter(|_| !(left.by_lesson && was_lessons))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_that_was_replaced_is_the_one_before() {
        let mut runs = Succession::default();
        assert_eq!(runs.now(0), None);
        runs.left(0, false, Some("first"));
        assert_eq!(runs.now(0), None, "nothing has taken its place");
        assert_eq!(runs.now(1), Some("first"));
        assert_eq!(runs.now(1), None, "told once");
        runs.left(1, false, None);
        assert_eq!(runs.now(2), None, "it had hardly begun");
    }

    #[test]
    fn a_refused_load_leaves_nothing_behind() {
        let mut runs = Succession::default();
        runs.left(0, false, Some("at step 30"));
        assert_eq!(runs.now(0), None);
        runs.left(0, false, Some("at step 90"));
        assert_eq!(runs.now(1), Some("at step 90"));
    }

    #[test]
    fn within_a_lesson_the_users_own_run_stays_the_one_before() {
        let mut runs = Succession::default();
        runs.left(0, true, Some("own"));
        assert_eq!(runs.now(1), Some("own"));
        runs.left(1, true, Some("of the lesson's first step"));
        assert_eq!(runs.now(2), None);
        // The user goes on without the lesson: the lesson's last run is the one to go back to.
        runs.left(2, false, Some("of the lesson's last step"));
        assert_eq!(runs.now(3), Some("of the lesson's last step"));
        runs.left(3, true, Some("own again"));
        assert_eq!(runs.now(4), Some("own again"));
    }
}
