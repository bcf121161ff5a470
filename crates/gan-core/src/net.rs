//! One net: its plan from the spec, its numbers on the device, and the pass through it.

use burn::tensor::{Device, Tensor, TensorData};
use gan_protocol::{NetSpec, Shape, SpecError};
use gan_random::Generator;

use crate::initial::initial_values;
use crate::layer;

/// Numbers on their way through a net.
#[derive(Clone, Debug)]
pub enum Activations {
    /// `[batch, size]`
    Flat(Tensor<2>),
    /// `[batch, channels, height, width]`
    Image(Tensor<4>),
}

impl Activations {
    /// As `[batch, size]`; an image is read channels first.
    pub fn flat(self) -> Tensor<2> {
        match self {
            Self::Flat(x) => x,
            Self::Image(x) => {
                let [batch, channels, height, width] = x.dims();
                x.reshape([batch, channels * height * width])
            }
        }
    }

    /// As an image. The plan of a net puts a reshape wherever a vector becomes an image.
    pub(crate) fn image(self) -> Tensor<4> {
        match self {
            Self::Image(x) => x,
            Self::Flat(_) => unreachable!("validation refuses a vector where an image is needed"),
        }
    }
}

/// How a pass treats batch normalisation and dropout.
#[derive(Debug)]
pub enum Mode<'a> {
    /// Statistics of the batch; numbers are dropped.
    Training {
        /// Where dropout masks come from.
        dropout: &'a mut Generator,
        /// Whether the batch moves the running statistics.
        moves_statistics: bool,
    },
    /// Running statistics; nothing is dropped.
    Sampling,
}

/// A net with its numbers.
#[derive(Clone, Debug)]
pub struct Net {
    spec: NetSpec,
    /// The shape of a sample before each layer.
    inputs: Vec<Shape>,
    /// Names in checkpoints, one per parameter: `0.weight`, `0.bias`, `2.scale` …
    pub(crate) parameter_names: Vec<String>,
    pub(crate) parameter_dimensions: Vec<Vec<usize>>,
    /// Trained numbers, flat, without autodiff.
    pub(crate) parameters: Vec<Tensor<1>>,
    pub(crate) buffer_names: Vec<String>,
    /// Running statistics, without autodiff.
    pub(crate) buffers: Vec<Tensor<1>>,
}

impl Net {
    /// A net at its start, for samples of shape `input`.
    ///
    /// # Errors
    /// As [`NetSpec::shapes`]; nothing is allocated then.
    pub fn new(
        spec: &NetSpec,
        input: Shape,
        generator: &mut Generator,
        device: &Device,
    ) -> Result<Self, SpecError> {
        let shapes = spec.shapes(input)?;
        let inputs: Vec<Shape> =
            std::iter::once(input).chain(shapes).take(spec.layers.len()).collect();
        let mut net = Self {
            spec: spec.clone(),
            inputs,
            parameter_names: Vec::new(),
            parameter_dimensions: Vec::new(),
            parameters: Vec::new(),
            buffer_names: Vec::new(),
            buffers: Vec::new(),
        };
        for (index, (layer, shape)) in spec.layers.iter().zip(net.inputs.clone()).enumerate() {
            for plan in layer::parameters(layer, shape) {
                let count = plan.dimensions.iter().product();
                let values = initial_values(spec.initial_weights, plan.role, count, generator);
                net.parameters.push(tensor(values, device));
                net.parameter_names.push(format!("{index}.{}", plan.name));
                net.parameter_dimensions.push(plan.dimensions);
            }
            for plan in layer::buffers(layer, shape) {
                net.buffers.push(tensor(vec![plan.start; plan.size], device));
                net.buffer_names.push(format!("{index}.{}", plan.name));
            }
        }
        Ok(net)
    }

    /// The net's parameters as leaves of a new autodiff graph, to be passed to
    /// [`Net::forward_with`] and asked for their gradients.
    pub fn leaves(&self) -> Vec<Tensor<1>> {
        self.parameters.iter().map(|value| value.clone().autodiff().require_grad()).collect()
    }

    /// The net's output for `input`, its parameters taken as constants.
    pub fn forward(&mut self, input: Activations, mode: &mut Mode<'_>) -> Activations {
        let parameters = self.parameters.clone();
        self.forward_with(&parameters, input, mode)
    }

    /// The net's output for `input` with `parameters` in place of its own.
    ///
    /// Changes the net's running statistics if `mode` says so.
    pub fn forward_with(
        &mut self,
        parameters: &[Tensor<1>],
        input: Activations,
        mode: &mut Mode<'_>,
    ) -> Activations {
        let mut activations = input;
        let (mut first_parameter, mut first_buffer) = (0, 0);
        for (layer, &shape) in self.spec.layers.iter().zip(&self.inputs) {
            let parameter_end = first_parameter + layer::parameters(layer, shape).len();
            let buffer_end = first_buffer + layer::buffers(layer, shape).len();
            activations = layer::forward(
                layer,
                shape,
                &parameters[first_parameter..parameter_end],
                &mut self.buffers[first_buffer..buffer_end],
                activations,
                mode,
            );
            (first_parameter, first_buffer) = (parameter_end, buffer_end);
        }
        activations
    }

    /// Whether an output depends on other samples of the batch.
    pub(crate) fn mixes_samples(&self) -> bool {
        self.spec
            .layers
            .iter()
            .any(|layer| matches!(layer, gan_protocol::LayerSpec::BatchNorm { .. }))
    }

    /// Moves this net's numbers towards `other`'s: `self += (1 - decay) (other - self)`.
    pub(crate) fn approach(&mut self, other: &Self, decay: f32) {
        let numbers = self.parameters.iter_mut().chain(&mut self.buffers);
        for (mine, theirs) in numbers.zip(other.parameters.iter().chain(&other.buffers)) {
            let old = mine.clone().mul_scalar(decay);
            *mine = old + theirs.clone().mul_scalar(1.0 - decay);
        }
    }
}

/// A flat tensor on `device`.
pub(crate) fn tensor(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), device)
}
