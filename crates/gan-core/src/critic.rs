//! A discriminator that is only evaluated.

use burn::tensor::{Device, Transaction};
use gan_protocol::RunSpec;

use crate::batch::Batch;
use crate::checkpoint::Snapshot;
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
        Ok(Self { spec, net, device: device.clone() })
    }

    /// The run that the discriminator comes from.
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// The outputs for samples as they are (no augmentation, no noise, running statistics):
    /// `[count, outputs]`, flat; with packing, a row for each pack. `labels` are the samples'
    /// classes, where the run has any. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn verdicts(&self, samples: &[f32], labels: &[u16]) -> Result<Vec<f32>, CoreError> {
        verdicts(&self.net, &self.spec, samples, labels, &self.device).await
    }
}

/// As [`Critic::verdicts`], for any discriminator of `spec`.
pub(crate) async fn verdicts(
    net: &Net,
    spec: &RunSpec,
    samples: &[f32],
    labels: &[u16],
    device: &Device,
) -> Result<Vec<f32>, CoreError> {
    let mut net = net.clone();
    let label = spec.labels.map(|kind| one_hot(labels, kind.classes(), device));
    let condition = Condition { label, generator: None };
    let samples = Batch::from_values(samples.to_vec(), spec.data.shape(), device);
    let mut pass = Pass { mode: Mode::Sampling { noise: None }, condition: &condition };
    let outputs = net.forward(packed(samples, spec.packing), &mut pass).flat();
    let count: usize = outputs.dims().iter().product();
    let outputs = Transaction::default().register(outputs.reshape([count]).burn());
    let mut data = outputs.execute_async().await?;
    floats(data.pop().expect("one output was registered"))
}
