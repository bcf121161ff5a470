//! An encoder that is only evaluated: the latents of samples.

use burn::tensor::{Device, Transaction};
use gan_protocol::{LatentDistribution, RunSpec};

use crate::batch::Batch;
use crate::checkpoint::Snapshot;
use crate::error::CoreError;
use crate::named_tensor::{fill, floats, net_slots};
use crate::net::{Condition, Mode, Net, Pass};
use crate::ops::tensor::Tensor;

/// Samples in one pass, which bounds the memory of activations.
const GROUP: usize = 256;
/// The names of its tensors in checkpoints begin with this.
pub(crate) const PREFIX: &str = "encoder";
/// The names of its average's tensors begin with this.
pub(crate) const AVERAGE_PREFIX: &str = "encoder_average";

/// The encoder of a run with its parameters.
#[derive(Clone, Debug)]
pub struct Encoder {
    spec: RunSpec,
    net: Net,
    device: Device,
}

impl Encoder {
    /// The encoder of a run, its average if there is one.
    ///
    /// # Errors
    /// If the run has no encoder; if tensors are missing or misshapen.
    pub fn of_snapshot(snapshot: &Snapshot, device: &Device) -> Result<Self, CoreError> {
        let spec = snapshot.header.spec.clone();
        let prefix = if spec.ema.is_some() { AVERAGE_PREFIX } else { PREFIX };
        let net = net_of(snapshot, prefix, device)?;
        let net = net.ok_or_else(|| CoreError::Checkpoint("the run has no encoder".to_owned()))?;
        Ok(Self { spec, net, device: device.clone() })
    }

    /// The run that the encoder comes from.
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// The latents of `samples`, which lie sample after sample, channels first: `[count, size]`, flat.
    /// Of a Gaussian encoder, the means. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn latents(&self, samples: &[f32]) -> Result<Vec<f32>, CoreError> {
        latents(&self.net, &self.spec, samples, &self.device).await
    }

    /// The numbers from which its last layer makes the latents, laid out as these; of an encoder of one layer,
    /// the samples. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn features(&self, samples: &[f32]) -> Result<Vec<f32>, CoreError> {
        let Some(before_last) = self.net.layers.len().checked_sub(2) else {
            return Ok(samples.to_vec());
        };
        let mut net = self.net.clone();
        rows_of(&self.spec, samples, &self.device, |samples| {
            let condition = Condition::default();
            let mut pass = Pass::new(Mode::Sampling { noise: None }, &condition);
            net.features(before_last, samples, &mut pass).flat()
        })
        .await
    }
}

/// The encoder of `snapshot` whose tensors have the prefix; `None` if the run has none.
pub(crate) fn net_of(
    snapshot: &Snapshot,
    prefix: &str,
    device: &Device,
) -> Result<Option<Net>, CoreError> {
    let spec = &snapshot.header.spec;
    let Some(encoder) = &spec.encoder else { return Ok(None) };
    let mut net = Net::empty(&encoder.net, spec.data.shape(), device)?;
    let mut slots = Vec::new();
    net_slots(prefix, &mut net, &mut slots);
    fill(slots, snapshot.tensors(), device).map_err(CoreError::Checkpoint)?;
    Ok(Some(net))
}

/// The latents that `net` finds for samples, with running statistics: `[batch, size]`; of a Gaussian
/// encoder, the means. Latents of a bounded distribution are within its bounds.
pub(crate) fn means(net: &mut Net, spec: &RunSpec, samples: Batch) -> Tensor<2> {
    let condition = Condition::default();
    let mut pass = Pass::new(Mode::Sampling { noise: None }, &condition);
    let found = net.forward(samples, &mut pass).flat();
    // Means come first; an encoder that ends in as many numbers as the latent ends in them alone.
    let found = found.narrow(1, 0, spec.latent.size);
    match spec.latent.distribution {
        LatentDistribution::Normal => found,
        LatentDistribution::Uniform => found.clamp(-1.0, 1.0),
    }
}

/// As [`Encoder::latents`], for any encoder of `spec`.
pub(crate) async fn latents(
    net: &Net,
    spec: &RunSpec,
    samples: &[f32],
    device: &Device,
) -> Result<Vec<f32>, CoreError> {
    let mut net = net.clone();
    rows_of(spec, samples, device, |samples| means(&mut net, spec, samples)).await
}

/// The rows of `of` for samples of a run by `spec`, one after another: it is given a group of them.
async fn rows_of(
    spec: &RunSpec,
    samples: &[f32],
    device: &Device,
    mut of: impl FnMut(Batch) -> Tensor<2>,
) -> Result<Vec<f32>, CoreError> {
    let shape = spec.data.shape();
    let size = shape.size().expect("a validated spec's sizes are small");
    let mut transaction = Transaction::default();
    for group in samples.chunks(GROUP * size) {
        let found = of(Batch::from_values(group.to_vec(), shape, device));
        let count = found.dims().iter().product();
        transaction = transaction.register(found.reshape([count]).burn());
    }
    let mut values = Vec::new();
    for data in transaction.execute_async().await? {
        values.extend(floats(data)?);
    }
    Ok(values)
}
