//! Settings that were changed while the run went on, for the charts' step axis.

use gan_protocol::{Named as _, Objective, RunSpec};

/// Changes that follow each other more closely are one: a slider is dragged through many values.
const ONE_GESTURE_MS: f64 = 1_000.0;

/// The settings of [`gan_protocol::Tuning`] as numbers: the objective's place in [`Objective::NAMES`], the learning
/// rates of generator and discriminator, label smoothing, discriminator steps.
pub type Live = [f64; 5];

/// The settings in force in `spec`.
pub fn live(spec: &RunSpec) -> Live {
    [
        spec.objective as usize as f64,
        spec.generator_optimizer.learning_rate,
        spec.discriminator_optimizer.learning_rate,
        f64::from(spec.label_smoothing),
        spec.discriminator_steps as f64,
    ]
}

/// The name of the objective that [`live`] gives as a number.
pub fn objective_name(number: f64) -> &'static str {
    Objective::NAMES[number as usize]
}

/// A change of settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The last step with the old settings.
    pub step: u64,
    /// The settings before.
    pub before: Live,
    /// The settings after.
    pub after: Live,
    /// Time of the change, on the page's clock.
    at_ms: f64,
}

/// Adds a change after `step`, or extends the last one, if that belongs to the same gesture or step. A change that is
/// taken back is none.
pub fn note(changes: &mut Vec<Change>, now_ms: f64, step: u64, before: Live, after: Live) {
    match changes.last_mut() {
        Some(last) if last.step == step || now_ms - last.at_ms < ONE_GESTURE_MS => {
            (last.after, last.at_ms) = (after, now_ms);
        }
        // What is set before the first step is no change of the run.
        _ if step > 0 => changes.push(Change { step, before, after, at_ms: now_ms }),
        _ => {}
    }
    changes.retain(|change| change.before != change.after);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::default_run;

    fn with_rate(rate: f64) -> Live {
        let mut settings = live(&default_run::<()>().spec);
        settings[1] = rate;
        settings
    }

    /// The steps and the rates before and after, of changes at times and steps to new rates.
    fn noted(made: &[(f64, u64, f64)]) -> Vec<(u64, f64, f64)> {
        let (mut changes, mut now) = (Vec::new(), with_rate(1.0));
        for &(now_ms, step, rate) in made {
            note(&mut changes, now_ms, step, now, with_rate(rate));
            now = with_rate(rate);
        }
        changes.iter().map(|change| (change.step, change.before[1], change.after[1])).collect()
    }

    #[test]
    fn each_setting_that_can_change_during_a_run_is_among_the_numbers() {
        let spec = default_run::<()>().spec;
        let tunings = [
            serde_json::json!({"objective": "hinge"}),
            serde_json::json!({"generator_learning_rate": 0.5}),
            serde_json::json!({"discriminator_learning_rate": 0.5}),
            serde_json::json!({"label_smoothing": 0.25}),
            serde_json::json!({"discriminator_steps": 7}),
        ];
        for (place, tuning) in tunings.iter().enumerate() {
            let tuning = gan_protocol::Tuning::from_value(tuning).expect("valid");
            let mut plain = spec.clone();
            plain.label_smoothing = 0.0;
            let (before, after) = (live(&plain), live(&tuning.applied_to(&plain).expect("valid")));
            let differing: Vec<_> = (0..5).filter(|one| before[*one] != after[*one]).collect();
            assert_eq!(differing, [place]);
        }
        for (number, name) in Objective::NAMES.iter().enumerate() {
            assert_eq!(objective_name(number as f64), *name);
        }
    }

    #[test]
    fn changes_apart_are_kept_and_a_slider_s_way_is_one() {
        assert_eq!(
            noted(&[(0.0, 10, 2.0), (400.0, 14, 3.0), (900.0, 19, 4.0), (5_000.0, 60, 5.0)]),
            [(10, 1.0, 4.0), (60, 4.0, 5.0)]
        );
        // In a pause, however long.
        assert_eq!(noted(&[(0.0, 10, 2.0), (60_000.0, 10, 3.0)]), [(10, 1.0, 3.0)]);
    }

    #[test]
    fn neither_what_is_taken_back_nor_what_is_set_before_the_first_step_is_a_change() {
        assert!(noted(&[(0.0, 10, 2.0), (60_000.0, 10, 1.0)]).is_empty());
        assert!(noted(&[(0.0, 0, 2.0), (60_000.0, 10, 2.0)]).is_empty());
    }
}
