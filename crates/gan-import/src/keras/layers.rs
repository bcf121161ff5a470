//! What each kind of Keras's layers computes.

use serde_json::Value;

use super::settings::{activation, number, of_class, refused};
use super::weights::{Place, Weights};
use crate::error::ImportError;
use crate::graph::{LAST_AXIS, OPEN, Op, Sides, one};
use crate::state_dict::Values;

/// Layers that do something in training alone.
const IN_TRAINING_ALONE: [&str; 5] =
    ["Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianNoise", "GaussianDropout"];

const BATCH_NORMS: [&str; 3] =
    ["BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization"];

/// Whether a layer of `class` computes something else in training than in use.
pub(super) fn differs_in_training(class: &str) -> bool {
    IN_TRAINING_ALONE.contains(&class) || BATCH_NORMS.contains(&class)
}

/// A layer of a file.
pub(super) struct Layer<'a> {
    pub(super) class: &'a str,
    pub(super) config: &'a Value,
    pub(super) place: &'a Place,
    pub(super) weights: &'a dyn Weights,
}

impl Layer<'_> {
    /// The operations of the layer, one after the other.
    pub(super) fn ops(&self) -> Result<Vec<Op>, ImportError> {
        let op = match self.class {
            "Dense" => {
                let (weight, bias) = self.weighted()?;
                return self.activated(Op::Dense { weight, bias });
            }
            "Conv2D" | "Convolution2D" => {
                let stride = self.plain_stride()?;
                let (weight, bias) = self.weighted()?;
                // Height, width, inputs, outputs.
                let weight = permuted(&weight, [3, 2, 0, 1])?;
                let padding = self.sides()?;
                return self.activated(Op::Conv { weight, bias, stride, padding });
            }
            "Conv2DTranspose" | "Convolution2DTranspose" | "Deconvolution2D" => {
                let stride = self.plain_stride()?;
                if !self.config["output_padding"].is_null() {
                    return Err(self.refused("output_padding"));
                }
                let (weight, bias) = self.weighted()?;
                // Height, width, outputs, inputs.
                let weight = permuted(&weight, [3, 2, 0, 1])?;
                let crop = match self.sides()? {
                    Sides::Same => Sides::Same,
                    // `valid` is at least `stride` times as large as what it is given.
                    Sides::Given(_) => {
                        let beyond = (weight.shape[2] as i32 - stride as i32).min(0);
                        Sides::Given([0, beyond, 0, beyond])
                    }
                };
                return self.activated(Op::ConvTranspose { weight, bias, stride, crop });
            }
            class if BATCH_NORMS.contains(&class) => {
                return Ok(vec![self.along_channels()?, self.batch_norm()?]);
            }
            "LayerNormalization" => {
                if self.config["rms_scaling"] == true {
                    return Err(self.refused("rms_scaling"));
                }
                Op::LayerNorm { parts: self.scale_and_shift()?, epsilon: self.epsilon()? }
            }
            "GroupNormalization" => {
                let parts = self.scale_and_shift()?;
                let epsilon = self.epsilon()?;
                let norm = match self.config["groups"].as_i64() {
                    Some(-1) => Op::InstanceNorm { parts, epsilon },
                    Some(groups) if groups > 0 => {
                        Op::GroupNorm { groups: groups as usize, parts, epsilon }
                    }
                    _ => return Err(self.refused("groups")),
                };
                return Ok(vec![self.along_channels()?, norm]);
            }
            "Activation" => activation(self.config)?.map_or(Op::Identity, Op::Activation),
            "PReLU" => {
                let slope = self.read(&["alpha"])?.remove(0);
                Op::Prelu { slope }
            }
            "Reshape" => return self.reshape(),
            "Flatten" => {
                let flat = Op::Reshape { dims: vec![OPEN] };
                // Keras moves the channels behind the pixels first, where they stand before them.
                let is_first = self.config["data_format"].as_str() == Some("channels_first");
                return Ok(if is_first { vec![Op::ChannelsLast, flat] } else { vec![flat] });
            }
            "Permute" => {
                let axes =
                    self.whole_numbers("dims")?.into_iter().map(|axis| axis.saturating_sub(1));
                Op::Permute { axes: axes.collect() }
            }
            "UpSampling2D" => match self.config["interpolation"].as_str().unwrap_or("nearest") {
                "nearest" => {
                    let size = self.whole_numbers("size");
                    match size.as_deref() {
                        Ok(&[down, across]) => Op::Enlarge { down, across },
                        _ => Op::Upsample { scale: self.square("size")?, is_bilinear: false },
                    }
                }
                "bilinear" if self.weights.are_of_tfjs() => {
                    return Err(ImportError::file(
                        "TensorFlow.js enlarges bilinearly by points at the pixels' corners, and Keras, from which the model may \
                             come, by pixels that are squares: import the Keras file, or use \"nearest\"",
                    ));
                }
                "bilinear" => Op::Upsample { scale: self.square("size")?, is_bilinear: true },
                _ => return Err(self.refused("interpolation")),
            },
            "ZeroPadding2D" => Op::Pad { sides: self.four("padding")? },
            "Cropping2D" => Op::Pad { sides: self.four("cropping")?.map(|side| -side) },
            "AveragePooling2D" => {
                let size = self.square("pool_size")?;
                if self.config["strides"] != self.config["pool_size"]
                    && !self.config["strides"].is_null()
                {
                    return Err(self.refused("strides"));
                }
                Op::AveragePool { size }
            }
            "Rescaling" => {
                let scale = self.number(&["scale"])?.ok_or_else(|| self.refused("scale"))?;
                let shift = self.number(&["offset"])?.ok_or_else(|| self.refused("offset"))?;
                Op::Affine { scale: one(scale), shift: one(shift) }
            }
            // A penalty of the loss, and nothing.
            "ActivityRegularization" | "Identity" => Op::Identity,
            class if IN_TRAINING_ALONE.contains(&class) => Op::Identity,
            "Embedding" => Op::Embedding { table: self.read(&["embeddings"])?.remove(0) },
            "CategoryEncoding" if self.config["output_mode"].as_str() == Some("one_hot") => {
                let classes =
                    self.config["num_tokens"].as_u64().ok_or_else(|| self.refused("num_tokens"))?;
                Op::OneHot { classes: classes as usize }
            }
            "Concatenate" => {
                let axis = self.config["axis"].as_i64().unwrap_or(-1);
                Op::Concat {
                    axis: if axis < 0 { LAST_AXIS } else { (axis as usize).saturating_sub(1) },
                }
            }
            "Multiply" => Op::Multiply,
            "Add" => Op::Add,
            "Lambda" | "TFOpLambda" | "SlicingOpLambda" | "TensorFlowOpLayer" => {
                return Err(ImportError::file(
                    "the file holds a program in place of a layer, and no program of a file is run: export the net to ONNX",
                ));
            }
            class => {
                if let Some(function) = of_class(class, self.config)? {
                    return Ok(vec![Op::Activation(function)]);
                }
                return Err(ImportError::file(
                    "this program has no such layer; docs/command-line.md lists those that are read",
                ));
            }
        };
        Ok(vec![op])
    }

    /// The weights called `names`.
    fn read(&self, names: &[&str]) -> Result<Vec<Values>, ImportError> {
        self.weights.of(self.place, names)
    }

    fn is(&self, key: &str) -> bool {
        self.config[key].as_bool().unwrap_or(true)
    }

    /// Kernel and bias.
    fn weighted(&self) -> Result<(Values, Option<Values>), ImportError> {
        if self.is("use_bias") {
            let mut weights = self.read(&["kernel", "bias"])?;
            let bias = weights.pop();
            return Ok((weights.remove(0), bias));
        }
        Ok((self.read(&["kernel"])?.remove(0), None))
    }

    /// The operation, and its activation.
    fn activated(&self, op: Op) -> Result<Vec<Op>, ImportError> {
        let function = activation(self.config)?.map(Op::Activation);
        Ok([op].into_iter().chain(function).collect())
    }

    fn batch_norm(&self) -> Result<Op, ImportError> {
        let (scales, centres) = (self.is("scale"), self.is("center"));
        let mut names = Vec::new();
        names.extend(scales.then_some("gamma"));
        names.extend(centres.then_some("beta"));
        names.extend(["moving_mean", "moving_variance"]);
        let mut read = self.read(&names)?.into_iter();
        let mut next = |there: bool, number: f32| {
            if there { read.next().unwrap_or_else(|| one(number)) } else { one(number) }
        };
        let parts = [next(scales, 1.0), next(centres, 0.0), next(true, 0.0), next(true, 1.0)];
        Ok(Op::BatchNorm { parts, epsilon: self.epsilon()? })
    }

    /// Whether the axis is that of the channels, of which there is one name in a list or without one.
    fn along_channels(&self) -> Result<Op, ImportError> {
        let axis = &self.config["axis"];
        let axis = match axis {
            Value::Null => Some(-1),
            Value::Array(one) if one.len() == 1 => one[0].as_i64(),
            axis => axis.as_i64(),
        };
        Ok(Op::AlongChannels { axis: axis.ok_or_else(|| self.refused("axis"))? })
    }

    fn scale_and_shift(&self) -> Result<[Values; 2], ImportError> {
        let (scales, centres) = (self.is("scale"), self.is("center"));
        let mut names = Vec::new();
        names.extend(scales.then_some("gamma"));
        names.extend(centres.then_some("beta"));
        let mut read = self.read(&names)?.into_iter();
        let scale = scales.then(|| read.next()).flatten().unwrap_or_else(|| one(1.0));
        Ok([scale, read.next().unwrap_or_else(|| one(0.0))])
    }

    fn epsilon(&self) -> Result<f32, ImportError> {
        Ok(self.number(&["epsilon"])?.unwrap_or(1e-3))
    }

    fn reshape(&self) -> Result<Vec<Op>, ImportError> {
        let lengths = self.config["target_shape"].as_array();
        let lengths = lengths.ok_or_else(|| self.refused("target_shape"))?;
        let length = |value: &Value| match value.as_i64() {
            Some(-1) => Ok(OPEN),
            Some(length) if length > 0 => Ok(length as usize),
            _ => Err(self.refused("target_shape")),
        };
        Ok(vec![Op::Reshape { dims: lengths.iter().map(length).collect::<Result<_, _>>()? }])
    }

    /// The step of a convolution that has nothing else that is unusual.
    fn plain_stride(&self) -> Result<usize, ImportError> {
        for (key, usual) in [("dilation_rate", 1), ("groups", 1)] {
            let is_usual = match &self.config[key] {
                Value::Null => true,
                Value::Array(all) => all.iter().all(|one| one.as_u64() == Some(usual)),
                one => one.as_u64() == Some(usual),
            };
            if !is_usual {
                return Err(self.refused(key));
            }
        }
        self.square("strides")
    }

    fn sides(&self) -> Result<Sides, ImportError> {
        match self.config["padding"].as_str().unwrap_or("valid") {
            "same" => Ok(Sides::Same),
            "valid" => Ok(Sides::Given([0; 4])),
            _ => Err(self.refused("padding")),
        }
    }

    /// A number, or two that are the same.
    fn square(&self, key: &str) -> Result<usize, ImportError> {
        let value = &self.config[key];
        let (one, other) = match value.as_array() {
            Some(two) => (two.first().and_then(Value::as_u64), two.get(1).and_then(Value::as_u64)),
            None => (value.as_u64(), value.as_u64()),
        };
        match (one, other) {
            (Some(one), Some(other)) if one == other && one > 0 => Ok(one as usize),
            _ => Err(self.refused(key)),
        }
    }

    fn whole_numbers(&self, key: &str) -> Result<Vec<usize>, ImportError> {
        let numbers = self.config[key].as_array().map(|all| {
            all.iter().map(|one| one.as_u64().map(|one| one as usize)).collect::<Option<Vec<_>>>()
        });
        numbers.flatten().ok_or_else(|| self.refused(key))
    }

    /// Pixels above, beneath, left and right: of one number, of two, or of two pairs.
    fn four(&self, key: &str) -> Result<[i32; 4], ImportError> {
        let value = &self.config[key];
        let number = |value: &Value| value.as_i64().map(|number| number as i32);
        let pair = |value: &Value| match number(value) {
            Some(both) => Some([both, both]),
            None => Some([number(&value[0])?, number(&value[1])?]),
        };
        let sides = match number(value) {
            Some(all) => Some([all; 4]),
            None => pair(&value[0]).zip(pair(&value[1])).map(|([a, b], [c, d])| [a, b, c, d]),
        };
        sides.ok_or_else(|| self.refused(key))
    }

    fn number(&self, keys: &[&str]) -> Result<Option<f32>, ImportError> {
        number(self.config, keys)
    }

    fn refused(&self, key: &str) -> ImportError {
        refused(self.config, key)
    }
}

