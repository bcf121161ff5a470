//! Scores of restored images, against scikit-image's and SciPy's.

use gan_eval::restoration::{border_difference, median_filtered, psnr, ssim};
use gan_eval::{EvalError, Samples};
use serde_json::Value;

use crate::assert_close;

const FIXTURE: &str = include_str!("../../../../tests/fixtures/reference/restoration.json");

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list").iter();
    list.map(|number| number.as_f64().expect("a number")).collect()
}

fn cases() -> Vec<Value> {
    serde_json::from_str(FIXTURE).expect("a list of cases")
}

fn shape(case: &Value) -> [usize; 3] {
    let sides: Vec<usize> = numbers(&case["shape"]).iter().map(|side| *side as usize).collect();
    sides.try_into().expect("three sides")
}

#[test]
fn scores_are_scikit_images() {
    for case in cases() {
        let shape = shape(&case);
        let size = shape.iter().product();
        let [found, truth] = [numbers(&case["found"]), numbers(&case["truth"])];
        let found = Samples::new(&found, size).expect("whole images");
        let truth = Samples::new(&truth, size).expect("whole images");
        let expected = |name: &str| case[name].as_f64().expect("a number");
        assert_close(psnr(&found, &truth, 2.0).expect("scored"), expected("psnr"), 1e-9);
        assert_close(ssim(&found, &truth, shape, 2.0).expect("scored"), expected("ssim"), 1e-9);
    }
}

#[test]
fn medians_are_scipys() {
    for case in cases() {
        let [_, height, width] = shape(&case);
        let found: Vec<f32> = numbers(&case["found"]).iter().map(|x| *x as f32).collect();
        let planes = found.chunks_exact(height * width);
        let filtered = planes.flat_map(|plane| median_filtered(plane, [height, width]));
        for (found, expected) in filtered.zip(numbers(&case["median"])) {
            assert_close(f64::from(found), expected, 1e-6);
        }
    }
}

#[test]
fn equal_images_have_the_best_scores() {
    let images: Vec<f64> = (0..98).map(|i| f64::from(i % 7) / 7.0).collect();
    let images = Samples::new(&images, 49).expect("whole images");
    assert_eq!(psnr(&images, &images, 2.0), Ok(f64::INFINITY));
    assert_close(ssim(&images, &images, [1, 7, 7], 2.0).expect("scored"), 1.0, 1e-12);
}

#[test]
fn images_without_a_window_or_a_partner_have_no_score() {
    let images = [0.0; 36];
    let one = Samples::new(&images, 36).expect("whole images");
    let four = Samples::new(&images, 9).expect("whole images");
    let three = Samples::new(&images[..27], 9).expect("whole images");
    assert!(matches!(ssim(&one, &one, [1, 6, 6], 2.0), Err(EvalError::TooFew { needed: 7, .. })));
    assert!(psnr(&one, &four, 2.0).is_err());
    assert!(psnr(&four, &three, 2.0).is_err() && psnr(&three, &four, 2.0).is_err());
}

#[test]
fn a_holes_border_is_where_a_pixel_of_it_meets_another() {
    // Rows of 3 x 3 pixels in two channels; the hole is the middle, then the lower right corner.
    let image = [1.0, 2.0, 4.0, 1.0, 5.0, 4.0, 0.0, 0.0, 8.0];
    let values: Vec<f64> = image.iter().chain(&[0.0; 9]).copied().collect();
    let both = [values.clone(), values].concat();
    let images = Samples::new(&both, 18).expect("two images");
    let hole = |at: usize| (0..9).map(move |pixel| pixel == at);
    let missing: Vec<bool> = hole(4).chain(hole(8)).collect();
    // 3 + 4 + 1 + 5 around the middle, 4 + 8 at the corner, and nothing in the second channel: 12 pairs.
    let found = border_difference(&images, &missing, [2, 3, 3]).expect("there is a border");
    assert!((found - 25.0 / 12.0).abs() < 1e-12, "{found}");
    assert_eq!(border_difference(&images, &[true; 18], [2, 3, 3]), None);
    assert_eq!(border_difference(&images, &[false; 18], [2, 3, 3]), None);
}
