//! Draws points in the plane from a distribution.
//!
//! This is the inner loop of training on points, so the constants of a distribution are computed
//! once, in advance. Each point takes the same number of random words, so that any point can be
//! computed directly.

use std::f32::consts::{FRAC_1_SQRT_2, PI, TAU};

use gan_protocol::{GaussianSpec, PointsSpec, RealBatch, Shape, SpecError};

use crate::batches::{RealSamples, empty, first_position};
use crate::chance::{Chance, equal_part, part_ends, weighted_part};

/// Random words for each point, whether its distribution needs all or not: one for the mode, arm or
/// component, one for the place along a curve, two for noise.
const WORDS: u32 = 4;

/// Points without end; the point at `position` is a pure function of the seed and the position.
///
/// Coordinates are the same in every browser, because the module contains its own sine, cosine and
/// logarithm. Native builds use the system's, which can differ in the last bits.
#[derive(Clone, Debug)]
pub struct EndlessPoints {
    distribution: PointsSpec,
    form: Form,
}

/// A distribution in the form from which points are drawn.
#[derive(Clone, Debug)]
enum Form {
    /// Equally likely places with noise around each.
    Places { places: Vec<[f32; 2]>, sd: f32 },
    /// Components, and the end of each one's share of 2^32.
    Components { components: Vec<Component>, ends: Vec<u64> },
    /// A place computed from two random words, with noise.
    Curve { curve: Curve, sd: f32 },
}

#[derive(Clone, Copy, Debug)]
struct Component {
    mean: [f32; 2],
    /// Lxx, Lyx, Lyy of the covariance's Cholesky decomposition L Lᵀ: L times standard normal numbers has
    /// this covariance.
    factor: [f32; 3],
}

#[derive(Clone, Copy, Debug)]
enum Curve {
    Line { length: f32 },
    Spiral { arms: usize, turns: f32, radius: f32 },
    Moons,
    SwissRoll { scale: f32 },
}

impl Component {
    /// Computed in double precision, so that a singular covariance, whose points lie on a line,
    /// stays singular.
    fn of(part: &GaussianSpec) -> Self {
        let [[xx, xy], [_, yy]] = part.covariance.map(|row| row.map(f64::from));
        let first = xx.sqrt();
        // Without variance in x the covariance is zero too.
        let below = if first > 0.0 { xy / first } else { 0.0 };
        let second = (yy - below * below).max(0.0).sqrt();
        Self { mean: part.mean, factor: [first, below, second].map(|entry| entry as f32) }
    }
}

impl EndlessPoints {
    /// A source of points of `distribution`.
    ///
    /// # Errors
    ///
    /// As [`PointsSpec::validate`].
    pub fn new(distribution: PointsSpec) -> Result<Self, SpecError> {
        distribution.validate()?;
        let form = match &distribution {
            &PointsSpec::Ring { sd, .. } | &PointsSpec::Grid { sd, .. } => {
                Form::Places { places: distribution.modes().unwrap_or_default(), sd }
            }
            PointsSpec::Drawn { points, sd, .. } => {
                Form::Places { places: points.clone(), sd: *sd }
            }
            PointsSpec::Mixture { components } => {
                let ends = part_ends(components.iter().map(|part| part.weight));
                let components = components.iter().map(Component::of).collect();
                Form::Components { components, ends }
            }
            &PointsSpec::Line { length, sd } => Form::Curve { curve: Curve::Line { length }, sd },
            &PointsSpec::Spiral { arms, turns, radius, sd } => {
                Form::Curve { curve: Curve::Spiral { arms, turns, radius }, sd }
            }
            &PointsSpec::Moons { sd } => Form::Curve { curve: Curve::Moons, sd },
            &PointsSpec::SwissRoll { sd, scale } => {
                Form::Curve { curve: Curve::SwissRoll { scale }, sd }
            }
        };
        Ok(Self { distribution, form })
    }

    /// The distribution of the points.
    pub fn distribution(&self) -> &PointsSpec {
        &self.distribution
    }

