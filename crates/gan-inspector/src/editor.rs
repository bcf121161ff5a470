//! A generator of digits whose samples are edited, for JavaScript.
//!
//! Answers are JSON: `{pixels, input: {values, labels, generators}, measures, class, share}`. `pixels` has
//! the layout of `Inspector.verdicts`; `measures` are slant in degrees, thickness and size in pixels, or
//! `null` of a black image; `class` is the digit that is read, and `share` its probability.

use gan_core::{Classifier, Inputs, Sampler, Search, Snapshot, at_once, cpu};
use gan_data::image_bytes;
use gan_latent::{Edited, Observed, by_weights, first_activation};
use gan_protocol::{DirectionSpec, Shape};
use gan_random::Purpose;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::inspector::{told, values_of};

/// A generator of digits.
#[wasm_bindgen]
pub struct Editor {
    observed: Observed,
    /// Directions that nobody named, once they are asked for: by the first weights, and by activations.
    found: [Option<Vec<DirectionSpec>>; 2],
}

/// Directions of each kind.
const FOUND: usize = 4;
/// Samples by whose activations directions are found, and their seed.
const ACTIVATED: usize = 1_000;
const ACTIVATED_SEED: u64 = 12;

#[wasm_bindgen]
impl Editor {
    /// Reads the bytes of a generator's file or of a checkpoint, and of the classifier of digits.
    ///
    /// # Errors
    /// The fault of a file, as an `Error`; if the generator's samples are not made of latents alone, or
    /// not images that the classifier reads.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &[u8], classifier: &[u8]) -> Result<Self, JsError> {
        let sampler = match Snapshot::from_bytes(file) {
            Ok(snapshot) => told(Sampler::of_snapshot(&snapshot, &cpu()))?,
            Err(_) => told(Sampler::from_safetensors(file, &cpu()))?,
        };
        let classifier = told(Classifier::from_safetensors(classifier, &cpu()))?;
        Ok(Self { observed: told(Observed::new(sampler, classifier))?, found: [None, None] })
    }

    /// A sample drawn by `seed`. Classes take turns from seed to seed, if the generator is told any.
    ///
    /// # Errors
    /// If the sample holds a number that is not finite.
    pub fn drawn(&mut self, seed: u32) -> Result<String, JsError> {
        let header = self.observed.sampler().header().clone();
        let mut inputs = Inputs::drawn(&header, Purpose::FreshLatents, u64::from(seed), 1);
        let classes = header.labels.map_or(1, |labels| labels.classes());
        inputs.labels.fill((seed as usize % classes) as u16);
        let found = told(at_once(self.observed.looked_at(&inputs)))?;
        Ok(self.json(&found).to_string())
    }

    /// The sample that is nearest to an image. The answer has its `psnr`, in dB, too.
    ///
    /// # Errors
    /// If `pixels` are not one image of the generator's shape.
    pub fn inverted(&mut self, pixels: &[u8]) -> Result<String, JsError> {
        let picture = values_of(pixels, self.observed.sampler().header().data.shape())?;
        let search = Search::default();
        let (found, psnr) = told(at_once(self.observed.inverted(&picture, &search)))?;
        let mut answer = self.json(&found);
        answer["psnr"] = json!(psnr);
        Ok(answer.to_string())
    }

    /// The sample of `input` (JSON, as in an answer) moved by `amounts` along the first directions that nobody named:
    /// those to which the first weights react most (SeFa), or along which activations vary most (GANSpace).
    ///
    /// # Errors
    /// If `input` is of another form, or the generator has no such directions.
    pub fn moved(
        &mut self,
        input: &str,
        by_activations: bool,
        amounts: &[f64],
    ) -> Result<String, JsError> {
        let input: Value = told(serde_json::from_str(input))?;
        let inputs = self.inputs(&input).ok_or_else(|| JsError::new("the input is none"))?;
        let which = usize::from(by_activations);
        if self.found[which].is_none() {
            let sampler = self.observed.sampler();
            let found = if by_activations {
                let layer = first_activation(sampler)
                    .ok_or_else(|| JsError::new("the generator has no activations"))?;
                at_once(gan_latent::by_activations(
                    sampler,
                    layer,
                    FOUND,
                    ACTIVATED,
                    ACTIVATED_SEED,
                ))
            } else {
                at_once(by_weights(sampler, FOUND))
            };
            self.found[which] =
                Some(told(found)?.into_iter().map(|(direction, _)| direction).collect());
        }
        let directions = self.found[which].clone().unwrap_or_default();
        let found = told(at_once(self.observed.moved(&inputs, &directions, amounts)))?;
        Ok(self.json(&found).to_string())
    }

    /// The sample near that of `input` (JSON, as in an answer) whose measures are `wanted`.
    ///
    /// # Errors
    /// If `input` or `wanted` is of another form.
    pub fn edited(&mut self, input: &str, wanted: &[f64]) -> Result<String, JsError> {
        let input: Value = told(serde_json::from_str(input))?;
        let inputs = self.inputs(&input).ok_or_else(|| JsError::new("the input is none"))?;
        let wanted = wanted.try_into().map_err(|_| JsError::new("three measures are wanted"))?;
        let found = told(at_once(self.observed.edited(&inputs, wanted)))?;
        Ok(self.json(&found).to_string())
    }
}

impl Editor {
    fn json(&self, found: &Edited) -> Value {
        let pixels = match self.observed.sampler().header().data.shape() {
            Shape::Image { channels, height, width } => {
                image_bytes(&found.sample, [channels, height, width])
            }
            Shape::Flat { .. } => Vec::new(),
        };
        let Inputs { values, labels, generators, .. } = &found.inputs;
        json!({
            "pixels": pixels,
            "input": {"values": values, "labels": labels, "generators": generators},
            "measures": found.measures,
            "class": found.class,
            "share": found.share,
        })
    }

    /// An input of this generator.
    fn inputs(&self, input: &Value) -> Option<Inputs> {
        let header = self.observed.sampler().header();
        let like = Inputs::drawn(header, Purpose::FreshLatents, 0, 1);
        let list = |name: &str| input[name].as_array();
        let values = list("values")?.iter().map(|x| x.as_f64().map(|x| x as f32));
        let whole = |name: &str| -> Option<Vec<u16>> {
            list(name)?.iter().map(|x| u16::try_from(x.as_u64()?).ok()).collect()
        };
        let found = Inputs {
            values: values.collect::<Option<_>>()?,
            labels: whole("labels")?,
            generators: whole("generators")?,
            ..Inputs::default()
        };
        let fits = found.values.len() == like.values.len()
            && found.labels.len() == like.labels.len()
            && found.generators.len() == like.generators.len();
        fits.then_some(found)
    }
}
