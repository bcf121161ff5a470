//! ONNX: a graph of operations on tensors with names, of which some are known before it runs.
//!
//! The batch stands first in every tensor. It is taken off a value's axes; shapes are computed with that of the file's input, or
//! with 1 where the file leaves it open.

mod attributes;
mod axes;
mod known;
mod operations;
mod spatial;
mod tensor;

use std::collections::{HashMap, HashSet};

use onnx_rs::ast::{DataType, Dimension, Graph, Model, Node as OnnxNode, ValueInfo};

use self::attributes::Attributes;
use self::known::computed;
use self::tensor::Tensor;
use crate::described::{Choices, Described, described, no_input};
use crate::error::ImportError;
use crate::graph::{Node, Op};
use crate::lower::{Given, Lowered, Table};
use crate::view::limited;

/// The file's model, if it is one of ONNX.
pub(crate) fn parsed(bytes: &[u8]) -> Option<Model<'_>> {
    let model = onnx_rs::parse(bytes).ok()?;
    let graph = model.graph.as_ref()?;
    (model.ir_version > 0 && !graph.node.is_empty()).then_some(model)
}

/// The generator of an ONNX model, whose tensors may stand in other files.
pub(crate) fn of_onnx(
    model: &Model<'_>,
    files: &[(String, Vec<u8>)],
    choices: &Choices,
) -> Result<Described, ImportError> {
    let graph = model.graph.as_ref().ok_or_else(|| ImportError::file("the file has no graph"))?;
    let [output] = &graph.output[..] else {
        return Err(ImportError::file(format!(
            "the net has {} outputs; a generator has one",
            graph.output.len()
        )));
    };
    let opset = model.opset_import.iter().find(|set| ["", "ai.onnx"].contains(&set.domain));
    let given = Given { one_hot: choices.one_hot };
    let mut walk = Walk {
        files,
        opset: opset.map_or(1, |set| set.version),
        uses: uses(graph),
        lowered: Lowered::new(false, given),
        values: HashMap::new(),
        batch: 1,
        classes: 0,
        sigmoid_of: HashMap::new(),
    };
    for tensor in &graph.initializer {
        walk.values.insert(tensor.name(), Value::Known(Tensor::read(tensor, files)?));
    }
    walk.inputs(graph, choices)?;
    for node in &graph.node {
        walk.node(node).map_err(|error| {
            let name = if node.name.is_empty() {
                node.output.first().copied().unwrap_or_default()
            } else {
                node.name
            };
            ImportError::file(format!("{name} ({}): {error}", node.op_type.as_str()))
        })?;
    }
    let output = match walk.values.get(output.name) {
        Some(Value::Made(index)) => *index,
        Some(_) => return Err(ImportError::file("the net's output does not depend on a latent")),
        None => {
            return Err(ImportError::file(format!(
                "no operation gives the output {}",
                output.name
            )));
        }
    };
    described(walk.lowered.net(output)?, choices)
}

/// How often each value is used.
fn uses<'a>(graph: &'a Graph<'a>) -> HashMap<&'a str, usize> {
    let mut uses = HashMap::new();
    for name in graph.node.iter().flat_map(|node| &node.input) {
        *uses.entry(*name).or_default() += 1;
    }
    uses
}

/// What a tensor of the graph is.
#[derive(Clone, Debug)]
enum Value {
    /// Numbers that are known.
    Known(Tensor),
    /// Numbers of each class.
    OfClass(Vec<Tensor>),
    /// The value of an operation that was lowered.
    Made(usize),
}

struct Walk<'a> {
    files: &'a [(String, Vec<u8>)],
    opset: i64,
    uses: HashMap<&'a str, usize>,
    lowered: Lowered,
    values: HashMap<&'a str, Value>,
    /// The batch's length in shapes.
    batch: usize,
    classes: usize,
    /// For the output of a sigmoid: its input.
    sigmoid_of: HashMap<&'a str, &'a str>,
}

