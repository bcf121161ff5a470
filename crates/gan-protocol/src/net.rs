//! Nets as data: a list of layers, with the shapes and the number of parameters that follow from
//! it.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::layer::LayerSpec;
use crate::layer::cost::Cost;
use crate::read::{reads_struct, reads_tagged};
use crate::shape::Shape;

/// A net: layers applied in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NetSpec {
    /// How weights are drawn at the start.
    pub initial_weights: InitialWeights,
    /// Whether the weights of linear layers and convolutions are divided by their largest singular
    /// value (spectral normalisation, Miyato et al. 2018, algorithm 1). One power iteration in each
    /// of the net's own training steps estimates it. A transposed convolution's weights are taken
    /// as a matrix of output channels by the rest, as in PyTorch.
    #[serde(skip_serializing_if = "is_false")]
    pub spectral_norm: bool,
    /// The layers, first to last.
    pub layers: Vec<LayerSpec>,
}

/// How the weights of linear layers and convolutions are drawn. Biases start at zero except with
/// [`InitialWeights::KaimingUniform`]; normalisation layers start with scale one and shift zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
    /// `gain` times a matrix with orthonormal rows or columns, whichever are fewer (Saxe et al.
    /// 2014); a convolution's weights are output channels by the rest.
    Orthogonal {
        /// Factor.
        gain: f32,
    },
}

impl Default for InitialWeights {
    fn default() -> Self {
        Self::Normal { sd: 0.02 }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Limits that keep a spec from asking for more memory than a browser tab has.
pub(crate) const MAXIMUM_LAYERS: usize = 64;
const MAXIMUM_PARAMETERS: usize = 50_000_000;

impl NetSpec {
    /// The shape after each layer for one sample of shape `input`; the last is the net's output.
    ///
    /// # Errors
    /// The first layer that cannot take its input, as `layers[i].field`.
    pub fn shapes(&self, input: Shape) -> Result<Vec<Shape>, SpecError> {
        if self.layers.is_empty() || self.layers.len() > MAXIMUM_LAYERS {
            return Err(SpecError::new(
                "layers",
                format!("has {} layers; allowed is 1 to {MAXIMUM_LAYERS}", self.layers.len()),
            ));
        }
        match self.initial_weights {
            InitialWeights::Normal { sd } => in_range("initial_weights.sd", sd, 0.0, 10.0)?,
            InitialWeights::Orthogonal { gain } => {
                in_range("initial_weights.gain", gain, 0.0, 100.0)?;
            }
            _ => {}
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

    /// Number of trainable parameters.
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

    /// The cost of one sample of shape `input`, which the net accepts.
    pub fn cost(&self, input: Shape) -> Cost {
        Cost::of(&self.layers, input)
    }

    /// Whether a layer draws random numbers for each sample even when sampling.
    pub fn draws_noise(&self) -> bool {
        let draws = |layer: &LayerSpec| {
            matches!(layer, LayerSpec::Noise { .. } | LayerSpec::ModulatedConv { noise: true, .. })
        };
        self.find(draws).is_some()
    }

    /// Whether an output depends on other samples of the batch.
    pub fn mixes_samples(&self) -> bool {
        self.layers.iter().any(LayerSpec::mixes_samples)
    }

    /// Whether an output depends on other samples even when sampling.
    pub fn compares_samples(&self) -> bool {
        self.layers.iter().any(LayerSpec::compares_samples)
    }

    /// Checks the layers with a style, for an input of shape `input` that the net takes: one
    /// `styled_constant`, then `modulated_conv`s for styles of its size; none within blocks.
    ///
    /// # Errors
    /// The first layer that does not fit, as `layers[i].field`.
    pub(crate) fn check_styles(&self, input: Shape) -> Result<(), SpecError> {
        let mut shape = input;
        let mut style = None;
        for (index, layer) in self.layers.iter().enumerate() {
            let refused = |field: &str, message: String| {
                let path = if field.is_empty() { String::new() } else { format!(".{field}") };
                Err(SpecError::new(format!("layers[{index}]{path}"), message))
            };
            match layer {
                LayerSpec::StyledConstant { .. } if style.is_some() => {
                    return refused("", "is the second; a net has one style".to_owned());
                }
                LayerSpec::StyledConstant { .. } => style = shape.size(),
                LayerSpec::ModulatedConv { style: asked, .. } => match style {
                    Some(given) if given == *asked => {}
                    Some(given) => {
                        return refused("style", format!("must be {given}, as the style has"));
                    }
                    None => {
                        let message = "has no style: a `styled_constant` must stand before it";
                        return refused("", message.to_owned());
                    }
                },
                _ => {
                    for (name, layers) in layer.inside() {
                        if let Some(path) = find(name, layers, &has_style) {
                            let message = "must stand outside of blocks".to_owned();
                            return refused(&path, message);
                        }
                    }
                }
            }
            shape = layer.output(shape)?;
        }
        Ok(())
    }

    /// The count of its modulated convolutions.
    pub fn styled_layers(&self) -> usize {
        let is_modulated = |layer: &&LayerSpec| matches!(layer, LayerSpec::ModulatedConv { .. });
        self.layers.iter().filter(is_modulated).count()
    }

    /// The path of the first layer that has to do with a style.
    pub(crate) fn styled(&self) -> Option<String> {
        self.find(has_style)
    }

    /// The path of the first layer for which `found` holds, residual blocks included.
    pub(crate) fn find(&self, found: impl Fn(&LayerSpec) -> bool) -> Option<String> {
        find("layers", &self.layers, &found)
    }
}

fn has_style(layer: &LayerSpec) -> bool {
    matches!(layer, LayerSpec::StyledConstant { .. } | LayerSpec::ModulatedConv { .. })
}

fn find(name: &str, layers: &[LayerSpec], found: &impl Fn(&LayerSpec) -> bool) -> Option<String> {
    layers.iter().enumerate().find_map(|(index, layer)| {
        let path = format!("{name}[{index}]");
        if found(layer) {
            return Some(path);
        }
        let mut inside = layer.inside().into_iter();
        inside.find_map(|(name, layers)| find(&format!("{path}.{name}"), layers, found))
    })
}

reads_struct!(NetSpec {
    initial_weights = InitialWeights::default(),
    spectral_norm = false,
    layers,
});
reads_tagged!(InitialWeights by "kind" {
    "normal" => Normal { sd },
    "kaiming_uniform" => KaimingUniform {},
    "glorot_uniform" => GlorotUniform {},
    "he_normal" => HeNormal {},
    "orthogonal" => Orthogonal { gain = 1.0 },
});
