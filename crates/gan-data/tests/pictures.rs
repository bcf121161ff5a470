//! Pictures made from samples: against Pillow's and NumPy's, and their holes and noise.

use gan_data::{ByHand, add_pictures, degrade, resample::resampled, visible};
use gan_protocol::{Degradation, Filter, Hole, Mask, Named as _, RealBatch, Shape, Tagged as _};
use serde_json::Value;

const FIXTURE: &str = include_str!("../../../tests/fixtures/reference/pictures.json");
const SHAPE: Shape = Shape::image(1, 28, 28);

fn numbers(value: &Value) -> Vec<f32> {
    let list = value.as_array().expect("a list").iter();
    list.map(|number| number.as_f64().expect("a number") as f32).collect()
}

fn sides<const N: usize>(value: &Value) -> [usize; N] {
    let sides: Vec<usize> = numbers(value).iter().map(|side| *side as usize).collect();
    sides.try_into().expect("as many sides")
}

fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 2e-6, "{what}: {found} instead of {expected}");
    }
}

fn grey(value: f32) -> Vec<f32> {
    vec![value; 784]
}

/// The mask of each of many pictures.
fn masks(hole: Hole, count: u64) -> Vec<Vec<f32>> {
    let picture = Degradation::Masked { hole };
    let one = |position| {
        let picture = degrade(picture, &grey(0.7), SHAPE, 3, position);
        let (kept, mask) = picture.split_at(784);
        for (kept, mask) in kept.iter().zip(mask) {
            let expected = if *mask == 1.0 { (0.0, 1.0) } else { (0.7, -1.0) };
            assert_eq!((*kept, *mask), expected);
        }
        mask.to_vec()
    };
    (0..count).map(one).collect()
}

fn missing(mask: &[f32]) -> usize {
    mask.iter().filter(|mask| **mask == 1.0).count()
}

#[test]
fn planes_are_resized_as_by_pillow_and_outlined_as_by_numpy() {
    let cases: Vec<Value> = serde_json::from_str(FIXTURE).expect("a list of cases");
    let mut kinds = Vec::new();
    for case in &cases {
        let kind = case["kind"].as_str().expect("a name");
        if kind == "resized" {
            let filter = case["filter"].as_str().and_then(Filter::named).expect("a filter");
            kinds.push(filter.name());
            let (before, after) = (sides(&case["before"]), sides(&case["after"]));
            let found = resampled(&numbers(&case["plane"]), before, after, filter);
            let what = format!("{filter:?}, {before:?} to {after:?}");
            assert_close(&found, &numbers(&case["result"]), &what);
            continue;
        }
        let picture = Degradation::examples().into_iter().find(|picture| picture.kind() == kind);
        let [channels, height, width] = sides(&case["shape"]);
        let shape = Shape::image(channels, height, width);
        let found = degrade(picture.expect("a kind"), &numbers(&case["sample"]), shape, 1, 0);
        assert_close(&found, &numbers(&case["picture"]), kind);
    }
    assert!(Filter::NAMES.iter().all(|name| kinds.contains(name)), "{kinds:?}");
}

#[test]
fn a_square_hole_is_whole_and_everywhere() {
    let masks = masks(Hole::Square { side: 12 }, 2_000);
    assert!(masks.iter().all(|mask| missing(mask) == 144));
    let reached = (0..784).filter(|at| masks.iter().any(|mask| mask[*at] == 1.0)).count();
    assert_eq!(reached, 784, "each pixel is missing in some picture");
}

#[test]
fn each_half_is_missing_as_often_as_the_others() {
    let masks = masks(Hole::Half {}, 4_000);
    assert!(masks.iter().all(|mask| missing(mask) == 392));
    // One corner is missing in two of four halves, opposite corners in all.
    let both = masks.iter().filter(|mask| mask[0] == mask[783]).count();
    assert_eq!(both, 0);
    let upper_left = masks.iter().filter(|mask| mask[0] == 1.0).count();
    assert!(upper_left.abs_diff(2_000) < 130, "four standard errors: {upper_left}");
    let rows = masks.iter().filter(|mask| mask[0] == mask[27]).count();
    assert!(rows.abs_diff(2_000) < 130, "four standard errors: {rows}");
}

