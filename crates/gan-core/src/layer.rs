//! What each layer kind computes, and which numbers it keeps.

use burn::tensor::module::{
    batch_norm, batch_norm_train, conv_transpose2d, conv2d, interpolate, layer_norm, linear,
};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions, InterpolateMode, InterpolateOptions};
use burn::tensor::{Tensor, TensorData, activation};
use gan_protocol::{ActivationKind, LayerSpec, Shape};
use gan_random::RngExt;

use crate::initial::Role;
use crate::net::{Activations, Mode};

/// A parameter that a layer asks for.
pub(crate) struct ParameterPlan {
    pub(crate) name: &'static str,
    pub(crate) dimensions: Vec<usize>,
    pub(crate) role: Role,
}

/// A running statistic that a layer asks for; not trained.
pub(crate) struct BufferPlan {
    pub(crate) name: &'static str,
    pub(crate) size: usize,
    pub(crate) start: f32,
}

/// The parameters of `layer` for inputs of `shape`, in the order in which [`forward`] gets them.
pub(crate) fn parameters(layer: &LayerSpec, shape: Shape) -> Vec<ParameterPlan> {
    let weighted = |dimensions: Vec<usize>, fan_in, fan_out, units, bias| {
        let role = Role::Weight { fan_in, fan_out };
        let mut plans = vec![ParameterPlan { name: "weight", dimensions, role }];
        if bias {
            let role = Role::Bias { fan_in };
            plans.push(ParameterPlan { name: "bias", dimensions: vec![units], role });
        }
        plans
    };
    match (layer, shape) {
        (&LayerSpec::Linear { units, bias }, Shape::Flat { size }) => {
            weighted(vec![size, units], size, units, units, bias)
        }
        (&LayerSpec::Conv { channels, kernel, bias, .. }, Shape::Image { channels: from, .. }) => {
            let area = kernel * kernel;
            let dimensions = vec![channels, from, kernel, kernel];
            weighted(dimensions, from * area, channels * area, channels, bias)
        }
        (
            &LayerSpec::ConvTranspose { channels, kernel, stride, bias, .. },
            Shape::Image { channels: from, .. },
        ) => {
            // An output pixel is reached by (kernel / stride)² input pixels of each channel.
            let area = kernel * kernel;
            let reached = (from * area).div_ceil(stride * stride);
            let dimensions = vec![from, channels, kernel, kernel];
            weighted(dimensions, reached, channels * area, channels, bias)
        }
        (LayerSpec::BatchNorm { .. } | LayerSpec::LayerNorm { .. }, shape) => {
            let dimensions = vec![features(shape)];
            vec![
                ParameterPlan { name: "scale", dimensions: dimensions.clone(), role: Role::Scale },
                ParameterPlan { name: "shift", dimensions, role: Role::Shift },
            ]
        }
        _ => Vec::new(),
    }
}

/// The running statistics of `layer` for inputs of `shape`.
pub(crate) fn buffers(layer: &LayerSpec, shape: Shape) -> Vec<BufferPlan> {
    match layer {
        LayerSpec::BatchNorm { .. } => vec![
            BufferPlan { name: "running_mean", size: features(shape), start: 0.0 },
            BufferPlan { name: "running_variance", size: features(shape), start: 1.0 },
        ],
        _ => Vec::new(),
    }
}

/// Features of a normalisation layer: the numbers of a vector, the channels of an image.
fn features(shape: Shape) -> usize {
    match shape {
        Shape::Flat { size } => size,
        Shape::Image { channels, .. } => channels,
    }
}

/// A parameter's flat numbers in the shape that its layer computes with.
struct Values<'a> {
    tensors: &'a [Tensor<1>],
    dimensions: Vec<Vec<usize>>,
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

/// Applies `layer` to `input`, whose samples have `shape`.
///
/// `tensors` are the layer's parameters, `statistics` its running statistics. While training, a
/// batch normalisation writes the updated statistics there; they are detached from the graph.
pub(crate) fn forward(
    layer: &LayerSpec,
    shape: Shape,
    tensors: &[Tensor<1>],
    statistics: &mut [Tensor<1>],
    input: Activations,
    mode: &mut Mode<'_>,
) -> Activations {
    let dimensions = parameters(layer, shape).into_iter().map(|plan| plan.dimensions).collect();
    let values = Values { tensors, dimensions };
    match *layer {
        LayerSpec::Linear { .. } => {
            Activations::Flat(linear(input.flat(), values.get(0), values.optional(1)))
        }
        LayerSpec::Conv { stride, padding, .. } => {
            let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
            let bias = values.optional(1);
            Activations::Image(conv2d(input.image(), values.get(0), bias, options))
        }
        LayerSpec::ConvTranspose { stride, padding, .. } => {
            let options = ConvTransposeOptions::new([stride; 2], [padding; 2], [0; 2], [1; 2], 1);
            let bias = values.optional(1);
            Activations::Image(conv_transpose2d(input.image(), values.get(0), bias, options))
        }
        LayerSpec::Upsample { scale } => {
            let options = InterpolateOptions::new(InterpolateMode::Nearest)
                .with_scale_factor([scale as f32; 2]);
            Activations::Image(interpolate(input.image(), options))
        }
        LayerSpec::BatchNorm { epsilon, momentum } => {
            let norm = BatchNorm { epsilon, momentum };
            match input {
                Activations::Flat(x) => Activations::Flat(norm.apply(x, tensors, statistics, mode)),
                Activations::Image(x) => {
                    Activations::Image(norm.apply(x, tensors, statistics, mode))
                }
            }
        }
        LayerSpec::LayerNorm { epsilon } => normalize_samples(input, tensors, epsilon),
        LayerSpec::Activation { function } => match input {
            Activations::Flat(x) => Activations::Flat(activate(function, x)),
            Activations::Image(x) => Activations::Image(activate(function, x)),
        },
        LayerSpec::Dropout { rate } => match mode {
            Mode::Training { dropout, .. } => drop_out(input, rate, dropout),
            Mode::Sampling => input,
        },
        LayerSpec::Reshape { channels, height, width } => {
            let x = input.flat();
            let batch = x.dims()[0];
            Activations::Image(x.reshape([batch, channels, height, width]))
        }
        LayerSpec::Flatten {} => {
            let x = input.image();
            let [batch, channels, height, width] = x.dims();
            Activations::Flat(x.reshape([batch, channels * height * width]))
        }
    }
}

