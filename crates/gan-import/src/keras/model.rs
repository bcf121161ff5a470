//! The layers of a Keras net and what they are given, as the operations of a graph.

use std::collections::HashMap;

use serde_json::Value;

use super::calls::{most, uses};
use super::layers::{self, Layer};
use super::weights::{Place, Weights};
use crate::described::{Choices, Described, described, no_input};
use crate::error::ImportError;
use crate::graph::{Graph, Op};
use crate::lower::{Given, net};
use crate::view::limited;

/// The generator that `config` describes, with its `weights`.
pub(crate) fn described_by(
    config: &Value,
    weights: &dyn Weights,
    choices: &Choices,
) -> Result<Described, ImportError> {
    let place = Place { names: Vec::new(), counted: Vec::new() };
    let (model, place) = match &choices.part {
        Some(part) => found(config, place, part, true)?,
        None => (config, place),
    };
    let is_channels_last = !any_channels_first(model);
    let graph = Graph { nodes: Vec::new(), output: 0, is_channels_last };
    let mut builder = Builder { graph, weights, choices, inputs: Vec::new() };
    let outputs = builder.model(model, &place, None)?;
    let [output] = outputs[..] else {
        return Err(ImportError::file(format!(
            "the net has {} outputs; a generator has one",
            outputs.len()
        )));
    };
    builder.graph.output = output;
    if let Some(labels) = &choices.labels
        && !builder.inputs.contains(labels)
    {
        return Err(no_input(labels, &builder.inputs));
    }
    described(net(&builder.graph, Given { one_hot: choices.one_hot })?, choices)
}

/// The description of a net in a file of JSON: as `model.to_json()` writes it, or within another description.
pub(crate) fn described_config(json: &Value) -> &Value {
    match &json["model_config"] {
        Value::Null => json,
        config => config,
    }
}

/// Whether a layer's images have their channels first.
fn any_channels_first(value: &Value) -> bool {
    match value {
        // `Flatten` moves the channels behind the pixels, wherever the others have them.
        Value::Object(fields)
            if fields.get("class_name").and_then(Value::as_str) == Some("Flatten") =>
        {
            false
        }
        Value::Object(fields) => {
            fields.get("data_format").and_then(Value::as_str) == Some("channels_first")
                || fields.values().any(any_channels_first)
        }
        Value::Array(values) => values.iter().any(any_channels_first),
        _ => false,
    }
}

/// The model called `part` within `model`, and where it stands.
fn found<'a>(
    model: &'a Value,
    place: Place,
    part: &str,
    is_outermost: bool,
) -> Result<(&'a Value, Place), ImportError> {
    let mut names = Vec::new();
    let mut left = vec![(model, place, is_outermost)];
    while let Some((model, place, is_outermost)) = left.pop() {
        let own = model["config"]["name"].as_str().or(model["name"].as_str());
        if own == Some(part) {
            return Ok((model, place));
        }
        if !is_outermost {
            names.extend(own.map(str::to_owned));
        }
        for (layer, place) in counted(listed(model)?, &place) {
            if is_model(layer) {
                left.push((layer, place, false));
            }
        }
    }
    names.sort();
    let told = if names.is_empty() {
        "it has no parts".to_owned()
    } else {
        format!("it has {}", names.join(", "))
    };
    Err(ImportError::file(format!("the file has no part `{part}`; {told}")))
}

const MODELS: [&str; 3] = ["Sequential", "Functional", "Model"];

pub(super) fn class(layer: &Value) -> &str {
    layer["class_name"].as_str().unwrap_or_default()
}

fn is_model(layer: &Value) -> bool {
    MODELS.contains(&class(layer))
}

/// The layers of a model.
pub(super) fn listed(model: &Value) -> Result<&Vec<Value>, ImportError> {
    let config = &model["config"];
    // The oldest form of a sequential model is the list itself.
    let layers = config["layers"].as_array().or(config.as_array());
    layers.filter(|_| is_model(model)).ok_or_else(|| {
        ImportError::file(format!(
            "the file describes a {}, and not its layers, as files of subclassed models do: save the same net as \
             keras.Sequential or with keras.Model(inputs, outputs), or export it to ONNX",
            if class(model).is_empty() { "net" } else { class(model) }
        ))
    })
}

