//! ONNX's operations on values that depend on the latent.

use gan_protocol::ActivationKind;
use onnx_rs::ast::Node as OnnxNode;

use super::attributes::Attributes;
use super::axes::{
    axes_of, bounds, broadcast, index, lengths, permutation, resolved, squeezed, unsqueezed,
};
use super::known::{is_real, shape_of};
use super::spatial::{convolution, pad, resized};
use super::tensor::Tensor;
use super::{Value, Walk};
use crate::error::ImportError;
use crate::graph::{Node, Op, one};
use crate::state_dict::Values;

/// One operation with what it is given.
pub(super) struct Call<'a, 'b> {
    pub(super) name: &'a str,
    pub(super) node: &'a OnnxNode<'a>,
    pub(super) attributes: &'b Attributes<'a>,
    pub(super) inputs: &'b [Option<Value>],
    pub(super) output: &'a str,
    pub(super) is_shared: bool,
}

impl Call<'_, '_> {
    /// Known numbers at a place.
    pub(super) fn known(&self, at: usize) -> Option<&Tensor> {
        match self.inputs.get(at) {
            Some(Some(Value::Known(tensor))) => Some(tensor),
            _ => None,
        }
    }

    /// The weights at a place.
    pub(super) fn weights(&self, at: usize) -> Result<Values, ImportError> {
        let weights = self.known(at).map(Tensor::values);
        weights.ok_or_else(|| ImportError::file("weights that are computed while the net runs"))
    }

    fn made(&self, at: usize) -> Option<usize> {
        match self.inputs.get(at) {
            Some(Some(Value::Made(index))) => Some(*index),
            _ => None,
        }
    }
}

fn in_training() -> ImportError {
    ImportError::file("the net was exported as it trains: export it after net.eval()")
}

pub(super) fn unknown() -> ImportError {
    ImportError::file("this operation has no layer here")
}

