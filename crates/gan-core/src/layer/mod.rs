//! The computation of each layer kind: its output, and the gradient with respect to its input.
//!
//! The gradient ([`input_gradient`]) is written as forward tensor operations, so that ordinary
//! first-order automatic differentiation gives the exact gradient of a penalty on a critic's slope.
//! The gradient of a linear layer is a product with the transposed weights, that of a convolution a
//! transposed convolution with the same weights, that of leaky ReLU a constant mask.

mod activation;
mod composite;
mod convolution;
mod growing;
mod label;
mod linear;
mod log_sum_exp;
mod minibatch;
mod norm;
mod padding;
mod random;
mod scaling;
mod style;

use gan_protocol::{LayerSpec, Shape};

use crate::batch::{Batch, each};
use crate::net::Pass;
use crate::ops::tensor::Tensor;
use crate::plan::PlannedLayer;
#[cfg(feature = "training")]
pub(crate) use growing::without_details;
pub(crate) use scaling::repeated;
pub(crate) use style::Style;

const REFUSED: &str = "validation refuses a penalty on a critic with such a layer";

/// The values of a layer's forward pass that [`input_gradient`] needs.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    input: Batch,
    output: Batch,
    /// The factors of dropout or of the class; the choice among several generators.
    mask: Option<Batch>,
    /// The style of a modulated convolution.
    style: Option<Tensor<2>>,
    /// The factor of each feature, for batch normalisation by running statistics.
    factors: Option<Tensor<1>>,
    /// How far a stage of growth is there.
    share: f32,
    /// The body of a block; empty for other layers.
    body: Vec<Kept>,
    shortcut: Vec<Kept>,
}

/// A layer's parameters, in the shapes for computing.
struct Values<'a> {
    tensors: &'a [Tensor<1>],
    dimensions: &'a [Vec<usize>],
}

impl Values<'_> {
    fn get<const D: usize>(&self, index: usize) -> Tensor<D> {
        let dimensions: [usize; D] =
            self.dimensions[index].clone().try_into().expect("the plan fixes each rank");
        self.tensors[index].clone().reshape(dimensions)
    }

    fn optional(&self, index: usize) -> Option<Tensor<1>> {
        self.tensors.get(index).cloned()
    }
}

fn values<'a>(layer: &'a PlannedLayer, weights: &'a [Tensor<1>]) -> Values<'a> {
    Values { tensors: &weights[layer.parameters.clone()], dimensions: &layer.dimensions }
}

/// Applies `layers` one after the other. `weights` are all of the net's parameters, `buffers` all
/// of its buffers. A training pass that moves statistics updates the running statistics in
/// `buffers`, detached from the graph. If `kept` is given, the values for the gradient are added to
/// it.
pub(crate) fn forward_all(
    layers: &[PlannedLayer],
    weights: &[Tensor<1>],
    buffers: &mut [Tensor<1>],
    input: Batch,
    pass: &mut Pass<'_>,
    mut kept: Option<&mut Vec<Kept>>,
) -> Batch {
    let mut batch = input;
    for layer in layers {
        if let LayerSpec::StyledConstant { .. } = layer.spec {
            let is_modulated =
                |one: &&PlannedLayer| matches!(one.spec, LayerSpec::ModulatedConv { .. });
            pass.style_layers = layers.iter().filter(is_modulated).count();
        }
        batch = forward(layer, weights, buffers, batch, pass, kept.as_deref_mut());
    }
    batch
}

