//! The lesson and the step in the page's address: `#lesson=collapse-on-a-ring&step=3`.

use crate::address::{Part, value, with_parts};

/// The key of the lesson's name.
const LESSON: &str = "lesson";
/// The key of the step's number, from 1; the first step if it is absent.
const STEP: &str = "step";

/// The lesson and the step that a hash names, as they are written there.
pub(super) fn asked(hash: &str) -> Option<(&str, Option<&str>)> {
    Some((value(hash, LESSON)?, value(hash, STEP)))
}

fn parts(at: Option<(&str, usize)>) -> [Part<'static>; 2] {
    let lesson = at.map(|(lesson, _)| lesson.to_string());
    // The page's address leaves defaults out.
    let step = at.filter(|(_, step)| *step > 0).map(|(_, step)| (step + 1).to_string());
    [(LESSON, lesson), (STEP, step)]
}

/// The hash for a step, with its other parts as they are; without a lesson for `None`. `step` counts
/// from 0.
pub(crate) fn with_step(hash: &str, at: Option<(&str, usize)>) -> String {
    with_parts(hash, &parts(at))
}

/// The step, from 0, that `asked` stands for in a lesson of `count` steps; `None` if there is no
/// such step.
pub(super) fn step_among(asked: Option<&str>, count: usize) -> Option<usize> {
    let Some(asked) = asked else { return Some(0) };
    let number: usize = asked.parse().ok()?;
    number.checked_sub(1).filter(|step| *step < count)
}

/// Writes a step into the address, without an entry in the browser's history.
pub(super) fn write(at: Option<(&str, usize)>) {
    crate::address::write(&parts(at), false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_a_lesson_and_a_step() {
        assert_eq!(asked("#lesson=repairs&step=3"), Some(("repairs", Some("3"))));
        assert_eq!(asked("lang=zh&lesson=repairs"), Some(("repairs", None)));
        assert_eq!(asked("#step=3"), None);
        assert_eq!(asked(""), None);
        assert_eq!(asked("#lesson=a&lesson=b&step=1&step=2"), Some(("b", Some("2"))));
    }

    #[test]
    fn a_step_is_written_beside_the_run_and_read_again() {
        let run = "#preset=ring&spec=%7B%22seed%22:2%7D&lang=zh";
        for step in [0, 2] {
            let hash = with_step(run, Some(("repairs", step)));
            let (lesson, number) = asked(&hash).expect("written");
            assert_eq!((lesson, step_among(number, 5)), ("repairs", Some(step)));
            assert!(hash.starts_with(run), "{hash}");
            assert_eq!(with_step(&hash, None), run);
            assert_eq!(
                with_step(&hash, Some(("oscillation", 1))),
                format!("{run}&lesson=oscillation&step=2")
            );
        }
        assert_eq!(with_step("", Some(("repairs", 0))), "#lesson=repairs");
        assert_eq!(with_step("#lesson=repairs&step=2", None), "");
        assert_eq!(with_step("#autostart&lesson=repairs", None), "#autostart");
    }

    #[test]
    fn a_step_that_is_not_there_is_none() {
        let read = |asked: &str| step_among(Some(asked), 3);
        assert_eq!([read("1"), read("3")], [Some(0), Some(2)]);
        for wrong in ["0", "4", "-1", "1.5", "", "three", "99999999999999999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(step_among(None, 3), Some(0));
    }
}
