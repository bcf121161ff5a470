//! A generator's header and its numbers.

use std::collections::HashMap;

use gan_protocol::{Feed, GeneratorHeader, HEADER_KEY};
use safetensors::{Dtype, SafeTensors};

use crate::error::ExportError;
use crate::spectral;

/// A tensor: lengths of its axes, slowest first, and its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Values {
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Vec<f32>,
}

/// A generator.
#[derive(Clone, Debug)]
pub struct Generator {
    header: GeneratorHeader,
    tensors: HashMap<String, Values>,
}

impl Generator {
    /// Reads the bytes of a generator's file with 32 bits a number.
    ///
    /// # Errors
    /// If it is another file, or has other numbers.
    pub fn read(bytes: &[u8]) -> Result<Self, ExportError> {
        let wrong = |error: String| ExportError::File(error);
        let (_, metadata) =
            SafeTensors::read_metadata(bytes).map_err(|error| wrong(error.to_string()))?;
        let text = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER_KEY));
        let text = text.ok_or_else(|| wrong("the file is no generator's".to_owned()))?;
        let value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let header =
            GeneratorHeader::from_value(&value).map_err(|error| wrong(error.to_string()))?;
        let file = SafeTensors::deserialize(bytes).map_err(|error| wrong(error.to_string()))?;
        let mut tensors = HashMap::new();
        for (name, view) in file.tensors() {
            if view.dtype() != Dtype::F32 {
                return Err(wrong(format!("{name} has not 32 bits a number")));
            }
            let numbers = view.data().as_chunks::<4>().0.iter();
            let numbers = numbers.map(|bytes| f32::from_le_bytes(*bytes)).collect();
            tensors.insert(name, Values { shape: view.shape().to_vec(), numbers });
        }
        spectral::divide("generator", &header.generator.layers, header.input(), &mut tensors);
        Ok(Self { header, tensors })
    }

    /// Its header.
    pub fn header(&self) -> &GeneratorHeader {
        &self.header
    }

    pub(crate) fn feed(&self) -> Feed<'_> {
        Feed::from(&self.header)
    }

    /// The tensor of a layer at `path`, such as `generator.3`.
    pub(crate) fn tensor(&self, path: &str, name: &str) -> Result<&Values, ExportError> {
        let full = format!("{path}.{name}");
        self.tensors.get(&full).ok_or_else(|| ExportError::File(format!("{full} is missing")))
    }

    /// The same, where it may be missing.
    pub(crate) fn optional(&self, path: &str, name: &str) -> Option<&Values> {
        self.tensors.get(&format!("{path}.{name}"))
    }

    /// The count of classes that it is told; 0 if none.
    pub(crate) fn classes(&self) -> usize {
        self.header.labels.map_or(0, |labels| labels.classes())
    }
}
