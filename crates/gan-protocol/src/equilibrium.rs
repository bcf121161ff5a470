//! The losses at a GAN's equilibrium: the generator draws from the data's own distribution, and the discriminator plays
//! its best answer to that.

use std::f64::consts::{LN_2, LN_10};

use crate::objective::{Objective, PenaltySpec};
use crate::run::RunSpec;

/// Losses and scores at the equilibrium, as [`Metrics`](crate::Metrics) reports them. `None` where the equilibrium
/// fixes no value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Equilibrium {
    /// The generator's loss.
    pub generator_loss: Option<f64>,
    /// The discriminator's loss.
    pub discriminator_loss: Option<f64>,
    /// The mean verdict, the same for reals and fakes.
    pub score: Option<f64>,
}

impl Objective {
    /// The values at the equilibrium; `real` and `fake` are the label smoothing on either side, as in [`RunSpec`].
    ///
    /// Where reals and fakes have one distribution, each sample is as often real as fake, and every loss here is least
    /// for a discriminator that gives all samples the same verdict `D`:
    ///
    /// - Cross-entropy with the targets `1 - real` and `fake` is least at `σ(D) = q`, the middle of both targets, where
    ///   it costs `-2 [q log q + (1 - q) log(1 - q)]`. Without smoothing `q = ½`: `2 log 2` (Goodfellow et al. 2014,
    ///   section 4.1, theorem 1; with smoothing Salimans et al. 2016, section 3.4). The generator's loss is `-log q`,
    ///   or `log(1 - q)` for [`Self::Minimax`].
    /// - Least squares are least at `D = q` too, where both halves cost `½ ((1 - real - fake) / 2)²` (the best
    ///   discriminator of Mao et al. 2016). The generator's target stays 1: `½ (q - 1)²`.
    /// - Relativistic losses compare verdicts: a difference of 0 costs `log 2`, for the average twice
    ///   (Jolicoeur-Martineau 2018, section 4). By Jensen's inequality no other verdicts cost less. The verdict itself
    ///   may be any number.
    /// - The hinge costs 2 for every verdict from -1 to 1, and the critic of [`Self::Linear`] costs 0 for every verdict
    ///   (Lim & Ye 2017; Arjovsky et al. 2017, equation 2). Neither fixes the verdict, nor the generator's
    ///   loss, which is `-D`.
    pub fn equilibrium(self, real: f64, fake: f64) -> Equilibrium {
        let middle = (1.0 - real + fake) / 2.0;
        // The page has this logarithm for its axes; the natural one would be another function to download.
        let log = |probability: f64| probability.log10() * LN_10;
        let of = |generator: Option<f64>, discriminator: f64, score: Option<f64>| Equilibrium {
            generator_loss: generator,
            discriminator_loss: Some(discriminator),
            score,
        };
        let entropy = || -(middle * log(middle) + (1.0 - middle) * log(1.0 - middle));
        match self {
            Self::NonSaturating => of(Some(-log(middle)), 2.0 * entropy(), Some(middle)),
            Self::Minimax => of(Some(log(1.0 - middle)), 2.0 * entropy(), Some(middle)),
            Self::LeastSquares => {
                let apart = (1.0 - real - fake) / 2.0;
                let missed = middle - 1.0;
                of(Some(0.5 * missed * missed), apart * apart, Some(middle))
            }
            Self::Linear => of(None, 0.0, None),
            Self::Hinge => of(None, 2.0, None),
            Self::RelativisticPaired => of(Some(LN_2), LN_2, None),
            Self::RelativisticAverage => of(Some(2.0 * LN_2), 2.0 * LN_2, None),
        }
    }
}

