//! ONNX graphs of a few operations.

use gan_core::Inputs;
use onnx_rs::ast::{
    Attribute, AttributeType, DataType, Dimension, Graph, Model, Node, OpType, OperatorSetId,
    TensorProto, TensorShape, TensorShapeDimension, TensorTypeProto, TypeProto, TypeValue,
    ValueInfo,
};

use crate::{made_of, made_of_inputs};

/// A value of any batch; `others` are its axes behind it.
fn info(name: &'static str, elem_type: DataType, others: &[i64]) -> ValueInfo<'static> {
    let dims =
        [Dimension::Param("n")].into_iter().chain(others.iter().copied().map(Dimension::Value));
    let dim = dims.map(|value| TensorShapeDimension { value, ..Default::default() }).collect();
    let kind = TensorTypeProto { elem_type, shape: Some(TensorShape { dim }) };
    let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(kind)), ..Default::default() });
    ValueInfo { name, r#type, ..Default::default() }
}

/// An operation with whole numbers as its attributes.
fn node(
    kind: &'static str,
    input: &[&'static str],
    output: &'static str,
    attributes: &[(&'static str, &[i64])],
) -> Node<'static> {
    let attribute = |(name, numbers): &(&'static str, &[i64])| match numbers {
        [one] => Attribute { name, r#type: AttributeType::Int, i: *one, ..Default::default() },
        _ => {
            let ints = numbers.to_vec();
            Attribute { name, r#type: AttributeType::Ints, ints, ..Default::default() }
        }
    };
    Node {
        op_type: OpType::from(kind),
        input: input.to_vec(),
        output: vec![output],
        attribute: attributes.iter().map(attribute).collect(),
        ..Default::default()
    }
}

fn whole(name: &'static str, dims: &[i64], numbers: &[i64]) -> TensorProto<'static> {
    TensorProto::from_i64(name, dims.to_vec(), numbers.to_vec())
}

fn real(name: &'static str, dims: &[i64], numbers: &[f32]) -> TensorProto<'static> {
    TensorProto::from_f32(name, dims.to_vec(), numbers.to_vec())
}

/// A file of a graph whose output is `y`.
fn file(
    input: Vec<ValueInfo<'static>>,
    node: Vec<Node<'static>>,
    initializer: Vec<TensorProto<'static>>,
) -> Vec<(String, Vec<u8>)> {
    let output = vec![ValueInfo { name: "y", ..Default::default() }];
    let graph = Graph { node, initializer, input, output, ..Default::default() };
    let opset_import = vec![OperatorSetId { domain: "", version: 18 }];
    let model = Model { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
    vec![("g.onnx".to_owned(), onnx_rs::encode(&model))]
}

#[test]
fn slopes_are_along_the_axes_that_they_have() {
    let file = |slopes: &[i64]| {
        file(
            vec![info("z", DataType::Float, &[16])],
            vec![node("Reshape", &["z", "s"], "x", &[]), node("PRelu", &["x", "p"], "y", &[])],
            vec![whole("s", &[4], &[0, 4, 2, 2]), real("p", slopes, &[0.1, 0.2, 0.3, 0.4])],
        )
    };
    let made = made_of(&file(&[4, 1, 1]), &[-1.0; 16]).expect("one for each channel");
    let wanted = [-0.1_f32, -0.2, -0.3, -0.4].map(|number| [number; 4]).concat();
    assert!(made.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{made:?}");
    // Along the width, of which there are two: they do not fit.
    assert!(made_of(&file(&[4]), &[-1.0; 16]).is_err());
    // One for each pixel, as numbers of the vector that the image is read of.
    let made = made_of(&file(&[2, 2]), &[-1.0; 16]).expect("one for each pixel");
    let wanted = [[-0.1_f32, -0.2, -0.3, -0.4]; 4].concat();
    assert!(made.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{made:?}");
}

/// ONNX's numbers of kinds of numbers.
const FLOAT: i64 = 1;
const UINT8: i64 = 2;
const INT64: i64 = 7;
const DOUBLE: i64 = 11;

#[test]
fn a_cast_that_cuts_fractions_off_is_refused() {
    let cast = |to: i64| {
        let file = file(
            vec![info("z", DataType::Float, &[4])],
            vec![
                node("Cast", &["z"], "x", &[("to", &[to])]),
                node("Reshape", &["x", "s"], "y", &[]),
            ],
            vec![whole("s", &[4], &[0, 1, 2, 2])],
        );
        made_of(&file, &[0.1, 0.2, 0.3, 0.4])
    };
    for to in [FLOAT, DOUBLE] {
        assert_eq!(cast(to), Ok(vec![0.1, 0.2, 0.3, 0.4]));
    }
    for to in [UINT8, INT64] {
        let told = cast(to).expect_err("fractions");
        assert!(told.contains("no layer for a cast to whole numbers"), "{told}");
    }
}

#[test]
fn an_average_of_other_pixels_is_refused() {
    let average = |attributes: &[(&'static str, &[i64])]| {
        let own: [(&'static str, &[i64]); 2] = [("kernel_shape", &[2, 2]), ("strides", &[2, 2])];
        let attributes = [&own[..], attributes].concat();
        let file = file(
            vec![info("z", DataType::Float, &[16])],
            vec![
                node("Reshape", &["z", "s"], "x", &[]),
                node("AveragePool", &["x"], "y", &attributes),
            ],
            vec![whole("s", &[4], &[0, 1, 4, 4])],
        );
        let latent: Vec<f32> = (0..16).map(|index| index as f32 / 16.0).collect();
        made_of(&file, &latent)
    };
    // The mean of 0, 1, 4 and 5 sixteenths, and so on.
    let wanted = [2.5_f32, 4.5, 10.5, 12.5].map(|sum| sum / 16.0).to_vec();
    assert_eq!(average(&[]), Ok(wanted.clone()));
    assert_eq!(average(&[("ceil_mode", &[0]), ("dilations", &[1, 1])]), Ok(wanted));
    for other in [("ceil_mode", &[1][..]), ("dilations", &[2, 2]), ("pads", &[1, 1, 1, 1])] {
        assert!(average(&[other]).is_err(), "{other:?}");
    }
}

#[test]
fn a_dropout_that_was_exported_as_it_trains_is_refused() {
    let dropout = |training: i64| {
        let file = file(
            vec![info("z", DataType::Float, &[4])],
            vec![
                node("Dropout", &["z", "ratio", "training"], "x", &[]),
                node("Reshape", &["x", "s"], "y", &[]),
            ],
            vec![
                real("ratio", &[], &[0.5]),
                whole("training", &[], &[training]),
                whole("s", &[4], &[0, 1, 2, 2]),
            ],
        );
        made_of(&file, &[0.1, 0.2, 0.3, 0.4])
    };
    assert_eq!(dropout(0), Ok(vec![0.1, 0.2, 0.3, 0.4]));
    let told = dropout(1).expect_err("as it trains");
    assert!(told.contains("after net.eval()"), "{told}");
}

#[test]
fn one_hot_classes_are_read_in_both_forms_of_pytorchs_exporters() {
    // OneHot, or a comparison with the numbers of the classes.
    let older = vec![node("OneHot", &["c", "depth", "values"], "h", &[("axis", &[-1])])];
    let newer = vec![
        node("Unsqueeze", &["c", "last"], "u", &[]),
        node("Equal", &["u", "classes"], "e", &[]),
        node("Cast", &["e"], "h", &[("to", &[FLOAT])]),
    ];
    for one_hot in [older, newer] {
        let rest = [
            node("Concat", &["z", "h"], "x", &[("axis", &[1])]),
            node("MatMul", &["x", "w"], "v", &[]),
            node("Reshape", &["v", "s"], "y", &[]),
        ];
        let file = file(
            vec![info("z", DataType::Float, &[2]), info("c", DataType::Int64, &[])],
            one_hot.into_iter().chain(rest).collect(),
            vec![
                whole("depth", &[1], &[3]),
                real("values", &[2], &[0.0, 1.0]),
                whole("last", &[1], &[-1]),
                whole("classes", &[3], &[0, 1, 2]),
                // The latent as it is, and a row for each class.
                real("w", &[5, 2], &[1.0, 0.0, 0.0, 1.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
                whole("s", &[4], &[0, 1, 1, 2]),
            ],
        );
        let inputs = Inputs { values: vec![0.25; 6], labels: vec![0, 1, 2], ..Inputs::default() };
        let made = made_of_inputs(&file, inputs).expect("it can be imported");
        let wanted = [0.35, 0.45, 0.55, 0.65, 0.75, 0.85];
        assert!(
            made.iter().zip(wanted).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-6),
            "{made:?}"
        );
    }
}
