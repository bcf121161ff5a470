//! Computes a discriminator's verdicts on samples, and how often they are right.

use std::path::Path;

use anyhow::{Result, bail, ensure};
use gan_core::{Trainer, cpu};
use gan_eval::discrimination::discrimination;
use gan_protocol::RealBatch;
use gan_protocol::{LabelSpec, Objective, Shape};
use pollster::block_on;

use crate::progress::Bar;
use crate::runs::snapshot;
use crate::sample_file::{SampleFile, Set};
use crate::scores::Scores;

/// Packs of samples that are judged at a time.
const GROUP: usize = 250;

/// The discriminator of a checkpoint.
pub(crate) struct Discriminator(Trainer);

/// A number for each sample, or for each pack.
pub(crate) struct Verdicts(Vec<f32>);

impl Set for Verdicts {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn chosen(&self, places: &[usize]) -> Self {
        Self(places.iter().map(|place| self.0[*place]).collect())
    }
}

impl Discriminator {
    /// Reads a checkpoint's discriminator.
    ///
    /// # Errors
    /// If the file is not a checkpoint, or if its discriminator needs classes, which sample files
    /// do not have.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let snapshot = snapshot(path)?;
        let spec = &snapshot.header.spec;
        if let Some(LabelSpec::Conditional { .. }) = spec.labels {
            bail!("{}: its discriminator is told the class of each sample", path.display());
        }
        Ok(Self(Trainer::restore(&snapshot, spec, &cpu())?))
    }

    /// The verdict on each sample; with packing, on each whole pack.
    ///
    /// # Errors
    /// If the samples' shape is not that of its training, or if they are fewer than a pack.
    pub(crate) fn verdicts(&self, samples: &SampleFile) -> Result<Verdicts> {
        let spec = self.0.spec();
        let shape = match spec.data.shape() {
            Shape::Flat { size } => (1, 1, size),
            Shape::Image { channels, height, width } => (channels, height, width),
        };
        let found = (samples.channels, samples.height, samples.width);
        ensure!(
            found == shape,
            "the discriminator judges samples of {shape:?} (channels, rows, columns); these are \
             {found:?}"
        );
        let pack = spec.packing * samples.size();
        let whole = samples.values.len() / pack * pack;
        ensure!(whole > 0, "the discriminator judges {} samples at once", spec.packing);
        let mut verdicts = Vec::new();
        let bar = Bar::counted("judging", (whole / samples.size()) as u64, "samples");
        for group in samples.single()[..whole].chunks(GROUP * pack) {
            let batch = RealBatch { values: group.to_vec(), ..RealBatch::default() };
            let outputs = block_on(self.0.verdicts(&batch))?;
            // The verdict comes before the outputs of further tasks.
            let rows = outputs.chunks_exact(spec.discriminator_outputs());
            verdicts.extend(rows.map(|row| row[0]));
            bar.advance((group.len() / samples.size()) as u64);
        }
        Ok(Verdicts(verdicts))
    }

    /// The verdict above which a sample is taken for real.
    fn threshold(&self) -> f32 {
        match self.0.spec().objective {
            Objective::LeastSquares => 0.5,
            _ => 0.0,
        }
    }

    /// Shares of right verdicts:
    ///
    /// - `real_accuracy`: share of reals taken for real;
    /// - `fake_accuracy`: share of fakes taken for fake;
    /// - `discrimination_auc`: probability that a real's verdict is above a fake's; ½ is chance. A
    ///   critic's verdicts (linear, relativistic) have no threshold, so only this score is
    ///   meaningful for them.
    ///
    /// # Errors
    /// If there are no verdicts, or one is not finite.
    pub(crate) fn scores(&self, reals: &Verdicts, fakes: &Verdicts) -> Result<Scores> {
        let found = discrimination(&reals.0, &fakes.0, self.threshold())?;
        Ok(vec![
            ("real_accuracy", found.real_accuracy),
            ("fake_accuracy", found.generated_accuracy),
            ("discrimination_auc", found.area_under_curve),
        ])
    }
}
