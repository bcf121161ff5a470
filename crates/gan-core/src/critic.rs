//! A discriminator that is only evaluated.

use burn::tensor::{Device, Transaction};
use gan_protocol::RunSpec;

use crate::batch::Batch;
use crate::checkpoint::Snapshot;
use crate::encoder::{self, means};
use crate::error::CoreError;
use crate::inputs::one_hot;
use crate::named_tensor::{fill, floats, net_slots};
use crate::net::{Condition, Mode, Net, Pass};
use crate::packing::packed;

/// A discriminator with its parameters.
#[derive(Clone, Debug)]
pub struct Critic {
    spec: RunSpec,
    net: Net,
    /// The encoder, where the discriminator judges pairs.
    encoder: Option<Net>,
    device: Device,
}

impl Critic {
    /// The discriminator of a run.
    ///
    /// # Errors
    /// If tensors are missing or misshapen.
    pub fn of_snapshot(snapshot: &Snapshot, device: &Device) -> Result<Self, CoreError> {
        let spec = snapshot.header.spec.clone();
        let mut net = Net::empty(&spec.discriminator, spec.discriminator_input(), device)?;
        let mut slots = Vec::new();
        net_slots("discriminator", &mut net, &mut slots);
        fill(slots, snapshot.tensors(), device).map_err(CoreError::Checkpoint)?;
        if let Some(level) = spec.level_after(snapshot.header.step) {
            net.level = level;
        }
        let encoder = match spec.judges_pairs() {
            true => encoder::net_of(snapshot, encoder::PREFIX, device)?,
            false => None,
        };
        Ok(Self { spec, net, encoder, device: device.clone() })
    }

    /// The run that the discriminator comes from.
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// The outputs for samples as they are (no augmentation, no noise, running statistics):
    /// `[count, outputs]`, flat; with packing, a row for each pack. `labels` are the samples'
    /// classes, where the run has any; `pictures` those that the generator was given, where the
    /// discriminator sees them. Of a map of verdicts, the mean. A discriminator of pairs sees each sample
    /// with the latent that the run's encoder finds for it. Waits for the device.
    ///
    /// # Errors
    /// When the device fails, or the pictures are missing.
    pub async fn verdicts(
        &self,
        samples: &[f32],
        labels: &[u16],
        pictures: &[f32],
    ) -> Result<Vec<f32>, CoreError> {
        let (spec, encoder) = (&self.spec, self.encoder.as_ref());
        let judge = Judge { net: &self.net, encoder, spec, device: &self.device };
        verdicts(judge, samples, labels, pictures).await
    }
}

/// The pictures that the discriminator sees beside the samples, if it sees any.
fn pictures_of(
    spec: &RunSpec,
    pictures: &[f32],
    device: &Device,
) -> Result<Option<Batch>, CoreError> {
    match spec.shown_picture() {
        None => Ok(None),
        Some(_) if pictures.is_empty() => Err(CoreError::NoPictures),
        Some(shape) => Ok(Some(Batch::from_values(pictures.to_vec(), shape, device))),
    }
}

/// Any discriminator of a run.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) net: &'a Net,
    /// The encoder, where the discriminator judges pairs.
    pub(crate) encoder: Option<&'a Net>,
    pub(crate) spec: &'a RunSpec,
    pub(crate) device: &'a Device,
}

/// As [`Critic::verdicts`], for any discriminator.
pub(crate) async fn verdicts(
    judge: Judge<'_>,
    samples: &[f32],
    labels: &[u16],
    pictures: &[f32],
) -> Result<Vec<f32>, CoreError> {
    let Judge { encoder, spec, device, .. } = judge;
    let mut net = judge.net.clone();
    let label = spec.labels.map(|kind| one_hot(labels, kind.classes(), device));
    let samples = Batch::from_values(samples.to_vec(), spec.data.shape(), device);
    let latent = encoder.map(|encoder| means(&mut encoder.clone(), spec, samples.clone()));
    let condition = Condition { label, latent, ..Condition::default() };
    let mut pass = Pass::new(Mode::Sampling { noise: None }, &condition);
    let samples = packed(samples, spec.packing);
    let samples = match pictures_of(spec, pictures, device)? {
        None => samples,
        Some(pictures) => samples.beside(pictures),
    };
    // Of a map of verdicts, the mean of each sample's.
    let outputs = match net.forward(samples, &mut pass) {
        Batch::Image(map) => Batch::Image(map).flat().mean_dim(1),
        Batch::Flat(outputs) => outputs,
    };
    let count: usize = outputs.dims().iter().product();
    let outputs = Transaction::default().register(outputs.reshape([count]).burn());
    let mut data = outputs.execute_async().await?;
    floats(data.pop().expect("one output was registered"))
}
