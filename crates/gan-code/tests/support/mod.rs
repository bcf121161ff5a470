//! Runs of every kind, for the tests of their programs.

use gan_protocol::{
    ActivationKind, DataSource, Degradation, Filter, Hole, LayerSpec, Mask, Named as _, Objective,
    PointsSpec, RunSpec, Shape, Tagged as _, merged, preset, presets, written,
};
use serde_json::{Map, Value, json};

/// Runs written by hand: a preset and the differences from it.
const SPECS: &str = include_str!("../specs.json");

/// Runs that together use everything that a run can have, each with its name: those of [`SPECS`],
/// the presets, and a run for each objective, data source, distribution of points and kind of
/// layer.
pub fn specs() -> Vec<(String, RunSpec)> {
    let listed: Vec<Map<String, Value>> = serde_json::from_str(SPECS).expect("a list");
    let varied = listed.into_iter().map(|entry| {
        let text = |key: &str| entry[key].as_str().expect("a text").to_owned();
        let name = text("name");
        let spec = changed(&text("preset"), &entry["patch"]);
        (name, spec)
    });
    let as_they_are = presets().into_iter().map(|preset| (preset.name.to_owned(), preset.spec));
    let of_kinds = objectives().chain(points()).chain(images()).chain(pictures()).chain(layers());
    varied.chain(of_kinds).chain(as_they_are).collect()
}

/// A preset with the changes of `patch`.
pub fn changed(name: &str, patch: &Value) -> RunSpec {
    with(name, patch).unwrap_or_else(|error| panic!("{patch}: {error}"))
}

fn with(name: &str, patch: &Value) -> Result<RunSpec, gan_protocol::SpecError> {
    let base = preset(name).expect("a preset").spec.to_value();
    RunSpec::from_value(merged(&base, patch))
}

/// A run with each objective: `objective_hinge`.
fn objectives() -> impl Iterator<Item = (String, RunSpec)> {
    Objective::NAMES.iter().map(|name| {
        let patch = json!({"objective": name, "penalties": null, "ema": null});
        (format!("objective_{name}"), changed("ring", &patch))
    })
}

/// Two layers with an activation between them, after a `label` layer if there are classes.
fn small_net(classes: Option<usize>, units: usize) -> Value {
    let label = classes.map(|classes| json!({"kind": "label", "classes": classes, "embedding": 4}));
    let rest = [
        json!({"kind": "linear", "units": 8}),
        json!({"kind": "activation", "function": {"name": "relu"}}),
        json!({"kind": "linear", "units": units}),
    ];
    json!({"layers": label.into_iter().chain(rest).collect::<Vec<_>>()})
}

/// A run on each distribution of points, `points_moons`, and with its classes,
/// `points_moons_with_classes`.
fn points() -> impl Iterator<Item = (String, RunSpec)> {
    PointsSpec::examples().into_iter().flat_map(|points| {
        let name = format!("points_{}", points.kind());
        let mut plain = preset("ring").expect("a preset").spec;
        plain.data.points = Some(points.clone());
        let labelled = points.classes().map(|classes| {
            let patch = json!({
                "labels": {"kind": "conditional", "classes": classes},
                "generator": small_net(Some(classes), 2),
                "discriminator": small_net(Some(classes), 1),
            });
            let spec = RunSpec::from_value(merged(&plain.to_value(), &patch));
            (format!("{name}_with_classes"), spec.expect("classes of points"))
        });
        [(name, plain)].into_iter().chain(labelled)
    })
}

/// A run on each source of images, by the source's name.
fn images() -> impl Iterator<Item = (String, RunSpec)> {
    let sources = DataSource::ALL.iter().filter_map(|source| {
        match source.facts().shape.unwrap_or(Shape::image(1, 28, 28)) {
            Shape::Image { channels, height, width } => Some((source, [channels, height, width])),
            Shape::Flat { .. } => None,
        }
    });
    sources.map(|(source, [channels, height, width])| {
        let mut discriminator = small_net(None, 1);
        let layers = discriminator["layers"].as_array_mut().expect("a list");
        layers.insert(0, json!({"kind": "flatten"}));
        let patch = json!({
            "data": {"source": source, "channels": channels, "height": height, "width": width},
            "generator": small_net(None, channels * height * width),
            "discriminator": discriminator,
        });
        (source.name().to_owned(), changed("mnist-mlp", &patch))
    })
}

