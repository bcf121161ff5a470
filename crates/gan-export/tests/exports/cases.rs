//! Generators with drawn numbers, and their samples.

use std::collections::HashMap;

use gan_core::{Inputs, Sampler, cpu};
use gan_export::Generator;
use gan_protocol::{GeneratorHeader, HEADER_KEY, LayerSpec, Shape, presets};
use pollster::block_on;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::{Value, json};

/// Numbers between -1 and 1, always the same.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn number(&mut self) -> f32 {
        // Knuth's constants (MMIX).
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / (1 << 23) as f32) - 1.0
    }

    pub fn numbers(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.number()).collect()
    }
}

/// A generator to be exported.
pub struct Case {
    pub name: String,
    pub header: GeneratorHeader,
    pub file: Vec<u8>,
}

impl Case {
    fn new(name: &str, header: &Value) -> Self {
        let header =
            GeneratorHeader::from_value(header).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut tensors = Vec::new();
        let mut draw = Draw::new(name.len() as u64);
        add("generator", &header.generator.layers, header.input(), &mut draw, &mut tensors);
        let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
            .into_iter()
            .map(|(name, shape, numbers)| {
                (
                    name,
                    shape,
                    numbers.iter().flat_map(|number: &f32| number.to_le_bytes()).collect(),
                )
            })
            .collect();
        let views = bytes.iter().map(|(name, shape, bytes)| {
            (name.clone(), TensorView::new(Dtype::F32, shape.clone(), bytes).expect("it fits"))
        });
        let text = serde_json::to_string(&header).expect("plain data");
        let metadata = HashMap::from([(HEADER_KEY.to_owned(), text)]);
        let file = serialize(views, Some(metadata)).expect("plain tensors");
        Self { name: name.to_owned(), header, file }
    }

    pub fn generator(&self) -> Generator {
        Generator::read(&self.file).expect("its own file")
    }

