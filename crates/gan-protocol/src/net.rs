//! Nets as data: a list of layers, and the shapes that follow from it.

use serde::{Deserialize, Serialize};

use crate::error::{SpecError, in_range};
use crate::shape::Shape;

/// A sequential net: layers applied in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetSpec {
    /// How weights are drawn at the start.
    #[serde(default)]
    pub initial_weights: InitialWeights,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LayerSpec {
    /// `y = x W + b`, from a vector to a vector of `units`.
    Linear {
        /// Size of the output.
        units: usize,
        /// Whether `b` is there.
        #[serde(default = "yes")]
        bias: bool,
    },
    /// Two-dimensional convolution (cross-correlation, as everywhere in the field).
    Conv {
        /// Channels of the output.
        channels: usize,
        /// Side of the square kernel, in pixels.
        kernel: usize,
        /// Step of the kernel, in pixels.
        #[serde(default = "one")]
        stride: usize,
        /// Zeros added on each side, in pixels.
        #[serde(default)]
        padding: usize,
        /// Whether there is a bias per output channel.
        #[serde(default = "yes")]
        bias: bool,
    },
    /// Transposed convolution: the gradient of a convolution with respect to its input.
    ConvTranspose {
        /// Channels of the output.
        channels: usize,
        /// Side of the square kernel, in pixels.
        kernel: usize,
        /// Step of the kernel in the output, in pixels.
        #[serde(default = "one")]
        stride: usize,
        /// Pixels cut off on each side of the output.
        #[serde(default)]
        padding: usize,
        /// Whether there is a bias per output channel.
        #[serde(default = "yes")]
        bias: bool,
    },
    /// Nearest-neighbour up-sampling: each pixel becomes `scale` x `scale` pixels.
    Upsample {
        /// Factor in height and width.
        scale: usize,
    },
    /// Batch normalisation over the batch (and the pixels, for images), with learned scale and
    /// shift (Ioffe & Szegedy 2015). Training uses the batch's statistics, sampling the running
    /// ones.
    BatchNorm {
        /// Added to the variance.
        #[serde(default = "default_norm_epsilon")]
        epsilon: f32,
        /// Weight of the newest batch in the running statistics.
        #[serde(default = "default_batch_norm_momentum")]
        momentum: f32,
    },
    /// Layer normalisation over all numbers of a sample (for images: channels, height and
    /// width), with learned scale and shift per number of a vector or per channel of an image
    /// (Ba et al. 2016).
    LayerNorm {
        /// Added to the variance.
        #[serde(default = "default_norm_epsilon")]
        epsilon: f32,
    },
    /// An element-wise non-linearity.
    Activation {
        /// Which one.
        function: ActivationKind,
    },
    /// Sets each number to zero with probability `rate` while training and scales the rest by
    /// `1 / (1 - rate)` (Srivastava et al. 2014).
    Dropout {
        /// Probability of a zero.
        rate: f32,
    },
    /// Reads a vector as an image, channels first.
    Reshape {
        /// Channels of the image.
        channels: usize,
        /// Rows of the image, in pixels.
        height: usize,
        /// Columns of the image, in pixels.
        width: usize,
    },
    /// Reads an image as a vector, channels first.
    Flatten {},
}

/// An element-wise non-linearity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActivationKind {
    /// `max(0, x)`
    Relu {},
    /// `max(0, x) + slope * min(0, x)`
    LeakyRelu {
        /// Slope for negative inputs.
        #[serde(default = "default_slope")]
        slope: f32,
    },
    /// Hyperbolic tangent.
    Tanh {},
    /// `1 / (1 + exp(-x))`
    Sigmoid {},
    /// `x * sigmoid(x)` (Ramachandran et al. 2017).
    Silu {},
    /// `ln(1 + exp(x))`
    Softplus {},
}

/// How the weights of linear layers and convolutions are drawn. Biases start at zero except with
/// [`InitialWeights::KaimingUniform`]; normalisation layers start with scale one and shift zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum InitialWeights {
    /// N(0, sd²); DCGAN uses 0.02 (Radford et al. 2015).
    Normal {
        /// Standard deviation.
        sd: f32,
    },
    /// U(-a, a) with a = 1/sqrt(fan in), for weights and biases: PyTorch's default.
    KaimingUniform {},
    /// U(-a, a) with a = sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010): Keras's default.
    GlorotUniform {},
    /// N(0, 2 / fan in) (He et al. 2015).
    HeNormal {},
}

impl Default for InitialWeights {
    fn default() -> Self {
        Self::Normal { sd: 0.02 }
    }
}

fn yes() -> bool {
    true
}
fn one() -> usize {
    1
}
fn default_norm_epsilon() -> f32 {
    1e-5
}
fn default_batch_norm_momentum() -> f32 {
    0.1
}
fn default_slope() -> f32 {
    0.2
}

/// Limits that keep a spec from asking for more memory than a browser tab has.
const MAXIMUM_LAYERS: usize = 64;
const MAXIMUM_UNITS: usize = 65_536;
const MAXIMUM_CHANNELS: usize = 2_048;
const MAXIMUM_SIDE_PX: usize = 256;
const MAXIMUM_PARAMETERS: usize = 50_000_000;