/// A run whose generator is given each kind of picture, and each kind of hole; every second is told
/// latents too, and shows the picture to the discriminator.
fn pictures() -> impl Iterator<Item = (String, RunSpec)> {
    let drawn: Vec<bool> = (0..196).map(|at| at % 14 > 4 && at / 14 > 6).collect();
    let rows = Mask::of_pixels(&drawn, [14, 14]).expect("14 rows fit");
    let holes = [Hole::Half {}, Hole::Strokes { count: 3, width: 2 }, Hole::Drawn { rows }];
    let holes = holes.map(|hole| Degradation::Masked { hole });
    let filters = [Filter::Bilinear, Filter::Bicubic];
    let filters = filters.map(|filter| Degradation::Downscaled { factor: 2, filter });
    let all = Degradation::examples().into_iter().chain(holes).chain(filters).enumerate();
    all.map(|(place, picture)| {
        let sample = Shape::image(3, 28, 28);
        let Ok(Shape::Image { height, .. }) = picture.shape(sample) else {
            unreachable!("an image")
        };
        let data = match picture {
            Degradation::Paired { .. } => {
                json!({"source": "idx_files", "channels": 3, "classes": [0]})
            }
            _ => json!({"channels": 3}),
        };
        let patch = json!({
            "data": data,
            "latent": {"size": place % 2 * 2},
            "condition": {"picture": written(&picture), "shown": place % 2 == 0},
            "terms": [{"kind": if place % 2 == 0 { "l1" } else { "l2" }, "weight": 10}],
            "generator": {"layers": [
                {"kind": "conv", "channels": 4, "kernel": 3, "padding": 1},
                {"kind": "activation", "function": {"name": "relu"}},
                {"kind": "upsample", "scale": 28 / height},
                {"kind": "conv", "channels": 3, "kernel": 3, "padding": 1},
                {"kind": "activation", "function": {"name": "tanh"}},
            ]},
            "discriminator": {"layers": [
                {"kind": "conv", "channels": 4, "kernel": 4, "stride": 2, "padding": 1},
                {"kind": "activation", "function": {"name": "leaky_relu"}},
                {"kind": "conv", "channels": 1, "kernel": 3},
            ]},
        });
        (format!("picture_{place}_{}", picture.kind()), changed("mnist-mlp", &patch))
    })
}

/// A generator with each kind of layer and each activation: with a vector as input,
/// `layer_linear_of_a_vector`, and with an image if the layer accepts one. Layers that need another
/// part of the run are left out: such runs are written by hand.
fn layers() -> impl Iterator<Item = (String, RunSpec)> {
    // `reshape` reads a vector of 1,568 numbers as an image.
    let inputs = [
        ("vector", vec![Shape::flat(32), Shape::flat(1_568)]),
        ("image", vec![Shape::image(8, 8, 8)]),
    ];
    let layers = LayerSpec::examples().into_iter().map(|layer| (layer.kind(), written(&layer)));
    let functions = ActivationKind::KINDS
        .iter()
        .map(|name| (*name, json!({"kind": "activation", "function": {"name": name}})));
    let layers: Vec<_> = layers.chain(functions).collect();
    inputs.into_iter().flat_map(move |(form, shapes)| {
        let run = move |(kind, layer): &(&str, Value)| {
            let read: LayerSpec = serde_json::from_value(layer.clone()).expect("a layer");
            let input = *shapes.iter().find(|shape| read.output(**shape).is_ok())?;
            let patch = json!({"penalties": null, "generator": {"layers": around(layer, input)}});
            Some((format!("layer_{kind}_of_a_{form}"), with("ring", &patch).ok()?))
        };
        layers.iter().filter_map(run).collect::<Vec<_>>()
    })
}

/// Layers from a vector to a point. One of them is `layer`, with the input `input`.
fn around(layer: &Value, input: Shape) -> Vec<Value> {
    let mut layers = vec![json!({"kind": "linear", "units": input.size()})];
    if let Shape::Image { channels, height, width } = input {
        layers.push(
            json!({"kind": "reshape", "channels": channels, "height": height, "width": width}),
        );
    }
    layers.push(layer.clone());
    let read: LayerSpec = serde_json::from_value(layer.clone()).expect("a layer");
    if let Ok(Shape::Image { .. }) = read.output(input) {
        layers.push(json!({"kind": "flatten"}));
    }
    layers.push(json!({"kind": "linear", "units": 2}));
    layers
}
