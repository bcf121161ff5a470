//! A header by what the names and shapes of a state dict tell.

use gan_protocol::{GENERATOR_FORMAT, GeneratorHeader, LayerSpec, Shape};
use serde_json::{Value, json};

use crate::assigned::in_order;
use crate::error::ImportError;
use crate::modules::{Kind, Module, listed, modules};
use crate::state_dict::StateDict;

/// A net in the making.
struct Draft {
    layers: Vec<Value>,
    shape: Shape,
}

impl Draft {
    /// Adds a layer, which must fit.
    fn add(&mut self, layer: Value) -> Result<(), ImportError> {
        let spec: LayerSpec = serde_json::from_value(layer.clone())
            .map_err(|error| ImportError::file(error.to_string()))?;
        self.shape = spec.output(self.shape)?;
        self.layers.push(layer);
        Ok(())
    }

    /// Makes squares of `channels` channels of a vector, if it holds such.
    fn reshape(&mut self, channels: usize) -> Result<bool, ImportError> {
        let Shape::Flat { size } = self.shape else { return Ok(true) };
        let area = size / channels.max(1);
        let side = area.isqrt();
        if side == 0 || side * side * channels != size {
            return Ok(false);
        }
        self.add(json!({"kind": "reshape", "channels": channels, "height": side, "width": side}))?;
        Ok(true)
    }
}

/// A header for `dict`, as JSON in the form of [`GeneratorHeader`], to be corrected: strides, paddings, activations, epsilons and
/// slopes stand in no state dict. Here a kernel of 4 doubles the sides and another one keeps them, every layer but the last
/// has a ReLU, and the last has tanh. `order` as for [`imported`](crate::imported).
///
/// # Errors
/// If the modules are of kinds that are not known, or do not follow each other.
pub fn proposed(dict: &StateDict, order: &[String]) -> Result<Value, ImportError> {
    let modules = modules(dict, order)?;
    drafted(&modules).map_err(|error| in_order(error, order, &listed(&modules)))
}

fn drafted(modules: &[Module]) -> Result<Value, ImportError> {
    let mut draft: Option<Draft> = None;
    let mut latent = 0;
    let (mut classes, mut embedded) = (None, 0);
    for (at, module) in modules.iter().enumerate() {
        if let (Kind::Embedding, Some(&[count, size]), None) =
            (module.kind(), module.weight_shape(), &draft)
        {
            // In front of the first weights.
            classes = Some(count);
            embedded = size;
            continue;
        }
        let is_first = draft.is_none();
        let draft = match &mut draft {
            Some(draft) => draft,
            None => {
                let given = latent_of(module)?;
                latent = given
                    .checked_sub(embedded)
                    .filter(|latent| *latent > 0)
                    .ok_or_else(|| unknown(module))?;
                let mut begun = Draft { layers: Vec::new(), shape: Shape::flat(latent) };
                if let Some(classes) = classes {
                    begun
                        .add(json!({"kind": "label", "classes": classes, "embedding": embedded}))?;
                }
                draft.insert(begun)
            }
        };
        add(draft, module, is_first)?;
        let next = modules.get(at + 1).map(Module::kind);
        if !matches!(next, Some(Kind::BatchNorm | Kind::OtherNorm)) {
            let name = if next.is_none() { "tanh" } else { "relu" };
            draft.add(json!({"kind": "activation", "function": {"name": name}}))?;
        }
    }
    let Some(Draft { layers, shape }) = draft else {
        return Err(ImportError::file("the file holds no modules with weights"));
    };
    let mut header = json!({
        "format": GENERATOR_FORMAT, "step": 0, "seed": 0,
        "latent": {"size": latent, "distribution": "normal"},
        "data": sample(shape)?,
        "generator": {"initial_weights": {"kind": "normal", "sd": 0.02}, "layers": layers},
    });
    if let Some(classes) = classes {
        header["labels"] = json!({"kind": "conditional", "classes": classes});
    }
    let header = GeneratorHeader::from_value(&header)?;
    // By way of text, which has numbers of single precision in as few digits as tell them.
    let text = serde_json::to_string(&header);
    text.and_then(|text| serde_json::from_str(&text))
        .map_err(|error| ImportError::file(error.to_string()))
}

