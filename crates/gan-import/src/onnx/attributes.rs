//! The attributes of a node.

use onnx_rs::ast::{Attribute, Node};

use super::tensor::Tensor;
use crate::error::ImportError;

/// The attributes of a node, by name.
pub(super) struct Attributes<'a> {
    node: &'a Node<'a>,
    files: &'a [(String, Vec<u8>)],
}

impl<'a> Attributes<'a> {
    pub(super) fn of(node: &'a Node<'a>, files: &'a [(String, Vec<u8>)]) -> Self {
        Self { node, files }
    }

    fn get(&self, name: &str) -> Option<&'a Attribute<'a>> {
        self.node.attribute.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn whole(&self, name: &str, default: i64) -> i64 {
        self.get(name).map_or(default, |attribute| attribute.i)
    }

    pub(super) fn real(&self, name: &str, default: f32) -> f32 {
        self.get(name).map_or(default, |attribute| attribute.f)
    }

    pub(super) fn wholes(&self, name: &str) -> Option<&'a [i64]> {
        self.get(name).map(|attribute| attribute.ints.as_slice())
    }

    pub(super) fn reals(&self, name: &str) -> Option<&'a [f32]> {
        self.get(name).map(|attribute| attribute.floats.as_slice())
    }

    pub(super) fn text(&self, name: &str, default: &'static str) -> &'a str {
        self.get(name)
            .map_or(default, |attribute| std::str::from_utf8(attribute.s).unwrap_or_default())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn tensor(&self, name: &str) -> Result<Option<Tensor>, ImportError> {
        let tensor = self.get(name).and_then(|attribute| attribute.t.as_ref());
        tensor.map(|tensor| Tensor::read(tensor, self.files)).transpose()
    }
}
