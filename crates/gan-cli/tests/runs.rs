//! Runs by the command: started, interrupted, continued, sampled, exported, reproduced.

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gan_core::Snapshot;
use serde_json::Value;

use self::support::{Folder, command, done, refused};

fn snapshot(path: &str) -> Snapshot {
    Snapshot::from_bytes(&std::fs::read(path).expect("the file")).expect("a checkpoint")
}

/// The command in the middle of its work: after its first line.
fn begun(arguments: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    assert!(line.starts_with('{'), "{line}");
    (child, lines)
}

#[test]
#[cfg(unix)]
fn ctrl_c_leaves_a_checkpoint_that_is_gone_on_from_as_if_nothing_had_been() {
    let folder = Folder::new("interrupted");
    let (cut, whole) = (folder.path("cut.safetensors"), folder.path("whole.safetensors"));
    let patch = r#"{"batch_size": 8}"#;
    let start = ["train", "ring", "--json", "--every", "1", "--seed", "7", "--patch", patch];
    let (mut child, mut lines) =
        begun(&[&start[..], &["--steps", "1000000", "--out", &cut]].concat());
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("the command runs").success());
    lines.read_to_string(&mut String::new()).expect("the rest");
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    let step = snapshot(&cut).header.step;
    assert!((1..1_000_000).contains(&step), "{step}");

    // Seed and patch are not named again, since the file contains them.
    let end = (step + 40).to_string();
    done(&["train", "ring", "--resume", "--steps", &end, "--out", &cut]);
    done(&[&start[..], &["--steps", &end, "--out", &whole]].concat());
    let (cut_file, whole_file) = (snapshot(&cut), snapshot(&whole));
    assert_eq!(cut_file.header.spec, whole_file.header.spec);
    assert_eq!((cut_file.header.spec.seed, cut_file.header.spec.batch_size), (7, 8));
    assert_eq!(std::fs::read(&cut).expect("a file"), std::fs::read(&whole).expect("a file"));

    // A named change is made.
    let more = (step + 50).to_string();
    let patch = r#"{"batch_size": 16}"#;
    done(&["train", "ring", "--resume", "--patch", patch, "--steps", &more, "--out", &cut]);
    assert_eq!(snapshot(&cut).header.spec.batch_size, 16);
    let told = refused(&["train", "ring", "--resume", "--steps", "1", "--out", &cut], 1);
    assert!(told.contains("already"), "{told}");
    let told = refused(&["train", "mnist-mlp", "--resume", "--out", &cut], 1);
    assert!(told.contains("holds a run on Points"), "{told}");
    let told = refused(&["train", "ring", "--steps", "5", "--out", &cut], 1);
    assert!(told.contains("--resume") && told.contains("--overwrite"), "{told}");
    done(&["train", "ring", "--overwrite", "--steps", "5", "--out", &cut]);
    assert_eq!(snapshot(&cut).header.step, 5);
}

#[test]
fn a_reader_that_goes_away_costs_no_training() {
    let folder = Folder::new("reader");
    let out = folder.path("run.safetensors");
    let (mut child, lines) =
        begun(&["train", "ring", "--json", "--every", "1", "--steps", "1000000", "--out", &out]);
    drop(lines);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    assert!(snapshot(&out).header.step > 0);
}

