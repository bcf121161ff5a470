//! Edits layers as JSON, and computes shape, parameters and error of each.

use gan_protocol::{
    ActivationKind, LayerSpec, RunSpec, Shape, Tagged as _, merged, typed_number, typed_whole,
    written,
};
use serde_json::{Number, Value, json};

/// A new layer of a kind.
pub(super) fn fresh(kind: &str) -> Value {
    let layer = LayerSpec::examples().into_iter().find(|layer| layer.kind() == kind);
    layer.as_ref().map_or(Value::Null, written)
}

/// An activation with its initial settings.
pub(super) fn fresh_function(name: &str) -> Value {
    let bare = json!({"name": name});
    let read = serde_json::from_value::<ActivationKind>(bare.clone());
    read.map_or(bare, |function| written(&function))
}

/// A field of a layer that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    /// A number at a path.
    Number(String),
    /// A switch at a path.
    Flag(String),
    /// An activation's function.
    Function,
    /// Layers within the layer, as JSON.
    Layers(String),
}

/// The fields of a layer.
pub(super) fn fields(layer: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    collect(layer, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut Vec<Field>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        match value {
            Value::Number(_) => found.push(Field::Number(path)),
            Value::Bool(_) => found.push(Field::Flag(path)),
            Value::Array(_) => found.push(Field::Layers(path)),
            Value::String(_) if path == "/function/name" => found.push(Field::Function),
            Value::Object(_) => collect(value, &path, found),
            _ => {}
        }
    }
}

/// Sets the value at `path`, which exists.
pub(super) fn set(layer: &mut Value, path: &str, value: Value) {
    if let Some(place) = layer.pointer_mut(path) {
        *place = value;
    }
}

/// A number's text, short enough for its field: a small one by its power of ten.
pub(super) fn shown(number: &Value) -> String {
    match number.as_f64() {
        Some(value) if value != 0.0 && value.abs() < 1e-3 => format!("{value:e}"),
        _ => number.to_string(),
    }
}

/// The number in the typed text: a whole number if it is written as one.
pub(super) fn number_in(typed: &str) -> Option<Number> {
    match typed_whole(typed) {
        Some(whole) => Some(whole.into()),
        None => Number::from_f64(typed_number(typed)?),
    }
}

/// The facts about a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// The output's shape.
    pub(super) shape: Option<String>,
    pub(super) parameters: Option<usize>,
    pub(super) error: Option<String>,
}

/// The facts about each of `layers`, for an input of shape `input`. After an error nothing is
/// known.
pub(super) fn said(layers: &[Value], input: Shape) -> Vec<Said> {
    let mut shape = Some(input);
    layers
        .iter()
        .map(|layer| {
            let Some(given) = shape.take() else { return Said::default() };
            let read = serde_json::from_value::<LayerSpec>(layer.clone());
            let layer = match read {
                Ok(layer) => layer,
                Err(error) => return Said { error: Some(error.to_string()), ..Said::default() },
            };
            match layer.output(given) {
                Ok(output) => {
                    shape = Some(output);
                    Said {
                        shape: Some(output.to_string()),
                        parameters: layer.parameters(given),
                        error: None,
                    }
                }
                Err(error) => Said { error: Some(error.to_string()), ..Said::default() },
            }
        })
        .collect()
}

/// The layers of each net of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nets {
    pub(super) generator: Vec<Value>,
    pub(super) discriminator: Vec<Value>,
    /// `None` in a run without an encoder.
    pub(super) encoder: Option<Vec<Value>>,
}

impl Nets {
    /// Those of the run `spec`.
    pub(super) fn of(spec: &Value) -> Self {
        let layers = |net: &Value| net["layers"].as_array().cloned().unwrap_or_default();
        Self {
            generator: layers(&spec["generator"]),
            discriminator: layers(&spec["discriminator"]),
            encoder: spec["encoder"].is_object().then(|| layers(&spec["encoder"]["net"])),
        }
    }

