//! The inputs of a generator: pictures, latents, codes, classes, and the choice among several
//! generators.

use burn::tensor::Device;
use gan_protocol::{CodeSpec, Feed, LatentDistribution, RealBatch, Shape};
use gan_random::{Purpose, RandomNumbers, RngExt, standard_normal, stream, uniform_symmetric};

#[cfg(feature = "training")]
use crate::auxiliary::Targets;
use crate::batch::Batch;
use crate::net::{Condition, Styling};
use crate::ops::tensor::Tensor;

/// The inputs of `count` samples, on the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// Latents, each followed by its codes: `[count, latent and codes]`, flat.
    pub values: Vec<f32>,
    /// Classes, one a sample; empty where the run has no labels.
    pub labels: Vec<u16>,
    /// Indices of generators, one a sample; empty where there is one generator.
    pub generators: Vec<u16>,
    /// Pictures, one a sample, channels first; empty where the generator is given none.
    pub pictures: Vec<f32>,
    /// What becomes of the styles of a style-based generator. Styles are mixed within a pass of 64.
    pub styling: Styling,
}

impl Inputs {
    /// `count` inputs for `purpose` and `index` of a run or generator. A longer list begins with
    /// the same latents as a shorter one. Classes take turns: sample `i` is of class
    /// `i mod classes`. Pictures come from elsewhere: [`Inputs::given`].
    pub fn drawn<'a>(
        feed: impl Into<Feed<'a>>,
        purpose: Purpose,
        index: u64,
        count: usize,
    ) -> Self {
        Self::drawn_for(feed.into(), purpose, index, count)
    }

    fn drawn_for(spec: Feed<'_>, purpose: Purpose, index: u64, count: usize) -> Self {
        let mut randomness: RandomNumbers = stream(spec.seed, purpose, index);
        let (mut values, mut generators) = (Vec::new(), Vec::new());
        for _ in 0..count {
            values.extend(match spec.latent.distribution {
                LatentDistribution::Normal => standard_normal(&mut randomness, spec.latent.size),
                LatentDistribution::Uniform => uniform_symmetric(&mut randomness, spec.latent.size),
            });
            if let Some(codes) = spec.codes {
                values.extend(drawn_codes(codes, &mut randomness));
            }
            if let Some(mixture) = spec.mixture {
                generators.push(randomness.random_range(0..mixture.generators as u16));
            }
        }
        let labels = spec.labels.map_or_else(Vec::new, |labels| {
            (0..count).map(|i| (i % labels.classes()) as u16).collect()
        });
        Self { values, labels, generators, ..Self::default() }
    }

    /// The inputs of a generator that is given pictures and nothing else.
    pub fn of_pictures(pictures: Vec<f32>) -> Self {
        Self { pictures, ..Self::default() }
    }

    /// The same inputs with the pictures of `reals`, one for each, and the classes of these where the
    /// generator is told any.
    #[must_use]
    pub fn given(self, reals: &RealBatch) -> Self {
        let labels = if self.labels.is_empty() { Vec::new() } else { reals.labels.clone() };
        Self { pictures: reals.pictures.clone(), labels, ..self }
    }

    /// The count of samples.
    pub fn count<'a>(&self, feed: impl Into<Feed<'a>>) -> usize {
        let feed = feed.into();
        match feed.picture {
            Some(picture) => self.pictures.len() / numbers_of(picture),
            None => self.values.len() / feed.numbers(),
        }
    }

    /// The inputs of the samples from `begin` on, at most `count`.
    pub fn part<'a>(&self, feed: impl Into<Feed<'a>>, begin: usize, count: usize) -> Self {
        let spec = feed.into();
        let size = spec.numbers();
        let end = (begin + count).min(self.count(spec));
        let of =
            |list: &[u16]| if list.is_empty() { Vec::new() } else { list[begin..end].to_vec() };
        let values = self.values[begin * size..end * size].to_vec();
        let pictures = spec.picture.map_or_else(Vec::new, |picture| {
            let size = numbers_of(picture);
            self.pictures[begin * size..end * size].to_vec()
        });
        let (labels, generators) = (of(&self.labels), of(&self.generators));
        Self { values, labels, generators, pictures, styling: self.styling }
    }

    pub(crate) fn tensor<'a>(&self, feed: impl Into<Feed<'a>>, device: &Device) -> Batch {
        let feed = feed.into();
        let Some(picture) = feed.picture else {
            return Batch::from_values(self.values.clone(), feed.shape(), device);
        };
        let pictures = Batch::from_values(self.pictures.clone(), picture, device);
        match feed.numbers() {
            0 => pictures,
            _ => pictures.with_features(self.rows(feed, device)),
        }
    }

    /// The inputs of a generator that is given latents and nothing else.
    pub fn of_latents(values: Vec<f32>) -> Self {
        Self { values, ..Self::default() }
    }

    /// Latents with their codes: `[count, latent and codes]`.
    pub(crate) fn rows(&self, feed: Feed<'_>, device: &Device) -> Tensor<2> {
        let dimensions = [self.count(feed), feed.numbers()];
        Tensor::from_values(self.values.clone(), dimensions, device)
    }

    /// The pictures, if the generator is given any: `[count, channels, height, width]`.
    #[cfg(feature = "training")]
    pub(crate) fn pictures<'a>(&self, feed: impl Into<Feed<'a>>, device: &Device) -> Option<Batch> {
        let picture = feed.into().picture?;
        Some(Batch::from_values(self.pictures.clone(), picture, device))
    }

    /// The condition of the nets: classes and generators as one-hot rows.
    pub(crate) fn condition<'a>(&self, feed: impl Into<Feed<'a>>, device: &Device) -> Condition {
        let spec = feed.into();
        Condition {
            label: spec.labels.map(|labels| one_hot(&self.labels, labels.classes(), device)),
            generator: spec
                .mixture
                .map(|mixture| one_hot(&self.generators, mixture.generators, device)),
            styling: self.styling,
            latent: None,
        }
    }

    /// The answers that the discriminator should give.
    #[cfg(feature = "training")]
    pub(crate) fn targets<'a>(&self, feed: impl Into<Feed<'a>>, device: &Device) -> Targets {
        let spec = feed.into();
        let condition = self.condition(spec, device);
        let codes = spec
            .codes
            .map(|codes| self.rows(spec, device).narrow(1, spec.latent.size, codes.size()));
        Targets { label: condition.label, codes, generator: condition.generator }
    }
}

