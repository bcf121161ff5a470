//! Whole training steps: every number of both nets after two generator steps, and the metrics.
//!
//! Python cannot reproduce the draws of `gan-random`. With `RECORD_REFERENCE=1` the test writes
//! initial weights, latents and reals to a file, from which `tests/reference` computes the rest.
//! Otherwise the test first makes sure that the draws still equal the recorded ones.

use gan_protocol::{Feed, Metrics, RealBatch, RunSpec};
use gan_random::{Purpose, standard_normal, stream};
use pollster::block_on;
use serde_json::{Value, json};

use super::{Comparison, fixture, numbers, path, read, text};
use crate::inputs::Inputs;
use crate::metrics::PendingMetrics;
use crate::net::Net;
use crate::ops::tensor::Tensor;
use crate::trainer::{Trainer, encoding_number};

const STEPS: usize = 2;

fn linear(units: usize) -> Value {
    json!({"kind": "linear", "units": units})
}

fn function(name: &str) -> Value {
    json!({"kind": "activation", "function": {"name": name}})
}

fn uniform(layers: Value) -> Value {
    json!({"initial_weights": {"kind": "kaiming_uniform"}, "layers": layers})
}

/// The runs that are compared. The recorded draws are their only random numbers. No gradient may
/// consist of rounding errors alone, since Adam would make a whole step of it. So no bias is
/// followed by batch normalisation. If the loss takes only differences of verdicts, no bias may
/// shift all verdicts alike: there is none at the end, and none before a piecewise linear function.
fn specs() -> Vec<(&'static str, Value)> {
    let ring = json!({"source": "points",
        "points": {"kind": "ring", "modes": 8, "radius": 1.0, "sd": 0.1}});
    let mlp = |function_name: &str| {
        json!([linear(6), function(function_name), linear(5), function(function_name),
            {"kind": "linear", "units": 1, "bias": false}])
    };
    let paired = json!({
        "seed": 21, "data": ring, "latent": {"size": 2, "distribution": "normal"},
        "generator": uniform(json!([linear(6), function("relu"), linear(2)])),
        "discriminator": uniform(mlp("tanh")),
        "objective": "relativistic_paired",
        "penalties": [{"kind": "r1", "weight": 0.5}, {"kind": "r2", "weight": 0.25}],
        "generator_optimizer": {"learning_rate": 0.01},
        "discriminator_optimizer": {"learning_rate": 0.02,
            "schedule": {"warm_up": 3, "decay": {"kind": "constant"}}},
        "batch_size": 8, "discriminator_steps": 2, "ema": {"decay": 0.9}
    });
    let convolutional = json!({
        "seed": 22, "latent": {"size": 3, "distribution": "uniform"},
        "data": {"source": "idx_files", "channels": 1, "height": 6, "width": 6},
        "generator": uniform(json!([
            {"kind": "linear", "units": 18, "bias": false},
            {"kind": "reshape", "channels": 2, "height": 3, "width": 3},
            {"kind": "batch_norm"}, function("leaky_relu"),
            {"kind": "conv_transpose", "channels": 1, "kernel": 4, "stride": 2, "padding": 1},
            function("tanh")
        ])),
        "discriminator": uniform(json!([
            {"kind": "conv", "channels": 3, "kernel": 3, "stride": 2, "padding": 1},
            {"kind": "layer_norm"}, function("silu"), {"kind": "flatten"}, linear(1)
        ])),
        "objective": "non_saturating", "penalties": [{"kind": "r1", "weight": 2.0}],
        "generator_optimizer": {"learning_rate": 0.005},
        "discriminator_optimizer": {"learning_rate": 0.005, "weight_decay": 0.01,
            "method": {"kind": "adam_w"}},
        "batch_size": 6, "discriminator_steps": 2,
        "label_smoothing": 0.1, "fake_label_smoothing": 0.05, "ema": {"decay": 0.15}
    });
    let clipped = json!({
        "seed": 23, "data": ring, "latent": {"size": 2, "distribution": "normal"},
        "generator": uniform(json!([linear(6), function("tanh"), linear(2)])),
        "discriminator": uniform(mlp("tanh")),
        "objective": "linear", "weight_clip": 0.2, "packing": 2,
        "generator_optimizer": {"learning_rate": 0.01,
            "method": {"kind": "rms_prop", "decay": 0.9}},
        "discriminator_optimizer": {"learning_rate": 0.05,
            "method": {"kind": "sgd", "momentum": 0.5}, "clip_norm": 0.5},
        "batch_size": 4, "discriminator_steps": 3, "unrolled_steps": 2
    });
    let mut critic = uniform(json!([{"kind": "flatten"}, linear(8), function("tanh"), linear(12)]));
    critic["spectral_norm"] = json!(true);
    let told = json!({
        "seed": 24, "latent": {"size": 2, "distribution": "normal"},
        "data": {"source": "idx_files", "channels": 1, "height": 2, "width": 2},
        "generator": uniform(json!([
            {"kind": "label", "classes": 3, "embedding": 2},
            {"kind": "mixture_linear", "units": 6, "generators": 2},
            function("softplus"), linear(4)
        ])),
        "discriminator": critic,
        "objective": "hinge",
        "labels": {"kind": "auxiliary_classifier", "classes": 3, "weight": 0.5},
        "codes": {"categorical": [3], "continuous": 3},
        "mixture": {"generators": 2, "weight": 0.25},
        "generator_optimizer": {"learning_rate": 0.1, "method": {"kind": "sgd"},
            "clip_value": 0.02},
        "discriminator_optimizer": {"learning_rate": 0.02},
        "batch_size": 7, "discriminator_steps": 2
    });
    let restoring = json!({
        "seed": 25, "latent": {"size": 1, "distribution": "normal"},
        "data": {"source": "idx_files", "channels": 1, "height": 8, "width": 8},
        "condition": {"picture": {"kind": "downscaled", "factor": 2}},
        "generator": uniform(json!([
            {"kind": "skip", "layers": [
                {"kind": "conv", "channels": 3, "kernel": 3, "padding": 1}, function("silu")]},
            {"kind": "conv_transpose", "channels": 1, "kernel": 4, "stride": 2, "padding": 1},
            function("tanh")
        ])),
        "discriminator": uniform(json!([
            {"kind": "conv", "channels": 3, "kernel": 4, "stride": 2, "padding": 1},
            function("silu"),
            {"kind": "conv", "channels": 1, "kernel": 3}
        ])),
        "objective": "non_saturating", "penalties": [{"kind": "r1", "weight": 2.0}],
        "terms": [{"kind": "l1", "weight": 3.0}, {"kind": "l2", "weight": 2.0},
            {"kind": "feature_matching", "weight": 0.5, "layer": 1}],
        "adversarial_weight": 0.5, "pretraining_steps": 1,
        "generator_optimizer": {"learning_rate": 0.005},
        "discriminator_optimizer": {"learning_rate": 0.005},
        "batch_size": 5, "ema": {"decay": 0.15}
    });
    let translating = json!({
        "seed": 26, "latent": {"size": 0, "distribution": "normal"},
        "data": {"source": "idx_files", "channels": 1, "height": 4, "width": 4},
        "translation": {"cycle": 3.0, "identity": 0.5,
            "from": {"source": "idx_files", "channels": 1, "height": 4, "width": 4}},
        "generator": uniform(json!([
            {"kind": "conv", "channels": 3, "kernel": 3, "padding": 1}, function("silu"),
            {"kind": "instance_norm"},
            {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}, function("tanh")
        ])),
        "discriminator": uniform(json!([
            {"kind": "flatten"}, linear(5), function("tanh"), linear(1)
        ])),
        "objective": "least_squares", "penalties": [{"kind": "r1", "weight": 0.5}],
        "adversarial_weight": 0.75, "discriminator_steps": 2,
        "generator_optimizer": {"learning_rate": 0.005},
        "discriminator_optimizer": {"learning_rate": 0.01},
        "batch_size": 4, "ema": {"decay": 0.15}
    });
    let encoding = |method: Value, discriminator: Value, outputs: usize| {
        json!({
            "seed": 27, "latent": {"size": 2, "distribution": "normal"},
            "data": {"source": "idx_files", "channels": 1, "height": 4, "width": 4},
            "generator": uniform(json!([
                {"kind": "linear", "units": 6, "bias": false}, {"kind": "batch_norm"},
                function("tanh"), linear(16), function("tanh")
            ])),
            "discriminator": uniform(discriminator),
            "encoder": {"method": method, "net": uniform(json!([
                {"kind": "conv", "channels": 2, "kernel": 4, "stride": 2, "padding": 1,
                    "bias": false},
                {"kind": "batch_norm"}, function("tanh"), {"kind": "flatten"}, linear(outputs)
            ]))},
            "objective": "non_saturating", "penalties": [{"kind": "r1", "weight": 0.5}],
            "adversarial_weight": 0.75, "discriminator_steps": 2, "label_smoothing": 0.1,
            "generator_optimizer": {"learning_rate": 0.005},
            "discriminator_optimizer": {"learning_rate": 0.01},
            "batch_size": 5, "ema": {"decay": 0.15}
        })
    };
    let of_pairs = json!([{"kind": "flatten"}, linear(5), function("tanh"),
        {"kind": "latent", "size": 2}, linear(4), function("tanh"), linear(1)]);
    let of_samples = json!([
        {"kind": "conv", "channels": 3, "kernel": 3, "stride": 2, "padding": 1}, function("tanh"),
        {"kind": "flatten"}, linear(5), function("tanh"), linear(1)]);
    let mut bigan = encoding(json!({"kind": "bigan"}), of_pairs.clone(), 2);
    bigan["objective"] = json!("least_squares");
    let ali = encoding(json!({"kind": "ali", "cycle": 1.5}), of_pairs, 4);
    let method = json!({"kind": "vae_gan", "layer": 1, "reconstruction": 0.5, "prior": 0.25});
    let vae_gan = encoding(method, of_samples, 4);
    let semi_supervised = json!({
        "seed": 28, "latent": {"size": 2, "distribution": "normal"},
        "data": {"source": "idx_files", "channels": 1, "height": 4, "width": 4},
        "generator": uniform(json!([linear(6), function("tanh"), linear(16), function("tanh")])),
        "discriminator": uniform(json!([{"kind": "flatten"}, linear(6), function("tanh"),
            linear(3), {"kind": "log_sum_exp"}])),
        "semi_supervised": {"classes": 3, "labelled": 2, "weight": 0.75},
        "objective": "non_saturating", "penalties": [{"kind": "r1", "weight": 0.5}],
        "terms": [{"kind": "feature_matching", "weight": 0.5, "layer": 2}],
        "adversarial_weight": 0.25, "discriminator_steps": 2, "unrolled_steps": 1,
        "generator_optimizer": {"learning_rate": 0.005},
        "discriminator_optimizer": {"learning_rate": 0.01},
        "batch_size": 5, "ema": {"decay": 0.15}
    });
    let layer = |kind: &str, late: Value, early: Value| json!({"kind": kind, "scale": 2, "layers": late, "early": early});
    let point = |channels: usize| json!({"kind": "conv", "channels": channels, "kernel": 1});
    let pool = json!({"kind": "average_pool", "size": 2});
    let growing = json!({
        "seed": 29, "latent": {"size": 2, "distribution": "normal"},
        "data": {"source": "idx_files", "channels": 1, "height": 4, "width": 4},
        "generator": uniform(json!([linear(8), function("tanh"),
            {"kind": "reshape", "channels": 2, "height": 2, "width": 2},
            layer("grow", json!([{"kind": "upsample", "scale": 2}, point(3), function("tanh"),
                point(1), function("tanh")]), json!([point(1), function("tanh")]))])),
        "discriminator": uniform(json!([
            layer("shrink", json!([{"kind": "conv", "channels": 3, "kernel": 3, "padding": 1},
                function("tanh"), point(2), pool]), json!([point(2), function("tanh")])),
            {"kind": "flatten"}, linear(1)])),
        "growth": {"hold": 1, "fade": 2},
        "objective": "non_saturating", "penalties": [{"kind": "r1", "weight": 0.5}],
        "discriminator_steps": 2,
        "generator_optimizer": {"learning_rate": 0.005},
        "discriminator_optimizer": {"learning_rate": 0.01},
        "batch_size": 5, "ema": {"decay": 0.5}
    });
    vec![
        ("paired", paired),
        ("convolutional", convolutional),
        ("clipped, packed and unrolled", clipped),
        ("told and telling", told),
        ("restoring after a pre-training", restoring),
        ("translating both ways", translating),
        ("encoding by pairs", bigan),
        ("encoding by pairs with a Gaussian", ali),
        ("encoding by features", vae_gan),
        ("told a few classes", semi_supervised),
        ("growing", growing),
    ]
}

