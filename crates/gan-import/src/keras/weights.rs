//! The weights of a Keras net, by layer.

use crate::error::ImportError;
use crate::state_dict::Values;

/// A layer, as the files name it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Its name and those of the models around it, outermost first.
    pub(crate) names: Vec<String>,
    /// The same by class and count within each model: `conv2d_transpose_1`.
    pub(crate) counted: Vec<String>,
}

/// Where weights come from.
pub(crate) trait Weights {
    /// The weights of the layer at `place`, which are called `names`, in their order.
    ///
    /// # Errors
    /// If they are not there, or are others.
    fn of(&self, place: &Place, names: &[&str]) -> Result<Vec<Values>, ImportError>;

    /// Whether they are TensorFlow.js's, whose bilinear enlargement takes pixels for points: with the same description Keras
    /// computes other pixels.
    fn are_of_tfjs(&self) -> bool {
        false
    }
}

/// Weights with their full names, such as `generator/dense_1/kernel:0`.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) weights: Vec<(String, Values)>,
    pub(crate) are_of_tfjs: bool,
}

impl Weights for Named {
    fn are_of_tfjs(&self) -> bool {
        self.are_of_tfjs
    }

    fn of(&self, place: &Place, names: &[&str]) -> Result<Vec<Values>, ImportError> {
        let layer = place.names.last().map_or("", String::as_str);
        let one = |name: &&str| {
            let found: Vec<&Values> = self
                .weights
                .iter()
                .filter(|(path, _)| {
                    let path = path.rsplit_once(':').map_or(path.as_str(), |(path, _)| path);
                    let mut parts = path.rsplit('/');
                    // Some files repeat a weight's name, some put a model's before the layer's.
                    parts.next() == Some(name) && parts.next() == Some(layer)
                })
                .map(|(_, values)| values)
                .collect();
            match found[..] {
                [values] => Ok(values.clone()),
                [] => Err(ImportError::file(format!("the file has no weight {layer}/{name}"))),
                _ => Err(ImportError::file(format!(
                    "the file has {} weights {layer}/{name}",
                    found.len()
                ))),
            }
        };
        names.iter().map(one).collect()
    }
}
