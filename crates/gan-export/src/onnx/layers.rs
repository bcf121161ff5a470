//! Each layer as ONNX's operations.

use gan_protocol::{ActivationKind, LayerSpec, Shape};

use super::model::Net;
use super::{CLASS, GENERATOR};
use crate::error::ExportError;
use crate::generator::{Generator, Values};

/// Keeps the root of a modulated kernel without weights finite.
const EPSILON: f32 = 1e-8;

pub(super) struct Writer<'a> {
    generator: &'a Generator,
    net: &'a mut Net,
    /// The style of the modulated convolutions.
    style: String,
    /// Stages of growth around.
    stage: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(generator: &'a Generator, net: &'a mut Net) -> Self {
        Self { generator, net, style: String::new(), stage: 0 }
    }

    /// Adds `layers`, which are given the value `input`; returns the name and the shape of theirs.
    pub(super) fn all(
        &mut self,
        path: &str,
        layers: &[LayerSpec],
        input: String,
        shape: Shape,
    ) -> Result<(String, Shape), ExportError> {
        let (mut value, mut shape) = (input, shape);
        for (index, layer) in layers.iter().enumerate() {
            let output =
                layer.output(shape).map_err(|error| ExportError::File(error.to_string()))?;
            value = self.layer(&format!("{path}.{index}"), layer, &value, shape, output)?;
            shape = output;
        }
        Ok((value, shape))
    }

    /// Reads a value as one of another shape.
    pub(super) fn reshaped(&mut self, value: &str, shape: Shape) -> String {
        let dims = match shape {
            Shape::Flat { size } => vec![0, size as i64],
            Shape::Image { channels, height, width } => {
                vec![0, channels as i64, height as i64, width as i64]
            }
        };
        let dims = self.net.wholes(&dims);
        self.net.plain("Reshape", &[value, &dims])
    }

    fn weights(&mut self, path: &str, name: &str) -> Result<String, ExportError> {
        let Values { shape, numbers } = self.generator.tensor(path, name)?;
        Ok(self.net.real(&format!("{path}.{name}"), shape, numbers.clone()))
    }

    /// Numbers of each feature, in a shape that broadcasts.
    fn per_feature(&mut self, path: &str, name: &str, shape: Shape) -> Result<String, ExportError> {
        let Values { numbers, .. } = self.generator.tensor(path, name)?;
        let dims = match shape {
            Shape::Flat { size } => vec![size],
            Shape::Image { channels, .. } => vec![channels, 1, 1],
        };
        Ok(self.net.real(&format!("{path}.{name}"), &dims, numbers.clone()))
    }

    fn layer(
        &mut self,
        path: &str,
        layer: &LayerSpec,
        x: &str,
        input: Shape,
        output: Shape,
    ) -> Result<String, ExportError> {
        Ok(match layer {
            LayerSpec::Linear { .. } => self.linear(path, x)?,
            LayerSpec::Maxout { units, .. } => {
                let made = self.linear(path, x)?;
                let dims = self.net.wholes(&[0, *units as i64, -1]);
                let pieces = self.net.plain("Reshape", &[&made, &dims]);
                self.net.node("ReduceMax", &[&pieces], |node| {
                    node.wholes("axes", &[2]);
                    node.whole("keepdims", 0);
                })
            }
            LayerSpec::MixtureLinear { generators, .. } => {
                let made = self.linear(path, x)?;
                let dims = self.net.wholes(&[0, *generators as i64, -1]);
                let of_each = self.net.plain("Reshape", &[&made, &dims]);
                let chosen = self.one_hot(GENERATOR, *generators);
                let axes = self.net.wholes(&[2]);
                let chosen = self.net.plain("Unsqueeze", &[&chosen, &axes]);
                let own = self.net.plain("Mul", &[&of_each, &chosen]);
                let axes = self.net.wholes(&[1]);
                self.net.node("ReduceSum", &[&own, &axes], |node| node.whole("keepdims", 0))
            }
            LayerSpec::Conv { kernel, stride, padding, .. } => {
                self.convolution("Conv", path, x, [*kernel, *stride, *padding])?
            }
            LayerSpec::ConvTranspose { kernel, stride, padding, .. } => {
                self.convolution("ConvTranspose", path, x, [*kernel, *stride, *padding])?
            }
            LayerSpec::Pad { top, bottom, left, right } => {
                let pads = [0, 0, *top, *left, 0, 0, *bottom, *right].map(i64::from);
                let pads = self.net.wholes(&pads);
                self.net.plain("Pad", &[x, &pads])
            }
            LayerSpec::Upsample { scale } => self.enlarged(x, *scale, false),
            LayerSpec::UpsampleBilinear { scale } => self.enlarged(x, *scale, true),
            LayerSpec::PixelShuffle { scale } => self.net.node("DepthToSpace", &[x], |node| {
                node.whole("blocksize", *scale as i64);
                node.text("mode", "CRD");
            }),
            LayerSpec::AveragePool { size } => self.net.node("AveragePool", &[x], |node| {
                node.wholes("kernel_shape", &[*size as i64; 2]);
                node.wholes("strides", &[*size as i64; 2]);
            }),
            LayerSpec::BatchNorm { epsilon, .. } => {
                let names = ["scale", "shift", "running_mean", "running_variance"];
                let mut inputs = vec![x.to_owned()];
                for name in names {
                    inputs.push(self.weights(path, name)?);
                }
                let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
                self.net.node("BatchNormalization", &inputs, |node| node.real("epsilon", *epsilon))
            }
            LayerSpec::LayerNorm { epsilon } if matches!(input, Shape::Flat { .. }) => {
                let (scale, shift) = (self.weights(path, "scale")?, self.weights(path, "shift")?);
                let inputs = [x, &scale, &shift];
                self.net.node("LayerNormalization", &inputs, |node| node.real("epsilon", *epsilon))
            }
            LayerSpec::LayerNorm { epsilon } => {
                self.group_norm(path, x, input, 1, *epsilon, true)?
            }
            LayerSpec::GroupNorm { groups, epsilon } => {
                self.group_norm(path, x, input, *groups, *epsilon, true)?
            }
            LayerSpec::InstanceNorm { epsilon, affine } => {
                self.group_norm(path, x, input, input.features(), *epsilon, *affine)?
            }
            LayerSpec::PixelNorm { epsilon } => {
                let squares = self.net.plain("Mul", &[x, x]);
                let mean =
                    self.net.node("ReduceMean", &[&squares], |node| node.wholes("axes", &[1]));
                let epsilon = self.net.number(*epsilon);
                let sum = self.net.plain("Add", &[&mean, &epsilon]);
                let root = self.net.plain("Sqrt", &[&sum]);
                self.net.plain("Div", &[x, &root])
            }
            LayerSpec::Activation { function } => self.activation(*function, x),
            LayerSpec::Prelu {} => {
                let slope = self.per_feature(path, "slope", input)?;
                self.net.plain("PRelu", &[x, &slope])
            }
            LayerSpec::Dropout { .. } => x.to_owned(),
            LayerSpec::Noise { sd } => {
                let noise = self.net.node("RandomNormalLike", &[x], |node| node.real("scale", *sd));
                self.net.plain("Add", &[x, &noise])
            }
            LayerSpec::Label { classes, embedding, per_pixel } => {
                let told = match embedding {
                    None => self.one_hot(CLASS, *classes),
                    Some(_) => self.embedding(path)?,
                };
                let told = match input {
                    Shape::Image { height, width, .. } if *per_pixel => {
                        let dims = self.net.wholes(&[0, -1, height as i64, width as i64]);
                        self.net.plain("Reshape", &[&told, &dims])
                    }
                    Shape::Image { height, width, .. } => self.net.planes(&told, height, width),
                    Shape::Flat { .. } => told,
                };
                self.net.node("Concat", &[x, &told], |node| node.whole("axis", 1))
            }
            LayerSpec::LabelProduct { .. } => {
                let told = self.embedding(path)?;
                let told = self.of_channels(told, input);
                self.net.plain("Mul", &[x, &told])
            }
            LayerSpec::LogSumExp {} => {
                let sum = self.net.node("ReduceLogSumExp", &[x], |node| node.wholes("axes", &[1]));
                self.net.node("Concat", &[&sum, x], |node| node.whole("axis", 1))
            }
            LayerSpec::StyledConstant { .. } => {
                self.style = x.to_owned();
                self.constant(path, x)?
            }
            LayerSpec::ModulatedConv { kernel, demodulate, .. } => {
                self.modulated(path, x, output, *kernel, *demodulate)?
            }
            LayerSpec::Residual { layers, shortcut } => {
                let (body, _) = self.all(&format!("{path}.layers"), layers, x.to_owned(), input)?;
                let (beside, _) =
                    self.all(&format!("{path}.shortcut"), shortcut, x.to_owned(), input)?;
                self.net.plain("Add", &[&body, &beside])
            }
            LayerSpec::Skip { layers } => {
                let (body, _) = self.all(&format!("{path}.layers"), layers, x.to_owned(), input)?;
                self.net.node("Concat", &[x, &body], |node| node.whole("axis", 1))
            }
            LayerSpec::Grow { scale, layers, early } => {
                self.grown(path, x, input, *scale, [layers, early])?
            }
            LayerSpec::Composite {} => self.composite(x, input),
            LayerSpec::Reshape { .. } | LayerSpec::Flatten {} => self.reshaped(x, output),
            LayerSpec::Latent { .. }
            | LayerSpec::MinibatchStddev {}
            | LayerSpec::MinibatchDiscrimination { .. }
            | LayerSpec::Shrink { .. } => {
                return Err(ExportError::File(format!("{path} belongs to no generator")));
            }
        })
    }

    fn linear(&mut self, path: &str, x: &str) -> Result<String, ExportError> {
        let weight = self.weights(path, "weight")?;
        if self.generator.optional(path, "bias").is_some() {
            let bias = self.weights(path, "bias")?;
            return Ok(self.net.plain("Gemm", &[x, &weight, &bias]));
        }
        Ok(self.net.plain("MatMul", &[x, &weight]))
    }

    fn convolution(
        &mut self,
        kind: &'static str,
        path: &str,
        x: &str,
        [kernel, stride, padding]: [usize; 3],
    ) -> Result<String, ExportError> {
        let mut inputs = vec![x.to_owned(), self.weights(path, "weight")?];
        if self.generator.optional(path, "bias").is_some() {
            inputs.push(self.weights(path, "bias")?);
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        Ok(self.net.node(kind, &inputs, |node| {
            node.wholes("kernel_shape", &[kernel as i64; 2]);
            node.wholes("strides", &[stride as i64; 2]);
            node.wholes("pads", &[padding as i64; 4]);
        }))
    }

    fn enlarged(&mut self, x: &str, scale: usize, is_bilinear: bool) -> String {
        let scales = self.net.real("scales", &[4], vec![1.0, 1.0, scale as f32, scale as f32]);
        self.net.node("Resize", &[x, "", &scales], |node| {
            if is_bilinear {
                node.text("mode", "linear");
                node.text("coordinate_transformation_mode", "half_pixel");
            } else {
                node.text("mode", "nearest");
                node.text("coordinate_transformation_mode", "asymmetric");
                node.text("nearest_mode", "floor");
            }
        })
    }

    fn activation(&mut self, function: ActivationKind, x: &str) -> String {
        match function {
            ActivationKind::Relu {} => self.net.plain("Relu", &[x]),
            ActivationKind::LeakyRelu { slope } => {
                self.net.node("LeakyRelu", &[x], |node| node.real("alpha", slope))
            }
            ActivationKind::Tanh {} => self.net.plain("Tanh", &[x]),
            ActivationKind::Sigmoid {} => self.net.plain("Sigmoid", &[x]),
            ActivationKind::Silu {} => {
                let sigmoid = self.net.plain("Sigmoid", &[x]);
                self.net.plain("Mul", &[x, &sigmoid])
            }
            ActivationKind::Softplus {} => self.net.plain("Softplus", &[x]),
            ActivationKind::Elu { alpha } => {
                self.net.node("Elu", &[x], |node| node.real("alpha", alpha))
            }
            ActivationKind::Selu {} => self.net.plain("Selu", &[x]),
            ActivationKind::Gelu {} => {
                // x (1 + erf(x / √2)) / 2
                let root = self.net.number(std::f32::consts::FRAC_1_SQRT_2);
                let scaled = self.net.plain("Mul", &[x, &root]);
                let erf = self.net.plain("Erf", &[&scaled]);
                let one = self.net.number(1.0);
                let sum = self.net.plain("Add", &[&erf, &one]);
                let half = self.net.number(0.5);
                let share = self.net.plain("Mul", &[&sum, &half]);
                self.net.plain("Mul", &[x, &share])
            }
        }
    }

    /// Normalisation over each of `groups` groups of neighbouring features.
    fn group_norm(
        &mut self,
        path: &str,
        x: &str,
        input: Shape,
        groups: usize,
        epsilon: f32,
        affine: bool,
    ) -> Result<String, ExportError> {
        let dims = self.net.wholes(&[0, groups as i64, -1]);
        let rows = self.net.plain("Reshape", &[x, &dims]);
        let ones = self.net.real("ones", &[groups], vec![1.0; groups]);
        let zeros = self.net.real("zeros", &[groups], vec![0.0; groups]);
        let normal = self.net.node("InstanceNormalization", &[&rows, &ones, &zeros], |node| {
            node.real("epsilon", epsilon);
        });
        let normal = self.reshaped(&normal, input);
        if !affine {
            return Ok(normal);
        }
        let scale = self.per_feature(path, "scale", input)?;
        let shift = self.per_feature(path, "shift", input)?;
        let scaled = self.net.plain("Mul", &[&normal, &scale]);
        Ok(self.net.plain("Add", &[&scaled, &shift]))
    }

    fn one_hot(&mut self, name: &str, count: usize) -> String {
        let depth = self.net.wholes(&[count as i64]);
        let values = self.net.real("off_and_on", &[2], vec![0.0, 1.0]);
        self.net.plain("OneHot", &[name, &depth, &values])
    }

    fn embedding(&mut self, path: &str) -> Result<String, ExportError> {
        let table = self.weights(path, "embedding")?;
        Ok(self.net.plain("Gather", &[&table, CLASS]))
    }

    /// Numbers of each sample's features, in a shape that broadcasts.
    fn of_channels(&mut self, numbers: String, shape: Shape) -> String {
        match shape {
            Shape::Flat { .. } => numbers,
            Shape::Image { .. } => {
                let axes = self.net.wholes(&[2, 3]);
                self.net.plain("Unsqueeze", &[&numbers, &axes])
            }
        }
    }

    /// The learned image, once for each row of `w`.
    fn constant(&mut self, path: &str, w: &str) -> Result<String, ExportError> {
        let Values { shape, numbers } = self.generator.tensor(path, "constant")?;
        let dims: Vec<usize> = [1].into_iter().chain(shape.iter().copied()).collect();
        let image = self.net.real(&format!("{path}.constant"), &dims, numbers.clone());
        let sizes = self.net.plain("Shape", &[w]);
        let first = self.net.wholes(&[0]);
        let batch = self.net.plain("Gather", &[&sizes, &first]);
        let others = self.net.wholes(&[1, 1, 1]);
        let to = self.net.node("Concat", &[&batch, &others], |node| node.whole("axis", 0));
        Ok(self.net.plain("Expand", &[&image, &to]))
    }

    /// The formulas stand at [`LayerSpec::ModulatedConv`].
    fn modulated(
        &mut self,
        path: &str,
        x: &str,
        output: Shape,
        kernel: usize,
        demodulates: bool,
    ) -> Result<String, ExportError> {
        let style = self.weights(path, "style")?;
        let offset = self.weights(path, "scale")?;
        let w = self.style.clone();
        let scales = self.net.plain("Gemm", &[&w, &style, &offset]);
        let image = Shape::image(1, 1, 1);
        let factors = self.of_channels(scales.clone(), image);
        let scaled = self.net.plain("Mul", &[x, &factors]);
        let weight = self.weights(path, "weight")?;
        let mut y = self.net.node("Conv", &[&scaled, &weight], |node| {
            node.wholes("kernel_shape", &[kernel as i64; 2]);
            node.wholes("pads", &[(kernel / 2) as i64; 4]);
        });
        if demodulates {
            let Values { shape, numbers } = self.generator.tensor(path, "weight")?;
            let (outputs, inputs, area) = (shape[0], shape[1], kernel * kernel);
            // Σ W² over each kernel, inputs first.
            let sum = |index: usize| {
                let (of, to) = (index / outputs, index % outputs);
                let begin = (to * inputs + of) * area;
                numbers[begin..begin + area].iter().map(|number| number * number).sum::<f32>()
            };
            let power = (0..inputs * outputs).map(sum).collect();
            let power = self.net.real(&format!("{path}.power"), &[inputs, outputs], power);
            let squares = self.net.plain("Mul", &[&scales, &scales]);
            let sums = self.net.plain("MatMul", &[&squares, &power]);
            let epsilon = self.net.number(EPSILON);
            let sums = self.net.plain("Add", &[&sums, &epsilon]);
            let roots = self.net.plain("Sqrt", &[&sums]);
            let roots = self.of_channels(roots, image);
            y = self.net.plain("Div", &[&y, &roots]);
        }
        if self.generator.optional(path, "noise").is_some() {
            let strength = self.per_feature(path, "noise", output)?;
            let [begin, end, axis] = [0, 1, 1].map(|number| self.net.wholes(&[number]));
            let channel = self.net.plain("Slice", &[&y, &begin, &end, &axis]);
            let noise = self.net.plain("RandomNormalLike", &[&channel]);
            let noise = self.net.plain("Mul", &[&noise, &strength]);
            y = self.net.plain("Add", &[&y, &noise]);
        }
        let shift = self.per_feature(path, "shift", output)?;
        Ok(self.net.plain("Add", &[&y, &shift]))
    }

    /// A stage of growth, as far as it is there.
    fn grown(
        &mut self,
        path: &str,
        x: &str,
        input: Shape,
        scale: usize,
        [layers, early]: [&Vec<LayerSpec>; 2],
    ) -> Result<String, ExportError> {
        let level = self.generator.header().level.unwrap_or(f32::MAX);
        let share = (level - self.stage as f32).clamp(0.0, 1.0);
        self.stage += 1;
        let mut parts = Vec::new();
        if share > 0.0 {
            let (made, _) = self.all(&format!("{path}.layers"), layers, x.to_owned(), input)?;
            parts.push((made, share));
        }
        self.stage -= 1;
        if share < 1.0 {
            let (made, _) = self.all(&format!("{path}.early"), early, x.to_owned(), input)?;
            parts.push((self.enlarged(&made, scale, false), 1.0 - share));
        }
        if let [(made, _)] = &parts[..] {
            return Ok(made.clone());
        }
        let mut scaled = Vec::new();
        for (made, share) in parts {
            let share = self.net.number(share);
            scaled.push(self.net.plain("Mul", &[&made, &share]));
        }
        Ok(self.net.plain("Add", &[&scaled[0], &scaled[1]]))
    }

    /// A picture, with another in its place where the mask between them is 1.
    fn composite(&mut self, x: &str, input: Shape) -> String {
        let count = (input.features() / 2) as i64;
        let parts = [(0, count), (count, count + 1), (count + 1, 2 * count + 1)];
        let [picture, mask, other] = parts.map(|(begin, end)| {
            let [begin, end, axis] = [begin, end, 1].map(|number| self.net.wholes(&[number]));
            self.net.plain("Slice", &[x, &begin, &end, &axis])
        });
        let half = self.net.number(0.5);
        let share = self.net.plain("Mul", &[&mask, &half]);
        let share = self.net.plain("Add", &[&share, &half]);
        let apart = self.net.plain("Sub", &[&other, &picture]);
        let moved = self.net.plain("Mul", &[&apart, &share]);
        self.net.plain("Add", &[&picture, &moved])
    }
}
