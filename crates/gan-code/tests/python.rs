//! Runs programs in Python with PyTorch, and tests what they do. `cargo xtask test --python` runs
//! these tests, and reports if PyTorch is missing.

use gan_code::pytorch;
use gan_data::{Augmented, ImageSet, RealSamples, ShuffledImages, cifar10, idx};
use gan_protocol::{AugmentationSpec, DataSource, Named as _, RealBatch, RunSpec};
use running::{
    Case, Folder, assert_none_fails, labels, noise, with_steps, write_classifier, write_mnist,
};
use serde_json::{Value, json};
use support::{changed, specs};

#[path = "support/running.rs"]
mod running;
mod support;

/// Small files of the run's source, for the program's command line.
fn write_files(folder: &Folder, spec: &RunSpec) -> Vec<String> {
    const COUNT: usize = 40;
    match spec.data.source {
        DataSource::IdxFiles => {
            let images = idx::written(&[COUNT, 50, 40], &noise(COUNT, [1, 50, 40]));
            let images = folder.write("images.idx", &images);
            vec![images, folder.write("labels.idx", &idx::written(&[COUNT], &labels(COUNT)))]
        }
        DataSource::CifarFiles => {
            let images = noise(COUNT, [3, 32, 32]);
            let records = images.chunks_exact(3_072).zip(labels(COUNT));
            let records = records.flat_map(|(image, label)| [&[label], image].concat());
            vec![folder.write("batch.bin", &records.collect::<Vec<u8>>())]
        }
        _ => Vec::new(),
    }
}

/// Assertions that hold after a step of any program.
const AFTER_A_STEP: &str = r#"
assert d_loss.isfinite() and g_loss.isfinite()
for net in (G, D, average if "average" in globals() else G, E if "E" in globals() else D):
    assert all(parameter.isfinite().all() for parameter in net.parameters())
assert samples.isfinite().all()
import os
assert os.path.getsize("samples.png") > 0
os.remove("samples.png")
if "E" in globals() and os.path.exists("reconstructions.png"):
    assert again.shape == reals.shape and again.isfinite().all()
    os.remove("reconstructions.png")
"#;

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn each_program_makes_a_step_and_a_picture() {
    let folder = Folder::new("steps");
    write_mnist(&folder, 60);
    write_classifier(&folder);
    let cases = specs().into_iter().map(|(name, spec)| Case {
        name,
        text: with_steps(&pytorch(&spec).text, 1) + AFTER_A_STEP,
        arguments: write_files(&folder, &spec),
    });
    let cases: Vec<Case> = cases.collect();
    assert_none_fails(&folder, &cases);
}

/// The losses for given verdicts, with a critic that returns its input as the verdict.
const LOSSES: &str = r#"
D = lambda verdicts: verdicts
reals, fakes = torch.tensor({real}), torch.tensor({fake})
for loss, expected in [(discriminator_loss(reals, fakes), {discriminator}), (generator_loss({judged}), {generator})]:
    assert torch.allclose(loss, torch.tensor(expected), rtol=1e-4, atol=1e-6), (loss, expected)
"#;

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn losses_are_those_that_the_run_is_compared_with() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/reference/objectives.json");
    let fixture = std::fs::read_to_string(path).expect("the fixture is there");
    let fixture: Vec<Value> = serde_json::from_str(&fixture).expect("a list of cases");
    assert!(!fixture.is_empty());
    let cases = fixture.iter().enumerate().map(|(number, case)| {
        let patch = json!({
            "objective": case["objective"],
            "label_smoothing": case["smoothing"][0],
            "fake_label_smoothing": case["smoothing"][1],
            "penalties": null,
        });
        let spec = changed("ring", &patch);
        let judged = if spec.objective.is_relativistic() { "reals, fakes" } else { "fakes" };
        let losses = ["discriminator", "generator"].map(|net| case[net]["loss"][0].to_string());
        let more = LOSSES
            .replace("{real}", &case["real"].to_string())
            .replace("{fake}", &case["fake"].to_string())
            .replace("{discriminator}", &losses[0])
            .replace("{generator}", &losses[1])
            .replace("{judged}", judged);
        let name = format!("{}-{number}", spec.objective.name());
        Case { name, text: reading(&spec, &more), arguments: Vec::new() }
    });
    let folder = Folder::new("losses");
    assert_none_fails(&folder, &cases.collect::<Vec<Case>>());
}