impl<'a> Walk<'a> {
    /// Latents and the class.
    fn inputs(&mut self, graph: &'a Graph<'a>, choices: &Choices) -> Result<(), ImportError> {
        let inputs: Vec<&ValueInfo<'_>> =
            graph.input.iter().filter(|input| !self.values.contains_key(input.name)).collect();
        if let Some(labels) = &choices.labels
            && !inputs.iter().any(|input| input.name == labels)
        {
            let names: Vec<String> = inputs.iter().map(|input| input.name.to_owned()).collect();
            return Err(no_input(labels, &names));
        }
        for input in inputs {
            let (batch, dims) = dims(input)?;
            self.batch = self.batch.max(batch.unwrap_or(1));
            let kind = input.tensor_elem_type().unwrap_or_default();
            let is_whole = matches!(kind, DataType::Int64 | DataType::Int32);
            let size: usize = dims.iter().product();
            let is_class = match &choices.labels {
                Some(labels) => labels == input.name,
                None => is_whole || size == 1,
            };
            if !is_class {
                let node = Node {
                    name: input.name.to_owned(),
                    op: Op::Numbers { dims },
                    inputs: Vec::new(),
                };
                let is_shared = self.uses.get(input.name).is_some_and(|uses| *uses > 1);
                let made = self.lowered.add(node, is_shared)?;
                self.values.insert(input.name, Value::Made(made));
                continue;
            }
            let one_hot = size > 1;
            self.classes =
                if one_hot { size } else { class_count(graph, input.name, &self.known(graph))? };
            let of = |class: usize| {
                let all: Vec<usize> =
                    [batch.unwrap_or(1)].into_iter().chain(dims.clone()).collect();
                let count: usize = all.iter().product();
                match (one_hot, is_whole) {
                    (true, _) => {
                        let numbers = (0..count).map(|at| f32::from(u8::from(at % size == class)));
                        Tensor::real(all, numbers.collect())
                    }
                    (false, true) => Tensor::whole(all, vec![class as i64; count]),
                    (false, false) => Tensor::real(all, vec![class as f32; count]),
                }
            };
            self.values.insert(input.name, Value::OfClass((0..self.classes).map(of).collect()));
        }
        Ok(())
    }

    /// All that is known before the net is given anything.
    fn known(&self, graph: &'a Graph<'a>) -> HashMap<&'a str, Tensor> {
        let mut known: HashMap<&str, Tensor> = HashMap::new();
        for (name, value) in &self.values {
            if let Value::Known(tensor) = value {
                known.insert(name, tensor.clone());
            }
        }
        for node in &graph.node {
            let attributes = Attributes::of(node, self.files);
            let made = if node.op_type.as_str() == "Constant" {
                constant(&attributes).ok()
            } else {
                let inputs: Vec<Option<&Tensor>> =
                    node.input.iter().map(|name| known.get(name)).collect();
                let is_known = inputs.iter().all(Option::is_some) && !inputs.is_empty();
                let name = node.op_type.as_str();
                is_known.then(|| computed(name, &attributes, &inputs).ok().flatten()).flatten()
            };
            if let (Some(tensor), Some(output)) = (made, node.output.first()) {
                known.insert(output, tensor);
            }
        }
        known
    }

    fn node(&mut self, node: &'a OnnxNode<'a>) -> Result<(), ImportError> {
        if !["", "ai.onnx"].contains(&node.domain) {
            return Err(ImportError::file(format!(
                "an operation of {}, which is not ONNX's own, has no layer here",
                node.domain
            )));
        }
        let attributes = Attributes::of(node, self.files);
        let output = node.output.first().copied().unwrap_or_default();
        let name = node.op_type.as_str();
        if name == "Constant" {
            self.values.insert(output, Value::Known(constant(&attributes)?));
            return Ok(());
        }
        let mut inputs = Vec::new();
        for name in &node.input {
            inputs.push(match self.values.get(name) {
                _ if name.is_empty() => None,
                Some(value) => Some(value.clone()),
                None => {
                    return Err(ImportError::file(format!("no operation before it gives {name}")));
                }
            });
        }
        let value = self.value(name, output, node, &attributes, &inputs)?;
        self.values.insert(output, value);
        Ok(())
    }

    fn value(
        &mut self,
        name: &'a str,
        output: &'a str,
        node: &'a OnnxNode<'a>,
        attributes: &Attributes<'a>,
        inputs: &[Option<Value>],
    ) -> Result<Value, ImportError> {
        let unknown = || ImportError::file("this operation has no layer here");
        if name == "CastLike" {
            return match inputs {
                [Some(Value::Known(tensor)), Some(Value::Made(_))] => {
                    Ok(Value::Known(Tensor::real(tensor.dims.clone(), tensor.to_real())))
                }
                // Fractions would be cut off.
                [Some(Value::Made(_)), Some(Value::Known(like))] if like.as_whole().is_some() => {
                    Err(unknown())
                }
                [Some(value), ..] => Ok(value.clone()),
                _ => Err(unknown()),
            };
        }
        let made = inputs.iter().flatten().any(|value| matches!(value, Value::Made(_)));
        if !made {
            let class = inputs.iter().flatten().any(|value| matches!(value, Value::OfClass(_)));
            let of = |class: usize| {
                let inputs: Vec<Option<&Tensor>> = inputs
                    .iter()
                    .map(|value| value.as_ref().and_then(|value| value.of(class)))
                    .collect();
                computed(name, attributes, &inputs)?.ok_or_else(unknown)
            };
            return Ok(if class {
                Value::OfClass((0..self.classes).map(of).collect::<Result<_, _>>()?)
            } else {
                Value::Known(of(0)?)
            });
        }
        if name == "Sigmoid" {
            self.sigmoid_of.insert(output, node.input[0]);
        }
        let is_shared = self.uses.get(output).is_some_and(|uses| *uses > 1);
        let call = operations::Call { name, node, attributes, inputs, output, is_shared };
        self.made(&call)
    }

    /// The axes of a value with the batch's.
    fn dims(&self, index: usize) -> Vec<usize> {
        [self.batch].into_iter().chain(self.lowered.dims(index).iter().copied()).collect()
    }

    /// The numbers of each class as a value of the net.
    fn table(&mut self, tensors: &[Tensor]) -> Result<usize, ImportError> {
        let dims = tensors.first().map(|tensor| tensor.dims.clone()).unwrap_or_default();
        let [batch, dims @ ..] = dims.as_slice() else {
            return Err(ImportError::file("numbers of a class that stand for no sample"));
        };
        let size: usize = dims.iter().product();
        if ![1, self.batch].contains(batch) || tensors.iter().any(|one| one.len() != batch * size) {
            return Err(ImportError::file("numbers of a class that stand for no sample"));
        }
        let numbers = tensors.iter().flat_map(|one| one.to_real()[..size].to_vec()).collect();
        let table = Table { classes: tensors.len(), dims: dims.to_vec(), numbers };
        let node = Node { name: "the class".to_owned(), op: Op::Table(table), inputs: Vec::new() };
        self.lowered.add(node, false)
    }
}

