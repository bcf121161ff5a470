//! The widget's interface for JavaScript: a generator, with its inputs and its samples.

use gan_core::{CoreError, Inputs, Sampler, at_once, cpu};
use gan_data::{ByHand, image_values, visible};
use gan_protocol::{Degradation, DirectionSpec, Feed, Shape};
use gan_random::Purpose;
use wasm_bindgen::prelude::*;

/// Largest number of a first sample.
const MOST_SAMPLES: usize = 1 << 16;

/// A generator read from its file.
#[wasm_bindgen]
pub struct Generator {
    sampler: Sampler,
    truncation: f32,
}

#[wasm_bindgen]
impl Generator {
    /// Reads the bytes of a generator file.
    ///
    /// # Errors
    /// The fault of the file, as an `Error`.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        let sampler = told(Sampler::from_safetensors(bytes, &cpu()))?;
        Ok(Self { sampler, truncation: 1.0 })
    }

    /// Whether it has a style, which can be truncated.
    #[wasm_bindgen(getter, js_name = isStyled)]
    pub fn is_styled(&self) -> bool {
        self.sampler.header().generator.styled_layers() > 0
    }

    /// ψ of the samples from now on: how far styles keep from their mean, in parts of their own distance.
    #[wasm_bindgen(js_name = truncate)]
    pub fn truncate(&mut self, truncation: f32) {
        self.truncation = truncation;
    }

    /// Columns of a sample, in pixels; 0 for points.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.sampler.header().data.width
    }

    /// Rows of a sample, in pixels; 0 for points.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.sampler.header().data.height
    }

    /// Channels of a sample's pixels; 0 for points.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.sampler.header().data.channels
    }

    /// What the generator is given: the kind of its picture (`Degradation`), `translated` for an image of
    /// another set, or empty for none.
    #[wasm_bindgen(getter)]
    pub fn picture(&self) -> String {
        let kind = match self.degradation() {
            None if self.sampler.header().translates => "translated",
            None => "",
            Some(Degradation::Downscaled { .. }) => "downscaled",
            Some(Degradation::Noised { .. }) => "noised",
            Some(Degradation::Masked { .. }) => "masked",
            Some(Degradation::Edges {}) => "edges",
            Some(Degradation::Grey {}) => "grey",
            Some(Degradation::Paired { .. }) => "paired",
        };
        kind.to_owned()
    }

    /// Numbers of a latent, without codes.
    #[wasm_bindgen(getter, js_name = latentSize)]
    pub fn latent_size(&self) -> usize {
        self.sampler.header().latent.size
    }

    /// Number of classes; 0 if the generator has none.
    #[wasm_bindgen(getter)]
    pub fn classes(&self) -> usize {
        self.sampler.header().labels.map_or(0, |labels| labels.classes())
    }

    /// Number of categories of each categorical code. The codes follow the latent as one-hot
    /// vectors.
    #[wasm_bindgen(getter, js_name = categoricalCodes)]
    pub fn categorical_codes(&self) -> Vec<u32> {
        let codes = self.sampler.header().codes.iter().flat_map(|codes| &codes.categorical);
        codes.map(|categories| *categories as u32).collect()
    }

    /// Number of continuous codes, each in -1 to 1, which follow the categorical ones.
    #[wasm_bindgen(getter, js_name = continuousCodes)]
    pub fn continuous_codes(&self) -> usize {
        self.sampler.header().codes.as_ref().map_or(0, |codes| codes.continuous)
    }

    /// Names of the directions in the generator's file, in which samples change in one way.
    #[wasm_bindgen(getter, js_name = directionNames)]
    pub fn direction_names(&self) -> Vec<String> {
        self.sampler.header().directions.iter().map(|one| one.name.clone()).collect()
    }

    /// The largest multiple of each direction, either way, followed by its vector: direction after
    /// direction.
    #[wasm_bindgen(getter, js_name = directionNumbers)]
    pub fn direction_numbers(&self) -> Vec<f32> {
        let of = |one: &DirectionSpec| [vec![one.range], one.vector.clone()].concat();
        self.sampler.header().directions.iter().flat_map(of).collect()
    }

    /// Whether each number of a latent is drawn from N(0, 1), and not from U(-1, 1).
    #[wasm_bindgen(getter, js_name = isNormal)]
    pub fn is_normal(&self) -> bool {
        self.sampler.header().latent.distribution == gan_protocol::LatentDistribution::Normal
    }

    /// Generator steps of its training.
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> f64 {
        self.sampler.header().step as f64
    }

    /// `count` inputs, one after another: each a latent with its codes, the same that
    /// `gan sample --seed` draws.
    pub fn inputs(&self, seed: f64, count: usize) -> Vec<f32> {
        self.drawn(seed, count).values
    }

    /// Samples for `inputs`, as images of RGBA bytes, sample after sample, row after row. `labels`
    /// are their classes (repeated in turn if there are fewer). `first` is the number of the first
    /// sample, which decides among several generators.
    ///
    /// # Errors
    /// If `inputs` are not complete inputs, or a label is not a class.
    pub fn images(
        &self,
        inputs: Vec<f32>,
        labels: &[u16],
        first: usize,
    ) -> Result<Vec<u8>, JsError> {
        let size = self.image_size()?;
        Ok(rgba(&self.samples(inputs, labels, first)?, size))
    }

    /// What the generator makes of a drawing, for one that is given pictures: the picture, as an image to
    /// be looked at, and the sample made of it, both as RGBA bytes. `pixels` is an image of the sample's
    /// size, a byte a number, the channels of a pixel side by side; `missing` and `is_whole` are those of
    /// [`ByHand`]. `seed` determines noise, a hole where `missing` is empty, and the latent. `label` is the
    /// class, if the generator is told it.
    ///
    /// # Errors
    /// If the generator is given no pictures, `pixels` or `missing` are not of the sample's size, or
    /// `label` is not a class.
    pub fn restored(
        &self,
        pixels: &[u8],
        missing: &[u8],
        is_whole: bool,
        seed: f64,
        label: u16,
    ) -> Result<Vec<u8>, JsError> {
        let size = self.image_size()?;
        let [channels, height, width] = size;
        let header = self.sampler.header();
        let Some(picture) = Feed::from(header).picture else {
            return Err(JsError::new("it is given no pictures"));
        };
        let fits = |found: usize, wanted: usize, name: &str| {
            let message = format!("{name}: {found} bytes, expected {wanted}");
            if found == wanted { Ok(()) } else { Err(JsError::new(&message)) }
        };
        fits(pixels.len(), channels * height * width, "pixels")?;
        if !missing.is_empty() {
            fits(missing.len(), height * width, "missing")?;
        }
        self.refuse_other_classes(&[label][..usize::from(self.classes() > 0)])?;
        let values = image_values(pixels, size);
        let shape = header.data.shape();
        let mut inputs = self.drawn(seed, 1);
        inputs.labels.fill(label);
        let seed = seed as u64;
        let by_hand = ByHand { values: &values, missing, is_whole, seed };
        inputs.pictures = by_hand.picture(self.degradation(), shape);
        let made = told(at_once(self.sampler.samples(&inputs, seed)))?;
        let mut images = rgba(&visible(&inputs.pictures, picture, shape), size);
        images.extend(rgba(&made, size));
        Ok(images)
    }

    /// A byte for each pixel, not 0 in the hole that training would cut for `seed`; empty where the
    /// generator's pictures have none.
    pub fn hole(&self, seed: f64) -> Result<Vec<u8>, JsError> {
        let [channels, height, width] = self.image_size()?;
        let Some(degradation @ Degradation::Masked { .. }) = self.degradation() else {
            return Ok(Vec::new());
        };
        let values = vec![0.0; channels * height * width];
        let by_hand = ByHand { values: &values, missing: &[], is_whole: true, seed: seed as u64 };
        let picture = by_hand.picture(degradation, self.sampler.header().data.shape());
        let mask = picture.iter().skip(values.len());
        Ok(mask.map(|x| if *x > 0.0 { 255 } else { 0 }).collect())
    }

    /// As [`Generator::images`], but for points: x, y, x, y …
    ///
    /// # Errors
    /// As [`Generator::images`].
    pub fn points(
        &self,
        inputs: Vec<f32>,
        labels: &[u16],
        first: usize,
    ) -> Result<Vec<f32>, JsError> {
        self.samples(inputs, labels, first)
    }
}

