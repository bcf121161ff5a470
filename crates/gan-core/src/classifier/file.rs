//! A classifier as one `.safetensors` file.
//!
//! Tensors: `trunk.<layer>.<name>` and `head.0.<name>`, with layers counted within each. The header
//! holds `format`, `input` (the shape of an image) and `net` (all layers).

use burn::tensor::Device;
use gan_protocol::{NetSpec, Shape};
use serde_json::json;

use super::{Classifier, parts, refused};
use crate::error::CoreError;
use crate::named_tensor::{fill, header, numbers, read, serialized_in_16_bits, tensors};

/// The format and its version; a file with another value is refused.
const FORMAT: &str = "gan-playground-classifier-1";

impl Classifier {
    /// Reads the bytes of a `.safetensors` file; numbers have 16 or 32 bits.
    ///
    /// # Errors
    /// If the file is cut off, is of another kind or version, describes a net that is no
    /// classifier, has fewer numbers than the net, lacks a tensor, or holds numbers that are not
    /// finite.
    pub fn from_safetensors(bytes: &[u8], device: &Device) -> Result<Self, CoreError> {
        let header = header(bytes, FORMAT).map_err(|error| refused(&error))?;
        let field = |name: &str| header[name].clone();
        let broken = |error: serde_json::Error| refused(&error.to_string());
        let input: Shape = serde_json::from_value(field("input")).map_err(broken)?;
        let net: NetSpec = serde_json::from_value(field("net")).map_err(broken)?;
        let parts = parts(&net, input)?;
        // A number takes at least two bytes. Memory is allocated for no more numbers than the file
        // holds.
        if net.parameter_count(input)? > bytes.len() / 2 {
            return Err(refused("its net has more numbers than the file"));
        }
        let tensors = tensors(bytes, numbers).map_err(|error| refused(&error))?;
        let mut classifier = Self::of_parts(&net, input, parts, 0, device)?;
        fill(classifier.slots(), &tensors, device).map_err(|error| refused(&error))?;
        Ok(classifier)
    }

    /// The classifier as the bytes of a `.safetensors` file with 16 bits a number. Waits for the
    /// device.
    ///
    /// # Errors
    /// If a number is not finite in 16 bits, or the device fails.
    pub async fn to_safetensors_f16(&self) -> Result<Vec<u8>, CoreError> {
        let tensors = read(self.clone().slots()).await?;
        let header = json!({"format": FORMAT, "input": self.input, "net": self.net});
        serialized_in_16_bits(&tensors, &header).map_err(|error| refused(&error))
    }
}
