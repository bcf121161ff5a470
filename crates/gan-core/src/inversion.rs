//! Inversion: the input of a generator whose sample is nearest to a picture.
//!
//! The input is found by gradient descent from several starts (Zhu et al. 2016, section 3.1). No net is
//! trained. Layer by layer, the gradient with respect to the input is that which critics need anyway,
//! so that modules without automatic differentiation invert, too.

use burn::tensor::Transaction;
use gan_protocol::{Feed, LatentDistribution};
use gan_random::Purpose;

use crate::batch::{Batch, both};
use crate::classifier::Classifier;
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::named_tensor::floats;
use crate::net::{Mode, Pass};
use crate::ops::tensor::Tensor;
use crate::sampler::Sampler;

/// How an input is searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Inputs that are drawn; the nearest of them are the first starts.
    pub candidates: usize,
    /// Count of starts that go on, and their steps; the best go on to the next stage.
    pub stages: Vec<[usize; 2]>,
    /// Adam's learning rate at the first step. It falls to 0 along half a cosine.
    pub learning_rate: f32,
    /// Weight of the squared difference of the classifier's features, relative to the mean square of
    /// the picture's.
    pub features: f32,
    /// Weight of a latent's mean square, for latents from N(0, 1).
    pub prior: f32,
    /// Draws the candidates.
    pub seed: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            candidates: 64,
            stages: vec![[8, 20], [3, 40], [1, 40]],
            learning_rate: 0.1,
            features: 0.1,
            prior: 0.002,
            seed: 0,
        }
    }
}

/// An input that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The one input.
    pub inputs: Inputs,
    /// Its sample, channels first.
    pub sample: Vec<f32>,
    /// The mean squared difference of the sample's numbers from the picture's.
    pub mean_square: f64,
}

/// Starts of the search, with Adam's averages (Kingma & Ba 2014, algorithm 1).
struct Starts {
    inputs: Inputs,
    first: Vec<f32>,
    second: Vec<f32>,
}

const BETAS: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// What a pass says of each input.
struct Told {
    /// The loss of each.
    losses: Vec<f32>,
    samples: Vec<f32>,
    /// The gradient of each loss: as the inputs' numbers; empty if nobody asked.
    gradient: Vec<f32>,
}

impl Sampler {
    /// The input whose sample is nearest to `picture` (channels first, as the samples are). With a
    /// `classifier` of such pictures its features are compared, too. Codes that are categories, and
    /// classes, stay those of the best candidates. Waits for the device.
    ///
    /// # Errors
    /// If the generator is given pictures, or makes points; if `picture` or the classifier's images have
    /// another shape; when the device fails.
    pub async fn inverted(
        &self,
        picture: &[f32],
        classifier: Option<&mut Classifier>,
        search: &Search,
    ) -> Result<Found, CoreError> {
        let feed = Feed::from(self.header());
        let shape = self.header().data.shape();
        let refused = |message: String| Err(CoreError::Generator(message));
        if feed.picture.is_some() || self.header().data.channels == 0 {
            return refused("an input is found for images made of latents alone".to_owned());
        }
        if picture.len() != shape.size().unwrap_or(0) {
            return refused(format!("a picture of {} numbers is none of {shape}", picture.len()));
        }
        if let Some(other) = classifier.as_ref().map(|one| one.input()).filter(|it| *it != shape) {
            return refused(format!("its samples are {shape}, the classifier's images {other}"));
        }
        let mut target = Target::new(self, picture, classifier, search).await?;
        let drawn = Inputs::drawn(feed, Purpose::FreshLatents, search.seed, search.candidates);
        let told = target.tell(&drawn, false).await?;
        let mut order = by_loss(&told.losses);
        let mut starts =
            Starts { first: vec![0.0; drawn.values.len()], second: Vec::new(), inputs: drawn };
        starts.second.clone_from(&starts.first);
        let all: usize = search.stages.iter().map(|[_, steps]| steps).sum();
        let mut step = 0;
        for [count, steps] in &search.stages {
            order.truncate((*count).max(1));
            starts = starts.chosen(&order, feed.numbers());
            let mut losses = Vec::new();
            for _ in 0..*steps {
                let told = target.tell(&starts.inputs, true).await?;
                let turn = std::f32::consts::PI * step as f32 / all as f32;
                step += 1;
                let rate = search.learning_rate * 0.5 * (1.0 + turn.cos());
                starts.step(&told.gradient, rate, step, feed);
                losses = told.losses;
            }
            order = if losses.is_empty() {
                (0..starts.count(feed)).collect()
            } else {
                by_loss(&losses)
            };
        }
        order.truncate(1);
        let inputs = starts.chosen(&order, feed.numbers()).inputs;
        let sample = target.tell(&inputs, false).await?.samples;
        let square = |(a, b): (&f32, &f32)| f64::from(a - b).powi(2);
        let mean_square =
            sample.iter().zip(picture).map(square).sum::<f64>() / picture.len() as f64;
        Ok(Found { inputs, sample, mean_square })
    }
}

