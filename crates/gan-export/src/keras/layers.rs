//! Each layer as Keras's.

use gan_protocol::{ActivationKind, LayerSpec, Shape};
use serde_json::{Value, json};

use super::Framework;
use super::topology::Model;
use crate::error::ExportError;
use crate::generator::{Generator, Values};

/// The model of a generator, and the number of the layer that gives the samples.
pub(super) fn model(
    generator: &Generator,
    framework: Framework,
) -> Result<(Model, usize), ExportError> {
    let mut writer = Writer { generator, model: Model::new(framework), class: None, stage: 0 };
    let feed = generator.feed();
    if feed.mixture.is_some() {
        return Err(writer.model.lacks("choice among several generators"));
    }
    let latent =
        (feed.numbers() > 0).then(|| writer.model.input("latent", &[feed.numbers()], "float32"));
    if generator.classes() > 0 {
        writer.class = Some(writer.model.input("class", &[1], "int32"));
    }
    let first = match (feed.picture, latent) {
        (Some(Shape::Image { channels, height, width }), latent) => {
            let picture = writer.model.input("picture", &[height, width, channels], "float32");
            match latent {
                Some(latent) => {
                    let planes = writer.planes(latent, height, width);
                    writer.beside(picture, planes)
                }
                None => picture,
            }
        }
        (_, Some(latent)) => latent,
        (_, None) => return Err(ExportError::File("the generator is given nothing".to_owned())),
    };
    let header = generator.header();
    let layers = &header.generator.layers;
    let (last, shape) = writer.all("generator", layers, first, header.input())?;
    let sample = header.data.shape();
    let last = match sample {
        Shape::Image { .. } if shape != sample => writer.image_of(last, sample),
        _ => last,
    };
    Ok((writer.model, last))
}

struct Writer<'a> {
    generator: &'a Generator,
    model: Model,
    /// The input that is the class.
    class: Option<usize>,
    /// Stages of growth around.
    stage: usize,
}

/// The axes of a value, channels last.
fn dims_of(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Flat { size } => vec![size],
        Shape::Image { channels, height, width } => vec![height, width, channels],
    }
}

