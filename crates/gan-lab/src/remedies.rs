//! Defines remedies for diagnosed failures: what each changes in a run, and how a run gets back to
//! settings that it had.

use gan_protocol::{Ailment, Objective, RunSpec, Tuning, merged, preset, recipes};
use serde_json::{Value, json};

use crate::words::key;

/// A change of the run that one click makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Factors for the step sizes of generator and discriminator; from the next step on.
    Rates(f64, f64),
    /// Another objective, from the next step on.
    Objective(Objective),
    /// Steps of the discriminator per step of the generator, from the next step on.
    DiscriminatorSteps(u32),
    /// Fields of the spec, as a JSON merge patch; the run restarts.
    Anew(&'static str),
}

/// A change with its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Remedy {
    /// The key of its name.
    pub name: &'static str,
    /// The change.
    pub change: Change,
}

/// The effect of a change on a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Settings that change during the run.
    Tuned(Tuning),
    /// Another run, which starts at step 0.
    Anew(Value),
}

impl Change {
    /// Whether the run starts at step 0 again.
    pub fn restarts(self) -> bool {
        matches!(self, Self::Anew(_))
    }

    /// The effect of the change on the run `spec`; `None` if the run stays the same, or becomes
    /// invalid.
    pub fn on(self, spec: &RunSpec) -> Option<Effect> {
        if let Self::Anew(fields) = self {
            let before = spec.to_value();
            let after = merged(&before, &serde_json::from_str(fields).ok()?);
            // As the page reads it, where `8` and `8.0` are the same.
            let read = RunSpec::from_value(after).ok()?;
            return (read != *spec).then(|| Effect::Anew(read.to_value()));
        }
        let (generator, discriminator) =
            (spec.generator_optimizer.learning_rate, spec.discriminator_optimizer.learning_rate);
        let now = Tuning::default();
        let tuning = match self {
            Self::Rates(for_generator, for_discriminator) => {
                let scaled =
                    |factor: f64, rate: f64| (factor != 1.0).then(|| rounded(factor * rate));
                Tuning {
                    generator_learning_rate: scaled(for_generator, generator),
                    discriminator_learning_rate: scaled(for_discriminator, discriminator),
                    ..now
                }
            }
            Self::Objective(objective) => Tuning { objective: Some(objective), ..now },
            Self::DiscriminatorSteps(steps) => {
                Tuning { discriminator_steps: Some(steps as usize), ..now }
            }
            Self::Anew(_) => return None,
        };
        let tuned = tuning.applied_to(spec).ok()?;
        (tuned != *spec).then_some(Effect::Tuned(tuning))
    }
}

impl Effect {
    /// Whether the run starts at step 0 again.
    pub fn restarts(&self) -> bool {
        matches!(self, Self::Anew(_))
    }
}

/// The way from the run `now` back to `before`, whose settings it had: as the run goes where that is
/// possible. `None` if they are the same.
pub fn way_back(now: &RunSpec, before: &RunSpec) -> Option<Effect> {
    fn back<T: PartialEq>(now: T, before: T) -> Option<T> {
        (now != before).then_some(before)
    }
    let (generators, discriminators) = (&now.generator_optimizer, &now.discriminator_optimizer);
    let tuning = Tuning {
        generator_learning_rate: back(
            generators.learning_rate,
            before.generator_optimizer.learning_rate,
        ),
        discriminator_learning_rate: back(
            discriminators.learning_rate,
            before.discriminator_optimizer.learning_rate,
        ),
        objective: back(now.objective, before.objective),
        discriminator_steps: back(now.discriminator_steps, before.discriminator_steps),
        label_smoothing: back(now.label_smoothing, before.label_smoothing),
    };
    let is_tuning = tuning.applied_to(now).as_ref() == Ok(before);
    let way = if is_tuning { Effect::Tuned(tuning) } else { Effect::Anew(before.to_value()) };
    (now != before).then_some(way)
}

/// A rate times a factor, without the digits of binary arithmetic: 3 times 0.0001 is 0.0003.
fn rounded(rate: f64) -> f64 {
    let places = 12 - rate.abs().max(1e-9).log10().floor() as i32;
    let power = 10_f64.powi(places);
    (rate * power).round() / power
}

