//! Teaches classifiers with few labelled images, with and without a generator's samples among them, to see
//! what the samples add (data augmentation, Antoniou et al. 2017, section 5).

use std::sync::Arc;

use gan_core::{Classifier, ClassifierTrainer, CoreError, Device, Inputs, Trainer};
use gan_data::{Augmented, ImageSet, RealSamples, ShuffledImages};
use gan_eval::classifier::accuracy_of_logits;
use gan_protocol::{
    AugmentationSpec, CourseSpec, DecaySpec, Diet, Fault, LayerSpec, Named as _, NetSpec,
    OptimizerMethod, OptimizerSpec, RealBatch, ScheduleSpec, Shape,
};
use gan_random::{Purpose, RngExt as _, stream};

/// The layers of the project's classifier, for ten classes.
const NET: &str = include_str!("../classifier.json");
/// Images in a step.
const BATCH: usize = 64;
/// Samples that the generator makes for a course, as a list to draw from; fewer of large images.
const POOL: usize = 5_000;
/// The most numbers of such a list, and of the images that examine classifiers.
const MOST_NUMBERS: usize = 4_000_000;
const LEARNING_RATE: f64 = 0.003;
const WEIGHT_DECAY: f32 = 0.02;
/// The share of the steps over which the rate rises; after them it falls along a cosine.
const WARM_UP_SHARE: f64 = 0.1;

/// Changes of training images: enough that no image is seen twice, and small enough that a digit
/// keeps its class.
pub const CLASSIFIER_AUGMENTATION: AugmentationSpec =
    AugmentationSpec { shift_px: 1, rotation_degrees: 10.0, scale: 1.1, flip: false };

/// The layers of the project's classifier of images, for a count of classes.
///
/// # Panics
/// Never: the layers are a part of the program.
pub fn classifier_net(classes: usize) -> NetSpec {
    let mut net: NetSpec = serde_json::from_str(NET).expect("the program's own layers");
    if let Some(LayerSpec::Linear { units, .. }) = net.layers.last_mut() {
        *units = classes;
    }
    net
}

/// How a classifier learns in `steps` steps, the first `warm_up` of which its rate rises.
pub fn classifier_optimizer(steps: u64, warm_up: u64) -> OptimizerSpec {
    let decay = DecaySpec::Cosine { updates: steps.saturating_sub(warm_up).max(1), factor: 0.0 };
    OptimizerSpec {
        learning_rate: LEARNING_RATE,
        method: OptimizerMethod::AdamW { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 },
        weight_decay: WEIGHT_DECAY,
        clip_norm: None,
        clip_value: None,
        schedule: Some(ScheduleSpec { warm_up: warm_up.min(steps), decay }),
    }
}

/// Images with their classes: samples of a generator, as a source to draw from, in [-1, 1].
#[derive(Clone, Debug)]
pub struct Made {
    shape: Shape,
    classes: usize,
    values: Arc<[f32]>,
    labels: Arc<[u16]>,
}

/// As many images of `shape` as [`MOST_NUMBERS`] allow, up to `most`.
pub(crate) fn affordable(most: usize, shape: Shape) -> usize {
    most.min(MOST_NUMBERS / shape.size().unwrap_or(1).max(1)).max(1)
}

impl Made {
    /// Samples of the run's generator of the classes that `labelled` images have, in turn: it may have seen no
    /// others. `None` of a run whose generator is told no class, or is given pictures.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn by(
        trainer: &Trainer,
        labelled: &ImageSet,
        seed: u64,
    ) -> Result<Option<Self>, CoreError> {
        let spec = trainer.spec();
        let Some(labels) = spec.labels.filter(|_| spec.picture().is_none()) else {
            return Ok(None);
        };
        let (shape, classes) = (spec.data.shape(), labels.classes());
        let mut there: Vec<u8> = labelled.labels().unwrap_or_default().to_vec();
        there.sort_unstable();
        there.dedup();
        if there.is_empty() {
            return Ok(None);
        }
        let mut inputs = Inputs::drawn(spec, Purpose::FreshLatents, seed, affordable(POOL, shape));
        for (label, class) in inputs.labels.iter_mut().zip(there.iter().cycle()) {
            *label = u16::from(*class);
        }
        let values = trainer.samples(&inputs, seed).await?.into();
        Ok(Some(Self { shape, classes, values, labels: inputs.labels.into() }))
    }
}

impl RealSamples for Made {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn len(&self) -> Option<u64> {
        Some(self.labels.len() as u64)
    }

    fn classes(&self) -> Option<usize> {
        Some(self.classes)
    }

    /// Drawn with replacement.
    fn batch(&mut self, seed: u64, step: u64, size: usize) -> RealBatch {
        let mut randomness = stream(seed, Purpose::CourseSamples, step);
        let numbers = self.values.len() / self.labels.len();
        let mut batch = RealBatch::default();
        for _ in 0..size {
            let at = randomness.random_range(0..self.labels.len());
            batch.values.extend_from_slice(&self.values[at * numbers..][..numbers]);
            batch.labels.push(self.labels[at]);
        }
        batch
    }
}

