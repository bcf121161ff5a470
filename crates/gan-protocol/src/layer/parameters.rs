//! The tensors that a layer trains.

use super::LayerSpec;
use crate::shape::Shape;

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
    /// Slopes for negative numbers: they start at 0.25, as in PyTorch.
    Slope,
    /// Learned numbers of a class: N(0, 1), as in PyTorch.
    Embedding,
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
            Self::BatchNorm { .. }
            | Self::LayerNorm { .. }
            | Self::GroupNorm { .. }
            | Self::InstanceNorm { affine: true, .. } => vec![
                Parameter { name: "scale", dimensions: vec![from], role: Role::Scale },
                Parameter { name: "shift", dimensions: vec![from], role: Role::Shift },
            ],
            Self::Label { classes, embedding: Some(size), per_pixel } => {
                let pixels = if per_pixel { input.pixels() } else { 1 };
                let (name, dimensions) = ("embedding", vec![classes, size.saturating_mul(pixels)]);
                vec![Parameter { name, dimensions, role: Role::Embedding }]
            }
            Self::LabelProduct { classes } => {
                let (name, dimensions) = ("embedding", vec![classes, from]);
                vec![Parameter { name, dimensions, role: Role::Embedding }]
            }
            Self::Prelu {} => {
                let (name, dimensions) = ("slope", vec![from]);
                vec![Parameter { name, dimensions, role: Role::Slope }]
            }
            Self::StyledConstant { channels, height, width, .. } => {
                let dimensions = vec![channels, height, width];
                vec![Parameter { name: "constant", dimensions, role: Role::Embedding }]
            }
            Self::ModulatedConv { channels, kernel, style, noise, .. } => {
                let area = kernel.saturating_mul(kernel);
                let weight = Role::Weight {
                    fan_in: from.saturating_mul(area),
                    fan_out: channels.saturating_mul(area),
                    output_axis: 0,
                };
                let modulation = Role::Weight { fan_in: style, fan_out: from, output_axis: 1 };
                let dimensions = vec![channels, from, kernel, kernel];
                let mut parameters = vec![
                    Parameter { name: "weight", dimensions, role: weight },
                    Parameter { name: "style", dimensions: vec![style, from], role: modulation },
                    Parameter { name: "scale", dimensions: vec![from], role: Role::Scale },
                    Parameter { name: "shift", dimensions: vec![channels], role: Role::Shift },
                ];
                if noise {
                    let (name, dimensions) = ("noise", vec![channels]);
                    parameters.push(Parameter { name, dimensions, role: Role::Shift });
                }
                parameters
            }
            Self::Label { embedding: None, .. }
            | Self::Latent { .. }
            | Self::LogSumExp {}
            | Self::Activation { .. }
            | Self::AveragePool { .. }
            | Self::Composite {}
            | Self::Dropout { .. }
            | Self::Flatten {}
            | Self::MinibatchStddev {}
            | Self::Noise { .. }
            | Self::Pad { .. }
            | Self::PixelNorm { .. }
            | Self::Reshape { .. }
            | Self::InstanceNorm { affine: false, .. }
            | Self::Residual { .. }
            | Self::Skip { .. }
            | Self::Grow { .. }
            | Self::Shrink { .. }
            | Self::PixelShuffle { .. }
            | Self::UpsampleBilinear { .. }
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
        for (name, layers) in self.inside() {
            let mut shape = self.inner_input(name, input);
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
