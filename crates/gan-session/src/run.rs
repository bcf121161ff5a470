//! Holds the session's current run: nets, data, goal and timing. Makes its steps, snapshots and
//! sheets.

use gan_core::{CoreError, Dissection, Inputs, PendingMetrics, Snapshot, Trainer};
use gan_data::visible;
use gan_plot::Square;
use gan_protocol::{
    DataOrigin, FrameKind, NetName, Phase, PointsSpec, RealBatch, SampleSet, Shape,
};
use gan_random::Purpose;

use crate::course::Course;
use crate::data::LoadedData;
use crate::drawing::{bytes_of, picture, set_of};
use crate::health::Health;
use crate::pace::{Chore, Pace};

/// Samples on a sheet.
const SHEET_SAMPLES: usize = 64;
/// Pictures on a sheet of a generator that is given some, each with what is made of it and the truth.
const SHEET_TRIPLES: usize = 12;
/// Reals on a sheet of a run with an encoder, each with what is made of its latent.
const SHEET_PAIRS: usize = 32;
/// Points in a picture, of reals and of fakes.
const SHEET_POINTS: usize = 512;
/// Points on a plane, of reals and of fakes.
pub(crate) const PLANE_POINTS: usize = 1_000;
/// One sheet in this many shows fresh samples; the others show the fixed latents.
const FRESH_SHEET_EVERY: u64 = 4;

/// From this step on, gradients are larger than their rounding.
const PROBE_FROM_STEP: u64 = 5;

/// The goal of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    Rest,
    Train,
    /// Train this many steps more, then settle the request.
    Steps {
        left: u32,
        request: u32,
    },
}

pub(crate) struct Run {
    pub(crate) trainer: Trainer,
    pub(crate) data: Option<LoadedData>,
    pub(crate) goal: Goal,
    pub(crate) pace: Pace,
    pub(crate) sheet: Chore,
    pub(crate) plane: Chore,
    pub(crate) autosave: Chore,
    pub(crate) report: Chore,
    pub(crate) health: Health,
    /// The last checkpoint with finite numbers: the run returns to it after a divergence.
    pub(crate) last_good: Option<Snapshot>,
    /// Frames and planes that the page has not drawn yet.
    pub(crate) in_flight: u32,
    sheets: u64,
    /// The seed of the next fresh sheet.
    fresh_seed: u64,
    /// Real points behind the generated ones in a picture.
    pub(crate) backdrop: Vec<f32>,
    /// Their classes.
    pub(crate) backdrop_labels: Vec<u16>,
    /// Times the costlier parts of a plane.
    pub(crate) layers: Chore,
    /// The course of classifiers that is under way, if there is one.
    pub(crate) course: Option<Course>,
}

impl Run {
    pub(crate) fn new(trainer: Trainer, now_ms: f64) -> Self {
        Self {
            trainer,
            data: None,
            goal: Goal::Rest,
            pace: Pace::new(),
            sheet: Chore::sheet(now_ms),
            plane: Chore::plane(),
            autosave: Chore::autosave(now_ms),
            report: Chore::report(now_ms),
            health: Health::default(),
            last_good: None,
            in_flight: 0,
            sheets: 0,
            fresh_seed: 0,
            backdrop: Vec::new(),
            backdrop_labels: Vec::new(),
            layers: Chore::layers(),
            course: None,
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        match (&self.data, self.goal) {
            (None, _) => Phase::Loading,
            (Some(_), Goal::Train | Goal::Steps { .. }) => Phase::Running,
            (Some(_), Goal::Rest) if self.trainer.generator_steps() == 0 => Phase::Ready,
            (Some(_), Goal::Rest) => Phase::Paused,
        }
    }

    /// A checkpoint of the run. Waits for the device.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, CoreError> {
        let mut snapshot = self.trainer.snapshot().await?;
        snapshot.header.data = match &self.data {
            Some(data) => Some(data.origin.clone()),
            // The data are still loading, so the run has not learned since the last checkpoint.
            None => self.last_good.as_ref().and_then(|before| before.header.data.clone()),
        };
        Ok(snapshot)
    }

    /// The data behind the run's checkpoint and the data that the run learns from now, if they
    /// differ.
    pub(crate) fn other_data(&self) -> Option<(DataOrigin, DataOrigin)> {
        let before = self.last_good.as_ref()?.header.data.as_ref()?;
        let now = &self.data.as_ref()?.origin;
        (!before.is_same(now)).then(|| (before.clone(), now.clone()))
    }

    /// One step, queued on the device; `None` without data.
    pub(crate) fn step(&mut self) -> Option<PendingMetrics> {
        let data = self.data.as_mut()?;
        Some(step(&mut self.trainer, data))
    }