impl Walk<'_> {
    /// The value of an operation that is given one that was made.
    pub(super) fn made(&mut self, call: &Call<'_, '_>) -> Result<Value, ImportError> {
        match call.name {
            "Shape" => {
                let index = call.made(0).ok_or_else(unknown)?;
                return Ok(Value::Known(shape_of(&self.dims(index), call.attributes)));
            }
            "Concat" | "Add" | "Sub" | "Mul" | "Div" if call.inputs.len() > 1 => {
                return self.merged(call);
            }
            _ => {}
        }
        let Some(from) = call.made(0) else { return Err(unknown()) };
        let dims = self.dims(from);
        let ops = self.ops(call, &dims)?;
        self.chain(call, from, ops)
    }

    /// One operation after the other.
    fn chain(
        &mut self,
        call: &Call<'_, '_>,
        from: usize,
        ops: Vec<Op>,
    ) -> Result<Value, ImportError> {
        let (mut value, count) = (from, ops.len());
        for (at, op) in ops.into_iter().enumerate() {
            value = self.add(call, op, vec![value], call.is_shared && at + 1 == count)?;
        }
        Ok(Value::Made(value))
    }

    fn add(
        &mut self,
        call: &Call<'_, '_>,
        op: Op,
        inputs: Vec<usize>,
        is_shared: bool,
    ) -> Result<usize, ImportError> {
        self.lowered.add(Node { name: call.output.to_owned(), op, inputs }, is_shared)
    }

    /// Two values, of which one may be known.
    fn merged(&mut self, call: &Call<'_, '_>) -> Result<Value, ImportError> {
        if call.name == "Concat" {
            let mut inputs = Vec::new();
            for value in call.inputs.iter().flatten() {
                inputs.push(match value {
                    Value::Made(index) => *index,
                    Value::OfClass(tensors) => self.table(tensors)?,
                    Value::Known(_) => return Err(unknown()),
                });
            }
            let rank = self.dims(inputs[0]).len();
            let axis = index(call.attributes.whole("axis", 1), rank)?;
            let axis = axis.checked_sub(1).ok_or_else(unknown)?;
            let made = self.add(call, Op::Concat { axis }, inputs, call.is_shared)?;
            return Ok(Value::Made(made));
        }
        let [Some(first), Some(second)] = call.inputs else { return Err(unknown()) };
        let (made, op) = match (first, second) {
            (Value::Made(one), Value::Made(other)) => {
                if call.name == "Mul" && self.is_sigmoid_of(call) {
                    let op = Op::Activation(ActivationKind::Silu {});
                    let from = if self.sigmoid_of.contains_key(call.node.input[0]) {
                        *other
                    } else {
                        *one
                    };
                    return self.chain(call, from, vec![op]);
                }
                let op = match call.name {
                    "Add" => Op::Add,
                    "Mul" => Op::Multiply,
                    _ => return Err(unknown()),
                };
                let made = self.add(call, op, vec![*one, *other], call.is_shared)?;
                return Ok(Value::Made(made));
            }
            (Value::Made(made), Value::OfClass(tensors))
            | (Value::OfClass(tensors), Value::Made(made))
                if call.name == "Mul" =>
            {
                let table = self.table(tensors)?;
                let made = self.add(call, Op::Multiply, vec![*made, table], call.is_shared)?;
                return Ok(Value::Made(made));
            }
            (Value::Made(made), Value::Known(known)) => {
                let numbers = aligned(known);
                let mapped = |of: fn(f32) -> f32| Values {
                    shape: numbers.shape.clone(),
                    numbers: numbers.numbers.iter().map(|number| of(*number)).collect(),
                };
                (
                    made,
                    match call.name {
                        "Add" => Op::Affine { scale: one(1.0), shift: numbers },
                        "Sub" => Op::Affine { scale: one(1.0), shift: mapped(|number| -number) },
                        "Mul" => Op::Affine { scale: numbers, shift: one(0.0) },
                        _ => Op::Affine { scale: mapped(f32::recip), shift: one(0.0) },
                    },
                )
            }
            (Value::Known(known), Value::Made(made)) => {
                let numbers = aligned(known);
                (
                    made,
                    match call.name {
                        "Add" => Op::Affine { scale: one(1.0), shift: numbers },
                        "Sub" => Op::Affine { scale: one(-1.0), shift: numbers },
                        "Mul" => Op::Affine { scale: numbers, shift: one(0.0) },
                        _ => return Err(unknown()),
                    },
                )
            }
            _ => return Err(unknown()),
        };
        self.chain(call, *made, vec![op])
    }

    /// Whether a product is that of a value and its sigmoid.
    fn is_sigmoid_of(&self, call: &Call<'_, '_>) -> bool {
        let [a, b] = call.node.input[..] else { return false };
        self.sigmoid_of.get(a) == Some(&b) || self.sigmoid_of.get(b) == Some(&a)
    }

    /// What an operation does to one value of the axes `dims`, with the batch's.
    fn ops(&self, call: &Call<'_, '_>, dims: &[usize]) -> Result<Vec<Op>, ImportError> {
        let attributes = call.attributes;
        let function = |function| Ok(vec![Op::Activation(function)]);
        match call.name {
            "Identity" => Ok(vec![Op::Identity]),
            "Dropout" => match call.known(2).and_then(Tensor::as_whole) {
                Some([is_training]) if *is_training != 0 => Err(in_training()),
                _ => Ok(vec![Op::Identity]),
            },
            "Cast" if is_real(attributes.whole("to", 0)) => Ok(vec![Op::Identity]),
            "Cast" => Ok(vec![Op::Whole]),
            "Relu" => function(ActivationKind::Relu {}),
            "LeakyRelu" => {
                function(ActivationKind::LeakyRelu { slope: attributes.real("alpha", 0.01) })
            }
            "Tanh" => function(ActivationKind::Tanh {}),
            "Sigmoid" => function(ActivationKind::Sigmoid {}),
            "Softplus" => function(ActivationKind::Softplus {}),
            "Elu" => function(ActivationKind::Elu { alpha: attributes.real("alpha", 1.0) }),
            "Selu" if !attributes.has("alpha") && !attributes.has("gamma") => {
                function(ActivationKind::Selu {})
            }
            "Gelu" if attributes.text("approximate", "none") == "none" => {
                function(ActivationKind::Gelu {})
            }
            "Gelu" => Err(ImportError::file("the tanh form of GELU has no layer here")),
            "Neg" => Ok(vec![Op::Affine { scale: one(-1.0), shift: one(0.0) }]),
            "PRelu" => {
                let slope = call.known(1).map(aligned);
                let slope = slope.ok_or_else(|| {
                    ImportError::file("weights that are computed while the net runs")
                })?;
                Ok(vec![Op::Prelu { slope }])
            }
            "MatMul" => Ok(vec![Op::Dense { weight: call.weights(1)?, bias: None }]),
            "Gemm" => gemm(call),
            "Conv" => convolution(call, dims, false),
            "ConvTranspose" => convolution(call, dims, true),
            "BatchNormalization" => {
                if attributes.whole("training_mode", 0) != 0 {
                    return Err(in_training());
                }
                let parts =
                    [call.weights(1)?, call.weights(2)?, call.weights(3)?, call.weights(4)?];
                Ok(vec![Op::BatchNorm { parts, epsilon: attributes.real("epsilon", 1e-5) }])
            }
            "InstanceNormalization" => {
                let parts = [call.weights(1)?, call.weights(2)?];
                Ok(vec![Op::InstanceNorm { parts, epsilon: attributes.real("epsilon", 1e-5) }])
            }
            "GroupNormalization" if self.opset >= 21 => {
                let parts = [call.weights(1)?, call.weights(2)?];
                let groups = attributes.whole("num_groups", 1).max(1) as usize;
                Ok(vec![Op::GroupNorm { groups, parts, epsilon: attributes.real("epsilon", 1e-5) }])
            }
            "LayerNormalization" if dims.len() == 2 => {
                let shift = if call.inputs.len() > 2 { call.weights(2)? } else { one(0.0) };
                let parts = [call.weights(1)?, shift];
                Ok(vec![Op::LayerNorm { parts, epsilon: attributes.real("epsilon", 1e-5) }])
            }
            "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" => self.reshaped(call, dims),
            "Transpose" => {
                let axes = permutation(attributes, dims.len())?;
                if axes.first() != Some(&0) {
                    return Err(ImportError::file("the batch does not stand first"));
                }
                Ok(vec![Op::Permute { axes: axes[1..].iter().map(|axis| axis - 1).collect() }])
            }
            "Expand" | "Tile" => self.repeated(call, dims),
            "Slice" => {
                let given: Vec<Option<&Tensor>> =
                    (0..call.inputs.len()).map(|at| call.known(at)).collect();
                let mut ops = Vec::new();
                for (axis, places) in bounds(attributes, &given, dims)? {
                    if places.iter().copied().eq(0..dims[axis]) {
                        continue;
                    }
                    let axis = axis.checked_sub(1).ok_or_else(unknown)?;
                    let begin = places.first().copied().ok_or_else(unknown)?;
                    if !places.iter().copied().eq(begin..begin + places.len()) {
                        return Err(ImportError::file("a slice with steps has no layer here"));
                    }
                    ops.push(Op::Crop { axis, begin, end: dims[axis + 1] - begin - places.len() });
                }
                Ok(if ops.is_empty() { vec![Op::Identity] } else { ops })
            }
            "Pad" => pad(call),
            "Upsample" | "Resize" => resized(call, dims),
            "DepthToSpace" => {
                let scale = attributes.whole("blocksize", 1).max(1) as usize;
                let blocks_first = match attributes.text("mode", "DCR") {
                    "CRD" => false,
                    "DCR" => true,
                    _ => return Err(unknown()),
                };
                Ok(vec![Op::PixelShuffle { scale, blocks_first }])
            }
            "AveragePool" => {
                let (kernel, strides) =
                    (attributes.wholes("kernel_shape"), attributes.wholes("strides"));
                let is_plain =
                    attributes.wholes("pads").is_none_or(|pads| pads.iter().all(|p| *p == 0))
                        && ["NOTSET", "VALID"].contains(&attributes.text("auto_pad", "NOTSET"))
                        && attributes.whole("ceil_mode", 0) == 0
                        && attributes.wholes("dilations").is_none_or(|all| all == [1, 1]);
                match (kernel, strides) {
                    (Some([one, other]), Some(strides))
                        if one == other && strides == [*one, *other] && is_plain && *one > 0 =>
                    {
                        Ok(vec![Op::AveragePool { size: *one as usize }])
                    }
                    _ => Err(unknown()),
                }
            }
            _ => Err(unknown()),
        }
    }

    fn reshaped(&self, call: &Call<'_, '_>, dims: &[usize]) -> Result<Vec<Op>, ImportError> {
        let attributes = call.attributes;
        let to = match call.name {
            "Reshape" => {
                let to = match (call.known(1), attributes.wholes("shape")) {
                    (Some(to), _) => to.clone(),
                    (None, Some(to)) => Tensor::whole(vec![to.len()], to.to_vec()),
                    (None, None) => {
                        return Err(ImportError::file(
                            "a shape that is not known before the net runs",
                        ));
                    }
                };
                resolved(&to, dims, attributes.whole("allowzero", 0) != 0)?
            }
            "Flatten" => {
                if attributes.whole("axis", 1) != 1 {
                    return Err(unknown());
                }
                vec![dims[0], dims[1..].iter().product()]
            }
            "Squeeze" => {
                let axes = axes_of(attributes, call.known(1))?;
                if axes.is_empty() {
                    // All axes of length 1, but the batch.
                    let others = dims[1..].iter().copied().filter(|length| *length != 1);
                    [dims[0]].into_iter().chain(others).collect()
                } else {
                    squeezed(dims, &axes)?
                }
            }
            _ => unsqueezed(dims, &axes_of(attributes, call.known(1))?)?,
        };
        if to.first() != Some(&self.batch) {
            return Err(ImportError::file("the batch does not stand first"));
        }
        Ok(vec![Op::Reshape { dims: to[1..].to_vec() }])
    }

    /// Values that are repeated along axes.
    fn repeated(&self, call: &Call<'_, '_>, dims: &[usize]) -> Result<Vec<Op>, ImportError> {
        let to = call
            .known(1)
            .ok_or_else(|| ImportError::file("a shape that is not known before the net runs"))?;
        let to = lengths(to)?;
        let times: Vec<usize> = match call.name {
            "Tile" => to,
            _ => {
                let to = broadcast(dims, &to)?;
                if to.len() != dims.len() {
                    return Err(unknown());
                }
                to.iter().zip(dims).map(|(to, from)| to / from.max(&1)).collect()
            }
        };
        if times.len() != dims.len() || times.first() != Some(&1) {
            return Err(unknown());
        }
        let repeats = times[1..].iter().enumerate().filter(|(_, times)| **times != 1);
        let ops: Vec<Op> =
            repeats.map(|(axis, times)| Op::Repeat { axis, times: *times }).collect();
        Ok(if ops.is_empty() { vec![Op::Identity] } else { ops })
    }
}

