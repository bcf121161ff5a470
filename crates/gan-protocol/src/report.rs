//! How a run does: scores of its newest samples, and what it seems to suffer from.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::names::named;

named! {
    /// A score of a run: of its newest samples, or of the nets' last step. Those `…OfReals` are what as many real
    /// samples have, which a perfect generator would not surpass.
    #[derive(PartialOrd, Ord)]
    pub enum Score {
        /// Mean distance between two samples, relative to that between two real ones.
        Diversity = "diversity",
        /// Share of the samples that are nearly one of the real images, where these are 500 or fewer.
        Copies = "copies",
        /// [`Score::Copies`] of real samples.
        CopiesOfReals = "copiesOfReals",
        /// How many modes the data have.
        Modes = "modes",
        /// How many of them have a sample within three standard deviations.
        ModesCovered = "modesCovered",
        /// [`Score::ModesCovered`] of real samples.
        ModesCoveredOfReals = "modesCoveredOfReals",
        /// Share of the samples within three standard deviations of a mode.
        HighQuality = "highQuality",
        /// [`Score::HighQuality`] of real samples.
        HighQualityOfReals = "highQualityOfReals",
        /// KL of the samples' modes from the uniform distribution, in nats.
        ReverseKl = "reverseKl",
        /// [`Score::ReverseKl`] of real samples.
        ReverseKlOfReals = "reverseKlOfReals",
        /// How many of the ten digits are drawn, as the classifier reads a hundred samples; whoever holds the
        /// classifier adds it.
        Digits = "digits",
        /// [`Metrics::real_score`](crate::Metrics::real_score).
        RealScore = "realScore",
        /// [`Metrics::fake_score`](crate::Metrics::fake_score).
        FakeScore = "fakeScore",
        /// [`Metrics::penalty`](crate::Metrics::penalty).
        Penalty = "penalty",
        /// [`Metrics::auxiliary`](crate::Metrics::auxiliary).
        Auxiliary = "auxiliary",
        /// [`Metrics::generator_gradient_norm`](crate::Metrics::generator_gradient_norm).
        GeneratorGradientNorm = "generatorGradientNorm",
        /// [`Metrics::discriminator_gradient_norm`](crate::Metrics::discriminator_gradient_norm).
        DiscriminatorGradientNorm = "discriminatorGradientNorm",
    }
}

named! {
    /// What a run may suffer from.
    pub enum Ailment {
        /// Few modes are left.
        Collapse = "collapse",
        /// Some modes are missing.
        PartialCollapse = "partial_collapse",
        /// The discriminator is sure of everything.
        DiscriminatorWins = "discriminator_wins",
        /// The generator gets no gradient.
        VanishingGradient = "vanishing_gradient",
        /// The discriminator tells nothing apart.
        DiscriminatorBlind = "discriminator_blind",
        /// Samples wander about.
        Oscillation = "oscillation",
        /// Losses grow without end.
        Divergence = "divergence",
        /// Samples are copies.
        Memorisation = "memorisation",
    }
}

named! {
    /// A figure behind a diagnosis: a median over the observations that it rests on.
    #[derive(PartialOrd, Ord)]
    pub enum Figure {
        /// [`Score::Diversity`].
        Diversity = "diversity",
        /// Share of the modes that get their part of the samples.
        Occupied = "occupied",
        /// [`Score::HighQuality`].
        HighQuality = "high_quality",
        /// [`Score::Copies`].
        Copies = "copies",
        /// How far apart the discriminator judges reals and fakes, 0 to 1.
        Separation = "separation",
        /// What is left of the generator's gradient: of its largest norm, or of what a non-saturating loss would give.
        GradientLeft = "gradient_left",
        /// How far the samples' middle moves between two observations, in mean distances between two reals.
        Stride = "stride",
        /// How far it has moved in all.
        Way = "way",
        /// How far it is from where it was.
        Net = "net",
        /// The larger of the two losses' magnitudes.
        Loss = "loss",
        /// The smallest such loss that lasted.
        LossBefore = "loss_before",
    }
}

/// Something that a run seems to suffer from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What.
    pub kind: Ailment,
    /// How bad it is, 0 to 1.
    pub severity: f64,
    /// The figures behind it.
    pub figures: BTreeMap<Figure, f64>,
}

/// How a run does. As JSON: `{"scores": {name: number}, "diagnoses": [{kind, severity, figures: {name: number}}]}`,
/// `null` in the place of a number that is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Its newest samples.
    pub scores: BTreeMap<Score, f64>,
    /// What it seems to suffer from, the worst first.
    pub diagnoses: Vec<Diagnosis>,
}

impl Report {
    /// What it seems to suffer from, the worst first.
    pub fn ailments(&self) -> impl Iterator<Item = Ailment> {
        self.diagnoses.iter().map(|one| one.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_json_by_names() {
        let diagnosis = Diagnosis {
            kind: Ailment::VanishingGradient,
            severity: 0.9,
            figures: [(Figure::Separation, 0.97), (Figure::GradientLeft, f64::NAN)].into(),
        };
        let report = Report {
            scores: [(Score::Diversity, 0.5), (Score::ModesCovered, 6.0)].into(),
            diagnoses: vec![diagnosis],
        };
        let expected = serde_json::json!({
            "scores": {"diversity": 0.5, "modesCovered": 6.0},
            "diagnoses": [{
                "kind": "vanishing_gradient",
                "severity": 0.9,
                "figures": {"separation": 0.97, "gradient_left": null},
            }],
        });
        assert_eq!(serde_json::to_value(&report).expect("plain data"), expected);
        assert_eq!(report.ailments().collect::<Vec<_>>(), [Ailment::VanishingGradient]);
    }
}
