//! Files in the forms that users have: recognised by content, scored the same in every form, never
//! mixed silently.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;
use gan_data::DrawnDigits;
use gan_random::{Purpose, standard_normal, stream};
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::{Value, json};

/// A folder for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gan-files-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, bytes).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn gan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gan")).args(arguments).output().expect("the command runs")
}

fn evaluate(real: &Path, fake: &Path, more: &[&str]) -> Output {
    let paths = [real, fake].map(|path| path.to_str().expect("a plain name"));
    gan(&[&["evaluate", "--json", "--real", paths[0], "--fake", paths[1]], more].concat())
}

fn report(real: &Path, fake: &Path, more: &[&str]) -> Value {
    let output = evaluate(real, fake, more);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn refused(real: &Path, fake: &Path, more: &[&str]) -> String {
    let output = evaluate(real, fake, more);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

fn value(report: &Value, score: &str) -> f64 {
    report["scores"][score]["value"].as_f64().unwrap_or_else(|| panic!("{score}: {report}"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).expect("packed");
    packer.finish().expect("packed")
}

/// Points of eight clouds on a ring, or of every `step`-th cloud.
fn ring(seed: u64, count: usize, step: usize) -> Vec<[f64; 2]> {
    let noise = standard_normal(&mut stream(seed, Purpose::DataSample, 0), 2 * count);
    let cloud = |place: usize| (place * step % 8) as f64 * std::f64::consts::FRAC_PI_4;
    let point = |place: usize| {
        let noise = |axis: usize| 0.02 * f64::from(noise[2 * place + axis]);
        [cloud(place).cos() + noise(0), cloud(place).sin() + noise(1)]
    };
    (0..count).map(point).collect()
}

/// A table with `separator` and `heading`, and with pandas' index if `index` is true.
fn table(points: &[[f64; 2]], separator: &str, heading: &str, index: bool) -> String {
    let rows = points.iter().enumerate().map(|(place, [x, y])| {
        let index = if index { format!("{place}{separator}") } else { String::new() };
        format!("{index}{x}{separator}{y}\n")
    });
    heading.to_owned() + &rows.collect::<String>()
}

#[test]
fn tables_score_alike_however_they_are_written() {
    let folder = Folder::new("tables");
    let (real, four) = (ring(1, 400, 1), ring(2, 400, 2));
    let form = |of: &[[f64; 2]], name: &str| match name {
        "plain.csv" => table(of, ",", "x,y\n", false).into_bytes(),
        // As `DataFrame.to_csv` writes it by default.
        "pandas.csv" => table(of, ",", ",x,y\n", true).into_bytes(),
        // As `numpy.savetxt` writes it by default.
        "blanks.txt" => table(of, " ", "", false).into_bytes(),
        "tabs.tsv" => table(of, "\t", "x\ty\n", false).into_bytes(),
        "comma.csv" => table(of, ";", "x;y\n", false).replace('.', ",").into_bytes(),
        "marked.csv" => format!("\u{feff}{}", table(of, ",", "\"x\",\"y\"\n", false)).into_bytes(),
        _ => gzip(table(of, ",", "x,y\n", false).as_bytes()),
    };
    let mut first = None;
    for name in [
        "plain.csv",
        "pandas.csv",
        "blanks.txt",
        "tabs.tsv",
        "comma.csv",
        "marked.csv",
        "packed.csv.gz",
    ] {
        let [one, other] = [(&real, "real"), (&four, "four")]
            .map(|(of, whose)| folder.file(&format!("{whose}-{name}"), form(of, name)));
        let found = report(&one, &other, &[]);
        // Four of eight clouds.
        for score in ["recall", "coverage"] {
            assert!((value(&found, score) - 0.5).abs() < 0.05, "{name}: {score}: {found}");
        }
        assert_eq!(found["inputs"]["real"]["shape"], json!([1, 1, 2]), "{name}");
        let scores = found["scores"].clone();
        assert_eq!(*first.get_or_insert(scores.clone()), scores, "{name}");
    }
}

#[test]
fn numbers_keep_their_double_precision() {
    let folder = Folder::new("precision");
    // Seconds since 1970, which single precision rounds to 128.
    let shifted = |shift: f64| {
        let points = ring(3, 200, 1).into_iter().map(|[x, y]| [1.7e9 + x + shift, y]);
        points.collect::<Vec<_>>()
    };
    let [one, other] = [("one.csv", 0.0), ("other.csv", 3.0)]
        .map(|(name, shift)| folder.file(name, table(&shifted(shift), ",", "", false)));
    let distance = value(&report(&one, &other, &[]), "frechet_distance");
    assert!((distance - 9.0).abs() < 1e-4, "{distance}");
}

const COUNT: usize = 60;
const SIDE: usize = 8;

/// Images of black and white pixels, so that every range holds the same images.
fn pixels() -> Vec<bool> {
    let numbers = standard_normal(&mut stream(4, Purpose::DataSample, 0), COUNT * SIDE * SIDE);
    numbers.into_iter().map(|number| number > 0.0).collect()
}

fn written(pixels: &[bool], black: f64, white: f64) -> String {
    let number = |pixel: &bool| if *pixel { white } else { black }.to_string();
    let rows = pixels.chunks(SIDE * SIDE).map(|row| row.iter().map(number).collect::<Vec<_>>());
    rows.map(|row| row.join(",") + "\n").collect()
}

fn tensors(tensors: &[(&str, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        (*name, TensorView::new(*dtype, shape.clone(), bytes).expect("a tensor"))
    });
    serialize(views, None::<HashMap<String, String>>).expect("a file")
}

fn idx(sides: &[usize], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, sides.len() as u8];
    sides.iter().for_each(|side| file.extend((*side as u32).to_be_bytes()));
    file.extend(bytes);
    file
}

fn npy(kind: &str, sides: &[usize], bytes: &[u8]) -> Vec<u8> {
    let sides: String = sides.iter().map(|side| format!("{side}, ")).collect();
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({sides}), }}");
    let header = format!("{header:<117}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

#[test]
fn the_same_images_are_at_no_distance_in_any_form() {
    let folder = Folder::new("images");
    let pixels = pixels();
    let bytes: Vec<u8> = pixels.iter().map(|white| if *white { 255 } else { 0 }).collect();
    let singles = |black: f32| -> Vec<u8> {
        pixels.iter().flat_map(|white| if *white { 1.0 } else { black }.to_le_bytes()).collect()
    };
    // 1 and -1 in half precision.
    let halves: Vec<u8> =
        pixels.iter().flat_map(|white| [0, if *white { 0x3c } else { 0xbc }]).collect();
    let labels: Vec<u8> = (0..COUNT as i64).flat_map(i64::to_le_bytes).collect();
    let (first, last) = (vec![COUNT, 1, SIDE, SIDE], vec![COUNT, SIDE, SIDE, 1]);
    let reference = folder.file("images.idx", idx(&[COUNT, SIDE, SIDE], &bytes));
    for (name, file, range) in [
        ("named.bin", idx(&[COUNT, SIDE, SIDE], &bytes), [0.0, 255.0]),
        ("bytes.csv", written(&pixels, 0.0, 255.0).into_bytes(), [0.0, 255.0]),
        ("unit.csv", written(&pixels, 0.0, 1.0).into_bytes(), [0.0, 1.0]),
        ("sixteen.csv", written(&pixels, 0.0, 16.0).into_bytes(), [0.0, 16.0]),
        ("signed.csv", written(&pixels, -1.0, 1.0).into_bytes(), [-1.0, 1.0]),
        ("f32.safetensors", tensors(&[("x", Dtype::F32, first.clone(), singles(0.0))]), [0.0, 1.0]),
        (
            "u8.safetensors",
            tensors(&[("x", Dtype::U8, first.clone(), bytes.clone())]),
            [0.0, 255.0],
        ),
        ("f16.safetensors", tensors(&[("x", Dtype::F16, first.clone(), halves)]), [-1.0, 1.0]),
        ("nhwc.safetensors", tensors(&[("x", Dtype::F32, last, singles(-1.0))]), [-1.0, 1.0]),
        (
            "labelled.safetensors",
            tensors(&[
                ("images", Dtype::F32, first, singles(-1.0)),
                ("labels", Dtype::I64, vec![COUNT], labels),
            ]),
            [-1.0, 1.0],
        ),
        ("images.npy", npy("|u1", &[COUNT, SIDE, SIDE], &bytes), [0.0, 255.0]),
    ] {
        let path = folder.file(name, file);
        let found = report(&reference, &path, &[]);
        assert!(value(&found, "frechet_distance") < 1e-6, "{name}: {found}");
        assert_eq!(found["inputs"]["fake"]["range"], json!(range), "{name}");
        assert_eq!(found["inputs"]["fake"]["count"], json!(COUNT), "{name}");
    }
    let labelled = folder.0.join("labelled.safetensors");
    let named = PathBuf::from(format!("{}::images", labelled.display()));
    assert!(value(&report(&reference, &named, &[]), "frechet_distance") < 1e-6);
    let told = refused(&reference, &PathBuf::from(format!("{}::faces", labelled.display())), &[]);
    assert!(told.contains("faces") && told.contains("images"), "{told}");
}

#[test]
fn ranges_are_never_mixed_silently() {
    let folder = Folder::new("ranges");
    let pixels = pixels();
    let wide = folder.file("wide.csv", written(&pixels, 0.0, 255.0));
    let narrow = folder.file("narrow.csv", written(&pixels, 0.0, 1.0));
    let told = refused(&wide, &narrow, &[]);
    for expected in ["0 to 255", "0 to 1", "--range", "--real-range", "--fake-range"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    let found = report(&wide, &narrow, &["--real-range", "0,255", "--fake-range", "0,1"]);
    assert!(value(&found, "frechet_distance") < 1e-9, "{found}");
    // Numbers that are not pixels: the same scale for both.
    let found = report(&wide, &narrow, &["--range", "0,255"]);
    assert!(value(&found, "frechet_distance") > 10.0, "{found}");
    let told = refused(&wide, &narrow, &["--real-range", "0,255"]);
    assert!(told.contains("give both"), "{told}");
    // Equal and unknown ranges are compared unchanged.
    assert!(value(&report(&wide, &wide, &[]), "frechet_distance") < 1e-9);
    let odd = folder.file("odd.csv", written(&pixels, -20.0, 7.0));
    assert!(evaluate(&odd, &odd, &[]).status.success());
    let output = evaluate(&odd, &odd, &["--range", "5"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_folder_of_pictures_is_a_set_of_one_size() {
    let folder = Folder::new("pictures");
    let pixels = pixels();
    let bytes: Vec<u8> = pixels.iter().map(|white| if *white { 255 } else { 0 }).collect();
    for (place, image) in bytes.chunks(SIDE * SIDE).enumerate() {
        let picture = image::GrayImage::from_raw(SIDE as u32, SIDE as u32, image.to_vec());
        let path = folder.file(&format!("pictures/{}/{place}.png", place % 3), []);
        picture.expect("an image").save(path).expect("written");
    }
    let large = folder.file("pictures/large.png", []);
    image::GrayImage::new(9, 9).save(large).expect("written");
    folder.file("pictures/notes.txt", "no picture");
    folder.file("pictures/.DS_Store", "hidden");
    let reference = folder.file("images.idx", idx(&[COUNT, SIDE, SIDE], &bytes));
    let found = report(&reference, &folder.0.join("pictures"), &[]);
    assert!(value(&found, "frechet_distance") < 1e-6, "{found}");
    assert_eq!(found["inputs"]["fake"]["shape"], json!([1, SIDE, SIDE]));
    let left_out = found["inputs"]["fake"]["left_out"].as_array().expect("a list");
    assert_eq!(left_out.len(), 3, "{left_out:?}");
    assert!(left_out.iter().all(|one| one["count"] == json!(1)), "{left_out:?}");
    let text = String::from_utf8(
        gan(&[
            "evaluate",
            "--real",
            reference.to_str().expect("a plain name"),
            "--fake",
            folder.0.join("pictures").to_str().expect("a plain name"),
        ])
        .stdout,
    );
    let text = text.expect("text");
    assert!(text.contains("left out 1 (of another size than 8x8)"), "{text}");
    assert!(text.contains("60 images 1x8x8, black to white 0 to 255"), "{text}");
    folder.file("empty/notes.txt", "no picture");
    assert!(refused(&reference, &folder.0.join("empty"), &[]).contains("holds no picture"));
}

#[test]
fn what_is_no_data_is_named_for_what_it_is() {
    let folder = Folder::new("foreign");
    let set = folder.file("set.csv", table(&ring(5, 30, 1), ",", "", false));
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9912422\n";
    for (name, bytes, expected) in [
        ("images-idx3-ubyte.gz", pointer.as_bytes(), "is a pointer to the data"),
        ("page.csv", b"<!DOCTYPE html><html><body>Not found</body></html>", "is a web page"),
    ] {
        let told = refused(&set, &folder.file(name, bytes), &[]);
        assert!(told.contains(expected) && told.contains(name), "{told}");
    }
}

/// An IDX file of `count` drawn digits of the first three classes, and one of their labels, which
/// begin at `first`.
fn digits(folder: &Folder, name: &str, begin: u64, count: usize, first: u8) -> [PathBuf; 2] {
    let drawn = (begin..).map(|index| DrawnDigits { seed: 5 }.sample(index));
    let chosen: Vec<(u8, Vec<u8>)> = drawn
        .filter(|(label, _)| *label < 3)
        .take(count)
        .map(|(label, pixels)| (label, pixels.to_vec()))
        .collect();
    let labels: Vec<u8> = chosen.iter().map(|(label, _)| first + label).collect();
    let pixels: Vec<u8> = chosen.into_iter().flat_map(|(_, pixels)| pixels).collect();
    [
        folder.file(&format!("{name}-images.npy"), npy("|u1", &[count, 28, 28], &pixels)),
        folder.file(&format!("{name}-labels.idx.gz"), gzip(&idx(&[count], &labels))),
    ]
}

#[test]
fn a_classifier_of_other_classes_is_trained_and_used() {
    let folder = Folder::new("classifier");
    let train = digits(&folder, "train", 0, 300, 4);
    let test = digits(&folder, "test", 5_000, 60, 4);
    let out = folder.0.join("classifier.safetensors");
    let text = |path: &Path| path.to_str().expect("a plain name").to_owned();
    let [images, labels] = train.each_ref().map(|path| text(path));
    let [test_images, test_labels] = test.each_ref().map(|path| text(path));
    let out = text(&out);
    let output = gan(&[
        "train-classifier",
        "--epochs",
        "4",
        "--json",
        "--out",
        &out,
        "--files",
        &images,
        &labels,
        "--test-files",
        &test_images,
        &test_labels,
    ]);
    assert!(output.status.success(), "{output:?}");
    let found = report(
        Path::new(&images),
        Path::new(&test_images),
        &["--features", "classifier", "--classifier", &out],
    );
    assert_eq!(found["class_shares"]["real"].as_array().map(Vec::len), Some(3), "{found}");
    assert!(
        refused(Path::new(&images), Path::new(&images), &["--classifier", &out])
            .contains("--features classifier")
    );
    // A run trains on the same files, and keeps no more images than its limit.
    let run = text(&folder.0.join("run.safetensors"));
    let patch = r#"{"data": {"source": "idx_files", "limit": 50}, "batch_size": 4}"#;
    let output = gan(&[
        "train",
        "mnist-mlp",
        "--steps",
        "1",
        "--patch",
        patch,
        "--out",
        &run,
        "--files",
        &images,
        &labels,
    ]);
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("50 of 300 images 1x28x28, black to white 0 to 255"), "{told}");
}