impl RunSpec {
    /// The values at the equilibrium of this run's objective, with its label smoothing. None for a run whose penalty
    /// asks the discriminator for a slope, as its best answer is then not the same verdict everywhere; a critic's loss
    /// is 0 for any answer.
    pub fn equilibrium(&self) -> Equilibrium {
        let asks_for_slope = |penalty: &PenaltySpec| match *penalty {
            PenaltySpec::GradientPenalty { weight, target, one_sided } => {
                weight > 0.0 && target > 0.0 && !one_sided
            }
            PenaltySpec::Dragan { weight, target } => weight > 0.0 && target > 0.0,
            PenaltySpec::R1 { .. } | PenaltySpec::R2 { .. } => false,
        };
        if self.objective != Objective::Linear && self.penalties.iter().any(asks_for_slope) {
            return Equilibrium::default();
        }
        let [real, fake] = [self.label_smoothing, self.fake_label_smoothing].map(f64::from);
        self.objective.equilibrium(real, fake)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Named as _;
    use crate::presets::preset;

    fn softplus(t: f64) -> f64 {
        t.max(0.0) + (-t.abs()).exp().ln_1p()
    }

    /// The discriminator's loss and the generator's where every sample, real or fake, gets `verdict`: the formulas at
    /// [`Objective`], with the targets `1 - real` and `fake`.
    fn losses(objective: Objective, [real, fake]: [f64; 2], verdict: f64) -> [f64; 2] {
        let [on_real, on_fake] = [verdict; 2];
        let entropy = |target: f64, verdict: f64| {
            target * softplus(-verdict) + (1.0 - target) * softplus(verdict)
        };
        let squared = |target: f64, verdict: f64| 0.5 * (verdict - target).powi(2);
        let cross_entropy = entropy(1.0 - real, on_real) + entropy(fake, on_fake);
        match objective {
            Objective::NonSaturating => [cross_entropy, softplus(-on_fake)],
            Objective::Minimax => [cross_entropy, -softplus(on_fake)],
            Objective::LeastSquares => {
                [squared(1.0 - real, on_real) + squared(fake, on_fake), squared(1.0, on_fake)]
            }
            Objective::Linear => [on_fake - on_real, -on_fake],
            Objective::Hinge => [(1.0 - on_real).max(0.0) + (1.0 + on_fake).max(0.0), -on_fake],
            Objective::RelativisticPaired => {
                [softplus(on_fake - on_real), softplus(on_real - on_fake)]
            }
            Objective::RelativisticAverage => {
                [2.0 * softplus(on_fake - on_real), 2.0 * softplus(on_real - on_fake)]
            }
        }
    }

    fn score(objective: Objective, verdict: f64) -> f64 {
        if objective.gives_probability() { 1.0 / (1.0 + (-verdict).exp()) } else { verdict }
    }

    /// The least and the greatest of the verdicts from -5 to 5 that cost the discriminator least, and that cost.
    fn best_answers(objective: Objective, smoothing: [f64; 2]) -> ([f64; 2], f64) {
        let cost = |verdict: f64| losses(objective, smoothing, verdict)[0];
        let (mut low, mut high) = (-5.0, 5.0);
        for _ in 0..200 {
            let [first, second] = [1.0 / 3.0, 2.0 / 3.0].map(|share| low + (high - low) * share);
            // A convex loss: its least values lie on the cheaper side.
            if cost(first) <= cost(second) { high = second } else { low = first }
        }
        let (inside, least) = (low, cost(low));
        let end = |mut outside: f64| {
            let mut inside = inside;
            for _ in 0..200 {
                let middle = (inside + outside) / 2.0;
                if cost(middle) <= least + 1e-13 { inside = middle } else { outside = middle }
            }
            inside
        };
        ([end(-5.0), end(5.0)], least)
    }

    fn agrees(told: Option<f64>, [low, high]: [f64; 2], what: &str) {
        match told {
            Some(value) => {
                for found in [low, high] {
                    assert!((found - value).abs() < 1e-5, "{what}: {found} for {value}");
                }
            }
            None => assert!((high - low).abs() > 1.0, "{what}: is always {low}"),
        }
    }

    #[test]
    fn an_equilibrium_is_the_discriminator_s_best_answer_to_fakes_that_are_as_the_reals() {
        for &objective in Objective::ALL {
            for smoothing in [[0.0, 0.0], [0.1, 0.0], [0.0, 0.2], [0.3, 0.1], [0.5, 0.5]] {
                if smoothing != [0.0, 0.0] && !objective.has_targets() {
                    continue;
                }
                let what = format!("{objective:?}, {smoothing:?}");
                let (answers, least) = best_answers(objective, smoothing);
                let told = objective.equilibrium(smoothing[0], smoothing[1]);
                agrees(told.discriminator_loss, [least; 2], &what);
                let generators = answers.map(|verdict| losses(objective, smoothing, verdict)[1]);
                agrees(told.generator_loss, generators, &what);
                agrees(told.score, answers.map(|verdict| score(objective, verdict)), &what);
            }
        }
    }

    #[test]
    fn verdicts_that_differ_cost_more_than_those_of_the_equilibrium() {
        // Each sample is real as often as fake; half of them get one verdict, half another.
        let pairs = |one: f64, other: f64| [(one, one), (one, other), (other, one), (other, other)];
        for (one, other) in [(0.5, -0.5), (3.0, 1.0), (-2.0, 2.0)] {
            let mean = (one + other) / 2.0;
            let paired: f64 = pairs(one, other).iter().map(|(x, y)| softplus(y - x) / 4.0).sum();
            let average: f64 = [one, other]
                .iter()
                .map(|verdict| (softplus(mean - verdict) + softplus(verdict - mean)) / 2.0)
                .sum();
            for (objective, cost) in
                [(Objective::RelativisticPaired, paired), (Objective::RelativisticAverage, average)]
            {
                let least = objective.equilibrium(0.0, 0.0).discriminator_loss;
                assert!(least.is_some_and(|least| cost > least + 0.01), "{objective:?}: {cost}");
            }
        }
    }

    #[test]
    fn a_run_s_smoothing_counts_and_a_slope_asked_for_leaves_only_a_critic_s() {
        let mut spec = preset("mnist-mlp").expect("known").spec;
        (spec.objective, spec.penalties) = (Objective::NonSaturating, Vec::new());
        (spec.label_smoothing, spec.fake_label_smoothing) = (0.25, 0.125);
        assert_eq!(spec.equilibrium(), Objective::NonSaturating.equilibrium(0.25, 0.125));

        let penalty =
            |target, one_sided| PenaltySpec::GradientPenalty { weight: 10.0, target, one_sided };
        for (penalty, leaves) in [
            (PenaltySpec::R1 { weight: 10.0 }, true),
            (PenaltySpec::R2 { weight: 10.0 }, true),
            (penalty(0.0, false), true),
            (penalty(1.0, true), true),
            (penalty(1.0, false), false),
            (PenaltySpec::Dragan { weight: 10.0, target: 1.0 }, false),
            (PenaltySpec::Dragan { weight: 0.0, target: 1.0 }, true),
        ] {
            spec.penalties = vec![penalty];
            assert_eq!(spec.equilibrium() != Equilibrium::default(), leaves, "{penalty:?}");
        }

        (spec.objective, spec.penalties) = (Objective::Linear, vec![penalty(1.0, false)]);
        assert_eq!(spec.equilibrium().discriminator_loss, Some(0.0));
    }
}
