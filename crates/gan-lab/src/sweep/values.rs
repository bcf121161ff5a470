//! The settings that are swept, and their values.

use gan_protocol::{Named as _, Objective, RunSpec, merged, typed_number, typed_whole};
use serde_json::{Value, json};

/// A setting of which several values can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    GeneratorRate,
    DiscriminatorRate,
    Objective,
    DiscriminatorSteps,
    BatchSize,
    LatentSize,
    LabelSmoothing,
    Seed,
}

use Setting::{
    BatchSize, DiscriminatorRate, DiscriminatorSteps, GeneratorRate, LabelSmoothing, LatentSize,
    Seed,
};

/// Most values of a sweep.
pub(super) const MOST_VALUES: usize = 12;

impl Setting {
    /// All of them in the order of the list.
    pub(super) const ALL: [Self; 8] = [
        GeneratorRate,
        DiscriminatorRate,
        Self::Objective,
        DiscriminatorSteps,
        BatchSize,
        LatentSize,
        LabelSmoothing,
        Seed,
    ];

    /// The path in a run, as in errors.
    pub(super) fn path(self) -> &'static str {
        match self {
            GeneratorRate => "generator_optimizer.learning_rate",
            DiscriminatorRate => "discriminator_optimizer.learning_rate",
            Self::Objective => "objective",
            DiscriminatorSteps => "discriminator_steps",
            BatchSize => "batch_size",
            LatentSize => "latent.size",
            LabelSmoothing => "label_smoothing",
            Seed => "seed",
        }
    }

    /// Values around the run's own, as they are typed.
    pub(super) fn proposed(self, spec: &RunSpec) -> String {
        let rates = |rate: f64| {
            let around = [0.25, 0.5, 1.0, 2.0, 4.0].map(|factor| short(rate * factor));
            around.join(" ")
        };
        match self {
            GeneratorRate => rates(spec.generator_optimizer.learning_rate),
            DiscriminatorRate => rates(spec.discriminator_optimizer.learning_rate),
            Self::Objective => {
                // Those that need no penalty to be sound.
                [Objective::NonSaturating, Objective::LeastSquares, Objective::Hinge]
                    .map(Objective::name)
                    .join(" ")
            }
            DiscriminatorSteps => "1 2 3 5".to_string(),
            BatchSize => "16 32 64 128".to_string(),
            LatentSize => "2 4 8 16 32".to_string(),
            LabelSmoothing => "0 0.1 0.2 0.3".to_string(),
            Seed => "1 2 3 4".to_string(),
        }
    }

    /// Whether a run takes other values of it than its own: some objectives have no use for some settings.
    pub(super) fn is_offered(self, spec: &RunSpec) -> bool {
        // A generator that is given pictures alone has no latent to be made larger.
        let has_it = self != LatentSize || spec.latent.size > 0;
        has_it && variants(&spec.to_value(), self, &self.proposed(spec)).is_ok()
    }

    /// The value that a word stands for; `None` if it stands for none.
    fn value(self, word: &str) -> Option<Value> {
        match self {
            GeneratorRate | DiscriminatorRate | LabelSmoothing => {
                typed_number(word).map(|number| json!(number))
            }
            Self::Objective => Objective::named(word).map(|objective| json!(objective.name())),
            DiscriminatorSteps | BatchSize | LatentSize | Seed => {
                typed_whole(word).map(|number| json!(number))
            }
        }
    }
}

/// A number in at most three significant digits.
fn short(number: f64) -> String {
    let digits = 2 - number.abs().log10().floor() as i32;
    let factor = 10_f64.powi(digits);
    format!("{}", (number * factor).round() / factor)
}

/// The reason for which values are no sweep.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// This word is no value of the setting.
    Word(String),
    /// There are fewer than two values, or more than [`MOST_VALUES`].
    Count,
    /// The run refuses the value.
    Refused { value: String, message: String },
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variant {
    /// The value as it was typed.
    pub(super) value: String,
    /// The run.
    pub(super) spec: Value,
}

/// The runs that `typed`, values between blanks or semicolons, makes of `spec`.
pub(super) fn variants(spec: &Value, setting: Setting, typed: &str) -> Result<Vec<Variant>, Fault> {
    let words = typed.split(|sign: char| sign.is_whitespace() || sign == ';' || sign == '；');
    let mut found: Vec<Variant> = Vec::new();
    // As in a list: "0.1, 0.2".
    let words = words.map(|word| word.trim_end_matches([',', '，']));
    for word in words.filter(|word| !word.is_empty()) {
        let value = setting.value(word).ok_or_else(|| Fault::Word(word.to_string()))?;
        let other = merged(spec, &patch(setting.path(), value));
        let read = RunSpec::from_value(other.clone());
        if let Err(error) = read {
            let message = error.to_string();
            return Err(Fault::Refused { value: word.to_string(), message });
        }
        // A value that is typed twice is tried once.
        if found.iter().all(|one| one.spec != other) {
            found.push(Variant { value: word.to_string(), spec: other });
        }
    }
    if (2..=MOST_VALUES).contains(&found.len()) { Ok(found) } else { Err(Fault::Count) }
}

/// The merge patch that sets the field at `path`.
fn patch(path: &str, value: Value) -> Value {
    path.rsplit('.').fold(value, |inner, name| json!({ name: inner }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> RunSpec {
        gan_protocol::preset("ring").expect("a preset").spec
    }

    #[test]
    fn values_make_runs_that_differ_in_them_alone() {
        let spec = ring().to_value();
        let found = variants(&spec, GeneratorRate, " 0.001, 0,002; 5e-4 0.001").expect("a sweep");
        let rates: Vec<_> = found
            .iter()
            .map(|one| one.spec["generator_optimizer"]["learning_rate"].as_f64().expect("a rate"))
            .collect();
        assert_eq!(rates, [0.001, 0.002, 0.0005]);
        let back = merged(&found[1].spec, &patch(GeneratorRate.path(), json!(0.001)));
        assert_eq!(back, found[0].spec);
    }

    #[test]
    fn what_is_no_value_is_named() {
        let spec = ring().to_value();
        let fault = |setting, typed| variants(&spec, setting, typed).expect_err(typed);
        assert_eq!(fault(BatchSize, "16 many"), Fault::Word("many".into()));
        assert_eq!(fault(BatchSize, "16 1.5"), Fault::Word("1.5".into()));
        assert_eq!(fault(Setting::Objective, "hinge wishful"), Fault::Word("wishful".into()));
        assert_eq!(fault(BatchSize, "16"), Fault::Count);
        assert_eq!(fault(Seed, "1 2 3 4 5 6 7 8 9 10 11 12 13"), Fault::Count);
        let refused = fault(BatchSize, "16 0");
        assert!(matches!(&refused, Fault::Refused { value, .. } if value == "0"), "{refused:?}");
    }

    #[test]
    fn every_setting_is_offered_for_every_preset_that_has_a_use_for_it() {
        for preset in gan_protocol::presets() {
            for setting in Setting::ALL {
                let has_use = match setting {
                    LabelSmoothing => preset.spec.objective.has_targets(),
                    // Encoders are made for latents of their size.
                    LatentSize => preset.spec.latent.size > 0 && preset.spec.encoder.is_none(),
                    _ => true,
                };
                // Objectives may need other settings than a preset of another has.
                if setting != Setting::Objective {
                    assert_eq!(
                        setting.is_offered(&preset.spec),
                        has_use,
                        "{} {setting:?}",
                        preset.name
                    );
                }
            }
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.00025, 0.004, 0.0005333].map(short), ["0.00025", "0.004", "0.000533"]);
    }
}
