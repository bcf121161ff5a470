//! CIFAR-10's records: reading, every kind of wrong file, and the real files if `GAN_DATA_DIR`
//! (absolute, or relative to the workspace) names a folder with `cifar10/`.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use gan_data::{DataError, RealSamples, ShuffledImages, cifar10};
use gan_protocol::{RealBatch, Shape};
use proptest::prelude::*;

const RECORD_BYTES: usize = 3073;

/// A record whose red, green and blue planes each begin with a value of their own.
fn record(label: u8) -> Vec<u8> {
    let mut bytes = vec![label; RECORD_BYTES];
    for plane in 0..3 {
        bytes[1 + 1024 * plane] = 100 * (plane as u8) + label;
    }
    bytes
}

fn file(labels: &[u8]) -> Vec<u8> {
    labels.iter().flat_map(|&label| record(label)).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn named(bytes: Vec<u8>) -> [(String, Vec<u8>); 1] {
    [(name(), bytes)]
}

fn name() -> String {
    "batch.bin".into()
}

/// The error for a file, after a check that its message names it.
fn fault(bytes: Vec<u8>) -> DataError {
    let error = cifar10::read(&named(bytes)).unwrap_err();
    assert!(error.to_string().starts_with("batch.bin: "), "{error}");
    error
}

#[test]
fn reads_plain_and_compressed_files_alike() {
    let plain = file(&[3, 0, 9]);
    let set = cifar10::read(&named(plain.clone())).unwrap();
    assert_eq!(set.dims(), Shape::Image { channels: 3, height: 32, width: 32 });
    assert_eq!((set.labels(), set.classes()), (Some(&[3, 0, 9][..]), Some(10)));
    assert_eq!(set.image(0), Some(&plain[1..RECORD_BYTES]));
    assert_eq!([0, 1024, 2048].map(|at| set.image(2).unwrap()[at]), [9, 109, 209]);
    assert_eq!(cifar10::read(&named(gzip(&plain))).unwrap(), set);
    // Several gzip members, split within a record.
    let members = [gzip(&plain[..4000]), gzip(&plain[4000..])].concat();
    assert_eq!(cifar10::read(&named(members)).unwrap(), set);
}

#[test]
fn joins_files_in_their_order() {
    let files = [("a".to_owned(), gzip(&file(&[1, 2]))), ("b".to_owned(), file(&[0]))];
    let set = cifar10::read(&files).unwrap();
    assert_eq!((set.name(), set.labels()), ("a", Some(&[1, 2, 0][..])));
    let faulty = [files[0].clone(), ("b".to_owned(), file(&[0, 10]))];
    let error = cifar10::read(&faulty).unwrap_err();
    let expected = DataError::LabelTooLarge { file: "b".into(), index: 1, found: 10, largest: 9 };
    assert_eq!(error, expected);
}

#[test]
fn refuses_what_is_not_whole_records() {
    assert_eq!(cifar10::read(&[]).unwrap_err(), DataError::NoImages { file: "CIFAR-10".into() });
    assert_eq!(fault(vec![]), DataError::Empty { file: name() });
    assert_eq!(fault(gzip(&[])), DataError::Empty { file: name() });
    let whole = file(&[1, 2]);
    for kept in [1, 2, RECORD_BYTES - 1, RECORD_BYTES + 1, 2 * RECORD_BYTES - 1] {
        let (index, found_bytes) = (kept / RECORD_BYTES, kept % RECORD_BYTES);
        let record_bytes = RECORD_BYTES;
        let cut = DataError::RecordTruncated { file: name(), index, found_bytes, record_bytes };
        assert_eq!(fault(whole[..kept].to_vec()), cut);
        assert_eq!(fault(gzip(&whole[..kept])), cut);
    }
    let label = DataError::LabelTooLarge { file: name(), index: 1, found: 10, largest: 9 };
    assert_eq!(fault(file(&[9, 10, 3])), label);
    assert!(label.to_string().contains("image 2"), "{label}");
}

#[test]
fn refuses_damaged_gzip() {
    let whole = gzip(&file(&[1]));
    for kept in 2..whole.len() {
        assert!(matches!(fault(whole[..kept].to_vec()), DataError::Gzip { .. }), "cut to {kept}");
    }
    let mut wrong_checksum = whole.clone();
    wrong_checksum[whole.len() - 8] ^= 1;
    assert!(matches!(fault(wrong_checksum), DataError::Gzip { .. }));
}

#[test]
fn refuses_more_images_than_the_set_has() {
    // Three files of 20,000 images each, and a single further image.
    let part = gzip(&vec![0; 20_000 * RECORD_BYTES]);
    let mut files = vec![("part".to_owned(), part); 3];
    assert_eq!(cifar10::read(&files).unwrap().image_count(), cifar10::MAX_IMAGES);
    files.push((name(), file(&[1])));
    let error = cifar10::read(&files).unwrap_err();
    assert_eq!(error, DataError::TooManyImages { file: name(), limit: 60_000 });
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..100),
        repeated in 0_usize..200,
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        // The bytes alone, and repeated so that they make some records.
        for bytes in [bytes.clone(), bytes.repeat(repeated)] {
            let compressed = gzip(&bytes);
            let mut damaged = compressed.clone();
            damaged[at.index(compressed.len())] ^= 1 << bit;
            for bytes in [bytes, compressed, damaged] {
                if let Ok(set) = cifar10::read(&named(bytes)) {
                    prop_assert!(set.labels().unwrap().iter().all(|&label| label < 10));
                }
            }
        }
    }

    #[test]
    fn whole_files_are_read_whole(labels in prop::collection::vec(0_u8..10, 1..8)) {
        let set = cifar10::read(&named(gzip(&file(&labels)))).unwrap();
        prop_assert_eq!(set.labels(), Some(&labels[..]));
    }
}

