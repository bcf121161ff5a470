//! Conversion of a run in training to and from a snapshot.

use burn::tensor::Device;
use gan_protocol::{CHECKPOINT_FORMAT, CheckpointHeader, RunSpec};

use super::{Snapshot, refused};
use crate::discriminator::Discriminator;
use crate::error::CoreError;
use crate::named_tensor::{Slot, fill, net_slots, parts, read};
use crate::net::Net;
use crate::optimizer::NetOptimizer;
use crate::trainer::Trainer;

impl Trainer {
    /// The run at its present step, without its data. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn snapshot(&self) -> Result<Snapshot, CoreError> {
        let mut copy = self.clone();
        let header = CheckpointHeader {
            format: CHECKPOINT_FORMAT.to_owned(),
            spec: self.spec.clone(),
            step: self.generator_steps(),
            discriminator_step: self.discriminator_steps(),
            // The trainer does not know the data; the caller fills this in.
            data: None,
        };
        Ok(Snapshot { header, tensors: read(copy.slots()).await? })
    }

    /// The run of `snapshot`, with `spec` in place of its settings.
    ///
    /// An average or moments that the snapshot's settings do not keep start afresh.
    ///
    /// # Errors
    /// If `spec` has other nets or inputs than the snapshot, or tensors are missing or misshapen.
    pub fn restore(
        snapshot: &Snapshot,
        spec: &RunSpec,
        device: &Device,
    ) -> Result<Self, CoreError> {
        let old = &snapshot.header.spec;
        let same_nets = (&old.generator, &old.discriminator, old.generator_input())
            == (&spec.generator, &spec.discriminator, spec.generator_input());
        let same_samples = old.data.shape() == spec.data.shape() && old.packing == spec.packing;
        if !same_nets || !same_samples {
            return Err(refused("it was made with other nets, latents or sample shapes"));
        }
        // The snapshot's own settings come first: they say which tensors must be there.
        let mut trainer = Self::new(old, device)?;
        trainer.generator_optimizer.updates = snapshot.header.step;
        trainer.discriminator.optimizer.updates = snapshot.header.discriminator_step;
        fill(trainer.slots(), &snapshot.tensors, device).map_err(|error| refused(&error))?;
        trainer.tune(spec);
        Ok(trainer)
    }

    fn slots(&mut self) -> Vec<Slot<'_>> {
        let mut slots = Vec::new();
        let Discriminator { net, optimizer } = &mut self.discriminator;
        optimizer_slots("generator", &self.generator, &mut self.generator_optimizer, &mut slots);
        optimizer_slots("discriminator", net, optimizer, &mut slots);
        net_slots("generator", &mut self.generator, &mut slots);
        net_slots("discriminator", net, &mut slots);
        if let Some(average) = &mut self.average {
            net_slots("average", average, &mut slots);
        }
        slots
    }
}

fn optimizer_slots<'a>(
    prefix: &str,
    net: &Net,
    optimizer: &'a mut NetOptimizer,
    slots: &mut Vec<Slot<'a>>,
) {
    let moments = [("first", &mut optimizer.first), ("second", &mut optimizer.second)];
    for (moment, value) in moments {
        if let Some(value) = value {
            let parts = parts(&format!("{prefix}.optimizer.{moment}"), net);
            slots.push(Slot { parts, alignment: net.alignment, value });
        }
    }
}
