//! Exact penalties on the slope of the discriminator. The gradient with respect to samples is
//! written as forward operations ([`Net::forward_and_input_gradient`]), so that first-order
//! automatic differentiation gives the gradient of the penalty. The formulas stand at
//! [`PenaltySpec`].

use gan_protocol::{PenaltySpec, RunSpec};
use gan_random::{Purpose, RandomNumbers, RngExt, stream};

use crate::batch::{Batch, both, each};
use crate::net::{Condition, Mode, Net, Pass};
use crate::ops::fused::relu;
use crate::ops::tensor::Tensor;

/// Keeps the derivative of a norm finite at zero.
const NORM_EPSILON: f32 = 1e-12;

/// A batch as the discriminator sees it, with its condition, detached from any graph.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) samples: &'a Batch,
    pub(crate) condition: &'a Condition,
    /// The count of channels that belong to the samples, if those of a picture stand behind them. The
    /// picture is given: penalties bound the slope along the sample alone.
    pub(crate) own: Option<usize>,
}

/// The sum of all penalties, shape `[1]`; `None` without any. `weights` are effective weights made
/// from leaves. Random numbers come from the stream number `index`.
pub(crate) fn penalties(
    spec: &RunSpec,
    net: &mut Net,
    weights: &[Tensor<1>],
    reals: Presented<'_>,
    fakes: Presented<'_>,
    index: u64,
) -> Option<Tensor<1>> {
    let mut randomness = stream(spec.seed, Purpose::Penalty, index);
    let mut sum: Option<Tensor<1>> = None;
    for penalty in &spec.penalties {
        let term = term(*penalty, net, weights, reals, fakes, &mut randomness);
        sum = Some(match sum {
            Some(sum) => sum + term,
            None => term,
        });
    }
    sum
}

/// One penalty at the points that its kind asks for, shape `[1]`.
pub(crate) fn term(
    penalty: PenaltySpec,
    net: &mut Net,
    weights: &[Tensor<1>],
    reals: Presented<'_>,
    fakes: Presented<'_>,
    randomness: &mut RandomNumbers,
) -> Tensor<1> {
    let points = points(penalty, reals, fakes, randomness);
    let points = Presented { samples: &points.0, condition: points.1, own: reals.own };
    term_at(penalty, net, weights, points, randomness)
}

/// The points that the kind of a penalty asks for, and their condition.
fn points<'a>(
    penalty: PenaltySpec,
    reals: Presented<'a>,
    fakes: Presented<'a>,
    randomness: &mut RandomNumbers,
) -> (Batch, &'a Condition) {
    match penalty {
        PenaltySpec::GradientPenalty { .. } => {
            (between(reals.samples, fakes.samples, randomness), reals.condition)
        }
        PenaltySpec::Dragan { .. } => {
            let samples = match reals.own {
                None => around(reals.samples, randomness),
                Some(own) => {
                    let (samples, pictures) = reals.samples.clone().split(own);
                    around(&samples, randomness).beside(pictures)
                }
            };
            (samples, reals.condition)
        }
        PenaltySpec::R1 { .. } => (reals.samples.clone(), reals.condition),
        PenaltySpec::R2 { .. } => (fakes.samples.clone(), fakes.condition),
    }
}

/// One penalty at given points, shape `[1]`.
pub(crate) fn term_at(
    penalty: PenaltySpec,
    net: &mut Net,
    weights: &[Tensor<1>],
    points: Presented<'_>,
    randomness: &mut RandomNumbers,
) -> Tensor<1> {
    let mode = Mode::Training { randomness, moves_statistics: false };
    let mut pass = Pass::new(mode, points.condition);
    let (_, gradient) = net.forward_and_input_gradient(weights, points.samples.clone(), &mut pass);
    let gradient = match points.own {
        None => gradient,
        Some(own) => gradient.split(own).0,
    };
    let squares = gradient.flat().square().sum_dim(1);
    match penalty {
        PenaltySpec::R1 { weight } | PenaltySpec::R2 { weight } => {
            squares.mean().mul_scalar(0.5 * weight)
        }
        PenaltySpec::GradientPenalty { weight, target, one_sided } => {
            let over = squares.add_scalar(NORM_EPSILON).sqrt().sub_scalar(target);
            let over = if one_sided { relu(over) } else { over };
            over.square().mean().mul_scalar(weight)
        }
        PenaltySpec::Dragan { weight, target } => {
            let over = squares.add_scalar(NORM_EPSILON).sqrt().sub_scalar(target);
            over.square().mean().mul_scalar(weight)
        }
    }
}

/// A random point on the line from each fake to its real.
fn between(reals: &Batch, fakes: &Batch, randomness: &mut RandomNumbers) -> Batch {
    let share = uniform(randomness, reals.count());
    both!(reals, fakes, x, y => {
        let share = per_sample(&share, x);
        y.clone() + (x.clone() - y.clone()) * share
    })
}

