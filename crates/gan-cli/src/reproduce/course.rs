//! Scores what a run's classes and samples are worth: how many test images a discriminator names that was told
//! a few classes, and classifiers that are taught with few images and the run's samples.

use anyhow::{Context as _, Result, anyhow, ensure};
use gan_core::cpu;
use gan_data::ImageSet;
use gan_eval::classifier::accuracy_of_logits;
use gan_protocol::{CourseSpec, Diet, RealBatch};
use gan_session::{Course, Made};
use pollster::block_on;

use super::digits::DigitJudge;
use crate::data::{DataArguments, mnist_part};
use crate::runs::TrainedRun;
use crate::scores::Scores;

/// Images that are judged at once.
const GROUP: usize = 500;
/// Steps of each classifier.
const STEPS: u32 = 600;

/// MNIST's test images, and the judge of samples.
pub(crate) struct ClassJudge {
    test: ImageSet,
    digits: Box<DigitJudge>,
}

impl ClassJudge {
    /// Reads MNIST.
    pub(crate) fn new(data: &DataArguments, digits: Box<DigitJudge>) -> Result<Self> {
        Ok(Self { test: mnist_part(&data.data, "t10k")?, digits })
    }

    /// Scores the run:
    ///
    /// - `class_error_percent`: test images whose class the discriminator does not name (Salimans et al.
    ///   2016, table 1: of 10,000);
    /// - `frechet_distance` of `count` samples, as for digits.
    pub(crate) fn scores(&mut self, run: &TrainedRun, count: usize) -> Result<Scores> {
        let asked = run.trainer.spec().semi_supervised.context("the run is told no classes")?;
        let values = self.test.values();
        let size = values.len() / self.test.image_count();
        let mut logits = Vec::new();
        for group in values.chunks(GROUP * size) {
            let batch = RealBatch { values: group.to_vec(), ..RealBatch::default() };
            logits.extend(block_on(run.trainer.class_logits(&batch))?.unwrap_or_default());
        }
        let accuracy = accuracy_of_logits(&logits, asked.classes, &labels(&self.test)?)?;
        let mut scores = vec![("class_error_percent", 100.0 * (1.0 - accuracy))];
        scores.extend(of_samples(&mut self.digits, run, count)?);
        Ok(scores)
    }

    /// The distance of real data.
    pub(crate) fn floor(&self) -> Scores {
        self.digits.floor()
    }
}

/// MNIST's images, and the judge of samples.
pub(crate) struct CourseJudge {
    train: ImageSet,
    test: ImageSet,
    digits: Box<DigitJudge>,
}

impl CourseJudge {
    /// Reads MNIST.
    pub(crate) fn new(data: &DataArguments, digits: Box<DigitJudge>) -> Result<Self> {
        let [train, test] = ["train", "t10k"].map(|part| mnist_part(&data.data, part));
        Ok(Self { train: train?, test: test?, digits })
    }

    /// Scores the run, whose data are a few images of each class:
    ///
    /// - `plain_percent`, `augmented_percent`, `generated_percent`, `both_percent`: test images that a
    ///   classifier names rightly which was taught with the run's own images, as each [`Diet`] says;
    /// - `frechet_distance` of `count` samples, as for digits.
    pub(crate) fn scores(&mut self, run: &TrainedRun, count: usize) -> Result<Scores> {
        let spec = run.trainer.spec();
        let per_class = spec.data.per_class.context("the run takes all images of each class")?;
        let course = CourseSpec { per_class, steps: STEPS, seed: spec.seed };
        let few = self.train.clone().few_of_each_class(per_class as usize, spec.seed)?;
        let made = block_on(Made::by(&run.trainer, &few, spec.seed))?;
        ensure!(made.is_some(), "the run's generator is told no class");
        let said = |fault: gan_protocol::Fault| anyhow!("{fault}");
        let mut course =
            Course::new(course, [few, self.test.clone()], made.as_ref(), &cpu()).map_err(said)?;
        block_on(course.advance(STEPS))?;
        let accuracies = block_on(course.accuracies())?;
        let named = |diet: Diet| match diet {
            Diet::Plain => "plain_percent",
            Diet::Augmented => "augmented_percent",
            Diet::Generated => "generated_percent",
            Diet::Both => "both_percent",
        };
        let mut scores: Scores = course
            .diets()
            .zip(accuracies)
            .map(|(diet, accuracy)| (named(diet), 100.0 * accuracy))
            .collect();
        scores.extend(of_samples(&mut self.digits, run, count)?);
        Ok(scores)
    }

    /// The distance of real data.
    pub(crate) fn floor(&self) -> Scores {
        self.digits.floor()
    }
}

fn labels(set: &ImageSet) -> Result<Vec<u16>> {
    let labels = set.labels().context("MNIST's images have labels")?;
    Ok(labels.iter().map(|label| u16::from(*label)).collect())
}

/// The distance of a run's samples to real images.
fn of_samples(digits: &mut DigitJudge, run: &TrainedRun, count: usize) -> Result<Scores> {
    let scores = digits.scores(run, count)?;
    Ok(scores.into_iter().filter(|(name, _)| *name == "frechet_distance").collect())
}