struct BatchNorm {
    epsilon: f32,
    momentum: f32,
}

impl BatchNorm {
    fn apply<const D: usize>(
        &self,
        x: Tensor<D>,
        tensors: &[Tensor<1>],
        statistics: &mut [Tensor<1>],
        mode: &Mode<'_>,
    ) -> Tensor<D> {
        let (scale, shift) = (tensors[0].clone(), tensors[1].clone());
        let epsilon = f64::from(self.epsilon);
        let Mode::Training { moves_statistics, .. } = mode else {
            let (mean, variance) = (statistics[0].clone(), statistics[1].clone());
            return batch_norm(x, scale, shift, mean, variance, epsilon);
        };
        let dimensions = x.dims();
        let count = dimensions.iter().product::<usize>() / dimensions[1];
        let normalized = batch_norm_train(x, scale, shift, epsilon);
        if !moves_statistics {
            return normalized.output;
        }
        // Running statistics hold the unbiased variance, as PyTorch's do.
        let unbiased = count as f32 / (count as f32 - 1.0);
        let blend = |old: &Tensor<1>, new: Tensor<1>, factor: f32| {
            old.clone().mul_scalar(1.0 - self.momentum) + new.mul_scalar(self.momentum * factor)
        };
        statistics[0] = blend(&statistics[0], normalized.mean.inner(), 1.0);
        statistics[1] = blend(&statistics[1], normalized.variance.inner(), unbiased);
        normalized.output
    }
}

/// Layer normalisation over all numbers of each sample; scale and shift per feature.
fn normalize_samples(input: Activations, tensors: &[Tensor<1>], epsilon: f32) -> Activations {
    let plain = |x: Tensor<2>| {
        let ones = Tensor::ones([x.dims()[1]], &x.device().inner());
        layer_norm(x, ones, None, f64::from(epsilon))
    };
    match input {
        Activations::Flat(x) => {
            let [_, size] = x.dims();
            let affine = |index: usize| tensors[index].clone().reshape([1, size]);
            Activations::Flat(plain(x) * affine(0) + affine(1))
        }
        Activations::Image(x) => {
            let [batch, channels, height, width] = x.dims();
            let normalized = plain(x.reshape([batch, channels * height * width]));
            let affine = |index: usize| tensors[index].clone().reshape([1, channels, 1, 1]);
            let normalized = normalized.reshape([batch, channels, height, width]);
            Activations::Image(normalized * affine(0) + affine(1))
        }
    }
}

fn activate<const D: usize>(function: ActivationKind, x: Tensor<D>) -> Tensor<D> {
    match function {
        ActivationKind::Relu {} => activation::relu(x),
        ActivationKind::LeakyRelu { slope } => activation::leaky_relu(x, f64::from(slope)),
        ActivationKind::Tanh {} => activation::tanh(x),
        ActivationKind::Sigmoid {} => activation::sigmoid(x),
        ActivationKind::Silu {} => activation::silu(x),
        ActivationKind::Softplus {} => activation::softplus(x, 1.0),
    }
}

fn drop_out(input: Activations, rate: f32, generator: &mut gan_random::Generator) -> Activations {
    if rate == 0.0 {
        return input;
    }
    let mut masked = |count: usize| -> Vec<f32> {
        let kept = 1.0 / (1.0 - rate);
        (0..count).map(|_| if generator.random::<f32>() < rate { 0.0 } else { kept }).collect()
    };
    match input {
        Activations::Flat(x) => {
            let dimensions = x.dims();
            let mask = TensorData::new(masked(dimensions.iter().product()), dimensions);
            let mask = Tensor::from_data(mask, &x.device().inner());
            Activations::Flat(x * mask)
        }
        Activations::Image(x) => {
            let dimensions = x.dims();
            let mask = TensorData::new(masked(dimensions.iter().product()), dimensions);
            let mask = Tensor::from_data(mask, &x.device().inner());
            Activations::Image(x * mask)
        }
    }
}