/// How many numbers the first module is given.
fn latent_of(module: &Module) -> Result<usize, ImportError> {
    match module.weight_shape() {
        Some([_, inputs]) => Ok(*inputs),
        // A transposed convolution, whose weight has the inputs first.
        Some([inputs, _, _, _]) => Ok(*inputs),
        _ => Err(unknown(module)),
    }
}

fn unknown(module: &Module) -> ImportError {
    let has: Vec<String> =
        module.tensors.iter().map(|(name, values)| format!("{name} {:?}", values.shape)).collect();
    ImportError::file(format!(
        "no layer is proposed for {} with {}: describe the net by --net",
        module.told(),
        has.join(", ")
    ))
}

fn add(draft: &mut Draft, module: &Module, is_first: bool) -> Result<(), ImportError> {
    let has_bias = module.get("bias").is_some();
    let shape = module.weight_shape().unwrap_or_default();
    match (module.kind(), shape) {
        (Kind::Linear, &[units, inputs]) => {
            if matches!(draft.shape, Shape::Image { .. }) {
                draft.add(json!({"kind": "flatten"}))?;
            }
            if draft.shape.size() != Some(inputs) {
                return Err(misfit(draft, module));
            }
            draft.add(json!({"kind": "linear", "units": units, "bias": has_bias}))
        }
        (Kind::Convolution, &[first, second, kernel, width]) if kernel == width => {
            if is_first {
                draft
                    .add(json!({"kind": "reshape", "channels": first, "height": 1, "width": 1}))?;
                return draft.add(json!({"kind": "conv_transpose", "channels": second, "kernel": kernel, "bias": has_bias}));
            }
            if !draft.reshape(first)? {
                draft.reshape(second)?;
            }
            let channels = draft.shape.features();
            let is_transposed = channels == first && (channels != second || kernel % 2 == 0);
            if !is_transposed && channels != second {
                return Err(misfit(draft, module));
            }
            let (stride, padding) = match kernel {
                even if even % 2 == 0 => (2, (even - 2) / 2),
                odd => (1, odd / 2),
            };
            let (kind, channels) =
                if is_transposed { ("conv_transpose", second) } else { ("conv", first) };
            draft.add(json!({"kind": kind, "channels": channels, "kernel": kernel, "stride": stride, "padding": padding,
                "bias": has_bias}))
        }
        (Kind::BatchNorm, _) => {
            let features = module.get("running_mean").map_or(0, |mean| mean.numbers.len());
            norm(draft, module, features, json!({"kind": "batch_norm", "epsilon": 1e-5}))
        }
        (Kind::OtherNorm, &[features]) => {
            let is_vector = matches!(draft.shape, Shape::Flat { size } if size == features);
            let layer = if is_vector {
                json!({"kind": "layer_norm"})
            } else {
                json!({"kind": "instance_norm", "affine": true})
            };
            norm(draft, module, features, layer)
        }
        _ => Err(unknown(module)),
    }
}

fn norm(
    draft: &mut Draft,
    module: &Module,
    features: usize,
    layer: Value,
) -> Result<(), ImportError> {
    if draft.shape.features() != features
        && (!draft.reshape(features)? || draft.shape.features() != features)
    {
        return Err(misfit(draft, module));
    }
    draft.add(layer)
}

fn misfit(draft: &Draft, module: &Module) -> ImportError {
    let shape = module.weight_shape().unwrap_or_default();
    ImportError::file(format!(
        "{} with a weight of {shape:?} does not follow {}: something may stand between, which --net describes",
        module.told(),
        draft.shape
    ))
}

/// The shape of the samples, where a net ends in `shape`.
pub(crate) fn sample(shape: Shape) -> Result<Value, ImportError> {
    let image = |channels: usize, height: usize, width: usize| json!({"channels": channels, "height": height, "width": width});
    match shape {
        Shape::Image { channels, height, width } => Ok(image(channels, height, width)),
        Shape::Flat { size: 1 } => Err(ImportError::file(
            "the net ends in one number, as a discriminator does: an import takes a generator",
        )),
        Shape::Flat { size: 2 } => Ok(image(0, 0, 0)),
        Shape::Flat { size } => {
            let of = |channels: usize| {
                let side = (size / channels).isqrt();
                (channels * side * side == size).then(|| image(channels, side, side))
            };
            of(1).or_else(|| of(3)).ok_or_else(|| {
                ImportError::file(format!(
                    "the net ends in {size} numbers, which are no square image"
                ))
            })
        }
    }
}
