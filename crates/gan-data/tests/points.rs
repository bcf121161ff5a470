//! Distributions of points: that they match the papers' and refuse invalid parameters.

use gan_data::{EndlessPoints, RealSamples};
use gan_protocol::{GaussianSpec, MAX_DRAWN_POINTS, PointsSpec, RealBatch, Shape};
use proptest::prelude::*;

/// Points in the statistical tests, drawn in batches.
const COUNT: usize = 100_000;

fn points_of(distribution: PointsSpec, seed: u64) -> (Vec<[f64; 2]>, Vec<u16>) {
    let mut source = EndlessPoints::new(distribution).unwrap();
    let (mut points, mut all_labels) = (Vec::new(), Vec::new());
    for step in 0..COUNT as u64 / 500 {
        let RealBatch { values, labels, .. } = source.batch(seed, step, 500);
        points.extend(values.chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])]));
        all_labels.extend_from_slice(&labels);
    }
    assert_eq!(points.len(), COUNT);
    (points, all_labels)
}

fn distance(a: [f64; 2], b: [f32; 2]) -> f64 {
    (a[0] - f64::from(b[0])).hypot(a[1] - f64::from(b[1]))
}

/// Mean and variance of `values`.
fn moments(values: impl Iterator<Item = f64> + Clone) -> [f64; 2] {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    [mean, values.map(|x| (x - mean).powi(2)).sum::<f64>() / count]
}

fn ring() -> PointsSpec {
    PointsSpec::Ring { modes: 8, radius: 1.0, sd: 0.01 }
}

fn grid() -> PointsSpec {
    PointsSpec::Grid { side: 5, spacing: 2.0, sd: 0.05 }
}

fn gaussian(mean: [f32; 2], [xx, xy, yy]: [f32; 3], weight: f32) -> GaussianSpec {
    GaussianSpec { mean, covariance: [[xx, xy], [xy, yy]], weight }
}

fn mixture() -> PointsSpec {
    let components = vec![
        gaussian([1.0, -1.0], [0.5, 0.3, 0.4], 1.0),
        gaussian([-2.0, 3.0], [0.1, 0.0, 0.0], 3.0),
    ];
    PointsSpec::Mixture { components }
}

#[test]
fn perfect_samples_are_of_high_quality_and_cover_the_modes_evenly() {
    for distribution in [ring(), grid()] {
        let (modes, sd) = (distribution.modes().unwrap(), distribution.mode_sd().unwrap());
        let (points, labels) = points_of(distribution.clone(), 1);
        let mut counts = vec![0_u32; modes.len()];
        let mut within = 0;
        for (&point, &label) in points.iter().zip(&labels) {
            let k = usize::from(label);
            counts[k] += 1;
            within += u32::from(distance(point, modes[k]) <= 3.0 * f64::from(sd[k]));
            // No mode lies nearer than the label's.
            let nearest = modes.iter().map(|&mode| distance(point, mode)).fold(f64::MAX, f64::min);
            assert_eq!(nearest, distance(point, modes[k]));
        }
        // 1 - exp(-9/2) = 0.98889; the standard error is sqrt(0.98889 * 0.01111 / 100,000).
        let share = f64::from(within) / COUNT as f64;
        assert!((share - 0.988_891).abs() < 4.0 * 0.000_331, "{distribution:?}: {share}");
        // A mode's count is binomial; 4.5 standard deviations for 33 modes at once.
        let expected = COUNT as f64 / modes.len() as f64;
        let most = 4.5 * (expected * (1.0 - 1.0 / modes.len() as f64)).sqrt();
        let even = |&count: &u32| (f64::from(count) - expected).abs() < most;
        assert!(counts.iter().all(even), "{counts:?}");
    }
}

