//! Every kind of wrong IDX file, and that no bytes make the reader panic.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use gan_data::{DataError, ImageSet, idx};
use proptest::prelude::*;

fn file(dimensions: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|length| length.to_be_bytes()));
    bytes.extend_from_slice(body);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The error for `bytes`, after a check that its message names the file.
fn fault(bytes: &[u8]) -> DataError {
    let error = idx::parse("digits.idx", bytes).unwrap_err();
    assert!(error.to_string().starts_with("digits.idx: "), "{error}");
    error
}

fn name() -> String {
    "digits.idx".into()
}

#[test]
fn reads_plain_and_compressed_files_alike() {
    let plain = file(&[2, 3], &[1, 2, 3, 4, 5, 6]);
    let array = idx::parse("a", &plain).unwrap();
    assert_eq!(array.dimensions, [2, 3]);
    assert_eq!(array.bytes, [1, 2, 3, 4, 5, 6]);
    assert_eq!(idx::parse("a.gz", gzip(&plain)).unwrap(), array);
}

#[test]
fn reads_gzip_files_of_several_members() {
    let plain = file(&[4], &[1, 2, 3, 4]);
    let joined = [gzip(&plain[..9]), gzip(&plain[9..])].concat();
    assert_eq!(idx::parse("a.gz", &joined).unwrap().bytes, [1, 2, 3, 4]);
}

#[test]
fn refuses_an_empty_file() {
    assert_eq!(fault(&[]), DataError::Empty { file: name() });
}

#[test]
fn refuses_a_text_file() {
    let error = fault(b"label,pixel0,pixel1\n");
    assert_eq!(error, DataError::NotIdx { file: name(), found: "6c 61 62 65".into() });
    assert!(error.to_string().contains("6c 61 62 65"), "{error}");
}

#[test]
fn refuses_a_header_cut_off_anywhere() {
    let whole = file(&[2, 3], &[]);
    for kept in 1..whole.len() {
        let expected_bytes = if kept < 4 { 4 } else { 12 };
        let expected =
            DataError::HeaderTruncated { file: name(), found_bytes: kept, expected_bytes };
        assert_eq!(fault(&whole[..kept]), expected);
        assert_eq!(fault(&gzip(&whole[..kept])), expected);
    }
}

#[test]
fn refuses_other_types_and_names_them() {
    for (code, meaning) in [
        (0x09, "signed byte"),
        (0x0b, "16-bit integer"),
        (0x0c, "32-bit integer"),
        (0x0d, "32-bit float"),
        (0x0e, "64-bit float"),
        (0x07, "no type of the IDX format"),
    ] {
        let mut bytes = file(&[1], &[0]);
        bytes[2] = code;
        let error = fault(&bytes);
        assert_eq!(error, DataError::ElementType { file: name(), code, meaning });
        assert!(error.to_string().contains(meaning), "{error}");
    }
}

#[test]
fn refuses_no_dimension_and_more_than_four() {
    assert_eq!(fault(&file(&[], &[])), DataError::DimensionCount { file: name(), found: 0 });
    assert_eq!(fault(&file(&[1; 5], &[0])), DataError::DimensionCount { file: name(), found: 5 });
}

#[test]
fn refuses_a_dimension_of_zero() {
    let error = fault(&file(&[2, 0, 3], &[]));
    assert_eq!(error, DataError::ZeroDimension { file: name(), axis: 1, count: 3 });
    assert!(error.to_string().contains("dimension 2 of 3"), "{error}");
}

#[test]
fn refuses_a_body_cut_off() {
    let expected = DataError::BodyTruncated { file: name(), found_bytes: 5, expected_bytes: 6 };
    let bytes = file(&[2, 3], &[0; 5]);
    assert_eq!(fault(&bytes), expected);
    assert_eq!(fault(&gzip(&bytes)), expected);
}

#[test]
fn refuses_bytes_after_the_end() {
    let trailing = |found_bytes, at_least| DataError::TrailingBytes {
        file: name(),
        found_bytes,
        expected_bytes: 6,
        at_least,
    };
    let bytes = file(&[2, 3], &[0; 9]);
    assert_eq!(fault(&bytes), trailing(9, false));
    assert_eq!(fault(&gzip(&bytes)), trailing(7, true));
}

#[test]
fn refuses_dimensions_beyond_the_limit() {
    let limit_bytes = idx::MAX_ARRAY_BYTES;
    let error = fault(&file(&[u32::MAX; 4], &[]));
    let found_bytes = u128::from(u32::MAX).pow(4);
    assert_eq!(error, DataError::TooLarge { file: name(), found_bytes, limit_bytes });
    let error = fault(&gzip(&file(&[(1 << 29) + 1], &[])));
    let found_bytes = (1 << 29) + 1;
    assert_eq!(error, DataError::TooLarge { file: name(), found_bytes, limit_bytes });
}

#[test]
fn refuses_damaged_gzip() {
    let whole = gzip(&file(&[1000], &[7; 1000]));
    let is_gzip = |bytes: &[u8]| matches!(fault(bytes), DataError::Gzip { .. });
    for kept in 2..whole.len() {
        assert!(is_gzip(&whole[..kept]), "cut to {kept} bytes");
    }
    let mut wrong_checksum = whole.clone();
    let checksum = whole.len() - 8;
    wrong_checksum[checksum] ^= 1;
    assert!(is_gzip(&wrong_checksum));
    let followed = [&whole[..], b"more"].concat();
    assert!(is_gzip(&followed));
}

#[test]
fn stops_at_the_first_byte_too_many_of_a_gzip_bomb() {
    // 64 MiB of zeros behind a header that announces 1,000 bytes.
    let mut bytes = file(&[1000], &[]);
    bytes.resize(64 << 20, 0);
    let error = fault(&gzip(&bytes));
    assert!(matches!(error, DataError::TrailingBytes { found_bytes: 1001, at_least: true, .. }));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = idx::parse("a", &bytes);
        let _ = idx::parse("a", gzip(&bytes));
    }

    #[test]
    fn arbitrary_headers_never_panic(
        code in 7_u8..10,
        count in 0_u8..6,
        lengths in prop::collection::vec(0_u8..4, 24),
        body in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut bytes = vec![0, 0, code, count];
        // Most lengths are small, so that some of the files are complete.
        bytes.extend(lengths.chunks(4).take(usize::from(count)).flat_map(|l| [0, 0, 0, l[0]]));
        bytes.extend(body);
        if let Ok(array) = idx::parse("a", &bytes) {
            prop_assert_eq!(array.dimensions.iter().product::<usize>(), array.bytes.len());
        }
        let files = [("a".to_owned(), bytes.clone()), ("b".to_owned(), gzip(&bytes))];
        let _ = ImageSet::from_idx_files(&files);
        let _ = ImageSet::from_idx_files(&files[1..]);
    }

    #[test]
    fn damaged_gzip_never_panics(at in 0_usize..60, bit in 0_u8..8) {
        let mut bytes = gzip(&file(&[2, 3], &[9, 1, 4, 200, 3, 77]));
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let _ = idx::parse("a", &bytes);
    }

    #[test]
    fn whole_files_are_read_whole(rows in 1_u32..9, body in prop::collection::vec(any::<u8>(), 8 * 9)) {
        let body = &body[..rows as usize * 8];
        let array = idx::parse("a", gzip(&file(&[rows, 4, 2], body))).unwrap();
        prop_assert_eq!(array.bytes, body);
    }
}
