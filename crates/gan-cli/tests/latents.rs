//! Generators by the command: directions of their latents, images that are found in them, and smaller ones.

mod support;

use serde_json::Value;

use self::support::{Folder, done, refused};

#[test]
fn directions_of_any_generator_are_found_and_kept_in_its_file() {
    let folder = Folder::new("directions");
    let (run, out) = (folder.path("run.safetensors"), folder.path("out.safetensors"));
    done(&["train", "ring", "--steps", "2", "--out", &run]);
    for by in ["weights", "activations"] {
        let arguments = ["directions", &run, "--by", by, "--directions", "2", "--out", &out];
        let output = done(&[&arguments[..], &["--json"]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let found = report["directions"].as_array().expect("a list");
        assert_eq!(found.len(), 2, "{by}");
        let share = |at: usize| found[at]["share"].as_f64().expect("a number");
        assert!(share(0) >= share(1) && share(0) + share(1) <= 1.0 + 1e-9, "{by}");
        let length: f64 = found[0]["vector"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|x| x.as_f64().expect("a number").powi(2))
            .sum();
        assert!((length - 1.0).abs() < 1e-2, "{by}: {length}");
        let bytes = std::fs::read(&out).expect("the file");
        assert!(String::from_utf8_lossy(&bytes).contains("\\\"name\\\":\\\"2\\\""), "{by}");
    }
    let told = refused(&["directions", &run], 1);
    assert!(told.contains("its samples are"), "{told}");
    let told = refused(&["directions", &run, "--by", "activations", "--layer", "99"], 1);
    assert!(told.contains("none of number 99"), "{told}");
}

#[test]
fn images_are_found_in_a_generator() {
    let folder = Folder::new("inverted");
    let out = folder.path("found.idx");
    let generator =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained/mnist-conditional.safetensors");
    // The images are samples of the generator itself.
    let samples = folder.path("samples.idx");
    done(&["sample", generator, "--count", "3", "--seed", "9", "--out", &samples]);
    let arguments = ["invert", generator, "--files", &samples, "--count", "3", "--out", &out];
    let output = done(&[&arguments[..], &["--json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["count"], 3);
    assert!(report["psnr_db"].as_f64().expect("a number") > 15.0, "{report}");
    assert!(std::fs::metadata(&out).is_ok());
    assert!(refused(&["invert", generator, "--stages", "8", "--count", "1"], 2).contains("8x20"));
}

#[test]
fn images_are_encoded_by_a_runs_encoder() {
    let folder = Folder::new("encoded");
    let (run, out) = (folder.path("run.safetensors"), folder.path("latents.csv"));
    let patch = r#"{"data": {"source": "drawn_digits"}, "batch_size": 4}"#;
    let start = ["train", "mnist-bigan", "--patch", patch, "--steps", "2", "--out", &run];
    done(&start);
    let samples = folder.path("samples.idx");
    done(&["sample", &run, "--count", "5", "--out", &samples]);
    let arguments = ["encode", &run, "--files", &samples, "--count", "3", "--out", &out];
    let output = done(&[&arguments[..], &["--json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["count"], &report["latent_size"]), (&3.into(), &16.into()));
    assert!(report["psnr_db"].as_f64().expect("a number") > 0.0, "{report}");
    assert_eq!(report["neighbour_accuracy"], Value::Null, "there are no labels");
    let table = std::fs::read_to_string(&out).expect("the file");
    let rows: Vec<usize> = table.lines().map(|row| row.split(',').count()).collect();
    assert_eq!(rows, [16; 3]);
    let told = refused(&["encode", &run, "--files", &samples, "--out", "latents.png"], 1);
    assert!(told.contains("no images"), "{told}");
    let plain = folder.path("plain.safetensors");
    done(&["train", "ring", "--steps", "1", "--out", &plain]);
    let told = refused(&["encode", &plain, "--files", &samples], 1);
    assert!(told.contains("no encoder"), "{told}");
}

#[test]
fn truncated_samples_are_drawn_of_generators_with_a_style() {
    let folder = Folder::new("truncated");
    let run = folder.path("run.safetensors");
    let patch = r#"{"data": {"source": "drawn_digits"}, "batch_size": 4}"#;
    done(&["train", "mnist-style", "--patch", patch, "--steps", "2", "--out", &run]);
    let drawn = |name: &str, more: &[&str]| -> Vec<u8> {
        let out = folder.path(name);
        done(&[&["sample", &run, "--count", "4", "--out", &out][..], more].concat());
        std::fs::read(&out).expect("the file")
    };
    let plain = drawn("plain.idx", &[]);
    assert_eq!(drawn("whole.idx", &["--truncation", "1"]), plain);
    assert_ne!(drawn("half.idx", &["--truncation", "0.5"]), plain);
    // The exported generator has the mean style, too.
    let (file, half) = (folder.path("generator.safetensors"), folder.path("same.idx"));
    done(&["export", &run, "--bits", "32", "--out", &file]);
    done(&["sample", &file, "--count", "4", "--truncation", "0.5", "--out", &half]);
    assert_eq!(
        std::fs::read(&half).expect("the file"),
        drawn("half.idx", &["--truncation", "0.5"])
    );
    let told = refused(&["sample", &run, "--truncation", "9"], 2);
    assert!(told.contains("-2 to 2"), "{told}");
    let other =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained/mnist-conditional.safetensors");
    let told = refused(&["sample", other, "--truncation", "0.5", "--out", &half], 1);
    assert!(told.contains("with a style"), "{told}");
}

#[test]
fn a_run_is_pruned_and_trained_on() {
    let folder = Folder::new("pruned");
    let (run, out) = (folder.path("run.safetensors"), folder.path("pruned.safetensors"));
    let patch = r#"{"data": {"source": "drawn_digits"}, "batch_size": 4}"#;
    done(&["train", "mnist-dcgan-small", "--patch", patch, "--steps", "2", "--out", &run]);
    let pruned = ["prune", &run, "--keep", "0.5", "--steps", "2", "--out", &out, "--json"];
    let report: Value = serde_json::from_slice(&done(&pruned).stdout).expect("JSON");
    let count = |name: &str| report[name].as_u64().expect("a count");
    assert!(count("parameters") < count("parameters_before") * 2 / 3, "{report}");
    assert_eq!(report["step"], 2);
    // The file is a run's, whose generator has that many numbers.
    let export = folder.path("generator.safetensors");
    done(&["export", &out, "--bits", "32", "--out", &export]);
    let bytes = std::fs::metadata(&export).expect("the file").len();
    let numbers = 4 * count("parameters");
    assert!((numbers..numbers + 8_000).contains(&bytes), "{bytes} bytes, {numbers} of numbers");
    for keep in ["0", "1.5", "much"] {
        assert!(
            refused(&["prune", &run, "--keep", keep], 2).contains("above 0, up to 1"),
            "{keep}"
        );
    }
}
