//! Latents by the command: directions, and images that are found in a generator.

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
