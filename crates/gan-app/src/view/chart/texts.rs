//! A chart's sentences: the summary, and the values of a step.

use gan_plot::{Point, Summary, Trend};

use crate::model::changes::{Change, objective_name};
use crate::view::labels::{self, kind};
use crate::view::numbers;
use crate::view::words::{key, say, say_with};

/// A series in a sentence; `None` without numbers.
pub(super) fn summary(name: &str, points: &[Point]) -> Option<String> {
    let summary = Summary::of(points)?;
    let trend = match summary.trend {
        Trend::Rising => key("trend-rising"),
        Trend::Falling => key("trend-falling"),
        Trend::Steady => key("trend-steady"),
    };
    Some(say_with(
        key("series-summary"),
        &[
            ("name", say(name)),
            ("last", numbers::measured(summary.last)),
            ("trend", say(trend)),
            ("minimum", numbers::measured(summary.minimum)),
            ("maximum", numbers::measured(summary.maximum)),
            ("step", numbers::grouped(summary.last_x as u64)),
        ],
    ))
}

/// `Step 1,428`
pub(super) fn step(step: u64) -> String {
    say_with(key("chart-step"), &[("step", numbers::grouped(step))])
}

/// `Step 1,428 · measured`: the values of a step are those of its batch, and not the averages that the legend has
/// else.
pub(super) fn step_measured(step: u64) -> String {
    say_with(key("chart-step-measured"), &[("step", numbers::grouped(step))])
}

/// `Step 1,428 · Generator 0.810 · Discriminator 0.690`, with a note at the end if there is one.
pub(super) fn reading(of: u64, series: [(&str, f64); 2], note: &str) -> String {
    let mut text = step(of);
    for (name, value) in series {
        text = [&text, " · ", &say(name), " ", &numbers::measured(value)].concat();
    }
    if note.is_empty() { text } else { [&text, " · ", note].concat() }
}

/// `Generator learning rate 0.0002 → 0.001`
pub(super) fn change(change: &Change) -> String {
    let names = [
        key("objective"),
        key("generator-rate"),
        key("discriminator-rate"),
        key("label-smoothing"),
        key("discriminator-steps"),
    ];
    let written = |place: usize, value: f64| match place {
        0 => labels::named(kind("objective"), objective_name(value)),
        _ => numbers::rate(value),
    };
    let mut text = String::new();
    for (place, name) in names.into_iter().enumerate() {
        let (before, after) = (change.before[place], change.after[place]);
        if before != after {
            let gap = if text.is_empty() { "" } else { " · " };
            let (before, after) = (written(place, before), written(place, after));
            text = [&text, gap, &say(name), " ", &before, " → ", &after].concat();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::changes::{Live, note};
    use gan_protocol::{Named as _, Objective};

    #[test]
    fn a_step_s_values_are_told_in_one_line() {
        assert_eq!(step(1_428), "Step 1,428");
        assert_eq!(step_measured(1_428), "Step 1,428 · measured");
        assert_eq!(
            reading(1_428, [("generator", 0.812), ("discriminator", 0.694)], ""),
            "Step 1,428 · Generator 0.812 · Discriminator 0.694"
        );
        assert_eq!(
            reading(7, [("score-real", f64::NAN), ("score-fake", 3e20)], "a note"),
            "Step 7 · real, D(x) – · fake, D(G(z)) 3e20 · a note"
        );
    }

    fn told(before: Live, after: Live) -> String {
        let mut changes = Vec::new();
        note(&mut changes, 0.0, 5, before, after);
        change(&changes[0])
    }

    #[test]
    fn a_change_is_told_with_its_values_before_and_after() {
        let place = |wanted| {
            let place = Objective::ALL.iter().position(|objective| *objective == wanted);
            place.expect("in the list") as f64
        };
        let plain = place(Objective::NonSaturating);
        let before = [plain, 0.0002, 0.0002, f64::from(0.1_f32), 1.0];
        assert_eq!(
            told(before, [plain, 0.001, 0.0002, before[3], 1.0]),
            "Generator learning rate 0.0002 → 0.001"
        );
        assert_eq!(
            told(before, [place(Objective::Hinge), 0.0002, 0.0002, 0.0, 1.0]),
            "Objective Non-saturating → Hinge · Label smoothing 0.1 → 0"
        );
        assert_eq!(
            told(before, [plain, 0.0002, 5e-5, before[3], 2.0]),
            "Discriminator learning rate 0.0002 → 5e-5 · Discriminator steps per generator step 1 → 2"
        );
    }

    #[test]
    fn a_series_is_summed_up_in_a_sentence() {
        let points: Vec<_> =
            (1..=1_000).map(|step| Point::new(f64::from(step), 1.0 / f64::from(step))).collect();
        assert_eq!(
            summary("generator", &points).as_deref(),
            Some("Generator: 0.001 at step 1,000, steady, between 0.001 and 1.000 so far.")
        );
        assert_eq!(summary("generator", &[]), None);
    }
}
