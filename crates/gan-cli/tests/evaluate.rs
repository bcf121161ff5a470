//! `gan evaluate`, run as a command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gan_data::DrawnDigits;
use gan_random::{Purpose, standard_normal, stream};
use serde_json::Value;

/// A folder for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gan-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// An IDX file of `count` drawn digits from number `first` on, of the labels for which `wanted`
    /// holds.
    fn digits(&self, name: &str, first: u64, count: usize, wanted: fn(u8) -> bool) -> PathBuf {
        let drawn = (first..).map(|index| DrawnDigits { seed: 5 }.sample(index));
        let chosen = drawn.filter(|(label, _)| wanted(*label)).take(count);
        let pixels: Vec<u8> = chosen.flat_map(|(_, pixels)| pixels).collect();
        self.idx(name, [count, 28, 28], &pixels)
    }

    fn idx(&self, name: &str, sides: [usize; 3], pixels: &[u8]) -> PathBuf {
        let mut bytes = vec![0, 0, 8, 3];
        sides.iter().for_each(|side| bytes.extend((*side as u32).to_be_bytes()));
        bytes.extend(pixels);
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn evaluate(real: &Path, fake: &Path, more: &[&str]) -> Output {
    let mut gan = Command::new(env!("CARGO_BIN_EXE_gan"));
    gan.arg("evaluate").arg("--real").arg(real).arg("--fake").arg(fake).args(more);
    gan.output().expect("the command runs")
}

fn report(real: &Path, fake: &Path, more: &[&str]) -> Value {
    let output = evaluate(real, fake, &[more, &["--json"]].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn value(report: &Value, score: &str, what: &str) -> f64 {
    report["scores"][score][what].as_f64().unwrap_or_else(|| panic!("{score}.{what}: {report}"))
}

#[test]
fn digits_are_scored_by_what_the_classifier_sees() {
    let folder = Folder::new("scored");
    let real = folder.digits("real.idx", 0, 200, |_| true);
    let like = folder.digits("like.idx", 10_000, 100, |_| true);
    let sevens = folder.digits("sevens.idx", 20_000, 100, |label| label == 7);
    let like = report(&real, &like, &["--features", "classifier"]);
    let sevens = report(&real, &sevens, &["--features", "classifier"]);
    assert_eq!((&like["real_count"], &like["fake_count"]), (&200.into(), &100.into()));
    for found in [&like, &sevens] {
        for score in ["frechet_distance", "precision", "coverage", "mean_confidence"] {
            assert!(value(found, score, "floor").is_finite());
        }
        let shares = found["class_shares"]["fake"].as_array().expect("a list");
        assert_eq!(shares.len(), 10);
        let sum: f64 = shares.iter().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
    // The classifier was not trained on drawn digits, but reads most of them.
    let share = |found: &Value| found["class_shares"]["fake"][7].as_f64().expect("a share");
    assert!(share(&sevens) > 0.6 && share(&like) < 0.25, "{sevens} {like}");
    for (score, factor) in [("frechet_distance", 3.0), ("class_kl", 5.0)] {
        let (one, other) = (value(&like, score, "value"), value(&sevens, score, "value"));
        assert!(other > factor * one, "{score}: {one} {other}");
    }
    let score = |found| value(found, "classifier_score", "value");
    assert!(score(&like) > 5.0 && score(&sevens) < 4.0, "{like} {sevens}");
    let (found, floor) =
        (value(&like, "frechet_distance", "value"), value(&like, "frechet_distance", "floor"));
    assert!(found < 2.0 * floor, "{found} for a floor of {floor}");
}

/// A table of `count` points drawn from a normal distribution; different for each `seed`.
fn points(folder: &Folder, name: &str, seed: u64, count: usize) -> PathBuf {
    let numbers = standard_normal(&mut stream(seed, Purpose::DataSample, 0), 2 * count);
    let rows = numbers.chunks_exact(2).map(|row| format!("{},{}\n", row[0], row[1]));
    let path = folder.0.join(name);
    std::fs::write(&path, rows.collect::<String>()).expect("written");
    path
}

#[test]
fn reals_in_the_place_of_fakes_score_like_their_floor() {
    let folder = Folder::new("like-floor");
    let real = points(&folder, "real.csv", 1, 10_000);
    let other = points(&folder, "other.csv", 2, 1_000);
    let found = report(&real, &other, &[]);
    for (score, counts) in [
        ("frechet_distance", [9_000, 1_000]),
        ("kernel_distance", [9_000, 1_000]),
        ("grid_kl", [9_000, 1_000]),
        ("precision", [1_000, 1_000]),
        ("recall", [1_000, 1_000]),
        ("density", [1_000, 1_000]),
        ("coverage", [1_000, 1_000]),
    ] {
        let told = &found["scores"][score];
        assert_eq!(told["counts"], serde_json::json!(counts), "{score}");
        assert_eq!(told["floor_counts"], told["counts"], "{score}");
        assert!(told.get("value_at_floor_counts").is_none(), "{score}");
    }
    // Shares of 1,000 that are 0.97 scatter by 0.0054, their differences by 0.0077; shares of
    // neighbours a little more. Density scatters by 0.03. Against all 10,000 reals coverage would be
    // 0.38.
    for (score, allowed) in
        [("precision", 0.05), ("recall", 0.05), ("density", 0.15), ("coverage", 0.05)]
    {
        let apart = value(&found, score, "value") - value(&found, score, "floor");
        assert!(apart.abs() < allowed, "{score}: {apart}");
    }
    assert!((value(&found, "coverage", "expected") - 0.969).abs() < 1e-3, "{found}");
    assert!((value(&found, "coverage", "value") - 0.969).abs() < 0.03, "{found}");
    assert_eq!(value(&found, "density", "expected"), 1.0);
    // Means of 1,000 scatter by 0.03 each way, standard deviations by 0.02.
    for what in ["value", "floor"] {
        assert!(value(&found, "frechet_distance", what) < 0.02, "{found}");
        assert!(value(&found, "grid_js", what) < 0.2, "{found}");
    }
}

#[test]
fn a_set_against_itself_is_at_no_distance() {
    let folder = Folder::new("itself");
    let set = points(&folder, "set.csv", 3, 300);
    let found = report(&set, &set, &[]);
    assert!(value(&found, "frechet_distance", "value") < 1e-9, "{found}");
    for score in ["precision", "recall", "coverage"] {
        assert_eq!(value(&found, score, "value"), 1.0, "{score}");
    }
    // 600 reals for a floor of 300 against 300 are missing; the fakes' score for the floor's counts
    // is printed beside it.
    for score in ["frechet_distance", "coverage"] {
        assert_eq!(found["scores"][score]["counts"], serde_json::json!([300, 300]));
        assert_eq!(found["scores"][score]["floor_counts"], serde_json::json!([150, 150]));
        assert!(value(&found, score, "value_at_floor_counts").is_finite());
        assert!(value(&found, score, "floor").is_finite());
    }
    let output = evaluate(&set, &set, &[]);
    let text = String::from_utf8(output.stdout).expect("text");
    for expected in ["at floor", "floor: 150 reals against 150 others", "300:300, floor 150:150"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn of_more_fakes_than_reals_as_many_are_compared_by_neighbours() {
    let folder = Folder::new("more-fakes");
    let real = points(&folder, "real.csv", 4, 400);
    let fake = points(&folder, "fake.csv", 5, 4_000);
    let found = report(&real, &fake, &[]);
    assert_eq!(found["scores"]["coverage"]["counts"], serde_json::json!([400, 400]));
    assert_eq!(found["scores"]["frechet_distance"]["counts"], serde_json::json!([400, 4_000]));
    // All 4,000 would cover every real: 1 - (399 / 4,399)^5.
    assert!((value(&found, "coverage", "value") - 0.969).abs() < 0.05, "{found}");
    let few = points(&folder, "few.csv", 6, 11);
    let found = report(&few, &fake, &[]);
    assert!(found["scores"]["coverage"]["floor"].is_null(), "{found}");
    let text = String::from_utf8(evaluate(&few, &fake, &[]).stdout).expect("text");
    assert!(text.contains("no floor: it takes 12 reals"), "{text}");
}

#[test]
fn copies_of_any_training_sample_are_found() {
    let folder = Folder::new("late-copies");
    // Fewer held-out samples than training ones: the last training samples are compared, too.
    let training = folder.digits("training.idx", 0, 90, |_| true);
    let held_out = folder.digits("held-out.idx", 1_000, 30, |_| true);
    let copies = folder.digits("copies.idx", 70, 20, |_| true);
    let training = training.to_str().expect("a plain name");
    let found = report(&held_out, &copies, &["--training", training]);
    assert_eq!(value(&found, "exact_copies", "value"), 1.0, "{found}");
    assert_eq!(value(&found, "exact_copies", "floor"), 0.0, "{found}");
}

#[test]
fn without_the_classifier_samples_are_compared_as_they_are() {
    let folder = Folder::new("raw");
    let (real, fake) = (folder.0.join("real.csv"), folder.0.join("fake.csv"));
    let line = |i: usize, shift: f64| {
        let turn = i as f64;
        format!("{},{}\n", turn.sin() + shift, (1.7 * turn).cos())
    };
    std::fs::write(&real, (0..60).map(|i| line(i, 0.0)).collect::<String>()).expect("written");
    std::fs::write(&fake, (90..120).map(|i| line(i, 3.0)).collect::<String>()).expect("written");
    let found = report(&real, &fake, &[]);
    // The means are 3 apart.
    assert!((value(&found, "frechet_distance", "value") - 9.0).abs() < 0.7, "{found}");
    assert!(value(&found, "frechet_distance", "floor") < 0.5, "{found}");
    // No fake is near any real: the divergence is almost the largest possible.
    let js = value(&found, "grid_js", "value");
    assert!(js > 0.4 && js <= std::f64::consts::LN_2, "{found}");
    for score in ["grid_kl", "grid_reverse_kl", "grid_js"] {
        assert!(value(&found, score, "floor") < value(&found, score, "value"), "{found}");
    }
    assert!(found.get("class_shares").is_none() && found["scores"].get("class_kl").is_none());
}

#[test]
fn the_table_names_scores_and_classes() {
    let folder = Folder::new("table");
    let real = folder.digits("real.idx", 0, 40, |_| true);
    let output = evaluate(&real, &real, &["--features", "classifier"]);
    let text = String::from_utf8(output.stdout).expect("text");
    for expected in ["classifier_score", "floor: 20 reals", "classes of the fakes: [0."] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn the_classifier_refuses_what_is_no_digit() {
    let folder = Folder::new("refused");
    let small = folder.idx("small.idx", [20, 14, 14], &[7; 20 * 14 * 14]);
    let output = evaluate(&small, &small, &["--features", "classifier"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("takes images of 1x28x28; these are 1x14x14"), "{told}");
    assert!(evaluate(&small, &small, &[]).status.success());
    let digits = folder.digits("digits.idx", 0, 20, |_| true);
    let told = evaluate(&digits, &small, &["--features", "classifier"]);
    assert!(String::from_utf8_lossy(&told.stderr).contains("differ in shape"), "{told:?}");
}

#[test]
fn copies_are_told_from_new_samples() {
    let folder = Folder::new("memorisation");
    let training = folder.digits("training.idx", 0, 60, |_| true);
    let held_out = folder.digits("held-out.idx", 1_000, 60, |_| true);
    let others = folder.digits("others.idx", 2_000, 60, |_| true);
    let training_file = training.to_str().expect("a plain name");
    let copies = report(&held_out, &training, &["--training", training_file]);
    assert_eq!(value(&copies, "exact_copies", "value"), 1.0);
    assert_eq!(value(&copies, "copy_distance_ratio", "value"), 0.0);
    let fresh = report(&held_out, &others, &["--training", training_file]);
    assert_eq!(value(&fresh, "exact_copies", "value"), 0.0);
    assert!((value(&fresh, "copy_distance_ratio", "value") - 1.0).abs() < 0.2, "{fresh}");
    // Reals that were not trained on, in place of the fakes.
    for found in [&copies, &fresh] {
        assert!((value(found, "copy_distance_ratio", "floor") - 1.0).abs() < 0.2, "{found}");
        assert!((value(found, "closer_than_held_out", "floor") - 0.5).abs() < 0.2, "{found}");
        assert_eq!(value(found, "exact_copies", "floor"), 0.0);
    }
}

#[test]
fn a_discriminator_judges_both_files() {
    let folder = Folder::new("discriminator");
    let checkpoint = folder.0.join("run.safetensors");
    let mut gan = Command::new(env!("CARGO_BIN_EXE_gan"));
    let patch = r#"{"generator_optimizer": {"learning_rate": 1e-6}}"#;
    gan.args(["train", "ring", "--steps", "30", "--patch", patch, "--out"]).arg(&checkpoint);
    assert!(gan.output().expect("the command runs").status.success());
    // Points of the ring, and points that no ring has.
    let points = |name: &str, radius: f32| {
        let row = |place: usize| {
            let angle = (place % 8) as f32 * std::f32::consts::FRAC_PI_4;
            format!("{},{}\n", radius * angle.cos(), radius * angle.sin())
        };
        let path = folder.0.join(name);
        std::fs::write(&path, (0..64).map(row).collect::<String>()).expect("written");
        path
    };
    let (ring, nothing) = (points("ring.csv", 2.0), points("nothing.csv", 0.05));
    let run = checkpoint.to_str().expect("a plain name");
    let told = report(&ring, &nothing, &["--discriminator", run]);
    let area = value(&told, "discrimination_auc", "value");
    assert!(area > 0.9, "{told}");
    let same = report(&ring, &ring, &["--discriminator", run]);
    assert_eq!(value(&same, "discrimination_auc", "value"), 0.5);
    let digits = folder.digits("digits.idx", 0, 20, |_| true);
    let refused = evaluate(&digits, &digits, &["--discriminator", run]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("(1, 28, 28)"), "{refused:?}");
}

#[test]
fn paired_images_are_compared_one_by_one() {
    let folder = Folder::new("pairs");
    // Images of 16 x 16 whose pixels are 0 to 179; the fakes are 51 brighter: 0.4 of the 2 from black
    // to white, 10 log10(4 / 0.16) = 13.98 dB.
    let pixels: Vec<u8> = (0..40 * 256).map(|i| (i * 37 % 180) as u8).collect();
    let brighter: Vec<u8> = pixels.iter().map(|pixel| pixel + 51).collect();
    let real = folder.idx("real.idx", [40, 16, 16], &pixels);
    let fake = folder.idx("fake.idx", [40, 16, 16], &brighter);
    let told = report(&real, &fake, &["--pairs"]);
    assert!((value(&told, "psnr_db", "value") - 13.979).abs() < 0.001, "{told}");
    assert!(value(&told, "ssim", "value") < 0.9, "{told}");
    let same = report(&real, &real, &["--pairs"]);
    assert!((value(&same, "ssim", "value") - 1.0).abs() < 1e-12, "{same}");
    // In another order they are the same set, and far from each other one by one.
    let turned: Vec<u8> = pixels.chunks(256).rev().flatten().copied().collect();
    let other = report(&real, &folder.idx("turned.idx", [40, 16, 16], &turned), &["--pairs"]);
    assert!(value(&other, "psnr_db", "value") < 13.0, "{other}");
    assert!(report(&real, &fake, &[])["scores"]["psnr_db"].is_null());
    let fewer = folder.idx("fewer.idx", [39, 16, 16], &brighter[256..]);
    let output = evaluate(&real, &fewer, &["--pairs"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("40 reals and 39 fakes"), "{error}");
}
