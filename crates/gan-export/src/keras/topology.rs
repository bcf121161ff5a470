//! A functional model in the making: layers, what each is given, and weights.

use serde_json::{Value, json};

use super::Framework;
use crate::error::ExportError;
use crate::generator::Values;

/// A layer of the model.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) config: Value,
    /// The layers whose values it takes.
    pub(super) inputs: Vec<usize>,
    /// The axes of its value, without the batch's.
    pub(super) dims: Vec<usize>,
    pub(super) weights: Vec<(&'static str, Values)>,
}

/// The layers so far.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) framework: Framework,
    pub(super) layers: Vec<Layer>,
}

impl Model {
    pub(super) fn new(framework: Framework) -> Self {
        Self { framework, layers: Vec::new() }
    }

    pub(super) fn dims(&self, layer: usize) -> &[usize] {
        &self.layers[layer].dims
    }

    /// Adds an input.
    pub(super) fn input(&mut self, name: &str, dims: &[usize], kind: &str) -> usize {
        let shape: Vec<Value> =
            [Value::Null].into_iter().chain(dims.iter().map(|length| json!(length))).collect();
        let config = match self.framework {
            Framework::Keras => json!({"batch_shape": shape, "dtype": kind, "sparse": false}),
            Framework::TensorFlowJs => {
                json!({"batch_input_shape": shape, "dtype": kind, "sparse": false})
            }
        };
        self.push("InputLayer", name.to_owned(), config, Vec::new(), dims.to_vec(), Vec::new())
    }

    /// Adds a layer, named by its class and number.
    pub(super) fn add(
        &mut self,
        class: &'static str,
        config: Value,
        inputs: &[usize],
        dims: &[usize],
    ) -> usize {
        self.weighted(class, config, inputs, dims, Vec::new())
    }

    /// The same of a layer with weights.
    pub(super) fn weighted(
        &mut self,
        class: &'static str,
        config: Value,
        inputs: &[usize],
        dims: &[usize],
        weights: Vec<(&'static str, Values)>,
    ) -> usize {
        let name = format!("{}_{}", class.to_lowercase(), self.layers.len());
        self.push(class, name, config, inputs.to_vec(), dims.to_vec(), weights)
    }

    fn push(
        &mut self,
        class: &'static str,
        name: String,
        mut config: Value,
        inputs: Vec<usize>,
        dims: Vec<usize>,
        weights: Vec<(&'static str, Values)>,
    ) -> usize {
        config["name"] = json!(name);
        if class != "InputLayer" {
            config["trainable"] = json!(true);
            config["dtype"] = json!("float32");
        }
        self.layers.push(Layer { class, name, config, inputs, dims, weights });
        self.layers.len() - 1
    }

    /// The refusal of something that the framework lacks.
    pub(super) fn lacks(&self, what: impl Into<String>) -> ExportError {
        ExportError::Lacks { framework: self.framework.name(), what: what.into() }
    }

    /// The model's description, whose value is that of the layer `output`.
    pub(super) fn described(&self, output: usize) -> Value {
        let layers: Vec<Value> = self.layers.iter().map(|layer| self.layer(layer)).collect();
        let reference = |layer: &Layer| json!([layer.name, 0, 0]);
        let inputs: Vec<Value> =
            self.layers.iter().filter(|layer| layer.class == "InputLayer").map(reference).collect();
        let output = reference(&self.layers[output]);
        // Keras 3 takes a list of one for a list, and asks for one when the model is called.
        let (inputs, outputs) = match (self.framework, &inputs[..]) {
            (Framework::Keras, [one]) => (one.clone(), output),
            (Framework::Keras, _) => (json!(inputs), output),
            (Framework::TensorFlowJs, _) => (json!(inputs), json!([output])),
        };
        let config = json!({
            "name": "generator",
            "trainable": true,
            "layers": layers,
            "input_layers": inputs,
            "output_layers": outputs,
        });
        match self.framework {
            Framework::Keras => json!({
                "module": "keras.src.models.functional", "class_name": "Functional",
                "config": config, "registered_name": "Functional",
            }),
            Framework::TensorFlowJs => json!({"class_name": "Functional", "config": config}),
        }
    }

    fn layer(&self, layer: &Layer) -> Value {
        match self.framework {
            Framework::Keras => {
                let tensor = |input: &usize| {
                    let given = &self.layers[*input];
                    let shape: Vec<Value> = [Value::Null]
                        .into_iter()
                        .chain(given.dims.iter().map(|length| json!(length)))
                        .collect();
                    json!({"class_name": "__keras_tensor__", "config": {
                        "shape": shape, "dtype": "float32", "keras_history": [given.name, 0, 0],
                    }})
                };
                let given: Vec<Value> = layer.inputs.iter().map(tensor).collect();
                let nodes = match given.len() {
                    0 => json!([]),
                    1 => json!([{"args": given, "kwargs": {}}]),
                    _ => json!([{"args": [given], "kwargs": {}}]),
                };
                json!({
                    "module": "keras.layers", "class_name": layer.class, "config": layer.config,
                    "registered_name": null, "name": layer.name, "inbound_nodes": nodes,
                })
            }
            Framework::TensorFlowJs => {
                let given: Vec<Value> = layer
                    .inputs
                    .iter()
                    .map(|input| json!([self.layers[*input].name, 0, 0, {}]))
                    .collect();
                let nodes = if given.is_empty() { json!([]) } else { json!([given]) };
                json!({
                    "class_name": layer.class, "config": layer.config, "name": layer.name,
                    "inbound_nodes": nodes,
                })
            }
        }
    }
}