    /// The point at `position` of the seed's sequence, and its label if the distribution has
    /// classes.
    ///
    /// For single points: a batch costs less than its points one by one.
    pub fn sample(&self, seed: u64, position: u64) -> ([f32; 2], Option<u16>) {
        let (point, label) = self.draw(&mut Chance::at(seed, position, WORDS));
        (point, self.distribution.classes().map(|_| label))
    }

    /// The next point and its label, which is 0 if the distribution has no classes.
    fn draw(&self, chance: &mut Chance) -> ([f32; 2], u16) {
        let (which, along, noise) = (chance.bits(), chance.unit(), chance.normal_pair());
        match &self.form {
            Form::Places { places, sd } => {
                let k = equal_part(which, places.len());
                (noisy(places[k], *sd, noise), k as u16)
            }
            Form::Components { components, ends } => {
                let k = weighted_part(which, ends);
                let Component { mean, factor: [xx, yx, yy] } = components[k];
                let point = [mean[0] + xx * noise[0], mean[1] + yx * noise[0] + yy * noise[1]];
                (point, k as u16)
            }
            Form::Curve { curve, sd } => {
                let (place, k) = curve.place(which, along);
                (noisy(place, *sd, noise), k as u16)
            }
        }
    }
}

impl Curve {
    /// The place for a random word and a number in [0, 1), and its class.
    fn place(self, which: u32, along: f32) -> ([f32; 2], usize) {
        match self {
            Self::Line { length } => ([length * FRAC_1_SQRT_2 * (along - 0.5); 2], 0),
            Self::Spiral { arms, turns, radius } => {
                let arm = equal_part(which, arms);
                let out = along.sqrt();
                let angle = TAU * (turns * out + arm as f32 / arms as f32);
                ([radius * out * angle.cos(), radius * out * angle.sin()], arm)
            }
            Self::Moons => {
                let moon = equal_part(which, 2);
                let (sine, cosine) = (PI * along).sin_cos();
                let place = match moon {
                    0 => [cosine, sine],
                    _ => [1.0 - cosine, 0.5 - sine],
                };
                ([place[0] - 0.5, place[1] - 0.25], moon)
            }
            Self::SwissRoll { scale } => {
                let t = 1.5 * PI * (1.0 + 2.0 * along);
                ([t * t.cos() / scale, t * t.sin() / scale], 0)
            }
        }
    }
}

impl RealSamples for EndlessPoints {
    fn shape(&self) -> Shape {
        Shape::Flat { size: 2 }
    }

    fn len(&self) -> Option<u64> {
        None
    }

    fn classes(&self) -> Option<usize> {
        self.distribution.classes()
    }

    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let RealBatch { mut values, mut labels, .. } = empty(self.shape(), size);
        let labelled = self.classes().is_some();
        let mut chance = Chance::at(seed, first_position(step, size), WORDS);
        for _ in 0..size {
            let (point, label) = self.draw(&mut chance);
            values.extend(point);
            if labelled {
                labels.push(label);
            }
        }
        RealBatch { values, labels, ..RealBatch::default() }
    }
}

fn noisy(place: [f32; 2], sd: f32, noise: [f32; 2]) -> [f32; 2] {
    [place[0] + sd * noise[0], place[1] + sd * noise[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_squared_is_the_covariance() {
        // Full, correlated, singular along a diagonal, flat in x, flat in y, none.
        for [xx, xy, yy] in [
            [1.0, 0.0, 4.0],
            [2.0, -1.2, 1.0],
            [0.01, 0.02, 0.04],
            [0.0, 0.0, 9.0],
            [9.0, 0.0, 0.0],
            [0.0; 3],
        ] {
            let covariance = [[xx, xy], [xy, yy]];
            let part = GaussianSpec { mean: [0.0; 2], covariance, weight: 1.0 };
            let mixture = PointsSpec::Mixture { components: vec![part] };
            mixture.validate().expect("a covariance");
            let [a, b, c] = Component::of(&part).factor;
            for (found, expected) in [(a * a, xx), (a * b, xy), (b * b + c * c, yy)] {
                assert!((found - expected).abs() <= 1e-6 * (xx + yy), "{covariance:?}: {found}");
            }
        }
    }
}
