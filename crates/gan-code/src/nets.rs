//! Writes the two nets, with PyTorch's own layers where they exist.

use gan_protocol::{ActivationKind, LayerSpec, Shape};

use crate::growing;
use crate::lines::{Lines, number};
use crate::run::{Run, behind, is_told_any};
use crate::styles::{self, has_style};

/// The generator.
pub(crate) fn generator(run: &Run<'_>) -> String {
    let spec = run.spec;
    let (layers, input) = (&spec.generator.layers, spec.generator_input());
    let kind = if has_style(run) { "Styled" } else { chain(is_told_any(layers)) };
    listed_net("G", kind, |lines| {
        let made = add_layers(run, lines, 1, layers, input);
        if let (Shape::Flat { .. }, Shape::Image { .. }) = (made, spec.data.shape()) {
            lines.add(1, &format!("nn.Unflatten(1, ({})),", run.sample()));
        }
    })
}

/// Generator and discriminator.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let (spec, generator) = (run.spec, generator(run));
    let (layers, input) = (&spec.discriminator.layers, spec.discriminator_input());
    let discriminator = listed_net("D", chain(is_told_any(layers)), |lines| {
        add_layers(run, lines, 1, layers, input);
    });
    vec![generator + "\n" + &discriminator]
}

/// The net called `name` as a chain of this kind, whose layers `add` adds.
pub(crate) fn listed_net(name: &str, kind: &str, add: impl FnOnce(&mut Lines)) -> String {
    let mut lines = Lines::default();
    lines.add(0, &format!("{name} = {kind}("));
    add(&mut lines);
    lines.add(0, ")");
    lines.block()
}

/// The class of a chain of layers.
fn chain(told: bool) -> &'static str {
    if told { "Told" } else { "nn.Sequential" }
}

/// Adds `layers`, each on a line, and returns the shape of their output.
pub(crate) fn add_layers(
    run: &Run<'_>,
    lines: &mut Lines,
    depth: usize,
    layers: &[LayerSpec],
    input: Shape,
) -> Shape {
    add_stage(run, lines, depth, layers, input, 0)
}

/// [`add_layers`] within so many stages of growth.
fn add_stage(
    run: &Run<'_>,
    lines: &mut Lines,
    depth: usize,
    layers: &[LayerSpec],
    input: Shape,
    stage: usize,
) -> Shape {
    let mut shape = input;
    for layer in layers {
        let inside = layer.inside();
        if !inside.is_empty() {
            let growing = growing::opening(layer, stage);
            let within = stage + usize::from(growing.is_some());
            let is_skip = matches!(layer, LayerSpec::Skip { .. });
            let plain = if is_skip { "Skip(" } else { "Residual(" };
            lines.add(depth, growing.as_deref().unwrap_or(plain));
            for (name, layers) in inside {
                let kind = chain(run.told_blocks);
                if layers.is_empty() {
                    let same = if run.told_blocks { "Told()," } else { "nn.Identity()," };
                    lines.add(depth + 1, same);
                    continue;
                }
                lines.add(depth + 1, &format!("{kind}("));
                let given = layer.inner_input(name, shape);
                add_stage(run, lines, depth + 2, layers, given, within);
                lines.add(depth + 1, "),");
            }
            lines.add(depth, "),");
        } else {
            let of_style =
                styles::expression(layer, shape.features(), run.spec.generator.styled_layers());
            let text = of_style.unwrap_or_else(|| expression(layer, shape));
            lines.add(depth, &(text + ","));
        }
        shape = behind(layer, shape);
    }
    shape
}