/// One classifier with what it is taught with.
struct Pupil {
    diet: Diet,
    trainer: ClassifierTrainer,
    reals: Box<dyn RealSamples>,
    made: Option<Box<dyn RealSamples>>,
}

/// Classifiers that are taught side by side.
pub struct Course {
    spec: CourseSpec,
    pupils: Vec<Pupil>,
    labelled: usize,
    held_out: RealBatch,
    step: u32,
}

impl Course {
    /// A course at its start, with `labelled` images, to be examined by `held_out` ones, and samples that a
    /// generator `made`, if there are any.
    ///
    /// # Errors
    /// [`Fault::Spec`] for a wrong course; [`Fault::File`] for images without classes or of another shape.
    pub fn new(
        spec: CourseSpec,
        [labelled, held_out]: [ImageSet; 2],
        made: Option<&Made>,
        device: &Device,
    ) -> Result<Self, Fault> {
        spec.validate()?;
        let file = |message: String| Fault::File { message };
        let labels = |set: &ImageSet| -> Result<Vec<u16>, Fault> {
            let labels = set.labels().ok_or_else(|| file("the images have no classes".into()))?;
            Ok(labels.iter().map(|label| u16::from(*label)).collect())
        };
        let most = |set: &ImageSet| set.classes().unwrap_or(0);
        let of_made = made.map_or(0, |made| made.classes);
        let classes = most(&labelled).max(most(&held_out)).max(of_made);
        let shape = labelled.dims();
        let steps = u64::from(spec.steps);
        let warm_up = (spec.steps as f64 * WARM_UP_SHARE) as u64;
        let optimizer = classifier_optimizer(steps, warm_up);
        let mut pupils = Vec::new();
        for diet in Diet::ALL.iter().copied().filter(|diet| !diet.is_generated() || made.is_some())
        {
            let net = classifier_net(classes);
            let classifier = Classifier::new(&net, shape, spec.seed, device);
            let classifier = classifier.map_err(|error| file(error.to_string()))?;
            let source = |samples: Box<dyn RealSamples>| -> Result<Box<dyn RealSamples>, Fault> {
                if !diet.is_augmented() {
                    return Ok(samples);
                }
                Ok(Box::new(Augmented::new(samples, CLASSIFIER_AUGMENTATION)?))
            };
            let made = made.filter(|_| diet.is_generated());
            pupils.push(Pupil {
                diet,
                trainer: ClassifierTrainer::new(classifier, &optimizer, spec.seed),
                reals: source(Box::new(ShuffledImages::new(labelled.clone())))?,
                made: made.map(|made| source(Box::new(made.clone()))).transpose()?,
            });
        }
        let held = RealBatch {
            values: held_out.values(),
            labels: labels(&held_out)?,
            ..RealBatch::default()
        };
        Ok(Self { spec, pupils, labelled: labels(&labelled)?.len(), held_out: held, step: 0 })
    }

    /// What was asked for.
    pub fn spec(&self) -> CourseSpec {
        self.spec
    }

    /// Steps that each classifier has made.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Counts of labelled and of held-out images.
    pub fn counts(&self) -> [usize; 2] {
        [self.labelled, self.held_out.labels.len()]
    }

    /// What the classifiers are taught with, in the order of [`Self::accuracies`].
    pub fn diets(&self) -> impl Iterator<Item = Diet> {
        self.pupils.iter().map(|pupil| pupil.diet)
    }

    /// Up to `count` steps of each classifier.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn advance(&mut self, count: u32) -> Result<(), CoreError> {
        let seed = self.spec.seed;
        for step in self.step..self.step.saturating_add(count).min(self.spec.steps) {
            for pupil in &mut self.pupils {
                let reals = if pupil.made.is_some() { BATCH / 2 } else { BATCH };
                let mut batch = pupil.reals.batch(seed, u64::from(step), reals);
                if let Some(made) = &mut pupil.made {
                    let further = made.batch(seed, u64::from(step), BATCH - reals);
                    batch.values.extend(further.values);
                    batch.labels.extend(further.labels);
                }
                pupil.trainer.step(&batch).await?;
            }
            self.step = step + 1;
        }
        Ok(())
    }

    /// The share of held-out images that each classifier names rightly.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn accuracies(&mut self) -> Result<Vec<f64>, CoreError> {
        let RealBatch { values, labels, .. } = &self.held_out;
        let mut found = Vec::new();
        for pupil in &mut self.pupils {
            let classifier = pupil.trainer.classifier();
            let judged = classifier.judge(values).await?;
            let accuracy = accuracy_of_logits(&judged.logits, classifier.classes(), labels);
            found.push(accuracy.expect("a row of logits for each image"));
        }
        Ok(found)
    }
}
