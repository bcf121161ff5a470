//! The shapes of a layer: of its output and of the tensors that it trains; the inputs and settings that it refuses.

use super::{ActivationKind, LayerSpec};
use crate::error::{SpecError, in_range};
use crate::names::Tagged as _;
use crate::shape::Shape;

/// Limits that keep a spec from asking for more memory than a browser tab has.
const MAXIMUM_UNITS: usize = 65_536;
const MAXIMUM_CHANNELS: usize = 2_048;
const MAXIMUM_SIDE_PX: usize = 256;
/// Depth of residual blocks within residual blocks.
const MAXIMUM_DEPTH: usize = 4;

/// A tensor that a layer trains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name within the layer.
    pub name: &'static str,
    /// Lengths of its axes, slowest axis first.
    pub dimensions: Vec<usize>,
    /// Its part in the layer.
    pub role: Role,
}

/// The role of a parameter in its layer; starting values and spectral normalisation depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Weights of a linear layer or convolution.
    Weight {
        /// Inputs on which one output number depends.
        fan_in: usize,
        /// Outputs that depend on one input number; for a convolution, those of stride 1.
        fan_out: usize,
        /// The axis of the outputs (units or channels).
        output_axis: usize,
    },
    /// Bias of a linear layer or convolution.
    Bias {
        /// As for the layer's weights.
        fan_in: usize,
    },
    /// Scale of a normalisation layer: starts at one.
    Scale,
    /// Shift of a normalisation layer: starts at zero.
    Shift,
    /// Learned numbers of a class: N(0, 1), as in PyTorch.
    Embedding,
}

impl LayerSpec {
    /// The shape that this layer makes of `input`.
    ///
    /// # Errors
    /// Names the layer's own field; the caller adds the path of the layer.
    pub fn output(&self, input: Shape) -> Result<Shape, SpecError> {
        self.output_at(input, 0)
    }