fn forward(
    layer: &PlannedLayer,
    weights: &[Tensor<1>],
    buffers: &mut [Tensor<1>],
    input: Batch,
    pass: &mut Pass<'_>,
    kept: Option<&mut Vec<Kept>>,
) -> Batch {
    let values = values(layer, weights);
    let before = kept.is_some().then(|| input.clone());
    let (mut mask, mut factors, mut style) = (None, None, None);
    let (mut body, mut shortcut) = (Vec::new(), Vec::new());
    let output = match layer.spec {
        LayerSpec::Linear { .. } => linear::linear(input, &values),
        LayerSpec::Maxout { units, pieces } => linear::maxout(input, &values, units, pieces),
        LayerSpec::MixtureLinear { units, generators } => {
            let chosen = pass.generator();
            mask = Some(Batch::Flat(chosen.clone()));
            linear::mixture(input, &values, units, generators, chosen)
        }
        LayerSpec::Conv { stride, padding, .. } => {
            convolution::conv(input, &values, stride, padding)
        }
        LayerSpec::ConvTranspose { stride, padding, .. } => {
            convolution::conv_transpose(input, &values, stride, padding)
        }
        LayerSpec::Pad { top, bottom, left, right } => {
            padding::padded(input, [top, bottom, left, right])
        }
        LayerSpec::Upsample { scale } => scaling::upsample(input, scale),
        LayerSpec::UpsampleBilinear { scale } => scaling::bilinear(input, scale),
        LayerSpec::PixelShuffle { scale } => scaling::pixel_shuffle(input, scale),
        LayerSpec::AveragePool { size } => scaling::average_pool(input, size),
        LayerSpec::Composite {} => composite::composite(input),
        LayerSpec::BatchNorm { epsilon, momentum } => {
            let statistics = &mut buffers[layer.buffers.clone()];
            let norm = norm::BatchNorm { epsilon, momentum };
            if before.is_some() {
                factors = norm.factors(values.tensors, statistics, &pass.mode);
            }
            norm.apply(input, values.tensors, statistics, &pass.mode)
        }
        LayerSpec::LayerNorm { epsilon } => norm::group_norm(input, values.tensors, 1, epsilon),
        LayerSpec::GroupNorm { groups, epsilon } => {
            norm::group_norm(input, values.tensors, groups, epsilon)
        }
        LayerSpec::InstanceNorm { epsilon, .. } => {
            norm::group_norm(input, values.tensors, layer.input.features(), epsilon)
        }
        LayerSpec::PixelNorm { epsilon } => norm::pixel_norm(input, epsilon),
        LayerSpec::MinibatchStddev {} => minibatch::stddev(input),
        LayerSpec::MinibatchDiscrimination { features, dimensions } => {
            minibatch::discrimination(input, &values, features, dimensions)
        }
        LayerSpec::Activation { function } => activation::activate(input, function),
        LayerSpec::Prelu {} => activation::prelu(input, values.tensors),
        LayerSpec::Dropout { rate } => {
            mask = random::dropout_mask(&input, rate, &mut pass.mode);
            match &mask {
                Some(mask) => input.times(mask.clone()),
                None => input,
            }
        }
        LayerSpec::Noise { sd } => random::with_noise(input, sd, &mut pass.mode),
        LayerSpec::Label { embedding, per_pixel, .. } => {
            let told = label::told(&values, embedding, pass.label());
            if per_pixel { label::with_images(input, told) } else { input.with_features(told) }
        }
        LayerSpec::LabelProduct { .. } => {
            let factors = label::factors(&input, &values, pass.label());
            mask = Some(factors.clone());
            input.times(factors)
        }
        LayerSpec::Latent { .. } => input.with_features(pass.latent()),
        LayerSpec::LogSumExp {} => log_sum_exp::prepend(input),
        LayerSpec::StyledConstant { channels, height, width, mixing, momentum } => {
            let shape = [channels, height, width];
            let settings = style::Constant { shape, mixing, momentum, layers: pass.style_layers };
            let mean = &mut buffers[layer.buffers.clone()][0];
            style::constant(input, &values, mean, settings, pass)
        }
        LayerSpec::ModulatedConv { kernel, demodulate: demodulates, .. } => {
            let settings = style::Modulated { kernel, demodulates };
            let (output, w) = style::modulated(input, &values, settings, pass);
            style = Some(w);
            output
        }
        LayerSpec::Residual { .. } => {
            let keeps = kept.is_some();
            let inside = keeps.then_some(&mut body);
            let main = input.clone();
            let main = forward_all(&layer.body, weights, buffers, main, pass, inside);
            let inside = keeps.then_some(&mut shortcut);
            main.plus(forward_all(&layer.shortcut, weights, buffers, input, pass, inside))
        }
        LayerSpec::Grow { .. } | LayerSpec::Shrink { .. } => {
            let inside = kept.is_some().then_some([&mut body, &mut shortcut]);
            growing::forward(layer, weights, buffers, input, pass, inside)
        }
        LayerSpec::Skip { .. } => {
            let inside = kept.is_some().then_some(&mut body);
            input.clone().appended(forward_all(&layer.body, weights, buffers, input, pass, inside))
        }
        LayerSpec::Reshape { channels, height, width } => {
            input.shaped(Shape::image(channels, height, width))
        }
        LayerSpec::Flatten {} => Batch::Flat(input.flat()),
    };
    if let (Some(kept), Some(input)) = (kept, before) {
        let output = output.clone();
        let share = growing::share_of(layer, pass.level);
        kept.push(Kept { input, output, mask, style, factors, share, body, shortcut });
    }
    output
}

/// The gradient with respect to the input of `layers`, from that with respect to their output and
/// the values kept by the forward pass. `style` gathers that with respect to the style.
pub(crate) fn input_gradient_all(
    layers: &[PlannedLayer],
    weights: &[Tensor<1>],
    kept: &[Kept],
    gradient: Batch,
    style: &mut Option<Tensor<2>>,
) -> Batch {
    let mut gradient = gradient;
    for (layer, kept) in layers.iter().zip(kept).rev() {
        gradient = input_gradient(layer, weights, kept, gradient, style);
    }
    gradient
}