    /// Whether its samples depend on more than its inputs.
    pub fn has_noise(&self) -> bool {
        let text = serde_json::to_string(&self.header.generator).expect("plain data");
        text.contains(r#""noise":true"#) || text.contains(r#""kind":"noise""#)
    }

    /// Some inputs, and what the program makes of them.
    pub fn samples(&self, count: usize) -> (Inputs, Vec<f32>) {
        let feed = gan_protocol::Feed::from(&self.header);
        let mut draw = Draw::new(7);
        let classes = self.header.labels.map_or(0, |labels| labels.classes());
        let generators = feed.mixture.map_or(0, |mixture| mixture.generators);
        let picture = feed.picture.and_then(|shape| shape.size()).unwrap_or(0);
        let turns = |of: usize| {
            (0..count).filter(|_| of > 0).map(|at| (at * 3 % of.max(1)) as u16).collect()
        };
        let inputs = Inputs {
            values: draw.numbers(count * feed.numbers()),
            labels: turns(classes),
            generators: turns(generators),
            pictures: draw.numbers(count * picture),
            ..Inputs::default()
        };
        let sampler = Sampler::from_safetensors(&self.file, &cpu()).expect("a generator's file");
        let samples = block_on(sampler.samples(&inputs, 0)).expect("computed");
        (inputs, samples)
    }
}

/// Numbers for the parameters of `layers`, of the size that keeps activations near 1.
fn add(
    path: &str,
    layers: &[LayerSpec],
    input: Shape,
    draw: &mut Draw,
    tensors: &mut Vec<(String, Vec<usize>, Vec<f32>)>,
) {
    let mut shape = input;
    for (index, layer) in layers.iter().enumerate() {
        let own = format!("{path}.{index}");
        for parameter in layer.own_parameters(shape) {
            let count: usize = parameter.dimensions.iter().product();
            let fan_in = match parameter.role {
                gan_protocol::Role::Weight { fan_in, .. } => fan_in as f32,
                _ => 3.0,
            };
            let numbers = draw.numbers(count).iter().map(|x| x * (3.0 / fan_in).sqrt()).collect();
            tensors.push((format!("{own}.{}", parameter.name), parameter.dimensions, numbers));
        }
        let features = shape.features();
        if let LayerSpec::BatchNorm { .. } = layer {
            let means = draw.numbers(features).iter().map(|x| 0.3 * x).collect();
            let variances = draw.numbers(features).iter().map(|x| 1.1 + x).collect();
            tensors.push((format!("{own}.running_mean"), vec![features], means));
            tensors.push((format!("{own}.running_variance"), vec![features], variances));
        }
        if let LayerSpec::StyledConstant { .. } = layer {
            tensors.push((format!("{own}.mean"), vec![features], draw.numbers(features)));
        }
        for (name, layers) in layer.inside() {
            add(&format!("{own}.{name}"), layers, layer.inner_input(name, shape), draw, tensors);
        }
        shape = layer.output(shape).expect("a valid net");
    }
}

fn header(latent: usize, classes: usize, data: [usize; 3], layers: Value) -> Value {
    let [channels, height, width] = data;
    let mut header = json!({
        "format": "gan-playground-generator-1", "latent": {"size": latent, "distribution": "normal"},
        "data": {"channels": channels, "height": height, "width": width},
        "generator": {"initial_weights": {"kind": "normal", "sd": 0.02}, "layers": layers},
    });
    if classes > 0 {
        header["labels"] = json!({"kind": "conditional", "classes": classes});
    }
    header
}

fn function(name: &str) -> Value {
    json!({"kind": "activation", "function": {"name": name}})
}

/// Every preset's generator, and nets of the layers that these lack.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = presets()
        .into_iter()
        .map(|preset| {
            let header = GeneratorHeader::of_run(&preset.spec, 0);
            Case::new(preset.name, &serde_json::to_value(header).expect("plain data"))
        })
        .collect();
    let vectors = json!([
        {"kind": "label_product", "classes": 5}, {"kind": "linear", "units": 12}, {"kind": "prelu"},
        {"kind": "label", "classes": 5, "embedding": 3}, {"kind": "linear", "units": 14, "bias": false},
        {"kind": "layer_norm", "epsilon": 0.01}, function("selu"),
        {"kind": "label", "classes": 5}, {"kind": "linear", "units": 12}, {"kind": "batch_norm", "epsilon": 0.1},
        function("silu"), {"kind": "residual", "layers": [{"kind": "linear", "units": 12}, function("elu")]},
        {"kind": "skip", "layers": [{"kind": "linear", "units": 4}, function("softplus")]}, {"kind": "dropout", "rate": 0.5},
        {"kind": "linear", "units": 27}, function("tanh")
    ]);
    cases.push(Case::new("vectors", &header(6, 5, [3, 3, 3], vectors)));
    let pixels = json!([
        {"kind": "linear", "units": 54}, {"kind": "reshape", "channels": 6, "height": 3, "width": 3},
        {"kind": "label", "classes": 5, "embedding": 1, "per_pixel": true}, {"kind": "label", "classes": 5, "embedding": 2},
        {"kind": "conv_transpose", "channels": 6, "kernel": 5, "stride": 2, "padding": 2},
        {"kind": "pad", "top": 2, "bottom": -1, "right": 1}, {"kind": "prelu"}, {"kind": "label_product", "classes": 5},
        {"kind": "conv", "channels": 8, "kernel": 3, "padding": 1}, function("gelu"),
        {"kind": "pixel_shuffle", "scale": 2}, {"kind": "conv", "channels": 4, "kernel": 4, "stride": 2, "padding": 1},
        {"kind": "conv_transpose", "channels": 3, "kernel": 2, "stride": 3, "bias": false},
        {"kind": "pad", "bottom": -1, "right": -1}, {"kind": "average_pool", "size": 2},
        {"kind": "upsample", "scale": 2},
        {"kind": "residual", "layers": [{"kind": "conv", "channels": 2, "kernel": 3, "padding": 1}],
         "shortcut": [{"kind": "conv", "channels": 2, "kernel": 1}]},
        {"kind": "skip", "layers": [{"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}, function("leaky_relu")]},
        {"kind": "flatten"}, {"kind": "linear", "units": 36}, {"kind": "reshape", "channels": 1, "height": 6, "width": 6},
        {"kind": "conv_transpose", "channels": 2, "kernel": 4, "stride": 2, "padding": 1},
        {"kind": "conv", "channels": 3, "kernel": 3, "padding": 1}, function("sigmoid")
    ]);
    cases.push(Case::new("pixels", &header(4, 5, [3, 12, 12], pixels)));
    let norms = json!([
        {"kind": "linear", "units": 128}, {"kind": "reshape", "channels": 8, "height": 4, "width": 4},
        {"kind": "group_norm", "groups": 4, "epsilon": 0.01}, {"kind": "conv", "channels": 8, "kernel": 3, "padding": 1},
        {"kind": "layer_norm"}, {"kind": "conv", "channels": 8, "kernel": 3, "padding": 1},
        {"kind": "instance_norm", "affine": true}, {"kind": "conv", "channels": 8, "kernel": 3, "padding": 1},
        {"kind": "instance_norm"}, {"kind": "upsample_bilinear", "scale": 3}, {"kind": "pixel_norm"},
        {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}, function("tanh")
    ]);
    cases.push(Case::new("norms", &header(5, 0, [1, 12, 12], norms)));
    let joined = json!([
        {"kind": "linear", "units": 64}, {"kind": "reshape", "channels": 4, "height": 4, "width": 4},
        {"kind": "skip", "layers": [function("relu"), {"kind": "conv", "channels": 3, "kernel": 3, "padding": 1}]},
        {"kind": "residual", "layers": [{"kind": "conv", "channels": 7, "kernel": 3, "padding": 1}, function("elu")]},
        {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}, function("tanh")
    ]);
    cases.push(Case::new("joined", &header(5, 0, [1, 4, 4], joined)));
    let grown = json!([
        {"kind": "linear", "units": 32}, {"kind": "reshape", "channels": 2, "height": 4, "width": 4},
        {"kind": "grow", "scale": 4, "layers": [{"kind": "upsample", "scale": 2}, {"kind": "conv", "channels": 2, "kernel": 3, "padding": 1},
          {"kind": "grow", "layers": [{"kind": "upsample", "scale": 2}, {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}],
           "early": [{"kind": "conv", "channels": 1, "kernel": 1}]}],
         "early": [{"kind": "conv", "channels": 1, "kernel": 1}]}
    ]);
    for level in [0.0, 0.25, 1.0, 1.5, 2.0] {
        let mut header = header(5, 0, [1, 16, 16], grown.clone());
        header["level"] = json!(level);
        cases.push(Case::new(&format!("grown-{level}"), &header));
    }
    let styled = json!([
        {"kind": "pixel_norm"}, {"kind": "linear", "units": 6}, function("leaky_relu"),
        {"kind": "styled_constant", "channels": 5, "height": 4, "width": 4},
        {"kind": "modulated_conv", "channels": 4, "style": 6, "noise": false}, function("leaky_relu"),
        {"kind": "modulated_conv", "channels": 1, "style": 6, "kernel": 1, "demodulate": false, "noise": false}, function("tanh")
    ]);
    cases.push(Case::new("styled", &header(6, 0, [1, 4, 4], styled)));
    let several = json!([
        {"kind": "mixture_linear", "units": 6, "generators": 3}, {"kind": "maxout", "units": 5, "pieces": 3},
        {"kind": "linear", "units": 2}
    ]);
    let mut of_several = header(4, 0, [0, 0, 0], several);
    of_several["mixture"] = json!({"generators": 3});
    cases.push(Case::new("several", &of_several));
    cases
}
