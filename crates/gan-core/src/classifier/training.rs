//! Training of a classifier, in a module of its own so that a page that only judges does not link
//! it.

use burn::tensor::Transaction;
use gan_protocol::{OptimizerSpec, RealBatch};
use gan_random::{Purpose, stream};

use super::{Classifier, refused};
use crate::auxiliary::cross_entropy;
use crate::error::CoreError;
use crate::inputs::one_hot;
use crate::named_tensor::floats;
use crate::net::Mode;
use crate::optimizer::NetOptimizer;

/// A classifier in training.
pub struct ClassifierTrainer {
    classifier: Classifier,
    spec: OptimizerSpec,
    seed: u64,
    trunk: NetOptimizer,
    head: NetOptimizer,
}

impl ClassifierTrainer {
    /// The training of `classifier`; `seed` is the seed of dropout.
    pub fn new(classifier: Classifier, spec: &OptimizerSpec, seed: u64) -> Self {
        let trunk = NetOptimizer::new(spec, &classifier.trunk);
        let head = NetOptimizer::new(spec, &classifier.head);
        Self { classifier, spec: *spec, seed, trunk, head }
    }

    /// The classifier with its present weights.
    pub fn classifier(&mut self) -> &mut Classifier {
        &mut self.classifier
    }

    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.trunk.updates
    }

    /// One step on a batch of images and their classes. Returns the mean cross-entropy before the
    /// step, in nats. Waits for the device.
    ///
    /// # Errors
    /// If the batch is empty, does not hold one label for each image, or a label is no class; if
    /// the device fails.
    pub async fn step(&mut self, batch: &RealBatch) -> Result<f32, CoreError> {
        let classifier = &mut self.classifier;
        let (numbers, labels) = (batch.values.len(), batch.labels.len());
        if labels == 0 || numbers != labels * classifier.image_size() {
            return Err(refused(&format!("{numbers} numbers are not images for {labels} labels")));
        }
        let classes = classifier.classes;
        if let Some(label) = batch.labels.iter().find(|label| usize::from(**label) >= classes) {
            return Err(refused(&format!("label {label} is none of the {classes} classes")));
        }
        let truth = one_hot(&batch.labels, classes, &classifier.device);
        let mut randomness = stream(self.seed, Purpose::ClassifierDropout, self.trunk.updates);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: true };
        let leaves = [classifier.trunk.leaves(), classifier.head.leaves()];
        let [_, logits] = classifier.pass(leaves.clone(), &batch.values, true, mode);
        let loss = cross_entropy(logits, truth);
        let value = Transaction::default().register(loss.clone().inner().burn());
        let mut gradients = loss.backward();
        let [trunk, head] = leaves;
        self.trunk.update(&self.spec, &mut classifier.trunk, trunk, &mut gradients);
        self.head.update(&self.spec, &mut classifier.head, head, &mut gradients);
        let data = value.execute_async().await?.pop().expect("one value was registered");
        Ok(floats(data)?[0])
    }
}
