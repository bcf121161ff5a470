//! Where a layer is called: on which layers' values, and with which settings of the call.

use serde_json::Value;

use super::layers;
use super::model::{class, listed};
use crate::error::ImportError;

/// The largest number of a use of `name`.
pub(super) fn most(taken: &[(String, usize)], name: &str) -> usize {
    let numbers = taken.iter().filter(|(own, _)| own == name).map(|(_, number)| *number);
    numbers.max().unwrap_or(0)
}

/// For each use of a layer, the layers whose values it takes, with the numbers of their uses.
pub(super) fn uses(layer: &Value) -> Result<Vec<Vec<(String, usize)>>, ImportError> {
    let Some(nodes) = layer["inbound_nodes"].as_array() else { return Ok(Vec::new()) };
    let of = |node: &Value| {
        let mut given = Vec::new();
        if is_called_in_training(node) && differs_in_training(layer) {
            let name = layer["config"]["name"].as_str().unwrap_or_default();
            return Err(ImportError::file(format!(
                "the layer {name} works as in training whenever the net runs (training=True): its samples depend on chance, or \
                 on the batch, and no layer here does"
            )));
        }
        let from = node.get("args").unwrap_or(node);
        gather(from, &mut given);
        if given.is_empty() {
            let name = layer["config"]["name"].as_str().unwrap_or_default();
            return Err(ImportError::file(format!("the layer {name} takes no layer's value")));
        }
        Ok(given)
    };
    nodes.iter().map(of).collect()
}

/// Whether a call has `training=True`: `{"kwargs": {"training": true}}` in Keras 3, behind a tensor in Keras 2, as in
/// `["dense", 0, 0, {"training": true}]`.
fn is_called_in_training(node: &Value) -> bool {
    let behind = |tensor: &Value| tensor[3]["training"] == true;
    node["kwargs"]["training"] == true
        || behind(node)
        || node.as_array().is_some_and(|tensors| tensors.iter().any(behind))
}

/// Whether a layer, or one within it, computes something else in training.
fn differs_in_training(layer: &Value) -> bool {
    match listed(layer) {
        Ok(inside) => inside.iter().any(differs_in_training),
        Err(_) => layers::differs_in_training(class(layer)),
    }
}

/// Tensors in the order in which they stand: `["dense", 0, 0, {}]` in Keras 2 and TensorFlow.js, `{"config":
/// {"keras_history": ["dense", 0, 0]}}` in Keras 3.
fn gather(value: &Value, given: &mut Vec<(String, usize)>) {
    match value {
        Value::Object(fields) => {
            match fields.get("config").and_then(|config| config.get("keras_history")) {
                Some(history) => gather(history, given),
                None => fields.values().for_each(|value| gather(value, given)),
            }
        }
        Value::Array(values) => {
            match (values.first().and_then(Value::as_str), values.get(1).and_then(Value::as_u64)) {
                (Some(name), Some(number)) => given.push((name.to_owned(), number as usize)),
                _ => values.iter().for_each(|value| gather(value, given)),
            }
        }
        _ => {}
    }
}
