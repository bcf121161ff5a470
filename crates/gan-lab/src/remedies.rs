//! What usually helps against what a run seems to suffer from.

use crate::words::key;

/// A change of the run, one click away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Factors for the step sizes of generator and discriminator; from the next step on.
    Rates(f64, f64),
    /// Another objective, from the next step on.
    Objective(&'static str),
    /// Steps of the discriminator per step of the generator, from the next step on.
    DiscriminatorSteps(u32),
    /// Fields of the spec, as a JSON merge patch; the run starts anew.
    Anew(&'static str),
}

/// A change with its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Remedy {
    /// The key of its name.
    pub name: &'static str,
    /// What it does.
    pub change: Change,
}

const fn remedy(name: &'static str, change: Change) -> Remedy {
    Remedy { name, change }
}

/// Of points: the settings of the row `unrolled-ring` (docs/results.md), which repair the collapse of
/// the preset `ring-collapse`. WGAN-GP, which does so too, needs thousands of steps before one sees it.
const FOR_POINTS: [Remedy; 3] = [
    remedy(
        key("remedy-r3gan"),
        Change::Anew(
            r#"{"objective": "relativistic_paired", "label_smoothing": 0,
                "penalties": [{"kind": "r1", "weight": 0.02}, {"kind": "r2", "weight": 0.02}],
                "generator_optimizer":
                    {"learning_rate": 0.002, "method": {"kind": "adam", "beta_1": 0, "beta_2": 0.9}},
                "discriminator_optimizer":
                    {"learning_rate": 0.002, "method": {"kind": "adam", "beta_1": 0, "beta_2": 0.9}}}"#,
        ),
    ),
    remedy(key("remedy-packing"), Change::Anew(r#"{"packing": 4, "penalties": []}"#)),
    remedy(key("remedy-unrolled"), Change::Anew(r#"{"unrolled_steps": 5}"#)),
];

/// Of images: as the objectives on MNIST are compared.
const FOR_IMAGES: [Remedy; 2] = [
    remedy(
        key("remedy-r3gan"),
        Change::Anew(
            r#"{"objective": "relativistic_paired", "label_smoothing": 0,
                "penalties": [{"kind": "r1", "weight": 1}, {"kind": "r2", "weight": 1}],
                "generator_optimizer":
                    {"learning_rate": 0.001, "method": {"kind": "adam", "beta_1": 0, "beta_2": 0.9}},
                "discriminator_optimizer":
                    {"learning_rate": 0.001, "method": {"kind": "adam", "beta_1": 0, "beta_2": 0.9}}}"#,
        ),
    ),
    remedy(key("remedy-packing"), Change::Anew(r#"{"packing": 2, "penalties": []}"#)),
];

/// What usually helps against `kind`, as the page's diagnoses name it, in a run on points or on
/// images.
pub fn remedies(kind: &str, on_points: bool) -> &'static [Remedy] {
    match kind {
        "collapse" | "partial_collapse" if on_points => &FOR_POINTS,
        "collapse" | "partial_collapse" => &FOR_IMAGES,
        "vanishing_gradient" => {
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-non-saturating"), Change::Objective("non_saturating")),
                remedy(key("remedy-weaker-discriminator"), Change::Rates(1.0, 0.25)),
            ];
            &LIST
        }
        "discriminator_wins" => {
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-weaker-discriminator"), Change::Rates(1.0, 0.25)),
                remedy(
                    key("remedy-noise"),
                    Change::Anew(r#"{"instance_noise": {"sd": 0.2, "decay_steps": 2000}}"#),
                ),
            ];
            &LIST
        }
        "discriminator_blind" => {
            const LIST: [Remedy; 2] = [
                remedy(key("remedy-stronger-discriminator"), Change::Rates(1.0, 4.0)),
                remedy(key("remedy-more-discriminator-steps"), Change::DiscriminatorSteps(3)),
            ];
            &LIST
        }
        "oscillation" => {
            // Mescheder et al. 2018: what it takes for a GAN to come to rest.
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
        "memorisation" => {
            // All of MNIST's images in place of the few.
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
        "divergence" => {
            const LIST: [Remedy; 1] = [remedy(key("remedy-slower"), Change::Rates(0.25, 0.25))];
            &LIST
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, merged, preset};
    use serde_json::Value;

    use super::*;

    #[test]
    fn runs_that_start_anew_are_ones_that_the_page_accepts() {
        let kinds = ["collapse", "discriminator_wins", "oscillation", "memorisation"];
        let mut tried = 0;
        for (on_points, presets) in
            [(true, ["ring-collapse", "ring"]), (false, ["mnist-dcgan-small", "mnist-mlp"])]
        {
            for remedy in kinds.into_iter().flat_map(|kind| remedies(kind, on_points)) {
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
        assert_eq!(tried, 2 * (6 + 5 + 2));
    }
}