fn reals(spec: &RunSpec, index: u64) -> RealBatch {
    let samples = spec.batch_size * spec.packing;
    let size = spec.data.shape().size().expect("small");
    let noise = standard_normal(&mut stream(spec.seed, Purpose::DataSample, index), samples * size);
    // Two decimals keep the fixture short.
    let values = noise.into_iter().map(|x| (x.tanh() * 100.0).round() / 100.0).collect();
    let labels = (0..samples).map(|i| ((i * 5 + index as usize) % 3) as u16).collect();
    // Any numbers serve as pictures here: how they are made of samples is tested in `gan-data`.
    let pictures = spec.picture().map_or_else(Vec::new, |picture| {
        let count = samples * picture.size().expect("small");
        let noise = standard_normal(&mut stream(spec.seed, Purpose::Degradation, index), count);
        noise.into_iter().map(|x| (x.tanh() * 100.0).round() / 100.0).collect()
    });
    let labelled = spec.semi_supervised.map(|_| {
        let mut randomness = stream(spec.seed, Purpose::ChosenSamples, index);
        let noise = standard_normal(&mut randomness, samples * size);
        let values = noise.into_iter().map(|x| (x.tanh() * 100.0).round() / 100.0).collect();
        let labels = (0..samples).map(|i| ((i + index as usize) % 3) as u16).collect();
        Box::new(RealBatch { values, labels, ..RealBatch::default() })
    });
    RealBatch { values, labels, pictures, labelled }
}