    /// The fields of a run that these are, as a merge patch.
    pub(super) fn patch(&self) -> Value {
        let Self { generator, discriminator, encoder } = self;
        let mut patch =
            json!({"generator": {"layers": generator}, "discriminator": {"layers": discriminator}});
        if let Some(layers) = encoder {
            patch["encoder"] = json!({"net": {"layers": layers}});
        }
        patch
    }
}

/// The run with these nets, or its error as a whole.
pub(super) fn run_with(spec: &Value, nets: &Nets) -> Result<Value, String> {
    let value = merged(spec, &nets.patch());
    match RunSpec::from_value(value.clone()) {
        Ok(_) => Ok(value),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::presets;

    use super::*;

    #[test]
    fn every_function_begins_with_numbers_of_its_own() {
        for name in ActivationKind::KINDS {
            let read = serde_json::from_value::<ActivationKind>(fresh_function(name));
            assert_eq!(read.expect(name).kind(), *name);
        }
        assert_eq!(fresh_function("leaky_relu"), json!({"name": "leaky_relu", "slope": 0.2}));
    }

    #[test]
    fn shapes_and_parameters_are_those_of_the_presets() {
        for preset in presets() {
            let value = preset.spec.to_value();
            let layers = value["generator"]["layers"].as_array().expect("layers").clone();
            let said = said(&layers, preset.spec.generator_input());
            assert!(said.iter().all(|one| one.error.is_none()), "{}", preset.name);
            let sum: usize = said.iter().filter_map(|one| one.parameters).sum();
            let count = preset.spec.generator.parameter_count(preset.spec.generator_input());
            assert_eq!(Ok(sum), count, "{}", preset.name);
            let nets = Nets::of(&value);
            assert_eq!(nets.encoder.is_some(), preset.spec.encoder.is_some(), "{}", preset.name);
            assert_eq!(run_with(&value, &nets), Ok(value.clone()));
        }
    }

    #[test]
    fn an_error_stands_at_its_layer_and_nothing_is_known_after_it() {
        let layers = [fresh("linear"), fresh("conv"), fresh("flatten")];
        let said = said(&layers, Shape::flat(8));
        assert_eq!(said[0].shape.as_deref(), Some("64"));
        assert_eq!(said[0].parameters, Some(8 * 64 + 64));
        assert!(said[1].error.as_deref().is_some_and(|e| e.contains("conv takes an image")));
        assert_eq!(said[2], Said::default());
    }

    #[test]
    fn numbers_are_taken_as_they_are_typed() {
        let read = |typed: &str| number_in(typed).map(|number| number.to_string());
        for (typed, number) in [("0,2", "0.2"), ("64", "64"), ("６４", "64"), ("1e-5", "0.00001")]
        {
            let expected: Number = serde_json::from_str(number).expect("a number");
            assert_eq!(number_in(typed).and_then(|it| it.as_f64()), expected.as_f64(), "{typed}");
        }
        assert_eq!(read("64").as_deref(), Some("64"), "a whole number stays one");
        assert_eq!([read("1,000"), read(""), read("ten")], [None, None, None]);
    }

    #[test]
    fn small_numbers_are_shown_by_their_power_of_ten_and_read_again() {
        for (number, text) in [(json!(0.00001), "1e-5"), (json!(1e-8), "1e-8"), (json!(0.2), "0.2")]
        {
            assert_eq!(shown(&number), text);
            assert_eq!(number_in(text).and_then(|read| read.as_f64()), number.as_f64());
        }
        assert_eq!([shown(&json!(64)), shown(&json!(0))], ["64", "0"]);
    }

    #[test]
    fn fields_are_found_and_set() {
        let mut layer = fresh("activation");
        assert_eq!(fields(&layer), [Field::Function, Field::Number("/function/slope".into())]);
        set(&mut layer, "/function/slope", json!(0.1));
        assert_eq!(layer["function"]["slope"], 0.1);
        assert_eq!(fields(&fresh("residual")), [Field::Layers("/layers".into())]);
        assert_eq!(fields(&fresh("flatten")), []);
    }
}