/// Places by their losses, the least first.
fn by_loss(losses: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..losses.len()).collect();
    order.sort_by(|a, b| losses[*a].total_cmp(&losses[*b]));
    order
}

impl Starts {
    fn count(&self, feed: Feed<'_>) -> usize {
        self.inputs.count(feed)
    }

    /// The starts at `places` alone; each has `size` numbers.
    fn chosen(&self, places: &[usize], size: usize) -> Self {
        let numbers = |all: &[f32]| -> Vec<f32> {
            places.iter().flat_map(|at| &all[at * size..(at + 1) * size]).copied().collect()
        };
        let of = |list: &[u16]| -> Vec<u16> {
            places.iter().filter_map(|at| list.get(*at)).copied().collect()
        };
        let Inputs { values, labels, generators, .. } = &self.inputs;
        let inputs = Inputs {
            values: numbers(values),
            labels: of(labels),
            generators: of(generators),
            ..self.inputs.clone()
        };
        Self { inputs, first: numbers(&self.first), second: numbers(&self.second) }
    }

    /// One of Adam's steps, number `step` counted from 1. Bounded numbers stay within their bounds.
    fn step(&mut self, gradient: &[f32], rate: f32, step: i32, feed: Feed<'_>) {
        let latent = feed.latent.size;
        let fixed = feed.codes.map_or(0, |codes| codes.categorical.iter().sum());
        let size = feed.numbers();
        let is_bounded = feed.latent.distribution == LatentDistribution::Uniform;
        for (at, value) in self.inputs.values.iter_mut().enumerate() {
            let place = at % size;
            if (latent..latent + fixed).contains(&place) {
                continue;
            }
            let [first, second] = [&mut self.first[at], &mut self.second[at]];
            *first += (1.0 - BETAS[0]) * (gradient[at] - *first);
            *second += (1.0 - BETAS[1]) * (gradient[at].powi(2) - *second);
            let unbiased =
                [*first / (1.0 - BETAS[0].powi(step)), *second / (1.0 - BETAS[1].powi(step))];
            *value -= rate * unbiased[0] / (unbiased[1].sqrt() + EPSILON);
            if is_bounded || place >= latent {
                *value = value.clamp(-1.0, 1.0);
            }
        }
    }
}

/// What samples are compared with.
struct Target<'a> {
    sampler: &'a Sampler,
    picture: &'a [f32],
    /// The classifier, the picture's features, and their weight.
    perceived: Option<(&'a mut Classifier, Vec<f32>, f32)>,
    prior: f32,
}

impl<'a> Target<'a> {
    async fn new(
        sampler: &'a Sampler,
        picture: &'a [f32],
        classifier: Option<&'a mut Classifier>,
        search: &Search,
    ) -> Result<Self, CoreError> {
        let mut perceived = None;
        if let Some(classifier) = classifier.filter(|_| search.features > 0.0) {
            let features = classifier.judge(picture).await?.features;
            let power: f32 = features.iter().map(|x| x * x).sum();
            // A picture without features is compared by its pixels.
            let weight = search.features / power;
            perceived = weight.is_finite().then_some((classifier, features, weight));
        }
        let is_normal = sampler.header().latent.distribution == LatentDistribution::Normal;
        let prior = if is_normal { search.prior } else { 0.0 };
        Ok(Self { sampler, picture, perceived, prior })
    }

