//! Programs that continue from a checkpoint draw the run's samples and make the run's steps. Python
//! with PyTorch runs them; `cargo xtask test --python` runs these tests.

use std::process::Command;

use gan_core::{Classifier, Inputs, Snapshot, Trainer};
use gan_data::add_pictures;
use gan_protocol::{LayerSpec, OptimizerMethod, PenaltySpec, RealBatch, RunSpec, Shape};
use gan_random::{Purpose, standard_normal, stream};
use pollster::block_on;
use running::{
    Case, Folder, assert_none_fails, labels, noise, with_steps, write_classifier, write_mnist,
};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use support::specs;

#[path = "../../gan-code/tests/support/running.rs"]
mod running;
#[path = "../../gan-code/tests/support/mod.rs"]
mod support;

/// Steps before the checkpoint and after it.
const BEFORE: u64 = 3;
const BEHIND: u64 = 2;
/// Number and seed of the samples.
const COUNT: usize = 12;
const SEED: u64 = 5;

/// The output of the command.
fn gan(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gan")).args(arguments).output();
    let output = output.expect("the command runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// Reals of discriminator step `index`, with arbitrary content.
fn reals(spec: &RunSpec, index: u64) -> RealBatch {
    let count = spec.batch_size * spec.packing;
    let shape = match spec.data.shape() {
        Shape::Flat { size } => [1, 1, size],
        Shape::Image { channels, height, width } => [channels, height, width],
    };
    let size = shape.iter().product::<usize>();
    let skipped = 7 * index as usize % 5;
    let bytes = noise(count + skipped, shape);
    let values = bytes[skipped * size..].iter().map(|byte| f32::from(*byte) / 127.5 - 1.0);
    let classes = spec.labels.map_or(0, |labels| labels.classes());
    let told = if classes == 0 { 0 } else { count };
    let of_classes = |count: usize, classes: usize| {
        let classes = classes.max(1) as u16;
        labels(count).iter().map(|label| u16::from(*label) % classes).collect()
    };
    let labels = of_classes(told, classes);
    let mut batch = RealBatch { values: values.collect(), labels, ..RealBatch::default() };
    batch.labelled = spec.semi_supervised.map(|it| {
        let (values, labels) = (batch.values.clone(), of_classes(count, it.classes));
        Box::new(RealBatch { values, labels, ..RealBatch::default() })
    });
    if let Some(condition) = spec.condition {
        add_pictures(&mut batch, condition.picture, spec.data.shape(), [spec.seed, index]);
    }
    if spec.translation.is_some() {
        // Any other images serve as the second set.
        batch.pictures = batch.values.iter().rev().copied().collect();
    }
    batch
}

/// `spec` without noise in its nets, which PyTorch would draw differently, and without PyTorch's
/// seed.
fn without_noise(mut spec: RunSpec) -> RunSpec {
    fn silenced(layers: &mut [LayerSpec]) {
        for layer in layers {
            match layer {
                LayerSpec::Noise { sd } => *sd = 0.0,
                LayerSpec::Dropout { rate } => *rate = 0.0,
                LayerSpec::ModulatedConv { noise, .. } => *noise = false,
                LayerSpec::StyledConstant { mixing, .. } => *mixing = 0.0,
                LayerSpec::Residual { layers, shortcut } => {
                    silenced(layers);
                    silenced(shortcut);
                }
                LayerSpec::Skip { layers } => silenced(layers),
                _ => {}
            }
        }
    }
    silenced(&mut spec.generator.layers);
    silenced(&mut spec.discriminator.layers);
    if let Some(encoder) = &mut spec.encoder {
        silenced(&mut encoder.net.layers);
    }
    spec.validate().expect("less noise is allowed");
    spec
}

/// A run of `spec` after its first steps.
fn trained(spec: &RunSpec) -> Trainer {
    let classifier = spec.needs_classifier().then(|| {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web/pretrained/digit-classifier.safetensors"
        );
        let bytes = std::fs::read(path).expect("the project's own file");
        Classifier::from_safetensors(&bytes, &gan_core::cpu()).expect("the classifier")
    });
    let trainer = Trainer::new(spec, &gan_core::cpu()).expect("a valid run");
    let mut trainer = trainer.with_classifier(classifier);
    for _ in 0..BEFORE {
        let _ = trainer.step(|index| reals(spec, index));
    }
    trainer
}

fn snapshot(trainer: &Trainer) -> Snapshot {
    block_on(trainer.snapshot()).expect("the processor does not fail")
}

/// Runs whose program reads no files of the user.
fn runs() -> impl Iterator<Item = (String, RunSpec)> {
    specs()
        .into_iter()
        .filter(|(_, spec)| !spec.data.source.is_users_files())
        .map(|(name, spec)| (name, without_noise(spec)))
}

/// The program that the command prints for `checkpoint`, with this number of steps.
fn going_on(checkpoint: &str, steps: u64) -> String {
    with_steps(&gan(&["code", "--weights", checkpoint]), steps as usize)
}

/// The tensors of a file of samples, as JSON.
fn samples(path: &str) -> Vec<f32> {
    let bytes = std::fs::read(path).expect("written");
    let file = SafeTensors::deserialize(&bytes).expect("a file of samples");
    let view = file.tensor("samples").expect("samples");
    let numbers = view.data().chunks_exact(4);
    numbers.map(|bytes| f32::from_le_bytes(bytes.try_into().expect("four bytes"))).collect()
}

const SAMPLES_AGREE: &str = r#"
import json

with open(sys.argv[0] + ".json") as file:
    given = json.load(file)
def assert_alike(net, samples, told, expected):
    told = [torch.tensor(numbers) for numbers in told if numbers]
    if "follow" in globals():
        follow(net)
    net.eval()
    with torch.no_grad():
        found = net(samples, *told).flatten()
    expected = torch.tensor(expected)
    difference = (found - expected).abs().max() / expected.abs().max().clamp(min=1)
    assert difference < 2e-5, difference
generator = average if "average" in globals() else G
told = [given["labels"], given["generators"]]
assert_alike(generator, torch.tensor(given["latents"]), told, given["samples"])
reals = torch.tensor(given["reals"]).reshape(given["judged"])
told = [given["real_labels"]] if given["is_told"] else []
if "Latent" in globals():
    # A discriminator of pairs sees the latents that the encoder finds.
    if "follow" in globals():
        follow(E)
    E.eval()
    with torch.no_grad():
        told = [E(reals)[:, : given["latent_size"]].tolist()]
assert_alike(D, reals, told, given["verdicts"])
"#;

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn a_program_with_a_runs_weights_draws_what_gan_sample_draws() {
    let folder = Folder::new("weights");
    write_mnist(&folder, 20);
    write_classifier(&folder);
    let mut cases = Vec::new();
    // Generators that are given pictures have no samples without them.
    for (name, spec) in runs().filter(|(_, spec)| spec.picture().is_none()) {
        let trainer = trained(&spec);
        let file = format!("{name}.safetensors");
        let checkpoint = folder.write(&file, &snapshot(&trainer).to_bytes());
        let drawn = folder.path("drawn.safetensors");
        let (seed, count) = (SEED.to_string(), COUNT.to_string());
        gan(&["sample", &checkpoint, "--seed", &seed, "--count", &count, "--out", &drawn]);
        let inputs = Inputs::drawn(&spec, Purpose::FreshLatents, SEED, COUNT);
        let latents: Vec<&[f32]> = inputs.values.chunks(inputs.values.len() / COUNT).collect();
        let batch = reals(&spec, 0);
        let mut judged = vec![spec.batch_size];
        match spec.discriminator_input() {
            Shape::Flat { size } => judged.push(size),
            Shape::Image { channels, height, width } => judged.extend([channels, height, width]),
        }
        let given = json!({
            "latents": latents,
            "latent_size": spec.latent.size,
            "labels": inputs.labels,
            "generators": inputs.generators,
            "samples": samples(&drawn),
            "reals": batch.values,
            "judged": judged,
            "real_labels": batch.labels.iter().step_by(spec.packing).collect::<Vec<_>>(),
            "is_told": matches!(spec.labels, Some(gan_protocol::LabelSpec::Conditional { .. })),
            "verdicts": block_on(trainer.verdicts(&batch)).expect("the processor does not fail"),
        });
        folder.write(&format!("{name}.py.json"), given.to_string().as_bytes());
        let text = "import sys\n".to_owned() + &going_on(&checkpoint, 0) + SAMPLES_AGREE;
        cases.push(Case { name, text, arguments: Vec::new() });
    }
    assert!(cases.len() > 70, "{} runs", cases.len());
    assert_none_fails(&folder, &cases);
}

/// Whether a step of `spec` draws only reals, latents, codes and numbers of generators.
fn draws_inputs_alone(spec: &RunSpec) -> bool {
    let draws = |penalty: &PenaltySpec| match penalty {
        PenaltySpec::GradientPenalty { .. } | PenaltySpec::Dragan { .. } => true,
        PenaltySpec::R1 { .. } | PenaltySpec::R2 { .. } => false,
    };
    spec.instance_noise.is_none()
        && spec.diff_augment.is_none()
        && !spec.penalties.iter().any(draws)
}

/// Whether each pass of the program's generator changes its state, whereas in the run only one of them
/// does; the program has a comment on that.
fn passes_count_otherwise(spec: &RunSpec) -> bool {
    let moves: fn(&LayerSpec) -> bool =
        |layer| matches!(layer, LayerSpec::BatchNorm { .. } | LayerSpec::StyledConstant { .. });
    fn any(layers: &[LayerSpec], moves: fn(&LayerSpec) -> bool) -> bool {
        let inside =
            |layer: &LayerSpec| layer.inside().iter().any(|(_, layers)| any(layers, moves));
        layers.iter().any(|layer| moves(layer) || inside(layer))
    }
    let (net, is_translation) = (&spec.generator, spec.translation.is_some());
    let normalises = any(&net.layers, moves);
    // A VAE-GAN's generator makes another pass for its encoder, and so does one with a cycle.
    let makes_again =
        spec.encoder.as_ref().is_some_and(|it| !spec.judges_pairs() || it.method.cycle() > 0.0);
    let encoder = spec.encoder.as_ref().map(|encoder| &encoder.net);
    let encoder_moves = encoder.is_some_and(|it| it.spectral_norm || any(&it.layers, moves));
    spec.discriminator_steps > 1 && (net.spectral_norm || normalises || encoder_moves)
        || (is_translation || makes_again) && normalises
}

/// The inputs of the steps after `trainer`'s checkpoint: a batch for each step of the
/// discriminator.
fn passes(trainer: &Trainer) -> Vec<Value> {
    let spec = trainer.spec();
    let mut index = trainer.next_batch();
    let mut passes = Vec::new();
    for step in trainer.generator_steps()..trainer.generator_steps() + BEHIND {
        for further in (0..spec.discriminator_steps).rev() {
            let (purpose, of) = match further {
                0 => (Purpose::GeneratorLatents, step),
                _ => (Purpose::DiscriminatorLatents, index),
            };
            let count = spec.batch_size * spec.packing;
            let inputs = Inputs::drawn(spec, purpose, of, count);
            let latents: Vec<&[f32]> =
                inputs.values.chunks((inputs.values.len() / count).max(1)).collect();
            let RealBatch { values, labels, pictures, labelled } = reals(spec, index);
            let labelled = labelled.unwrap_or_default();
            let number = if further == 0 { 2 * step + 1 } else { 2 * index };
            let posterior = standard_normal(
                &mut stream(spec.seed, Purpose::Posterior, number),
                count * spec.latent.size,
            );
            let posterior: Vec<&[f32]> = posterior.chunks(spec.latent.size.max(1)).collect();
            passes.push(json!({
                "posterior": posterior,
                "reals": values, "y": labels, "z": latents, "k": inputs.generators,
                "given": pictures,
                "labelled": labelled.values, "classes": labelled.labels,
            }));
            index += 1;
        }
    }
    passes
}

/// Inserted before the steps.
const IN_DOUBLES: &str = r#"passes = iter(given["passes"])
torch.set_default_dtype(torch.float64)
for net in ["G", "D", "E", "average", "average_e", "G_back", "D_back", "average_back"]:
    if net in globals():
        globals()[net].double()"#;

/// `text` to the end of its steps, with its random draws replaced by the run's.
fn with_the_runs_draws(text: &str, spec: &RunSpec) -> String {
    let sample = match spec.data.shape() {
        Shape::Flat { size } => size.to_string(),
        Shape::Image { channels, height, width } => format!("{channels}, {height}, {width}"),
    };
    let mut replaced = 0;
    let mut lines = Vec::new();
    let mut is_loop = false;
    for line in text.lines() {
        if line.starts_with("for step in") {
            is_loop = true;
            lines.push(IN_DOUBLES.to_owned());
        } else if is_loop && !line.starts_with(' ') && !line.is_empty() {
            break;
        }
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        if code.ends_with("* torch.randn_like(mean)") {
            // What a Gaussian encoder leaves to chance.
            lines.push(line.replace("torch.randn_like(mean)", "torch.tensor(now[\"posterior\"])"));
            continue;
        }
        let drawn = |names: &str| code.starts_with(names) && is_loop;
        let is_draw = !code.contains("as_grown(");
        if is_draw && (drawn("reals = ") || drawn("reals, y = ")) {
            replaced += 1;
            lines.push(format!("{indent}now = next(passes)"));
            lines.push(format!(
                "{indent}reals = torch.tensor(now[\"reals\"]).reshape(-1, {sample})"
            ));
            lines.push(format!("{indent}y = torch.tensor(now[\"y\"], dtype=torch.long)"));
        } else if let (true, Some(Shape::Image { channels, height, width })) =
            (drawn("given = "), spec.picture())
        {
            lines.push(format!(
                "{indent}given = torch.tensor(now[\"given\"]).reshape(-1, {channels}, {height}, {width})"
            ));
        } else if drawn("labelled, y = ") {
            lines.push(format!(
                "{indent}labelled = torch.tensor(now[\"labelled\"]).reshape(-1, {sample})"
            ));
            lines.push(format!("{indent}y = torch.tensor(now[\"classes\"], dtype=torch.long)"));
        } else if drawn("z = ") || drawn("k = ") {
            replaced += 1;
            lines.push(format!("{indent}{0} = torch.tensor(now[\"{0}\"])", &code[..1]));
        } else {
            lines.push(line.to_owned());
        }
    }
    assert!(replaced >= 1, "{text}");
    lines.join("\n") + "\n"
}

/// The file's numbers as doubles, so that only the run's own rounding remains.
const GIVEN: &str = r#"import json
import sys

import safetensors.torch
import torch

with open(sys.argv[0] + ".json") as file:
    given = json.load(file)
def load_file(*arguments):
    return {name: value.double() for name, value in safetensors.torch.load_file(*arguments).items()}
"#;

/// The changes of each net in the run and in the program are compared by their norms: Adam
/// amplifies single gradients that are only rounding errors, such as that of a relativistic
/// verdict's bias.
const STEPS_AGREE: &str = r#"
parts = {"generator": G, "discriminator": D}
if "average" in globals():
    parts["average"] = average
trained = [(g_optimizer, G, "generator"), (d_optimizer, D, "discriminator")]
if "E" in globals():
    parts["encoder"] = E
    trained.append((e_optimizer, E, "encoder"))
if "average_e" in globals():
    parts["encoder_average"] = average_e
if "G_back" in globals():
    parts |= {"way_back.generator": G_back, "way_back.discriminator": D_back}
    trained.append((g_back_optimizer, G_back, "way_back.generator"))
    trained.append((d_back_optimizer, D_back, "way_back.discriminator"))
if "average_back" in globals():
    parts["way_back.average"] = average_back
before = {part: numbers(part) for part in parts}
run = load_file(sys.argv[0] + ".after.safetensors")
def norm(tensors):
    return torch.cat([tensor.flatten() for tensor in tensors]).norm()
for part, net in parts.items():
    state, after = net.state_dict(), numbers(part)
    change = norm([after[name] - before[part][name] for name in after])
    error = norm([after[name] - state[name] for name in after])
    assert change > 0 and error <= 0.02 * change, (part, error / change)
for optimizer, net, part in trained:
    kept = dict(net.named_parameters())
    keys = {"exp_avg": "first", "momentum_buffer": "first", "exp_avg_sq": "second", "square_avg": "second"}
    for key, moment in keys.items():
        if any(key in optimizer.state[parameter] for parameter in kept.values()):
            after = numbers(f"{part}.optimizer.{moment}")
            found = {
                name: optimizer.state[parameter].get(key, torch.zeros_like(parameter))
                for name, parameter in kept.items()
            }
            error = norm([after[name] - found[name] for name in after]) / norm(after.values())
            assert error <= 0.02, (part, key, error)
"#;

#[test]
#[ignore = "needs PyTorch: cargo xtask test --python"]
fn a_program_that_goes_on_makes_the_runs_steps() {
    let folder = Folder::new("going-on");
    write_mnist(&folder, 20);
    write_classifier(&folder);
    let mut cases = Vec::new();
    for (name, mut spec) in runs().filter(|(_, spec)| draws_inputs_alone(spec)) {
        if passes_count_otherwise(&spec) {
            continue;
        }
        if name == "layers_of_vectors" {
            // Its saturated tanh leaves gradients that are rounding errors, which Adam would
            // amplify to steps.
            let plain = OptimizerMethod::Sgd { momentum: 0.5, nesterov: false };
            spec.generator_optimizer.method = plain;
            spec.discriminator_optimizer.method = plain;
        }
        let mut trainer = trained(&spec);
        let file = format!("{name}.safetensors");
        let checkpoint = folder.write(&file, &snapshot(&trainer).to_bytes());
        let given = json!({"passes": passes(&trainer)});
        folder.write(&format!("{name}.py.json"), given.to_string().as_bytes());
        for _ in 0..BEHIND {
            let _ = trainer.step(|index| reals(&spec, index));
        }
        let after = snapshot(&trainer).to_bytes();
        folder.write(&format!("{name}.py.after.safetensors"), &after);
        let text = with_the_runs_draws(&going_on(&checkpoint, BEHIND), &spec);
        let text = text.replace("from safetensors.torch import load_file\n", "");
        let text = GIVEN.to_owned() + &text + STEPS_AGREE;
        cases.push(Case { name, text, arguments: Vec::new() });
    }
    assert!(cases.len() > 50, "{} runs", cases.len());
    assert_none_fails(&folder, &cases);
}
