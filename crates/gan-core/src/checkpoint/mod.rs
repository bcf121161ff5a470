//! A run as one `.safetensors` file.
//!
//! Tensors: `generator.*`, `discriminator.*`, `average.*` (if there is one), each net's
//! `optimizer.first.*` and `optimizer.second.*`; those of a translation's way back, `way_back.*`, likewise; `encoder.*`
//! and `encoder_average.*`, if there are any.
//! The header stands in `__metadata__`.

#[cfg(feature = "training")]
mod deviation;
#[cfg(feature = "training")]
mod run;

use gan_protocol::{CHECKPOINT_FORMAT, CheckpointHeader};

#[cfg(feature = "training")]
pub use self::deviation::{Deviation, largest_deviation};
use crate::error::CoreError;
use crate::named_tensor::{NamedTensor, f32_numbers, header, serialized, tensors};

/// A run's numbers on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// All data but the tensors.
    pub header: CheckpointHeader,
    /// Every tensor, in a fixed order.
    pub(crate) tensors: Vec<NamedTensor>,
}

impl Snapshot {
    /// Every tensor, in a fixed order.
    pub(crate) fn tensors(&self) -> &[NamedTensor] {
        &self.tensors
    }

    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        self.tensors.iter().all(|named| named.values.iter().all(|value| value.is_finite()))
    }

    /// The snapshot as the bytes of a `.safetensors` file.
    pub fn to_bytes(&self) -> Vec<u8> {
        serialized(&self.tensors, &self.header)
    }

    /// Reads the bytes of a `.safetensors` file.
    ///
    /// # Errors
    /// If the file is cut off, of another kind or version, describes a spec that is refused, or
    /// holds numbers that are not finite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CoreError> {
        let header = header(bytes, CHECKPOINT_FORMAT).map_err(|error| refused(&error))?;
        let header: CheckpointHeader =
            serde_json::from_value(header).map_err(|error| refused(&error.to_string()))?;
        header.spec.validate().map_err(|error| refused(&error.to_string()))?;
        let tensors = tensors(bytes, f32_numbers).map_err(|error| refused(&error))?;
        Ok(Self { header, tensors })
    }
}

fn refused(message: &str) -> CoreError {
    CoreError::Checkpoint(message.to_owned())
}