/// A run on images with minimal nets.
fn run_on_images(data: &Value, [channels, height, width]: [usize; 3]) -> RunSpec {
    let mut data = data.clone();
    data["channels"] = channels.into();
    data["height"] = height.into();
    data["width"] = width.into();
    let units = channels * height * width;
    let patch = json!({
        "data": data,
        "batch_size": 4,
        "generator": {"layers": [{"kind": "linear", "units": units}]},
        "discriminator": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 1}]},
    });
    changed("mnist-mlp", &patch)
}

/// `spec`'s program without steps, with `more` appended.
fn reading(spec: &RunSpec, more: &str) -> String {
    with_steps(&pytorch(spec).text, 0) + more
}

/// Images of one grey tone each, in a frame of `tone` that all have.
fn framed(count: usize, [channels, height, width]: [usize; 3], frame: usize, tone: u8) -> Vec<u8> {
    let mut pixels = noise(count, [channels, height, width]);
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (row, column) = (at / width % height, at % width);
        let inside = |place: usize, side: usize| (frame..side - frame).contains(&place);
        if !inside(row, height) || !inside(column, width) {
            *pixel = tone.wrapping_add((at / (width * height) % channels) as u8);
        }
    }
    pixels
}

const SAVED: &str = r#"
with open("{name}.bytes", "wb") as file:
    file.write(images.contiguous().cpu().numpy().tobytes())
"#;

/// A set of images, the run that reads it, its files, and the images that the run gets.
struct Read {
    name: String,
    spec: RunSpec,
    files: Vec<(String, Vec<u8>)>,
    expected: ImageSet,
}

/// The selection and conversion of images in a session: classes, limit, size.
fn as_the_run(spec: &RunSpec, mut images: ImageSet) -> ImageSet {
    let data = &spec.data;
    if !data.classes.is_empty() {
        images = images.subset(&data.classes).expect("there are such classes");
    }
    if let Some(limit) = data.limit {
        images = images.limited(limit as usize).expect("a limit");
    }
    images.fitted(data.channels, data.height, data.width).expect("a shape for images")
}