fn expression(layer: &LayerSpec, input: Shape) -> String {
    let (features, is_image) = match input {
        Shape::Flat { size } => (size, false),
        Shape::Image { channels, .. } => (channels, true),
    };
    match *layer {
        LayerSpec::Linear { units, bias } => {
            format!("nn.Linear({features}, {units}{})", without(bias))
        }
        LayerSpec::Maxout { units, pieces } => format!("Maxout({features}, {units}, {pieces})"),
        LayerSpec::MixtureLinear { units, generators } => {
            format!("MixtureLinear({features}, {units}, {generators})")
        }
        LayerSpec::Conv { channels, kernel, stride, padding, bias } => {
            let rest = convolution(kernel, stride, padding, bias);
            format!("nn.Conv2d({features}, {channels}, {rest})")
        }
        LayerSpec::ConvTranspose { channels, kernel, stride, padding, bias } => {
            let rest = convolution(kernel, stride, padding, bias);
            format!("nn.ConvTranspose2d({features}, {channels}, {rest})")
        }
        LayerSpec::Pad { top, bottom, left, right } => {
            format!("nn.ZeroPad2d(({left}, {right}, {top}, {bottom}))")
        }
        LayerSpec::Upsample { scale } => format!("nn.Upsample(scale_factor={scale})"),
        LayerSpec::UpsampleBilinear { scale } => {
            format!("nn.Upsample(scale_factor={scale}, mode=\"bilinear\")")
        }
        LayerSpec::PixelShuffle { scale } => format!("nn.PixelShuffle({scale})"),
        LayerSpec::AveragePool { size } => format!("nn.AvgPool2d({size})"),
        LayerSpec::Composite {} => "Composite()".to_owned(),
        LayerSpec::BatchNorm { epsilon, momentum } => {
            let kind = if is_image { "2d" } else { "1d" };
            let epsilon = differing("eps", epsilon, 1e-5);
            let momentum = differing("momentum", momentum, 0.1);
            format!("nn.BatchNorm{kind}({features}{epsilon}{momentum})")
        }
        // One group of all channels: statistics over a whole sample, a scale for each channel.
        LayerSpec::LayerNorm { epsilon } if is_image => {
            format!("nn.GroupNorm(1, {features}{})", differing("eps", epsilon, 1e-5))
        }
        LayerSpec::LayerNorm { epsilon } => {
            format!("nn.LayerNorm({features}{})", differing("eps", epsilon, 1e-5))
        }
        LayerSpec::GroupNorm { groups, epsilon } => {
            format!("nn.GroupNorm({groups}, {features}{})", differing("eps", epsilon, 1e-5))
        }
        LayerSpec::InstanceNorm { epsilon, affine } => {
            let epsilon = differing("eps", epsilon, 1e-5);
            let affine = if affine { ", affine=True" } else { "" };
            format!("nn.InstanceNorm2d({features}{epsilon}{affine})")
        }
        LayerSpec::PixelNorm { epsilon } => format!("PixelNorm({})", number(epsilon)),
        LayerSpec::MinibatchStddev {} => "MinibatchStddev()".to_owned(),
        LayerSpec::MinibatchDiscrimination { features: rows, dimensions } => {
            format!("MinibatchDiscrimination({features}, {rows}, {dimensions})")
        }
        LayerSpec::Activation { function } => activation(function),
        LayerSpec::Dropout { rate } => format!("nn.Dropout({})", number(rate)),
        LayerSpec::Noise { sd } => format!("Noise({})", number(sd)),
        LayerSpec::Label { classes, embedding: None, .. } => format!("Label({classes})"),
        LayerSpec::Label { classes, embedding: Some(size), per_pixel: true } => {
            format!("LabelImage({classes}, {})", size * input.pixels())
        }
        LayerSpec::Label { classes, embedding: Some(size), .. } => {
            format!("EmbeddedLabel({classes}, {size})")
        }
        LayerSpec::LabelProduct { classes } => format!("LabelProduct({classes}, {features})"),
        LayerSpec::Prelu {} => format!("nn.PReLU({features})"),
        LayerSpec::Latent { .. } => "Latent()".to_owned(),
        LayerSpec::LogSumExp {} => "LogSumExp()".to_owned(),
        LayerSpec::Reshape { channels, height, width } => {
            format!("nn.Unflatten(1, ({channels}, {height}, {width}))")
        }
        LayerSpec::Flatten {} => "nn.Flatten()".to_owned(),
        LayerSpec::StyledConstant { .. } | LayerSpec::ModulatedConv { .. } => {
            unreachable!("`styles` writes these")
        }
        LayerSpec::Residual { .. }
        | LayerSpec::Skip { .. }
        | LayerSpec::Grow { .. }
        | LayerSpec::Shrink { .. } => unreachable!("a block takes several lines"),
    }
}

fn convolution(kernel: usize, stride: usize, padding: usize, bias: bool) -> String {
    let mut text = kernel.to_string();
    if stride != 1 {
        text += &format!(", stride={stride}");
    }
    if padding != 0 {
        text += &format!(", padding={padding}");
    }
    text + without(bias)
}

fn without(bias: bool) -> &'static str {
    if bias { "" } else { ", bias=False" }
}

/// An argument, unless it has PyTorch's default.
pub(crate) fn differing(name: &str, value: f32, default: f32) -> String {
    if value == default { String::new() } else { format!(", {name}={}", number(value)) }
}

fn activation(function: ActivationKind) -> String {
    let name = match function {
        ActivationKind::Relu {} => "ReLU",
        ActivationKind::LeakyRelu { slope } => return format!("nn.LeakyReLU({})", number(slope)),
        ActivationKind::Tanh {} => "Tanh",
        ActivationKind::Sigmoid {} => "Sigmoid",
        ActivationKind::Silu {} => "SiLU",
        ActivationKind::Softplus {} => "Softplus",
        ActivationKind::Elu { alpha: 1.0 } => "ELU",
        ActivationKind::Elu { alpha } => return format!("nn.ELU({})", number(alpha)),
        ActivationKind::Selu {} => "SELU",
        ActivationKind::Gelu {} => "GELU",
    };
    format!("nn.{name}()")
}
