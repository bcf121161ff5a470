//! Diagnoses failures of a run from measurements made while it trains.
//!
//! | kind | symptom |
//! |---|---|
//! | [`Ailment::Collapse`] | samples come from a quarter of the modes or fewer, or hardly differ |
//! | [`Ailment::PartialCollapse`] | some modes are missing, or samples differ less than reals, without improving |
//! | [`Ailment::DiscriminatorWins`] | the discriminator tells reals and fakes apart with certainty |
//! | [`Ailment::VanishingGradient`] | the discriminator wins, and hardly any gradient is left for the generator |
//! | [`Ailment::DiscriminatorBlind`] | the discriminator tells nothing apart, though the samples are bad |
//! | [`Ailment::Oscillation`] | samples move to and fro without progress |
//! | [`Ailment::Divergence`] | losses have grown far beyond their former values |
//! | [`Ailment::Memorisation`] | samples are copies of the real ones, of which there are few |
//!
//! A diagnosis is made only when its symptom has lasted for [`LASTING`] observations, which are
//! some seconds of a watched run. All figures are medians over those observations.

use std::collections::{BTreeMap, VecDeque};

use gan_protocol::{Ailment, COLLAPSED_DIVERSITY, Diagnosis, FIRST_STEPS, Figure};

/// Number of observations behind a diagnosis.
pub const LASTING: usize = 8;
/// Number of observations kept, the older ones for comparison.
const KEPT: usize = 4 * LASTING;
/// As [`FIRST_STEPS`], for images, whose samples are alike for longer before the generator has
/// learned anything. Divergence and memorisation are diagnosed before either.
const FIRST_STEPS_WITHOUT_MODES: u64 = 1_000;

/// Diversity of images below which they are one, black or white as a rule.
const DEAD_DIVERSITY: f64 = 0.01;

/// Measurements of a run since the last observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Generator steps done.
    pub step: u64,
    /// How far apart the discriminator judges reals and fakes: from 0, not at all, to 1, with
    /// certainty. `None` if its outputs have no measure (a critic's).
    pub separation: Option<f64>,
    /// The larger of the two losses' magnitudes.
    pub loss: f64,
    /// Norm of the generator's gradient.
    pub generator_gradient_norm: f64,
    /// The part of a non-saturating objective's gradient that the generator's saturating objective
    /// leaves: `D(G(z)) / (1 - D(G(z)))` for the minimax loss (Goodfellow et al. 2014, section 3).
    /// `None` for other objectives.
    pub gradient_share: Option<f64>,
    /// Mean distance between two samples, relative to that between two reals.
    pub diversity: f64,
    /// Share of the modes that get a quarter of their expected samples, if the data have modes.
    pub occupied: Option<f64>,
    /// Share of samples within three standard deviations of a mode, if the data have modes.
    pub high_quality: Option<f64>,
    /// Share of samples that are copies of real ones, if these are few enough to be copied.
    pub copies: Option<f64>,
    /// The mean sample, in units of the mean distance between two reals.
    pub middle: Vec<f64>,
}

/// Keeps the recent observations of a run, and diagnoses it.
#[derive(Clone, Debug, Default)]
pub struct Doctor {
    seen: VecDeque<Observation>,
    /// The largest gradient norm that lasted.
    largest_norm: f64,
    /// The smallest loss that lasted, of all but the newest observations.
    smallest_loss: Option<f64>,
}

impl Doctor {
    /// Adds an observation. Returns the diagnoses of the run now, the worst first.
    pub fn observe(&mut self, observation: Observation) -> Vec<Diagnosis> {
        // Another run, or one that returned to a checkpoint.
        if self.seen.back().is_some_and(|last| observation.step < last.step) {
            *self = Self::default();
        }
        self.seen.push_back(observation);
        if self.seen.len() > KEPT {
            self.seen.pop_front();
        }
        if self.seen.len() < LASTING {
            return Vec::new();
        }
        let norm = self.recent(|one| one.generator_gradient_norm);
        self.largest_norm = self.largest_norm.max(norm);
        let (collapse, oscillation) = (self.collapse(), self.oscillation());
        // Samples at one moving place are judged as well as any: the discriminator is not at fault.
        let blindness = match (&collapse, &oscillation) {
            (None, None) => self.blindness(),
            _ => None,
        };
        let losing = self.losing(norm);
        // Without a gradient, the generator cannot be blamed for missing modes.
        let collapse = collapse.filter(|one| losing.is_none() || self.is_collapse(one));
        let all =
            [self.divergence(), losing, blindness, collapse, oscillation, self.memorisation()];
        let mut found: Vec<Diagnosis> = all.into_iter().flatten().collect();
        let loss = self.recent(|one| one.loss);
        self.smallest_loss = Some(self.smallest_loss.map_or(loss, |least| least.min(loss)));
        found.sort_by(|a, b| b.severity.total_cmp(&a.severity));
        found
    }

