//! Takes one training step apart for display, and makes half steps of one net.

use gan_protocol::{Dissection, Fault, NetName, Reply, Verdicts};

use super::{Attached, Session, fault};
use crate::data::DataLoader;
use crate::drawing::{bytes_of, set_of};
use crate::run::Goal;

/// Samples shown of each kind: reals, fakes, and fakes after the update.
const SHOWN: usize = 8;
/// Numbers shown of each latent.
const SHOWN_OF_LATENT: usize = 8;

impl<L: DataLoader> Session<L> {
    pub(super) async fn dissect(&mut self) -> Result<Attached, Fault> {
        let run = self.ready_run()?;
        let Some(dissection) = run.dissect().await.map_err(fault)? else {
            return Err(super::no_data());
        };
        let spec = run.trainer.spec();
        let count = SHOWN.min(spec.batch_size);
        let set = set_of(&spec.data, count);
        let size = spec.data.shape().size().expect("a validated spec's sizes are small");
        let shown = |values: &[f32]| bytes_of(&values[..values.len().min(count * size)], set);
        let samples = [&dissection.reals, &dissection.fakes, &dissection.fakes_after];
        let attachments = samples.map(|values| shown(values)).to_vec();
        let batch = dissection.fakes.len().div_ceil(size).max(1);
        let latent_size = dissection.inputs.values.len() / batch;
        let dissection = Box::new(told(&dissection, count, latent_size));
        Ok((Reply::Dissection { set, dissection }, attachments))
    }

    pub(super) async fn step_alone(&mut self, net: NetName) -> Result<(), Fault> {
        let run = self.ready_run()?;
        if run.goal != Goal::Rest {
            let message = "a net is stepped alone only while the run rests".to_owned();
            return Err(Fault::State { message });
        }
        run.step_alone(net);
        self.rest().await.map_err(fault)
    }
}

/// The numbers of a dissection, for its first `count` samples, whose latents have `latent_size`
/// numbers each.
fn told(of: &gan_core::Dissection, count: usize, latent_size: usize) -> Dissection {
    let verdicts = |outputs: &[f32]| Verdicts {
        first: outputs[..outputs.len().min(count)].to_vec(),
        mean: outputs.iter().map(|x| f64::from(*x)).sum::<f64>() / outputs.len().max(1) as f64,
    };
    let latents = of.inputs.values.chunks(latent_size.max(1)).take(count);
    Dissection {
        metrics: of.metrics,
        latents: latents.map(|one| one[..one.len().min(SHOWN_OF_LATENT)].to_vec()).collect(),
        on_reals: verdicts(&of.on_reals),
        on_fakes: verdicts(&of.on_fakes),
        on_reals_after: verdicts(&of.on_reals_after),
        on_fakes_after: verdicts(&of.on_fakes_after),
        on_new_fakes: verdicts(&of.on_new_fakes),
        discriminator_loss_after: of.discriminator_loss_after,
        generator_loss_after: of.generator_loss_after,
    }
}