fn input_gradient(
    layer: &PlannedLayer,
    weights: &[Tensor<1>],
    kept: &Kept,
    gradient: Batch,
    style: &mut Option<Tensor<2>>,
) -> Batch {
    let values = values(layer, weights);
    let input = || kept.input.clone();
    match layer.spec {
        LayerSpec::Linear { .. } => linear::linear_gradient(gradient, &values),
        LayerSpec::Maxout { units, pieces } => {
            linear::maxout_gradient(gradient, input(), &values, units, pieces)
        }
        LayerSpec::Conv { stride, padding, kernel, .. } => {
            convolution::conv_gradient(gradient, &values, layer.input, kernel, stride, padding)
        }
        LayerSpec::ConvTranspose { stride, padding, .. } => {
            convolution::conv_transpose_gradient(gradient, &values, stride, padding)
        }
        LayerSpec::Pad { top, bottom, left, right } => {
            padding::padded(gradient, [top, bottom, left, right].map(i32::wrapping_neg))
        }
        LayerSpec::Upsample { scale } => scaling::upsample_gradient(gradient, scale),
        LayerSpec::UpsampleBilinear { scale } => scaling::bilinear_gradient(gradient, scale),
        LayerSpec::PixelShuffle { scale } => scaling::pixel_shuffle_gradient(gradient, scale),
        LayerSpec::AveragePool { size } => scaling::average_pool_gradient(gradient, size),
        LayerSpec::Composite {} => composite::gradient(gradient, input()),
        LayerSpec::LayerNorm { epsilon } => {
            norm::group_norm_gradient(gradient, input(), values.tensors, 1, epsilon)
        }
        LayerSpec::GroupNorm { groups, epsilon } => {
            norm::group_norm_gradient(gradient, input(), values.tensors, groups, epsilon)
        }
        LayerSpec::InstanceNorm { epsilon, .. } => {
            let groups = layer.input.features();
            norm::group_norm_gradient(gradient, input(), values.tensors, groups, epsilon)
        }
        LayerSpec::PixelNorm { epsilon } => norm::pixel_norm_gradient(gradient, input(), epsilon),
        LayerSpec::MinibatchStddev {} => minibatch::stddev_gradient(gradient, input()),
        LayerSpec::Activation { function } => {
            activation::gradient(gradient, input(), kept.output.clone(), function)
        }
        LayerSpec::Prelu {} => activation::prelu_gradient(gradient, input(), values.tensors),
        LayerSpec::Dropout { .. } | LayerSpec::LabelProduct { .. } => match &kept.mask {
            Some(mask) => gradient.times(mask.clone()),
            None => gradient,
        },
        LayerSpec::Noise { .. } => gradient,
        LayerSpec::Label { .. } | LayerSpec::Latent { .. } => {
            // Class and latent are given: the gradient of the appended features is cut off.
            each!(gradient, g => g.narrow(1, 0, layer.input.features()))
        }
        LayerSpec::LogSumExp {} => log_sum_exp::gradient(gradient, input()),
        LayerSpec::Residual { .. } => {
            let main =
                input_gradient_all(&layer.body, weights, &kept.body, gradient.clone(), style);
            main.plus(input_gradient_all(&layer.shortcut, weights, &kept.shortcut, gradient, style))
        }
        LayerSpec::Grow { .. } | LayerSpec::Shrink { .. } => {
            growing::gradient(layer, weights, kept, gradient, style)
        }
        LayerSpec::Skip { .. } => {
            let (direct, through) = gradient.split(layer.input.features());
            direct.plus(input_gradient_all(&layer.body, weights, &kept.body, through, style))
        }
        LayerSpec::ModulatedConv { kernel, demodulate: demodulates, .. } => {
            let w = kept.style.as_ref().expect("the pass kept the style");
            let settings = style::Modulated { kernel, demodulates };
            let (gradient, of_w) = style::gradients(gradient, input(), w, &values, settings);
            *style = Some(match style.take() {
                Some(sum) => sum + of_w,
                None => of_w,
            });
            gradient
        }
        // The image is the same for every input: what comes back is that of the style.
        LayerSpec::StyledConstant { .. } => match style.take() {
            Some(of_w) => Batch::Flat(of_w),
            None => each!(input(), x => x.zeros_like()),
        },
        LayerSpec::Reshape { .. } | LayerSpec::Flatten {} => gradient.shaped(layer.input),
        LayerSpec::BatchNorm { .. } => match &kept.factors {
            Some(factors) => norm::scaled(gradient, factors),
            None => unreachable!("{REFUSED}"),
        },
        LayerSpec::MixtureLinear { generators, .. } => match kept.mask.clone() {
            Some(chosen) => linear::mixture_gradient(gradient, &values, generators, chosen.flat()),
            None => unreachable!("{REFUSED}"),
        },
        LayerSpec::MinibatchDiscrimination { .. } => unreachable!("{REFUSED}"),
    }
}
