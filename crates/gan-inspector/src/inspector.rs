//! The inspector's interface for JavaScript: a checkpoint's discriminator, its generator's file,
//! and the classifier of digits.

use gan_core::{Classifier, CoreError, Critic, Snapshot, at_once, cpu};
use gan_protocol::Shape;
use wasm_bindgen::prelude::*;

/// The nets of a checkpoint.
#[wasm_bindgen]
pub struct Inspector {
    snapshot: Snapshot,
    critic: Critic,
}

#[wasm_bindgen]
impl Inspector {
    /// Reads the bytes of a checkpoint.
    ///
    /// # Errors
    /// The fault of the checkpoint, as an `Error`.
    #[wasm_bindgen(constructor)]
    pub fn new(checkpoint: &[u8]) -> Result<Self, JsError> {
        let snapshot = told(Snapshot::from_bytes(checkpoint))?;
        let critic = told(Critic::of_snapshot(&snapshot, &cpu()))?;
        Ok(Self { snapshot, critic })
    }

    /// The generator alone, in the file format of the widget.
    ///
    /// # Errors
    /// If a number does not fit into 16 bits.
    #[wasm_bindgen(js_name = generatorFile)]
    pub fn generator_file(&self) -> Result<Vec<u8>, JsError> {
        told(self.snapshot.generator_file(false))
    }

    /// The discriminator's first output for each image. `pixels` have the layout of the page's
    /// samples: image after image, row by row, the channels of a pixel side by side. `labels` are
    /// the images' classes, if the run has labels. With packing each image is judged in a pack with
    /// copies of itself.
    ///
    /// # Errors
    /// If `pixels` are not complete images of the run's shape.
    pub fn verdicts(&self, pixels: &[u8], labels: &[u16]) -> Result<Vec<f32>, JsError> {
        let spec = self.critic.spec();
        let values = values_of(pixels, spec.data.shape())?;
        let size = spec.data.shape().size().unwrap_or(1);
        let packed: Vec<f32> =
            values.chunks_exact(size).flat_map(|image| image.repeat(spec.packing)).collect();
        let outputs = told(at_once(self.critic.verdicts(&packed, labels)))?;
        // Outputs for further tasks follow the verdict.
        Ok(outputs.chunks_exact(spec.discriminator_outputs()).map(|row| row[0]).collect())
    }
}

/// The project's classifier of digits.
#[wasm_bindgen]
pub struct Reader {
    classifier: Classifier,
}

#[wasm_bindgen]
impl Reader {
    /// Reads the bytes of a classifier.
    ///
    /// # Errors
    /// The fault of the file, as an `Error`.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        told(Classifier::from_safetensors(bytes, &cpu())).map(|classifier| Self { classifier })
    }

    /// The probability of each class for each image (`pixels` as for `Inspector.verdicts`): image
    /// after image, a probability for each class.
    ///
    /// # Errors
    /// If `pixels` are not complete images of the classifier's shape.
    pub fn read(&mut self, pixels: &[u8]) -> Result<Vec<f32>, JsError> {
        let values = values_of(pixels, self.classifier.input())?;
        let logits = told(at_once(self.classifier.judge(&values)))?.logits;
        let rows = logits.chunks_exact(self.classifier.classes());
        Ok(rows.flat_map(softmax).collect())
    }
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|x| (x - largest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// Bytes as numbers from -1 to 1, channels first.
fn values_of(pixels: &[u8], shape: Shape) -> Result<Vec<f32>, JsError> {
    let Shape::Image { channels, height, width } = shape else {
        return Err(JsError::new("the run is of points"));
    };
    let area = height * width;
    if !pixels.len().is_multiple_of(area * channels) {
        let message = format!("{} bytes are no whole images of {shape}", pixels.len());
        return Err(JsError::new(&message));
    }
    let mut values = Vec::with_capacity(pixels.len());
    for image in pixels.chunks_exact(area * channels) {
        for channel in 0..channels {
            let of_channel = image.iter().skip(channel).step_by(channels);
            values.extend(of_channel.map(|byte| f32::from(*byte) / 127.5 - 1.0));
        }
    }
    Ok(values)
}

fn told<T>(result: Result<T, CoreError>) -> Result<T, JsError> {
    result.map_err(|error| JsError::new(&error.to_string()))
}
