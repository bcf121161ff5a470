//! The inspector's interface for JavaScript: a checkpoint's discriminator, its generator's file,
//! and the classifier of digits.

use std::fmt::Display;

use gan_core::{Classifier, Critic, Inputs, Precision, Sampler, Snapshot, at_once, cpu};
use gan_data::{ByHand, image_bytes, image_values, visible};
use gan_protocol::Shape;
use gan_random::Purpose;
use wasm_bindgen::prelude::*;

/// The nets of a checkpoint.
#[wasm_bindgen]
pub struct Inspector {
    snapshot: Snapshot,
    critic: Critic,
    /// The generator, made when it is first asked.
    sampler: Option<Sampler>,
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
        Ok(Self { snapshot, critic, sampler: None })
    }

    /// The generator alone, in the file format of the widget, with 8 bits a number or else 16.
    ///
    /// # Errors
    /// If a number does not fit into 16 bits.
    #[wasm_bindgen(js_name = generatorFile)]
    pub fn generator_file(&self, is_small: bool) -> Result<Vec<u8>, JsError> {
        let precision = if is_small { Precision::Bits8 } else { Precision::Bits16 };
        told(self.snapshot.generator_file(precision))
    }

    /// What the generator makes of an image (`pixels` as for `Inspector.verdicts`), for a generator that
    /// is given pictures: the picture, as an image to be looked at, and the sample made of it, both in
    /// the layout of `pixels`. `seed` determines noise, holes and latents; `missing` and `is_whole` are
    /// those of [`ByHand`]. `label` is the class, if the generator is told it.
    ///
    /// # Errors
    /// If `pixels` are not one image of the run's shape, or the generator is given no pictures.
    pub fn restored(
        &mut self,
        pixels: &[u8],
        missing: &[u8],
        seed: f64,
        is_whole: bool,
        label: u16,
    ) -> Result<Vec<u8>, JsError> {
        let spec = &self.snapshot.header.spec;
        let shape = spec.data.shape();
        let values = values_of(pixels, shape)?;
        let (Some(picture), Shape::Image { channels, height, width }) = (spec.picture(), shape)
        else {
            return Err(JsError::new("the run's generator is given no pictures"));
        };
        let (area, seed) = (height * width, seed.max(0.0) as u64);
        if values.len() != channels * area {
            return Err(JsError::new("the generator is given one picture at a time"));
        }
        let missing = if missing.len() == area { missing } else { &[] };
        let by_hand = ByHand { values: &values, missing, is_whole, seed };
        let pictures = by_hand.picture(spec.condition.map(|condition| condition.picture), shape);
        if self.sampler.is_none() {
            self.sampler = Some(told(Sampler::of_snapshot(&self.snapshot, &cpu()))?);
        }
        let sampler = self.sampler.as_ref().expect("just made");
        let mut inputs = Inputs::drawn(spec, Purpose::FreshLatents, seed, 1);
        inputs.pictures = pictures;
        inputs.labels.fill(label);
        let made = told(at_once(sampler.samples(&inputs, seed)))?;
        let seen = visible(&inputs.pictures, picture, shape);
        Ok(image_bytes(&[seen, made].concat(), [channels, height, width]))
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
        let outputs = told(at_once(self.critic.verdicts(&packed, labels, &[])))?;
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
pub(crate) fn values_of(pixels: &[u8], shape: Shape) -> Result<Vec<f32>, JsError> {
    let Shape::Image { channels, height, width } = shape else {
        return Err(JsError::new("the run is of points"));
    };
    if !pixels.len().is_multiple_of(channels * height * width) {
        let message = format!("{} bytes are no whole images of {shape}", pixels.len());
        return Err(JsError::new(&message));
    }
    Ok(image_values(pixels, [channels, height, width]))
}

pub(crate) fn told<T>(result: Result<T, impl Display>) -> Result<T, JsError> {
    result.map_err(|error| JsError::new(&error.to_string()))
}
