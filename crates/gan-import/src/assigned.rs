//! Puts a state dict's numbers into the net of a header.

use std::collections::HashMap;

use gan_protocol::{GeneratorHeader, HEADER_KEY, LayerSpec, Shape, Tagged as _};
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::described::{Described, FULL, to_full};
use crate::error::ImportError;
use crate::modules::{Module, listed, modules};
use crate::normalised::effective;
use crate::state_dict::{StateDict, Values};
use crate::steps::tensors_of;

/// A tensor of this program's file.
pub(crate) struct Put {
    pub(crate) name: String,
    pub(crate) values: Values,
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
    told: Told,
) -> Result<Described, ImportError> {
    let modules = modules(dict, order)?;
    let assumed = listed(&modules);
    let mut waiting = modules.into_iter();
    let mut filling = Filling { modules: &mut waiting, puts: Vec::new(), told, labels: 0 };
    let filled = filling.fill("generator.", &header.generator.layers, header.input());
    let mut puts = filling.puts;
    filled.map_err(|error| in_order(error, order, &assumed))?;
    if let Some(module) = waiting.next() {
        let message = format!(
            "{} is left over: the net has no layer for it, so layers are missing, or this is another net",
            module.told()
        );
        return Err(ImportError::file(message));
    }
    let range = told.range.unwrap_or(FULL);
    let mut header = header.clone();
    let shapes = header.generator.shapes(header.input())?;
    let features = shapes.last().map_or(0, Shape::features);
    if let Some(step) = to_full(range, features)? {
        tensors_of(&format!("generator.{}.", header.generator.layers.len()), &step, &mut puts);
        header.generator.layers.push(step.spec);
    }
    Ok(Described {
        file: written(&header, &puts)?,
        header,
        range,
        assumed: Vec::new(),
        is_channels_last: false,
    })
}

/// The error with the order in which modules were taken, where nobody gave one.
pub(crate) fn in_order(error: ImportError, order: &[String], assumed: &str) -> ImportError {
    match error {
        ImportError::File(message) if order.is_empty() => ImportError::File(format!(
            "{message}. The modules were taken in the order {assumed}; --order gives another one"
        )),
        other => other,
    }
}

/// What a state dict does not tell beside its net.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    /// The framework's numbers of black and white, where they are not -1 and 1.
    pub range: Option<[f32; 2]>,
    /// Whether the class stands before the features beside which it is put; here it stands behind them.
    pub label_first: bool,
}

/// A net that is filled.
struct Filling<'a> {
    modules: &'a mut dyn Iterator<Item = Module>,
    puts: Vec<Put>,
    told: Told,
    /// How many of the last features of what arrives are a class's.
    labels: usize,
}

impl Filling<'_> {
    fn fill(
        &mut self,
        prefix: &str,
        layers: &[LayerSpec],
        input: Shape,
    ) -> Result<(), ImportError> {
        let mut shape = input;
        for (index, layer) in layers.iter().enumerate() {
            let name = format!("{prefix}{index}");
            let own = layer.own_parameters(shape);
            if !own.is_empty() {
                let module = self.modules.next().ok_or_else(|| {
                    ImportError::file(format!(
                        "the file has no module for {name} ({})",
                        layer.kind()
                    ))
                })?;
                let mut module =
                    effective(module, matches!(layer, LayerSpec::ConvTranspose { .. }))?;
                if matches!(layer, LayerSpec::BatchNorm { .. })
                    && module.get("running_mean").is_some()
                {
                    // Without a scale and a shift of its own.
                    for (name, value) in [("weight", 1.0), ("bias", 0.0)] {
                        let features = shape.features();
                        let values =
                            Values { shape: vec![features], numbers: vec![value; features] };
                        module.tensors.entry(name.to_owned()).or_insert(values);
                    }
                }
                for parameter in &own {
                    let theirs = theirs(layer, parameter.name);
                    let values = wanted(&module, theirs, &name, layer)?;
                    let values = turned(layer, parameter.name, values);
                    let values =
                        if self.told.label_first && self.labels > 0 && parameter.name == "weight" {
                            moved(layer, values, self.labels)
                        } else {
                            values
                        };
                    check(&values, &parameter.dimensions, &module, theirs, &name)?;
                    self.puts.push(Put { name: format!("{name}.{}", parameter.name), values });
                }
                if let Some(bias) = module
                    .get("bias")
                    .filter(|_| !own.iter().any(|one| theirs(layer, one.name) == "bias"))
                {
                    let message = format!(
                        "{} has a bias of {} numbers, and {name} ({}) has none: write \"bias\": true",
                        module.told(),
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
                        self.puts.push(Put { name: format!("{name}.{ours}"), values });
                    }
                }
            }
            for (inside, layers) in layer.inside() {
                let within = format!("{name}.{inside}.");
                self.fill(&within, layers, layer.inner_input(inside, shape))?;
            }
            let before = shape.features();
            shape = layer.output(shape)?;
            self.labels = match layer {
                LayerSpec::Label { .. } => shape.features() - before,
                // These leave features in their order.
                LayerSpec::Activation { .. }
                | LayerSpec::Dropout { .. }
                | LayerSpec::Noise { .. } => self.labels,
                _ => 0,
            };
        }
        Ok(())
    }
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
            module.told(),
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

/// With the weights of the first `labels` inputs behind those of the others.
fn moved(layer: &LayerSpec, values: Values, labels: usize) -> Values {
    // The axis of the inputs.
    let axis = usize::from(matches!(layer, LayerSpec::Conv { .. }));
    let (Some(inputs), inner) =
        (values.shape.get(axis), values.shape[axis + 1..].iter().product::<usize>())
    else {
        return values;
    };
    let numbers = values.numbers.chunks(inputs * inner);
    let numbers = numbers.flat_map(|row| [&row[labels * inner..], &row[..labels * inner]].concat());
    Values { numbers: numbers.collect(), shape: values.shape }
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
            module.told(),
            values.shape
        );
        return Err(ImportError::file(message));
    }
    if values.numbers.iter().any(|number| !number.is_finite()) {
        return Err(ImportError::file(format!("{}.{theirs} holds NaN or infinity", module.told())));
    }
    Ok(())
}

/// The file of `header` with the tensors `puts`, 32 bits a number.
///
/// # Errors
/// If a number is NaN or infinite.
pub(crate) fn written(header: &GeneratorHeader, puts: &[Put]) -> Result<Vec<u8>, ImportError> {
    if let Some(put) = puts.iter().find(|put| put.values.numbers.iter().any(|x| !x.is_finite())) {
        return Err(ImportError::file(format!("{} holds NaN or infinity", put.name)));
    }
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
    let metadata = HashMap::from([(HEADER_KEY.to_owned(), header)]);
    serialize(views, Some(metadata)).map_err(unwritable)
}