/// The layers with their places: files count them by class within each model.
fn counted<'a>(layers: &'a [Value], around: &Place) -> Vec<(&'a Value, Place)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let place = |layer: &'a Value| {
        let snake = layers::snake_case(class(layer));
        let count = counts.entry(snake.clone()).or_default();
        let by_count = if *count == 0 { snake } else { format!("{snake}_{count}") };
        *count += 1;
        let name = layer["config"]["name"].as_str().or(layer["name"].as_str()).unwrap_or_default();
        let mut place = around.clone();
        place.names.push(name.to_owned());
        place.counted.push(by_count);
        (layer, place)
    };
    layers.iter().map(place).collect()
}

struct Builder<'a> {
    graph: Graph,
    weights: &'a dyn Weights,
    choices: &'a Choices,
    /// The names of the inputs.
    inputs: Vec<String>,
}

impl Builder<'_> {
    /// Adds a model's operations, which are given `inputs`, or are its own inputs; returns the nodes of its outputs.
    fn model(
        &mut self,
        model: &Value,
        place: &Place,
        inputs: Option<Vec<usize>>,
    ) -> Result<Vec<usize>, ImportError> {
        if class(model) == "Sequential" {
            return self.sequential(model, place, inputs);
        }
        let layers = listed(model)?;
        let config = &model["config"];
        let names = |key: &str| -> Vec<(String, usize)> {
            // One tensor, or a list of them: each a name, the number of a use and that of an output.
            let value = &config[key];
            let one =
                |value: &Value| Some((value[0].as_str()?.to_owned(), value[1].as_u64()? as usize));
            match one(value) {
                Some(one) => vec![one],
                None => value
                    .as_array()
                    .map(|all| all.iter().filter_map(one).collect())
                    .unwrap_or_default(),
            }
        };
        let mut values: HashMap<(String, usize), usize> = HashMap::new();
        if let Some(inputs) = inputs {
            let own = names("input_layers");
            if own.len() != inputs.len() {
                return Err(ImportError::file(
                    "a model within the net is given other inputs than it has",
                ));
            }
            values.extend(own.into_iter().zip(inputs));
        }
        let mut taken = names("output_layers");
        for layer in layers {
            taken.extend(uses(layer)?.into_iter().flatten());
        }
        // Each use of a layer by itself: a layer may be given what was made of its own value.
        let mut left = Vec::new();
        for (layer, place) in counted(layers, place) {
            let name = place.names.last().cloned().unwrap_or_default();
            let uses = uses(layer)?;
            if uses.is_empty() && !values.contains_key(&(name.clone(), 0)) {
                let node = self.input(layer, &name)?;
                values.insert((name.clone(), 0), node);
            }
            // Keras 2 counts the uses of a model from 1: at 0 stands what it was given when it was made.
            let first = usize::from(is_model(layer) && most(&taken, &name) >= uses.len());
            for (number, given) in uses.into_iter().enumerate() {
                left.push((layer, place.clone(), (name.clone(), number + first), given));
            }
        }
        while !left.is_empty() {
            let before = left.len();
            let mut waiting = Vec::new();
            for (layer, place, own, given) in left {
                // A layer may stand before those that it takes values from.
                if !given.iter().all(|given| values.contains_key(given)) {
                    waiting.push((layer, place, own, given));
                    continue;
                }
                let given = given.iter().map(|given| values[given]).collect();
                let node = self.layer(layer, &place, given)?;
                values.insert(own, node);
            }
            if waiting.len() == before {
                return Err(ImportError::file(format!(
                    "the layer {} takes values that no layer of the file gives",
                    waiting[0].2.0
                )));
            }
            left = waiting;
        }
        let node = |output: (String, usize)| {
            let node = values.get(&output).copied();
            node.ok_or_else(|| ImportError::file(format!("there is no layer {}", output.0)))
        };
        names("output_layers").into_iter().map(node).collect()
    }

    fn sequential(
        &mut self,
        model: &Value,
        place: &Place,
        inputs: Option<Vec<usize>>,
    ) -> Result<Vec<usize>, ImportError> {
        let layers = listed(model)?;
        let mut value = match inputs.as_deref() {
            Some([input]) => Some(*input),
            Some(_) => return Err(ImportError::file("a sequential model is given several inputs")),
            None => None,
        };
        for (layer, place) in counted(layers, place) {
            let name = place.names.last().cloned().unwrap_or_default();
            if class(layer) == "InputLayer" {
                if value.is_none() {
                    value = Some(self.input(layer, &name)?);
                }
                continue;
            }
            let given = match value {
                Some(value) => value,
                // The first layer, or the first of a model that stands first, tells the input's shape.
                None => self.input(first(layer), &format!("the input of {name}"))?,
            };
            value = Some(self.layer(layer, &place, vec![given])?);
        }
        Ok(value.into_iter().collect())
    }

    /// An input, whose class or latent it is.
    fn input(&mut self, layer: &Value, name: &str) -> Result<usize, ImportError> {
        self.inputs.push(name.to_owned());
        let config = &layer["config"];
        let shape =
            ["batch_shape", "batch_input_shape"].iter().find_map(|key| config[*key].as_array());
        let built = || layer["build_config"]["input_shape"].as_array();
        let shape = shape.or_else(built).ok_or_else(|| {
            ImportError::file(format!("{name} does not tell the shape of what the net is given"))
        })?;
        let dims: Option<Vec<usize>> = shape
            .iter()
            .skip(1)
            .map(|length| length.as_u64().map(|length| length as usize))
            .collect();
        let dims = dims.ok_or_else(|| {
            ImportError::file(format!("{name} leaves open how many numbers the net is given"))
        })?;
        limited(&dims)?;
        let is_class = match &self.choices.labels {
            Some(labels) => labels == name,
            None => {
                config["dtype"].as_str().is_some_and(|kind| kind.contains("int"))
                    || dims.iter().product::<usize>() == 1
            }
        };
        let op = if !is_class {
            Op::Numbers { dims }
        } else if dims.iter().product::<usize>() == 1 {
            Op::Class { dims }
        } else {
            // One-hot numbers of the class.
            let classes = dims.iter().product();
            let class = self.graph.add(name, Op::Class { dims: Vec::new() }, Vec::new());
            return Ok(self.graph.add(name, Op::OneHot { classes }, vec![class]));
        };
        Ok(self.graph.add(name, op, Vec::new()))
    }

    /// Adds a layer, or a model within the net.
    fn layer(
        &mut self,
        layer: &Value,
        place: &Place,
        given: Vec<usize>,
    ) -> Result<usize, ImportError> {
        if is_model(layer) {
            let outputs = self.model(layer, place, Some(given))?;
            let [output] = outputs[..] else {
                return Err(ImportError::file("a model within the net has several outputs"));
            };
            return Ok(output);
        }
        let read =
            Layer { class: class(layer), config: &layer["config"], place, weights: self.weights };
        let name = place.names.join("/");
        let ops = read
            .ops()
            .map_err(|error| ImportError::file(format!("{name} ({}): {error}", class(layer))))?;
        let mut given = given;
        for op in ops {
            given = vec![self.graph.add(format!("{name} ({})", class(layer)), op, given)];
        }
        match given[..] {
            [node] => Ok(node),
            _ => Err(ImportError::file(format!(
                "a layer without operations is given several values: {name}"
            ))),
        }
    }
}

/// The first layer of a model, or the layer itself.
fn first(layer: &Value) -> &Value {
    match listed(layer) {
        Ok(layers) if !layers.is_empty() => first(&layers[0]),
        _ => layer,
    }
}
