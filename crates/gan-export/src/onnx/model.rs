//! An ONNX graph in the making: nodes that own their names, which onnx-rs borrows.

use onnx_rs::ast::{
    Attribute, AttributeType, DataType, Dimension, Graph, Model, Node, OpType, OperatorSetId,
    TensorProto, TensorShape, TensorShapeDimension, TensorTypeProto, TypeProto, TypeValue,
    ValueInfo,
};

/// The format's version and that of its operations.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;

/// The kind of an input's numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Real,
    Whole,
}

/// An input of the net; the batch stands before its axes.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) dims: Vec<usize>,
}

#[derive(Debug)]
enum Setting {
    Whole(i64),
    Real(f32),
    Wholes(Vec<i64>),
    Text(&'static str),
}

/// A node.
#[derive(Debug)]
pub(super) struct Operation {
    kind: &'static str,
    inputs: Vec<String>,
    output: String,
    settings: Vec<(&'static str, Setting)>,
}

impl Operation {
    pub(super) fn whole(&mut self, name: &'static str, number: i64) {
        self.settings.push((name, Setting::Whole(number)));
    }

    pub(super) fn real(&mut self, name: &'static str, number: f32) {
        self.settings.push((name, Setting::Real(number)));
    }

    pub(super) fn wholes(&mut self, name: &'static str, numbers: &[i64]) {
        self.settings.push((name, Setting::Wholes(numbers.to_vec())));
    }

    pub(super) fn text(&mut self, name: &'static str, text: &'static str) {
        self.settings.push((name, Setting::Text(text)));
    }
}

#[derive(Debug)]
enum Numbers {
    Real(Vec<f32>),
    Whole(Vec<i64>),
}

/// Inputs, operations and known tensors.
#[derive(Debug, Default)]
pub(super) struct Net {
    pub(super) inputs: Vec<Input>,
    operations: Vec<Operation>,
    known: Vec<(String, Vec<usize>, Numbers)>,
    count: usize,
}

impl Net {
    /// Adds an operation, and returns the name of its output.
    pub(super) fn node(
        &mut self,
        kind: &'static str,
        inputs: &[&str],
        with: impl FnOnce(&mut Operation),
    ) -> String {
        let output = self.name(&kind.to_lowercase());
        let inputs = inputs.iter().map(|&name| name.to_owned()).collect();
        let mut operation =
            Operation { kind, inputs, output: output.clone(), settings: Vec::new() };
        with(&mut operation);
        self.operations.push(operation);
        output
    }

    /// An operation without settings.
    pub(super) fn plain(&mut self, kind: &'static str, inputs: &[&str]) -> String {
        self.node(kind, inputs, |_| ())
    }

    fn name(&mut self, word: &str) -> String {
        self.count += 1;
        format!("{word}_{}", self.count)
    }

    /// Adds known numbers under `name`, which is made different from others'.
    pub(super) fn real(&mut self, name: &str, dims: &[usize], numbers: Vec<f32>) -> String {
        let name = self.name(name);
        self.known.push((name.clone(), dims.to_vec(), Numbers::Real(numbers)));
        name
    }

    pub(super) fn wholes(&mut self, numbers: &[i64]) -> String {
        let name = self.name("lengths");
        self.known.push((name.clone(), vec![numbers.len()], Numbers::Whole(numbers.to_vec())));
        name
    }

    /// One number.
    pub(super) fn number(&mut self, number: f32) -> String {
        self.real("number", &[], vec![number])
    }

    /// Numbers of a sample as constant channels.
    pub(super) fn planes(&mut self, name: &str, height: usize, width: usize) -> String {
        let axes = self.wholes(&[2, 3]);
        let pixels = self.plain("Unsqueeze", &[name, &axes]);
        let sides = self.wholes(&[1, 1, height as i64, width as i64]);
        self.plain("Expand", &[&pixels, &sides])
    }

    /// Gives the output of the last operation another name.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        match self.operations.iter_mut().find(|operation| operation.output == from) {
            Some(operation) => operation.output = to.to_owned(),
            None => {
                let identity = self.plain("Identity", &[from]);
                self.rename(&identity, to);
            }
        }
        for operation in &mut self.operations {
            operation
                .inputs
                .iter_mut()
                .filter(|name| *name == from)
                .for_each(|name| *name = to.to_owned());
        }
    }

    /// The bytes of the file.
    pub(super) fn encoded(self, output: &str, dims: &[usize]) -> Vec<u8> {
        let info = |name, kind: Kind, dims: &[usize]| {
            let lengths = dims.iter().map(|length| Dimension::Value(*length as i64));
            let dim = [Dimension::Param("batch")].into_iter().chain(lengths);
            let dim = dim.map(|value| TensorShapeDimension { value, ..Default::default() });
            let elem_type = match kind {
                Kind::Real => DataType::Float,
                Kind::Whole => DataType::Int64,
            };
            let shape = Some(TensorShape { dim: dim.collect() });
            let value = Some(TypeValue::Tensor(TensorTypeProto { elem_type, shape }));
            ValueInfo {
                name,
                r#type: Some(TypeProto { value, ..Default::default() }),
                ..Default::default()
            }
        };
        let tensor = |(name, dims, numbers): &(String, Vec<usize>, Numbers)| {
            (
                name.clone(),
                dims.iter().map(|length| *length as i64).collect::<Vec<_>>(),
                match numbers {
                    Numbers::Real(numbers) => (
                        DataType::Float,
                        numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>(),
                    ),
                    Numbers::Whole(numbers) => (
                        DataType::Int64,
                        numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
                    ),
                },
            )
        };
        let raw: Vec<_> = self.known.iter().map(tensor).collect();
        let initializer = raw
            .iter()
            .map(|(name, dims, (kind, bytes))| {
                TensorProto::from_raw(name, dims.clone(), *kind, bytes)
            })
            .collect();
        let graph = Graph {
            name: "generator",
            node: self.operations.iter().map(node).collect(),
            initializer,
            input: self
                .inputs
                .iter()
                .map(|input| info(input.name, input.kind, &input.dims))
                .collect(),
            output: vec![info(output, Kind::Real, dims)],
            ..Default::default()
        };
        let model = Model {
            ir_version: IR_VERSION,
            opset_import: vec![OperatorSetId { domain: "", version: OPSET }],
            producer_name: "gan-playground",
            producer_version: env!("CARGO_PKG_VERSION"),
            graph: Some(graph),
            ..Default::default()
        };
        onnx_rs::encode(&model)
    }
}

fn node(operation: &Operation) -> Node<'_> {
    let attribute = |(name, setting): &(&'static str, Setting)| {
        let plain = Attribute { name, ..Default::default() };
        match setting {
            Setting::Whole(i) => Attribute { r#type: AttributeType::Int, i: *i, ..plain },
            Setting::Real(f) => Attribute { r#type: AttributeType::Float, f: *f, ..plain },
            Setting::Wholes(ints) => {
                Attribute { r#type: AttributeType::Ints, ints: ints.clone(), ..plain }
            }
            Setting::Text(text) => {
                Attribute { r#type: AttributeType::String, s: text.as_bytes(), ..plain }
            }
        }
    };
    Node {
        input: operation.inputs.iter().map(String::as_str).collect(),
        output: vec![&operation.output],
        name: &operation.output,
        op_type: OpType::from(operation.kind),
        attribute: operation.settings.iter().map(attribute).collect(),
        ..Default::default()
    }
}
