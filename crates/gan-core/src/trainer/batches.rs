//! The reals and fakes of a step, and what the discriminator is shown of them.

use gan_protocol::{RealBatch, RunSpec};
use gan_random::{Purpose, stream};

use super::Trainer;
use super::encoding::Encoding;
use crate::auxiliary::Targets;
use crate::batch::Batch;
use crate::discriminator::{LABELLED_STREAMS, Labelled, Shown};
use crate::inputs::{Inputs, one_hot};
use crate::net::{Condition, Mode, Pass};
use crate::ops::tensor::Tensor;
use crate::presentation::presented;

/// The reals of one discriminator step on the device.
pub(super) struct Reals {
    pub(super) samples: Batch,
    /// Their classes as one-hot rows, where the run has labels: `[batch, classes]`.
    pub(super) label: Option<Tensor<2>>,
    /// The pictures made from them that the discriminator sees too.
    pub(super) pictures: Option<Batch>,
    /// The latents that the encoder finds for them, if there is one: `[batch, latent]`.
    pub(super) latents: Option<Tensor<2>>,
    /// Further reals, whose classes the run may use.
    pub(super) labelled: Option<Labelled>,
}

impl Reals {
    /// What the discriminator of a run by `spec` is told about them.
    pub(super) fn condition(&self, spec: &RunSpec) -> Condition {
        let latent = self.latents.clone().filter(|_| spec.judges_pairs());
        Condition { label: self.label.clone(), latent, ..Condition::default() }
    }
}

/// A batch from the generator.
pub(super) struct Fakes {
    /// In the graph of the generator's leaves.
    pub(super) samples: Batch,
    pub(super) inputs: Inputs,
}

impl Trainer {
    /// A batch of fakes from the generator with `parameters`, of the classes of `reals` and from their
    /// pictures. Where the discriminator judges no pairs, what is made of the latents `found` for the reals
    /// stands behind them.
    pub(super) fn fakes(
        &mut self,
        parameters: Vec<Tensor<1>>,
        purpose: Purpose,
        index: u64,
        reals: &RealBatch,
        found: Option<Tensor<2>>,
        in_generator_step: bool,
    ) -> Fakes {
        let count = self.reals_per_step();
        let mut inputs = Inputs::drawn(&self.spec, purpose, index, count);
        if self.spec.labels.is_some() {
            inputs.labels.clone_from(&reals.labels);
        }
        if self.spec.picture().is_some() {
            inputs.pictures.clone_from(&reals.pictures);
        }
        // Separate streams for the two kinds of pass make their dropout masks independent.
        let stream_index = 2 * index + u64::from(in_generator_step);
        let mut randomness = stream(self.spec.seed, Purpose::GeneratorDropout, stream_index);
        let condition = inputs.condition(&self.spec, &self.device);
        let mode =
            Mode::Training { randomness: &mut randomness, moves_statistics: in_generator_step };
        let mut pass = Pass::new(mode, &condition);
        let weights = self.generator.effective(parameters, in_generator_step);
        let input = inputs.tensor(&self.spec, &self.device);
        let input = match found.filter(|_| !self.spec.judges_pairs()) {
            Some(found) => input.joined(Batch::Flat(found)),
            None => input,
        };
        let samples = self.generator.forward_with(&weights, input, &mut pass);
        // A flat output is read as the image that it represents, channels first.
        Fakes { samples: samples.shaped(self.spec.data.shape()), inputs }
    }

    /// Reals as discriminator step `index` sees them.
    pub(super) fn shown_reals(&self, reals: &Reals, index: u64) -> Shown {
        let samples = beside(reals.samples.clone(), reals.pictures.clone());
        let samples = presented(&self.spec, samples, self.generator_steps(), 4 * index);
        let condition = reals.condition(&self.spec);
        let targets = Targets { label: reals.label.clone(), ..Targets::default() };
        let labelled = reals.labelled.clone().map(|labelled| {
            let samples = labelled.samples;
            let streams = LABELLED_STREAMS + index;
            let samples = presented(&self.spec, samples, self.generator_steps(), streams);
            Labelled { samples, ..labelled }
        });
        Shown { samples, condition, targets, labelled }
    }

    /// Fakes as discriminator step `index` sees them.
    pub(super) fn shown_fakes(&self, fakes: &Fakes, index: u64) -> Shown {
        let spec = &self.spec;
        let samples = beside(fakes.samples.clone().inner(), self.shown_pictures(&fakes.inputs));
        let samples = presented(spec, samples, self.generator_steps(), 4 * index + 1);
        let condition = self.condition_of(&fakes.inputs);
        let targets = fakes.inputs.targets(spec, &self.device);
        Shown { samples, condition, targets, labelled: None }
    }

    /// The reals of discriminator step `index`.
    pub(super) fn reals(&mut self, batch: &RealBatch, index: u64) -> Reals {
        let mut reals = self.on_device(batch);
        reals.latents = self.encoded(&reals.samples, 2 * index);
        reals
    }

    /// The reals of generator step `step`, with the graph of their latents if there is an encoder.
    pub(super) fn reals_with_encoding(
        &mut self,
        batch: &RealBatch,
        step: u64,
    ) -> (Reals, Option<Encoding>) {
        let mut reals = self.on_device(batch);
        let encoding = self.encoding(&reals.samples, step);
        reals.latents = encoding.as_ref().map(Encoding::latents);
        (reals, encoding)
    }

    pub(super) fn on_device(&self, batch: &RealBatch) -> Reals {
        let (spec, device) = (&self.spec, &self.device);
        Reals {
            samples: self.as_grown(Batch::from_values(
                batch.values.clone(),
                spec.data.shape(),
                device,
            )),
            label: spec.labels.map(|labels| one_hot(&batch.labels, labels.classes(), device)),
            pictures: spec
                .shown_picture()
                .map(|shape| Batch::from_values(batch.pictures.clone(), shape, device)),
            latents: None,
            labelled: spec.semi_supervised.map(|it| {
                let labelled = batch.labelled.as_ref().expect("a run that needs them has them");
                let values = labelled.values.clone();
                let samples = Batch::from_values(values, spec.data.shape(), device);
                let samples = self.as_grown(samples);
                Labelled { samples, label: one_hot(&labelled.labels, it.classes, device) }
            }),
        }
    }

    /// The images of the second set that fakes were made of, in a translation.
    pub(super) fn translated_images(&self, fakes: &Fakes) -> Option<Batch> {
        self.spec.translation.as_ref()?;
        fakes.inputs.pictures(&self.spec, &self.device)
    }

    /// The pictures of fakes that the discriminator sees beside them.
    pub(super) fn shown_pictures(&self, inputs: &Inputs) -> Option<Batch> {
        self.spec.shown_picture().and_then(|_| inputs.pictures(&self.spec, &self.device))
    }
}

/// `samples` with the pictures beside them, where the discriminator sees those.
pub(super) fn beside(samples: Batch, pictures: Option<Batch>) -> Batch {
    match pictures {
        Some(pictures) => samples.beside(pictures),
        None => samples,
    }
}