    /// The last observation added.
    pub fn last_seen(&self) -> Option<&Observation> {
        self.seen.back()
    }

    /// The newest observations.
    fn newest(&self) -> impl Iterator<Item = &Observation> + Clone {
        self.seen.iter().skip(self.seen.len() - LASTING)
    }

    /// Median over the newest observations.
    fn recent(&self, of: impl Fn(&Observation) -> f64) -> f64 {
        median(self.newest().map(of).collect())
    }

    /// As [`Self::recent`], if all of them have the figure.
    fn recent_of(&self, of: impl Fn(&Observation) -> Option<f64>) -> Option<f64> {
        let values: Option<Vec<f64>> = self.newest().map(of).collect();
        values.map(median)
    }

    /// Median over the observations before the newest.
    fn before(&self, of: impl Fn(&Observation) -> f64) -> Option<f64> {
        let count = self.seen.len() - LASTING;
        (count >= LASTING).then(|| median(self.seen.iter().take(count).map(of).collect()))
    }

    fn step(&self) -> u64 {
        self.seen.back().map_or(0, |last| last.step)
    }

    fn divergence(&self) -> Option<Diagnosis> {
        let loss = self.recent(|one| one.loss);
        let least = self.smallest_loss?;
        let factor = loss / least.max(1e-3);
        if loss.is_finite() && (loss < 50.0 || factor < 50.0) {
            return None;
        }
        let figures = BTreeMap::from([(Figure::Loss, loss), (Figure::LossBefore, least)]);
        Some(Diagnosis { kind: Ailment::Divergence, severity: 1.0, figures })
    }

    /// A discriminator that wins, and the gradient that it leaves for the generator.
    fn losing(&self, norm: f64) -> Option<Diagnosis> {
        let separation = self.recent_of(|one| one.separation)?;
        if self.step() < FIRST_STEPS || separation < 0.9 {
            return None;
        }
        // Relative to the largest norm, or to another objective's gradient.
        let left = norm / self.largest_norm.max(f64::MIN_POSITIVE);
        let left = self.recent_of(|one| one.gradient_share).map_or(left, |share| left.min(share));
        let mut figures = BTreeMap::from([(Figure::Separation, separation)]);
        if left < 0.05 {
            figures.insert(Figure::GradientLeft, left);
            return Some(Diagnosis { kind: Ailment::VanishingGradient, severity: 0.9, figures });
        }
        let severity = ((separation - 0.9) / 0.1).clamp(0.0, 1.0) * 0.4 + 0.4;
        Some(Diagnosis { kind: Ailment::DiscriminatorWins, severity, figures })
    }

    fn blindness(&self) -> Option<Diagnosis> {
        let separation = self.recent_of(|one| one.separation)?;
        let quality = self.recent_of(|one| one.high_quality);
        let diversity = self.recent(|one| one.diversity);
        // Equal verdicts are the goal of a run, if its samples are good.
        let bad = match quality {
            Some(quality) => quality < 0.2,
            None => !(0.5..2.0).contains(&diversity),
        };
        // A separation below 0: the discriminator takes bad samples for better than real ones.
        if self.step() < self.early() || separation > 0.05 || !bad {
            return None;
        }
        // While samples improve, the discriminator sees a difference, however small in its
        // verdicts.
        let before = self.before(|one| one.high_quality.unwrap_or(0.0));
        if quality.is_some_and(|now| before.is_none_or(|before| now > before + 0.01)) {
            return None;
        }
        let mut figures =
            BTreeMap::from([(Figure::Separation, separation), (Figure::Diversity, diversity)]);
        figures.extend(quality.map(|quality| (Figure::HighQuality, quality)));
        Some(Diagnosis { kind: Ailment::DiscriminatorBlind, severity: 0.6, figures })
    }