#[test]
fn modes_lie_where_the_papers_put_them() {
    let close = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6;
    let modes = ring().modes().unwrap();
    let half = 0.5_f32.sqrt();
    let expected = [
        [1.0, 0.0],
        [half, half],
        [0.0, 1.0],
        [-half, half],
        [-1.0, 0.0],
        [-half, -half],
        [0.0, -1.0],
        [half, -half],
    ];
    assert_eq!(modes.len(), 8);
    assert!(modes.iter().zip(expected).all(|(&a, b)| close(a, b)), "{modes:?}");
    assert_eq!(ring().mode_sd().unwrap(), [0.01; 8]);

    let modes = grid().modes().unwrap();
    assert_eq!(modes.len(), 25);
    assert_eq!(
        modes[..6],
        [[-4.0, -4.0], [-2.0, -4.0], [0.0, -4.0], [2.0, -4.0], [4.0, -4.0], [-4.0, -2.0]]
    );
    assert_eq!((modes[12], modes[24]), ([0.0; 2], [4.0; 2]));
    // An even side has no mode in the middle.
    let even = PointsSpec::Grid { side: 2, spacing: 1.0, sd: 0.0 };
    assert_eq!(even.modes().unwrap()[..2], [[-0.5, -0.5], [0.5, -0.5]]);

    let mixture = mixture();
    assert_eq!(mixture.modes().unwrap(), [[1.0, -1.0], [-2.0, 3.0]]);
    // The larger eigenvalue of [[0.5, 0.3], [0.3, 0.4]] is 0.45 + sqrt(0.05² + 0.3²).
    let sd = mixture.mode_sd().unwrap();
    assert!((sd[0] - 0.754_138_f32.sqrt()).abs() < 1e-5 && (sd[1] - 0.1_f32.sqrt()).abs() < 1e-6);
    assert_eq!(PointsSpec::Moons { sd: 0.05 }.modes(), None);
    for distribution in PointsSpec::examples() {
        let modes = distribution.modes().map(|modes| modes.len());
        assert_eq!(modes, distribution.mode_sd().map(|sds| sds.len()), "{distribution:?}");
        assert!(modes.is_none() || modes == distribution.classes(), "{distribution:?}");
    }
}

#[test]
fn a_mixture_has_its_components_weights_means_and_covariances() {
    let (points, labels) = points_of(mixture(), 2);
    let of = |label: u16| {
        let chosen = points.iter().zip(&labels).filter(move |&(_, &l)| l == label);
        chosen.map(|(point, _)| *point)
    };
    // A quarter and three quarters; four standard errors of sqrt(0.1875 / 100,000).
    let share = of(0).count() as f64 / COUNT as f64;
    assert!((share - 0.25).abs() < 0.0055, "{share}");
    let [mean_x, xx] = moments(of(0).map(|p| p[0]));
    let [mean_y, yy] = moments(of(0).map(|p| p[1]));
    let xy = of(0).map(|p| (p[0] - mean_x) * (p[1] - mean_y)).sum::<f64>() / of(0).count() as f64;
    // Of 25,000 points, four standard errors: of a mean 4 sqrt(v / n), of a variance
    // 4 v sqrt(2 / n), of the covariance 4 sqrt((0.5 * 0.4 + 0.3²) / n).
    assert!((mean_x - 1.0).abs() < 0.018 && (mean_y + 1.0).abs() < 0.016, "{mean_x} {mean_y}");
    assert!((xx - 0.5).abs() < 0.018 && (yy - 0.4).abs() < 0.0143, "{xx} {yy}");
    assert!((xy - 0.3).abs() < 0.0137, "{xy}");
    // The other has no variance in y.
    assert!(of(1).all(|p| p[1] == 3.0));
    let [mean, variance] = moments(of(1).map(|p| p[0]));
    assert!((mean + 2.0).abs() < 0.0047 && (variance - 0.1).abs() < 0.0021, "{mean} {variance}");
}

#[test]
fn a_line_is_uniform_along_and_noisy_around_the_diagonal() {
    let (points, labels) = points_of(PointsSpec::Line { length: 4.0, sd: 0.1 }, 3);
    assert!(labels.is_empty());
    let half = 0.5_f64.sqrt();
    let [along_mean, along] = moments(points.iter().map(|p| half * (p[0] + p[1])));
    let [across_mean, across] = moments(points.iter().map(|p| half * (p[1] - p[0])));
    // Variance 4² / 12 + 0.1² along, 0.1² across; four standard errors, with the uniform's
    // fourth moment for the variance along.
    assert!(along_mean.abs() < 0.0147 && across_mean.abs() < 0.0013, "{along_mean} {across_mean}");
    assert!((along - 1.343_333).abs() < 0.0153, "{along}");
    assert!((across - 0.01).abs() < 0.000_18, "{across}");
}