/// The run with its preset's settings, but with the data and the seed of `spec`. `None` if nothing
/// differs, or if the preset's nets do not fit the data.
pub fn back_to_preset(spec: &RunSpec, name: &str) -> Option<Value> {
    let kept = json!({"data": spec.data, "seed": spec.seed});
    // As a whole and not as a patch, because another distribution of points has other fields.
    let mut whole = preset(name)?.spec.to_value();
    for (field, value) in kept.as_object()? {
        whole[field] = value.clone();
    }
    let read = RunSpec::from_value(whole).ok()?;
    (read != *spec).then(|| read.to_value())
}

const fn remedy(name: &'static str, change: Change) -> Remedy {
    Remedy { name, change }
}

/// For points: the settings of the row `unrolled-ring` (docs/results.md), which repair the collapse
/// of the preset `ring-collapse`. WGAN-GP does so too, but needs thousands of steps before it
/// shows.
const FOR_POINTS: [Remedy; 3] = [
    remedy(key("remedy-r3gan"), Change::Anew(recipes::R3GAN_POINTS)),
    remedy(key("remedy-packing"), Change::Anew(r#"{"packing": 4, "penalties": []}"#)),
    remedy(key("remedy-unrolled"), Change::Anew(r#"{"unrolled_steps": 5}"#)),
];

/// For images: the settings in the comparison of objectives on MNIST.
const FOR_IMAGES: [Remedy; 2] = [
    remedy(key("remedy-r3gan"), Change::Anew(recipes::R3GAN_IMAGES)),
    remedy(key("change-packing"), Change::Anew(r#"{"packing": 2, "penalties": []}"#)),
];

/// The usual remedies against `ailment`, for a run on points or on images.
pub fn remedies(ailment: Ailment, on_points: bool) -> &'static [Remedy] {
    match ailment {
        Ailment::Collapse | Ailment::PartialCollapse if on_points => &FOR_POINTS,
        Ailment::Collapse | Ailment::PartialCollapse => &FOR_IMAGES,
        Ailment::VanishingGradient => {
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-non-saturating"), Change::Objective(Objective::NonSaturating)),
                remedy(key("remedy-weaker-discriminator"), Change::Rates(1.0, 0.25)),
            ];
            &LIST
        }
        Ailment::DiscriminatorWins => {
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-weaker-discriminator"), Change::Rates(1.0, 0.25)),
                remedy(
                    key("change-noise"),
                    Change::Anew(r#"{"instance_noise": {"sd": 0.2, "decay_steps": 2000}}"#),
                ),
            ];
            &LIST
        }
        Ailment::DiscriminatorBlind => {
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-stronger-discriminator"), Change::Rates(1.0, 4.0)),
                remedy(key("remedy-more-discriminator-steps"), Change::DiscriminatorSteps(3)),
            ];
            &LIST
        }
        Ailment::Oscillation => {
            // Mescheder et al. 2018: conditions under which a GAN converges.
            const LIST: [Remedy; 3] = [
                remedy(
                    key("change-r1"),
                    Change::Anew(r#"{"penalties": [{"kind": "r1", "weight": 1}]}"#),
                ),
                remedy(key("remedy-slower"), Change::Rates(0.5, 0.5)),
                remedy(key("remedy-average"), Change::Anew(r#"{"ema": {"decay": 0.99}}"#)),
            ];
            &LIST
        }
        Ailment::Memorisation => {
            // All of MNIST's images instead of a few.
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-more-data"), Change::Anew(r#"{"data": {"limit": null}}"#)),
                remedy(
                    key("remedy-augmentation"),
                    Change::Anew(
                        r#"{"data": {"augmentation": {"shift_px": 2, "rotation_degrees": 10, "scale": 1.1}}}"#,
                    ),
                ),
            ];
            &LIST
        }
        Ailment::Divergence => {
            const LIST: [Remedy; 1] = [remedy(key("remedy-slower"), Change::Rates(0.25, 0.25))];
            &LIST
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_protocol::Named as _;

    fn spec(name: &str) -> RunSpec {
        preset(name).expect("a preset").spec
    }

    #[test]
    fn a_remedy_says_that_it_restarts_exactly_where_it_does() {
        for &ailment in Ailment::ALL {
            for on_points in [true, false] {
                for remedy in remedies(ailment, on_points) {
                    for name in ["ring", "mnist-dcgan-small"] {
                        let effect = remedy.change.on(&spec(name));
                        let Some(effect) = effect else { continue };
                        assert_eq!(remedy.change.restarts(), effect.restarts(), "{}", remedy.name);
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_remedy_changes_as_the_run_goes_is_taken_back() {
        let mut tried = 0;
        for name in ["ring", "ring-collapse", "mnist-dcgan-small", "mnist-conditional"] {
            let mut broken = spec(name);
            broken.discriminator_optimizer.learning_rate = 0.0317;
            for remedy in Ailment::ALL.iter().flat_map(|ailment| remedies(*ailment, true)) {
                let Some(Effect::Tuned(tuning)) = remedy.change.on(&broken) else { continue };
                let tuned = tuning.applied_to(&broken).expect("accepted");
                assert_ne!(tuned, broken, "{}", remedy.name);
                let Some(Effect::Tuned(back)) = way_back(&tuned, &broken) else {
                    panic!("{} restarts the run", remedy.name);
                };
                assert_eq!(back.applied_to(&tuned), Ok(broken.clone()), "{}", remedy.name);
                tried += 1;
            }
        }
        assert!(tried >= 16, "{tried}");
    }

    #[test]
    fn the_way_back_restarts_the_run_only_for_settings_that_do() {
        let before = spec("ring");
        let mut now = before.clone();
        now.discriminator_optimizer.learning_rate = 0.1;
        now.objective = Objective::NonSaturating;
        let way = way_back(&now, &before).expect("they differ");
        assert!(!way.restarts(), "{way:?}");
        now.batch_size = 16;
        assert_eq!(way_back(&now, &before), Some(Effect::Anew(before.to_value())));
        assert_eq!(way_back(&before, &before), None);
    }

    #[test]
    fn a_remedy_that_would_change_nothing_or_is_refused_is_none() {
        let mut run = spec("ring");
        run.objective = Objective::NonSaturating;
        assert_eq!(Change::Objective(Objective::NonSaturating).on(&run), None);
        assert_eq!(Change::Anew(r#"{"data": {"limit": null}}"#).on(&run), None);
        assert_eq!(Change::DiscriminatorSteps(0).on(&run), None);
        assert!(Change::DiscriminatorSteps(3).on(&run).is_some());
    }

    #[test]
    fn rates_are_as_short_as_before() {
        let mut run = spec("ring");
        run.discriminator_optimizer.learning_rate = 0.0007;
        let Some(Effect::Tuned(tuning)) = Change::Rates(1.0, 0.3).on(&run) else {
            panic!("a tuning");
        };
        assert_eq!(tuning.discriminator_learning_rate, Some(0.00021));
        assert_eq!(tuning.generator_learning_rate, None);
    }

    #[test]
    fn back_to_the_preset_takes_the_setting_that_broke_the_run_away_and_leaves_the_data() {
        for name in ["ring", "mnist-dcgan-small"] {
            assert_eq!(back_to_preset(&spec(name), name), None, "{name}");
            let mut broken = spec(name);
            broken.discriminator_optimizer.learning_rate = 0.05;
            broken.seed = 77;
            // Points are endless.
            broken.data.limit = broken.data.points.is_none().then_some(100);
            let back = RunSpec::from_value(back_to_preset(&broken, name).expect("it differs"));
            let mut expected = spec(name);
            (expected.seed, expected.data) = (77, broken.data.clone());
            assert_eq!(back, Ok(expected), "{name}");
        }
        // The preset's nets are for grey images.
        let mut colour = spec("mnist-dcgan-small");
        colour.data.channels = 3;
        assert_eq!(back_to_preset(&colour, "mnist-dcgan-small"), None);
        assert_eq!(back_to_preset(&colour, "no-such-preset"), None);
    }

    #[test]
    fn runs_that_start_anew_are_ones_that_the_page_accepts() {
        let mut tried = 0;
        for (on_points, presets) in
            [(true, ["ring-collapse", "ring"]), (false, ["mnist-dcgan-small", "mnist-mlp"])]
        {
            for remedy in Ailment::ALL.iter().flat_map(|ailment| remedies(*ailment, on_points)) {
                let Change::Anew(fields) = remedy.change else { continue };
                // Points are not memorised.
                if on_points && fields.contains("\"data\"") {
                    continue;
                }
                let fields: Value = serde_json::from_str(fields).expect("JSON");
                for name in presets {
                    let spec = preset(name).expect("a preset").spec.to_value();
                    let accepted = RunSpec::from_value(merged(&spec, &fields));
                    assert!(accepted.is_ok(), "{} for {name}: {accepted:?}", remedy.name);
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 2 * (9 + 7 + 2));
    }
}
