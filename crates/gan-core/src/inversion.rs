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
        let Inputs { values, labels, generators, pictures } = &self.inputs;
        let inputs = Inputs {
            values: numbers(values),
            labels: of(labels),
            generators: of(generators),
            pictures: pictures.clone(),
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
            let power: f32 = features.iter().map(|x| x * x).sum::<f32>().max(f32::MIN_POSITIVE);
            perceived = Some((classifier, features, search.features / power));
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
        let mut pass = Pass { mode: Mode::Sampling { noise: None }, condition: &condition };
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
mod tests {
    use gan_protocol::{RealBatch, RunSpec, merged, preset};
    use gan_random::{standard_normal, stream};
    use pollster::block_on;
    use serde_json::{Value, json};

    use super::*;
    use crate::device::cpu;
    use crate::trainer::Trainer;

    /// The generator of a run like `mnist-mlp` after three steps, which move running statistics.
    fn sampler(patch: &Value) -> Sampler {
        let spec = merged(&preset("mnist-mlp").expect("a preset").spec.to_value(), patch);
        let spec = RunSpec::from_value(spec).expect("a valid spec");
        let mut trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
        let count = spec.batch_size;
        for _ in 0..3 {
            trainer.step(|step| RealBatch {
                values: standard_normal(&mut stream(9, Purpose::DataSample, step), count * 784),
                labels: (0..count).map(|at| (at % 10) as u16).collect(),
                pictures: Vec::new(),
            });
        }
        let snapshot = block_on(trainer.snapshot()).expect("the processor works");
        Sampler::of_snapshot(&snapshot, &cpu()).expect("its own snapshot")
    }

    fn tanh() -> Value {
        json!({"kind": "activation", "function": {"name": "tanh"}})
    }

    fn kinds() -> Vec<(&'static str, Value)> {
        let weights = json!({"kind": "normal", "sd": 0.3});
        let small = json!({"batch_size": 8, "latent": {"size": 6}, "ema": null});
        let with = |patch: Value| merged(&small, &patch);
        let normalised = json!([
            {"kind": "linear", "units": 12}, {"kind": "batch_norm"}, tanh(),
            {"kind": "linear", "units": 784}, tanh()
        ]);
        let chosen = json!([
            {"kind": "mixture_linear", "units": 12, "generators": 3}, tanh(),
            {"kind": "linear", "units": 784}, tanh()
        ]);
        let judge = json!([
            {"kind": "flatten"}, {"kind": "linear", "units": 12}, tanh(),
            {"kind": "linear", "units": 4}
        ]);
        vec![
            (
                "batch normalisation",
                with(json!({"generator": {"layers": normalised, "initial_weights": weights}})),
            ),
            (
                "several generators",
                with(json!({
                    "generator": {"layers": chosen, "initial_weights": weights},
                    "discriminator": {"layers": judge},
                    "mixture": {"generators": 3}
                })),
            ),
        ]
    }

    fn picture() -> Vec<f32> {
        let noise = standard_normal(&mut stream(3, Purpose::DataSample, 0), 784);
        noise.into_iter().map(f32::tanh).collect()
    }

    fn drawn(sampler: &Sampler, count: usize) -> Inputs {
        Inputs::drawn(sampler.header(), Purpose::FreshLatents, 7, count)
    }

    #[test]
    fn losses_change_as_their_gradients_say() {
        const STEP: f32 = 0.02;
        let picture = picture();
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web/pretrained/digit-classifier.safetensors"
        );
        let file = std::fs::read(file).expect("the project's own file");
        let mut reader = Classifier::from_safetensors(&file, &cpu()).expect("its own file");
        for (name, patch) in kinds() {
            for features in [0.0, 5.0] {
                let sampler = sampler(&patch);
                let search = Search { features, prior: 0.3, ..Search::default() };
                let target = Target::new(&sampler, &picture, Some(&mut reader), &search);
                let mut target = block_on(target).expect("a target");
                let inputs = drawn(&sampler, 3);
                let told = block_on(target.tell(&inputs, true)).expect("computed");
                let largest = told.gradient.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
                assert!(largest > 1e-4, "{name}: {largest}");
                for at in 0..inputs.values.len() {
                    let mut shifted = |by: f32| {
                        let mut inputs = inputs.clone();
                        inputs.values[at] += by;
                        let told = block_on(target.tell(&inputs, false)).expect("computed");
                        told.losses.iter().map(|x| f64::from(*x)).sum::<f64>()
                    };
                    let difference = (shifted(STEP) - shifted(-STEP)) / (2.0 * f64::from(STEP));
                    let exact = f64::from(told.gradient[at]);
                    assert!(
                        (difference - exact).abs() < 0.03 * f64::from(largest),
                        "{name}, {features}: number {at}: {exact} by the gradient, {difference}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_sample_leads_back_to_itself() {
        for (name, patch) in kinds() {
            let sampler = sampler(&patch);
            let own = drawn(&sampler, 5).part(sampler.header(), 4, 1);
            let sample = block_on(sampler.samples(&own, 0)).expect("computed");
            let search = Search { prior: 0.0, seed: 1, ..Search::default() };
            let found = block_on(sampler.inverted(&sample, None, &search)).expect("found");
            assert!(found.mean_square < 1e-3, "{name}: {}", found.mean_square);
            let again = block_on(sampler.samples(&found.inputs, 0)).expect("computed");
            let apart = again.iter().zip(&found.sample).map(|(a, b)| (a - b).abs());
            assert!(apart.fold(0.0, f32::max) < 1e-6, "{name}");
            // The same search finds the same.
            assert_eq!(block_on(sampler.inverted(&sample, None, &search)).expect("found"), found);
        }
    }

    #[test]
    fn bounded_numbers_stay_in_bounds_and_categories_as_they_are() {
        let patch = json!({
            "batch_size": 8,
            "latent": {"size": 5, "distribution": "uniform"},
            "codes": {"categorical": [4], "continuous": 2},
            "discriminator": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 7}]}
        });
        let sampler = sampler(&patch);
        let search = Search { learning_rate: 2.0, ..Search::default() };
        let found = block_on(sampler.inverted(&picture(), None, &search)).expect("found");
        let values = &found.inputs.values;
        assert!(values.iter().all(|x| (-1.0..=1.0).contains(x)), "{values:?}");
        let mut code = values[5..9].to_vec();
        code.sort_by(f32::total_cmp);
        assert_eq!(code, [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn what_cannot_be_inverted_is_refused() {
        let (_, patch) = kinds().swap_remove(0);
        let sampler = sampler(&patch);
        let search = Search::default();
        let error = block_on(sampler.inverted(&[0.0; 783], None, &search)).expect_err("too few");
        assert!(error.to_string().contains("783 numbers"), "{error}");
        let spec = preset("mnist-super-resolution").expect("a preset").spec;
        let trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
        let snapshot = block_on(trainer.snapshot()).expect("the processor works");
        let given = Sampler::of_snapshot(&snapshot, &cpu()).expect("its own snapshot");
        let error = block_on(given.inverted(&picture(), None, &search)).expect_err("pictures");
        assert!(error.to_string().contains("latents alone"), "{error}");
    }
}