#[test]
fn spirals_wind_as_often_as_they_should_and_are_evenly_dense() {
    let spiral = PointsSpec::Spiral { arms: 3, turns: 2.0, radius: 5.0, sd: 0.0 };
    let (points, labels) = points_of(spiral, 4);
    for (point, &label) in points.iter().zip(&labels) {
        let r = point[0].hypot(point[1]);
        let angle = std::f64::consts::TAU * (2.0 * r / 5.0 + f64::from(label) / 3.0);
        let off = (point[0] - r * angle.cos()).hypot(point[1] - r * angle.sin());
        assert!(off < 1e-4, "{point:?} of arm {label} is {off} off");
    }
    // (r / radius)² is uniform: mean 1/2, variance 1/12.
    let [mean, variance] = moments(points.iter().map(|p| (p[0] * p[0] + p[1] * p[1]) / 25.0));
    assert!((mean - 0.5).abs() < 0.0037 && (variance - 1.0 / 12.0).abs() < 0.001);
    let thirds = [0, 1, 2].map(|arm| labels.iter().filter(|&&l| l == arm).count());
    // The standard deviation is 149.
    assert!(thirds.iter().all(|&n| n.abs_diff(33_333) < 600), "{thirds:?}");
}

#[test]
fn moons_are_two_interleaving_half_circles_around_the_origin() {
    let (points, labels) = points_of(PointsSpec::Moons { sd: 0.0 }, 5);
    for (point, &label) in points.iter().zip(&labels) {
        // Back to scikit-learn's coordinates: centres (0, 0) and (1, 0.5).
        let [x, y] = [point[0] + 0.5, point[1] + 0.25];
        let from_centre = if label == 0 { x.hypot(y) } else { (x - 1.0).hypot(y - 0.5) };
        assert!((from_centre - 1.0).abs() < 1e-6, "{point:?} of moon {label}");
        assert!(if label == 0 { y >= -1e-6 } else { y <= 0.5 + 1e-6 });
    }
    let [x, y] = [0, 1].map(|axis| moments(points.iter().map(move |p| p[axis])));
    // Variances: x 1/2 + 1/4; y 1/2 - 4/π² + (2/π - 1/4)². Four standard errors of the means.
    assert!(x[0].abs() < 0.011 && y[0].abs() < 0.0064, "{x:?} {y:?}");
    assert!((x[1] - 0.75).abs() < 0.009 && (y[1] - 0.2442).abs() < 0.0033, "{x:?} {y:?}");
}

#[test]
fn the_swiss_roll_is_that_of_the_toy_experiments() {
    let (points, _) = points_of(PointsSpec::SwissRoll { sd: 0.0, scale: 7.5 }, 6);
    let from = 1.5 * std::f64::consts::PI;
    let turned = points.iter().map(|p| 7.5 * p[0].hypot(p[1]));
    for (point, t) in points.iter().zip(turned.clone()) {
        assert!((from - 1e-4..3.0 * from + 1e-4).contains(&t));
        let off = (7.5 * point[0] - t * t.cos()).hypot(7.5 * point[1] - t * t.sin());
        assert!(off < 1e-4, "{point:?} is {off} off");
    }
    // (t / from - 1) / 2 is uniform.
    let [mean, variance] = moments(turned.map(|t| 0.5 * (t / from - 1.0)));
    assert!((mean - 0.5).abs() < 0.0037 && (variance - 1.0 / 12.0).abs() < 0.001);
}

