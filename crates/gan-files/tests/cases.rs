//! Small files in the forms that users have, and the expected results.

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};
use gan_data::idx;
use gan_files::{
    Choice, Images, Limit, Order, Range, Reason, Source, candidates, has_pairs, images,
    lies_on_its_side, samples,
};

/// Images of `rows` x `columns` that tell rows from columns, and images from each other.
fn pictures(count: usize, rows: usize, columns: usize) -> Vec<u8> {
    let pixel = |at: usize| {
        let (image, place) = (at / (rows * columns), at % (rows * columns));
        ((place * 7 + image * 31) % 256) as u8
    };
    (0..count * rows * columns).map(pixel).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a name");
        writer.write_all(bytes).expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).expect("memory takes all");
    }
    builder.into_inner().expect("memory takes all")
}

/// A .npy file of version 1.
fn npy(kind: &str, shape: &[usize], fortran: bool, bytes: &[u8]) -> Vec<u8> {
    let shape: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let order = if fortran { "True" } else { "False" };
    let mut header =
        format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': ({shape}), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\0".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

/// An IDX file whose elements are not bytes.
fn idx_of(code: u8, shape: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, code, shape.len() as u8];
    file.extend(shape.iter().flat_map(|length| length.to_be_bytes()));
    file.extend(bytes);
    file
}