    fn output_at(&self, input: Shape, depth: usize) -> Result<Shape, SpecError> {
        match *self {
            Self::Linear { units, .. } => {
                in_range("units", units, 1, MAXIMUM_UNITS)?;
                flat_input(input, self)?;
                Ok(Shape::flat(units))
            }
            Self::Maxout { units, pieces } => {
                in_range("units", units, 1, MAXIMUM_UNITS)?;
                in_range("pieces", pieces, 2, 16)?;
                flat_input(input, self)?;
                Ok(Shape::flat(units))
            }
            Self::MixtureLinear { units, generators } => {
                in_range("units", units, 1, MAXIMUM_UNITS)?;
                in_range("generators", generators, 2, 64)?;
                flat_input(input, self)?;
                Ok(Shape::flat(units))
            }
            Self::Conv { channels, kernel, stride, padding, .. } => {
                let (_, height, width) = image_input(input, self)?;
                check_kernel(channels, kernel, stride, padding)?;
                let side = |size: usize| {
                    (size + 2 * padding).checked_sub(kernel).map(|rest| rest / stride + 1)
                };
                match (side(height), side(width)) {
                    (Some(height), Some(width)) => Ok(Shape::image(channels, height, width)),
                    _ => Err(SpecError::new(
                        "kernel",
                        format!("is {kernel}, larger than the padded input of {input}"),
                    )),
                }
            }
            Self::ConvTranspose { channels, kernel, stride, padding, .. } => {
                let (_, height, width) = image_input(input, self)?;
                check_kernel(channels, kernel, stride, padding)?;
                let side = |size: usize| ((size - 1) * stride + kernel).checked_sub(2 * padding);
                match (side(height), side(width)) {
                    (Some(height @ 1..=MAXIMUM_SIDE_PX), Some(width @ 1..=MAXIMUM_SIDE_PX)) => {
                        Ok(Shape::image(channels, height, width))
                    }
                    _ => Err(SpecError::new(
                        "padding",
                        format!("is {padding}: the output's sides must be 1 to {MAXIMUM_SIDE_PX}"),
                    )),
                }
            }
            Self::Upsample { scale } => {
                let (channels, height, width) = image_input(input, self)?;
                in_range("scale", scale, 1, 8)?;
                let output = Shape::image(channels, height * scale, width * scale);
                in_range("scale", height.max(width) * scale, 1, MAXIMUM_SIDE_PX).map_err(|_| {
                    SpecError::new(
                        "scale",
                        format!("gives {output}; a side may be {MAXIMUM_SIDE_PX}"),
                    )
                })?;
                Ok(output)
            }
            Self::AveragePool { size } => {
                let (channels, height, width) = image_input(input, self)?;
                in_range("size", size, 1, MAXIMUM_SIDE_PX)?;
                if !height.is_multiple_of(size) || !width.is_multiple_of(size) {
                    let message = format!("is {size}; {input} is no multiple of it");
                    return Err(SpecError::new("size", message));
                }
                Ok(Shape::image(channels, height / size, width / size))
            }
            Self::BatchNorm { epsilon, momentum } => {
                in_range("epsilon", epsilon, 1e-12, 1.0)?;
                in_range("momentum", momentum, 0.0, 1.0)?;
                Ok(input)
            }
            Self::LayerNorm { epsilon } | Self::PixelNorm { epsilon } => {
                in_range("epsilon", epsilon, 1e-12, 1.0)?;
                Ok(input)
            }
            Self::MinibatchStddev {} => Ok(appended(input, 1)),
            Self::MinibatchDiscrimination { features, dimensions } => {
                in_range("features", features, 1, 1_024)?;
                in_range("dimensions", dimensions, 1, 256)?;
                let size = flat_input(input, self)?;
                Ok(Shape::flat(size + features))
            }
            Self::Activation { function } => {
                if let ActivationKind::LeakyRelu { slope } = function {
                    in_range("function.slope", slope, 0.0, 1.0)?;
                }
                Ok(input)
            }
            Self::Dropout { rate } => {
                in_range("rate", rate, 0.0, 0.95)?;
                Ok(input)
            }
            Self::Noise { sd } => {
                in_range("sd", sd, 0.0, 100.0)?;
                Ok(input)
            }
            Self::Label { classes, embedding } => {
                in_range("classes", classes, 2, 1_000)?;
                in_range("embedding", embedding.unwrap_or(1), 1, 1_024)?;
                Ok(appended(input, embedding.unwrap_or(classes)))
            }
            Self::Residual { ref layers, ref shortcut } => residual(input, layers, shortcut, depth),
            Self::Reshape { channels, height, width } => {
                let size = flat_input(input, self)?;
                in_range("channels", channels, 1, MAXIMUM_CHANNELS)?;
                in_range("height", height, 1, MAXIMUM_SIDE_PX)?;
                in_range("width", width, 1, MAXIMUM_SIDE_PX)?;
                let output = Shape::image(channels, height, width);
                if output.size() == Some(size) {
                    Ok(output)
                } else {
                    Err(SpecError::new(
                        "channels",
                        format!("{output} does not hold the {size} numbers that arrive"),
                    ))
                }
            }
            Self::Flatten {} => {
                let (channels, height, width) = image_input(input, self)?;
                let size = Shape::image(channels, height, width).size();
                size.map(Shape::flat)
                    .ok_or_else(|| SpecError::new("kind", "gives too many numbers"))
            }
        }
    }

    /// Whether an output depends on other samples of the batch.
    pub fn mixes_samples(&self) -> bool {
        self.mixing() > Mixing::Never
    }

    /// Whether outputs depend on the other samples of the batch even when sampling, where batch
    /// normalisation uses its running statistics.
    pub fn compares_samples(&self) -> bool {
        self.mixing() == Mixing::Always
    }