impl NetSpec {
    /// The shape after each layer for one sample of shape `input`; the last is the net's output.
    ///
    /// # Errors
    /// The first layer that cannot take what it gets, as `layers[i].field`.
    pub fn shapes(&self, input: Shape) -> Result<Vec<Shape>, SpecError> {
        if self.layers.is_empty() || self.layers.len() > MAXIMUM_LAYERS {
            return Err(SpecError::new(
                "layers",
                format!("has {} layers; allowed is 1 to {MAXIMUM_LAYERS}", self.layers.len()),
            ));
        }
        if let InitialWeights::Normal { sd } = self.initial_weights {
            in_range("initial_weights.sd", sd, 0.0, 10.0)?;
        }
        let mut shape = input;
        let mut shapes = Vec::with_capacity(self.layers.len());
        let mut parameters = 0_usize;
        for (index, layer) in self.layers.iter().enumerate() {
            let at = |error: SpecError| error.within(&format!("layers[{index}]"));
            let output = layer.output(shape).map_err(at)?;
            parameters = layer
                .parameters(shape)
                .and_then(|count| parameters.checked_add(count))
                .filter(|count| *count <= MAXIMUM_PARAMETERS)
                .ok_or_else(|| {
                    at(SpecError::new(
                        "kind",
                        format!("brings the net over {MAXIMUM_PARAMETERS} parameters"),
                    ))
                })?;
            shape = output;
            shapes.push(shape);
        }
        Ok(shapes)
    }

    /// How many trainable numbers the net holds.
    ///
    /// # Errors
    /// As [`NetSpec::shapes`].
    pub fn parameter_count(&self, input: Shape) -> Result<usize, SpecError> {
        let shapes = self.shapes(input)?;
        let inputs = std::iter::once(input).chain(shapes);
        Ok(self
            .layers
            .iter()
            .zip(inputs)
            .filter_map(|(layer, shape)| layer.parameters(shape))
            .sum())
    }
}

impl LayerSpec {
    /// The shape that this layer makes of `input`.
    ///
    /// # Errors
    /// Names the layer's own field; the caller adds where the layer stands.
    pub fn output(&self, input: Shape) -> Result<Shape, SpecError> {
        match *self {
            Self::Linear { units, .. } => {
                in_range("units", units, 1, MAXIMUM_UNITS)?;
                flat_input(input, "linear")?;
                Ok(Shape::flat(units))
            }
            Self::Conv { channels, kernel, stride, padding, .. } => {
                let (_, height, width) = image_input(input, "conv")?;
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
                let (_, height, width) = image_input(input, "conv_transpose")?;
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
                let (channels, height, width) = image_input(input, "upsample")?;
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
            Self::BatchNorm { epsilon, momentum } => {
                in_range("epsilon", epsilon, 1e-12, 1.0)?;
                in_range("momentum", momentum, 0.0, 1.0)?;
                Ok(input)
            }
            Self::LayerNorm { epsilon } => {
                in_range("epsilon", epsilon, 1e-12, 1.0)?;
                Ok(input)
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
            Self::Reshape { channels, height, width } => {
                let size = flat_input(input, "reshape")?;
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
                let (channels, height, width) = image_input(input, "flatten")?;
                Ok(Shape::flat(channels * height * width))
            }
        }
    }

    /// How many trainable numbers the layer holds for `input`; `None` where that overflows.
    pub fn parameters(&self, input: Shape) -> Option<usize> {
        let convolution = |output: usize, kernel: usize, bias: bool| {
            let Shape::Image { channels, .. } = input else { return Some(0) };
            let weights = channels.checked_mul(output)?.checked_mul(kernel.checked_mul(kernel)?)?;
            weights.checked_add(if bias { output } else { 0 })
        };
        match *self {
            Self::Linear { units, bias } => {
                input.size()?.checked_mul(units)?.checked_add(if bias { units } else { 0 })
            }
            Self::Conv { channels, kernel, bias, .. }
            | Self::ConvTranspose { channels, kernel, bias, .. } => {
                convolution(channels, kernel, bias)
            }
            Self::BatchNorm { .. } | Self::LayerNorm { .. } => Some(2 * features(input)),
            _ => Some(0),
        }
    }
}

/// Over how many features a normalisation layer keeps scale and shift: the numbers of a vector,
/// the channels of an image.
fn features(shape: Shape) -> usize {
    match shape {
        Shape::Flat { size } => size,
        Shape::Image { channels, .. } => channels,
    }
}

fn flat_input(input: Shape, layer: &str) -> Result<usize, SpecError> {
    match input {
        Shape::Flat { size } => Ok(size),
        Shape::Image { .. } => Err(SpecError::new(
            "kind",
            format!("{layer} takes a vector and gets an image of {input}: flatten it first"),
        )),
    }
}

fn image_input(input: Shape, layer: &str) -> Result<(usize, usize, usize), SpecError> {
    match input {
        Shape::Image { channels, height, width } => Ok((channels, height, width)),
        Shape::Flat { size } => Err(SpecError::new(
            "kind",
            format!("{layer} takes an image and gets a vector of {size}: reshape it first"),
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