impl Value {
    /// The known numbers, for one class.
    fn of(&self, class: usize) -> Option<&Tensor> {
        match self {
            Self::Known(tensor) => Some(tensor),
            Self::OfClass(tensors) => tensors.get(class),
            Self::Made(_) => None,
        }
    }
}

/// The batch of an input, if the file fixes it, and the other axes.
fn dims(input: &ValueInfo<'_>) -> Result<(Option<usize>, Vec<usize>), ImportError> {
    let shape = input.tensor_shape().map(|shape| shape.dim.as_slice()).unwrap_or_default();
    let length = |dimension: &Dimension<'_>| match dimension {
        Dimension::Value(length) => usize::try_from(*length).ok().filter(|length| *length > 0),
        _ => None,
    };
    let Some((batch, others)) = shape.split_first() else {
        return Err(ImportError::file(format!("the input {} has no shape", input.name)));
    };
    let others: Option<Vec<usize>> = others.iter().map(|axis| length(&axis.value)).collect();
    let others = others.ok_or_else(|| {
        ImportError::file(format!("the input {} leaves open how many numbers it has", input.name))
    })?;
    let batch = length(&batch.value);
    limited(&others)?;
    limited(&[batch.unwrap_or(1)])?;
    Ok((batch, others))
}

/// How many classes there are: the rows of the table from which the class, or what is computed of it, takes one, or the numbers
/// with which it is compared.
fn class_count(
    graph: &Graph<'_>,
    class: &str,
    known: &HashMap<&str, Tensor>,
) -> Result<usize, ImportError> {
    let mut of_class = HashSet::from([class]);
    for node in &graph.node {
        let given: Vec<bool> = node.input.iter().map(|name| of_class.contains(name)).collect();
        let tensor = |at: usize| node.input.get(at).and_then(|name| known.get(name));
        let count = match (node.op_type.as_str(), &given[..]) {
            ("Gather", [false, true]) => {
                tensor(0).filter(|table| table.dims.len() == 2).map(|table| table.dims[0])
            }
            ("OneHot", [true, ..]) => {
                let depth = tensor(1).and_then(|depth| depth.to_real().first().copied());
                depth.map(|depth| depth as usize)
            }
            ("Equal", [true, false]) => tensor(1).map(Tensor::len).filter(|count| *count > 1),
            ("Equal", [false, true]) => tensor(0).map(Tensor::len).filter(|count| *count > 1),
            _ => None,
        };
        if let Some(count) = count {
            return Ok(count);
        }
        if given.contains(&true) {
            of_class.extend(node.output.iter().copied());
        }
    }
    Err(ImportError::file(format!(
        "the input {class} is taken for the class, and no operation takes a class's numbers by it"
    )))
}

/// The value of a `Constant`, in one of its forms.
fn constant(attributes: &Attributes<'_>) -> Result<Tensor, ImportError> {
    if let Some(tensor) = attributes.tensor("value")? {
        return Ok(tensor);
    }
    let whole = |dims: Vec<usize>, numbers: &[i64]| Tensor::whole(dims, numbers.to_vec());
    let real = |dims: Vec<usize>, numbers: &[f32]| Tensor::real(dims, numbers.to_vec());
    if attributes.has("value_int") {
        return Ok(whole(Vec::new(), &[attributes.whole("value_int", 0)]));
    }
    if attributes.has("value_float") {
        return Ok(real(Vec::new(), &[attributes.real("value_float", 0.0)]));
    }
    if let Some(numbers) = attributes.wholes("value_ints") {
        return Ok(whole(vec![numbers.len()], numbers));
    }
    if let Some(numbers) = attributes.reals("value_floats") {
        return Ok(real(vec![numbers.len()], numbers));
    }
    Err(ImportError::file("a constant of this kind is not understood"))
}
