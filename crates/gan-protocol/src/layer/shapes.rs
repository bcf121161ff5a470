//! The shape of a layer's output, and the inputs and settings that the layer refuses.

use super::blocks::{grow, residual, shrink, skip};
use super::{ActivationKind, LayerSpec};
use crate::error::{SpecError, in_range};
use crate::names::Tagged as _;
use crate::shape::Shape;

/// Limits that keep a spec from asking for more memory than a browser tab has.
const MAXIMUM_UNITS: usize = 65_536;
const MAXIMUM_CHANNELS: usize = 2_048;
const MAXIMUM_SIDE_PX: usize = 256;

impl LayerSpec {
    /// The shape that this layer makes of `input`.
    ///
    /// # Errors
    /// Names the layer's own field; the caller adds the path of the layer.
    pub fn output(&self, input: Shape) -> Result<Shape, SpecError> {
        self.output_at(input, 0)
    }

    /// The same within so many other blocks.
    pub(super) fn output_at(&self, input: Shape, depth: usize) -> Result<Shape, SpecError> {
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
            Self::Pad { top, bottom, left, right } => {
                let (channels, height, width) = image_input(input, self)?;
                let most = MAXIMUM_SIDE_PX as i32;
                let sides = [("top", top), ("bottom", bottom), ("left", left), ("right", right)];
                for (name, pixels) in sides {
                    in_range(name, pixels, -most, most)?;
                }
                let side = |size: usize, added: i32| size.checked_add_signed(added as isize);
                match (side(height, top + bottom), side(width, left + right)) {
                    (Some(height @ 1..=MAXIMUM_SIDE_PX), Some(width @ 1..=MAXIMUM_SIDE_PX)) => {
                        Ok(Shape::image(channels, height, width))
                    }
                    _ => Err(SpecError::new(
                        "kind",
                        format!("leaves no sides of 1 to {MAXIMUM_SIDE_PX} of {input}"),
                    )),
                }
            }
            Self::PixelShuffle { scale } => {
                let (channels, height, width) = image_input(input, self)?;
                in_range("scale", scale, 1, 8)?;
                if !channels.is_multiple_of(scale * scale) {
                    let message =
                        format!("is {scale}; {channels} channels are no multiple of its square");
                    return Err(SpecError::new("scale", message));
                }
                let output =
                    Shape::image(channels / (scale * scale), height * scale, width * scale);
                enlarged(output, height.max(width) * scale)
            }
            Self::Upsample { scale } | Self::UpsampleBilinear { scale } => {
                let (channels, height, width) = image_input(input, self)?;
                in_range("scale", scale, 1, 8)?;
                let output = Shape::image(channels, height * scale, width * scale);
                enlarged(output, height.max(width) * scale)
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
            Self::InstanceNorm { epsilon, .. } => {
                image_input(input, self)?;
                in_range("epsilon", epsilon, 1e-12, 1.0)?;
                Ok(input)
            }
            Self::GroupNorm { groups, epsilon } => {
                in_range("epsilon", epsilon, 1e-12, 1.0)?;
                in_range("groups", groups, 1, MAXIMUM_CHANNELS)?;
                if !input.features().is_multiple_of(groups) {
                    let features = input.features();
                    let message = format!("is {groups}; {features} features are no multiple of it");
                    return Err(SpecError::new("groups", message));
                }
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
                match function {
                    ActivationKind::LeakyRelu { slope } => {
                        in_range("function.slope", slope, 0.0, 1.0)?;
                    }
                    ActivationKind::Elu { alpha } => in_range("function.alpha", alpha, 0.0, 10.0)?,
                    ActivationKind::Relu {}
                    | ActivationKind::Tanh {}
                    | ActivationKind::Sigmoid {}
                    | ActivationKind::Silu {}
                    | ActivationKind::Softplus {}
                    | ActivationKind::Selu {}
                    | ActivationKind::Gelu {} => {}
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
            Self::LabelProduct { classes } => {
                classes_in_range(classes)?;
                Ok(input)
            }
            Self::Label { classes, embedding, per_pixel } => {
                classes_in_range(classes)?;
                in_range("embedding", embedding.unwrap_or(1), 1, 1_024)?;
                if per_pixel {
                    image_input(input, self)?;
                    if embedding.is_none() {
                        return Err(SpecError::new("per_pixel", "goes with an `embedding`"));
                    }
                }
                Ok(appended(input, embedding.unwrap_or(classes)))
            }
            Self::Prelu {} => Ok(input),
            Self::Latent { size } => {
                in_range("size", size, 1, 1_024)?;
                Ok(appended(input, size))
            }
            Self::LogSumExp {} => Ok(Shape::flat(flat_input(input, self)? + 1)),
            Self::StyledConstant { channels, height, width, mixing, momentum } => {
                flat_input(input, self)?;
                in_range("channels", channels, 1, MAXIMUM_CHANNELS)?;
                in_range("height", height, 1, MAXIMUM_SIDE_PX)?;
                in_range("width", width, 1, MAXIMUM_SIDE_PX)?;
                in_range("mixing", mixing, 0.0, 1.0)?;
                in_range("momentum", momentum, 0.0, 1.0)?;
                Ok(Shape::image(channels, height, width))
            }
            Self::ModulatedConv { channels, kernel, style, .. } => {
                let (_, height, width) = image_input(input, self)?;
                check_kernel(channels, kernel, 1, 0)?;
                in_range("style", style, 1, MAXIMUM_UNITS)?;
                if kernel.is_multiple_of(2) {
                    let message = format!("is {kernel}; a kernel with a middle pixel is odd");
                    return Err(SpecError::new("kernel", message));
                }
                Ok(Shape::image(channels, height, width))
            }
            Self::Residual { ref layers, ref shortcut } => residual(input, layers, shortcut, depth),
            Self::Skip { ref layers } => skip(input, layers, depth),
            Self::Grow { scale, ref layers, ref early } => grow(input, scale, layers, early, depth),
            Self::Shrink { scale, ref layers, ref early } => {
                image_input(input, self)?;
                shrink(input, scale, layers, early, depth)
            }
            Self::Composite {} => {
                let (channels, height, width) = image_input(input, self)?;
                if channels < 3 || channels.is_multiple_of(2) {
                    let message = format!(
                        "takes a picture, its mask and another picture: 3, 5 or 7 … channels, not {channels}"
                    );
                    return Err(SpecError::new("kind", message));
                }
                Ok(Shape::image(channels / 2, height, width))
            }
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

    /// The shape that the layers of the list `name` within this layer are given, where it is given `input`.
    pub fn inner_input(&self, name: &str, input: Shape) -> Shape {
        match (self, input) {
            (Self::Shrink { scale, .. }, Shape::Image { channels, height, width })
                if name == "early" =>
            {
                let scale = (*scale).max(1);
                Shape::image(channels, height / scale, width / scale)
            }
            _ => input,
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
            Self::Residual { .. } | Self::Skip { .. } | Self::Grow { .. } | Self::Shrink { .. } => {
                let inside = self.inside().into_iter().flat_map(|(_, layers)| layers);
                inside.map(Self::mixing).max().unwrap_or(Mixing::Never)
            }
            Self::Linear { .. }
            | Self::Maxout { .. }
            | Self::MixtureLinear { .. }
            | Self::Conv { .. }
            | Self::ConvTranspose { .. }
            | Self::Pad { .. }
            | Self::Upsample { .. }
            | Self::UpsampleBilinear { .. }
            | Self::PixelShuffle { .. }
            | Self::Composite {}
            | Self::AveragePool { .. }
            | Self::InstanceNorm { .. }
            | Self::GroupNorm { .. }
            | Self::LayerNorm { .. }
            | Self::PixelNorm { .. }
            | Self::Activation { .. }
            | Self::Prelu {}
            | Self::Dropout { .. }
            | Self::Noise { .. }
            | Self::Label { .. }
            | Self::LabelProduct { .. }
            | Self::Latent { .. }
            | Self::LogSumExp {}
            | Self::StyledConstant { .. }
            | Self::ModulatedConv { .. }
            | Self::Reshape { .. }
            | Self::Flatten {} => Mixing::Never,
        }
    }
}

fn classes_in_range(classes: usize) -> Result<(), SpecError> {
    in_range("classes", classes, 2, 1_000)
}

/// When an output depends on other samples of the batch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mixing {
    Never,
    InTraining,
    Always,
}

/// `shape` with `count` more features.
pub(super) fn appended(shape: Shape, count: usize) -> Shape {
    match shape {
        Shape::Flat { size } => Shape::flat(size + count),
        Shape::Image { channels, height, width } => Shape::image(channels + count, height, width),
    }
}

/// `output` of a layer that enlarges, if its longest side may be that long.
fn enlarged(output: Shape, longest: usize) -> Result<Shape, SpecError> {
    if longest <= MAXIMUM_SIDE_PX {
        return Ok(output);
    }
    Err(SpecError::new("scale", format!("gives {output}; a side may be {MAXIMUM_SIDE_PX}")))
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