fn read_idx(
    name: &str,
    data: &Value,
    wanted: [usize; 3],
    shape: [usize; 3],
    pixels: Vec<u8>,
) -> Read {
    let spec = run_on_images(data, wanted);
    let count = pixels.len() / shape.iter().product::<usize>();
    let sides = if shape[0] == 1 { &shape[1..] } else { &shape[..] };
    let images = idx::written(&[&[count], sides].concat(), &pixels);
    let labels = idx::written(&[count], &labels(count));
    let named = |part: &str, bytes| (format!("{name}-{part}"), bytes);
    let files = vec![named("labels", labels), named("images", images)];
    let images = ImageSet::from_idx_files(&files).expect("images");
    let expected = as_the_run(&spec, images);
    Read { name: name.to_owned(), spec, files, expected }
}

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn images_are_chosen_and_fitted_as_the_run_does() {
    let all = json!({"source": "idx_files"});
    let some = json!({"source": "idx_files", "classes": [0, 3, 7], "limit": 5});
    let mut blank_but_one = framed(30, [1, 40, 34], 6, 9);
    blank_but_one[10 * 40 * 34] = 200;
    let mut half = framed(2, [1, 20, 20], 0, 0);
    for (at, pixel) in half.iter_mut().enumerate() {
        *pixel = if at % 400 < 200 { 70 } else { 80 };
    }
    let idx = |name: &str, data, wanted, shape: [usize; 3]| {
        read_idx(name, data, wanted, shape, noise(30, shape))
    };
    let in_frames = |name: &str, data, wanted, shape, frame| {
        read_idx(name, data, wanted, shape, framed(30, shape, frame, 250))
    };
    let mut cases = vec![
        idx("same", &all, [1, 28, 28], [1, 28, 28]),
        idx("half", &all, [1, 25, 25], [1, 50, 50]),
        idx("scaled", &all, [1, 28, 28], [1, 50, 50]),
        idx("nearly", &all, [1, 28, 28], [1, 20, 23]),
        idx("small", &all, [1, 28, 24], [1, 8, 8]),
        idx("wide", &all, [1, 28, 28], [1, 30, 61]),
        idx("narrow", &all, [1, 28, 28], [1, 33, 1]),
        idx("one-side", &all, [1, 28, 40], [1, 40, 28]),
        idx("colour", &all, [3, 20, 21], [3, 32, 30]),
        idx("colour-from-grey", &all, [3, 28, 28], [1, 28, 28]),
        idx("grey-from-colour", &all, [1, 30, 30], [3, 24, 31]),
        in_frames("cut", &all, [1, 28, 28], [1, 40, 34], 6),
        in_frames("cut-unevenly", &all, [1, 28, 27], [1, 33, 34], 3),
        in_frames("cut-and-filled", &all, [1, 28, 45], [1, 33, 34], 3),
        in_frames("cut-grey", &all, [1, 28, 28], [3, 34, 30], 3),
        in_frames("filled", &all, [3, 32, 34], [3, 28, 28], 1),
        in_frames("filled-grey", &all, [1, 32, 34], [3, 28, 28], 1),
        in_frames("cut-too-far", &all, [1, 28, 28], [1, 40, 34], 5),
        read_idx("blank-but-one", &all, [1, 28, 28], [1, 40, 34], blank_but_one.clone()),
        read_idx("blank-of-some", &some, [1, 28, 28], [1, 40, 34], blank_but_one),
        read_idx("half-of-the-border", &all, [1, 26, 26], [1, 20, 20], half),
    ];
    let cifar =
        [[&[3][..], &noise(1, [3, 32, 32])].concat(), [&[5][..], &noise(1, [3, 32, 32])].concat()];
    for (name, wanted) in
        [("cifar", [3, 32, 32]), ("cifar-grey", [1, 32, 32]), ("cifar-less", [3, 20, 24])]
    {
        let spec = run_on_images(&json!({"source": "cifar_files"}), wanted);
        let files = vec![(format!("{name}-batch"), cifar.concat())];
        let expected = as_the_run(&spec, cifar10::read(&files).expect("images"));
        cases.push(Read { name: name.to_owned(), spec, files, expected });
    }
    let folder = Folder::new("fitted");
    let programs = cases.iter().map(|Read { name, spec, files, .. }| Case {
        name: name.clone(),
        text: reading(spec, &SAVED.replace("{name}", name)),
        arguments: files.iter().map(|(name, bytes)| folder.write(name, bytes)).collect(),
    });
    let programs: Vec<Case> = programs.collect();
    assert_none_fails(&folder, &programs);
    for Read { name, expected, .. } in cases {
        let found = std::fs::read(folder.path(&format!("{name}.bytes"))).expect("written");
        assert_eq!(found.len(), expected.pixels().len(), "{name}");
        let differences = found.iter().zip(expected.pixels()).map(|(a, b)| a.abs_diff(*b));
        let (mut off, mut largest) = (0, 0);
        for difference in differences {
            off += usize::from(difference > 0);
            largest = difference.max(largest);
        }
        // Sums halfway between two bytes may be rounded either way.
        assert!(largest <= 1, "{name}: {largest}");
        assert!(1_000 * off <= found.len(), "{name}: {off} of {}", found.len());
    }
}