fn named(files: &[(&str, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect()
}

fn read_with(files: &[(&str, Vec<u8>)], choice: &Choice) -> Images {
    let files = named(files);
    let source = Source::open(&files).expect("there are arrays");
    images(&source, choice).expect("there are images")
}

fn read(files: &[(&str, Vec<u8>)]) -> Images {
    read_with(files, &Choice::default())
}

fn refusal(name: &str, bytes: &[u8]) -> String {
    let files = named(&[(name, bytes.to_vec())]);
    match Source::open(&files) {
        Err(error) => error.to_string(),
        Ok(source) => images(&source, &Choice::default()).expect_err("no images").to_string(),
    }
}

fn digits() -> Vec<u8> {
    idx::written(&[6, 5, 4], &pictures(6, 5, 4))
}

#[test]
fn content_decides_and_not_the_name() {
    let expected = pictures(6, 5, 4);
    let compressed = gzip(&digits());
    let members = [gzip(&digits()[..20]), gzip(&digits()[20..])].concat();
    for (name, bytes) in [
        ("images-idx3-ubyte", digits()),
        ("named.bin", digits()),
        ("images.idx.gz", compressed.clone()),
        ("packed", compressed.clone()),
        ("two-members.gz", members),
        ("archive.zip", zip(&[("images/images-idx3-ubyte", &digits())])),
        ("gzip.zip", zip(&[("gzip/images-idx3-ubyte.gz", &compressed)])),
        ("archive.tar", tar(&[("images/images-idx3-ubyte", &digits())])),
        ("archive.tar.gz", gzip(&tar(&[("images/images-idx3-ubyte", &digits())]))),
        ("images.npy", npy("|u1", &[6, 5, 4], false, &expected)),
        ("images.npz", zip(&[("images.npy", &npy("|u1", &[6, 5, 4], false, &expected))])),
    ] {
        let found = read(&[(name, bytes)]);
        assert_eq!((found.channels, found.height, found.width), (1, 5, 4), "{name}");
        assert_eq!(found.pixels, expected, "{name}");
        assert_eq!(found.range, Range::BYTES, "{name}");
    }
}

#[test]
fn one_set_of_images_is_the_same_in_every_range_type_and_order() {
    let expected = pictures(6, 5, 4);
    let unit: Vec<f32> = expected.iter().map(|byte| f32::from(*byte) / 255.0).collect();
    let signed: Vec<f32> = expected.iter().map(|byte| f32::from(*byte) / 127.5 - 1.0).collect();
    let halves: Vec<u8> =
        signed.iter().flat_map(|value| half::f16::from_f32(*value).to_le_bytes()).collect();
    let bytes =
        |numbers: &[f32]| -> Vec<u8> { numbers.iter().flat_map(|n| n.to_le_bytes()).collect() };
    let big: Vec<u8> = unit.iter().flat_map(|value| f64::from(*value).to_be_bytes()).collect();
    let tensor = |dtype, shape: &[usize], data: &[u8]| {
        let view =
            safetensors::tensor::TensorView::new(dtype, shape.to_vec(), data).expect("a view");
        safetensors::serialize([("images", view)], None).expect("memory takes all")
    };
    use safetensors::Dtype;
    for (name, file, range) in [
        ("unit", tensor(Dtype::F32, &[6, 1, 5, 4], &bytes(&unit)), Range::UNIT),
        ("signed", tensor(Dtype::F32, &[6, 1, 5, 4], &bytes(&signed)), Range::SIGNED),
        ("half", tensor(Dtype::F16, &[6, 1, 5, 4], &halves), Range::SIGNED),
        ("bytes", tensor(Dtype::U8, &[6, 1, 5, 4], &expected), Range::BYTES),
        ("channels last", tensor(Dtype::F32, &[6, 5, 4, 1], &bytes(&signed)), Range::SIGNED),
        ("npy", npy("<f4", &[6, 5, 4], false, &bytes(&unit)), Range::UNIT),
        ("big end first", npy(">f8", &[6, 5, 4], false, &big), Range::UNIT),
        ("idx of floats", idx_of(0x0e, &[6, 5, 4], &big), Range::UNIT),
    ] {
        let found = read(&[(name, file.clone())]);
        assert_eq!((&found.pixels, found.range), (&expected, range), "{name}");
        let files = named(&[(name, file)]);
        let source = Source::open(&files).expect("an array");
        let numbers = samples(&source, &Choice::default()).expect("samples");
        assert_eq!(numbers.shape, [1, 5, 4], "{name}");
        let off = numbers.values.iter().zip(&signed).map(|(a, b)| (a - f64::from(*b)).abs());
        // Half precision has eleven bits.
        assert!(off.fold(0.0, f64::max) < 5e-4, "{name}");
    }
}

#[test]
fn channels_last_become_channels_first() {
    // Two images of 2 x 2 with three channels: pixel p has the colours 10p, 10p + 1, 5p + 200.
    let last: Vec<u8> =
        (0..8).flat_map(|pixel| [10 * pixel, 10 * pixel + 1, 5 * pixel + 200]).collect();
    let found = read(&[("c.npy", npy("|u1", &[2, 2, 2, 3], false, &last))]);
    assert_eq!((found.channels, found.height, found.width), (3, 2, 2));
    assert_eq!(found.pixels[..12], [0, 10, 20, 30, 1, 11, 21, 31, 200, 205, 210, 215]);
    // A shape that could be either is read as channels first, unless a choice states the order.
    let either = npy("|u1", &[1, 3, 2, 3], false, &pictures(1, 6, 3));
    assert_eq!(read(&[("e.npy", either.clone())]).height, 2);
    let choice = Choice { order: Some(Order::ChannelsLast), ..Choice::default() };
    assert_eq!(read_with(&[("e.npy", either)], &choice).height, 3);
}

#[test]
fn arrays_in_the_order_of_fortran_are_turned() {
    // Element (i, j, k) is 100 i + 10 j + k, first index fastest.
    let bytes: Vec<u8> = (0..3)
        .flat_map(|k| (0..2).flat_map(move |j| (0..2).map(move |i| 100 * i + 10 * j + k)))
        .collect();
    let found = read(&[("f.npy", npy("|u1", &[2, 2, 3], true, &bytes))]);
    assert_eq!(found.pixels, [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112]);
}

#[test]
fn emnist_is_set_upright_by_a_switch() {
    let upright = pictures(6, 5, 4);
    let lying: Vec<u8> = upright
        .chunks(20)
        .flat_map(|image| (0..20).map(move |at| image[(at % 5) * 4 + at / 5]))
        .collect();
    let files = [("emnist-letters-train-images-idx3-ubyte", idx::written(&[6, 4, 5], &lying))];
    let found = read_with(&files, &Choice { upright: true, ..Choice::default() });
    assert_eq!((found.height, found.width), (5, 4));
    assert_eq!(found.pixels, upright);
    assert!(lies_on_its_side(&found.path));
    assert!(!lies_on_its_side("train-images-idx3-ubyte"));
}

#[test]
fn letters_are_26_classes_named_1_to_26() {
    let labels: Vec<u8> = (0..52).map(|i| i % 26 + 1).collect();
    let files = [
        ("emnist-letters-train-labels-idx1-ubyte", idx::written(&[52], &labels)),
        ("emnist-letters-train-images-idx3-ubyte", idx::written(&[52, 2, 2], &pictures(52, 2, 2))),
    ];
    let found = read(&files);
    let classes = found.classes.clone().expect("labels");
    assert_eq!((classes.names.len(), &*classes.names[0], &*classes.names[25]), (26, "1", "26"));
    assert_eq!(found.labels_idx().expect("labels"), idx::written(&[52], &labels));
    let choice = Choice { classes: vec!["26".to_owned()], ..Choice::default() };
    let last = read_with(&files, &choice);
    assert_eq!((last.count(), last.of), (2, 52));
    assert_eq!(last.classes.expect("labels").of, [25, 25]);
}

#[test]
fn qmnists_labels_are_the_first_of_eight_columns() {
    let wide: Vec<u8> =
        (0..6_i32).flat_map(|i| [i, 9, 9, 9, 9, 9, 9, 9]).flat_map(i32::to_be_bytes).collect();
    let labels = gzip(&idx_of(0x0c, &[6, 8], &wide));
    let found = read(&[
        ("qmnist-train-images-idx3-ubyte", digits()),
        ("qmnist-train-labels-idx2-int.gz", labels),
    ]);
    assert_eq!(found.classes.expect("labels").of, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn digits_of_0_to_16_are_not_nearly_black() {
    let small: Vec<u8> = (0..3 * 64).map(|at| (at % 17) as u8).collect();
    let found = read(&[("digits.idx", idx::written(&[3, 8, 8], &small))]);
    assert_eq!(found.range, Range::SIXTEEN);
    assert_eq!(found.pixels[..17].iter().max(), Some(&255));
    // A stated range has priority.
    let choice = Choice { range: Some(Range::BYTES), ..Choice::default() };
    assert_eq!(read_with(&[("d", idx::written(&[3, 8, 8], &small))], &choice).pixels, small);
}

/// CIFAR's records: `labels` before each image.
fn records(labels: &[&[u8]]) -> Vec<u8> {
    let image = |index: usize| (0..3072).map(move |at| ((at * 5 + index * 11) % 251) as u8);
    labels
        .iter()
        .enumerate()
        .flat_map(|(index, labels)| labels.iter().copied().chain(image(index)))
        .collect()
}

#[test]
fn cifar_is_known_by_its_records() {
    let ten = records(&[&[3], &[9], &[0], &[3]]);
    for (name, bytes) in [
        ("data_batch_1.bin", ten.clone()),
        ("cifar", ten.clone()),
        ("cifar.tar.gz", gzip(&tar(&[("cifar-10-batches-bin/data_batch_1.bin", &ten)]))),
    ] {
        let found = read(&[(name, bytes)]);
        assert_eq!(
            (found.channels, found.height, found.width, found.count()),
            (3, 32, 32, 4),
            "{name}"
        );
        let classes = found.classes.expect("labels");
        assert_eq!((classes.names.join(" "), classes.of), ("0 3 9".to_owned(), vec![1, 2, 0, 1]));
        assert_eq!(found.pixels[..3], [0, 5, 10]);
    }
    let hundred = records(&[&[19, 99], &[0, 3], &[19, 98]]);
    let fine = read(&[("train.bin", hundred.clone())]);
    assert_eq!(fine.classes.clone().expect("labels").names, ["3", "98", "99"]);
    assert_eq!(fine.pixels[..3], [0, 5, 10], "no label is taken for a pixel");
    let coarse =
        read_with(&[("train.bin", hundred)], &Choice { coarse: true, ..Choice::default() });
    assert_eq!(coarse.classes.expect("labels").names, ["0", "19"]);
    assert_eq!(coarse.pixels, fine.pixels);
}

#[test]
fn cifars_five_files_are_one_set_without_its_test_images() {
    let entries = [
        ("a/data_batch_1.bin", records(&[&[1], &[2]])),
        ("a/data_batch_2.bin", records(&[&[3]])),
        ("a/test_batch.bin", records(&[&[4]])),
    ];
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    let files = [("cifar-10-binary.tar.gz", gzip(&tar(&entries)))];
    let found = read(&files);
    assert_eq!(
        (found.count(), found.classes.expect("labels").names.join(" ")),
        (3, "1 2 3".to_owned())
    );
    let choice = Choice { entry: Some("test_batch.bin".to_owned()), ..Choice::default() };
    assert_eq!(read_with(&files, &choice).count(), 1);
}

#[test]
fn arrays_of_an_npz_are_paired_with_their_labels() {
    let labels = |values: &[i64]| -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    };
    let file = zip(&[
        ("x_test.npy", &npy("|u1", &[2, 5, 4], false, &pictures(2, 5, 4))),
        ("y_test.npy", &npy("<i8", &[2], false, &labels(&[7, 7]))),
        ("x_train.npy", &npy("|u1", &[6, 5, 4], false, &pictures(6, 5, 4))),
        ("y_train.npy", &npy("<i8", &[6, 1], false, &labels(&[1, 0, 2, 2, 1, 0]))),
    ]);
    let files = [("mnist.npz", file)];
    let found = read(&files);
    assert_eq!(found.classes.expect("labels").of, [1, 0, 2, 2, 1, 0]);
    let test =
        read_with(&files, &Choice { entry: Some("x_test.npy".to_owned()), ..Choice::default() });
    assert_eq!((test.count(), test.classes.expect("labels").names.join(" ")), (2, "7".to_owned()));
    let files = named(&files);
    let source = Source::open(&files).expect("arrays");
    assert_eq!(candidates(&source).len(), 2);
    let error = samples(&source, &Choice::default()).expect_err("which?").to_string();
    assert!(
        error.contains("x_test.npy")
            && error.contains("x_train.npy")
            && error.contains("name the one"),
        "{error}"
    );
}

#[test]
fn a_table_with_a_column_of_labels_is_images_with_classes() {
    let row = |label: usize, of: usize| {
        let pixels: Vec<String> = (0..16).map(|at| ((at * 9 + of) % 256).to_string()).collect();
        format!("{label},{}\n", pixels.join(","))
    };
    let body = row(7, 0) + &row(3, 200) + &row(7, 120);
    let heading: Vec<String> = (0..16).map(|at| format!("pixel{at}")).collect();
    let with_heading = format!("label,{}\n{body}", heading.join(","));
    for text in [with_heading, body] {
        let found = read(&[("train.csv", text.clone().into_bytes())]);
        assert_eq!((found.channels, found.height, found.width, found.count()), (1, 4, 4, 3));
        assert_eq!(found.pixels[..3], [0, 9, 18], "{text}");
        assert_eq!(found.classes.expect("labels").of, [1, 0, 1]);
    }
}

#[test]
fn limits_apply_to_what_is_kept() {
    let labels: Vec<u8> = [vec![0; 40], vec![1; 8], vec![2; 2]].concat();
    let files = [
        ("images.idx.gz", gzip(&idx::written(&[50, 2, 2], &pictures(50, 2, 2)))),
        ("labels.idx", idx::written(&[50], &labels)),
    ];
    let shared = read_with(&files, &Choice { limit: Some(Limit::Shared(12)), ..Choice::default() });
    assert_eq!((shared.count(), shared.of), (12, 50));
    assert_eq!(shared.classes.expect("labels").counts(), [5, 5, 2]);
    let first = read_with(&files, &Choice { limit: Some(Limit::First(12)), ..Choice::default() });
    assert_eq!(first.classes.expect("labels").counts(), [12, 0, 0]);
    assert_eq!(first.pixels, pictures(12, 2, 2));
}

#[test]
fn what_is_no_data_is_named_with_the_remedy() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:abab\nsize 9912422\n";
    assert!(refusal("images-idx3-ubyte.gz", pointer).contains("git lfs pull"));
    assert!(
        refusal("images.idx", b".git/annex/objects/4f/Kq/SHA256E-s9--ab/SHA256E-s9--ab")
            .contains("git annex get")
    );
    assert!(
        refusal("images.idx", b"<!DOCTYPE html><html><body>Sign in</body></html>")
            .contains("is a web page")
    );
    assert!(
        refusal("data_batch_1", b"\x80\x02}q\x01(U\x0bbatch_labelq\x02").contains("binary version")
    );
    assert!(refusal("d.h5", b"\x89HDF\r\n\x1a\n\0\0").contains(".npz"));
    assert!(refusal("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").contains("folder"));
    assert!(refusal("a.idx", b"").contains("empty"));
    assert!(refusal("a.idx", &[9, 1, 0, 7, 200]).contains("no file of samples"));
    assert!(
        refusal("objects.npy", &npy("|O", &[2], false, b"\x80\x04")).contains("Python objects")
    );
    assert!(refusal("labels.idx", &idx::written(&[3], &[1, 2, 3])).contains("no images have"));
}

#[test]
fn what_systems_leave_in_archives_is_no_data() {
    let files = named(&[(
        "archive.zip",
        zip(&[
            ("__MACOSX/._images.idx", b"\0\x05\x16\x07"),
            (".DS_Store", b"\0\0\0\x01Bud1"),
            ("read me.txt", b"<html></html>"),
            ("cut.idx.gz", &gzip(&digits())[..40]),
            ("images.idx", &digits()),
        ]),
    )]);
    let source = Source::open(&files).expect("one array");
    assert_eq!(source.arrays.len(), 1);
    let reasons: Vec<&Reason> = source.left_out.iter().map(|one| &one.reason).collect();
    assert!(matches!(reasons[..2], [Reason::Hidden, Reason::Hidden]), "{reasons:?}");
    assert!(matches!(reasons[2..], [Reason::Damaged(_), ..]), "{reasons:?}");
    assert_eq!(images(&source, &Choice::default()).expect("images").count(), 6);
}

#[test]
fn cut_off_and_damaged_files_are_errors_and_never_panics() {
    let npz = zip(&[("x.npy", &npy("|u1", &[6, 5, 4], false, &pictures(6, 5, 4)))]);
    let body = pictures(6, 5, 4);
    let tensor = safetensors::tensor::TensorView::new(safetensors::Dtype::U8, vec![6, 5, 4], &body);
    let tensor = tensor.expect("a view");
    let wholes = [
        digits(),
        gzip(&digits()),
        npz,
        gzip(&tar(&[("images", &digits())])),
        npy("|u1", &[6, 5, 4], false, &pictures(6, 5, 4)),
        safetensors::serialize([("a", tensor)], None).expect("memory takes all"),
        records(&[&[3], &[9]])[..3080].to_vec(),
    ];
    for whole in wholes {
        for kept in 0..whole.len().min(700) {
            let files = named(&[("cut", whole[..kept].to_vec())]);
            if let Ok(source) = Source::open(&files) {
                let _ = images(&source, &Choice::default());
            }
            let mut changed = whole.clone();
            changed[kept] ^= 0x41;
            let files = named(&[("changed", changed)]);
            if let Ok(source) = Source::open(&files) {
                let _ = images(&source, &Choice::default());
                let _ = samples(&source, &Choice::default());
            }
        }
        // The complete part of a cut archive is read, and the cut is reported.
        let cut = named(&[("cut", whole[..whole.len() - 1].to_vec())]);
        if let Ok(source) = Source::open(&cut) {
            let found = images(&source, &Choice::default());
            assert!(found.is_err() || !source.left_out.is_empty(), "{found:?}");
        }
    }
}

#[test]
fn a_header_that_claims_the_world_reserves_nothing() {
    let claims = idx_of(8, &[u32::MAX, 1000, 1000], &[0; 40]);
    assert!(refusal("claims.idx", &claims).contains("no samples have"));
    let claims = idx_of(8, &[1 << 26, 1000, 1000], &[0; 40]);
    assert!(refusal("claims.idx", &claims).contains("cut off"));
    let claims = npy("<f8", &[1 << 40, 28, 28], false, &[0; 40]);
    assert!(refusal("claims.npy", &claims).contains("no samples have"));
    let row = npy("<f8", &[2, 1 << 30, 1 << 30], false, &[0; 40]);
    assert!(refusal("row.npy", &row).contains("no samples have"));
}

#[test]
fn a_table_of_pairs_is_one_of_points() {
    let pairs = |name: &str, text: &str| {
        let files = [(name.to_owned(), text.as_bytes().to_vec())];
        let source = Source::open(&files).expect("a table");
        has_pairs(&source).then(|| samples(&source, &Choice::default()).expect("numbers").values)
    };
    let expected = Some(vec![0.5, -1.0, 2.0, 3.25]);
    assert_eq!(pairs("a.csv", "x,y\n0.5,-1\n2,3.25\n"), expected);
    // As spreadsheets write them where the comma separates decimals, and as pandas does.
    assert_eq!(pairs("b.csv", "0,5;-1\n2;3,25\n"), expected);
    assert_eq!(pairs("c.csv", ",x,y\n0,0.5,-1\n1,2,3.25\n"), expected);
    assert_eq!(pairs("d.txt", "0.5 -1\n2 3.25\n"), expected);
    assert_eq!(pairs("e.csv", "1,2,3\n4,5,6\n"), None);
}