#[test]
fn drawn_points_are_equally_likely_and_jittered() {
    let drawn = vec![[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [0.0, 10.0]];
    let (points, labels) = points_of(PointsSpec::Drawn { points: drawn, sd: 0.5, frame: None }, 7);
    assert!(labels.is_empty());
    let near = |place: [f32; 2]| {
        points.iter().copied().filter(move |&p| distance(p, place) < 5.0).collect::<Vec<_>>()
    };
    // A point drawn twice is twice as likely; the standard errors are 0.0014 and 0.0016.
    let share = |place| near(place).len() as f64 / COUNT as f64;
    assert!((share([10.0, 0.0]) - 0.25).abs() < 0.0055);
    assert!((share([0.0, 10.0]) - 0.5).abs() < 0.0064);
    let [mean, variance] = moments(near([0.0, 0.0]).iter().map(|p| p[1]));
    // Of 25,000 points; four standard errors.
    assert!(mean.abs() < 0.0127 && (variance - 0.25).abs() < 0.009, "{mean} {variance}");
}

#[test]
fn points_depend_on_seed_and_position_only() {
    for distribution in PointsSpec::examples() {
        let mut source = EndlessPoints::new(distribution.clone()).unwrap();
        assert_eq!(source.distribution(), &distribution);
        assert_eq!((source.shape(), source.len()), (Shape::Flat { size: 2 }, None));
        assert_eq!(source.shape().size().unwrap(), 2);
        let classes = source.classes();
        // Batches of any size and step are pieces of one sequence.
        for (step, size) in [(3, 10), (10, 3), (0, 40), (1, 1)] {
            let RealBatch { values, labels, .. } = source.batch(9, step, size);
            assert_eq!(values.len(), 2 * size);
            assert_eq!(labels.len(), if classes.is_some() { size } else { 0 });
            for (j, point) in values.chunks_exact(2).enumerate() {
                let (expected, label) = source.sample(9, step * size as u64 + j as u64);
                assert_eq!((point, label), (&expected[..], labels.get(j).copied()));
                assert!(label.is_none_or(|label| usize::from(label) < classes.unwrap()));
            }
        }
        assert_ne!(source.sample(9, 0), source.sample(10, 0));
        assert_ne!(source.sample(9, 0), source.sample(9, 1));
    }
    let mut far = EndlessPoints::new(ring()).unwrap();
    let RealBatch { values, labels, .. } = far.batch(1, u64::MAX, 3);
    assert_eq!((values.len(), labels.len()), (6, 3));
}

#[test]
fn the_points_behind_a_seed_never_change() {
    let source = EndlessPoints::new(ring()).unwrap();
    let found = [0, 1, 2].map(|position| source.sample(1, position));
    for ((point, label), (expected, expected_label)) in found.into_iter().zip(POINTS_OF_SEED_ONE) {
        assert_eq!(label, Some(expected_label), "{found:?}");
        // Not exactly equal: machines' sines round differently.
        let off = (point[0] - expected[0]).hypot(point[1] - expected[1]);
        assert!(off < 1e-5, "{found:?}");
    }
}

const POINTS_OF_SEED_ONE: [([f32; 2], u16); 3] = [
    ([-0.725_565_7, 0.702_726], 3),
    ([0.720_251_2, -0.698_411_35], 7),
    ([0.708_196_16, -0.708_700_6], 7),
];

/// The path and the message of the refusal of `distribution`.
fn refusal(distribution: PointsSpec) -> (String, String) {
    let error = distribution.validate().unwrap_err();
    assert_eq!(EndlessPoints::new(distribution).unwrap_err(), error);
    (error.path, error.message)
}

fn told(path: &str, message: &str) -> (String, String) {
    (path.to_owned(), message.to_owned())
}

#[test]
fn refusals_name_the_field_and_what_is_allowed() {
    let ring = |modes, radius, sd| PointsSpec::Ring { modes, radius, sd };
    assert_eq!(refusal(ring(0, 1.0, 0.1)), told("modes", "is 0; allowed is 1 to 1024"));
    assert_eq!(refusal(ring(1025, 1.0, 0.1)), told("modes", "is 1025; allowed is 1 to 1024"));
    assert_eq!(refusal(ring(8, -1.0, 0.1)), told("radius", "is -1; allowed is 0.001 to 1000"));
    assert_eq!(refusal(ring(8, 1.0, f32::NAN)).0, "sd");
    assert_eq!(refusal(ring(usize::MAX, 1.0, 0.1)).0, "modes");
    let grid = |side, spacing, sd| PointsSpec::Grid { side, spacing, sd };
    assert_eq!(refusal(grid(33, 1.0, 0.1)), told("side", "is 33; allowed is 1 to 32"));
    assert_eq!(refusal(grid(5, f32::INFINITY, 0.1)).0, "spacing");
    assert_eq!(refusal(grid(5, 1.0, -0.1)).0, "sd");
    assert_eq!(refusal(PointsSpec::Line { length: 1001.0, sd: 0.0 }).0, "length");
    assert_eq!(refusal(PointsSpec::Moons { sd: -0.0001 }).0, "sd");
    let roll = PointsSpec::SwissRoll { sd: 0.0, scale: 0.0 };
    assert_eq!(refusal(roll), told("scale", "is 0; allowed is 0.001 to 1000"));
    let spiral = |arms, turns, radius| PointsSpec::Spiral { arms, turns, radius, sd: 0.0 };
    assert_eq!(refusal(spiral(0, 1.0, 1.0)).0, "arms");
    assert_eq!(refusal(spiral(17, 1.0, 1.0)).0, "arms");
    assert_eq!(refusal(spiral(1, -1.0, 1.0)).0, "turns");
    assert_eq!(refusal(spiral(1, 1.0, 1e9)).0, "radius");
    let drawn = |points| PointsSpec::Drawn { points, sd: 0.0, frame: None };
    assert_eq!(refusal(drawn(vec![])), told("points", "is 0; allowed is 1 to 20000"));
    assert_eq!(refusal(drawn(vec![[0.0; 2]; MAX_DRAWN_POINTS + 1])).0, "points");
    assert_eq!(refusal(drawn(vec![[0.0; 2], [0.0, f32::NAN]])).0, "points[1][1]");
    assert!(drawn(vec![[1.0; 2]; MAX_DRAWN_POINTS]).validate().is_ok());
}

#[test]
fn mixtures_are_refused_unless_their_covariances_are_some() {
    let mixture = |components: Vec<GaussianSpec>| PointsSpec::Mixture { components };
    let good = gaussian([0.0; 2], [1.0, 0.0, 1.0], 1.0);
    let bad = |bad: GaussianSpec| refusal(mixture(vec![good, bad]));
    assert_eq!(refusal(mixture(vec![])).0, "components");
    assert_eq!(refusal(mixture(vec![good; 1025])).0, "components");
    assert_eq!(bad(gaussian([2e3, 0.0], [1.0, 0.0, 1.0], 1.0)).0, "components[1].mean[0]");
    for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(bad(gaussian([0.0; 2], [1.0, 0.0, 1.0], weight)).0, "components[1].weight");
    }
    let covariance = "components[1].covariance".to_owned();
    let mut skew = good;
    skew.covariance[0][1] = 0.5;
    let fault = "must be symmetric and positive semi-definite";
    assert_eq!(bad(skew), told(&covariance, fault));
    assert_eq!(bad(gaussian([0.0; 2], [1.0, 2.0, 1.0], 1.0)), told(&covariance, fault));
    let negative = bad(gaussian([0.0; 2], [-1.0, 0.0, -1.0], 1.0));
    assert_eq!(negative.0, covariance.clone() + "[0][0]");
    // Without variance in x there can be no covariance.
    assert_eq!(bad(gaussian([0.0; 2], [0.0, 0.1, 1.0], 1.0)).0, covariance);
    assert_eq!(bad(gaussian([0.0; 2], [1.0, f32::NAN, 1.0], 1.0)).0, covariance + "[0][1]");
    // A singular matrix, which is one only up to rounding.
    assert!(mixture(vec![gaussian([0.0; 2], [0.3, 0.9, 2.7], 1.0)]).validate().is_ok());
}