    fn mixing(&self) -> Mixing {
        match self {
            Self::MinibatchStddev {} | Self::MinibatchDiscrimination { .. } => Mixing::Always,
            Self::BatchNorm { .. } => Mixing::InTraining,
            Self::Residual { layers, shortcut } => {
                let inside = layers.iter().chain(shortcut).map(Self::mixing);
                inside.max().unwrap_or(Mixing::Never)
            }
            Self::Linear { .. }
            | Self::Maxout { .. }
            | Self::MixtureLinear { .. }
            | Self::Conv { .. }
            | Self::ConvTranspose { .. }
            | Self::Upsample { .. }
            | Self::AveragePool { .. }
            | Self::LayerNorm { .. }
            | Self::PixelNorm { .. }
            | Self::Activation { .. }
            | Self::Dropout { .. }
            | Self::Noise { .. }
            | Self::Label { .. }
            | Self::Reshape { .. }
            | Self::Flatten {} => Mixing::Never,
        }
    }
}

/// When an output depends on other samples of the batch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mixing {
    Never,
    InTraining,
    Always,
}

/// `shape` with `count` more features.
fn appended(shape: Shape, count: usize) -> Shape {
    match shape {
        Shape::Flat { size } => Shape::flat(size + count),
        Shape::Image { channels, height, width } => Shape::image(channels + count, height, width),
    }
}

fn residual(
    input: Shape,
    layers: &[LayerSpec],
    shortcut: &[LayerSpec],
    depth: usize,
) -> Result<Shape, SpecError> {
    if depth == MAXIMUM_DEPTH {
        let message = format!("stands in {MAXIMUM_DEPTH} other residual blocks; that is the most");
        return Err(SpecError::new("kind", message));
    }
    let of = |name: &str, layers: &[LayerSpec]| {
        in_range(name, layers.len(), 0, crate::net::MAXIMUM_LAYERS)?;
        let mut shape = input;
        for (index, layer) in layers.iter().enumerate() {
            let at = |error: SpecError| error.within(&format!("{name}[{index}]"));
            shape = layer.output_at(shape, depth + 1).map_err(at)?;
        }
        Ok(shape)
    };
    let (body, beside) = (of("layers", layers)?, of("shortcut", shortcut)?);
    if layers.is_empty() {
        return Err(SpecError::new("layers", "are missing"));
    }
    if body != beside {
        let message = format!("gives {beside}; the layers give {body}: the two are added");
        return Err(SpecError::new("shortcut", message));
    }
    Ok(body)
}

fn flat_input(input: Shape, layer: &LayerSpec) -> Result<usize, SpecError> {
    match input {
        Shape::Flat { size } => Ok(size),
        Shape::Image { .. } => Err(SpecError::new(
            "kind",
            format!(
                "{} takes a vector and gets an image of {input}: flatten it first",
                layer.kind()
            ),
        )),
    }
}

fn image_input(input: Shape, layer: &LayerSpec) -> Result<(usize, usize, usize), SpecError> {
    match input {
        Shape::Image { channels, height, width } => Ok((channels, height, width)),
        Shape::Flat { size } => Err(SpecError::new(
            "kind",
            format!(
                "{} takes an image and gets a vector of {size}: reshape it first",
                layer.kind()
            ),
        )),
    }
}

