//! One net: its plan from the spec, its numbers on the device, and the forward pass.

use burn::tensor::Device;
use gan_protocol::{LayerSpec, NetSpec, Shape, SpecError};
use gan_random::RandomNumbers;

use crate::batch::Batch;
use crate::initial::initial_values;
use crate::layer::{self, Kept, Style};
#[cfg(feature = "training")]
use crate::ops::fused::blend_into;
use crate::ops::tensor::Tensor;
use crate::plan::{Plan, PlannedLayer};
use crate::spectral::SpectralNorm;

/// How a pass treats batch normalisation, dropout and noise.
#[derive(Debug)]
pub enum Mode<'a> {
    /// Statistics of the batch; dropout drops numbers and noise layers add noise.
    Training {
        /// The source of dropout masks and noise.
        randomness: &'a mut RandomNumbers,
        /// Whether the batch moves the running statistics.
        moves_statistics: bool,
        /// Without the feature `training` this mode cannot be constructed, so that none of its
        /// code is linked.
        #[cfg(not(feature = "training"))]
        never: std::convert::Infallible,
    },
    /// Running statistics; nothing is dropped.
    Sampling {
        /// The source for noise layers; without it they add no noise.
        noise: Option<&'a mut RandomNumbers>,
    },
}

/// The arguments of a forward pass beside its input.
#[derive(Debug)]
pub struct Pass<'a> {
    /// The behaviour of normalisation and random layers.
    pub mode: Mode<'a>,
    /// Class, generator and latent of each sample.
    pub condition: &'a Condition,
    /// The style, behind a layer that gives one.
    pub(crate) style: Style,
    /// The count of modulated convolutions behind that layer.
    pub(crate) style_layers: usize,
    /// How far the net has grown.
    pub(crate) level: f32,
}

/// How the styles of a style-based generator are changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Styling {
    /// ψ: how far styles keep from their mean, in parts of their own distance (Karras et al. 2018, appendix
    /// B). 1 leaves them as they are.
    pub truncation: f32,
    /// The number of the modulated convolution, from 0, from which on each sample has the style of the next
    /// one in the batch.
    pub mixed_from: Option<usize>,
}

impl Default for Styling {
    fn default() -> Self {
        Self { truncation: 1.0, mixed_from: None }
    }
}

/// Class, generator and latent of each sample of a batch, for nets that are told.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// The class, one-hot: `[batch, classes]`.
    pub label: Option<Tensor<2>>,
    /// The number of the generator, one-hot: `[batch, generators]`.
    pub generator: Option<Tensor<2>>,
    /// The latent: `[batch, size]`.
    pub latent: Option<Tensor<2>>,
    /// Of a style-based generator.
    pub styling: Styling,
}

impl<'a> Pass<'a> {
    /// A pass of this kind for samples of this condition.
    pub fn new(mode: Mode<'a>, condition: &'a Condition) -> Self {
        Self { mode, condition, style: Style::default(), style_layers: 0, level: 0.0 }
    }

    pub(crate) fn label(&self) -> Tensor<2> {
        self.condition.label.clone().expect("a net with a label layer is told the class")
    }

    pub(crate) fn latent(&self) -> Tensor<2> {
        self.condition.latent.clone().expect("a net with a latent layer is told the latent")
    }

    pub(crate) fn generator(&self) -> Tensor<2> {
        self.condition.generator.clone().expect("several generators are told which of them")
    }
}

/// WebGPU binds a part of a buffer only at multiples of 256 bytes. A parameter at another place
/// would be copied at every use.
const ALIGNMENT: usize = 64;
/// Nets with fewer numbers have no padding: for them the copies cost less than the zeros between
/// the parameters.
const ALIGNED: usize = 4_096;

/// A net with its parameters.
#[derive(Clone, Debug)]
pub struct Net {
    pub(crate) layers: Vec<PlannedLayer>,
    /// Names in checkpoints, one per parameter: `0.weight`, `0.bias`, `2.scale`,
    /// `3.layers.0.weight` …
    pub(crate) names: Vec<String>,
    pub(crate) dimensions: Vec<Vec<usize>>,
    /// All trained numbers, one parameter after the other, without autodiff. Optimiser and average
    /// work on this one tensor, in a few operations for any count of layers. Zeros between the
    /// parameters pad each to a multiple of `alignment`.
    pub(crate) numbers: Tensor<1>,
    pub(crate) alignment: usize,
    pub(crate) buffer_names: Vec<String>,
    /// Running statistics and the vectors of spectral normalisation, without autodiff.
    pub(crate) buffers: Vec<Tensor<1>>,
    spectral: Option<SpectralNorm>,
    /// How many of its stages of growth are there; the share of one that is faded in is a fraction.
    pub(crate) level: f32,
}

