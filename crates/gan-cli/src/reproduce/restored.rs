//! Scores a generator that restores pictures of digits: by pixels, and by the program's classifier.

use anyhow::{Context as _, Result, bail, ensure};
use gan_core::{Classifier, Device, Inputs, Judgement};
use gan_data::{ImageSet, add_pictures};
use gan_eval::frechet::frechet_distance;
use gan_protocol::RealBatch;
use gan_random::Purpose;

use crate::data::{DataArguments, mnist_part};
use crate::digits::{digit_classifier, features, judged_values};
use crate::restore;
use crate::runs::TrainedRun;
use crate::sample_file::unit_values;
use crate::scores::Scores;

/// Which noise, holes and latents.
const SEED: u64 = 1;

/// MNIST's test images, and the classifier's features of them.
pub(crate) struct RestorationJudge {
    test: ImageSet,
    classifier: Classifier,
    truth: Judgement,
}

impl RestorationJudge {
    /// Reads `samples` test images and classifies them.
    pub(crate) fn new(data: &DataArguments, device: &Device, samples: usize) -> Result<Self> {
        let test = mnist_part(&data.data, "t10k")?.limited(samples)?;
        let mut classifier = digit_classifier(device)?;
        let truth = judged_values(&mut classifier, &unit_values(test.pixels()))?;
        Ok(Self { test, classifier, truth })
    }

    /// Scores what the run's generator makes of the pictures of the test images:
    ///
    /// - `psnr_db` and `ssim`, as `gan restore` computes them;
    /// - `accuracy_percent`: images that the classifier reads as their class;
    /// - `frechet_distance` of the classifier's features to those of the test images themselves: how
    ///   much the restored look like digits, whichever they are.
    pub(crate) fn scores(&mut self, run: &TrainedRun) -> Result<Scores> {
        let spec = run.trainer.spec();
        ensure!(spec.data.shape() == self.classifier.input(), "the run's data are no digits");
        let Some(condition) = spec.condition else {
            bail!("the run's generator is given no pictures")
        };
        let mut reals = self.reals();
        add_pictures(&mut reals, condition.picture, spec.data.shape(), [SEED, 0]);
        let count = self.test.image_count();
        let inputs = Inputs::drawn(spec, Purpose::FreshLatents, SEED, count).given(&reals);
        self.scored(&run.drawn(&inputs)?)
    }

    /// The scores of the test images themselves. Their PSNR is infinite, and is left out.
    pub(crate) fn floor(&mut self) -> Result<Scores> {
        let values = self.reals().values;
        let scores = self.scored(&values)?;
        Ok(scores.into_iter().filter(|(_, value)| value.is_finite()).collect())
    }

    fn reals(&self) -> RealBatch {
        let labels = self.test.labels().unwrap_or_default();
        RealBatch {
            values: unit_values(self.test.pixels()),
            labels: labels.iter().map(|label| u16::from(*label)).collect(),
            ..RealBatch::default()
        }
    }

    fn scored(&mut self, made: &[f32]) -> Result<Scores> {
        let (reals, shape) = (self.reals(), self.classifier.input());
        let row = restore::scored("generator", made, &reals, shape, &mut self.classifier)?;
        let made = judged_values(&mut self.classifier, &restore::clipped(made))?;
        let distance = frechet_distance(&features(&self.truth)?, &features(&made)?)?;
        Ok(vec![
            ("psnr_db", row.psnr),
            ("ssim", row.ssim.context("digits are larger than a window")?),
            ("accuracy_percent", 100.0 * row.accuracy.context("MNIST's images have labels")?),
            ("frechet_distance", distance),
        ])
    }
}