#[test]
fn what_cannot_be_written_is_told_before_the_training() {
    let folder = Folder::new("unwritable");
    let begun = std::time::Instant::now();
    for (out, why) in [(folder.path(""), "it is a folder"), (folder.path("no/run"), "cannot write")]
    {
        let told = refused(&["train", "ring", "--steps", "100000000", "--out", &out], 1);
        assert!(told.contains(why), "{told}");
    }
    assert!(begun.elapsed().as_secs() < 60);
    let left: Vec<_> = std::fs::read_dir(&folder.0).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn wrong_runs_are_refused_with_what_is_wrong() {
    let folder = Folder::new("wrong");
    let out = folder.path("run.safetensors");
    for (more, code, why) in [
        (vec!["ring", "--patch", r#"{"batch_size": 0}"#], 1, "batch_size"),
        (vec!["ring", "--patch", r#"{"objective": "best"}"#], 1, "objective"),
        (vec!["ring", "--patch", "{"], 1, "is not JSON"),
        (vec!["nothing"], 1, "neither a preset"),
        (vec!["ring", "--files", "small.idx"], 1, "--files is for runs"),
        (vec!["ring", "--every", "0"], 2, "--every"),
        (vec!["ring", "--steps", "many"], 2, "--steps"),
        (vec!["ring", "--resume", "--overwrite"], 2, "--overwrite"),
    ] {
        let told = refused(&[&["train"], &more[..], &["--out", &out]].concat(), code);
        assert!(told.contains(why), "{more:?}: {told}");
    }
    // Errors that only the data reveal have the field's path, too.
    for (data, why) in [
        (r#""classes": [3, 77]"#, "data.classes: "),
        (r#""class_weights": [1, 2, 3]"#, "data.class_weights: "),
    ] {
        let patch = format!(r#"{{"data": {{"source": "drawn_digits", {data}}}}}"#);
        let told = refused(&["train", "mnist-mlp", "--patch", &patch, "--out", &out], 1);
        assert!(told.contains(why), "{told}");
    }
    assert!(!Path::new(&out).exists());
}

#[test]
fn a_run_that_diverges_says_what_is_kept() {
    let folder = Folder::new("diverged");
    let out = folder.path("run.safetensors");
    let fast = r#"{"learning_rate": 1, "method": {"kind": "sgd"}}"#;
    let patch = format!(
        r#"{{"objective": "least_squares", "generator_optimizer": {fast}, "discriminator_optimizer": {fast}}}"#
    );
    let told = refused(&["train", "ring", "--patch", &patch, "--out", &out], 1);
    assert!(told.contains("the run diverged at step"), "{told}");
    assert!(told.contains("no checkpoint of this run was written yet"), "{told}");
    assert!(!Path::new(&out).exists());
}

#[test]
fn samples_are_drawn_in_every_form() {
    let folder = Folder::new("sampled");
    let run = folder.path("run.safetensors");
    let patch = r#"{"data": {"source": "drawn_digits"}}"#;
    done(&["train", "mnist-conditional", "--patch", patch, "--steps", "1", "--out", &run]);
    for name in ["a.png", "a.idx", "a.csv", "a.safetensors", "a.gz", "a.csv.gz", "a.idx.gz"] {
        let out = folder.path(name);
        done(&["sample", &run, "--count", "12", "--label", "3", "--out", &out]);
        let bytes = std::fs::read(&out).expect("the file");
        match name {
            "a.png" => assert_eq!(bytes[1..4], *b"PNG"),
            "a.idx" => assert_eq!(bytes[..16], [0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 28, 0, 0, 0, 28]),
            "a.csv" => {
                let text = String::from_utf8(bytes).expect("text");
                assert_eq!(text.lines().count(), 12);
                assert!(text.lines().all(|line| line.split(',').count() == 784));
            }
            "a.safetensors" => assert!(bytes.len() > 12 * 784 * 4),
            packed => {
                let plain = if packed == "a.csv.gz" { "a.csv" } else { "a.idx" };
                let mut unpacked = Vec::new();
                let mut reader = flate2::read::GzDecoder::new(bytes.as_slice());
                reader.read_to_end(&mut unpacked).expect("gzip, as the name says");
                assert_eq!(
                    unpacked,
                    std::fs::read(folder.path(plain)).expect("a file"),
                    "{packed}"
                );
            }
        }
    }
    // The same samples in any form: beside images, a table of 784 numbers is read as images.
    let [table, images] = ["a.csv", "a.idx"].map(|name| folder.path(name));
    let output = done(&[
        "evaluate",
        "--real",
        &table,
        "--fake",
        &images,
        "--json",
        "--features",
        "classifier",
    ]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let distance = report["scores"]["frechet_distance"]["value"].as_f64().expect("a number");
    assert!(distance.abs() < 0.1, "{report}");
    assert!(refused(&["sample", &run, "--label", "10"], 1).contains("has 10 classes"));
    for count in ["0", "99999999999"] {
        assert!(refused(&["sample", &run, "--count", count], 2).contains("1 to 1000000"));
    }
    // The data were changed by a patch; the run continues with them.
    done(&["train", "mnist-conditional", "--resume", "--steps", "2", "--out", &run]);
    for name in ["a.gif", "a.tar.gz", "a"] {
        let told = refused(&["sample", &run, "--out", &folder.path(name)], 1);
        assert!(told.contains(".png, .idx, .csv, .safetensors, .idx.gz, .csv.gz"), "{told}");
    }
}

/// The numbers of samples drawn from `source`.
fn drawn(folder: &Folder, source: &str, more: &[&str]) -> Vec<f32> {
    let out = folder.path("drawn.safetensors");
    done(&[&["sample", source, "--count", "70", "--seed", "5", "--out", &out], more].concat());
    let bytes = std::fs::read(&out).expect("the file");
    let file = safetensors::SafeTensors::deserialize(&bytes).expect("tensors");
    let numbers = file.tensor("samples").expect("samples").data().chunks_exact(4);
    numbers.map(|bytes| f32::from_le_bytes(bytes.try_into().expect("four bytes"))).collect()
}

#[test]
fn a_generators_file_draws_the_samples_of_its_run() {
    let folder = Folder::new("generator");
    let run = folder.path("run.safetensors");
    let [half, full] = ["half", "full"].map(|name| folder.path(&format!("{name}.safetensors")));
    let patch = r#"{"data": {"source": "drawn_digits"}, "batch_size": 8}"#;
    for (preset, more) in
        [("ring", &[][..]), ("mnist-conditional", &["--label", "3"]), ("mnist-dcgan-small", &[])]
    {
        let patch = if preset == "ring" { "{}" } else { patch };
        let begin = ["train", preset, "--steps", "2", "--patch", patch, "--overwrite"];
        done(&[&begin[..], &["--out", &run]].concat());
        done(&["export", &run, "--out", &half]);
        done(&["export", &run, "--bits", "32", "--out", &full]);
        let expected = drawn(&folder, &run, more);
        assert_eq!(drawn(&folder, &full, more), expected, "{preset}");
        // Weights of 16 bits have eleven digits: 5e-4 of each, in a few layers.
        let found = drawn(&folder, &half, more);
        let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(found.len() == expected.len() && apart > 0.0 && apart < 2e-2, "{preset}: {apart}");
    }
    // Commands that need more than a generator refuse the file.
    let told = refused(&["train", "mnist-dcgan-small", "--resume", "--out", &half], 1);
    assert!(told.contains("holds a generator alone"), "{told}");
    // A generator's file is written anew in fewer bits.
    let eighth = folder.path("eighth.safetensors");
    done(&["export", &half, "--bits", "8", "--out", &eighth]);
    let size = |path: &str| std::fs::metadata(path).expect("the file").len() as f64;
    assert!(size(&eighth) < 0.62 * size(&half), "{} of {}", size(&eighth), size(&half));
    let (found, expected) = (drawn(&folder, &eighth, &[]), drawn(&folder, &half, &[]));
    let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart > 0.0 && apart < 0.2, "{apart}");
    let told = refused(&["export", &half, "--way-back", "--out", &run], 1);
    assert!(told.contains("has no way back"), "{told}");
    assert!(refused(&["sample", &half, "--label", "3"], 1).contains("has 0 classes"));
}

/// Drawn digits in place of MNIST.
const DRAWN: &str = r#"{"data": {"source": "drawn_digits"}, "batch_size": 2}"#;

/// Trained generators that are given pictures.
const GIVEN: [&str; 3] = ["super-resolution", "inpainting", "edges"];

#[test]
fn the_trained_generators_of_the_page_are_drawn_from() {
    let folder = Folder::new("pretrained");
    let pretrained = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained");
    let mut generators = 0;
    for entry in std::fs::read_dir(pretrained).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.ends_with(".safetensors") || name.contains("classifier") {
            continue;
        }
        generators += 1;
        let path = path.to_str().expect("a plain name");
        if GIVEN.iter().any(|given| name.contains(given)) {
            // There is no data set here to take pictures from.
            let told = refused(&["sample", path, "--out", &folder.path("none.png")], 1);
            assert!(told.contains("makes its samples of pictures"), "{name}: {told}");
            continue;
        }
        let numbers = drawn(&folder, path, &[]);
        let spread = numbers.iter().fold([f32::MAX, f32::MIN], |[low, high], number| {
            [low.min(*number), high.max(*number)]
        });
        assert!(numbers.len() >= 140 && spread[1] - spread[0] > 1.0, "{name}: {spread:?}");
    }
    assert!(generators >= 4 + GIVEN.len(), "{generators}");
    let classifier = format!("{pretrained}/digit-classifier.safetensors");
    let told = refused(&["sample", &classifier], 1);
    assert!(told.contains("digit-classifier"), "{told}");
}

#[test]
fn a_translation_is_sent_to_the_command_that_scores_it() {
    let folder = Folder::new("translation");
    let run = folder.path("run.safetensors");
    let patch = r#"{"data": {"source": "drawn_digits"}, "batch_size": 2}"#;
    done(&["train", "digits-restyled", "--patch", patch, "--steps", "1", "--out", &run]);
    for command in ["sample", "restore"] {
        let told = refused(&[command, &run], 1);
        assert!(told.contains("`gan translate`"), "{command}: {told}");
    }
    let sheet = folder.path("sheet.idx");
    let told = done(&["translate", &run, "--count", "100", "--out", &sheet, "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    for way in told["ways"].as_array().expect("two ways") {
        let read = &way["read_as_its_class"];
        assert!(read["before"].as_f64() > Some(0.9), "{way}");
        assert!(way["frechet_distance"]["after"].as_f64() > Some(0.0), "{way}");
    }
    // Three images for each of 32 of either set.
    let size = std::fs::metadata(&sheet).expect("written").len();
    assert_eq!(size, 16 + 2 * 3 * 32 * 784);
    // Between two classes an image is right if it is read as one of the other.
    let patch = r#"{"data": {"source": "drawn_digits", "classes": [0]}, "batch_size": 2,
        "translation": {"from": {"classes": [1]}}}"#;
    let run = folder.path("classes.safetensors");
    done(&["train", "digits-restyled", "--patch", patch, "--steps", "1", "--out", &run]);
    let told = done(&["translate", &run, "--count", "100", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    for way in told["ways"].as_array().expect("two ways") {
        assert!(way["read_as_the_other_sets"]["before"].as_f64() < Some(0.1), "{way}");
    }
    done(&["train", "ring", "--steps", "1", "--out", &folder.path("ring.safetensors")]);
    let told = refused(&["translate", &folder.path("ring.safetensors")], 1);
    assert!(told.contains("it has no `translation`"), "{told}");
}

#[test]
fn a_generator_is_exported_at_half_the_size() {
    let folder = Folder::new("exported");
    let run = folder.path("run.safetensors");
    done(&["train", "ring", "--steps", "1", "--out", &run]);
    let [half, full] = ["half", "full"].map(|name| folder.path(&format!("{name}.safetensors")));
    done(&["export", &run, "--out", &half]);
    done(&["export", &run, "--bits", "32", "--out", &full]);
    let size = |path: &str| std::fs::metadata(path).expect("the file").len();
    let rate = size(&full) as f64 / size(&half) as f64;
    assert!((1.5..2.1).contains(&rate), "{rate}");
    assert!(refused(&["export", &folder.path("none"), "--out", &half], 1).contains("cannot read"));
}

#[test]
fn a_row_is_reproduced_beside_real_data() {
    let arguments = ["reproduce", "unrolled-ring", "--arms", "baseline", "--steps", "8"];
    let output = done(&[&arguments[..], &["--seeds", "2", "--every", "4", "--json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let arms = report["arms"].as_array().expect("a list");
    let names: Vec<_> = arms.iter().map(|arm| arm["arm"].as_str()).collect();
    assert_eq!(names, [Some("baseline"), Some("real data")]);
    let score = |arm: usize, name: &str| arms[arm]["scores"][name]["mean"].as_f64().expect(name);
    assert_eq!(arms[0]["runs"].as_array().map(Vec::len), Some(2));
    // Within three standard deviations, in the plane: 1 - exp(-9/2).
    assert!((score(1, "high_quality_percent") - 98.9).abs() < 0.8, "{report}");
    assert_eq!(score(1, "modes"), 8.0);
    assert!(score(1, "reverse_kl") < 0.01 && score(0, "reverse_kl") > 0.1, "{report}");
    let output = done(&[&arguments[..], &["--seeds", "1"]].concat());
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("1 seed, 8 steps") && text.contains("| real data |"), "{text}");
    assert!(!text.contains("± 0"), "one run has no error: {text}");
    assert!(refused(&[&arguments[..], &["--every", "0"]].concat(), 2).contains("--every"));
    assert!(refused(&["reproduce", "nothing"], 1).contains("there is no row"));
    assert!(refused(&["reproduce", "unrolled-ring", "--arms", "x"], 1).contains("no arm `x`"));
}

/// 24 grey images as an IDX file.
fn images(folder: &Folder, name: &str, shade: u8) -> String {
    let mut file = vec![0, 0, 8, 3, 0, 0, 0, 24, 0, 0, 0, 28, 0, 0, 0, 28];
    file.extend((0..24 * 784_u32).map(|place| shade.wrapping_add((place % 251) as u8)));
    let path = folder.path(name);
    std::fs::write(&path, file).expect("written");
    path
}

#[test]
fn going_on_with_other_data_is_told_and_with_the_same_is_not() {
    let folder = Folder::new("other-data");
    let (first, second) = (images(&folder, "a.idx", 0), images(&folder, "b.idx", 90));
    let out = folder.path("run.safetensors");
    let patch = r#"{"data": {"source": "idx_files"}, "batch_size": 8}"#;
    let start = ["train", "mnist-mlp", "--patch", patch, "--out", &out];
    done(&[&start[..], &["--files", &first, "--steps", "1"]].concat());
    let data = snapshot(&out).header.data.expect("the data");
    assert_eq!((data.samples, data.files.as_slice()), (Some(24), &["a.idx".to_owned()][..]));
    let told = |file: &str, steps: &str| {
        let resumed = [&start[..], &["--resume", "--files", file, "--steps", steps]].concat();
        String::from_utf8(done(&resumed).stderr).expect("text")
    };
    let same = told(&first, "2");
    assert!(!same.contains("other data"), "{same}");
    let other = told(&second, "3");
    assert!(other.contains("other data (a.idx, 24 samples)"), "{other}");
    assert!(other.contains("goes on with b.idx, 24 samples"), "{other}");
    assert_eq!(snapshot(&out).header.data.expect("the data").files, ["b.idx"]);
}

#[test]
fn a_run_begins_with_nets_of_another_one() {
    let folder = Folder::new("initial");
    let (first, second) = (folder.path("first.safetensors"), folder.path("second.safetensors"));
    let train = |more: &[&str]| {
        done(
            &[&["train", "mnist-super-resolution", "--patch", DRAWN, "--steps", "3"], more]
                .concat(),
        )
    };
    train(&["--out", &first]);
    train(&["--seed", "2", "--initial", &first, "--initial-nets", "generator", "--out", &second]);
    // It goes on from its own checkpoint without the other one, and names that one.
    train(&["--resume", "--out", &second]);
    let bytes = std::fs::read(&second).expect("written");
    let header = String::from_utf8_lossy(&bytes[..20_000.min(bytes.len())]).replace('\\', "");
    assert!(header.contains(r#""nets":"generator""#), "{header}");
    let run = folder.path("run.json");
    let digest =
        header.split(r#""initial":{"checkpoint":""#).nth(1).expect("named")[..16].to_owned();
    let patch = format!(r#"{{"initial": {{"checkpoint": "{digest}"}}, {}"#, &DRAWN[1..]);
    let again =
        ["train", "mnist-super-resolution", "--patch", &patch, "--steps", "1", "--out", &run];
    assert!(refused(&again, 1).contains("--initial"), "without the checkpoint");
    let told = refused(&[&again[..], &["--initial", &second]].concat(), 1);
    assert!(told.contains(&digest), "{told}");
    done(&[&again[..], &["--initial", &first]].concat());
    let told = refused(
        &[
            "train",
            "mnist-mlp",
            "--patch",
            DRAWN,
            "--initial",
            &first,
            "--out",
            &run,
            "--overwrite",
        ],
        1,
    );
    assert!(told.contains("tensor generator."), "{told}");
}

#[test]
fn a_filled_hole_is_compared_at_its_border() {
    let folder = Folder::new("holes");
    let train = |name: &str, generator: &str| {
        let run = folder.path(name);
        let patches = ["--patch", DRAWN, "--patch", generator];
        let of = ["train", "mnist-inpainting", "--steps", "1", "--out", &run];
        done(&[&of[..], &patches[..]].concat());
        run
    };
    // The preset's generator keeps what was there, this one does not.
    let keeping = train("keeping.safetensors", "{}");
    let plain = r#"{"generator": {"layers": [{"kind": "conv", "channels": 1, "kernel": 3, "padding": 1},
        {"kind": "activation", "function": {"name": "tanh"}}]}}"#;
    let plain = train("plain.safetensors", plain);
    // The images themselves, so that no MNIST need be there.
    let images = folder.path("images.idx");
    let digits = folder.path("digits.safetensors");
    done(&["train", "mnist-dcgan-small", "--patch", DRAWN, "--steps", "1", "--out", &digits]);
    done(&["sample", &digits, "--count", "20", "--out", &images]);
    let restored = |run: &str| {
        let told = done(&["restore", run, "--files", &images, "--count", "20", "--json"]);
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
        let score = move |name: &str, score: &str| {
            told["restored"][name][score].as_f64().expect("a number")
        };
        assert_eq!(score("truth", "border_difference_to_truth"), 1.0);
        for name in ["picture", "generator", "hole filled"] {
            assert!(score(name, "border_difference_to_truth") > 0.0, "{name}");
        }
        ["generator", "hole filled"].map(|name| score(name, "psnr_db"))
    };
    // What is kept is equal: the filled image is nearer than that of a generator that makes all of it.
    let [made, filled] = restored(&plain);
    assert!(filled > made, "{filled} {made}");
    let [made, filled] = restored(&keeping);
    assert!((filled - made).abs() < 1e-4, "{filled} {made}");
}