/// A level at which all stages are there.
const GROWN: f32 = 1e6;

impl Net {
    /// A net at its start, for samples of shape `input`.
    ///
    /// # Errors
    /// As [`NetSpec::shapes`]; an invalid spec allocates nothing.
    pub fn new(
        spec: &NetSpec,
        input: Shape,
        randomness: &mut RandomNumbers,
        device: &Device,
    ) -> Result<Self, SpecError> {
        Self::starting(spec, input, Some(randomness), device)
    }

    /// A net of zeros, whose numbers are filled in later.
    ///
    /// # Errors
    /// As [`Net::new`].
    pub(crate) fn empty(spec: &NetSpec, input: Shape, device: &Device) -> Result<Self, SpecError> {
        Self::starting(spec, input, None, device)
    }

    /// A net with initial numbers from `randomness`, or of zeros.
    fn starting(
        spec: &NetSpec,
        input: Shape,
        mut randomness: Option<&mut RandomNumbers>,
        device: &Device,
    ) -> Result<Self, SpecError> {
        spec.shapes(input)?;
        let mut plan = Plan::default();
        let layers = plan.add("", &spec.layers, input);
        let starts: Vec<Vec<f32>> = plan
            .parameters
            .iter()
            .map(|parameter| {
                let (role, dimensions) = (parameter.role, &parameter.dimensions);
                match &mut randomness {
                    Some(randomness) => {
                        initial_values(spec.initial_weights, role, dimensions, randomness)
                    }
                    None => vec![0.0; dimensions.iter().product()],
                }
            })
            .collect();
        let mut buffers: Vec<Tensor<1>> =
            plan.buffers.iter().map(|b| tensor(vec![b.start; b.size], device)).collect();
        let mut buffer_names: Vec<String> = plan.buffers.into_iter().map(|b| b.name).collect();
        let spectral = spec.spectral_norm.then(|| {
            let (norm, starts) =
                SpectralNorm::new(&plan.parameters, &starts, randomness, buffers.len());
            for (name, start) in starts {
                buffer_names.push(name);
                buffers.push(tensor(start, device));
            }
            norm
        });
        let (names, dimensions) =
            plan.parameters.into_iter().map(|plan| (plan.name, plan.dimensions)).unzip();
        let count = starts.iter().map(Vec::len).sum::<usize>();
        let alignment = if cfg!(feature = "gpu") && count >= ALIGNED { ALIGNMENT } else { 1 };
        let mut all = Vec::with_capacity(count);
        for start in starts {
            all.extend(start);
            all.resize(all.len().next_multiple_of(alignment), 0.0);
        }
        let numbers = tensor(all, device);
        let level = GROWN;
        Ok(Self {
            layers,
            names,
            dimensions,
            numbers,
            alignment,
            buffer_names,
            buffers,
            spectral,
            level,
        })
    }

    /// Count of trained numbers.
    pub fn parameter_count(&self) -> usize {
        self.dimensions.iter().map(|dimensions| dimensions.iter().product::<usize>()).sum()
    }

    /// The parameters one by one, each flat.
    pub fn parameters(&self) -> Vec<Tensor<1>> {
        let mut start = 0;
        let mut parameters = Vec::with_capacity(self.dimensions.len());
        for dimensions in &self.dimensions {
            let count = dimensions.iter().product::<usize>();
            parameters.push(self.numbers.clone().narrow(0, start, count));
            start += count.next_multiple_of(self.alignment);
        }
        parameters
    }

    /// The net's parameters as leaves of a new autodiff graph, for [`Net::effective`] and a later
    /// read of their gradients.
    #[cfg(feature = "training")]
    pub fn leaves(&self) -> Vec<Tensor<1>> {
        self.parameters().into_iter().map(|value| value.leaf()).collect()
    }

    /// The effective weights for `parameters`. Spectral normalisation divides some of them by an
    /// estimate of their largest singular value; the others are returned as they are. `advances`
    /// says whether the estimate first makes a power iteration.
    pub fn effective(&mut self, parameters: Vec<Tensor<1>>, advances: bool) -> Vec<Tensor<1>> {
        match &self.spectral {
            Some(spectral) => {
                spectral.normalized(parameters, &self.dimensions, &mut self.buffers, advances)
            }
            None => parameters,
        }
    }

    /// The net's output for `input`, with the parameters as constants.
    pub fn forward(&mut self, input: Batch, pass: &mut Pass<'_>) -> Batch {
        let weights = self.parameters();
        let weights = self.effective(weights, false);
        self.forward_with(&weights, input, pass)
    }