/// Number of draws: enough to notice a shift that is half as likely as another.
const DRAWS: usize = 20_000;

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn augmentation_is_distributed_as_the_run_has_it() {
    let (shape, folder) = ([1, 9, 12], Folder::new("augmented"));
    let mut pixels = vec![0; 108];
    for (at, value) in [(27, 255), (28, 200), (40, 255), (65, 120), (78, 255)] {
        pixels[at] = value;
    }
    let image = idx::written(&[1, 9, 12], &pixels);
    let kinds = [
        ("flip", json!({"flip": true})),
        ("shift", json!({"shift_px": 2})),
        ("turn", json!({"rotation_degrees": 25})),
        ("scale", json!({"scale": 1.6})),
        ("all", json!({"flip": true, "shift_px": 3, "rotation_degrees": 40, "scale": 1.4})),
    ];
    let moments = format!(
        r#"
import json
shown = torch.cat([augmented(images.expand(1000, -1, -1, -1) / 127.5 - 1) for _ in range({})])
with open(sys.argv[0] + ".json", "w") as file:
    json.dump([shown.mean(0).flatten().tolist(), shown.var(0).flatten().tolist()], file)
"#,
        DRAWS / 1_000
    );
    let (mut programs, mut expected) = (Vec::new(), Vec::new());
    for (name, augmentation) in kinds {
        let spec =
            run_on_images(&json!({"source": "idx_files", "augmentation": augmentation}), shape);
        let arguments = vec![folder.write("image", &image)];
        programs.push(Case { name: name.to_owned(), text: reading(&spec, &moments), arguments });
        expected.push((name, run_moments(spec.data.augmentation.expect("one"), &image)));
    }
    assert_none_fails(&folder, &programs);
    for (name, [means, variances]) in expected {
        let found = std::fs::read(folder.path(&format!("{name}.py.json"))).expect("written");
        let found: [Vec<f64>; 2] = serde_json::from_slice(&found).expect("JSON");
        for (at, mean) in means.iter().enumerate() {
            let error = ((variances[at] + found[1][at]) / DRAWS as f64).sqrt();
            let difference = (mean - found[0][at]).abs();
            assert!(
                difference <= 5.0 * error + 1e-5,
                "{name}, pixel {at}: {difference} for {error}"
            );
        }
    }
}

/// Mean and variance of each pixel, with the run's augmentation of `image`.
fn run_moments(augmentation: AugmentationSpec, image: &[u8]) -> [Vec<f64>; 2] {
    let images = ImageSet::from_idx(("image", image), None).expect("an image");
    let mut samples = Augmented::new(ShuffledImages::new(images), augmentation).expect("allowed");
    let RealBatch { values, .. } = samples.batch(1, 0, DRAWS);
    let size = values.len() / DRAWS;
    let of = |at: usize| values.chunks_exact(size).map(move |image| f64::from(image[at]));
    let mean = |at: usize| of(at).sum::<f64>() / DRAWS as f64;
    let means: Vec<f64> = (0..size).map(mean).collect();
    let variance = |at: usize| of(at).map(|x| (x - means[at]).powi(2)).sum::<f64>() / DRAWS as f64;
    [means.clone(), (0..size).map(variance).collect()]
}

/// Each class as often as its weight requires, and within a class no image again before all were
/// drawn.
const WEIGHTED: &str = r#"
drawn = torch.stack([torch.bincount(epoch(), minlength=len(images)) for _ in range(400)]).cpu()
assert (drawn.sum(1) == 80).all()
counts = torch.zeros(400, 10, dtype=torch.long).index_add_(1, labels.cpu(), drawn)
shares = counts.sum(0) / counts.sum()
expected = torch.tensor([4.0, 0, 1, 1, 1, 0, 1, 1, 0.5, 0.5]) / 10
assert ((shares - expected).abs() < 5 * (expected * (1 - expected) / 32_000).sqrt() + 1e-9).all(), shares
for k in range(10):
    own = drawn[:, labels.cpu() == k]
    assert (own.amax(1) - own.amin(1) <= 1).all(), k
reals = next(real_batches)
assert reals.shape == (4, 1, 28, 28)
"#;

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn classes_are_drawn_by_weight() {
    let folder = Folder::new("weighted");
    let weights = json!([4, 0, 1, 1, 1, 0, 1, 1, 0.5, 0.5]);
    let data = json!({"source": "idx_files", "class_weights": weights});
    let read = read_idx("weighted", &data, [1, 28, 28], [1, 28, 28], noise(100, [1, 28, 28]));
    let arguments = read.files.iter().map(|(name, bytes)| folder.write(name, bytes)).collect();
    let text = reading(&read.spec, WEIGHTED);
    assert_none_fails(&folder, &[Case { name: "weighted".to_owned(), text, arguments }]);
}
