//! One layer of a net: its kind and its settings. `shapes` computes the shape of its output,
//! `parameters` lists its tensors.

mod blocks;
pub(crate) mod cost;
pub(crate) mod parameters;
pub(crate) mod shapes;

use serde::Serialize;

use crate::read::reads_tagged;

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LayerSpec {
    /// `y = x W + b`, from a vector to a vector of `units`.
    Linear {
        /// Size of the output.
        units: usize,
        /// Whether `b` is there.
        bias: bool,
    },
    /// The largest of `pieces` linear maps, for each unit (Goodfellow et al. 2013).
    Maxout {
        /// Size of the output.
        units: usize,
        /// Linear maps for each unit.
        pieces: usize,
    },
    /// As many linear layers as there are generators; a sample goes through that of its number.
    MixtureLinear {
        /// Size of the output.
        units: usize,
        /// Count of generators.
        generators: usize,
    },
    /// Two-dimensional convolution (cross-correlation, as everywhere in the field).
    Conv {
        /// Channels of the output.
        channels: usize,
        /// Side of the square kernel, in pixels.
        kernel: usize,
        /// Step of the kernel, in pixels.
        stride: usize,
        /// Zeros added on each side, in pixels.
        padding: usize,
        /// Whether there is a bias per output channel.
        bias: bool,
    },
    /// Transposed convolution: the gradient of a convolution with respect to its input.
    ConvTranspose {
        /// Channels of the output.
        channels: usize,
        /// Side of the square kernel, in pixels.
        kernel: usize,
        /// Step of the kernel in the output, in pixels.
        stride: usize,
        /// Pixels cut off on each side of the output.
        padding: usize,
        /// Whether there is a bias per output channel.
        bias: bool,
    },
    /// Adds zeros at the sides of an image, or cuts pixels off where a number is negative: padding that
    /// differs from side to side, as "same" means it elsewhere.
    Pad {
        /// Rows above.
        top: i32,
        /// Rows beneath.
        bottom: i32,
        /// Columns at the left.
        left: i32,
        /// Columns at the right.
        right: i32,
    },
    /// Nearest-neighbour up-sampling: each pixel becomes `scale` x `scale` pixels.
    Upsample {
        /// Factor in height and width.
        scale: usize,
    },
    /// Bilinear up-sampling, whose pixels are squares (`align_corners=False` in PyTorch): a new pixel
    /// lies between the middles of the old ones, and beyond the outer middles equals the border's.
    UpsampleBilinear {
        /// Factor in height and width.
        scale: usize,
    },
    /// Rearranges `scale`² channels as one of `scale` times the height and width (sub-pixel
    /// convolution, Shi et al. 2016, equation 4).
    PixelShuffle {
        /// Factor in height and width.
        scale: usize,
    },
    /// Means of squares of `size` x `size` pixels, side by side.
    AveragePool {
        /// Side of a square; height and width must be multiples of it.
        size: usize,
    },
    /// Batch normalisation over the batch (and the pixels, for images), with learned scale and
    /// shift (Ioffe & Szegedy 2015). Training uses the batch's statistics, sampling the running
    /// ones.
    BatchNorm {
        /// Added to the variance.
        epsilon: f32,
        /// Weight of the newest batch in the running statistics.
        momentum: f32,
    },
    /// Layer normalisation over all numbers of a sample (for images: channels, height and
    /// width), with learned scale and shift per number of a vector or per channel of an image
    /// (Ba et al. 2016).
    LayerNorm {
        /// Added to the variance.
        epsilon: f32,
    },
    /// Normalisation of each channel of an image over its own pixels (Ulyanov et al. 2016).
    InstanceNorm {
        /// Added to the variance.
        epsilon: f32,
        /// Whether there is a learned scale and shift per channel.
        affine: bool,
    },
    /// Normalisation over the channels of each group and their pixels, with learned scale and shift per
    /// channel, or per number of a vector (Wu & He 2018).
    GroupNorm {
        /// Count of groups, of neighbouring channels.
        groups: usize,
        /// Added to the variance.
        epsilon: f32,
    },
    /// `x / sqrt(mean of x² over the features + epsilon)`: over the channels of each pixel, or all
    /// numbers of a vector (Karras et al. 2017, section 4.2).
    PixelNorm {
        /// Added to the mean of the squares.
        epsilon: f32,
    },
    /// Appends one feature (a channel, for images): the standard deviation over the batch, averaged
    /// over all features and pixels (Karras et al. 2017, section 3).
    MinibatchStddev {},
    /// Appends `features` numbers to a vector: `o_b(x_i) = Σ_j exp(-‖M_ib - M_jb‖₁)`, where row `b`
    /// of `M_i`, `dimensions` numbers, is linear in `x_i` (Salimans et al. 2016, section 3.2).
    MinibatchDiscrimination {
        /// Rows of `M`: numbers appended.
        features: usize,
        /// Columns of `M`.
        dimensions: usize,
    },
    /// `max(0, x) + slope * min(0, x)` with a learned slope for each feature, or channel of an image; slopes start
    /// at 0.25 (He et al. 2015, section 2.1).
    Prelu {},
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
    /// Adds N(0, sd²) to each number; in a generator when sampling, too: further latents, in the
    /// middle of the net.
    Noise {
        /// Standard deviation.
        sd: f32,
    },
    /// Appends the class of the sample: to a vector as numbers, to an image as constant channels.
    Label {
        /// Count of classes.
        classes: usize,
        /// Numbers of a learned embedding of the class; absent is the class as one-hot numbers.
        #[serde(skip_serializing_if = "Option::is_none")]
        embedding: Option<usize>,
        /// Whether the embedding has so many numbers for each pixel of an image, and not the same ones for all: a learned
        /// image of the class.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        per_pixel: bool,
    },
    /// Multiplies each feature, or channel of an image, by a learned number of the class (the latent of the class's
    /// embedding in the authors' code of Odena et al. 2016).
    LabelProduct {
        /// Count of classes.
        classes: usize,
    },
    /// Appends the sample's latent, as [`Label`](Self::Label) appends the class: of a fake that which it
    /// was made of, of a real that which the encoder finds (BiGAN, Donahue et al. 2016).
    Latent {
        /// Numbers of a latent.
        size: usize,
    },
    /// Puts `log Σ exp(x)` over the numbers of a vector before them: of logits of classes, the logit of
    /// being real against a fake class whose logit is always 0 (Salimans et al. 2016, section 5).
    LogSumExp {},
    /// Ends the mapping and begins the image: the vector that arrives is the style `w` of all modulated
    /// convolutions behind this layer, which gives the same learned image for every sample (StyleGAN, Karras
    /// et al. 2018, section 2). The mean of `w` is kept, for truncation (appendix B): `w` becomes
    /// `mean + truncation * (w - mean)`.
    StyledConstant {
        /// Channels of the image.
        channels: usize,
        /// Rows of the image, in pixels.
        height: usize,
        /// Columns of the image, in pixels.
        width: usize,
        /// Probability with which a training sample has another sample's style from a random layer on (style
        /// mixing, section 3.1; the paper's is 0.9).
        mixing: f32,
        /// Weight of the newest batch in the mean of `w` (the authors' code: 0.005).
        momentum: f32,
    },
    /// Convolution, without a stride and with zeros around, whose weights depend on the style: with
    /// `s = w A + b`, which starts near one, `W'_oik = s_i W_oik`; demodulated,
    /// `W''_oik = W'_oik / sqrt(Σ_ik W'_oik² + 1e-8)` (Karras et al. 2019, section 2.2, equations 1 and 3).
    /// Noise of N(0, 1), the same for all channels of a pixel, is added with a learned strength for each
    /// channel, which starts at 0; then a bias for each channel.
    ModulatedConv {
        /// Channels of the output.
        channels: usize,
        /// Side of the square kernel, in pixels: odd.
        kernel: usize,
        /// Numbers in `w`.
        style: usize,
        /// Whether the weights are demodulated: not at the end, where the image is made.
        demodulate: bool,
        /// Whether noise is added.
        noise: bool,
    },
    /// `body(x) + shortcut(x)` (He et al. 2016). An empty shortcut is the identity.
    Residual {
        /// Layers of the body.
        layers: Vec<LayerSpec>,
        /// Layers beside it, where body and input differ in shape: often a 1 x 1 convolution.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        shortcut: Vec<LayerSpec>,
    },
    /// A stage of a generator that grows ([`GrowthSpec`](crate::GrowthSpec)): the image that `layers` make, and
    /// before the stage is there that of `early`, whose pixels are repeated as `scale` x `scale`. While the stage is
    /// faded in, a blend of both (Karras et al. 2017, section 2).
    Grow {
        /// Factor in height and width between the two images.
        scale: usize,
        /// Layers of the stage; a further stage stands among them.
        layers: Vec<LayerSpec>,
        /// Layers that make the smaller image.
        early: Vec<LayerSpec>,
    },
    /// A stage of a discriminator that grows, as [`Grow`](Self::Grow): what `layers` make of the image, and before
    /// the stage is there what `early` makes of the image of means of `scale` x `scale` pixels.
    Shrink {
        /// Factor in height and width between the two images.
        scale: usize,
        /// Layers of the stage; a further stage stands first among them.
        layers: Vec<LayerSpec>,
        /// Layers that are given the smaller image.
        early: Vec<LayerSpec>,
    },
    /// Appends `body(x)` to `x`, as further channels or numbers: nested, a U-Net (Ronneberger et al.
    /// 2015).
    Skip {
        /// Layers of the body, which keep height and width.
        layers: Vec<LayerSpec>,
    },
    /// Of an image of `2 n + 1` channels, which are a picture, its mask and another picture: the other
    /// picture where the mask is 1, the picture where it is -1, and between them in proportion. Behind
    /// a [`Skip`](Self::Skip) of a masked picture, what was there is kept, and the hole is filled (as
    /// Iizuka et al. 2017 restore the pixels outside of the hole).
    Composite {},
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum ActivationKind {
    /// `max(0, x)`
    Relu {},
    /// `max(0, x) + slope * min(0, x)`
    LeakyRelu {
        /// Slope for negative inputs.
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
    /// `x` for positive numbers, `alpha (exp(x) - 1)` for others (Clevert et al. 2015).
    Elu {
        /// Minus the limit for small numbers.
        alpha: f32,
    },
    /// `1.0507 ELU(x)` with `alpha` 1.6733: keeps mean and variance (Klambauer et al. 2017).
    Selu {},
    /// `x Φ(x)`, with the distribution function `Φ` of N(0, 1) (Hendrycks & Gimpel 2016).
    Gelu {},
}

impl LayerSpec {
    /// The count of classes, of a layer that is told the class.
    pub fn classes(&self) -> Option<usize> {
        match *self {
            Self::Label { classes, .. } | Self::LabelProduct { classes } => Some(classes),
            _ => None,
        }
    }

    /// The lists of layers inside a block, by their names; none for other layers.
    pub fn inside(&self) -> Vec<(&'static str, &[Self])> {
        match self {
            Self::Residual { layers, shortcut } => {
                vec![("layers", layers.as_slice()), ("shortcut", shortcut.as_slice())]
            }
            Self::Skip { layers } => vec![("layers", layers.as_slice())],
            Self::Grow { layers, early, .. } | Self::Shrink { layers, early, .. } => {
                vec![("layers", layers.as_slice()), ("early", early.as_slice())]
            }
            _ => Vec::new(),
        }
    }

    /// The layers of a stage of growth, and those that stand for it before; `None` of other layers.
    pub(crate) fn stage(&self) -> Option<(&Vec<Self>, &Vec<Self>)> {
        match self {
            Self::Grow { layers, early, .. } | Self::Shrink { layers, early, .. } => {
                Some((layers, early))
            }
            _ => None,
        }
    }

    /// A layer of each kind, in the order in which they are offered, with the settings of a new
    /// layer.
    pub fn examples() -> Vec<Self> {
        let inside = Self::Conv { channels: 32, kernel: 3, stride: 1, padding: 1, bias: true };
        vec![
            Self::Linear { units: 64, bias: true },
            Self::Conv { channels: 32, kernel: 4, stride: 2, padding: 1, bias: true },
            Self::ConvTranspose { channels: 32, kernel: 4, stride: 2, padding: 1, bias: true },
            Self::Activation { function: ActivationKind::LeakyRelu { slope: 0.2 } },
            Self::Prelu {},
            Self::BatchNorm { epsilon: 1e-5, momentum: 0.1 },
            Self::LayerNorm { epsilon: 1e-5 },
            Self::InstanceNorm { epsilon: 1e-5, affine: false },
            Self::GroupNorm { groups: 8, epsilon: 1e-5 },
            Self::PixelNorm { epsilon: 1e-8 },
            Self::Dropout { rate: 0.2 },
            Self::Noise { sd: 0.1 },
            Self::Reshape { channels: 32, height: 7, width: 7 },
            Self::Flatten {},
            Self::Pad { top: 0, bottom: 1, left: 0, right: 1 },
            Self::Upsample { scale: 2 },
            Self::UpsampleBilinear { scale: 2 },
            Self::PixelShuffle { scale: 2 },
            Self::AveragePool { size: 2 },
            Self::MinibatchStddev {},
            Self::MinibatchDiscrimination { features: 16, dimensions: 5 },
            Self::Maxout { units: 64, pieces: 3 },
            Self::MixtureLinear { units: 64, generators: 4 },
            Self::Label { classes: 10, embedding: None, per_pixel: false },
            Self::LabelProduct { classes: 10 },
            Self::Latent { size: 16 },
            Self::LogSumExp {},
            Self::StyledConstant {
                channels: 32,
                height: 7,
                width: 7,
                mixing: 0.0,
                momentum: 0.005,
            },
            Self::ModulatedConv {
                channels: 32,
                kernel: 3,
                style: 64,
                demodulate: true,
                noise: true,
            },
            Self::Residual { layers: vec![inside.clone()], shortcut: Vec::new() },
            Self::Skip { layers: vec![inside.clone()] },
            Self::Grow {
                scale: 2,
                layers: vec![Self::Upsample { scale: 2 }, inside.clone()],
                early: vec![inside.clone()],
            },
            Self::Shrink {
                scale: 2,
                layers: vec![inside.clone(), Self::AveragePool { size: 2 }],
                early: vec![inside],
            },
            Self::Composite {},
        ]
    }
}

reads_tagged!(LayerSpec by "kind" {
    "linear" => Linear { units, bias = true },
    "maxout" => Maxout { units, pieces },
    "mixture_linear" => MixtureLinear { units, generators },
    "conv" => Conv { channels, kernel, stride = 1, padding = 0, bias = true },
    "conv_transpose" => ConvTranspose { channels, kernel, stride = 1, padding = 0, bias = true },
    "pad" => Pad { top = 0, bottom = 0, left = 0, right = 0 },
    "upsample" => Upsample { scale },
    "upsample_bilinear" => UpsampleBilinear { scale },
    "pixel_shuffle" => PixelShuffle { scale },
    "average_pool" => AveragePool { size },
    "batch_norm" => BatchNorm { epsilon = 1e-5, momentum = 0.1 },
    "layer_norm" => LayerNorm { epsilon = 1e-5 },
    "instance_norm" => InstanceNorm { epsilon = 1e-5, affine = false },
    "group_norm" => GroupNorm { groups, epsilon = 1e-5 },
    "pixel_norm" => PixelNorm { epsilon = 1e-8 },
    "minibatch_stddev" => MinibatchStddev {},
    "minibatch_discrimination" => MinibatchDiscrimination { features, dimensions },
    "prelu" => Prelu {},
    "activation" => Activation { function },
    "dropout" => Dropout { rate },
    "noise" => Noise { sd },
    "label" => Label { classes, embedding = None, per_pixel = false },
    "label_product" => LabelProduct { classes },
    "latent" => Latent { size },
    "log_sum_exp" => LogSumExp {},
    "styled_constant" => StyledConstant {
        channels,
        height,
        width,
        mixing = 0.0,
        momentum = 0.005,
    },
    "modulated_conv" => ModulatedConv {
        channels,
        kernel = 3,
        style,
        demodulate = true,
        noise = true,
    },
    "residual" => Residual { layers, shortcut = Vec::new() },
    "skip" => Skip { layers },
    "grow" => Grow { scale = 2, layers, early },
    "shrink" => Shrink { scale = 2, layers, early },
    "composite" => Composite {},
    "reshape" => Reshape { channels, height, width },
    "flatten" => Flatten {},
});
reads_tagged!(ActivationKind by "name" {
    "relu" => Relu {},
    "leaky_relu" => LeakyRelu { slope = 0.2 },
    "tanh" => Tanh {},
    "sigmoid" => Sigmoid {},
    "silu" => Silu {},
    "softplus" => Softplus {},
    "elu" => Elu { alpha = 1.0 },
    "selu" => Selu {},
    "gelu" => Gelu {},
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::tests::every_kind_is_there;

    #[test]
    fn every_kind_of_layer_has_an_example() {
        every_kind_is_there(&LayerSpec::examples());
    }
}
