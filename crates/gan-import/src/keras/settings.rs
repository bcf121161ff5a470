//! The settings of Keras's layers: numbers, and functions that stand by their names or as layers with settings of their own.

use gan_protocol::ActivationKind;
use serde_json::Value;

use crate::error::ImportError;

/// The number under the first of `keys` that is there.
///
/// # Errors
/// If something else stands there: a default in its place would be a guess.
pub(super) fn number(config: &Value, keys: &[&str]) -> Result<Option<f32>, ImportError> {
    let Some(key) = keys.iter().find(|key| !config[**key].is_null()) else { return Ok(None) };
    let value = &config[*key];
    // Keras 2 writes some as {"class_name": "__numpy__", "config": {"value": 0.2}} or alike.
    let number = value.as_f64().or_else(|| value["config"]["value"].as_f64());
    number.map(|number| Some(number as f32)).ok_or_else(|| refused(config, key))
}

/// What is told where a setting has a value that the layer has not here.
pub(super) fn refused(config: &Value, key: &str) -> ImportError {
    ImportError::file(format!("this program's layer has not `{key}` of {}", config[key]))
}

/// The function that stands under `activation`; `None` for one that changes nothing.
pub(super) fn activation(config: &Value) -> Result<Option<ActivationKind>, ImportError> {
    let function = &config["activation"];
    if function.is_null() {
        return Ok(None);
    }
    // Keras 3 writes functions as {"module": "builtins", "class_name": "function", "config": "relu"}.
    let name = function.as_str().or_else(|| function["config"].as_str());
    let class = function["class_name"].as_str();
    let found = match (name, class) {
        (Some("linear"), _) => return Ok(None),
        (Some(name), _) => named(name),
        (None, Some(class)) => of_class(class, &function["config"])?,
        (None, None) => return Err(refused(config, "activation")),
    };
    found.map(Some).ok_or_else(|| {
        let name = name.or(class).unwrap_or_default();
        ImportError::file(format!("this program has no activation {name}"))
    })
}

/// The function that Keras knows by `name`, with the settings that it gives to a name.
fn named(name: &str) -> Option<ActivationKind> {
    Some(match name {
        "relu" => ActivationKind::Relu {},
        "tanh" => ActivationKind::Tanh {},
        "sigmoid" => ActivationKind::Sigmoid {},
        "leaky_relu" => ActivationKind::LeakyRelu { slope: 0.2 },
        "elu" => ActivationKind::Elu { alpha: 1.0 },
        "selu" => ActivationKind::Selu {},
        "gelu" => ActivationKind::Gelu {},
        "softplus" => ActivationKind::Softplus {},
        "silu" | "swish" => ActivationKind::Silu {},
        _ => return None,
    })
}

/// The function that a layer of `class` is, by its settings; `None` where this program has no such function.
pub(super) fn of_class(class: &str, config: &Value) -> Result<Option<ActivationKind>, ImportError> {
    Ok(Some(match class {
        "ReLU" => {
            if !config["max_value"].is_null() {
                return Err(refused(config, "max_value"));
            }
            for key in ["threshold", "theta"] {
                if number(config, &[key])?.unwrap_or(0.0) != 0.0 {
                    return Err(refused(config, key));
                }
            }
            match number(config, &["negative_slope"])?.unwrap_or(0.0) {
                0.0 => ActivationKind::Relu {},
                slope => ActivationKind::LeakyRelu { slope },
            }
        }
        "LeakyReLU" => {
            let slope = number(config, &["negative_slope", "alpha"])?.unwrap_or(0.3);
            ActivationKind::LeakyRelu { slope }
        }
        "ELU" => ActivationKind::Elu { alpha: number(config, &["alpha"])?.unwrap_or(1.0) },
        _ => return Ok(None),
    }))
}