/// The shortest decimals that give these numbers in single precision.
fn short(values: &[f32]) -> Value {
    let decimal = |x: &f32| x.to_string().parse::<f64>().expect("a number");
    Value::from(values.iter().map(decimal).collect::<Vec<f64>>())
}

fn start(net: &Net) -> Value {
    let named = |name: &String, dimensions: &[usize], value: Tensor<1>| {
        let values = short(&read(value));
        json!({"name": name, "dimensions": dimensions, "values": values})
    };
    let parameters = net.names.iter().zip(&net.dimensions).zip(net.parameters());
    let buffers = net.buffer_names.iter().zip(&net.buffers);
    json!({
        "parameters": parameters
            .map(|((name, dimensions), value)| named(name, dimensions, value))
            .collect::<Vec<Value>>(),
        "buffers": buffers
            .map(|(name, value)| named(name, &value.dims(), value.clone()))
            .collect::<Vec<Value>>(),
    })
}

/// All draws of the run, in the order of its discriminator steps. The last of these before a
/// generator step shares its fakes with that step.
fn inputs(name: &str, spec: &RunSpec, trainer: &Trainer) -> Value {
    let steps = spec.discriminator_steps;
    let batches = (0..STEPS * steps).map(|index| {
        let count = spec.batch_size * spec.packing;
        let drawn = if (index + 1).is_multiple_of(steps) {
            let step = (index / steps) as u64;
            Inputs::drawn(spec, Purpose::GeneratorLatents, step, count)
        } else {
            Inputs::drawn(spec, Purpose::DiscriminatorLatents, index as u64, count)
        };
        let reals = reals(spec, index as u64);
        let mut batch = json!({
            "latents": short(&drawn.values), "generators": drawn.generators,
            "reals": short(&reals.values), "labels": reals.labels,
        });
        if let Some(encoder) = &spec.encoder
            && encoder.method.is_gaussian()
        {
            let number = match (index + 1).is_multiple_of(steps) {
                true => encoding_number((index / steps) as u64),
                false => 2 * index as u64,
            };
            let mut randomness = stream(spec.seed, Purpose::Posterior, number);
            let noise = standard_normal(&mut randomness, count * spec.latent.size);
            batch["posterior"] = short(&noise);
        }
        if let Some(labelled) = &reals.labelled {
            batch["labelled"] = short(&labelled.values);
            batch["classes"] = json!(labelled.labels);
        }
        if !reals.pictures.is_empty() {
            batch["pictures"] = short(&reals.pictures);
        }
        batch
    });
    let mut first = json!({
        "generator": start(&trainer.generator),
        "discriminator": start(&trainer.discriminator.net),
    });
    if let Some(back) = &trainer.way_back {
        first["way_back"] = json!({
            "generator": start(&back.generator),
            "discriminator": start(&back.discriminator.net),
        });
    }
    if let Some(encoder) = &trainer.encoder {
        first["encoder"] = start(&encoder.net);
    }
    json!({
        "name": name,
        "steps": STEPS,
        "input_size": Feed::from(spec).numbers(),
        "spec": spec.to_value(),
        "start": first,
        "batches": batches.collect::<Vec<Value>>(),
    })
}

