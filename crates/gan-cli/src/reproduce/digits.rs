//! Scores a generator of digits by the program's classifier.

use anyhow::{Context as _, Result, ensure};
use gan_core::{Classifier, Device, Inputs, Judgement};
use gan_data::ImageSet;
use gan_eval::floor::disjoint_subsets;
use gan_eval::frechet::frechet_distance;
use gan_eval::histogram::kl_of_counts;
use gan_protocol::RealBatch;
use gan_protocol::{LabelSpec, Shape};
use gan_random::Purpose;
use pollster::block_on;

use crate::counts::SEED;
use crate::data::{DataArguments, mnist_part};
use crate::digits::{
    class_counts, classes, digit_classifier, features, judged_values, largest, mean_confidence,
};
use crate::runs::TrainedRun;
use crate::sample_file::unit_values;
use crate::scores::Scores;

/// Real images with which generated ones are compared, besides those for the floor.
const REALS: usize = 10_000;
/// Images that a discriminator judges at a time.
const GROUP: usize = 500;
/// Digits of a colour image.
const STACK: usize = 3;

/// The classifier with its results for real digits.
pub(crate) struct DigitJudge {
    classifier: Classifier,
    reals: Judgement,
    /// The scores of other real images, as many as fakes.
    floor: Scores,
    test: ImageSet,
}

impl DigitJudge {
    /// Reads MNIST and classifies it. `samples` is the number of fakes in a set, and therefore of
    /// the floor's reals.
    pub(crate) fn new(data: &DataArguments, device: &Device, samples: usize) -> Result<Self> {
        let mut classifier = digit_classifier(device)?;
        let images = mnist_part(&data.data, "train")?;
        // Drawn at random: MNIST's first images have other writers than its last.
        let [reals, others] = disjoint_subsets(images.image_count(), [REALS, samples], SEED)?;
        let mut judged = |indices: &[usize]| -> Result<Judgement> {
            let images = indices.iter().filter_map(|index| images.image(*index));
            let pixels: Vec<u8> = images.flatten().copied().collect();
            judged_values(&mut classifier, &unit_values(&pixels))
        };
        let (reals, told) = (judged(&reals)?, judged(&others)?);
        let mut floor = of_images(&reals, &told, None)?;
        let labels = images.labels().context("MNIST's images have labels")?;
        let asked =
            others.iter().filter_map(|index| labels.get(*index)).map(|label| u16::from(*label));
        floor.push(("label_accuracy_percent", accuracy(&told, &asked.collect::<Vec<_>>())?));
        Ok(Self { classifier, reals, floor, test: mnist_part(&data.data, "t10k")? })
    }

    /// The scores of real images against those with which fakes are compared: the scores of a
    /// perfect generator.
    pub(crate) fn floor(&self) -> Scores {
        self.floor.clone()
    }

    /// Scores `count` samples of the run's generator:
    ///
    /// - `frechet_distance` to 10,000 real images, of the classifier's features, and `times_floor`,
    ///   its quotient by that of 10,000 real images to `count` others;
    /// - `class_kl`: KL of the classes from the reals', in nats;
    /// - `mean_confidence`: mean of the largest class probability;
    /// - with labels, `label_accuracy_percent`: samples that are read as the requested class;
    /// - with a categorical code, `code_error_percent` of the test images: the code that the
    ///   discriminator reads differs from that of the image's digit, each code standing for the
    ///   digit in whose images it is read most often (Chen et al. 2016, section 7.2); and
    ///   `sample_code_error_percent`: samples that are read as another digit than most of their
    ///   code.
    pub(crate) fn scores(&mut self, run: &TrainedRun, count: usize) -> Result<Scores> {
        let spec = run.trainer.spec();
        ensure!(spec.data.shape() == self.classifier.input(), "the run's data are no digits");
        let inputs = Inputs::drawn(spec, Purpose::FreshLatents, 1, count);
        let values = run.drawn(&inputs)?;
        let fakes = judged_values(&mut self.classifier, &values)?;
        let mut scores =
            of_images(&self.reals, &fakes, self.floor.first().map(|(_, floor)| *floor))?;
        let read = classes(&fakes)?;
        if spec.labels.is_some() {
            scores.push(("label_accuracy_percent", accuracy(&fakes, &inputs.labels)?));
        }
        let codes = spec.codes.as_ref().and_then(|codes| codes.categorical.first());
        if let Some(categories) = codes {
            scores.push(("code_error_percent", self.code_error(run, *categories)?));
            let size = inputs.values.len() / count;
            let code = |row: &[f32]| largest(&row[spec.latent.size..][..*categories]);
            let asked: Vec<usize> = inputs.values.chunks_exact(size).map(code).collect();
            scores.push(("sample_code_error_percent", matching_error(&asked, &read, *categories)));
        }
        Ok(scores)
    }

