//! The header of a generator file: the metadata of a `.safetensors` file that holds a trained
//! generator's weights, for sampling without further training.

use serde::Serialize;
use serde_json::Value;

use crate::condition::ConditionSpec;
use crate::direction::DirectionSpec;
use crate::error::{SpecError, in_range};
use crate::feed::{Feed, LatentSpec};
use crate::labels::{CodeSpec, LabelSpec, MixtureSpec};
use crate::layer::LayerSpec;
use crate::net::NetSpec;
use crate::read::{self, reads_struct};
use crate::run::RunSpec;
use crate::shape::Shape;

/// Names the format and its version; a file with another value is refused.
pub const GENERATOR_FORMAT: &str = "gan-playground-generator-1";

/// The key of a header in the `__metadata__` of each of this program's `.safetensors` files.
pub const HEADER_KEY: &str = "gan_playground";

/// The header, stored as JSON under [`HEADER_KEY`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GeneratorHeader {
    /// [`GENERATOR_FORMAT`].
    pub format: String,
    /// Generator steps of its training.
    pub step: u64,
    /// The seed of the run, which gives the same latents as in the run.
    pub seed: u64,
    /// The generator: from a latent (with codes) to a sample.
    pub generator: NetSpec,
    /// The generator's latent: size and distribution.
    pub latent: LatentSpec,
    /// The shape of its samples.
    pub data: SampleShape,
    /// The picture that it is given, and how that was made in its training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionSpec>,
    /// Whether it is given whole images of another set, which it translates.
    #[serde(skip_serializing_if = "is_false")]
    pub translates: bool,
    /// How classes took part in its training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSpec>,
    /// InfoGAN's codes, appended to the latent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes: Option<CodeSpec>,
    /// For several generators in one net (MGAN): their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixture: Option<MixtureSpec>,
    /// How far it has grown, if it has stages of growth ([`GrowthSpec::level`](crate::GrowthSpec::level)); wholly
    /// otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<f32>,
    /// Directions of the latent space in which samples change in one way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub directions: Vec<DirectionSpec>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The shape of a sample: `channels × height × width`; of points of the plane all three are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SampleShape {
    /// Count of channels.
    pub channels: usize,
    /// Rows, in pixels.
    pub height: usize,
    /// Columns, in pixels.
    pub width: usize,
}

impl SampleShape {
    /// The same as the shape of a net's output.
    pub fn shape(self) -> Shape {
        match self.channels {
            0 => Shape::flat(2),
            channels => Shape::image(channels, self.height, self.width),
        }
    }
}

impl GeneratorHeader {
    /// The header for the generator of `spec` after `step` steps.
    pub fn of_run(spec: &RunSpec, step: u64) -> Self {
        let data = match spec.data.shape() {
            Shape::Flat { .. } => SampleShape::default(),
            Shape::Image { channels, height, width } => SampleShape { channels, height, width },
        };
        Self {
            format: GENERATOR_FORMAT.to_owned(),
            step,
            seed: spec.seed,
            generator: spec.generator.clone(),
            latent: spec.latent,
            data,
            condition: spec.condition,
            translates: spec.translation.is_some(),
            labels: spec.labels,
            codes: spec.codes.clone(),
            mixture: spec.mixture,
            level: spec.level_after(step),
            directions: Vec::new(),
        }
    }

    /// Reads a header and checks how its fields fit together.
    ///
    /// # Errors
    /// The path of the first wrong field, its value and the allowed ones.
    pub fn from_value(value: &Value) -> Result<Self, SpecError> {
        let header: Self = read::whole(value)?;
        if header.format != GENERATOR_FORMAT {
            let message = format!("is {}; only {GENERATOR_FORMAT} is read", header.format);
            return Err(SpecError::new("format", message));
        }
        Feed::from(&header).validate()?;
        let SampleShape { channels, height, width } = header.data;
        if channels == 0 {
            // Points of the plane.
            in_range("data.height", height, 0, 0)?;
            in_range("data.width", width, 0, 0)?;
        } else {
            in_range("data.channels", channels, 1, 4)?;
            in_range("data.height", height, 1, 256)?;
            in_range("data.width", width, 1, 256)?;
        }
        if let Some(condition) = header.condition {
            condition.shape(header.data.shape()).map_err(|e| e.within("condition"))?;
        }
        if header.translates && (header.condition.is_some() || channels == 0) {
            let message = "goes with images, and not with a `condition`";
            return Err(SpecError::new("translates", message));
        }
        if let Some(level) = header.level {
            in_range("level", level, 0.0, 64.0)?;
        }
        DirectionSpec::validate_all(&header.directions, header.latent.size)?;
        header.validate_net()?;
        Ok(header)
    }

