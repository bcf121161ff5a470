//! Conversion of a run in training to and from a snapshot.

use burn::tensor::Device;
use gan_protocol::{CHECKPOINT_FORMAT, CheckpointHeader, InitialNets, NetSpec, RunSpec};

use super::{Snapshot, refused};
use crate::discriminator::Discriminator;
use crate::encoder;
use crate::error::CoreError;
use crate::named_tensor::{Slot, fill, net_slots, parts, read};
use crate::net::Net;
use crate::optimizer::NetOptimizer;
use crate::trainer::{EncoderInTraining, Trainer, WayBack};

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
            moments_since: self.moments_since(),
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
            == (&spec.generator, &spec.discriminator, spec.generator_input())
            && old.translation.is_some() == spec.translation.is_some()
            && encoder_of(old) == encoder_of(spec);
        let same_samples = old.data.shape() == spec.data.shape()
            && old.discriminator_input() == spec.discriminator_input()
            && old.packing == spec.packing;
        if !same_nets || !same_samples {
            return Err(refused("it was made with other nets, latents or sample shapes"));
        }
        // The snapshot's own settings come first: they say which tensors must be there.
        let mut trainer = Self::new(old, device)?;
        trainer.generator_optimizer.updates = snapshot.header.step;
        trainer.discriminator.optimizer.updates = snapshot.header.discriminator_step;
        let since = snapshot.header.moments_since.unwrap_or_default();
        [trainer.generator_optimizer.since, trainer.discriminator.optimizer.since] = since;
        if let Some(back) = &mut trainer.way_back {
            back.optimizer.updates = snapshot.header.step;
            back.discriminator.optimizer.updates = snapshot.header.discriminator_step;
        }
        if let Some(encoder) = &mut trainer.encoder {
            encoder.optimizer.updates = snapshot.header.step;
        }
        fill(trainer.slots(), &snapshot.tensors, device).map_err(|error| refused(&error))?;
        trainer.tune(spec);
        // As the last step left them.
        trainer.grow_to(snapshot.header.step.saturating_sub(1));
        Ok(trainer)
    }

    /// The run of `spec` at its start, with the nets of `snapshot` that `spec.initial` names in place of
    /// newly drawn ones: without an `initial`, with both. An encoder is taken with the generator, if the
    /// snapshot has the same one.
    ///
    /// # Errors
    /// As [`Trainer::new`]; if a tensor of such a net is missing or misshapen.
    pub fn begun_from(
        snapshot: &Snapshot,
        spec: &RunSpec,
        device: &Device,
    ) -> Result<Self, CoreError> {
        let nets = spec.initial.as_ref().map_or(InitialNets::Both, |initial| initial.nets);
        let mut trainer = Self::new(spec, device)?;
        let mut slots = Vec::new();
        let back = trainer.way_back.as_mut();
        let (back, judge) = back.map(|b| (&mut b.generator, &mut b.discriminator.net)).unzip();
        if nets.has_generator() {
            net_slots("generator", &mut trainer.generator, &mut slots);
            if let Some(back) = back {
                net_slots("way_back.generator", back, &mut slots);
            }
            let is_same = encoder_of(&snapshot.header.spec) == encoder_of(spec);
            if let Some(encoder) = trainer.encoder.as_mut().filter(|_| is_same) {
                net_slots(encoder::PREFIX, &mut encoder.net, &mut slots);
            }
        }
        if nets.has_discriminator() {
            net_slots("discriminator", &mut trainer.discriminator.net, &mut slots);
            if let Some(judge) = judge {
                net_slots("way_back.discriminator", judge, &mut slots);
            }
        }
        fill(slots, &snapshot.tensors, device).map_err(|error| refused(&error))?;
        trainer.average = trainer.average.map(|_| trainer.generator.clone());
        if let Some(back) = &mut trainer.way_back {
            back.average = back.average.take().map(|_| back.generator.clone());
        }
        if let Some(encoder) = &mut trainer.encoder {
            encoder.average = encoder.average.take().map(|_| encoder.net.clone());
        }
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
        if let Some(WayBack { generator, optimizer, average, discriminator }) = &mut self.way_back {
            let judge = discriminator;
            optimizer_slots("way_back.generator", generator, optimizer, &mut slots);
            let prefix = "way_back.discriminator";
            optimizer_slots(prefix, &judge.net, &mut judge.optimizer, &mut slots);
            net_slots("way_back.generator", generator, &mut slots);
            net_slots(prefix, &mut judge.net, &mut slots);
            if let Some(average) = average {
                net_slots("way_back.average", average, &mut slots);
            }
        }
        if let Some(EncoderInTraining { net, optimizer, average }) = &mut self.encoder {
            optimizer_slots(encoder::PREFIX, net, optimizer, &mut slots);
            net_slots(encoder::PREFIX, net, &mut slots);
            if let Some(average) = average {
                net_slots(encoder::AVERAGE_PREFIX, average, &mut slots);
            }
        }
        slots
    }
}

/// What must be the same for an encoder to go on: its net, and how its output is read.
fn encoder_of(spec: &RunSpec) -> Option<(&NetSpec, usize)> {
    let encoder = spec.encoder.as_ref()?;
    Some((&encoder.net, encoder.method.outputs(spec.latent.size)))
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

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use gan_protocol::{InitialSpec, Named as _, preset};
    use pollster::block_on;

    use super::*;
    use crate::cpu;

    fn values(snapshot: &Snapshot, net: &str) -> Vec<f32> {
        let of_net = |name: &str| name.starts_with(net) && !name.contains(".optimizer.");
        let tensors = snapshot.tensors().iter().filter(|named| of_net(&named.name));
        tensors.flat_map(|named| named.values.clone()).collect()
    }

    fn at_start(trainer: Result<Trainer, CoreError>) -> Snapshot {
        block_on(trainer.expect("a valid run").snapshot()).expect("the processor works")
    }

    #[test]
    fn the_nets_that_are_named_are_taken_and_the_others_drawn() {
        for name in ["mnist-dcgan-small", "digits-restyled"] {
            let spec = preset(name).expect("a preset").spec;
            let first = at_start(Trainer::new(&spec, &cpu()));
            for &nets in InitialNets::ALL {
                let mut spec = RunSpec { seed: 5, ..spec.clone() };
                let drawn = at_start(Trainer::new(&spec, &cpu()));
                spec.initial = Some(InitialSpec { checkpoint: "0".repeat(16), nets });
                let begun = at_start(Trainer::begun_from(&first, &spec, &cpu()));
                assert_eq!((begun.header.step, begun.header.discriminator_step), (0, 0));
                for prefix in ["", "way_back."] {
                    for (net, is_taken) in [
                        ("generator.", nets.has_generator()),
                        ("average.", nets.has_generator()),
                        ("discriminator.", nets.has_discriminator()),
                    ] {
                        let from = if is_taken { &first } else { &drawn };
                        let net = format!("{prefix}{net}");
                        assert_eq!(
                            values(&begun, &net),
                            values(from, &net),
                            "{name} {nets:?} {net}"
                        );
                    }
                }
                assert_ne!(values(&first, "generator."), values(&drawn, "generator."));
            }
        }
    }
}
