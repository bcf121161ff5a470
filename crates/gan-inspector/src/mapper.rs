//! A map of a run's real samples with the generator's on it, for JavaScript.

use gan_core::{Classifier, Encoder, Sampler, Snapshot, at_once, cpu};
use gan_data::image_bytes;
use gan_latent::{Ground, Map};
use gan_protocol::Shape;
use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::inspector::{told, values_of};

/// A map.
#[wasm_bindgen]
pub struct Mapper {
    map: Map,
    shape: Shape,
}

#[wasm_bindgen]
impl Mapper {
    /// The map of `reals` with `made` on it, both in the layout of `Inspector.verdicts`: of the latents
    /// that the encoder of `checkpoint` finds, if the run has one; else of the features of the classifier
    /// of digits, if it reads such images; else of pixels.
    ///
    /// # Errors
    /// The fault of a file, as an `Error`; if there are fewer than two reals.
    #[wasm_bindgen(constructor)]
    pub fn new(
        checkpoint: &[u8],
        classifier: &[u8],
        reals: &[u8],
        made: &[u8],
    ) -> Result<Self, JsError> {
        let snapshot = told(Snapshot::from_bytes(checkpoint))?;
        let shape = snapshot.header.spec.data.shape();
        let [reals, made] = [values_of(reals, shape)?, values_of(made, shape)?];
        let mut classifier = match classifier {
            [] => None,
            bytes => Some(told(Classifier::from_safetensors(bytes, &cpu()))?),
        };
        let mut reader = classifier.as_mut().filter(|classifier| classifier.input() == shape);
        let ground = if snapshot.header.spec.encoder.is_some() {
            Ground::Latents {
                encoder: Box::new(told(Encoder::of_snapshot(&snapshot, &cpu()))?),
                sampler: Box::new(told(Sampler::of_snapshot(&snapshot, &cpu()))?),
            }
        } else if reader.is_some() {
            Ground::Features
        } else {
            Ground::Pixels
        };
        let size = shape.size().unwrap_or(1);
        let map = told(at_once(Map::of(ground, reader.take(), &reals, &made, size)))?;
        Ok(Self { map, shape })
    }

    /// The places as JSON: `{ground, reals, made, classes, madeClasses, shares}`. `ground` is `latents`,
    /// `features` or `pixels`. `reals` and `made` are
    /// coordinates, x and y in turn; classes are digits as read, or empty; `shares` are the parts of the
    /// reals' variance in that space along both axes.
    pub fn places(&self) -> String {
        let Map { places, made, classes, made_classes, .. } = &self.map;
        json!({
            "ground": self.map.ground_name(),
            "reals": places,
            "made": made,
            "classes": classes,
            "madeClasses": made_classes,
            "shares": self.map.shares(),
        })
        .to_string()
    }

    /// What is made of the latent of real number `real`, moved on the map to `place` (x and y); where it
    /// is, for an empty place. Bytes in the layout of `Inspector.verdicts`; none on a map that is not of
    /// latents.
    ///
    /// # Errors
    /// When the generator fails.
    pub fn moved(&self, real: usize, place: &[f32]) -> Result<Vec<u8>, JsError> {
        let place = <[f32; 2]>::try_from(place).ok();
        let made = told(at_once(self.map.moved(real, place)))?;
        Ok(match (made, self.shape) {
            (Some(made), Shape::Image { channels, height, width }) => {
                image_bytes(&made, [channels, height, width])
            }
            _ => Vec::new(),
        })
    }
}