    fn validate_net(&self) -> Result<(), SpecError> {
        let sample = self.data.shape();
        let made = self.generator.shapes(self.input()).map_err(|e| e.within("generator"))?;
        let made = made[made.len() - 1];
        if made != sample && made != Shape::flat(sample.size().unwrap_or(0)) {
            let message = format!("end in {made}; the samples are {sample}");
            return Err(SpecError::new("generator.layers", message));
        }
        if self.generator.compares_samples() {
            let message =
                "compare samples: what is made of a latent would depend on its neighbours";
            return Err(SpecError::new("generator.layers", message));
        }
        self.generator.check_styles(self.input()).map_err(|error| error.within("generator"))?;
        let classes = self.labels.map_or(0, |labels| labels.classes());
        let generators = self.mixture.map_or(0, |mixture| mixture.generators);
        let untold = |layer: &LayerSpec| match layer {
            LayerSpec::MixtureLinear { generators: here, .. } => *here != generators,
            LayerSpec::Latent { .. } => true,
            _ => layer.classes().is_some_and(|here| here != classes),
        };
        match self.generator.find(untold) {
            Some(path) => {
                let message = "asks for classes, generators or latents that the file does not have";
                Err(SpecError::new(format!("generator.{path}"), message))
            }
            None => Ok(()),
        }
    }

    /// The shape of the generator's input: a latent with its codes, or a picture with these as
    /// further channels.
    pub fn input(&self) -> Shape {
        Feed::from(self).shape()
    }
}

impl<'a> From<&'a GeneratorHeader> for Feed<'a> {
    fn from(header: &'a GeneratorHeader) -> Self {
        let GeneratorHeader { seed, latent, labels, mixture, .. } = *header;
        let sample = header.data.shape();
        let picture = header.condition.and_then(|given| given.shape(sample).ok());
        let picture = if header.translates { Some(sample) } else { picture };
        Self { seed, latent, picture, labels, codes: header.codes.as_ref(), mixture }
    }
}

reads_struct!(GeneratorHeader {
    format,
    step = 0,
    seed = 0,
    generator,
    latent,
    data,
    condition = None,
    translates = false,
    labels = None,
    codes = None,
    mixture = None,
    level = None,
    directions = Vec::new(),
});
reads_struct!(SampleShape { channels = 0, height = 0, width = 0 });

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::presets::presets;

    #[test]
    fn the_header_of_every_preset_reads_as_it_was_written() {
        for preset in presets() {
            let header = GeneratorHeader::of_run(&preset.spec, 7);
            let value = serde_json::to_value(&header).expect("plain data");
            assert_eq!(GeneratorHeader::from_value(&value), Ok(header), "{}", preset.name);
        }
    }

    #[test]
    fn a_header_that_cannot_be_is_refused_by_field() {
        let spec = presets().into_iter().find(|p| p.name == "mnist-conditional").expect("one").spec;
        let mut header = GeneratorHeader::of_run(&spec, 7);
        let [nowhere, vector] = [0.0_f32, 1.0].map(|x| vec![x; spec.latent.size]);
        header.directions =
            vec![DirectionSpec { name: "slant".to_owned(), vector: vector.clone(), range: 2.0 }];
        let good = serde_json::to_value(&header).expect("plain data");
        assert_eq!(GeneratorHeader::from_value(&good), Ok(header));
        for (field, value, path) in [
            ("format", json!("gan-playground-generator-2"), "format"),
            ("seed", json!(-1), "seed"),
            ("latent", json!({"size": 0, "distribution": "normal"}), "latent.size"),
            ("latent", json!({"size": 1e9, "distribution": "normal"}), "latent.size"),
            ("data", json!({"channels": 1, "height": 29, "width": 28}), "generator.layers"),
            ("data", json!({"channels": 1, "height": 99_999, "width": 28}), "data.height"),
            ("data", json!({"channels": 0, "height": 28, "width": 28}), "data.height"),
            ("labels", json!(null), "generator.layers[0]"),
            ("codes", json!({"categorical": []}), "codes.categorical"),
            ("directions", json!([{"name": "", "vector": [], "range": 1}]), "directions[0].name"),
            (
                "directions",
                json!([{"name": "a", "vector": [1], "range": 1}]),
                "directions[0].vector",
            ),
            (
                "directions",
                json!([{"name": "a", "vector": nowhere, "range": 1}]),
                "directions[0].vector",
            ),
            (
                "directions",
                json!([{"name": "a", "vector": vector, "range": 0}]),
                "directions[0].range",
            ),
            ("directions", json!([{"name": "a", "range": 1}]), "directions[0].vector"),
            ("more", json!(1), "more"),
        ] {
            let mut header = good.clone();
            header[field] = value;
            let error = GeneratorHeader::from_value(&header).expect_err(field);
            assert_eq!(error.path, path, "{error}");
        }
    }
}
