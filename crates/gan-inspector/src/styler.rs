//! A style-based generator whose styles are mixed and truncated, for JavaScript.

use gan_core::{Classifier, Sampler, Snapshot, at_once, cpu};
use gan_data::image_bytes;
use gan_latent::{Mixing, Styled};
use gan_protocol::Shape;
use wasm_bindgen::prelude::*;

use crate::inspector::{told, values_of};

/// The seed of a curve's samples.
const CURVE_SEED: u64 = 8;

/// A style-based generator.
#[wasm_bindgen]
pub struct Styler {
    styled: Styled,
}

#[wasm_bindgen]
impl Styler {
    /// Reads the bytes of a checkpoint.
    ///
    /// # Errors
    /// The fault of the file, as an `Error`; if the run's generator has no style.
    #[wasm_bindgen(constructor)]
    pub fn new(checkpoint: &[u8]) -> Result<Self, JsError> {
        let snapshot = told(Snapshot::from_bytes(checkpoint))?;
        let sampler = told(Sampler::of_snapshot(&snapshot, &cpu()))?;
        Ok(Self { styled: told(Styled::new(sampler))? })
    }

    /// Fréchet distance to `reals` (in the layout of `Inspector.verdicts`) by the features of the classifier of
    /// digits in `classifier`, and diversity, for each ψ of `truncations` ([`Styled::curve`]).
    ///
    /// # Errors
    /// The fault of a file, as an `Error`; if the images are no digits.
    pub fn curve(
        &self,
        classifier: &[u8],
        reals: &[u8],
        truncations: &[f32],
    ) -> Result<Vec<f64>, JsError> {
        let shape = self.styled.sampler().header().data.shape();
        let reals = values_of(reals, shape)?;
        let mut classifier = told(Classifier::from_safetensors(classifier, &cpu()))?;
        let curve = self.styled.curve(&mut classifier, &reals, truncations, CURVE_SEED);
        Ok(told(at_once(curve))?.into_flattened())
    }

    /// A table of mixtures ([`Styled::table`]), `rows` by `columns` beside the samples that are mixed, in the
    /// layout of `Inspector.verdicts`.
    ///
    /// # Errors
    /// If a side is not 1 to 5.
    pub fn table(
        &self,
        seed: u32,
        rows: usize,
        columns: usize,
        from: usize,
        truncation: f32,
    ) -> Result<Vec<u8>, JsError> {
        let mixing = Mixing { seed: u64::from(seed), sides: [rows, columns], from, truncation };
        let made = told(at_once(self.styled.table(mixing)))?;
        match self.styled.sampler().header().data.shape() {
            Shape::Image { channels, height, width } => {
                Ok(image_bytes(&made, [channels, height, width]))
            }
            Shape::Flat { .. } => Ok(Vec::new()),
        }
    }
}