#[test]
fn reads_the_real_files() {
    let Some(folder) = std::env::var_os("GAN_DATA_DIR") else {
        let mut terminal = std::io::stderr();
        writeln!(terminal, "NOT RUN: reads_the_real_files needs GAN_DATA_DIR with cifar10/ in it")
            .unwrap();
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder).join("cifar10");
    let read = |name: &str| {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        cifar10::read(&[(name.to_owned(), bytes)]).unwrap()
    };
    for (name, count) in [("data_batch_1.bin.gz", 10_000), ("test_batch.bin.gz", 1_000)] {
        let set = read(name);
        assert_eq!((set.image_count(), set.classes()), (count, Some(10)));
        // The known first labels: a frog and two trucks; a cat and two ships.
        let first = if count == 10_000 { [6, 9, 9] } else { [3, 8, 8] };
        assert_eq!(set.labels().unwrap()[..3], first);
        // In photographs, the planes of one scene resemble each other, as do neighbouring pixels;
        // in another layout neither would.
        let images = set.pixels().chunks_exact(3072);
        let difference = |pairs: &mut dyn Iterator<Item = (u8, u8)>| {
            let (sum, n) =
                pairs.fold((0.0, 0.0), |(s, n), (a, b)| (s + f64::from(a.abs_diff(b)), n + 1.0));
            sum / n
        };
        let at = |pixel: usize, other: usize| {
            difference(&mut images.clone().map(|image| (image[pixel], image[other])))
        };
        let middle = 16 * 32 + 16;
        let (right, below) = (at(middle, middle + 1), at(middle, middle + 32));
        let (green, far) = (at(middle, 1024 + middle), at(middle, 3 * 32 + 3));
        assert!(right < 25.0 && below < 25.0 && green < 25.0, "{right} {below} {green}");
        assert!(far > 50.0, "{far}");
        let mut source = ShuffledImages::new(set);
        let RealBatch { values, labels, .. } = source.batch(1, 0, 64);
        assert_eq!((values.len(), labels.len()), (64 * 3072, 64));
        assert!(values.iter().all(|value| (-1.0..=1.0).contains(value)));
    }
}
