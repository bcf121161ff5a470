//! A trained generator from its file, for JavaScript: its header and its samples.

use gan_core::{Inputs, Sampler, at_once, cpu};
use gan_data::image_bytes;
use gan_protocol::{Feed, Shape};
use gan_random::Purpose;
use wasm_bindgen::prelude::*;

use crate::inspector::told;

/// A generator of images that is given latents.
#[wasm_bindgen]
pub struct Maker {
    sampler: Sampler,
}

#[wasm_bindgen]
impl Maker {
    /// Reads the bytes of a generator's file.
    ///
    /// # Errors
    /// The fault of the file, as an `Error`.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &[u8]) -> Result<Self, JsError> {
        told(Sampler::from_safetensors(file, &cpu())).map(|sampler| Self { sampler })
    }

    /// The file's header (`GeneratorHeader`) as JSON.
    #[wasm_bindgen(getter)]
    pub fn header(&self) -> String {
        serde_json::to_string(self.sampler.header()).expect("a header is plain data")
    }

    /// Samples for `values` (latents, each with its codes), in the layout of `Inspector.verdicts`.
    /// `labels` are their classes, one a sample, if the generator is told any; empty: all in turn.
    ///
    /// # Errors
    /// If `values` are not complete inputs, `labels` are not one for each, or the generator makes no
    /// images or is given pictures.
    pub fn images(&self, values: Vec<f32>, labels: Vec<u16>) -> Result<Vec<u8>, JsError> {
        let header = self.sampler.header();
        let feed = Feed::from(header);
        let (None, Shape::Image { channels, height, width }) = (feed.picture, header.data.shape())
        else {
            return Err(JsError::new("it makes no images of latents alone"));
        };
        let size = feed.numbers();
        if !values.len().is_multiple_of(size) {
            let message = format!("{} numbers are no whole inputs of {size}", values.len());
            return Err(JsError::new(&message));
        }
        let count = values.len() / size;
        let mut inputs = Inputs::drawn(feed, Purpose::FreshLatents, 0, count);
        inputs.values = values;
        if !labels.is_empty() && feed.labels.is_some() {
            if labels.len() != count {
                let message = format!("{} classes for {count} samples", labels.len());
                return Err(JsError::new(&message));
            }
            inputs.labels = labels;
        }
        let made = told(at_once(self.sampler.samples(&inputs, 0)))?;
        Ok(image_bytes(&made, [channels, height, width]))
    }
}