impl Generator {
    fn degradation(&self) -> Option<Degradation> {
        self.sampler.header().condition.map(|condition| condition.picture)
    }

    /// Channels, rows and columns of a sample.
    fn image_size(&self) -> Result<[usize; 3], JsError> {
        match self.sampler.header().data.shape() {
            Shape::Image { channels, height, width } => Ok([channels, height, width]),
            _ => Err(JsError::new("it makes points, not images")),
        }
    }

    fn refuse_other_classes(&self, labels: &[u16]) -> Result<(), JsError> {
        let classes = self.classes();
        match labels.iter().find(|label| usize::from(**label) >= classes) {
            Some(label) => {
                let message = format!("{label} is no class: there are {classes}");
                Err(JsError::new(&message))
            }
            None => Ok(()),
        }
    }

    fn drawn(&self, seed: f64, count: usize) -> Inputs {
        Inputs::drawn(self.sampler.header(), Purpose::FreshLatents, seed as u64, count)
    }

    fn samples(&self, values: Vec<f32>, labels: &[u16], first: usize) -> Result<Vec<f32>, JsError> {
        let feed = Feed::from(self.sampler.header());
        if feed.picture.is_some() {
            return Err(JsError::new("it is given pictures: see `restored`"));
        }
        let size = feed.shape().size().unwrap_or(1);
        if values.is_empty() || !values.len().is_multiple_of(size) {
            let message = format!("{} numbers are no whole inputs of {size}", values.len());
            return Err(JsError::new(&message));
        }
        let count = values.len() / size;
        self.refuse_other_classes(labels)?;
        if first > MOST_SAMPLES {
            return Err(JsError::new(&format!("{first} is no number of a sample")));
        }
        let mut inputs = self.numbered(first, count);
        inputs.values = values;
        if !labels.is_empty() && self.classes() > 0 {
            inputs.labels = labels.iter().copied().cycle().take(count).collect();
        }
        let header = self.sampler.header();
        if !header.generator.draws_noise() {
            return told(at_once(self.sampler.samples(&inputs, 0)));
        }
        // The noise of a sample depends on its number, however many samples are requested at once.
        let mut samples = Vec::new();
        for at in 0..count {
            let one = inputs.part(header, at, 1);
            samples.extend(told(at_once(self.sampler.samples(&one, (first + at) as u64)))?);
        }
        Ok(samples)
    }

