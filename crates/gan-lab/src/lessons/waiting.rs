//! Says in words what a lesson's step waits for.

use gan_lessons::{Bound, Event, Share};

use super::reading::Wait;
use crate::figures::percent;
use crate::findings::ailment_name;
use crate::words::{key, say, say_with};

/// Everything that is waited for, as one sentence; empty if nothing is. `is_paused`: nothing that
/// the run is to reach can come about.
pub(super) fn told(waits: &[Wait], is_paused: bool) -> String {
    let all = waits.iter().copied().map(one).reduce(|first, second| {
        say_with(key("lesson-and"), &[("first", first), ("second", second)])
    });
    let Some(all) = all else { return String::new() };
    let needs_run = waits.iter().any(|wait| matches!(wait, Wait::Event(_)));
    let words =
        if is_paused && needs_run { key("lesson-waits-paused") } else { key("lesson-waits") };
    say_with(words, &[("what", all)])
}

fn one(wait: Wait) -> String {
    match wait {
        Wait::Run => say(key("wait-run")),
        Wait::Answer => say(key("wait-answer")),
        Wait::Event(event) => of_event(event),
    }
}

fn of_event(event: Event) -> String {
    match event {
        Event::Step(step) => say_with(key("wait-step"), &[("step", step.to_string())]),
        Event::Diagnosis(ailment) => {
            say_with(key("wait-diagnosis"), &[("name", say(ailment_name(ailment)))])
        }
        // A share of nothing at all is no condition.
        Event::Modes { at_least, share } if share <= 0.0 => {
            say_with(key("wait-modes"), &[("count", at_least.to_string())])
        }
        Event::Modes { at_least, share } => {
            let values = [("count", at_least.to_string()), ("share", percent(share))];
            say_with(key("wait-modes-and-share"), &values)
        }
        Event::Digits(Bound::AtLeast(count)) => {
            say_with(key("wait-digits-at-least"), &[("count", count.to_string())])
        }
        Event::Digits(Bound::AtMost(count)) => {
            say_with(key("wait-digits-at-most"), &[("count", count.to_string())])
        }
        Event::Share(share, bound) => {
            let name = say(match share {
                Share::HighQuality => key("figure-high-quality"),
                Share::Diversity => key("figure-diversity"),
                Share::Copies => key("figure-copies"),
            });
            let (words, value) = match bound {
                Bound::AtLeast(value) => (key("wait-at-least"), value),
                Bound::AtMost(value) => (key("wait-at-most"), value),
            };
            say_with(words, &[("name", name), ("value", percent(value))])
        }
        Event::Reconstruction(bound) => {
            let (words, value) = match bound {
                Bound::AtLeast(value) => (key("wait-at-least"), value),
                Bound::AtMost(value) => (key("wait-at-most"), value),
            };
            let name = say(key("figure-reconstructions"));
            say_with(words, &[("name", name), ("value", format!("{value} dB"))])
        }
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::Ailment;

    use super::*;

    #[test]
    fn every_kind_of_event_is_told_with_its_figures() {
        for (wait, expected) in [
            (Wait::Run, "Waits for the run to load."),
            (Wait::Answer, "Waits for an answer."),
            (Wait::Event(Event::Step(500)), "Waits for step 500."),
            (
                Wait::Event(Event::Diagnosis(Ailment::Collapse)),
                "Waits for the diagnosis “Mode collapse”.",
            ),
            (
                Wait::Event(Event::Modes { at_least: 7, share: 0.5 }),
                "Waits for 7 modes found, with at least 50 % of the samples at a mode.",
            ),
            (Wait::Event(Event::Modes { at_least: 6, share: 0.0 }), "Waits for 6 modes found."),
            (
                Wait::Event(Event::Digits(Bound::AtLeast(8.0))),
                "Waits for at least 8 of the ten digits to be drawn.",
            ),
            (
                Wait::Event(Event::Digits(Bound::AtMost(3.0))),
                "Waits for at most 3 of the ten digits to be drawn.",
            ),
            (
                Wait::Event(Event::Share(Share::Diversity, Bound::AtLeast(0.8))),
                "Waits for diversity: at least 80 %.",
            ),
            (
                Wait::Event(Event::Share(Share::HighQuality, Bound::AtLeast(0.25))),
                "Waits for samples at a mode: at least 25 %.",
            ),
            (
                Wait::Event(Event::Share(Share::Copies, Bound::AtMost(0.1))),
                "Waits for copies: at most 10 %.",
            ),
            (
                Wait::Event(Event::Reconstruction(Bound::AtLeast(12.0))),
                "Waits for likeness of reconstructions: at least 12 dB.",
            ),
        ] {
            assert_eq!(told(&[wait], false), expected);
        }
    }

    #[test]
    fn all_that_is_waited_for_is_one_sentence_and_nothing_is_none() {
        let digits = Wait::Event(Event::Digits(Bound::AtMost(3.0)));
        assert_eq!(
            told(&[Wait::Event(Event::Step(150)), digits], false),
            "Waits for step 150, and for at most 3 of the ten digits to be drawn."
        );
        assert_eq!(told(&[], true), "");
    }

    #[test]
    fn a_pause_is_told_where_the_run_must_go_on() {
        let step = [Wait::Event(Event::Step(150))];
        assert_eq!(
            told(&step, true),
            "Waits for step 150. The run stands still: press Start or Continue."
        );
        assert_eq!(told(&[Wait::Answer], true), "Waits for an answer.");
    }
}
