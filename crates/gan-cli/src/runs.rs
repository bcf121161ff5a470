//! Trains a run step by step, and reads and writes its checkpoints.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use gan_core::{Device, Inputs, PendingMetrics, Snapshot, Trainer};
use gan_protocol::{DataOrigin, GENERATOR_FORMAT, HEADER_KEY, Metrics, Report, RunSpec};
use gan_session::{Health, LoadedData};
use pollster::block_on;
use safetensors::SafeTensors;
use serde_json::Value;

use crate::data::DataArguments;
use crate::digits::digit_classifier;
use crate::files::read;
use crate::progress::{Bar, waited};

/// Steps whose scores are read together.
const READ_EVERY: usize = 16;

/// A run with its data.
pub(crate) struct TrainedRun {
    pub(crate) trainer: Trainer,
    pub(crate) data: LoadedData,
}

impl TrainedRun {
    /// A run at its start, or continued from the checkpoint `resume`.
    pub(crate) fn new(
        spec: &RunSpec,
        data: &DataArguments,
        resume: Option<&Path>,
        device: &Device,
    ) -> Result<Self> {
        let Some(path) = resume else {
            if let Some(initial) = &spec.initial {
                bail!(
                    "the run begins with nets of the checkpoint {}: `gan train --initial` names it",
                    initial.checkpoint
                );
            }
            let trainer = classifying(Trainer::new(spec, device)?)?;
            return Ok(Self { trainer, data: data.load(spec)? });
        };
        let snapshot = snapshot(path)?;
        let trainer = Trainer::restore(&snapshot, spec, device)
            .with_context(|| format!("cannot go on from {}", path.display()))?;
        let trainer = classifying(trainer)?;
        let data = waited("reading the data", || data.load(spec))?;
        if let Some(before) = snapshot.header.data.filter(|before| !before.is_same(&data.origin)) {
            let (before, now) = (named(&before), named(&data.origin));
            eprintln!(
                "{} was trained on other data ({before}); it goes on with {now}",
                path.display()
            );
        }
        Ok(Self { trainer, data })
    }

    /// A run at its start, with nets of `snapshot` ([`Trainer::begun_from`]).
    pub(crate) fn begun_from(
        spec: &RunSpec,
        data: &DataArguments,
        snapshot: &Snapshot,
        device: &Device,
    ) -> Result<Self> {
        let trainer = Trainer::begun_from(snapshot, spec, device);
        let trainer = trainer.context("the run cannot begin with these nets")?;
        Ok(Self { trainer: classifying(trainer)?, data: data.load(spec)? })
    }

    /// Makes at most `count` steps, and at most [`READ_EVERY`], whose measurements are read
    /// together.
    ///
    /// # Errors
    /// If the device fails, or the run diverged.
    pub(crate) fn steps(&mut self, count: u64) -> Result<Vec<Metrics>> {
        let count = count.min(READ_EVERY as u64);
        let mut pending = Vec::new();
        for _ in 0..count {
            pending.push(self.step());
        }
        let points = block_on(PendingMetrics::read(pending))?;
        if let Some(point) = points.iter().find(|point| !point.is_finite()) {
            bail!("the run diverged at step {}: {point:?}", point.step);
        }
        Ok(points)
    }

    fn step(&mut self) -> PendingMetrics {
        let batches = self.data.batches(&self.trainer);
        self.trainer.step(batches)
    }

    /// Trains to step `end`, and returns the page's report there; `None` if there is none.
    ///
    /// # Errors
    /// As [`Self::steps`].
    pub(crate) fn watched(&mut self, health: &mut Health, end: u64) -> Result<Option<Report>> {
        while self.trainer.generator_steps() < end {
            health.note(&self.steps(end - self.trainer.generator_steps())?);
        }
        let report = block_on(health.report(&self.trainer, &mut self.data))?;
        Ok(report.map(|(_, report)| report))
    }

    /// Samples of the run's generator for `inputs`, with noise of number 1.
    ///
    /// # Errors
    /// If the device fails.
    pub(crate) fn drawn(&self, inputs: &Inputs) -> Result<Vec<f32>> {
        let bar = Bar::counted("drawing", inputs.count(self.trainer.spec()) as u64, "samples");
        let mut watcher = |count: usize| bar.advance(count as u64);
        Ok(block_on(self.trainer.samples_watched(inputs, 1, &mut watcher))?)
    }

    /// Writes a checkpoint.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let mut snapshot = block_on(self.trainer.snapshot())?;
        snapshot.header.data = Some(self.data.origin.clone());
        crate::files::write(path, &snapshot.to_bytes())
    }
}

/// The run with the program's classifier, if it needs that.
fn classifying(trainer: Trainer) -> Result<Trainer> {
    if !trainer.spec().needs_classifier() {
        return Ok(trainer);
    }
    let classifier = digit_classifier(trainer.device())?;
    Ok(trainer.with_classifier(Some(classifier)))
}

/// Data in words: the files or the source, and the number of samples.
fn named(data: &DataOrigin) -> String {
    let source = serde_json::to_value(data.source).unwrap_or_default();
    let name = match data.files.as_slice() {
        [] => source.as_str().unwrap_or_default().to_owned(),
        files => files.join(", "),
    };
    match data.samples {
        Some(count) => format!("{name}, {count} samples"),
        None => name,
    }
}

/// Reads a checkpoint.
pub(crate) fn snapshot(path: &Path) -> Result<Snapshot> {
    let bytes = read(path)?;
    ensure!(
        format(&bytes).as_deref() != Some(GENERATOR_FORMAT),
        "{} holds a generator alone, as `gan export` writes it; the run's checkpoint is needed",
        path.display()
    );
    Snapshot::from_bytes(&bytes).with_context(|| path.display().to_string())
}

/// The format in a safetensors file of this project; `None` for others.
pub(crate) fn format(bytes: &[u8]) -> Option<String> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).ok()?;
    let header = metadata.metadata().as_ref()?.get(HEADER_KEY)?;
    let header: Value = serde_json::from_str(header).ok()?;
    header["format"].as_str().map(str::to_owned)
}