fn check_kernel(
    channels: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> Result<(), SpecError> {
    in_range("channels", channels, 1, MAXIMUM_CHANNELS)?;
    in_range("kernel", kernel, 1, 16)?;
    in_range("stride", stride, 1, 8)?;
    in_range("padding", padding, 0, 15)
}

impl LayerSpec {
    /// The tensors that the layer itself trains, for inputs of shape `input`, which the layer must
    /// accept. Those of layers inside a residual block are left out. Lengths that overflow become
    /// `usize::MAX`.
    pub fn own_parameters(&self, input: Shape) -> Vec<Parameter> {
        let size = input.size().unwrap_or(usize::MAX);
        let from = input.features();
        match *self {
            Self::Linear { units, bias } => linear(size, units, bias),
            Self::Maxout { units, pieces } => linear(size, units.saturating_mul(pieces), true),
            Self::MixtureLinear { units, generators } => {
                linear(size, units.saturating_mul(generators), true)
            }
            Self::MinibatchDiscrimination { features, dimensions } => {
                linear(size, features.saturating_mul(dimensions), false)
            }
            Self::Conv { channels, kernel, bias, .. } => {
                let area = kernel.saturating_mul(kernel);
                let fan_in = from.saturating_mul(area);
                let fan_out = channels.saturating_mul(area);
                let role = Role::Weight { fan_in, fan_out, output_axis: 0 };
                weighted(vec![channels, from, kernel, kernel], role, bias.then_some(channels))
            }
            Self::ConvTranspose { channels, kernel, stride, bias, .. } => {
                // An output pixel is reached by (kernel / stride)² input pixels of each channel.
                let area = kernel.saturating_mul(kernel);
                let fan_in =
                    from.saturating_mul(area).div_ceil(stride.saturating_mul(stride).max(1));
                let fan_out = channels.saturating_mul(area);
                let role = Role::Weight { fan_in, fan_out, output_axis: 1 };
                weighted(vec![from, channels, kernel, kernel], role, bias.then_some(channels))
            }
            Self::BatchNorm { .. } | Self::LayerNorm { .. } => vec![
                Parameter { name: "scale", dimensions: vec![from], role: Role::Scale },
                Parameter { name: "shift", dimensions: vec![from], role: Role::Shift },
            ],
            Self::Label { classes, embedding: Some(size) } => {
                let (name, dimensions) = ("embedding", vec![classes, size]);
                vec![Parameter { name, dimensions, role: Role::Embedding }]
            }
            Self::Label { embedding: None, .. }
            | Self::Activation { .. }
            | Self::AveragePool { .. }
            | Self::Dropout { .. }
            | Self::Flatten {}
            | Self::MinibatchStddev {}
            | Self::Noise { .. }
            | Self::PixelNorm { .. }
            | Self::Reshape { .. }
            | Self::Residual { .. }
            | Self::Upsample { .. } => Vec::new(),
        }
    }

    /// Number of trained numbers for inputs of shape `input`, those of layers inside a residual
    /// block included; `None` on overflow.
    pub fn parameters(&self, input: Shape) -> Option<usize> {
        let mut sum = 0_usize;
        for parameter in self.own_parameters(input) {
            let count = parameter.dimensions.iter().try_fold(1_usize, |a, b| a.checked_mul(*b))?;
            sum = sum.checked_add(count)?;
        }
        let Self::Residual { layers, shortcut } = self else { return Some(sum) };
        for layers in [layers, shortcut] {
            let mut shape = input;
            for layer in layers {
                sum = sum.checked_add(layer.parameters(shape)?)?;
                shape = layer.output(shape).ok()?;
            }
        }
        Some(sum)
    }
}

/// Weights of `role`, and a bias for each of `biases` outputs.
fn weighted(dimensions: Vec<usize>, role: Role, biases: Option<usize>) -> Vec<Parameter> {
    let mut parameters = vec![Parameter { name: "weight", dimensions, role }];
    if let (Some(outputs), Role::Weight { fan_in, .. }) = (biases, role) {
        let (name, dimensions) = ("bias", vec![outputs]);
        parameters.push(Parameter { name, dimensions, role: Role::Bias { fan_in } });
    }
    parameters
}

/// Weights `[inputs, outputs]` and their bias.
fn linear(inputs: usize, outputs: usize, bias: bool) -> Vec<Parameter> {
    let role = Role::Weight { fan_in: inputs, fan_out: outputs, output_axis: 1 };
    weighted(vec![inputs, outputs], role, bias.then_some(outputs))
}
