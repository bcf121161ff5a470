//! The eight moments of a step (Goodfellow et al. 2014, algorithm 1), with the texts and figures of
//! each.

use serde::Deserialize;

use crate::words::key;

/// A step's numbers, from `Command::Dissect`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Numbers {
    pub(super) step: u64,
    pub(super) latents: Vec<Vec<f32>>,
    pub(super) on_reals: Vec<f32>,
    pub(super) on_fakes: Vec<f32>,
    pub(super) on_fakes_after: Vec<f32>,
    pub(super) on_new_fakes: Vec<f32>,
    means: Means,
    // `None` if the number is not finite, which JSON cannot hold.
    discriminator_loss: Option<f64>,
    discriminator_loss_after: Option<f64>,
    discriminator_gradient_norm: Option<f64>,
    generator_loss: Option<f64>,
    generator_loss_after: Option<f64>,
    generator_gradient_norm: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Means {
    on_reals: Option<f64>,
    on_fakes: Option<f64>,
    on_fakes_after: Option<f64>,
    on_new_fakes: Option<f64>,
}

/// A moment of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Draw,
    Generate,
    JudgeReals,
    JudgeFakes,
    DiscriminatorLoss,
    DiscriminatorUpdate,
    JudgeAgain,
    GeneratorUpdate,
}

impl Moment {
    /// All moments, in order.
    pub(super) const ALL: [Self; 8] = [
        Self::Draw,
        Self::Generate,
        Self::JudgeReals,
        Self::JudgeFakes,
        Self::DiscriminatorLoss,
        Self::DiscriminatorUpdate,
        Self::JudgeAgain,
        Self::GeneratorUpdate,
    ];

    /// The key of its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Draw => key("moment-draw"),
            Self::Generate => key("moment-generate"),
            Self::JudgeReals => key("moment-judge-reals"),
            Self::JudgeFakes => key("moment-judge-fakes"),
            Self::DiscriminatorLoss => key("moment-discriminator-loss"),
            Self::DiscriminatorUpdate => key("moment-discriminator-update"),
            Self::JudgeAgain => key("moment-judge-again"),
            Self::GeneratorUpdate => key("moment-generator-update"),
        }
    }

    /// The key of its text.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Draw => key("moment-draw-told"),
            Self::Generate => key("moment-generate-told"),
            Self::JudgeReals => key("moment-judge-reals-told"),
            Self::JudgeFakes => key("moment-judge-fakes-told"),
            Self::DiscriminatorLoss => key("moment-discriminator-loss-told"),
            Self::DiscriminatorUpdate => key("moment-discriminator-update-told"),
            Self::JudgeAgain => key("moment-judge-again-told"),
            Self::GeneratorUpdate => key("moment-generator-update-told"),
        }
    }

    /// The figures of the moment's text by their names in it; `verdict` formats verdicts.
    pub(super) fn facts(
        self,
        of: &Numbers,
        verdict: impl Fn(f32) -> String,
    ) -> Vec<(&'static str, String)> {
        let number = |x: Option<f64>| x.map_or_else(|| "–".to_string(), significant);
        let mean = |x: Option<f64>| x.map_or_else(|| "–".to_string(), |x| verdict(x as f32));
        let means = &of.means;
        match self {
            Self::Draw => vec![("count", of.latents.len().to_string())],
            Self::Generate => Vec::new(),
            Self::JudgeReals => vec![("mean", mean(means.on_reals))],
            Self::JudgeFakes => vec![("mean", mean(means.on_fakes))],
            Self::DiscriminatorLoss => vec![
                ("loss", number(of.discriminator_loss)),
                ("reals", mean(means.on_reals)),
                ("fakes", mean(means.on_fakes)),
            ],
            Self::DiscriminatorUpdate => vec![
                ("norm", number(of.discriminator_gradient_norm)),
                ("before", number(of.discriminator_loss)),
                ("after", number(of.discriminator_loss_after)),
            ],
            Self::JudgeAgain => {
                vec![("before", mean(means.on_fakes)), ("after", mean(means.on_fakes_after))]
            }
            Self::GeneratorUpdate => vec![
                ("norm", number(of.generator_gradient_norm)),
                ("before", number(of.generator_loss)),
                ("after", number(of.generator_loss_after)),
                ("old", mean(means.on_fakes_after)),
                ("new", mean(means.on_new_fakes)),
            ],
        }
    }
}

/// With four significant digits, because a step often changes only the third.
fn significant(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    let digits = 3 - x.abs().log10().floor() as i32;
    format!("{x:.0$}", digits.clamp(0, 12) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Numbers {
        serde_json::from_str(
            r#"{"step": 3, "latents": [[0.5, 1], [2, 3]], "onReals": [1, 2], "onFakes": [0, -1],
                "onRealsAfter": [1, 2], "onFakesAfter": [0, -2], "onNewFakes": [0.5, 0],
                "means": {"onReals": 1.5, "onFakes": -0.5, "onFakesAfter": -1, "onNewFakes": 0.25,
                          "onRealsAfter": 1.5},
                "discriminatorLoss": 1.38629, "discriminatorLossAfter": null, "generatorLoss": 0.000123456,
                "generatorLossAfter": 0.5, "discriminatorGradientNorm": 12345.6,
                "generatorGradientNorm": 0, "penalty": 0, "auxiliary": 0}"#,
        )
        .expect("numbers")
    }

    #[test]
    fn each_moment_has_its_figures() {
        let of = numbers();
        let told = |moment: Moment| -> Vec<String> {
            moment.facts(&of, |x| format!("{x:.2}")).into_iter().map(|(_, told)| told).collect()
        };
        assert_eq!(told(Moment::Draw), ["2"]);
        assert_eq!(told(Moment::DiscriminatorLoss), ["1.386", "1.50", "-0.50"]);
        assert_eq!(told(Moment::DiscriminatorUpdate), ["12346", "1.386", "–"]);
        assert_eq!(told(Moment::JudgeAgain), ["-0.50", "-1.00"]);
        assert_eq!(told(Moment::GeneratorUpdate)[..3], ["0", "0.0001235", "0.5000"]);
    }
}