#[test]
fn a_drawn_hole_is_the_same_in_every_picture() {
    let drawn: Vec<bool> = (0..784).map(|at| at % 28 < 9 && at / 28 % 5 == 2).collect();
    let rows = Mask::of_pixels(&drawn, [28, 28]).expect("28 rows fit");
    for mask in masks(Hole::Drawn { rows }, 20) {
        let found: Vec<bool> = mask.iter().map(|x| *x == 1.0).collect();
        assert_eq!(found, drawn);
    }
}

#[test]
fn strokes_leave_something_and_take_something() {
    for mask in masks(Hole::Strokes { count: 3, width: 2 }, 500) {
        assert!((1..784).contains(&missing(&mask)));
    }
}

#[test]
fn noise_has_its_standard_deviation_and_is_not_clipped() {
    let noisy: Vec<f32> = (0..200)
        .flat_map(|position| {
            degrade(Degradation::Noised { sd: 0.8 }, &grey(0.9), SHAPE, 1, position)
        })
        .map(|x| x - 0.9)
        .collect();
    let count = noisy.len() as f32;
    let mean = noisy.iter().sum::<f32>() / count;
    let sd = (noisy.iter().map(|x| x * x).sum::<f32>() / count).sqrt();
    // Four standard errors of 156,800 numbers.
    assert!(mean.abs() < 0.0081 && (sd - 0.8).abs() < 0.0058, "{mean} {sd}");
    assert!(noisy.iter().any(|x| x + 0.9 > 2.0));
}

#[test]
fn a_picture_depends_on_seed_and_position_alone() {
    let batch = |seed, step, size: usize| {
        let values = grey(0.5).repeat(size);
        let mut batch = RealBatch { values, ..RealBatch::default() };
        add_pictures(&mut batch, Degradation::Noised { sd: 1.0 }, SHAPE, [seed, step]);
        batch.pictures
    };
    // Samples 6 and 7: the fourth batch of two, and the start of the second batch of six.
    assert_eq!(batch(1, 3, 2)[..], batch(1, 1, 6)[..2 * 784]);
    assert_ne!(batch(1, 3, 2), batch(2, 3, 2));
    assert_ne!(batch(1, 3, 2), batch(1, 4, 2));
}

#[test]
fn a_picture_is_seen_in_the_samples_size_and_channels() {
    let (small, colour) = (Shape::image(1, 1, 2), Shape::image(3, 2, 4));
    let row = [1.0, 1.0, 2.0, 2.0];
    assert_eq!(visible(&[1.0, 2.0], small, colour), row.repeat(6));
    // The mask is left out.
    let (picture, sample) = (Shape::image(2, 1, 2), Shape::image(1, 1, 2));
    let cut = ByHand { values: &[0.5, 0.7], missing: &[1, 0], is_whole: false, seed: 1 };
    let masked = cut.picture(Degradation::Masked { hole: Hole::Square { side: 1 } }, sample);
    assert_eq!(masked, [0.0, 0.7, 1.0, -1.0]);
    assert_eq!(visible(&masked, picture, sample), [0.0, 0.7]);
    let drawn = ByHand { values: &[0.1, -0.1, 0.9], ..cut };
    assert_eq!(drawn.picture(Degradation::Edges {}, Shape::image(1, 1, 3)), [1.0, -1.0, 1.0]);
}

#[test]
fn a_plain_sample_has_no_outline() {
    let found = degrade(Degradation::Edges {}, &grey(0.3), SHAPE, 1, 0);
    assert!(found.iter().all(|x| *x == -1.0));
}
