//! Drawn digits are digits: varied, legible, within their frame, and similar to MNIST's.

mod nearest_mean;

use gan_data::DrawnDigits;
use nearest_mean::NearestMean;

type Sample = (u8, [u8; 784]);

fn samples(seed: u64, indices: std::ops::Range<u64>) -> Vec<Sample> {
    indices.map(|index| DrawnDigits { seed }.sample(index)).collect()
}

#[test]
fn a_sample_depends_on_seed_and_index_only() {
    let first = samples(5, 0..20);
    assert_eq!(first, samples(5, 0..20));
    assert_eq!(first[13], DrawnDigits { seed: 5 }.sample(13));
    assert_ne!(first, samples(6, 0..20));
    let mut images: Vec<_> = samples(5, 0..2000).into_iter().map(|(_, pixels)| pixels).collect();
    images.sort_unstable();
    images.dedup();
    assert_eq!(images.len(), 2000);
}

#[test]
fn the_digits_behind_a_seed_never_change() {
    // FNV-1a over labels and pixels: seeds are shared, so every machine must draw the same.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (label, pixels) in samples(1, 0..100) {
        for byte in pixels.into_iter().chain([label]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(hash, HASH_OF_SEED_ONE, "{hash:#018x}");
}

const HASH_OF_SEED_ONE: u64 = 0x7a5a_0965_d63c_7971;

#[test]
fn labels_are_uniform() {
    let mut counts = [0; 10];
    samples(2, 0..5000).iter().for_each(|(label, _)| counts[usize::from(*label)] += 1);
    // 500 each; the standard deviation is 21.
    assert!(counts.iter().all(|count| (410..590).contains(count)), "{counts:?}");
}

#[test]
fn ink_stays_in_its_frame_and_is_neither_scarce_nor_plenty() {
    for (i, (label, pixels)) in samples(3, 0..3000).iter().enumerate() {
        // The frame of 24 px, and edges that fade over less than 1 px.
        let inside = |at: usize| (1..27).contains(&(at / 28)) && (1..27).contains(&(at % 28));
        let outside = pixels.iter().enumerate().find(|&(at, &ink)| ink > 0 && !inside(at));
        assert_eq!(outside, None, "sample {i}, a {label}");
        let fraction = pixels.iter().filter(|&&ink| ink > 127).count() as f32 / 784.0;
        assert!((0.025..0.30).contains(&fraction), "sample {i}, a {label}: {fraction}");
        assert!(pixels.iter().any(|&ink| ink > 220), "sample {i}, a {label}");
        // The larger side fills most of the box.
        let rows = extent(pixels.iter().enumerate().map(|(at, &ink)| (at / 28, ink)));
        let columns = extent(pixels.iter().enumerate().map(|(at, &ink)| (at % 28, ink)));
        assert!((16..=22).contains(&rows.max(columns)), "sample {i}, a {label}: {rows} {columns}");
    }
}

/// Pixels from the first to the last with clear ink.
fn extent(ink: impl Iterator<Item = (usize, u8)>) -> usize {
    let inked: Vec<usize> = ink.filter(|&(_, ink)| ink > 60).map(|(at, _)| at).collect();
    inked.iter().max().unwrap() - inked.iter().min().unwrap() + 1
}

#[test]
fn labels_belong_to_shapes() {
    let train = samples(4, 0..2000);
    let classifier =
        NearestMean::new(784, train.iter().map(|(label, pixels)| (*label, &pixels[..])));
    let test = samples(4, 2000..3000);
    let accuracy = classifier.accuracy(test.iter().map(|(label, pixels)| (*label, &pixels[..])));
    nearest_mean::report(&format!("drawn digits by their own class means: {accuracy:.3}"));
    assert!(accuracy > 0.85, "{accuracy}");
}