    /// Checkpoints before and after one step, made on a copy; `None` without data. Another device
    /// repeats the step and compares.
    ///
    /// The copy is first trained up to step [`PROBE_FROM_STEP`]. At the very start the
    /// discriminator's outputs are nearly equal for all samples; after batch normalisation, such a
    /// gradient is mostly rounding, in which no two devices agree.
    ///
    /// Also gives the mean time of a step in milliseconds, by `clock`.
    pub(crate) async fn probe(
        &mut self,
        clock: &dyn Fn() -> f64,
    ) -> Result<Option<(Snapshot, Snapshot, f64)>, CoreError> {
        let Some(data) = self.data.as_mut() else { return Ok(None) };
        let mut copy = self.trainer.clone();
        let (begin_ms, begin) = (clock(), copy.generator_steps());
        while copy.generator_steps() < PROBE_FROM_STEP {
            step(&mut copy, data);
        }
        let before = copy.snapshot().await?;
        step(&mut copy, data);
        // The device has made all steps when it has given the numbers.
        let after = copy.snapshot().await?;
        let steps = (copy.generator_steps() - begin) as f64;
        Ok(Some((before, after, (clock() - begin_ms) / steps)))
    }

    /// The next step, taken apart on a copy; `None` without data.
    pub(crate) async fn dissect(&mut self) -> Result<Option<Dissection>, CoreError> {
        let Some(data) = self.data.as_mut() else { return Ok(None) };
        let batches = data.batches(&self.trainer);
        self.trainer.dissect(batches).await.map(Some)
    }

    /// One step of one net; does nothing without data.
    pub(crate) fn step_alone(&mut self, net: NetName) {
        let Some(data) = self.data.as_mut() else { return };
        let batches = data.batches(&self.trainer);
        match net {
            NetName::Generator => self.trainer.step_generator(batches),
            NetName::Discriminator => self.trainer.step_discriminator(batches),
        }
    }

    /// The step that follows `before`, made on a copy; `None` without data.
    pub(crate) async fn repeat(
        &mut self,
        before: &Snapshot,
    ) -> Result<Option<Snapshot>, CoreError> {
        let Some(data) = self.data.as_mut() else { return Ok(None) };
        let device = self.trainer.device().clone();
        let copy = Trainer::restore(before, &before.header.spec, &device)?;
        let mut copy = copy.with_classifier(self.trainer.classifier().cloned());
        step(&mut copy, data);
        Ok(Some(copy.snapshot().await?))
    }

    /// A sheet from the latents of `purpose` and `seed`: [`SHEET_SAMPLES`] images, or a picture of
    /// [`SHEET_POINTS`] points; of a run with an encoder, fresh sheets are of reals and what is made of
    /// their latents. `seed` also seeds the noise of the nets' noise layers.
    pub(crate) async fn draw_sheet(
        &mut self,
        purpose: Purpose,
        seed: u64,
    ) -> Result<(SampleSet, Vec<u8>), CoreError> {
        if self.trainer.spec().picture().is_some() {
            return self.draw_triples(purpose, seed).await;
        }
        if self.trainer.spec().data.shape() != Shape::flat(2) {
            if purpose != Purpose::FixedLatents
                && let Some(pairs) = self.draw_reconstructions(purpose, seed).await?
            {
                return Ok(pairs);
            }
            let inputs = Inputs::drawn(self.trainer.spec(), purpose, seed, SHEET_SAMPLES);
            return self.draw(&inputs, seed).await;
        }
        let inputs = Inputs::drawn(self.trainer.spec(), purpose, seed, SHEET_POINTS);
        let fakes = self.trainer.samples(&inputs, seed).await?;
        self.fill_backdrop();
        let shown = self.backdrop.len().min(2 * SHEET_POINTS);
        Ok(picture(self.view(), &self.backdrop[..shown], &fakes))
    }

    /// A sheet of [`SHEET_PAIRS`] reals, each with what the generator makes of the latent that the encoder
    /// finds for it. `None` without an encoder or before the data are loaded.
    async fn draw_reconstructions(
        &mut self,
        purpose: Purpose,
        seed: u64,
    ) -> Result<Option<(SampleSet, Vec<u8>)>, CoreError> {
        if self.trainer.spec().encoder.is_none() {
            return Ok(None);
        }
        let Some(batch) = self.pictured(purpose, seed, SHEET_PAIRS) else { return Ok(None) };
        let made = self.trainer.reconstructions(&batch.values).await?;
        let made = made.expect("the run has an encoder");
        let size = made.len() / SHEET_PAIRS;
        let pairs = batch.values.chunks_exact(size).zip(made.chunks_exact(size));
        let values: Vec<f32> = pairs.flat_map(|(real, made)| [real, made].concat()).collect();
        let set = set_of(&self.trainer.spec().data, 2 * SHEET_PAIRS);
        let set = SampleSet { parts: 2, ..set };
        Ok(Some((set, bytes_of(&values, set))))
    }

