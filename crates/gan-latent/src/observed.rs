//! A generator together with what its samples are measured and read by.

use gan_core::{Classifier, CoreError, Inputs, Sampler};
use gan_eval::EvalError;
use gan_eval::attributes::Attributes;
use gan_protocol::{Feed, GeneratorHeader, LatentDistribution, Shape};

/// The reason why a latent space cannot be looked into.
#[derive(Debug, thiserror::Error)]
pub enum LatentError {
    /// The generator, the classifier or the device.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// The samples cannot be measured.
    #[error(transparent)]
    Eval(#[from] EvalError),
    /// A generator of another kind.
    #[error("{0}")]
    Unfit(String),
}

/// A generator of digits, and the classifier that reads them.
#[derive(Clone, Debug)]
pub struct Observed {
    sampler: Sampler,
    classifier: Classifier,
    width: usize,
}

/// Samples with their readings.
pub(crate) struct Seen {
    pub(crate) samples: Vec<f32>,
    /// The measures of each, by [`gan_eval::attributes::NAMES`]; `None` of a black one.
    pub(crate) measures: Vec<Option<[f64; 3]>>,
    /// The classifier's logits, sample after sample.
    pub(crate) logits: Vec<f32>,
}

impl Observed {
    /// `sampler`'s samples, read by `classifier`.
    ///
    /// # Errors
    /// If the generator is given pictures or no latents, or its samples are not images of the classifier's
    /// shape.
    pub fn new(sampler: Sampler, classifier: Classifier) -> Result<Self, LatentError> {
        let (header, read) = (sampler.header(), classifier.input());
        let made = header.data.shape();
        let unfit = |message: String| Err(LatentError::Unfit(message));
        if header.condition.is_some() || header.translates || header.latent.size == 0 {
            return unfit("the generator makes nothing of latents alone".to_owned());
        }
        match made {
            Shape::Image { width, .. } if made == read => Ok(Self { sampler, classifier, width }),
            _ => unfit(format!("its samples are {made}; those that can be measured are {read}")),
        }
    }

    /// The generator.
    pub fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    pub(crate) fn parts(&mut self) -> (&Sampler, &mut Classifier) {
        (&self.sampler, &mut self.classifier)
    }

    /// Count of classes that are told apart.
    pub(crate) fn classes(&self) -> usize {
        self.classifier.classes()
    }

    /// `inputs` with each latent changed by `change`, and within its bounds if it has any.
    pub(crate) fn changed(&self, inputs: &Inputs, change: impl Fn(usize) -> f32) -> Inputs {
        let header = self.sampler.header();
        let is_bounded = header.latent.distribution == LatentDistribution::Uniform;
        let mut changed = inputs.clone();
        for row in changed.values.chunks_exact_mut(Feed::from(header).numbers()) {
            for (at, value) in row.iter_mut().take(header.latent.size).enumerate() {
                *value += change(at);
                if is_bounded {
                    *value = value.clamp(-1.0, 1.0);
                }
            }
        }
        changed
    }

    /// Samples of `inputs` without the noise of layers, measured and read. Waits for the device.
    pub(crate) async fn see(&mut self, inputs: &Inputs) -> Result<Seen, LatentError> {
        // Noise would make the difference of two samples that should differ by their latents alone.
        let last = self.sampler.header().generator.layers.len() - 1;
        let samples = self.sampler.activations(inputs, last).await?;
        let size = self.classifier.input().size().unwrap_or(1);
        let measured =
            |image: &[f32]| Ok(Attributes::of(image, self.width)?.map(Attributes::values));
        let measures: Result<_, EvalError> = samples.chunks_exact(size).map(measured).collect();
        let logits = self.classifier.judge(&samples).await?.logits;
        Ok(Seen { measures: measures?, samples, logits })
    }
}

/// The latents of `inputs`, without codes: as many rows of `header.latent.size` numbers.
pub(crate) fn latents(header: &GeneratorHeader, inputs: &Inputs) -> Vec<f32> {
    let rows = inputs.values.chunks_exact(Feed::from(header).numbers());
    rows.flat_map(|row| &row[..header.latent.size]).copied().collect()
}

/// A direction for a file, where four decimals are enough, and short.
pub(crate) fn short(vector: &[f64]) -> Vec<f32> {
    vector.iter().map(|x| (x * 1e4).round() as f32 / 1e4).collect()
}

/// The place of the largest of each row of `classes` numbers.
pub(crate) fn largest(logits: &[f32], classes: usize) -> Vec<usize> {
    let of = |row: &[f32]| (0..classes).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(0);
    logits.chunks_exact(classes).map(of).collect()
}