    /// Steps before which samples may be anything.
    fn early(&self) -> u64 {
        match self.recent_of(|one| one.high_quality) {
            Some(_) => FIRST_STEPS,
            None => FIRST_STEPS_WITHOUT_MODES,
        }
    }

    fn collapse(&self) -> Option<Diagnosis> {
        let diversity = self.recent(|one| one.diversity);
        let occupied = self.recent_of(|one| one.occupied);
        let mut figures = BTreeMap::from([(Figure::Diversity, diversity)]);
        figures.extend(occupied.map(|occupied| (Figure::Occupied, occupied)));
        let (score, early, partly, wholly) = match occupied {
            Some(occupied) => (occupied, FIRST_STEPS, 0.8, 0.26),
            None => (diversity, FIRST_STEPS_WITHOUT_MODES, 0.6, COLLAPSED_DIVERSITY),
        };
        if self.step() < early || score >= partly {
            return None;
        }
        if score <= wholly {
            return Some(Diagnosis {
                kind: Ailment::Collapse,
                severity: 1.0 - 0.2 * score,
                figures,
            });
        }
        // An improving generator has not collapsed: it has not learned the rest yet.
        let of = |one: &Observation| one.occupied.unwrap_or(one.diversity);
        if self.before(of).is_none_or(|before| score > 1.02 * before) {
            return None;
        }
        Some(Diagnosis { kind: Ailment::PartialCollapse, severity: 0.8 * (1.0 - score), figures })
    }

    /// Whether `found` says more of a run than that its discriminator wins: samples at few modes or alike,
    /// and not one image of a generator that makes nothing at all any more.
    fn is_collapse(&self, found: &Diagnosis) -> bool {
        let is_dead = self.recent_of(|one| one.occupied).is_none()
            && self.recent(|one| one.diversity) < DEAD_DIVERSITY;
        found.kind == Ailment::Collapse && !is_dead
    }

    /// A generator that reproduces its training samples.
    fn memorisation(&self) -> Option<Diagnosis> {
        let copies = self.recent_of(|one| one.copies)?;
        if copies < 0.5 {
            return None;
        }
        let figures = BTreeMap::from([(Figure::Copies, copies)]);
        Some(Diagnosis { kind: Ailment::Memorisation, severity: 0.7 * copies, figures })
    }

