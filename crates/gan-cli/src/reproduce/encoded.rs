//! Scores a run with an encoder of digits: by its latents, by what is made of these, and by its samples.

use anyhow::{Result, ensure};
use gan_core::{Device, Encoder};
use gan_data::ImageSet;
use gan_eval::Samples;
use gan_eval::restoration::psnr;
use pollster::block_on;

use super::digits::DigitJudge;
use crate::data::{DataArguments, mnist_part};
use crate::encode::neighbour_accuracy;
use crate::restore::{RANGE, clipped};
use crate::runs::TrainedRun;
use crate::sample_file::unit_values;
use crate::scores::Scores;

/// MNIST's images, and the judge of samples.
pub(crate) struct EncodingJudge {
    train: ImageSet,
    test: ImageSet,
    digits: DigitJudge,
}

impl EncodingJudge {
    /// Reads MNIST. `samples` as for [`DigitJudge::new`].
    pub(crate) fn new(data: &DataArguments, device: &Device, samples: usize) -> Result<Self> {
        Ok(Self {
            train: mnist_part(&data.data, "train")?,
            test: mnist_part(&data.data, "t10k")?,
            digits: DigitJudge::new(data, device, samples)?,
        })
    }

    /// Scores the run:
    ///
    /// - `neighbour_accuracy_percent`: test images whose nearest training image by latents is of their
    ///   class (Donahue et al. 2016, table 1);
    /// - `neighbour_accuracy_by_features_percent`: the same by the numbers before the encoder's last layer;
    /// - `psnr_db` of what is made of the test images' latents, to these images;
    /// - `frechet_distance` of `count` samples, as for digits.
    pub(crate) fn scores(&mut self, run: &TrainedRun, count: usize) -> Result<Scores> {
        ensure!(run.trainer.spec().encoder.is_some(), "the run has no encoder");
        let size = run.trainer.spec().latent.size;
        let [known, asked] = [&self.train, &self.test].map(|set| unit_values(set.pixels()));
        let latents = |values: &[f32]| block_on(run.trainer.latents(values));
        let found = [latents(&known)?, latents(&asked)?].map(Option::unwrap_or_default);
        let sets = [&self.train, &self.test];
        let accuracy = neighbour_accuracy(sets, [&found[0], &found[1]], size)?;
        let snapshot = block_on(run.trainer.snapshot())?;
        let encoder = Encoder::of_snapshot(&snapshot, run.trainer.device())?;
        let features = [&known, &asked].map(|values| block_on(encoder.features(values)));
        let [known_features, asked_features] = features;
        let (known_features, asked_features) = (known_features?, asked_features?);
        let width = asked_features.len() / self.test.image_count();
        let by_features = neighbour_accuracy(sets, [&known_features, &asked_features], width)?;
        let made = block_on(run.trainer.reconstructions(&asked))?.unwrap_or_default();
        let pixels = asked.len() / self.test.image_count();
        let made = clipped(&made);
        let (made, asked) = (Samples::new(&made, pixels)?, Samples::new(&asked, pixels)?);
        let mut scores = vec![
            ("neighbour_accuracy_percent", 100.0 * accuracy),
            ("neighbour_accuracy_by_features_percent", 100.0 * by_features),
            ("psnr_db", psnr(&made, &asked, RANGE)?),
        ];
        let of_samples = self.digits.scores(run, count)?;
        scores.extend(of_samples.into_iter().filter(|(name, _)| *name == "frechet_distance"));
        Ok(scores)
    }

    /// The scores of real data: the accuracy by the images' own pixels, and other real images' distance.
    pub(crate) fn floor(&self) -> Result<Scores> {
        let [known, asked] = [&self.train, &self.test].map(|set| unit_values(set.pixels()));
        let size = asked.len() / self.test.image_count();
        let sets = [&self.train, &self.test];
        let accuracy = neighbour_accuracy(sets, [&known, &asked], size)?;
        let mut scores = vec![("neighbour_accuracy_percent", 100.0 * accuracy)];
        scores.extend(self.digits.floor());
        Ok(scores)
    }
}