/// Every tensor of the run's nets by its name in a checkpoint.
fn tensors(trainer: &Trainer) -> Vec<(String, Vec<f32>)> {
    let mut found = Vec::new();
    let (back, encoder) = (trainer.way_back.as_ref(), trainer.encoder.as_ref());
    let nets = [
        ("generator", Some(&trainer.generator)),
        ("discriminator", Some(&trainer.discriminator.net)),
        ("average", trainer.average.as_ref()),
        ("way_back.generator", back.map(|back| &back.generator)),
        ("way_back.discriminator", back.map(|back| &back.discriminator.net)),
        ("way_back.average", back.and_then(|back| back.average.as_ref())),
        ("encoder", encoder.map(|encoder| &encoder.net)),
        ("encoder_average", encoder.and_then(|encoder| encoder.average.as_ref())),
    ];
    for (prefix, net) in nets.into_iter().filter_map(|(prefix, net)| Some((prefix, net?))) {
        let values = net.parameters().into_iter().chain(net.buffers.iter().cloned());
        for (name, value) in net.names.iter().chain(&net.buffer_names).zip(values) {
            found.push((format!("{prefix}.{name}"), read(value)));
        }
    }
    found
}

fn metrics_close(comparison: &Comparison, what: &str, found: &Metrics, expected: &Value) {
    let named = [
        ("generator_loss", found.generator_loss),
        ("discriminator_loss", found.discriminator_loss),
        ("penalty", found.penalty),
        ("auxiliary", found.auxiliary),
        ("terms", found.terms),
        ("encoder_loss", found.encoder_loss),
    ];
    for (name, value) in named {
        let expected = expected[name].as_f64().expect("a number");
        comparison.close(&format!("{what}, {name}"), &[value as f32], &[expected], 1.0);
    }
}