/// Known numbers without leading axes of length 1, the batch's among them.
fn aligned(known: &Tensor) -> Values {
    let values = known.values();
    let lead = values.shape.iter().take_while(|length| **length == 1).count();
    Values { shape: values.shape[lead..].to_vec(), numbers: values.numbers }
}

/// `alpha A B + beta C`.
fn gemm(call: &Call<'_, '_>) -> Result<Vec<Op>, ImportError> {
    let attributes = call.attributes;
    if attributes.whole("transA", 0) != 0 {
        return Err(unknown());
    }
    let mut weight = call.weights(1)?;
    if attributes.whole("transB", 0) != 0 {
        let view = crate::view::View::plain(weight.shape.clone()).permuted(&[1, 0]);
        let numbers = view.order.iter().map(|place| weight.numbers[*place]).collect();
        weight = Values { shape: view.dims, numbers };
    }
    let (alpha, beta) = (attributes.real("alpha", 1.0), attributes.real("beta", 1.0));
    weight.numbers.iter_mut().for_each(|number| *number *= alpha);
    let mut ops = vec![Op::Dense { weight, bias: None }];
    if call.inputs.get(2).is_some_and(Option::is_some) {
        let mut shift = aligned(call.known(2).ok_or_else(unknown)?);
        shift.numbers.iter_mut().for_each(|number| *number *= beta);
        ops.push(Op::Affine { scale: one(1.0), shift });
    }
    Ok(ops)
}
