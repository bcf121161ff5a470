//! The modules of a state dict: what stands under one name.

use std::collections::BTreeMap;

use crate::error::ImportError;
use crate::normalised::WEIGHTS;
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
    /// The numbers of a class, by its name.
    Embedding,
    /// A scale and a shift without running statistics: of layers, groups or instances.
    OtherNorm,
    Unknown,
}

impl Module {
    pub(crate) fn get(&self, name: &str) -> Option<&Values> {
        self.tensors.get(name)
    }

    /// The shape of its weight, however it is stored.
    pub(crate) fn weight_shape(&self) -> Option<&[usize]> {
        WEIGHTS.iter().find_map(|name| self.get(name)).map(|values| values.shape.as_slice())
    }

    /// Its name in messages.
    pub(crate) fn told(&self) -> &str {
        if self.name.is_empty() { "what the file holds at its top level" } else { &self.name }
    }

    pub(crate) fn kind(&self) -> Kind {
        if self.get("running_mean").is_some() {
            return Kind::BatchNorm;
        }
        let is_embedding = self.name.to_lowercase().contains("emb") && self.get("bias").is_none();
        match self.weight_shape().map(<[usize]>::len) {
            Some(2) if is_embedding => Kind::Embedding,
            Some(2) => Kind::Linear,
            Some(4) => Kind::Convolution,
            Some(1) if self.get("bias").is_some() => Kind::OtherNorm,
            _ => Kind::Unknown,
        }
    }
}

/// The modules of `dict`, in the order of the names of `order`, or in theirs.
///
/// # Errors
/// If `order` does not name each of them once.
pub(crate) fn modules(dict: &StateDict, order: &[String]) -> Result<Vec<Module>, ImportError> {
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
    if order.is_empty() {
        return Ok(modules);
    }
    if let Some(left) = modules.iter().find(|module| !order.contains(&module.name)) {
        return Err(ImportError::file(format!("--order does not name the module {}", left.told())));
    }
    let named = |name: &String| {
        let found = modules.iter().find(|module| module.name == *name).cloned();
        found.ok_or_else(|| {
            ImportError::file(format!(
                "there is no module `{name}`; there are {}",
                listed(&modules)
            ))
        })
    };
    order.iter().map(named).collect()
}

/// The names of modules, in their order.
pub(crate) fn listed(modules: &[Module]) -> String {
    modules.iter().map(|module| module.name.as_str()).collect::<Vec<_>>().join(", ")
}