    /// A sheet of [`SHEET_TRIPLES`] pictures, each with what the generator makes of it and the sample
    /// behind it; empty before the data are loaded. In a translation what is made goes back to where it
    /// came from, as the third; the fixed sheet begins with the second set, a fresh one with the data.
    async fn draw_triples(
        &mut self,
        purpose: Purpose,
        seed: u64,
    ) -> Result<(SampleSet, Vec<u8>), CoreError> {
        let spec = self.trainer.spec().clone();
        let Some(batch) = self.pictured(purpose, seed, SHEET_TRIPLES) else {
            let set = SampleSet { parts: 3, ..set_of(&spec.data, 0) };
            return Ok((set, Vec::new()));
        };
        let inputs = Inputs::drawn(&spec, purpose, seed, SHEET_TRIPLES).given(&batch);
        let picture = spec.picture().expect("the run has a condition");
        let mut given = visible(&inputs.pictures, picture, spec.data.shape());
        let mut made = self.trainer.samples(&inputs, seed).await?;
        let mut third = batch.values;
        if purpose == Purpose::FixedLatents {
            third = self.trainer.translated_back(made.clone()).await?.unwrap_or(third);
        } else if let Some(back) = self.trainer.translated_back(third.clone()).await? {
            (given, made) = (third, back.clone());
            third = self.trainer.samples(&Inputs { pictures: back, ..inputs }, seed).await?;
        }
        let size = made.len() / SHEET_TRIPLES;
        let mut values = Vec::with_capacity(3 * made.len());
        for place in 0..SHEET_TRIPLES {
            for part in [&given, &made, &third] {
                values.extend_from_slice(&part[place * size..][..size]);
            }
        }
        let set = SampleSet { parts: 3, ..set_of(&spec.data, 3 * SHEET_TRIPLES) };
        Ok((set, bytes_of(&values, set)))
    }

    /// Real samples with their pictures: the first of the run for a fixed sheet, else those of the
    /// order that `seed` gives. `None` without data.
    pub(crate) fn pictured(
        &mut self,
        purpose: Purpose,
        seed: u64,
        count: usize,
    ) -> Option<RealBatch> {
        let spec = self.trainer.spec();
        let seed = if purpose == Purpose::FixedLatents { spec.seed } else { seed };
        Some(self.data.as_mut()?.batch(spec.condition, [seed, 0], count))
    }

    /// Inputs for `count` samples, with pictures where the generator is given some.
    ///
    /// # Errors
    /// If the generator is given pictures and the data are not loaded.
    pub(crate) fn inputs(
        &mut self,
        purpose: Purpose,
        seed: u64,
        count: usize,
    ) -> Result<Inputs, CoreError> {
        let inputs = Inputs::drawn(self.trainer.spec(), purpose, seed, count);
        if self.trainer.spec().picture().is_none() {
            return Ok(inputs);
        }
        let batch = self.pictured(purpose, seed, count).ok_or(CoreError::NoPictures)?;
        Ok(inputs.given(&batch))
    }

    /// The part of the plane that is shown: the frame in which points were drawn, else a square
    /// around the real points.
    pub(crate) fn view(&self) -> Square {
        match self.trainer.spec().data.points {
            Some(PointsSpec::Drawn { frame: Some(frame), .. }) => Square::between(frame),
            _ => Square::around(&self.backdrop),
        }
    }

    /// Draws the real points that pictures and planes show behind generated ones, once the data are
    /// loaded.
    pub(crate) fn fill_backdrop(&mut self) {
        if let (Some(data), true) = (&mut self.data, self.backdrop.is_empty()) {
            let seed = self.trainer.spec().seed;
            let RealBatch { values, labels, .. } = data.samples.batch(seed, 0, PLANE_POINTS);
            (self.backdrop, self.backdrop_labels) = (values, labels);
        }
    }

    /// The samples from `inputs`, as bytes and their layout. `noise` seeds the noise layers.
    pub(crate) async fn draw(
        &self,
        inputs: &Inputs,
        noise: u64,
    ) -> Result<(SampleSet, Vec<u8>), CoreError> {
        let values = self.trainer.samples(inputs, noise).await?;
        let count = inputs.count(self.trainer.spec());
        let set = set_of(&self.trainer.spec().data, count);
        Ok((set, bytes_of(&values, set)))
    }

    /// The kind of the next sheet, and the purpose and seed of its latents.
    pub(crate) fn next_sheet(&mut self) -> (FrameKind, Purpose, u64) {
        self.sheets += 1;
        if self.sheets.is_multiple_of(FRESH_SHEET_EVERY) {
            self.fresh_sheet()
        } else {
            (FrameKind::Fixed, Purpose::FixedLatents, 0)
        }
    }

    /// The next sheet of fresh samples, with a new seed.
    pub(crate) fn fresh_sheet(&mut self) -> (FrameKind, Purpose, u64) {
        self.fresh_seed += 1;
        (FrameKind::Fresh, Purpose::FreshLatents, self.fresh_seed)
    }
}

fn step(trainer: &mut Trainer, data: &mut LoadedData) -> PendingMetrics {
    let batches = data.batches(trainer);
    trainer.step(batches)
}
