//! Defines lessons as data, and reads the lessons from `web/lessons`.
//!
//! The lab gives lessons to the user; `gan lessons` checks natively that the runs they load meet
//! their conditions.
//!
//! A lesson's minutes are estimated, and stand in its file: its English texts are read at 200 words
//! a minute, and each event that it waits for takes half a minute. The sum is rounded up. Events
//! come after 2 to 60 seconds in a browser (`docs/measurements.md`), so that a lesson with a slow
//! one may state a minute more. A test holds the files to this.

mod condition;
mod lesson;

pub use condition::{
    Bound, Condition, DEFAULT_MODES_SHARE, Event, LEAST_SHARE, Seen, Share, digits_drawn,
};
pub use lesson::{Answer, Lesson, Minutes, Question, Step, Words};

const FILES: [&str; 14] = [
    include_str!("../../../web/lessons/what-is-a-gan.json"),
    include_str!("../../../web/lessons/collapse-on-a-ring.json"),
    include_str!("../../../web/lessons/repairs.json"),
    include_str!("../../../web/lessons/collapse-on-digits.json"),
    include_str!("../../../web/lessons/vanishing-gradient.json"),
    include_str!("../../../web/lessons/discriminator-too-strong.json"),
    include_str!("../../../web/lessons/discriminator-too-weak.json"),
    include_str!("../../../web/lessons/oscillation.json"),
    include_str!("../../../web/lessons/memorising.json"),
    include_str!("../../../web/lessons/a-picture-in.json"),
    include_str!("../../../web/lessons/there-and-back.json"),
    include_str!("../../../web/lessons/latent-space.json"),
    include_str!("../../../web/lessons/styles.json"),
    include_str!("../../../web/lessons/reading-the-scores.json"),
];