    /// Samples and losses of `inputs`, and gradients if they are wanted.
    async fn tell(&mut self, inputs: &Inputs, with_gradient: bool) -> Result<Told, CoreError> {
        let (header, device) = (self.sampler.header(), self.sampler.device());
        let feed = Feed::from(header);
        let (count, shape) = (inputs.count(feed), header.data.shape());
        let condition = inputs.condition(feed, device);
        let mut pass = Pass::new(Mode::Sampling { noise: None }, &condition);
        let mut net = self.sampler.net().clone();
        let weights = net.parameters();
        let weights = net.effective(weights, false);
        let truth = Batch::from_values(self.picture.repeat(count), shape, device);
        let (mut losses, mut samples) = (None, None);
        let perceived = &mut self.perceived;
        let cotangent = |made: &Batch| {
            let images = made.clone().shaped(shape);
            let apart = both!(images.clone(), truth, x, y => x - y);
            let size = shape.size().unwrap_or(1) as f32;
            let mut loss = apart.clone().flat().square().mean_dim(1);
            let mut gradient = apart.scaled(2.0 / size);
            if let Some((classifier, features, weight)) = perceived {
                let (unlike, further) = classifier.compared(images.clone(), features, *weight);
                loss = loss + unlike;
                gradient = gradient.plus(further);
            }
            (losses, samples) = (Some(loss), Some(images.flat()));
            gradient.shaped(made.shape())
        };
        let input = inputs.tensor(feed, device);
        let gradient = if with_gradient {
            net.forward_and_pull_back(&weights, input, &mut pass, cotangent).1.flat()
        } else {
            let made = net.forward_with(&weights, input, &mut pass);
            cotangent(&made).flat().narrow(1, 0, 1)
        };
        let mut transaction = Transaction::default();
        for tensor in [losses, samples, Some(gradient)].into_iter().flatten() {
            let numbers: usize = tensor.dims().iter().product();
            transaction = transaction.register(tensor.reshape([numbers]).burn());
        }
        let mut read = transaction.execute_async().await?.into_iter();
        let mut next = || read.next().map_or_else(|| Ok(Vec::new()), floats);
        let mut told = Told { losses: next()?, samples: next()?, gradient: next()? };
        let (size, latent) = (feed.numbers(), feed.latent.size);
        let share = self.prior / latent.max(1) as f32;
        for (at, loss) in told.losses.iter_mut().enumerate() {
            let latents = &inputs.values[at * size..at * size + latent];
            *loss += share * latents.iter().map(|x| x * x).sum::<f32>();
        }
        if with_gradient {
            for (row, values) in
                told.gradient.chunks_exact_mut(size).zip(inputs.values.chunks_exact(size))
            {
                for (slope, value) in row.iter_mut().zip(values).take(latent) {
                    *slope += 2.0 * share * value;
                }
            }
        }
        Ok(told)
    }
}

impl Classifier {
    /// The squared distance of each image's features from `features`, times `weight`: `[count, 1]`; and
    /// its gradient with respect to the images.
    fn compared(&mut self, images: Batch, features: &[f32], weight: f32) -> (Tensor<2>, Batch) {
        let count = images.count();
        let device = images.device();
        let truth = Tensor::from_values(features.repeat(count), [count, features.len()], &device);
        let mut loss = None;
        let gradient = self.pulled_back(images, |made| {
            let apart = made.clone().flat() - truth;
            loss = Some(apart.clone().square().sum_dim(1).mul_scalar(weight));
            Batch::Flat(apart.mul_scalar(2.0 * weight)).shaped(made.shape())
        });
        (loss.expect("the pass asks for it"), gradient)
    }
}

#[cfg(all(test, feature = "cpu", feature = "training"))]
mod tests;