    /// Samples whose mean keeps moving far, to and fro.
    fn oscillation(&self) -> Option<Diagnosis> {
        let moves: Vec<f64> = self
            .newest()
            .zip(self.newest().skip(1))
            .map(|(from, to)| distance(&from.middle, &to.middle))
            .collect();
        let (first, last) = (self.newest().next()?, self.newest().last()?);
        let net = distance(&first.middle, &last.middle);
        let way: f64 = moves.iter().sum();
        let stride = median(moves);
        if self.step() < self.early() || stride < 0.25 || net > 0.5 * way {
            return None;
        }
        let figures =
            BTreeMap::from([(Figure::Stride, stride), (Figure::Way, way), (Figure::Net, net)]);
        Some(Diagnosis { kind: Ailment::Oscillation, severity: stride.min(0.8), figures })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run without failures, at `step`.
    fn well(step: u64) -> Observation {
        Observation {
            step,
            separation: Some(0.2),
            loss: 1.0,
            generator_gradient_norm: 0.5,
            gradient_share: None,
            diversity: 1.0,
            occupied: Some(1.0),
            high_quality: Some(0.9),
            copies: None,
            middle: vec![0.0, 0.0],
        }
    }

    /// The diagnoses after the last of `count` observations.
    fn after(count: u64, of: impl Fn(u64) -> Observation) -> Vec<Ailment> {
        let mut doctor = Doctor::default();
        let mut last = Vec::new();
        for at in 1..=count {
            last = doctor.observe(of(100 * at));
        }
        last.into_iter().map(|diagnosis| diagnosis.kind).collect()
    }

    #[test]
    fn a_run_that_does_well_is_left_alone() {
        assert_eq!(after(100, well), []);
        // Equal verdicts on good samples are the goal of every run.
        assert_eq!(after(100, |step| Observation { separation: Some(0.0), ..well(step) }), []);
        // A critic's outputs have no measure.
        assert_eq!(after(100, |step| Observation { separation: None, ..well(step) }), []);
    }

    #[test]
    fn each_illness_is_named() {
        let ill = |change: fn(&mut Observation)| {
            after(40, |step| {
                let mut one = well(step);
                if step > 1_000 {
                    change(&mut one);
                }
                one
            })
        };
        assert_eq!(ill(|one| one.occupied = Some(0.125)), [Ailment::Collapse]);
        assert_eq!(ill(|one| one.occupied = Some(0.5)), [Ailment::PartialCollapse]);
        assert_eq!(ill(|one| one.separation = Some(0.97)), [Ailment::DiscriminatorWins]);
        let vanished = ill(|one| {
            one.separation = Some(0.99);
            one.generator_gradient_norm = 1e-3;
        });
        assert_eq!(vanished, [Ailment::VanishingGradient]);
        let saturated = ill(|one| {
            one.separation = Some(0.99);
            one.gradient_share = Some(1e-3);
            // Without a gradient, the generator cannot be blamed for missing modes.
            one.occupied = Some(0.5);
        });
        assert_eq!(saturated, [Ailment::VanishingGradient]);
        let blind = ill(|one| {
            one.separation = Some(0.01);
            one.high_quality = Some(0.02);
        });
        assert_eq!(blind, [Ailment::DiscriminatorBlind]);
        let fooled = ill(|one| {
            one.separation = Some(-0.4);
            one.high_quality = Some(0.0);
        });
        assert_eq!(fooled, [Ailment::DiscriminatorBlind]);
        let wandering = ill(|one| one.middle[0] = if one.step % 200 == 0 { 0.5 } else { -0.5 });
        assert_eq!(wandering, [Ailment::Oscillation]);
        assert_eq!(ill(|one| one.copies = Some(0.8)), [Ailment::Memorisation]);
        assert_eq!(ill(|one| one.copies = Some(0.3)), []);
        assert_eq!(ill(|one| one.loss = 1e4), [Ailment::Divergence]);
        assert_eq!(ill(|one| one.loss = f64::NAN), [Ailment::Divergence]);
    }

    #[test]
    fn samples_at_one_moving_place_are_a_collapse_first_of_all() {
        let moving = after(40, |step| Observation {
            occupied: Some(0.125),
            high_quality: Some(0.0),
            separation: Some(0.0),
            middle: vec![if step % 200 == 0 { 0.5 } else { -0.5 }, 0.0],
            ..well(step)
        });
        assert_eq!(moving, [Ailment::Collapse, Ailment::Oscillation]);
    }

    #[test]
    fn images_are_judged_by_how_much_they_differ() {
        let image = |step, diversity| Observation {
            occupied: None,
            high_quality: None,
            diversity,
            ..well(step)
        };
        assert_eq!(after(40, |step| image(step, 0.95)), []);
        assert_eq!(after(40, |step| image(step, 0.05)), [Ailment::Collapse]);
        assert_eq!(after(40, |step| image(step, 0.5)), [Ailment::PartialCollapse]);
        // The first steps' blobs are alike, and become less so.
        assert_eq!(after(9, |step| image(step, 0.05)), []);
        assert_eq!(after(40, |step| image(step, 0.2 + step as f64 * 1e-4)), []);
    }

    #[test]
    fn one_image_that_is_told_apart_with_certainty_is_one_finding() {
        let image = |step, diversity| Observation {
            occupied: None,
            high_quality: None,
            separation: Some(0.97),
            diversity,
            ..well(step)
        };
        assert_eq!(after(40, |step| image(step, 0.001)), [Ailment::DiscriminatorWins]);
        let alike = [Ailment::Collapse, Ailment::DiscriminatorWins];
        assert_eq!(after(40, |step| image(step, 0.05)), alike);
    }

    #[test]
    fn nothing_is_said_of_the_first_moments_nor_of_one_that_passes() {
        let collapsed = |step| Observation { occupied: Some(0.1), ..well(step) };
        assert_eq!(after(LASTING as u64 - 1, collapsed), []);
        let once = |step| if step == 3_000 { collapsed(step) } else { well(step) };
        assert_eq!(after(31, once), []);
    }

    #[test]
    fn another_run_is_seen_with_fresh_eyes() {
        let mut doctor = Doctor::default();
        for at in 1..=40 {
            doctor.observe(Observation { occupied: Some(0.1), ..well(100 * at) });
        }
        assert_eq!(doctor.observe(well(100)), []);
    }

    #[test]
    fn a_move_in_one_direction_is_progress() {
        let moving = |step| Observation { middle: vec![step as f64 * 5e-3, 0.0], ..well(step) };
        assert_eq!(after(40, moving), []);
    }
}