/// The lessons, in the order in which they are offered.
///
/// # Errors
/// The fault of a file. A test reads them all.
pub fn all() -> Result<Vec<Lesson>, serde_json::Error> {
    FILES.iter().map(|text| serde_json::from_str(text)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gan_protocol::{PointsSpec, RunSpec};
    use gan_words::Language;

    use super::*;

    const LAYERS: [&str; 6] = ["reals", "fakes", "surface", "lattice", "pulls", "trails"];
    const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

    fn lessons() -> Vec<Lesson> {
        all().expect("readable")
    }

    /// All texts of a lesson but its title.
    fn texts(lesson: &Lesson) -> Vec<&Words> {
        let mut texts = vec![&lesson.summary];
        for step in &lesson.steps {
            texts.push(&step.text);
            if let Some(question) = &step.question {
                texts.push(&question.text);
                texts.extend(question.answers.iter().flat_map(|one| [&one.text, &one.reply]));
            }
        }
        texts
    }

    #[test]
    fn every_file_is_a_lesson_of_its_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/lessons");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let files: BTreeSet<_> = files.map(|file| file.expect("readable").file_name()).collect();
        let listed = lessons().iter().map(|lesson| format!("{}.json", lesson.id).into()).collect();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_lesson_can_be_given() {
        let lessons = lessons();
        let ids: BTreeSet<&str> = lessons.iter().map(|lesson| lesson.id.as_str()).collect();
        assert_eq!(ids.len(), lessons.len(), "two lessons have one name");
        for lesson in &lessons {
            let Lesson { id, steps, .. } = lesson;
            assert!(steps[0].load.is_some(), "{id} starts with whatever run is there");
            let shows = steps[0].layers.is_some();
            assert_eq!(shows, on_points(&steps[0]), "{id} shows whatever layers are there");
            for words in texts(lesson).into_iter().chain([&lesson.title]) {
                for language in LANGUAGES {
                    assert!(!words.in_language(language).trim().is_empty(), "{id}: {words:?}");
                }
            }
            for step in steps {
                let run = step.run();
                assert!(!matches!(run, Some(Err(_))), "{id}: {run:?}");
                for layer in step.layers.iter().flatten() {
                    assert!(LAYERS.contains(&layer.as_str()), "{id}: layer {layer}");
                }
                if let Some(question) = &step.question {
                    let right = question.answers.iter().filter(|answer| answer.right).count();
                    assert_eq!((right, question.answers.len() > 1), (1, true), "{id}");
                }
            }
        }
    }

    fn on_points(step: &Step) -> bool {
        step.run().is_some_and(|run| run.is_ok_and(|run| run.data.points.is_some()))
    }

    #[test]
    fn a_goal_on_modes_or_shares_is_one_that_the_data_have() {
        for Lesson { id, steps, .. } in lessons() {
            let mut modes = 0;
            for step in steps {
                if let Some(Ok(run)) = step.run() {
                    modes = run
                        .data
                        .points
                        .as_ref()
                        .and_then(PointsSpec::modes)
                        .map_or(0, |all| all.len());
                }
                for event in step.until.iter().flat_map(Condition::events) {
                    match *event {
                        Event::Modes { at_least, .. } => {
                            assert!(
                                at_least as usize <= modes,
                                "{id}: {at_least} of {modes} modes"
                            );
                        }
                        Event::Share(Share::HighQuality, _) => assert!(modes > 0, "{id}: no modes"),
                        Event::Digits(_) => assert_eq!(modes, 0, "{id}: no digits"),
                        Event::Reconstruction(_) => {
                            let encodes = |run: Result<RunSpec, _>| {
                                run.is_ok_and(|run| run.encoder.is_some())
                            };
                            assert!(step.run().is_none_or(encodes), "{id}: no encoder");
                        }
                        Event::Step(_) | Event::Diagnosis(_) | Event::Share(..) => {}
                    }
                }
            }
        }
    }

    #[test]
    fn a_summary_has_one_to_three_sentences() {
        for Lesson { id, summary, .. } in lessons() {
            for (language, ends) in LANGUAGES.into_iter().zip([['.', '?'], ['。', '？']]) {
                let text = summary.in_language(language);
                let count = text.matches(ends).count();
                assert!((1..=3).contains(&count), "{id}: {count} sentences: {text}");
                assert!(text.ends_with(ends), "{id}: {text}");
            }
        }
    }

    #[test]
    fn minutes_are_those_of_reading_and_waiting() {
        for lesson in lessons() {
            let count =
                |words: &&Words| words.in_language(Language::English).split_whitespace().count();
            let words: usize = texts(&lesson).iter().map(count).sum();
            let events = lesson.steps.iter().filter(|step| step.until.is_some()).count();
            let estimate = (words as f64 / 200.0 + 0.5 * events as f64).ceil() as u32;
            let stated = lesson.minutes.count();
            assert!(
                (estimate..=estimate + 1).contains(&stated),
                "{}: {stated} minutes, estimated {estimate} for {words} words, {events} events",
                lesson.id
            );
        }
    }

    #[test]
    fn minutes_outside_of_their_range_are_refused() {
        for (json, is_valid) in [("0", false), ("1", true), ("30", true), ("31", false)] {
            assert_eq!(serde_json::from_str::<Minutes>(json).is_ok(), is_valid, "{json}");
        }
        assert!(serde_json::from_str::<Minutes>("-1").is_err());
    }

    #[test]
    fn a_lesson_has_a_worksheet_where_it_says_so() {
        let sheets = include_str!("../../../web/worksheets/index.html");
        for Lesson { id, worksheet, .. } in lessons() {
            for language in LANGUAGES {
                let anchor = format!("<article class=\"sheet\" id=\"{}-{id}\"", language.code());
                assert_eq!(sheets.contains(&anchor), worksheet, "{anchor}");
            }
        }
    }

    #[test]
    fn a_step_that_is_entered_from_outside_finds_its_run() {
        let lessons = lessons();
        let lesson = lessons.iter().find(|lesson| lesson.id == "what-is-a-gan").expect("there");
        let at = |step| (lesson.loading_step(step), lesson.trains_at(step));
        assert_eq!(
            [at(0), at(1), at(2), at(4)],
            [(0, false), (0, false), (0, true), (0, true)]
                .map(|(step, trains)| (Some(step), trains))
        );
        let lesson = lessons.iter().find(|lesson| lesson.id == "repairs").expect("there");
        assert_eq!([0, 1, 3, 4].map(|step| lesson.loading_step(step)), [0, 1, 3, 3].map(Some));
        // The second step chooses no layers.
        assert_eq!(lesson.steps[1].layers, None);
        assert_eq!(lesson.layers_at(1), lesson.steps[0].layers.as_deref());
    }

    #[test]
    fn the_runs_around_a_step_are_those_of_the_lesson() {
        let lessons = lessons();
        let lesson = lessons.iter().find(|lesson| lesson.id == "repairs").expect("there");
        assert_eq!(lesson.runs_around(0), None, "no run of the lesson's before it");
        assert_eq!(lesson.runs_around(4), None, "no run is loaded");
        let [before, after] = lesson.runs_around(2).expect("two runs");
        assert_eq!((before.packing, after.packing), (4, 1));
        assert_eq!((before.unrolled_steps, after.unrolled_steps), (0, 5));
    }
}
