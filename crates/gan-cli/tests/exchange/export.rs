//! Generators in other frameworks' forms, by the command.

use std::path::Path;

use crate::support::{Folder, done, refused};

/// A generator's file of an imported net.
fn generator(folder: &Folder) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import");
    let (file, out) = (fixtures.join("tutorial.keras"), folder.path("own.safetensors"));
    done(&["import", file.to_str().expect("UTF-8"), "--bits", "32", "--out", &out]);
    out
}

#[test]
fn a_generator_goes_out_and_comes_back_the_same() {
    let folder = Folder::new("exported");
    let own = generator(&folder);
    let samples = |file: &str, name: &str| {
        let out = folder.path(name);
        done(&["sample", file, "--count", "6", "--out", &out]);
        std::fs::read(out).expect("written")
    };
    let wanted = samples(&own, "own.idx");
    for (format, files) in [
        ("onnx", &["g.onnx"][..]),
        ("keras", &["g.keras"]),
        ("tfjs", &["model.json", "group1-shard1of1.bin"]),
    ] {
        let paths: Vec<String> = files.iter().map(|name| folder.path(name)).collect();
        let back = folder.path("back.safetensors");
        done(&["export", &own, "--format", format, "--out", &paths[0]]);
        let mut asked = vec!["import", "--bits", "32", "--out", &back];
        asked.extend(paths.iter().map(String::as_str));
        done(&asked);
        let made = samples(&back, "back.idx");
        assert_eq!(made.len(), wanted.len());
        // Bytes of pixels: sums in another order may move one by a step.
        let apart = made.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(apart <= Some(1), "{format}: {apart:?}");
    }
    let program = folder.path("generator.py");
    done(&["export", &own, "--format", "pytorch", "--out", &program]);
    let text = std::fs::read_to_string(&program).expect("written");
    assert!(
        text.contains("load_file(\"generator.safetensors\")") && text.contains("def sample(z):"),
        "{text}"
    );
    assert!(Path::new(&folder.path("generator.safetensors")).exists());
}

#[test]
fn what_a_framework_lacks_is_said() {
    let folder = Folder::new("unexported");
    let own = generator(&folder);
    let told = refused(&["export", &own, "--format", "onnx", "--bits", "8"], 1);
    assert!(told.contains("--bits goes with --format safetensors"), "{told}");
    let told = refused(&["export", &own, "--format", "coreml"], 2);
    assert!(told.contains("[possible values: safetensors, onnx, pytorch, keras, tfjs]"), "{told}");
}
