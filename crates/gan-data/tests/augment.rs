//! Augmentation: its effect on pixels and its extent, and that it depends on seed, step and place
//! only.

use gan_data::{Augmented, EndlessDigits, EndlessPoints, ImageSet, RealSamples, ShuffledImages};
use gan_protocol::{AugmentationSpec, PointsSpec, RealBatch, Shape};
use proptest::prelude::*;

const NONE: AugmentationSpec =
    AugmentationSpec { shift_px: 0, rotation_degrees: 0.0, scale: 1.0, flip: false };

fn batch(source: &mut impl RealSamples, seed: u64, step: u64, size: usize) -> Vec<f32> {
    let RealBatch { values, .. } = source.batch(seed, step, size);
    assert_eq!(values.len(), size * source.shape().size().unwrap());
    values
}

/// A source with one image.
fn only([height, width]: [usize; 2], pixels: Vec<u8>) -> ShuffledImages {
    let channels = pixels.len() / (height * width);
    ShuffledImages::new(ImageSet::new("set", [channels, height, width], pixels, None).unwrap())
}

/// White discs of some 9 px around `centres` on black, 64 x 64 px, as a source.
fn discs(centres: &[[f32; 2]]) -> ShuffledImages {
    large_discs(centres, 4.5)
}

fn large_discs(centres: &[[f32; 2]], radius: f32) -> ShuffledImages {
    let ink = |at: usize| {
        let [x, y] = [(at % 64) as f32 - 31.5, (at / 64) as f32 - 31.5];
        let near = |c: &[f32; 2]| (x - c[0]).hypot(y - c[1]) < radius;
        if centres.iter().any(near) { 255 } else { 0 }
    };
    only([64, 64], (0..64 * 64).map(ink).collect())
}

/// Ink of an image of 64 × 64 px, and the ink's centre of mass from the image's middle.
fn mass(image: &[f32]) -> (f32, [f32; 2]) {
    let (mut sum, mut centre) = (0.0, [0.0; 2]);
    for (at, value) in image.iter().enumerate() {
        let ink = 0.5 * (value + 1.0);
        sum += ink;
        centre[0] += ink * ((at % 64) as f32 - 31.5);
        centre[1] += ink * ((at / 64) as f32 - 31.5);
    }
    (sum, centre.map(|moment| moment / sum))
}

#[test]
fn no_augmentation_changes_nothing() {
    assert_eq!(AugmentationSpec::default(), NONE);
    let mut plain = EndlessDigits::default();
    let mut augmented = Augmented::new(plain, NONE).unwrap();
    assert_eq!(augmented.shape(), plain.shape());
    assert_eq!((augmented.len(), augmented.classes()), (None, Some(10)));
    assert_eq!(batch(&mut augmented, 1, 5, 20), batch(&mut plain, 1, 5, 20));
    // Odd sides, and a source whose type is known at run time only.
    let odd = only([3, 5], (0..45).map(|i| 5 * i).collect());
    let boxed: Box<dyn RealSamples> = Box::new(odd.clone());
    let mut augmented = Augmented::new(boxed, NONE).unwrap();
    assert_eq!(batch(&mut augmented, 1, 0, 4), batch(&mut odd.clone(), 1, 0, 4));
}

#[test]
fn labels_and_order_stay() {
    let all = AugmentationSpec { shift_px: 3, rotation_degrees: 30.0, scale: 1.2, flip: true };
    let mut augmented = Augmented::new(EndlessDigits::default(), all).unwrap();
    assert_eq!(augmented.batch(2, 3, 50).labels, EndlessDigits::default().batch(2, 3, 50).labels);
}

#[test]
fn shifts_are_of_whole_pixels_and_all_equally_likely() {
    let source = only([5, 7], (1..=35).map(|i| 7 * i).collect());
    let image = batch(&mut source.clone(), 1, 0, 1);
    let shift = AugmentationSpec { shift_px: 2, ..NONE };
    let mut augmented = Augmented::new(source, shift).unwrap();
    let mut counts = [0_u32; 25];
    for moved in batch(&mut augmented, 1, 0, 25_000).chunks_exact(35) {
        let shifted = |k: i32| -> Vec<f32> {
            let [right, down] = [k % 5 - 2, k / 5 - 2];
            let from = |at: i32| {
                let (x, y) = (at % 7 - right, at / 7 - down);
                let inside = (0..7).contains(&x) && (0..5).contains(&y);
                if inside { image[(7 * y + x) as usize] } else { -1.0 }
            };
            (0..35).map(from).collect()
        };
        let k = (0..25).find(|&k| moved == shifted(k)).expect("a shift by whole pixels");
        counts[k as usize] += 1;
    }
    // 1,000 each; the standard deviation is 31.
    assert!(counts.iter().all(|n| (865..1135).contains(n)), "{counts:?}");
}