impl Writer<'_> {
    fn all(
        &mut self,
        path: &str,
        layers: &[LayerSpec],
        input: usize,
        shape: Shape,
    ) -> Result<(usize, Shape), ExportError> {
        let (mut value, mut shape) = (input, shape);
        for (index, layer) in layers.iter().enumerate() {
            let output =
                layer.output(shape).map_err(|error| ExportError::File(error.to_string()))?;
            value = self.layer(&format!("{path}.{index}"), layer, value, shape, output)?;
            shape = output;
        }
        Ok((value, shape))
    }

    fn values(&self, path: &str, name: &str) -> Result<Values, ExportError> {
        self.generator.tensor(path, name).cloned()
    }

    fn layer(
        &mut self,
        path: &str,
        layer: &LayerSpec,
        x: usize,
        input: Shape,
        output: Shape,
    ) -> Result<usize, ExportError> {
        let dims = dims_of(output);
        Ok(match layer {
            LayerSpec::Linear { units, .. } => {
                let kernel = self.values(path, "weight")?;
                let weights = self.with_bias(path, kernel);
                let config = json!({
                    "units": units, "activation": "linear", "use_bias": weights.len() == 2,
                });
                self.model.weighted("Dense", config, &[x], &dims, weights)
            }
            LayerSpec::Conv { channels, kernel, stride, padding, .. } => {
                let is_same = *stride == 1 && kernel % 2 == 1 && *padding == kernel / 2;
                let x = if is_same { x } else { self.padded(x, [*padding as i32; 4]) };
                let weights = self.kernel(path)?;
                let same = if is_same { "same" } else { "valid" };
                let config = convolution(*channels, *kernel, *stride, same, weights.len() == 2);
                self.model.weighted("Conv2D", config, &[x], &dims, weights)
            }
            LayerSpec::ConvTranspose { channels, kernel, stride, padding, .. } => {
                let beyond = kernel.saturating_sub(*stride);
                let is_same = kernel >= stride && beyond % 2 == 0 && *padding == beyond / 2;
                let weights = self.kernel(path)?;
                let same = if is_same { "same" } else { "valid" };
                let config = convolution(*channels, *kernel, *stride, same, weights.len() == 2);
                if is_same {
                    self.model.weighted("Conv2DTranspose", config, &[x], &dims, weights)
                } else {
                    // `valid` is at least `stride` times as large as what it is given.
                    let more = stride.saturating_sub(*kernel);
                    let side = |length: usize| length + 2 * padding + more;
                    let whole = [side(dims[0]), side(dims[1]), dims[2]];
                    let made =
                        self.model.weighted("Conv2DTranspose", config, &[x], &whole, weights);
                    let (before, behind) = (-(*padding as i32), -((padding + more) as i32));
                    self.padded(made, [before, behind, before, behind])
                }
            }
            LayerSpec::Pad { top, bottom, left, right } => {
                self.padded(x, [*top, *bottom, *left, *right])
            }
            LayerSpec::Upsample { scale } => self.enlarged(x, [*scale; 2], "nearest"),
            LayerSpec::UpsampleBilinear { scale } => {
                if self.model.framework == Framework::TensorFlowJs {
                    // Its own bilinear enlargement takes pixels for points at their corners.
                    return Err(self.model.lacks("upsample_bilinear whose pixels are squares"));
                }
                self.enlarged(x, [*scale; 2], "bilinear")
            }
            LayerSpec::PixelShuffle { scale } => self.shuffled(x, *scale, &dims),
            LayerSpec::AveragePool { size } => {
                let config = json!({
                    "pool_size": [size, size], "strides": [size, size], "padding": "valid",
                    "data_format": "channels_last",
                });
                self.model.add("AveragePooling2D", config, &[x], &dims)
            }
            LayerSpec::BatchNorm { epsilon, momentum } => {
                let weights = [
                    ("gamma", "scale"),
                    ("beta", "shift"),
                    ("moving_mean", "running_mean"),
                    ("moving_variance", "running_variance"),
                ];
                let weights = self.renamed(path, &weights)?;
                let config = json!({
                    "axis": self.last_axis(&dims), "epsilon": epsilon, "momentum": 1.0 - momentum,
                    "center": true, "scale": true,
                });
                self.model.weighted("BatchNormalization", config, &[x], &dims, weights)
            }
            LayerSpec::LayerNorm { epsilon } if dims.len() == 1 => {
                let weights = self.renamed(path, &[("gamma", "scale"), ("beta", "shift")])?;
                let axis = match self.model.framework {
                    Framework::Keras => json!(-1),
                    Framework::TensorFlowJs => json!([1]),
                };
                let config =
                    json!({"axis": axis, "epsilon": epsilon, "center": true, "scale": true});
                self.model.weighted("LayerNormalization", config, &[x], &dims, weights)
            }
            LayerSpec::LayerNorm { epsilon } => {
                self.group_norm(path, x, &dims, 1, *epsilon, true)?
            }
            LayerSpec::GroupNorm { groups, epsilon } => {
                self.group_norm(path, x, &dims, *groups as i64, *epsilon, true)?
            }
            LayerSpec::InstanceNorm { epsilon, affine } => {
                self.group_norm(path, x, &dims, -1, *epsilon, *affine)?
            }
            LayerSpec::PixelNorm { epsilon } => {
                if self.model.framework == Framework::TensorFlowJs {
                    return Err(self.model.lacks("pixel_norm"));
                }
                let features = input.features();
                let ones = Values { shape: vec![features], numbers: vec![1.0; features] };
                let config = json!({"axis": -1, "epsilon": epsilon});
                self.model.weighted("RMSNormalization", config, &[x], &dims, vec![("scale", ones)])
            }
            LayerSpec::Activation { function } => self.activation(*function, x, &dims),
            LayerSpec::Prelu {} => {
                let Values { numbers, .. } = self.values(path, "slope")?;
                let is_image = dims.len() == 3;
                let shape = if is_image { vec![1, 1, numbers.len()] } else { vec![numbers.len()] };
                let shared = if is_image { json!([1, 2]) } else { Value::Null };
                let weights = vec![("alpha", Values { shape, numbers })];
                self.model.weighted("PReLU", json!({"shared_axes": shared}), &[x], &dims, weights)
            }
            LayerSpec::Dropout { .. } => x,
            LayerSpec::Label { classes, embedding, per_pixel } => {
                let told = self.label(path, *classes, *embedding, *per_pixel, input)?;
                self.beside(x, told)
            }
            LayerSpec::LabelProduct { .. } => {
                let table = self.values(path, "embedding")?;
                let told = self.embedding(table)?;
                let told = match input {
                    Shape::Image { height, width, .. } => self.planes(told, height, width),
                    Shape::Flat { .. } => told,
                };
                self.model.add("Multiply", json!({}), &[x, told], &dims)
            }
            LayerSpec::Residual { layers, shortcut } => {
                let (body, _) = self.all(&format!("{path}.layers"), layers, x, input)?;
                let (beside, _) = self.all(&format!("{path}.shortcut"), shortcut, x, input)?;
                self.model.add("Add", json!({}), &[body, beside], &dims)
            }
            LayerSpec::Skip { layers } => {
                let (body, _) = self.all(&format!("{path}.layers"), layers, x, input)?;
                self.beside(x, body)
            }
            LayerSpec::Grow { layers, .. } => {
                let level = self.generator.header().level.unwrap_or(f32::MAX);
                if level < (self.stage + 1) as f32 {
                    return Err(self.model.lacks("stage of growth that is faded in"));
                }
                self.stage += 1;
                let (body, _) = self.all(&format!("{path}.layers"), layers, x, input)?;
                self.stage -= 1;
                body
            }
            LayerSpec::Reshape { .. } => self.image_of(x, output),
            LayerSpec::Flatten {} => self.vector_of(x, &dims),
            other => {
                return Err(self.model.lacks(gan_protocol::Tagged::kind(other)));
            }
        })
    }

    /// The weights of this framework's names.
    fn renamed(
        &self,
        path: &str,
        names: &[(&'static str, &str)],
    ) -> Result<Vec<(&'static str, Values)>, ExportError> {
        names.iter().map(|(theirs, own)| Ok((*theirs, self.values(path, own)?))).collect()
    }

    fn with_bias(&self, path: &str, kernel: Values) -> Vec<(&'static str, Values)> {
        let bias = self.generator.optional(path, "bias").cloned();
        [("kernel", kernel)].into_iter().chain(bias.map(|bias| ("bias", bias))).collect()
    }

    /// A kernel with its axes as Keras has them: height, width, and the two of channels the other way round.
    fn kernel(&self, path: &str) -> Result<Vec<(&'static str, Values)>, ExportError> {
        let Values { shape, numbers } = self.values(path, "weight")?;
        let [first, second, height, width] = shape[..] else {
            return Err(ExportError::File(format!("{path}.weight is no kernel")));
        };
        let mut turned = Vec::with_capacity(numbers.len());
        for pixel in 0..height * width {
            for two in 0..second {
                turned.extend(
                    (0..first).map(|one| numbers[(one * second + two) * height * width + pixel]),
                );
            }
        }
        let shape = vec![height, width, second, first];
        Ok(self.with_bias(path, Values { shape, numbers: turned }))
    }

    fn last_axis(&self, dims: &[usize]) -> i64 {
        match self.model.framework {
            Framework::Keras => -1,
            // It keeps the axis as a number of all axes, the batch's among them.
            Framework::TensorFlowJs => dims.len() as i64,
        }
    }

    /// Zeros at the sides, or pixels cut off where negative.
    fn padded(&mut self, x: usize, sides: [i32; 4]) -> usize {
        let mut value = x;
        for (class, key, part) in [
            ("ZeroPadding2D", "padding", sides.map(|side| side.max(0))),
            ("Cropping2D", "cropping", sides.map(|side| (-side).max(0))),
        ] {
            let [top, bottom, left, right] = part;
            if part == [0; 4] {
                continue;
            }
            let signed = |length: usize, by: i32| {
                (length as i32 + if class == "Cropping2D" { -by } else { by }) as usize
            };
            let from = self.model.dims(value).to_vec();
            let dims = [signed(from[0], top + bottom), signed(from[1], left + right), from[2]];
            let config =
                json!({key: [[top, bottom], [left, right]], "data_format": "channels_last"});
            value = self.model.add(class, config, &[value], &dims);
        }
        value
    }

    fn enlarged(&mut self, x: usize, [down, across]: [usize; 2], interpolation: &str) -> usize {
        let from = self.model.dims(x).to_vec();
        let dims = [from[0] * down, from[1] * across, from[2]];
        let config = json!({
            "size": [down, across], "data_format": "channels_last", "interpolation": interpolation,
        });
        self.model.add("UpSampling2D", config, &[x], &dims)
    }

    fn permuted(&mut self, x: usize, axes: &[usize]) -> usize {
        let from = self.model.dims(x).to_vec();
        let dims: Vec<usize> = axes.iter().map(|axis| from[axis - 1]).collect();
        self.model.add("Permute", json!({"dims": axes}), &[x], &dims)
    }

    fn reshaped(&mut self, x: usize, dims: &[usize]) -> usize {
        self.model.add("Reshape", json!({"target_shape": dims}), &[x], dims)
    }

    /// A vector, channels first, as an image.
    fn image_of(&mut self, x: usize, shape: Shape) -> usize {
        let Shape::Image { channels, height, width } = shape else { return x };
        if channels == 1 || height * width == 1 {
            return self.reshaped(x, &[height, width, channels]);
        }
        let image = self.reshaped(x, &[channels, height, width]);
        self.permuted(image, &[2, 3, 1])
    }

    /// An image as a vector, channels first.
    fn vector_of(&mut self, x: usize, dims: &[usize]) -> usize {
        let from = self.model.dims(x);
        let x =
            if from[2] == 1 || from[0] * from[1] == 1 { x } else { self.permuted(x, &[3, 1, 2]) };
        self.model.add("Flatten", json!({"data_format": "channels_last"}), &[x], dims)
    }

    /// Channels as pixels: `scale`² neighbours are a block.
    fn shuffled(&mut self, x: usize, scale: usize, dims: &[usize]) -> usize {
        let from = self.model.dims(x).to_vec();
        let split = self.reshaped(x, &[from[0], from[1], dims[2], scale, scale]);
        let turned = self.permuted(split, &[1, 4, 2, 5, 3]);
        self.reshaped(turned, dims)
    }

    fn beside(&mut self, one: usize, other: usize) -> usize {
        let mut dims = self.model.dims(one).to_vec();
        let more = self.model.dims(other).last().copied().unwrap_or(0);
        let axis = self.last_axis(&dims);
        dims.last_mut().into_iter().for_each(|last| *last += more);
        self.model.add("Concatenate", json!({"axis": axis}), &[one, other], &dims)
    }

    /// Numbers of a sample as constant channels.
    fn planes(&mut self, x: usize, height: usize, width: usize) -> usize {
        let size = self.model.dims(x)[0];
        let pixel = self.reshaped(x, &[1, 1, size]);
        self.enlarged(pixel, [height, width], "nearest")
    }

    /// The row of a table for each sample's class.
    fn embedding(&mut self, table: Values) -> Result<usize, ExportError> {
        let class = self.class.ok_or_else(|| {
            ExportError::File("a layer is told a class, and the generator none".to_owned())
        })?;
        let (classes, size) = (table.shape[0], table.shape[1]);
        let config = json!({"input_dim": classes, "output_dim": size, "mask_zero": false});
        let weights = vec![("embeddings", table)];
        let row = self.model.weighted("Embedding", config, &[class], &[1, size], weights);
        Ok(self.model.add("Flatten", json!({"data_format": "channels_last"}), &[row], &[size]))
    }

    fn label(
        &mut self,
        path: &str,
        classes: usize,
        embedding: Option<usize>,
        per_pixel: bool,
        input: Shape,
    ) -> Result<usize, ExportError> {
        let table = match embedding {
            Some(_) => self.values(path, "embedding")?,
            None => {
                let mut numbers = vec![0.0; classes * classes];
                (0..classes).for_each(|class| numbers[class * (classes + 1)] = 1.0);
                Values { shape: vec![classes, classes], numbers }
            }
        };
        let told = self.embedding(table)?;
        Ok(match input {
            Shape::Flat { .. } => told,
            Shape::Image { height, width, .. } if per_pixel => {
                let channels = self.model.dims(told)[0] / (height * width);
                self.image_of(told, Shape::image(channels, height, width))
            }
            Shape::Image { height, width, .. } => self.planes(told, height, width),
        })
    }

    fn group_norm(
        &mut self,
        path: &str,
        x: usize,
        dims: &[usize],
        groups: i64,
        epsilon: f32,
        affine: bool,
    ) -> Result<usize, ExportError> {
        if self.model.framework == Framework::TensorFlowJs {
            return Err(self.model.lacks("normalisation of groups"));
        }
        let names = [("gamma", "scale"), ("beta", "shift")];
        let weights = if affine { self.renamed(path, &names)? } else { Vec::new() };
        let config = json!({
            "groups": groups, "axis": -1, "epsilon": epsilon, "center": affine, "scale": affine,
        });
        Ok(self.model.weighted("GroupNormalization", config, &[x], dims, weights))
    }

    fn activation(&mut self, function: ActivationKind, x: usize, dims: &[usize]) -> usize {
        let name = match function {
            ActivationKind::LeakyRelu { slope } => {
                // Keras 3 reads the one, Keras 2 and TensorFlow.js the other, and each its own alone.
                let key = match self.model.framework {
                    Framework::Keras => "negative_slope",
                    Framework::TensorFlowJs => "alpha",
                };
                return self.model.add("LeakyReLU", json!({key: slope}), &[x], dims);
            }
            ActivationKind::Elu { alpha } => {
                return self.model.add("ELU", json!({"alpha": alpha}), &[x], dims);
            }
            ActivationKind::Relu {} => "relu",
            ActivationKind::Tanh {} => "tanh",
            ActivationKind::Sigmoid {} => "sigmoid",
            ActivationKind::Silu {} => "swish",
            ActivationKind::Softplus {} => "softplus",
            ActivationKind::Selu {} => "selu",
            ActivationKind::Gelu {} => "gelu",
        };
        self.model.add("Activation", json!({"activation": name}), &[x], dims)
    }
}

fn convolution(channels: usize, kernel: usize, stride: usize, padding: &str, bias: bool) -> Value {
    json!({
        "filters": channels, "kernel_size": [kernel, kernel], "strides": [stride, stride],
        "padding": padding, "data_format": "channels_last", "dilation_rate": [1, 1],
        "activation": "linear", "use_bias": bias,
    })
}