/// A random point near each real.
fn around(reals: &Batch, randomness: &mut RandomNumbers) -> Batch {
    let share = uniform(randomness, reals.count());
    each!(reals, x => {
        let dimensions = x.dims();
        let count: usize = dimensions.iter().product();
        let sd = spread(x.clone().reshape([count]));
        let noise = Tensor::from_values(uniform(randomness, count), dimensions, &x.device());
        let sd = sd.mul_scalar(0.5).reshape([1; _]);
        x.clone() + noise * sd * per_sample(&share, x)
    })
}

/// Standard deviation over all numbers, unbiased as in PyTorch: `[1]`.
fn spread(values: Tensor<1>) -> Tensor<1> {
    let count = values.dims()[0] as f32;
    let centred = values.clone() - values.mean();
    centred.square().sum().div_scalar(count - 1.0).sqrt()
}

fn uniform(randomness: &mut RandomNumbers, count: usize) -> Vec<f32> {
    (0..count).map(|_| randomness.random::<f32>()).collect()
}

fn per_sample<const D: usize>(values: &[f32], like: &Tensor<D>) -> Tensor<D> {
    let mut dimensions = [1; D];
    dimensions[0] = values.len();
    Tensor::from_values(values.to_vec(), dimensions, &like.device())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_protocol::Shape;

    const SHAPE: Shape = Shape::Flat { size: 3 };

    fn samples(values: Vec<f32>) -> Batch {
        Batch::from_values(values, SHAPE, &crate::reference_tests::device())
    }

    fn rows(samples: Batch) -> Vec<Vec<f32>> {
        let values: Vec<f32> = samples.flat().burn().into_data().try_into_vec().expect("f32");
        values.chunks_exact(3).map(<[f32]>::to_vec).collect()
    }

    #[test]
    fn a_point_between_is_as_far_along_in_every_number() {
        let mut randomness = stream(1, Purpose::Penalty, 0);
        // From 1, 1, 1 to 3, 5, 9: the share of the way can be read off each number.
        let (fakes, reals) = (vec![1.0; 3 * 50], [3.0, 5.0, 9.0].repeat(50));
        let points = rows(between(&samples(reals), &samples(fakes), &mut randomness));
        let shares: Vec<f32> = points.iter().map(|point| (point[0] - 1.0) / 2.0).collect();
        for (point, share) in points.iter().zip(&shares) {
            assert!((0.0..1.0).contains(share), "{point:?}");
            assert!((point[1] - 1.0 - 4.0 * share).abs() < 1e-5, "{point:?}");
            assert!((point[2] - 1.0 - 8.0 * share).abs() < 1e-5, "{point:?}");
        }
        let mean = shares.iter().sum::<f32>() / 50.0;
        assert!((mean - 0.5).abs() < 0.17, "four standard errors: {mean}");
    }

    #[test]
    fn a_picture_stays_as_it_is_around_a_real() {
        let mut randomness = stream(1, Purpose::Penalty, 0);
        // Two channels of a sample and one of a picture, of four pixels each.
        let device = crate::reference_tests::device();
        let values: Vec<f32> = (0..5 * 12).map(|i| (i as f32).sin()).collect();
        let reals = Batch::from_values(values.clone(), Shape::image(3, 2, 2), &device);
        let condition = Condition::default();
        let reals = Presented { samples: &reals, condition: &condition, own: Some(2) };
        let dragan = PenaltySpec::Dragan { weight: 1.0, target: 1.0 };
        let (found, _) = points(dragan, reals, reals, &mut randomness);
        let found: Vec<f32> = found.flat().burn().into_data().try_into_vec().expect("f32");
        for (found, before) in found.chunks_exact(12).zip(values.chunks_exact(12)) {
            assert_eq!(found[8..], before[8..], "the picture");
            assert!(found[..8].iter().zip(before).all(|(a, b)| a > b), "the sample has moved");
        }
    }

    #[test]
    fn a_point_around_is_at_most_half_a_deviation_above_its_real() {
        let mut randomness = stream(1, Purpose::Penalty, 0);
        let reals: Vec<f32> = [-2.0, 0.0, 2.0].repeat(400);
        // The deviation of 1,200 numbers, two thirds of which are 2 away from their mean.
        let sd = (4.0_f32 * 800.0 / 1_199.0).sqrt();
        let points = rows(around(&samples(reals.clone()), &mut randomness));
        let shift = |point: &Vec<f32>| [point[0] + 2.0, point[1], point[2] - 2.0];
        let shifts: Vec<f32> = points.iter().flat_map(shift).map(|x| x / (0.5 * sd)).collect();
        assert!(shifts.iter().all(|shift| (-1e-6..1.0).contains(shift)));
        // Two independent uniform factors: the mean is 1/4; a sample's own factor is shared.
        let mean = shifts.iter().sum::<f32>() / 1_200.0;
        assert!((mean - 0.25).abs() < 0.04, "{mean}");
        let differs = |shift: &[f32]| (shift[0] - shift[1]).abs() > 1e-6;
        assert!(shifts.chunks_exact(3).all(differs), "each number has noise of its own");
    }
}