#[test]
fn half_of_the_images_are_mirrored_in_all_channels() {
    let source = only([2, 3], (0..18).map(|i| 14 * i).collect());
    let image = batch(&mut source.clone(), 1, 0, 1);
    let mirrored: Vec<f32> = image.chunks(3).flat_map(|row| row.iter().rev().copied()).collect();
    let flip = AugmentationSpec { flip: true, ..NONE };
    let mut count = 0;
    for moved in batch(&mut Augmented::new(source, flip).unwrap(), 1, 0, 10_000).chunks_exact(18) {
        assert!(moved == image || moved == mirrored, "{moved:?}");
        count += u32::from(moved == mirrored);
    }
    // The standard deviation is 50.
    assert!((4800..5200).contains(&count), "{count}");
}

#[test]
fn rotations_turn_around_the_middle_in_both_directions() {
    let turn = AugmentationSpec { rotation_degrees: 40.0, ..NONE };
    let mut augmented = Augmented::new(discs(&[[20.0, 0.0]]), turn).unwrap();
    let (plain, _) = mass(&batch(&mut discs(&[[20.0, 0.0]]), 1, 0, 1));
    let images = batch(&mut augmented, 3, 0, 2000);
    let mut angles = Vec::new();
    for image in images.chunks_exact(64 * 64) {
        let (ink, [x, y]) = mass(image);
        assert!((ink / plain - 1.0).abs() < 0.05, "{ink} of {plain}");
        assert!((x.hypot(y) - 20.0).abs() < 0.1, "{x} {y}");
        angles.push(y.atan2(x).to_degrees());
    }
    assert!(angles.iter().all(|angle| angle.abs() < 40.5));
    let mean = angles.iter().sum::<f32>() / 2000.0;
    let variance = angles.iter().map(|angle| angle * angle).sum::<f32>() / 2000.0;
    // Uniform on ±40: variance 40² / 3; four standard errors, the square's being 40² * 0.298.
    assert!(mean.abs() < 2.1, "{mean}");
    assert!((variance - 533.3).abs() < 42.7, "{variance}");
}

#[test]
fn scaling_enlarges_and_shrinks_alike() {
    let scale = AugmentationSpec { scale: 1.25, ..NONE };
    let source = large_discs(&[[0.0, 0.0]], 20.0);
    let (plain, _) = mass(&batch(&mut source.clone(), 1, 0, 1));
    let images = batch(&mut Augmented::new(source, scale).unwrap(), 4, 0, 2000);
    let mut logarithms = Vec::new();
    for image in images.chunks_exact(64 * 64) {
        let (ink, [x, y]) = mass(image);
        assert!(x.hypot(y) < 1e-3, "{x} {y}");
        // An area grows with the factor's square.
        logarithms.push(0.5 * (ink / plain).ln() / 1.25_f32.ln());
    }
    assert!(logarithms.iter().all(|x| x.abs() < 1.05));
    let mean = logarithms.iter().sum::<f32>() / 2000.0;
    let variance = logarithms.iter().map(|x| x * x).sum::<f32>() / 2000.0;
    // Uniform on ±1: variance 1/3; four standard errors, and 0.01 for what interpolation adds.
    assert!(mean.abs() < 0.052 + 0.01, "{mean}");
    assert!((variance - 1.0 / 3.0).abs() < 0.027 + 0.01, "{variance}");
}

#[test]
fn interpolation_between_pixels_is_bilinear() {
    // A ramp is linear, so that bilinear interpolation is exact wherever a pixel is read within the
    // image: the values are those of a rotated ramp.
    let ramp = (0..41 * 41).map(|at| (3 * (at % 41) + 2 * (at / 41)) as u8).collect();
    let turn = AugmentationSpec { rotation_degrees: 180.0, scale: 1.5, ..NONE };
    let mut augmented = Augmented::new(only([41, 41], ramp), turn).unwrap();
    for image in batch(&mut augmented, 5, 0, 50).chunks_exact(41 * 41) {
        let at = |x: usize, y: usize| 127.5 * (image[41 * y + x] + 1.0);
        // The middle stays, and around it the slope is the same everywhere.
        assert!((at(20, 20) - 100.0).abs() < 1e-2);
        let slope = [at(21, 20) - at(20, 20), at(20, 21) - at(20, 20)];
        for (x, y) in [(12, 20), (20, 29), (15, 14), (26, 25)] {
            let expected = 100.0 + slope[0] * (x as f32 - 20.0) + slope[1] * (y as f32 - 20.0);
            assert!((at(x, y) - expected).abs() < 2e-2, "{x} {y}: {} {expected}", at(x, y));
        }
        // The slope's length is that of (3, 2), divided by the enlargement.
        let enlargement = 13.0_f32.sqrt() / slope[0].hypot(slope[1]);
        assert!((1.0 / 1.51..1.51).contains(&enlargement), "{enlargement}");
    }
}