    /// The net's output for `input` with the effective `weights`.
    ///
    /// Changes the net's running statistics if `pass` says so.
    pub fn forward_with(
        &mut self,
        weights: &[Tensor<1>],
        input: Batch,
        pass: &mut Pass<'_>,
    ) -> Batch {
        pass.level = self.level;
        layer::forward_all(&self.layers, weights, &mut self.buffers, input, pass, None)
    }

    /// The output of layer number `layer`, counted from 0, with the parameters as constants.
    pub(crate) fn features(&mut self, layer: usize, input: Batch, pass: &mut Pass<'_>) -> Batch {
        let weights = self.parameters();
        let weights = self.effective(weights, false);
        pass.level = self.level;
        let layers = &self.layers[..=layer];
        layer::forward_all(layers, &weights, &mut self.buffers, input, pass, None)
    }

    /// As [`Net::forward_with`]; and the gradient, with respect to `input`, of the sum over the
    /// batch of the output's first number; of a map of verdicts, of its mean.
    ///
    /// Both are differentiable with respect to the leaves behind `weights` (the second order of a
    /// gradient penalty).
    pub fn forward_and_input_gradient(
        &mut self,
        weights: &[Tensor<1>],
        input: Batch,
        pass: &mut Pass<'_>,
    ) -> (Tensor<2>, Batch) {
        let (output, gradient) = self.forward_and_pull_back(weights, input, pass, verdict_of_each);
        (output.flat(), gradient)
    }

    /// As [`Net::forward_with`]; and the gradient, with respect to `input`, of the output's product
    /// with `cotangent(output)`, which counts as a constant.
    pub(crate) fn forward_and_pull_back(
        &mut self,
        weights: &[Tensor<1>],
        input: Batch,
        pass: &mut Pass<'_>,
        cotangent: impl FnOnce(&Batch) -> Batch,
    ) -> (Batch, Batch) {
        let mut kept: Vec<Kept> = Vec::with_capacity(self.layers.len());
        pass.level = self.level;
        let buffers = &mut self.buffers;
        let output =
            layer::forward_all(&self.layers, weights, buffers, input, pass, Some(&mut kept));
        let cotangent = cotangent(&output);
        let mut style = None;
        let gradient =
            layer::input_gradient_all(&self.layers, weights, &kept, cotangent, &mut style);
        (output, gradient)
    }

    /// The weights of the first layer that maps the input, as rows, one for each number of the input:
    /// the numbers and the count of columns. `None` if another kind of layer with parameters comes first.
    pub(crate) fn first_weights(&self) -> Option<(Tensor<1>, usize)> {
        let is_label = |spec: &LayerSpec| matches!(spec, LayerSpec::Label { .. });
        let mut with_parameters = self
            .layers
            .iter()
            .filter(|layer| !layer.parameters.is_empty() && !is_label(&layer.spec));
        let first = with_parameters.next()?;
        let is_map = matches!(
            first.spec,
            LayerSpec::Linear { .. }
                | LayerSpec::MixtureLinear { .. }
                | LayerSpec::ConvTranspose { .. }
        );
        let at = first.parameters.start;
        let columns = self.dimensions[at].iter().skip(1).product();
        is_map.then(|| (self.parameters().swap_remove(at), columns))
    }

    /// Moves this net's numbers and buffers towards those of `other`:
    /// `self += (1 - decay) (other - self)`.
    #[cfg(feature = "training")]
    pub(crate) fn approach(&mut self, other: &Self, decay: f32) {
        blend_into(&mut self.numbers, &other.numbers, decay);
        for (mine, theirs) in self.buffers.iter_mut().zip(&other.buffers) {
            blend_into(mine, theirs, decay);
        }
    }
}

/// The gradient of each verdict with respect to the `outputs` that hold it: 1 for the first number and
/// 0 for the others, or equal shares for the numbers of a map.
fn verdict_of_each(outputs: &Batch) -> Batch {
    if let Batch::Image(map) = outputs {
        let [_, _, height, width] = map.dims();
        return Batch::Image(map.ones_like().div_scalar((height * width) as f32));
    }
    let (shape, rows) = (outputs.shape(), outputs.clone().flat());
    let [batch, size] = rows.dims();
    let device = rows.device();
    let first = Tensor::<2>::ones([batch, 1], &device);
    let ones = match size {
        1 => first,
        _ => Tensor::cat(vec![first, Tensor::zeros([batch, size - 1], &device)], 1),
    };
    Batch::Flat(ones).shaped(shape)
}

/// A flat tensor on `device`.
pub(crate) fn tensor(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let count = values.len();
    Tensor::from_values(values, [count], device)
}
