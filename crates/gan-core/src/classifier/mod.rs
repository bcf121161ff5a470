//! A small classifier of images, whose features the scores of generators compare.
//!
//! A classifier is two nets, one after the other. The trunk makes features of an image; the head, a
//! single linear layer, makes logits of the features.

mod file;
#[cfg(feature = "training")]
mod training;

use burn::tensor::{Device, Transaction};
use gan_protocol::{LayerSpec, NetSpec, Shape};
use gan_random::{Purpose, stream};

#[cfg(feature = "training")]
pub use self::training::ClassifierTrainer;
use crate::batch::Batch;
use crate::error::CoreError;
use crate::named_tensor::{Slot, floats, net_slots};
use crate::net::{Condition, Mode, Net, Pass};
use crate::ops::tensor::Tensor;

/// Images are judged in groups of this size, to bound memory.
const GROUP: usize = 64;
/// The most numbers that one layer may give for one image. A file names the layers, so its cost
/// needs a limit.
const MAXIMUM_ACTIVATIONS: usize = 1 << 18;
/// The largest side of an image.
const MAXIMUM_SIDE_PX: usize = 256;
/// The most channels of an image.
const MAXIMUM_CHANNELS: usize = 4;

/// A classifier with its parameters.
#[derive(Clone, Debug)]
pub struct Classifier {
    net: NetSpec,
    input: Shape,
    classes: usize,
    trunk: Net,
    head: Net,
    device: Device,
}

/// A classifier's results for images.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Count of images.
    pub count: usize,
    /// The inputs of the last layer, image after image: `[count, features]`, flat.
    pub features: Vec<f32>,
    /// The outputs before softmax, image after image: `[count, classes]`, flat.
    pub logits: Vec<f32>,
}

/// The two nets of a classifier as data; they fit each other.
struct Parts {
    trunk: NetSpec,
    head: NetSpec,
    features: usize,
    classes: usize,
}

impl Classifier {
    /// The classifier `net` for images of shape `input`, with initial weights. The last layer must
    /// be linear.
    ///
    /// # Errors
    /// If the net has no trunk and linear head, if a layer uses more than the image itself, or if a
    /// layer's output has more than 2^18 numbers; as [`NetSpec::shapes`]. An invalid net allocates
    /// nothing.
    pub fn new(net: &NetSpec, input: Shape, seed: u64, device: &Device) -> Result<Self, CoreError> {
        Self::of_parts(net, input, parts(net, input)?, seed, device)
    }

    fn of_parts(
        net: &NetSpec,
        input: Shape,
        parts: Parts,
        seed: u64,
        device: &Device,
    ) -> Result<Self, CoreError> {
        let Parts { trunk, head, features, classes } = parts;
        let mut generator = stream(seed, Purpose::ClassifierWeights, 0);
        let trunk = Net::new(&trunk, input, &mut generator, device)?;
        let head = Net::new(&head, Shape::flat(features), &mut generator, device)?;
        let (net, device) = (net.clone(), device.clone());
        Ok(Self { net, input, classes, trunk, head, device })
    }

    /// The shape of an image.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// Count of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Count of trained numbers.
    pub fn parameter_count(&self) -> usize {
        self.trunk.parameter_count() + self.head.parameter_count()
    }

    /// Features and logits of `images`, which follow each other, channels first, in [-1, 1]. Waits
    /// for the device.
    ///
    /// # Errors
    /// If the numbers are not whole images, or the device fails.
    pub async fn judge(&mut self, images: &[f32]) -> Result<Judgement, CoreError> {
        let size = self.image_size();
        if !images.len().is_multiple_of(size) {
            let numbers = images.len();
            return Err(refused(&format!("{numbers} numbers are no whole images of {size}")));
        }
        let mut transaction = Transaction::default();
        for group in images.chunks(GROUP * size) {
            let weights = [self.trunk.parameters(), self.head.parameters()];
            let outputs = self.pass(weights, group, false, Mode::Sampling { noise: None });
            for rows in outputs {
                let [count, columns] = rows.dims();
                transaction = transaction.register(rows.reshape([count * columns]).burn());
            }
        }
        let count = images.len() / size;
        let mut judgement = Judgement { count, features: Vec::new(), logits: Vec::new() };
        if count > 0 {
            let mut read = transaction.execute_async().await?.into_iter();
            while let (Some(features), Some(logits)) = (read.next(), read.next()) {
                judgement.features.extend(floats(features)?);
                judgement.logits.extend(floats(logits)?);
            }
        }
        Ok(judgement)
    }