#[test]
fn changes_depend_on_seed_step_and_place_only() {
    let all = AugmentationSpec { shift_px: 3, rotation_degrees: 30.0, scale: 1.2, flip: true };
    let source = || Augmented::new(discs(&[[9.0, 3.0], [-5.0, -8.0]]), all).unwrap();
    let image_bytes = 64 * 64;
    let straight = batch(&mut source(), 1, 7, 6);
    let mut other = source();
    batch(&mut other, 2, 3, 4);
    assert_eq!(batch(&mut other, 1, 7, 6), straight);
    // A smaller batch is the beginning of the larger one; all places have the same image.
    assert_eq!(batch(&mut other, 1, 7, 2), straight[..2 * image_bytes]);
    assert_ne!(straight[..image_bytes], straight[image_bytes..2 * image_bytes]);
    assert_ne!(batch(&mut source(), 2, 7, 6), straight);
    assert_ne!(batch(&mut source(), 1, 8, 6), straight);
    // One kind of change does not depend on the others.
    let shifted = |augmentation| {
        let moved = batch(&mut Augmented::new(discs(&[[0.0; 2]]), augmentation).unwrap(), 1, 0, 20);
        moved.chunks_exact(image_bytes).map(|image| mass(image).1).collect::<Vec<_>>()
    };
    let alone = shifted(AugmentationSpec { shift_px: 3, ..NONE });
    for (a, b) in alone.into_iter().zip(shifted(all)) {
        assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 1e-2, "{a:?} {b:?}");
    }
    batch(&mut source(), u64::MAX, u64::MAX, 1);
}

#[test]
fn refuses_what_is_not_allowed() {
    let image = Shape::Image { channels: 1, height: 9, width: 20 };
    let refusal = |augmentation: AugmentationSpec| {
        let error = augmentation.validate(image).unwrap_err();
        (error.path, error.message)
    };
    let told = |path: &str, message: &str| (path.to_owned(), message.to_owned());
    let shift = |shift_px| AugmentationSpec { shift_px, ..NONE };
    assert!(shift(4).validate(image).is_ok());
    assert_eq!(refusal(shift(5)), told("shift_px", "is 5; allowed is 0 to 4"));
    assert_eq!(refusal(shift(u32::MAX)).0, "shift_px");
    let turn = |rotation_degrees| AugmentationSpec { rotation_degrees, ..NONE };
    assert_eq!(refusal(turn(-1.0)), told("rotation_degrees", "is -1; allowed is 0 to 180"));
    assert_eq!(refusal(turn(f32::NAN)).0, "rotation_degrees");
    let scale = |scale| AugmentationSpec { scale, ..NONE };
    assert_eq!(refusal(scale(0.9)), told("scale", "is 0.9; allowed is 1 to 2"));
    assert_eq!(refusal(scale(2.1)).0, "scale");
    let points = EndlessPoints::new(PointsSpec::Moons { sd: 0.1 }).unwrap();
    let error = Augmented::new(points, NONE).unwrap_err();
    assert_eq!((&*error.path, &*error.message), (".", "is for images; the samples are 2"));
}

proptest! {
    #[test]
    fn values_stay_within_their_range(
        [height, width] in prop::array::uniform2(1_usize..12),
        shift_px in 0_u32..6,
        rotation_degrees in 0.0_f32..180.0,
        scale in 1.0_f32..2.0,
        flip: bool,
        seed: u64,
    ) {
        let augmentation = AugmentationSpec { shift_px, rotation_degrees, scale, flip };
        let pixels = (0..3 * height * width).map(|i| (97 * i) as u8).collect();
        let source = only([height, width], pixels);
        let allowed = shift_px as usize <= height.min(width) / 2;
        match Augmented::new(source, augmentation) {
            Ok(mut augmented) => {
                prop_assert!(allowed);
                let values = batch(&mut augmented, seed, 0, 8);
                prop_assert!(values.iter().all(|v| (-1.000_01..=1.000_01).contains(v)));
            }
            Err(error) => prop_assert!(!allowed && error.path == "shift_px"),
        }
    }
}