/// Any number, often an ordinary one.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![3 => -2.0_f32..5.0, 1 => any::<f32>(), 1 => Just(0.0)]
}

proptest! {
    #[test]
    fn whatever_is_not_refused_gives_finite_points(
        kind in 0_usize..8,
        count in prop_oneof![3 => 1_usize..40, 1 => any::<usize>()],
        n in prop::collection::vec(number(), 12),
        seed in any::<u64>(),
        step in any::<u64>(),
    ) {
        let symmetric = [n[2], n[3], n[4]];
        let distribution = match kind {
            0 => PointsSpec::Ring { modes: count, radius: n[0], sd: n[1] },
            1 => PointsSpec::Grid { side: count, spacing: n[0], sd: n[1] },
            2 => PointsSpec::Line { length: n[0], sd: n[1] },
            3 => PointsSpec::Spiral { arms: count, turns: n[0], radius: n[1], sd: n[2] },
            4 => PointsSpec::Moons { sd: n[0] },
            5 => PointsSpec::SwissRoll { sd: n[0], scale: n[1] },
            6 => PointsSpec::Mixture { components: vec![
                gaussian([n[0], n[1]], symmetric, n[5]),
                gaussian([n[6], n[7]], [n[8], 0.0, n[9]], n[10]),
            ] },
            _ => PointsSpec::Drawn { points: vec![[n[0], n[1]], [n[2], n[3]]], sd: n[4], frame: None },
        };
        if let Ok(mut source) = EndlessPoints::new(distribution) {
        let RealBatch { values, labels, .. } =            source.batch(seed, step, 64);
            prop_assert!(values.iter().all(|value| value.is_finite()));
            let classes = source.classes().unwrap_or(0);
            prop_assert!(labels.iter().all(|&label| usize::from(label) < classes));
        }
    }
}
