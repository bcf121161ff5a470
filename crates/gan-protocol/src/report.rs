//! A report on a run's health: scores of its newest samples, and diagnoses of failures.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::names::named;

named! {
    /// A score of a run: of its newest samples, or of the nets' last step. Scores named `…OfReals`
    /// are those of as many real samples, which a perfect generator would not surpass.
    #[derive(PartialOrd, Ord)]
    pub enum Score {
        /// Number of the newest samples: shares of samples are shares of so many.
        Samples = "samples",
        /// Mean distance between two samples, relative to that between two real ones.
        Diversity = "diversity",
        /// Share of the samples that are nearly one of the real images, where these are 500 or fewer.
        Copies = "copies",
        /// [`Score::Copies`] of real samples.
        CopiesOfReals = "copiesOfReals",
        /// Number of modes of the data.
        Modes = "modes",
        /// Number of modes with a sample within three standard deviations.
        ModesCovered = "modesCovered",
        /// [`Score::ModesCovered`] of real samples.
        ModesCoveredOfReals = "modesCoveredOfReals",
        /// Share of the samples within three standard deviations of a mode.
        HighQuality = "highQuality",
        /// [`Score::HighQuality`] of real samples.
        HighQualityOfReals = "highQualityOfReals",
        /// KL divergence of the samples' modes from the uniform distribution, in nats.
        ReverseKl = "reverseKl",
        /// [`Score::ReverseKl`] of real samples.
        ReverseKlOfReals = "reverseKlOfReals",
        /// Peak signal-to-noise ratio of what the generator makes of its pictures to the true samples,
        /// in dB, the mean over the newest samples.
        Psnr = "psnr",
        /// The same of the pictures as they are given, enlarged by repeating pixels.
        PsnrOfPictures = "psnrOfPictures",
        /// In a translation, the same of what comes back after both ways to the images that were given.
        PsnrThereAndBack = "psnrThereAndBack",
        /// The same of what the generator makes of an encoder's latents, to the reals behind these.
        PsnrOfReconstructions = "psnrOfReconstructions",
        /// Share of reals whose class the discriminator names rightly, though it is told the classes of a few
        /// only.
        ClassAccuracy = "classAccuracy",
        /// Number of the ten digits that the classifier reads in a hundred samples. The lab adds
        /// it, since only the lab has the classifier.
        Digits = "digits",
        /// [`Metrics::real_score`](crate::Metrics::real_score).
        RealScore = "realScore",
        /// [`Metrics::fake_score`](crate::Metrics::fake_score).
        FakeScore = "fakeScore",
        /// [`Metrics::penalty`](crate::Metrics::penalty).
        Penalty = "penalty",
        /// [`Metrics::auxiliary`](crate::Metrics::auxiliary).
        Auxiliary = "auxiliary",
        /// [`Metrics::terms`](crate::Metrics::terms).
        Terms = "terms",
        /// [`Metrics::encoder_loss`](crate::Metrics::encoder_loss).
        EncoderLoss = "encoderLoss",
        /// [`Metrics::generator_gradient_norm`](crate::Metrics::generator_gradient_norm).
        GeneratorGradientNorm = "generatorGradientNorm",
        /// [`Metrics::discriminator_gradient_norm`](crate::Metrics::discriminator_gradient_norm).
        DiscriminatorGradientNorm = "discriminatorGradientNorm",
    }
}

named! {
    /// A failure that a report can diagnose.
    pub enum Ailment {
        /// The generator draws few modes, or nearly equal samples.
        Collapse = "collapse",
        /// Some modes are missing.
        PartialCollapse = "partial_collapse",
        /// The discriminator tells reals and fakes apart with certainty.
        DiscriminatorWins = "discriminator_wins",
        /// The generator's gradient is nearly zero.
        VanishingGradient = "vanishing_gradient",
        /// The discriminator does not distinguish reals from fakes.
        DiscriminatorBlind = "discriminator_blind",
        /// Samples move about without approaching the data.
        Oscillation = "oscillation",
        /// Losses grow without bound.
        Divergence = "divergence",
        /// Samples are copies of real ones.
        Memorisation = "memorisation",
    }
}

named! {
    /// A figure behind a diagnosis: a median over the observations that it rests on.
    #[derive(PartialOrd, Ord)]
    pub enum Figure {
        /// [`Score::Diversity`].
        Diversity = "diversity",
        /// Share of the modes that get a quarter of their expected samples.
        Occupied = "occupied",
        /// [`Score::HighQuality`].
        HighQuality = "high_quality",
        /// [`Score::Copies`].
        Copies = "copies",
        /// How far apart the discriminator judges reals and fakes, 0 to 1.
        Separation = "separation",
        /// The part of the generator's gradient that is left: of its largest norm, or of a
        /// non-saturating loss's.
        GradientLeft = "gradient_left",
        /// How far the mean sample moves between two observations, in mean distances between two
        /// reals.
        Stride = "stride",
        /// The length of the mean sample's path, in the same unit.
        Way = "way",
        /// The distance between the path's ends.
        Net = "net",
        /// The larger of the two losses' magnitudes.
        Loss = "loss",
        /// The smallest loss that lasted before.
        LossBefore = "loss_before",
    }
}

/// A diagnosed failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The failure.
    pub kind: Ailment,
    /// From 0, hardly, to 1, fully developed.
    pub severity: f64,
    /// The figures behind it.
    pub figures: BTreeMap<Figure, f64>,
}

/// Scores and diagnoses. As JSON: `{"scores": {name: number}, "diagnoses": [{kind, severity,
/// figures: {name: number}}]}`, with `null` in place of a number that is not finite.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Scores of the newest samples.
    pub scores: BTreeMap<Score, f64>,
    /// Diagnosed failures, the worst first.
    pub diagnoses: Vec<Diagnosis>,
}

impl Report {
    /// The diagnosed failures, the worst first.
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
