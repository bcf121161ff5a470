//! Takes one training step apart for display, and makes half steps of one net.

use gan_core::Dissection;
use gan_protocol::{Fault, NetName, Reply};
use serde_json::{Map, Value};

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
        let latent = dissection.inputs.values.len() / dissection.fakes.len().div_ceil(size).max(1);
        let numbers = numbers(&dissection, count, latent).to_string();
        Ok((Reply::Shown { set, numbers }, attachments))
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

fn numbers(of: &Dissection, count: usize, latent: usize) -> Value {
    let verdicts = [
        ("onReals", &of.on_reals),
        ("onFakes", &of.on_fakes),
        ("onRealsAfter", &of.on_reals_after),
        ("onFakesAfter", &of.on_fakes_after),
        ("onNewFakes", &of.on_new_fakes),
    ];
    let mut told = Map::new();
    let mut means = Map::new();
    for (name, outputs) in verdicts {
        let mean = outputs.iter().map(|x| f64::from(*x)).sum::<f64>() / outputs.len().max(1) as f64;
        means.insert(name.to_owned(), mean.into());
        let first: Vec<f32> = outputs.iter().copied().take(count).collect();
        told.insert(name.to_owned(), first.into());
    }
    told.insert("means".to_owned(), means.into());
    let latents = of.inputs.values.chunks(latent.max(1)).take(count);
    let latents = latents.map(|one| Value::from(one[..one.len().min(SHOWN_OF_LATENT)].to_vec()));
    told.insert("latents".to_owned(), latents.collect());
    let scores = &of.scores;
    for (name, number) in [
        ("discriminatorLoss", scores.discriminator_loss),
        ("discriminatorLossAfter", of.discriminator_loss_after),
        ("discriminatorGradientNorm", scores.discriminator_gradient_norm),
        ("generatorLoss", scores.generator_loss),
        ("generatorLossAfter", of.generator_loss_after),
        ("generatorGradientNorm", scores.generator_gradient_norm),
        ("penalty", scores.penalty),
        ("auxiliary", scores.auxiliary),
    ] {
        told.insert(name.to_owned(), number.into());
    }
    told.insert("step".to_owned(), of.step.into());
    Value::Object(told)
}
