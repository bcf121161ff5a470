//! Generators that were trained elsewhere, by the command.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Folder, done, refused};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import");
    folder.join(name).to_str().expect("a name in UTF-8").to_owned()
}

#[test]
fn a_generator_is_proposed_imported_checked_and_sampled() {
    let folder = Folder::new("imported");
    let (net, out) = (folder.path("net.json"), folder.path("generator.safetensors"));
    let file = fixture("mlp-in-a-checkpoint.pth");
    let proposal = done(&["import", &file]);
    assert!(
        String::from_utf8_lossy(&proposal.stderr).contains("netG is taken, and left out: netD")
    );
    std::fs::write(&net, &proposal.stdout).expect("written");
    let (latents, samples) = (fixture("mlp.latents.npy"), fixture("mlp.samples.npy"));
    let asked = ["import", &file, "--net", &net, "--out", &out];
    let unchecked = done(&asked);
    assert!(String::from_utf8_lossy(&unchecked.stdout).starts_with("not checked"));
    let checked = done(&[&asked[..], &["--check", &latents, &samples]].concat());
    let told = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(told.starts_with("checked on 3 samples") && told.contains("as written"), "{told}");
    done(&["sample", &out, "--count", "4", "--out", &folder.path("sheet.png")]);

    // Another slope is seen by the check, and nothing is written.
    let mut other: Value = serde_json::from_slice(&proposal.stdout).expect("JSON");
    other["generator"]["layers"][1] =
        json!({"kind": "activation", "function": {"name": "leaky_relu", "slope": 0.2}});
    let (wrong, unwritten) = (folder.path("wrong.json"), folder.path("unwritten.safetensors"));
    std::fs::write(&wrong, other.to_string()).expect("written");
    let asked = ["import", &file, "--net", &wrong, "--out", &unwritten];
    let told = refused(&[&asked[..], &["--check", &latents, &samples]].concat(), 1);
    assert!(told.contains("makes other samples"), "{told}");
    assert!(!Path::new(&unwritten).exists());

    // What is no number is no agreement, wherever it stands.
    let mut bytes = std::fs::read(&samples).expect("the fixture");
    let at = bytes.len() - 400;
    bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    let broken = folder.path("broken.npy");
    std::fs::write(&broken, bytes).expect("written");
    let asked = ["import", &file, "--net", &net, "--out", &unwritten];
    let told = refused(&[&asked[..], &["--check", &latents, &broken]].concat(), 1);
    assert!(told.contains("NaN"), "{told}");
}

#[test]
fn a_file_that_describes_its_net_is_imported_and_checked_at_once() {
    let folder = Folder::new("described");
    let out = folder.path("generator.safetensors");
    let check = |case: &str| {
        ["latents", "samples", "classes"].map(|part| fixture(&format!("{case}.{part}.npy")))
    };
    let [latents, samples, classes] = check("conditional");
    let file = fixture("conditional.keras");
    let told = done(&["import", &file, "--out", &out, "--check", &latents, &samples, &classes]);
    assert!(String::from_utf8_lossy(&told.stdout).starts_with("checked on 4 samples"));
    assert!(String::from_utf8_lossy(&told.stderr).contains("N(0, 1): no file tells it"));
    done(&["sample", &out, "--count", "3", "--out", &folder.path("sheet.png")]);

    // Classes are asked for, as one-hot numbers behind the latents or as numbers of their own.
    let told = refused(&["import", &file, "--out", &out, "--check", &latents, &samples], 1);
    assert!(told.contains("is told classes"), "{told}");
    let [latents, samples, _] = check("one-hot");
    let file = fixture("one-hot.keras");
    let asked =
        ["import", &file, "--out", &out, "--latent", "uniform", "--check", &latents, &samples];
    let told = done(&[&asked[..], &["--one-hot", "10"]].concat());
    assert!(String::from_utf8_lossy(&told.stdout).starts_with("checked on 4 samples"));
    assert!(!String::from_utf8_lossy(&told.stderr).contains("N(0, 1)"));

    // A slope that is another one than in the framework: the file's own is taken, so the samples of another net are refused.
    let [latents, samples, classes] = check("conditional-2");
    let file = fixture("conditional.keras");
    let told =
        refused(&["import", &file, "--out", &out, "--check", &latents, &samples, &classes], 1);
    assert!(told.contains("makes other samples"), "{told}");
    let told = refused(&["import", &file, "--net", &fixture("tutorial.json")], 1);
    assert!(told.contains("describes its net itself"), "{told}");

    // Files that belong together, in any order.
    let [latents, samples, classes] = check("many");
    let (net, data) = (fixture("many.onnx"), fixture("many.onnx.data"));
    let told =
        done(&["import", &data, &net, "--out", &out, "--check", &latents, &samples, &classes]);
    assert!(String::from_utf8_lossy(&told.stdout).starts_with("checked on 4 samples"));
}
