//! The eight moments of a step (Goodfellow et al. 2014, algorithm 1), with the texts and figures of
//! each.

use gan_protocol::{Dissection, Verdicts};

use crate::words::key;

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
        of: &Dissection,
        verdict: impl Fn(f32) -> String,
    ) -> Vec<(&'static str, String)> {
        let mean = |of: &Verdicts| verdict(of.mean as f32);
        let number = |x: f64| if x.is_finite() { significant(x) } else { "–".to_string() };
        let metrics = &of.metrics;
        match self {
            Self::Draw => vec![("count", of.latents.len().to_string())],
            Self::Generate => Vec::new(),
            Self::JudgeReals => vec![("mean", mean(&of.on_reals))],
            Self::JudgeFakes => vec![("mean", mean(&of.on_fakes))],
            Self::DiscriminatorLoss => vec![
                ("loss", number(metrics.discriminator_loss)),
                ("reals", mean(&of.on_reals)),
                ("fakes", mean(&of.on_fakes)),
            ],
            Self::DiscriminatorUpdate => vec![
                ("norm", number(metrics.discriminator_gradient_norm)),
                ("before", number(metrics.discriminator_loss)),
                ("after", number(of.discriminator_loss_after)),
            ],
            Self::JudgeAgain => {
                vec![("before", mean(&of.on_fakes)), ("after", mean(&of.on_fakes_after))]
            }
            Self::GeneratorUpdate => vec![
                ("norm", number(metrics.generator_gradient_norm)),
                ("before", number(metrics.generator_loss)),
                ("after", number(of.generator_loss_after)),
                ("old", mean(&of.on_fakes_after)),
                ("new", mean(&of.on_new_fakes)),
            ],
        }
    }
}

/// With four significant digits, because a step often changes only the third.
fn significant(x: f64) -> String {
    if x == 0.0 {
        return x.to_string();
    }
    let digits = 3 - x.abs().log10().floor() as i32;
    format!("{x:.0$}", digits.clamp(0, 12) as usize)
}

#[cfg(test)]
mod tests {
    use gan_protocol::Metrics;

    use super::*;

    fn dissection() -> Dissection {
        let verdicts = |mean| Verdicts { first: vec![mean as f32; 2], mean };
        let none = Metrics::from_numbers(3, [0.0; Metrics::COUNT]);
        Dissection {
            metrics: Metrics {
                discriminator_loss: 1.38629,
                generator_loss: 0.000123456,
                discriminator_gradient_norm: 12345.6,
                ..none
            },
            latents: vec![vec![0.5, 1.0], vec![2.0, 3.0]],
            on_reals: verdicts(1.5),
            on_fakes: verdicts(-0.5),
            on_reals_after: verdicts(1.5),
            on_fakes_after: verdicts(-1.0),
            on_new_fakes: verdicts(0.25),
            discriminator_loss_after: f64::NAN,
            generator_loss_after: 0.5,
        }
    }

    #[test]
    fn each_moment_has_its_figures() {
        let of = dissection();
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