#[test]
fn training_steps_are_pytorchs() {
    let runs: Vec<(RunSpec, Trainer, Value)> = specs()
        .into_iter()
        .map(|(name, spec)| {
            let spec = RunSpec::from_value(spec).expect("a valid spec");
            let trainer = Trainer::new(&spec, &super::device()).expect("a valid spec");
            // The inputs go through text, as the recorded ones did, because reading may change a
            // number's last bit.
            let inputs = inputs(name, &spec, &trainer).to_string();
            let inputs = serde_json::from_str(&inputs).expect("just written");
            (spec, trainer, inputs)
        })
        .collect();
    if std::env::var_os("RECORD_REFERENCE").is_some() {
        let lines: Vec<String> = runs.iter().map(|(_, _, inputs)| inputs.to_string()).collect();
        let text = format!("[\n{}\n]\n", lines.join(",\n"));
        std::fs::write(path("training-inputs"), text).expect("the fixtures' folder");
        return;
    }
    let comparison = Comparison::new("training steps");
    let recorded = fixture("training-inputs");
    let expected = fixture("training");
    assert_eq!((recorded.len(), expected.len()), (runs.len(), runs.len()));
    for (((spec, mut trainer, inputs), recorded), expected) in
        runs.into_iter().zip(recorded).zip(expected)
    {
        let name = text(&expected["name"]);
        assert!(inputs == recorded, "{name}: draws other numbers than were recorded");
        let pending = (0..STEPS).map(|_| trainer.step(|index| reals(&spec, index))).collect();
        let metrics = block_on(PendingMetrics::read(pending)).expect("the device computes");
        for (found, expected) in metrics.iter().zip(expected["scores"].as_array().expect("scores"))
        {
            metrics_close(&comparison, &format!("{name}, step {}", found.step), found, expected);
        }
        let expected = expected["tensors"].as_array().expect("tensors");
        let found = tensors(&trainer);
        assert_eq!(found.len(), expected.len(), "{name}");
        for ((tensor, values), expected) in found.into_iter().zip(expected) {
            assert_eq!(tensor, text(&expected["name"]), "{name}");
            let what = format!("{name}, {tensor}");
            comparison.close(&what, &values, &numbers(&expected["values"]), 0.0);
        }
    }
}