    /// Features and logits of whole `images`, with the parameters `[trunk, head]`.
    fn pass(
        &mut self,
        [trunk, head]: [Vec<Tensor<1>>; 2],
        images: &[f32],
        advances: bool,
        mode: Mode<'_>,
    ) -> [Tensor<2>; 2] {
        let condition = Condition::default();
        let mut pass = Pass::new(mode, &condition);
        let images = Batch::from_values(images.to_vec(), self.input, &self.device);
        let weights = self.trunk.effective(trunk, advances);
        let features = self.trunk.forward_with(&weights, images, &mut pass);
        let weights = self.head.effective(head, advances);
        let logits = self.head.forward_with(&weights, features.clone(), &mut pass);
        [features.flat(), logits.flat()]
    }

    /// The output of layer number `layer` before the last, counted from 0, as in use.
    #[cfg(feature = "training")]
    pub(crate) fn features(&mut self, layer: usize, images: Batch) -> Batch {
        let condition = Condition::default();
        let mode = Mode::Sampling { noise: None };
        self.trunk.features(layer, images, &mut Pass::new(mode, &condition))
    }

    /// The gradient, with respect to `images`, of their features' product with `cotangent(features)`.
    pub(crate) fn pulled_back(
        &mut self,
        images: Batch,
        cotangent: impl FnOnce(&Batch) -> Batch,
    ) -> Batch {
        let condition = Condition::default();
        let mut pass = Pass::new(Mode::Sampling { noise: None }, &condition);
        let weights = self.trunk.parameters();
        let weights = self.trunk.effective(weights, false);
        self.trunk.forward_and_pull_back(&weights, images, &mut pass, cotangent).1
    }

    fn image_size(&self) -> usize {
        self.input.size().expect("a classifier's images are small")
    }

    fn slots(&mut self) -> Vec<Slot<'_>> {
        let mut slots = Vec::new();
        net_slots("trunk", &mut self.trunk, &mut slots);
        net_slots("head", &mut self.head, &mut slots);
        slots
    }
}

/// Trunk and head of `net`.
fn parts(net: &NetSpec, input: Shape) -> Result<Parts, CoreError> {
    let Shape::Image { channels, height, width } = input else {
        return Err(refused("it is of vectors, not of images"));
    };
    let side = 1..=MAXIMUM_SIDE_PX;
    if !(1..=MAXIMUM_CHANNELS).contains(&channels)
        || !side.contains(&height)
        || !side.contains(&width)
    {
        return Err(refused(&format!("it is of images of {input}")));
    }
    let shapes = net.shapes(input)?;
    let small = |shape: &Shape| shape.size().is_some_and(|size| size <= MAXIMUM_ACTIVATIONS);
    if let Some(layer) = shapes.iter().position(|shape| !small(shape)) {
        return Err(refused(&format!(
            "layers[{layer}] gives {}, which is too large",
            shapes[layer]
        )));
    }
    if let Some(layer) = net.layers.iter().position(|layer| !judges_alone(layer)) {
        return Err(refused(&format!("layers[{layer}] is of a kind that no classifier has")));
    }
    let Some((&LayerSpec::Linear { units: classes, .. }, trunk)) = net.layers.split_last() else {
        return Err(refused("its last layer is not linear"));
    };
    let [.., Shape::Flat { size: features }, _] = *shapes else {
        return Err(refused("it has no layer before its last"));
    };
    let of = |layers: &[LayerSpec]| NetSpec { layers: layers.to_vec(), ..net.clone() };
    let head = of(&net.layers[trunk.len()..]);
    Ok(Parts { trunk: of(trunk), head, features, classes })
}

/// Whether a layer of a trained net computes its output from the one image alone.
fn judges_alone(layer: &LayerSpec) -> bool {
    matches!(
        layer,
        LayerSpec::Linear { .. }
            | LayerSpec::Conv { .. }
            | LayerSpec::AveragePool { .. }
            | LayerSpec::Pad { .. }
            | LayerSpec::BatchNorm { .. }
            | LayerSpec::LayerNorm { .. }
            | LayerSpec::Activation { .. }
            | LayerSpec::Dropout { .. }
            | LayerSpec::Flatten {}
    )
}

fn refused(message: &str) -> CoreError {
    CoreError::Classifier(message.to_owned())
}