    /// The error of the codes that the discriminator reads in the test images.
    fn code_error(&self, run: &TrainedRun, categories: usize) -> Result<f64> {
        let labels = self.test.labels().context("MNIST's test images have labels")?;
        let digits: Vec<usize> = labels.iter().map(|label| usize::from(*label)).collect();
        let size = self.test.height() * self.test.width();
        // Logits of the code come after the verdict and an auxiliary classifier's.
        let begin = match run.trainer.spec().labels {
            Some(LabelSpec::AuxiliaryClassifier { classes, .. }) => 1 + classes,
            _ => 1,
        };
        let mut told = Vec::with_capacity(digits.len());
        for (group, labels) in self.test.pixels().chunks(GROUP * size).zip(labels.chunks(GROUP)) {
            let labels = labels.iter().map(|label| u16::from(*label)).collect();
            let batch = RealBatch { values: unit_values(group), labels, ..RealBatch::default() };
            let outputs = block_on(run.trainer.verdicts(&batch))?;
            let rows = outputs.chunks_exact(outputs.len() / (group.len() / size));
            told.extend(rows.map(|row| largest(&row[begin..][..categories])));
        }
        Ok(matching_error(&told, &digits, categories))
    }

    /// Scores `count` samples of a generator of colour images whose channels are digits:
    ///
    /// - `modes`: numbers of three digits, of 1,000, as which a sample is read;
    /// - `kl`: KL of those numbers from the uniform distribution, in nats (Srivastava et al. 2017,
    ///   section 4.2; Lin et al. 2018, section 4.1).
    pub(crate) fn stacked_scores(&mut self, run: &TrainedRun, count: usize) -> Result<Scores> {
        let spec = run.trainer.spec();
        let Shape::Image { height, width, .. } = self.classifier.input() else {
            unreachable!("the classifier reads images")
        };
        ensure!(
            spec.data.shape() == Shape::image(STACK, height, width),
            "the run's data are no stacked digits"
        );
        let inputs = Inputs::drawn(spec, Purpose::FreshLatents, 1, count);
        let values = run.drawn(&inputs)?;
        self.of_stacks(&values)
    }

    /// The same for any stacks of three digits, including real ones.
    pub(crate) fn of_stacks(&mut self, values: &[f32]) -> Result<Scores> {
        // Channels first: each is an image of one digit.
        let digits = classes(&judged_values(&mut self.classifier, values)?)?;
        let ten = self.classifier.classes();
        let mut counts = vec![0_usize; ten.pow(STACK as u32)];
        for stack in digits.chunks_exact(STACK) {
            counts[stack.iter().fold(0, |number, digit| number * ten + digit)] += 1;
        }
        let modes = counts.iter().filter(|count| **count > 0).count();
        Ok(vec![("modes", modes as f64), ("kl", kl_of_counts(&counts, &vec![1; counts.len()])?)])
    }
}

/// Scores of any images; `floor` is the distance of two sets of real ones, if it is known.
fn of_images(reals: &Judgement, images: &Judgement, floor: Option<f64>) -> Result<Scores> {
    let distance = frechet_distance(&features(reals)?, &features(images)?)?;
    Ok(vec![
        ("frechet_distance", distance),
        ("times_floor", distance / floor.unwrap_or(distance)),
        ("class_kl", kl_of_counts(&class_counts(images)?, &class_counts(reals)?)?),
        ("mean_confidence", mean_confidence(images)?),
    ])
}

/// Images that are read as the requested class, in percent.
fn accuracy(images: &Judgement, asked: &[u16]) -> Result<f64> {
    let read = classes(images)?;
    let hits = read.iter().zip(asked).filter(|(a, b)| **a == usize::from(**b));
    Ok(percent(hits.count(), asked.len()))
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

/// Share, in percent, of items whose digit is not the most frequent one of their code.
fn matching_error(codes: &[usize], digits: &[usize], categories: usize) -> f64 {
    let kinds = digits.iter().max().map_or(0, |largest| largest + 1);
    let mut counts = vec![vec![0_usize; kinds]; categories];
    for (code, digit) in codes.iter().zip(digits) {
        counts[*code][*digit] += 1;
    }
    let most: usize = counts.iter().map(|row| row.iter().copied().max().unwrap_or(0)).sum();
    percent(codes.len() - most, codes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_for_the_digit_it_has_most() {
        // Code 0 is digit 7 but for one item, code 1 is digit 2.
        let codes = [0, 0, 0, 0, 1, 1];
        assert_eq!(matching_error(&codes, &[7, 7, 7, 3, 2, 2], 2), percent(1, 6));
        // Codes without information are right as often as the most frequent digit.
        assert_eq!(matching_error(&[0, 1, 0, 1], &[1, 1, 2, 2], 2), 50.0);
    }

    #[test]
    fn bytes_become_numbers_from_minus_one_to_one() {
        assert_eq!(unit_values(&[0, 255]), [-1.0, 1.0]);
        assert_eq!(largest(&[0.0, 3.0, -1.0]), 1);
    }
}
