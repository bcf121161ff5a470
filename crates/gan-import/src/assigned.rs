//! Puts a state dict's numbers into the net of a header.

use std::collections::HashMap;

use gan_protocol::{GeneratorHeader, LayerSpec, Shape, Tagged as _};
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::error::ImportError;
use crate::modules::{Module, modules};
use crate::state_dict::{StateDict, Values};

/// A tensor of this program's file.
struct Put {
    name: String,
    values: Values,
}

/// The file of the generator of `header` with the numbers of `dict`, 32 bits each. Layers take modules in the order of the names
/// of `order`, or in their natural order; each takes the next one, and is refused if that does not fit.
///
/// # Errors
/// If a layer finds no module, a module of other shapes, or modules are left over; the message names both.
pub fn imported(
    dict: &StateDict,
    header: &GeneratorHeader,
    order: &[String],
) -> Result<Vec<u8>, ImportError> {
    let mut waiting = ordered(modules(dict)?, order)?.into_iter();
    let mut puts = Vec::new();
    fill("generator.", &header.generator.layers, header.input(), &mut waiting, &mut puts)?;
    if let Some(module) = waiting.next() {
        let message = format!(
            "{} is left over: the net has no layer for it, so layers are missing, or this is another net",
            module.name
        );
        return Err(ImportError::file(message));
    }
    written(header, &puts)
}

/// The modules that are named, in this order, or all in theirs.
pub(crate) fn ordered(modules: Vec<Module>, order: &[String]) -> Result<Vec<Module>, ImportError> {
    if order.is_empty() {
        return Ok(modules);
    }
    let named = |name: &String| {
        let found = modules.iter().find(|module| module.name == *name).cloned();
        found.ok_or_else(|| {
            let all: Vec<&str> = modules.iter().map(|module| module.name.as_str()).collect();
            ImportError::file(format!("there is no module `{name}`; there are {}", all.join(", ")))
        })
    };
    order.iter().map(named).collect()
}

fn fill(
    prefix: &str,
    layers: &[LayerSpec],
    input: Shape,
    modules: &mut dyn Iterator<Item = Module>,
    puts: &mut Vec<Put>,
) -> Result<(), ImportError> {
    let mut shape = input;
    for (index, layer) in layers.iter().enumerate() {
        let name = format!("{prefix}{index}");
        let own = layer.own_parameters(shape);
        if !own.is_empty() {
            let module = modules.next().ok_or_else(|| {
                ImportError::file(format!("the file has no module for {name} ({})", layer.kind()))
            })?;
            for parameter in &own {
                let theirs = theirs(layer, parameter.name);
                let values = wanted(&module, theirs, &name, layer)?;
                let values = turned(layer, parameter.name, values);
                check(&values, &parameter.dimensions, &module, theirs, &name)?;
                puts.push(Put { name: format!("{name}.{}", parameter.name), values });
            }
            if let Some(bias) = module
                .get("bias")
                .filter(|_| !own.iter().any(|one| theirs(layer, one.name) == "bias"))
            {
                let message = format!(
                    "{} has a bias of {} numbers, and {name} ({}) has none: write \"bias\": true",
                    module.name,
                    bias.numbers.len(),
                    layer.kind()
                );
                return Err(ImportError::file(message));
            }
            if matches!(layer, LayerSpec::BatchNorm { .. }) {
                for (ours, theirs) in
                    [("running_mean", "running_mean"), ("running_variance", "running_var")]
                {
                    let values = wanted(&module, theirs, &name, layer)?;
                    check(&values, &[shape.features()], &module, theirs, &name)?;
                    puts.push(Put { name: format!("{name}.{ours}"), values });
                }
            }
        }
        for (inside, layers) in layer.inside() {
            let within = format!("{name}.{inside}.");
            fill(&within, layers, layer.inner_input(inside, shape), modules, puts)?;
        }
        shape = layer.output(shape)?;
    }
    Ok(())
}

/// PyTorch's name of a parameter.
fn theirs(layer: &LayerSpec, name: &str) -> &'static str {
    match (layer, name) {
        (_, "bias" | "shift") => "bias",
        // Scale, weight, and the table of an embedding.
        _ => "weight",
    }
}

fn wanted(
    module: &Module,
    theirs: &str,
    name: &str,
    layer: &LayerSpec,
) -> Result<Values, ImportError> {
    module.get(theirs).cloned().ok_or_else(|| {
        let has: Vec<&str> = module.tensors.keys().map(String::as_str).collect();
        ImportError::file(format!(
            "{} is to be {name} ({}) and has no {theirs}; it has {}",
            module.name,
            layer.kind(),
            has.join(", ")
        ))
    })
}

/// As this program keeps them: a linear layer's weight has its inputs first.
fn turned(layer: &LayerSpec, name: &str, values: Values) -> Values {
    let is_linear = matches!(layer, LayerSpec::Linear { .. }) && name == "weight";
    let (true, [outputs, inputs]) = (is_linear, values.shape.as_slice()) else { return values };
    let (outputs, inputs) = (*outputs, *inputs);
    let at = |index: usize| values.numbers[index % outputs * inputs + index / outputs];
    Values { shape: vec![inputs, outputs], numbers: (0..inputs * outputs).map(at).collect() }
}

fn check(
    values: &Values,
    dimensions: &[usize],
    module: &Module,
    theirs: &str,
    name: &str,
) -> Result<(), ImportError> {
    if values.shape != dimensions {
        let message = format!(
            "{}.{theirs} has the shape {:?}; {name} takes {dimensions:?}",
            module.name, values.shape
        );
        return Err(ImportError::file(message));
    }
    if values.numbers.iter().any(|number| !number.is_finite()) {
        return Err(ImportError::file(format!("{}.{theirs} holds NaN or infinity", module.name)));
    }
    Ok(())
}

fn written(header: &GeneratorHeader, puts: &[Put]) -> Result<Vec<u8>, ImportError> {
    let bytes: Vec<Vec<u8>> = puts
        .iter()
        .map(|put| put.values.numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
        .collect();
    let unwritable = |error: safetensors::SafeTensorError| ImportError::file(error.to_string());
    let mut views = Vec::new();
    for (put, bytes) in puts.iter().zip(&bytes) {
        let view =
            TensorView::new(Dtype::F32, put.values.shape.clone(), bytes).map_err(unwritable)?;
        views.push((put.name.clone(), view));
    }
    let header =
        serde_json::to_string(header).map_err(|error| ImportError::file(error.to_string()))?;
    let metadata = HashMap::from([("gan_playground".to_owned(), header)]);
    serialize(views, Some(metadata)).map_err(unwritable)
}