/// A kernel with its axes in another order.
pub(super) fn permuted(values: &Values, axes: [usize; 4]) -> Result<Values, ImportError> {
    if values.shape.len() != 4 {
        return Err(ImportError::file(format!(
            "a kernel has four axes, and not {:?}",
            values.shape
        )));
    }
    let view = crate::view::View::plain(values.shape.clone()).permuted(&axes);
    let numbers = view.order.iter().map(|place| values.numbers[*place]).collect();
    Ok(Values { shape: view.dims, numbers })
}

/// Keras's own rule for a class's name in files: `Conv2DTranspose` is `conv2d_transpose`, `LeakyReLU` is `leaky_re_lu`.
pub(super) fn snake_case(class: &str) -> String {
    let characters: Vec<char> = class.chars().collect();
    let mut snake = String::new();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let next = characters.get(at + 1);
        let begins_word = next.is_some_and(char::is_ascii_lowercase);
        let follows_small = before.is_some_and(|before| before.is_ascii_lowercase());
        if character.is_ascii_uppercase() && at > 0 && (begins_word || follows_small) {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_named_in_files_as_keras_names_them() {
        for (class, name) in [
            ("Dense", "dense"),
            ("Conv2D", "conv2d"),
            ("Conv2DTranspose", "conv2d_transpose"),
            ("LeakyReLU", "leaky_re_lu"),
            ("PReLU", "p_re_lu"),
            ("ReLU", "re_lu"),
            ("BatchNormalization", "batch_normalization"),
            ("UpSampling2D", "up_sampling2d"),
            ("ZeroPadding2D", "zero_padding2d"),
        ] {
            assert_eq!(snake_case(class), name);
        }
    }
}
