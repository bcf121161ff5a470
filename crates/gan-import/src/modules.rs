//! The modules of a state dict: what stands under one name.

use std::collections::BTreeMap;

use crate::error::ImportError;
use crate::normalised::effective;
use crate::state_dict::{StateDict, Values};

/// The tensors of one module, by their names in it.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// Its path, such as `main.3`.
    pub(crate) name: String,
    pub(crate) tensors: BTreeMap<String, Values>,
}

/// What a module is, by its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Linear,
    /// A convolution or a transposed one: shapes do not tell the two apart.
    Convolution,
    BatchNorm,
    /// A scale and a shift without running statistics: of layers, groups or instances.
    OtherNorm,
    Unknown,
}

impl Module {
    pub(crate) fn get(&self, name: &str) -> Option<&Values> {
        self.tensors.get(name)
    }

    pub(crate) fn kind(&self) -> Kind {
        let axes = self.get("weight").map(|weight| weight.shape.len());
        match axes {
            Some(2) => Kind::Linear,
            Some(4) => Kind::Convolution,
            Some(1) if self.get("running_mean").is_some() => Kind::BatchNorm,
            Some(1) => Kind::OtherNorm,
            _ => Kind::Unknown,
        }
    }
}

/// The modules of `dict` in order, with the weights that they compute with.
///
/// # Errors
/// If a normalised weight lacks a part.
pub(crate) fn modules(dict: &StateDict) -> Result<Vec<Module>, ImportError> {
    let mut modules: Vec<Module> = Vec::new();
    for (path, values) in dict.tensors() {
        // New parametrisations stand in a module of their own, which belongs to the one around it.
        let (module, name) = match path.split_once(".parametrizations.") {
            Some((module, name)) => (module, format!("parametrizations.{name}")),
            None => match path.rsplit_once('.') {
                Some((module, name)) => (module, name.to_string()),
                None => ("", path.clone()),
            },
        };
        let at = modules.iter().position(|known| known.name == module).unwrap_or_else(|| {
            modules.push(Module { name: module.to_string(), tensors: BTreeMap::new() });
            modules.len() - 1
        });
        modules[at].tensors.insert(name, values.clone());
    }
    modules.into_iter().map(effective).collect()
}