    /// Inputs without values yet: classes take turns, and the choice among several generators
    /// depends on the input's number alone.
    fn numbered(&self, first: usize, count: usize) -> Inputs {
        let header = self.sampler.header();
        let mut inputs = Inputs::default();
        inputs.styling.truncation = self.truncation;
        if let Some(labels) = header.labels {
            let classes = labels.classes();
            inputs.labels = (first..first + count).map(|i| (i % classes) as u16).collect();
        }
        if header.mixture.is_some() {
            inputs.generators = self.drawn(0.0, first + count).generators.split_off(first);
        }
        inputs
    }
}

/// RGBA bytes of images (`[count, channels, height, width]`), image after image, row after row.
fn rgba(values: &[f32], [channels, height, width]: [usize; 3]) -> Vec<u8> {
    let area = height * width;
    let mut pixels = Vec::with_capacity(values.len() / channels * 4);
    for image in values.chunks_exact(channels * area) {
        for place in 0..area {
            // One channel is grey; two are red and green; a fourth is left out.
            let channel = |number: usize| match channels {
                1 => byte(image[place]),
                _ => image.get(number * area + place).map_or(0, |value| byte(*value)),
            };
            pixels.extend([channel(0), channel(1), channel(2), 255]);
        }
    }
    pixels
}

fn told<T>(result: Result<T, CoreError>) -> Result<T, JsError> {
    result.map_err(|error| JsError::new(&error.to_string()))
}

/// A byte for -1 (black) to 1 (white).
fn byte(value: f32) -> u8 {
    ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8
}