fn numbers_of(picture: Shape) -> usize {
    picture.size().expect("a validated spec's sizes are small")
}

fn drawn_codes(spec: &CodeSpec, randomness: &mut RandomNumbers) -> Vec<f32> {
    let mut codes = Vec::with_capacity(spec.size());
    for categories in &spec.categorical {
        let chosen = randomness.random_range(0..*categories as u32) as usize;
        codes.extend((0..*categories).map(|category| f32::from(u8::from(category == chosen))));
    }
    codes.extend(uniform_symmetric(randomness, spec.continuous));
    codes
}

/// `[batch, classes]`; a label that is no class gives a row of zeros.
pub(crate) fn one_hot(labels: &[u16], classes: usize, device: &Device) -> Tensor<2> {
    let mut values = vec![0.0_f32; labels.len() * classes];
    for (row, label) in values.chunks_exact_mut(classes).zip(labels) {
        if let Some(value) = row.get_mut(usize::from(*label)) {
            *value = 1.0;
        }
    }
    Tensor::from_values(values, [labels.len(), classes], device)
}

#[cfg(test)]
mod tests {
    use gan_protocol::preset;

    use super::*;

    #[test]
    fn the_fixed_noise_begins_with_the_streams_own_numbers() {
        // The page draws the first of these numbers by itself, without this crate.
        for name in ["mnist-dcgan-small", "ring"] {
            let spec = preset(name).expect("a preset").spec;
            let size = spec.latent.size;
            let fixed = Inputs::drawn(&spec, Purpose::FixedLatents, 0, 64).values;
            let mut randomness = stream(spec.seed, Purpose::FixedLatents, 0);
            let own = match spec.latent.distribution {
                LatentDistribution::Normal => standard_normal(&mut randomness, size),
                LatentDistribution::Uniform => uniform_symmetric(&mut randomness, size),
            };
            assert_eq!(fixed[..size], own[..], "{name}");
        }
    }
}
